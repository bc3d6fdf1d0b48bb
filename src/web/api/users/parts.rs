//! What belongs to a person: sessions, consents, ways in, passkeys, groups. Secrets are not among it, in no form.
use super::{Caller, Details, Problem};
use crate::{
    admin::users,
    domain::{ClientId, SessionId, UserId},
    storage::{consents, groups, identities, passkeys, second_factors, sessions},
    web::api::groups::Group,
};
use actix_web::{HttpResponse, web::Path};
use serde::Serialize;
use utoipa::ToSchema;

/// A session.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Its name: the `sid` claim.
    id: String,
    /// When the person proved who they are, in seconds since 1970.
    auth_time: i64,
    /// And by what (RFC 8176).
    amr: Vec<&'static str>,
    /// When it was last used, to the minute.
    seen_at: i64,
    /// When it ends.
    expires_at: i64,
    /// The app, where they signed in in one without a browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// What it was called then.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_name: Option<String>,
    /// In which browser, or on which device.
    user_agent: String,
    /// From which address.
    address: String,
}

/// All sessions of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sessions {
    /// The last used first.
    items: Vec<Session>,
}

/// A person's sessions
#[utoipa::path(get, path = "/users/{id}/sessions", tag = "People", params(("id" = String, Path)),
    responses((status = 200, body = Sessions), (status = 404, body = Details)))]
pub async fn sessions(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let app = &caller.app;
    let user = users::find(app, &UserId(id.into_inner())).await?;
    let all = sessions::of_user(&app.db, &user.id, app.settings().sessions.idle, app.clock.now()).await?;
    let items = all.into_iter().map(|session| Session {
        id: session.sign_in.sid.to_string(),
        auth_time: session.sign_in.auth_time.0,
        amr: session.sign_in.methods.words(),
        seen_at: session.seen_at.0,
        expires_at: session.sign_in.expires_at.0,
        client_id: session.client.map(|client| client.to_string()),
        client_name: session.sign_in.device.app,
        user_agent: session.sign_in.device.user_agent,
        address: session.sign_in.device.address,
    });
    Ok(HttpResponse::Ok().json(Sessions { items: items.collect() }))
}

/// End all that a person has begun: sessions, and what apps got
#[utoipa::path(delete, path = "/users/{id}/sessions", tag = "People", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Details)))]
pub async fn end_sessions(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    users::end_sessions(&caller.app, &caller.operator, &UserId(id.into_inner()), None).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End a session
#[utoipa::path(delete, path = "/users/{id}/sessions/{session}", tag = "People",
    params(("id" = String, Path), ("session" = String, Path)),
    responses((status = 204), (status = 404, body = Details)))]
pub async fn end_session(caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (id, session) = path.into_inner();
    users::end_sessions(&caller.app, &caller.operator, &UserId(id), Some(SessionId(session))).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What a person agreed to let an app have.
#[derive(Debug, Serialize, ToSchema)]
pub struct Consent {
    /// The app.
    client_id: String,
    /// The scopes, parted by spaces.
    scope: String,
    /// When, in seconds since 1970.
    granted_at: i64,
}

/// All that a person agreed to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Consents {
    /// The last first.
    items: Vec<Consent>,
}

/// What a person agreed to
#[utoipa::path(get, path = "/users/{id}/consents", tag = "People", params(("id" = String, Path)),
    responses((status = 200, body = Consents), (status = 404, body = Details)))]
pub async fn consents(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let user = users::find(&caller.app, &UserId(id.into_inner())).await?;
    let all = consents::of_user(&caller.app.db, &user.id).await?;
    let items = all.into_iter().map(|(consent, at)| Consent {
        client_id: consent.client_id.to_string(),
        scope: consent.scopes.to_string(),
        granted_at: at.0,
    });
    Ok(HttpResponse::Ok().json(Consents { items: items.collect() }))
}

/// Take back what a person agreed to let an app have, and all that it got by it
#[utoipa::path(delete, path = "/users/{id}/consents/{client}", tag = "People",
    params(("id" = String, Path), ("client" = String, Path)),
    responses((status = 204), (status = 404, body = Details)))]
pub async fn withdraw(caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (id, client) = path.into_inner();
    users::withdraw(&caller.app, &caller.operator, &UserId(id), ClientId(client)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// An account at another provider that opens this one.
#[derive(Debug, Serialize, ToSchema)]
pub struct Identity {
    /// Its name here.
    id: String,
    /// The provider.
    provider: String,
    /// The provider's name for the person.
    subject: String,
    /// Since when, in seconds since 1970.
    created_at: i64,
    /// When it was last used.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<i64>,
}

/// A passkey. Not its key.
#[derive(Debug, Serialize, ToSchema)]
pub struct Passkey {
    /// Its name here.
    id: String,
    /// What its owner calls it.
    name: String,
    /// Since when, in seconds since 1970.
    created_at: i64,
    /// When it was last used.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<i64>,
}

/// By what a person gets in.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaysIn {
    /// Whether they have a password.
    password: bool,
    /// Whether they are asked for a second step.
    second_step: bool,
    /// Accounts at other providers.
    identities: Vec<Identity>,
    /// Their passkeys.
    passkeys: Vec<Passkey>,
}

/// By what a person gets in
#[utoipa::path(get, path = "/users/{id}/ways-in", tag = "People", params(("id" = String, Path)),
    responses((status = 200, body = WaysIn), (status = 404, body = Details)))]
pub async fn ways_in(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let db = &caller.app.db;
    let user = users::find(&caller.app, &UserId(id.into_inner())).await?;
    let identity = |one: crate::domain::Identity| Identity {
        id: one.id.to_string(),
        provider: one.provider.to_string(),
        subject: one.subject,
        created_at: one.created_at.0,
        last_used_at: one.last_used_at.map(|at| at.0),
    };
    let passkey = |one: passkeys::StoredPasskey| Passkey {
        id: one.id.to_string(),
        name: one.name.as_str().to_owned(),
        created_at: one.created_at.0,
        last_used_at: one.last_used_at.map(|at| at.0),
    };
    Ok(HttpResponse::Ok().json(WaysIn {
        password: crate::storage::users::password_hash(db, &user.id).await?.is_some(),
        second_step: second_factors::is_on(db, &user.id).await?,
        identities: identities::of_user(db, &user.id).await?.into_iter().map(identity).collect(),
        passkeys: passkeys::of_user(db, &user.id).await?.into_iter().map(passkey).collect(),
    }))
}

/// All groups and roles of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupsOfUser {
    /// By kind and name.
    items: Vec<Group>,
}

/// A person's groups and roles
#[utoipa::path(get, path = "/users/{id}/groups", tag = "People", params(("id" = String, Path)),
    responses((status = 200, body = GroupsOfUser), (status = 404, body = Details)))]
pub async fn groups(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let user = users::find(&caller.app, &UserId(id.into_inner())).await?;
    let items = groups::of_user(&caller.app.db, &user.id).await?.into_iter().map(Group::from).collect();
    Ok(HttpResponse::Ok().json(GroupsOfUser { items }))
}

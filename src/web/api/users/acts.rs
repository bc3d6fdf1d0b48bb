//! What is done to a person, a path each.
use super::{Caller, Details, IfMatch, Json, Problem, Query, User};
use crate::{
    admin::users,
    domain::{IdentityId, PasskeyId, Role, UserId},
    vault,
};
use actix_web::{HttpResponse, http::header, web::Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

fn done() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// Keep a person out
///
/// Sessions, tokens and codes of theirs end at once, and so do the API keys that they have made.
#[utoipa::path(post, path = "/users/{id}/disable", tag = "People", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Details), (status = 409, body = Details)))]
pub async fn disable(caller: Caller, id: Path<String>, version: IfMatch) -> Result<HttpResponse, Problem> {
    users::disable(&caller.app, &caller.operator, &UserId(id.into_inner()), version.at()).await?;
    Ok(done())
}

/// Let a person in again
#[utoipa::path(post, path = "/users/{id}/enable", tag = "People", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Details), (status = 409, body = Details)))]
pub async fn enable(caller: Caller, id: Path<String>, version: IfMatch) -> Result<HttpResponse, Problem> {
    users::enable(&caller.app, &caller.operator, &UserId(id.into_inner()), version.at()).await?;
    Ok(done())
}

/// Send a person a link by which they choose a password
#[utoipa::path(post, path = "/users/{id}/password-reset", tag = "People", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Details), (status = 409, body = Details)))]
pub async fn reset(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    users::send_reset(&caller.app, &caller.operator, &UserId(id.into_inner())).await?;
    Ok(done())
}

/// Remove a person's second step and passkeys
#[utoipa::path(delete, path = "/users/{id}/factors", tag = "People", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Details), (status = 409, body = Details)))]
pub async fn remove_factors(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    users::remove_factors(&caller.app, &caller.operator, &UserId(id.into_inner())).await?;
    Ok(done())
}

/// Remove a person's second step, and leave them their passkeys
#[utoipa::path(delete, path = "/users/{id}/second-step", tag = "People", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Details), (status = 409, body = Details)))]
pub async fn remove_second_step(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    users::remove_second_step(&caller.app, &caller.operator, &UserId(id.into_inner())).await?;
    Ok(done())
}

/// Remove one passkey of a person
///
/// Everything that they have begun ends. One without which they could not sign in stays.
#[utoipa::path(delete, path = "/users/{id}/passkeys/{passkey}", tag = "People",
    params(("id" = String, Path), ("passkey" = String, Path)),
    responses((status = 204), (status = 404, body = Details), (status = 409, body = Details)))]
pub async fn remove_passkey(caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (id, passkey) = path.into_inner();
    users::remove_passkey(&caller.app, &caller.operator, &UserId(id), PasskeyId::from(passkey.as_str())).await?;
    Ok(done())
}

/// Unlink one account at another provider from a person
///
/// What began by it ends. One without which they could not sign in stays.
#[utoipa::path(delete, path = "/users/{id}/identities/{identity}", tag = "People",
    params(("id" = String, Path), ("identity" = String, Path)),
    responses((status = 204), (status = 404, body = Details), (status = 409, body = Details)))]
pub async fn unlink(caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (id, identity) = path.into_inner();
    users::unlink(&caller.app, &caller.operator, &UserId(id), IdentityId::from(identity.as_str())).await?;
    vault::give_back_soon(&caller.app);
    Ok(done())
}

/// Delete a person after the time of grace, in which they may come back
#[utoipa::path(put, path = "/users/{id}/deletion", tag = "People", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Details), (status = 409, body = Details)))]
pub async fn delete_later(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    users::delete_later(&caller.app, &caller.operator, &UserId(id.into_inner())).await?;
    Ok(done())
}

/// Keep a person who is leaving, or has frozen their account
#[utoipa::path(delete, path = "/users/{id}/deletion", tag = "People", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Details), (status = 409, body = Details)))]
pub async fn keep(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    users::keep(&caller.app, &caller.operator, &UserId(id.into_inner())).await?;
    Ok(done())
}

/// A role in the administration.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// owner, admin, support or auditor; null for none.
    #[schema(value_type = Option<String>)]
    #[serde(deserialize_with = "Option::deserialize")]
    role: Option<Role>,
}

/// Say what a person may do in the administration
#[utoipa::path(put, path = "/users/{id}/role", tag = "People", request_body = RoleChange,
    params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Details), (status = 404, body = Details),
        (status = 409, body = Details), (status = 412, body = Details)))]
pub async fn set_role(
    caller: Caller,
    id: Path<String>,
    version: IfMatch,
    body: Json<RoleChange>,
) -> Result<HttpResponse, Problem> {
    let id = UserId(id.into_inner());
    users::set_role(&caller.app, &caller.operator, &id, body.0.role, version.at()).await?;
    Ok(done())
}

/// An invitation to be made.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// The address of whoever is invited; without it they choose one.
    #[serde(default)]
    email: String,
    /// How they are called, as far as it is known.
    #[serde(default)]
    name: String,
    /// What they may do in the administration; needs the permission `roles:write`.
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    /// Whether the link goes to the address, rather than into the answer.
    #[serde(default)]
    mail: bool,
}

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invitation {
    /// The link, good once; nothing where it was mailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// Until when it is good, in seconds since 1970.
    expires_at: i64,
}

/// Invite somebody
#[utoipa::path(post, path = "/invitations", tag = "People", request_body = NewInvitation,
    responses((status = 201, body = Invitation), (status = 422, body = Details)))]
pub async fn invite(caller: Caller, body: Json<NewInvitation>) -> Result<HttpResponse, Problem> {
    let NewInvitation { email, name, role, mail } = body.0;
    let invited = users::invite(&caller.app, &caller.operator, users::Invitation { email, name, role, mail }).await?;
    let body = Invitation { link: invited.link, expires_at: invited.expires_at.0 };
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(body))
}

/// Which account becomes a part of another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The id of the account that goes.
    from: String,
}

/// What comes of a merger.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergePreview {
    /// The account that goes.
    from: User,
    /// The account that stays, as it is then.
    into: User,
    /// Ways in by other providers that move.
    identities: i64,
    /// Passkeys that move.
    passkeys: i64,
    /// Consents that move.
    consents: i64,
    /// Groups and roles that move.
    groups: i64,
    /// What is lost, in words for programs, such as `merge-loses-email`.
    losses: Vec<&'static str>,
    /// What keeps it from being done, such as `merge-operator`.
    #[serde(skip_serializing_if = "Option::is_none")]
    obstacle: Option<&'static str>,
}

/// What would come of making `from` a part of a person
#[utoipa::path(get, path = "/users/{id}/merge", tag = "People",
    params(("id" = String, Path), ("from" = String, Query)),
    responses((status = 200, body = MergePreview), (status = 404, body = Details)))]
pub async fn preview_merge(caller: Caller, id: Path<String>, query: Query) -> Result<HttpResponse, Problem> {
    let from = query.text("from").ok_or_else(|| Problem::invalid("from is missing."))?;
    let (app, into) = (&caller.app, UserId(id.into_inner()));
    let preview = users::preview(app, &caller.operator, &UserId(from), &into).await?;
    Ok(HttpResponse::Ok().json(MergePreview {
        from: User::of(app, &preview.from),
        into: User::of(app, &preview.merged),
        identities: preview.moves.identities,
        passkeys: preview.moves.passkeys,
        consents: preview.moves.consents,
        groups: preview.moves.groups,
        losses: preview.losses,
        obstacle: preview.obstacle,
    }))
}

/// Make `from` a part of a person
#[utoipa::path(post, path = "/users/{id}/merge", tag = "People", request_body = Merge, params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Details), (status = 409, body = Details)))]
pub async fn merge(caller: Caller, id: Path<String>, body: Json<Merge>) -> Result<HttpResponse, Problem> {
    users::merge(&caller.app, &caller.operator, &UserId(body.0.from), &UserId(id.into_inner())).await?;
    Ok(done())
}

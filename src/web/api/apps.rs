//! `/apps`: apps that sign people in here, and machines, by the names of RFC 7591.
use super::{
    Caller, Problem,
    body::{Json, Query},
    conditions::IfMatch,
    problem::Details,
};
use crate::{
    admin::apps::{self, Change, Told},
    domain::{ClientId, Secret, Timestamp},
    protocol::registration::{AndroidAppMetadata, ClientMetadata, InLanguages},
    storage::clients::{self, Registered, Source},
};
use actix_web::{HttpResponse, HttpResponseBuilder, http::header, web::Path};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// An app, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct App {
    /// Its metadata, by the names of RFC 7591, and `previous_secret_until` while the secret before is good as well.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    /// `settings`: the settings rule it, and it cannot be changed here; or `command`.
    source: &'static str,
    /// When it was registered, in seconds since 1970.
    client_id_issued_at: i64,
    /// How often it has changed; the `ETag`.
    version: i64,
    /// The secret, in the answer to what made it alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
}

impl App {
    fn new(app: &Registered, secret: Option<&Secret>) -> Self {
        Self {
            metadata: apps::told(&app.client),
            source: if app.source == Source::Settings { "settings" } else { "command" },
            client_id_issued_at: app.created_at.0,
            version: app.version,
            client_secret: secret.map(|secret| secret.reveal().to_owned()),
        }
    }
}

/// A page of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Apps {
    /// The newest first.
    items: Vec<App>,
    /// What to send as `after` for the next page; nothing where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// An app, as it is to be. What is left out is as the settings have it: a web app with a secret, PKCE and consent. Its
/// name, links and logo may be there once more for each language, such as `client_name#ja`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppMetadata {
    /// Made, where it is left out; it cannot be changed.
    client_id: Option<String>,
    /// Made, where it is left out; at creation alone.
    #[schema(value_type = Option<String>)]
    client_secret: Option<Secret>,
    client_name: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    post_logout_redirect_uris: Vec<String>,
    token_endpoint_auth_method: Option<String>,
    token_endpoint_auth_signing_alg: Option<String>,
    /// A JWK Set of public keys, for `private_key_jwt`; or `jwks_uri`.
    #[schema(value_type = Option<Object>)]
    jwks: Option<Value>,
    jwks_uri: Option<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    application_type: Option<String>,
    scope: Option<String>,
    id_token_signed_response_alg: Option<String>,
    access_token_signed_response_alg: Option<String>,
    default_max_age: Option<i64>,
    required_acr: Option<String>,
    #[serde(default)]
    allowed_providers: Vec<String>,
    #[serde(default)]
    ios_app_ids: Vec<String>,
    #[serde(default)]
    android_apps: Vec<AndroidAppBody>,
    client_uri: Option<String>,
    logo_uri: Option<String>,
    policy_uri: Option<String>,
    tos_uri: Option<String>,
    #[serde(default)]
    contacts: Vec<String>,
    software_id: Option<String>,
    software_version: Option<String>,
    access_token_lifetime: Option<i64>,
    refresh_token_lifetime: Option<i64>,
    require_pkce: Option<bool>,
    skip_consent: Option<bool>,
}

/// An app for Android that the redirect URIs open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AndroidAppBody {
    package_name: Option<String>,
    #[serde(default)]
    sha256_cert_fingerprints: Vec<String>,
}

impl From<AppMetadata> for ClientMetadata {
    fn from(body: AppMetadata) -> Self {
        let android = |app: AndroidAppBody| AndroidAppMetadata {
            package_name: app.package_name,
            sha256_cert_fingerprints: app.sha256_cert_fingerprints,
        };
        Self {
            client_id: body.client_id,
            client_secret: body.client_secret,
            client_name: body.client_name,
            redirect_uris: body.redirect_uris,
            post_logout_redirect_uris: body.post_logout_redirect_uris,
            token_endpoint_auth_method: body.token_endpoint_auth_method,
            token_endpoint_auth_signing_alg: body.token_endpoint_auth_signing_alg,
            jwks: body.jwks,
            jwks_uri: body.jwks_uri,
            grant_types: body.grant_types,
            response_types: body.response_types,
            application_type: body.application_type,
            scope: body.scope,
            id_token_signed_response_alg: body.id_token_signed_response_alg,
            access_token_signed_response_alg: body.access_token_signed_response_alg,
            default_max_age: body.default_max_age,
            required_acr: body.required_acr,
            allowed_providers: body.allowed_providers,
            ios_app_ids: body.ios_app_ids,
            android_apps: body.android_apps.into_iter().map(android).collect(),
            client_uri: body.client_uri,
            logo_uri: body.logo_uri,
            policy_uri: body.policy_uri,
            tos_uri: body.tos_uri,
            localized: vec![],
            contacts: body.contacts,
            software_id: body.software_id,
            software_version: body.software_version,
            access_token_lifetime: body.access_token_lifetime,
            refresh_token_lifetime: body.refresh_token_lifetime,
            require_pkce: body.require_pkce,
            skip_consent: body.skip_consent,
        }
    }
}

/// How a secret is to be renewed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// Seconds that the secret until now is good beside the new one: 0 to 30 days.
    #[serde(default)]
    overlap: i64,
}

impl Caller {
    fn change(&self) -> Change<'_> {
        let Self { app, operator } = self;
        Change { db: &app.db, chain: &app.secrets.audit, operator, now: app.clock.now() }
    }

    /// Makes a change count on this node at once; the others follow within half a second.
    async fn refresh(&self) {
        if let Err(why) = self.app.refresh_memory().await {
            tracing::error!(%why, "what is in memory cannot be read anew");
        }
    }
}

fn answer(mut response: HttpResponseBuilder, app: &Registered, secret: Option<&Secret>) -> HttpResponse {
    response
        .insert_header((header::ETAG, format!("\"{}\"", app.version)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(App::new(app, secret))
}

/// Apps, the newest first
#[utoipa::path(get, path = "/apps", tag = "Apps",
    params(
        ("q" = Option<String>, Query, description = "With this in their id, name or redirect URIs alone"),
        ("after" = Option<String>, Query, description = "After this place: `next` of the page before"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 200, description = "50, where it is not said"),
    ),
    responses((status = 200, body = Apps), (status = 400, body = Details)))]
pub async fn list(caller: Caller, query: Query) -> Result<HttpResponse, Problem> {
    let limit = query.limit()?;
    let after = query.text("after").map(|text| place(&text).ok_or_else(|| Problem::invalid("after is no place.")));
    let found = clients::search(&caller.app.db, query.text("q").as_deref(), after.transpose()?, limit).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|rows| rows == limit);
    let next = found.last().filter(|_| is_full).map(|app| format!("{}.{}", app.created_at.0, app.client.client_id));
    Ok(HttpResponse::Ok().json(Apps { items: found.iter().map(|app| App::new(app, None)).collect(), next }))
}

/// The place that a page begins after.
pub fn place(text: &str) -> Option<clients::After> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp(at.parse().ok()?), ClientId(id.into())))
}

/// An app
#[utoipa::path(get, path = "/apps/{id}", tag = "Apps", params(("id" = String, Path)),
    responses((status = 200, body = App), (status = 404, body = Details)))]
pub async fn read(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let found = apps::find(&caller.app.db, &ClientId(id.into_inner())).await?;
    Ok(answer(HttpResponse::Ok(), &found, None))
}

/// Register an app
#[utoipa::path(post, path = "/apps", tag = "Apps", request_body = AppMetadata,
    responses((status = 201, body = App), (status = 422, body = Details)))]
pub async fn create(caller: Caller, body: Json<InLanguages<AppMetadata>>) -> Result<HttpResponse, Problem> {
    let Told { app, secret } = apps::create(caller.change(), body.0.into()).await?;
    caller.refresh().await;
    Ok(answer(HttpResponse::Created(), &app, secret.as_ref()))
}

/// Make an app another: what is left out is as at creation
#[utoipa::path(put, path = "/apps/{id}", tag = "Apps", request_body = AppMetadata,
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses((status = 200, body = App), (status = 404, body = Details), (status = 409, body = Details),
        (status = 412, body = Details), (status = 422, body = Details)))]
pub async fn replace(
    caller: Caller,
    id: Path<String>,
    version: IfMatch,
    body: Json<InLanguages<AppMetadata>>,
) -> Result<HttpResponse, Problem> {
    let id = ClientId(id.into_inner());
    let Told { app, secret } = apps::update(caller.change(), &id, version.0, body.0.into()).await?;
    caller.refresh().await;
    Ok(answer(HttpResponse::Ok(), &app, secret.as_ref()))
}

/// Remove an app, and all that people gave it
#[utoipa::path(delete, path = "/apps/{id}", tag = "Apps",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses((status = 204), (status = 404, body = Details), (status = 409, body = Details),
        (status = 412, body = Details)))]
pub async fn delete(caller: Caller, id: Path<String>, version: IfMatch) -> Result<HttpResponse, Problem> {
    apps::delete(caller.change(), &ClientId(id.into_inner()), version.0).await?;
    caller.refresh().await;
    Ok(HttpResponse::NoContent().finish())
}

/// Renew an app's secret
#[utoipa::path(post, path = "/apps/{id}/secret", tag = "Apps", request_body = Rotation,
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses((status = 200, body = App), (status = 404, body = Details), (status = 409, body = Details),
        (status = 412, body = Details), (status = 422, body = Details)))]
pub async fn rotate(
    caller: Caller,
    id: Path<String>,
    version: IfMatch,
    body: Json<Rotation>,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (ClientId(id.into_inner()), version.0);
    let Told { app, secret } = apps::rotate(caller.change(), &id, expected, body.0.overlap).await?;
    caller.refresh().await;
    Ok(answer(HttpResponse::Ok(), &app, secret.as_ref()))
}

/// Make the secret before worth nothing at once
#[utoipa::path(delete, path = "/apps/{id}/secret/previous", tag = "Apps",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses((status = 200, body = App), (status = 404, body = Details), (status = 409, body = Details),
        (status = 412, body = Details)))]
pub async fn revoke_previous(caller: Caller, id: Path<String>, version: IfMatch) -> Result<HttpResponse, Problem> {
    let id = ClientId(id.into_inner());
    let app = apps::revoke_previous(caller.change(), &id, version.0).await?;
    caller.refresh().await;
    Ok(answer(HttpResponse::Ok(), &app, None))
}

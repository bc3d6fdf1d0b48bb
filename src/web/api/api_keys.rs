//! `/api-keys`: keys to the administration.
use super::{Caller, Problem, body::Json, problem::Details};
use crate::{
    admin::api_keys,
    domain::{ApiKeyId, Role, Timestamp},
    storage::api_keys as stored,
};
use actix_web::{HttpResponse, http::header, web::Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKey {
    /// Its name here.
    id: String,
    /// What people call it.
    name: String,
    /// What it permits: owner, admin, support or auditor.
    #[schema(value_type = String)]
    role: Role,
    /// Who made it.
    created_by: String,
    /// When, in seconds since 1970.
    created_at: i64,
    /// Until when it is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    /// When it was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<i64>,
    /// Since when it is worth nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<i64>,
    /// The key itself, in the answer to its creation alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl From<stored::ApiKey> for ApiKey {
    fn from(key: stored::ApiKey) -> Self {
        let seconds = |at: Timestamp| at.0;
        Self {
            id: key.id.to_string(),
            name: key.name,
            role: key.role,
            created_by: key.created_by,
            created_at: key.created_at.0,
            expires_at: key.expires_at.map(seconds),
            last_used_at: key.last_used_at.map(seconds),
            revoked_at: key.revoked_at.map(seconds),
            key: None,
        }
    }
}

/// Every key.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeys {
    /// The newest first.
    items: Vec<ApiKey>,
}

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What people call it.
    name: String,
    /// What it permits: owner, admin, support or auditor. Not more than the caller may give.
    #[schema(value_type = String)]
    role: Role,
    /// Until when it is good, in seconds since 1970; without, until it is revoked.
    expires_at: Option<i64>,
}

/// Every key
#[utoipa::path(get, path = "/api-keys", tag = "API keys", responses((status = 200, body = ApiKeys)))]
pub async fn list(caller: Caller) -> Result<HttpResponse, Problem> {
    let items = stored::all(&caller.app.db).await?.into_iter().map(ApiKey::from).collect();
    Ok(HttpResponse::Ok().json(ApiKeys { items }))
}

/// A key
#[utoipa::path(get, path = "/api-keys/{id}", tag = "API keys", params(("id" = String, Path)),
    responses((status = 200, body = ApiKey), (status = 404, body = Details)))]
pub async fn read(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let found = stored::find(&caller.app.db, &ApiKeyId(id.into_inner())).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(ApiKey::from(found)))
}

/// Make a key
#[utoipa::path(post, path = "/api-keys", tag = "API keys", request_body = NewApiKey,
    responses((status = 201, body = ApiKey), (status = 422, body = Details)))]
pub async fn create(caller: Caller, body: Json<NewApiKey>) -> Result<HttpResponse, Problem> {
    let (app, NewApiKey { name, role, expires_at }) = (&caller.app, body.0);
    let new = (name.as_str(), role, expires_at.map(Timestamp));
    let made = api_keys::create(&app.db, &app.secrets.audit, &caller.operator, new, app.clock.now()).await;
    let (key, secret) = made?;
    let body = ApiKey { key: Some(secret.reveal().to_owned()), ..key.into() };
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(body))
}

/// Revoke a key
#[utoipa::path(delete, path = "/api-keys/{id}", tag = "API keys", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Details)))]
pub async fn revoke(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, id) = (&caller.app, ApiKeyId(id.into_inner()));
    api_keys::revoke(&app.db, &app.secrets.audit, &caller.operator, &id, app.clock.now()).await?;
    Ok(HttpResponse::NoContent().finish())
}

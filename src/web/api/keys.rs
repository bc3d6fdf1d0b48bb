//! `/keys`: the signing keys.
use super::{Caller, Problem, problem::Details};
use crate::{
    admin::signing_keys,
    domain::{Algorithm, KeyId, Timestamp},
    keys::{self, Life},
};
use actix_web::{HttpResponse, web::Path};
use serde::Serialize;
use utoipa::ToSchema;

/// A signing key; its public half is at the `jwks_uri`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Key {
    /// Its name: `kid` in the header of what it signs.
    kid: String,
    /// RS256, ES256 or `EdDSA`.
    #[schema(value_type = String)]
    algorithm: Algorithm,
    /// `next`, `active` or `retired`.
    state: String,
    /// When it was made, in seconds since 1970.
    created_at: i64,
    /// Since when it signs, or from when.
    #[serde(skip_serializing_if = "Option::is_none")]
    activated_at: Option<i64>,
    /// When its state changes by itself, as far as that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes_at: Option<i64>,
}

impl From<Life> for Key {
    fn from(life: Life) -> Self {
        let seconds = |at: Timestamp| at.0;
        Self {
            kid: life.kid.to_string(),
            algorithm: life.algorithm,
            state: life.state.to_string(),
            created_at: life.created_at.0,
            activated_at: life.activated_at.map(seconds),
            changes_at: life.changes_at.map(seconds),
        }
    }
}

/// Every signing key.
#[derive(Debug, Serialize, ToSchema)]
pub struct Keys {
    /// By algorithm; of each, the one that signs first.
    items: Vec<Key>,
}

async fn all(caller: &Caller) -> Result<HttpResponse, Problem> {
    let app = &caller.app;
    let lives = keys::lives(&app.db, app.key_times(), app.clock.now()).await?;
    Ok(HttpResponse::Ok().json(Keys { items: lives.into_iter().map(Key::from).collect() }))
}

/// Every signing key
#[utoipa::path(get, path = "/keys", tag = "Signing keys", responses((status = 200, body = Keys)))]
pub async fn list(caller: Caller) -> Result<HttpResponse, Problem> {
    all(&caller).await
}

/// Rotate
///
/// The next key of each algorithm takes over, at once or as soon as every cached key set knows it.
#[utoipa::path(post, path = "/keys/rotate", tag = "Signing keys",
    responses((status = 200, body = Keys), (status = 409, body = Details)))]
pub async fn rotate(caller: Caller) -> Result<HttpResponse, Problem> {
    let app = &caller.app;
    let with = (app.master(), &app.secrets.audit);
    signing_keys::rotate(&app.db, with, &caller.operator, app.clock.now()).await?;
    all(&caller).await
}

/// Retire a key in an emergency
///
/// It is neither published nor accepted any more, at once: every token that it signed is not good. Another one signs.
#[utoipa::path(delete, path = "/keys/{kid}", tag = "Signing keys", params(("kid" = String, Path)),
    responses((status = 204), (status = 404, body = Details)))]
pub async fn retire(caller: Caller, kid: Path<String>) -> Result<HttpResponse, Problem> {
    let app = &caller.app;
    let (with, kid) = ((app.master(), &app.secrets.audit), KeyId(kid.into_inner()));
    signing_keys::retire(&app.db, with, &caller.operator, &kid, app.clock.now()).await?;
    Ok(HttpResponse::NoContent().finish())
}

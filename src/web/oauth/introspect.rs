//! `POST /introspect` (RFC 7662): for clients that can keep a secret, such as APIs.
use super::authenticate;
use crate::{
    app::App,
    domain::{Client, Secret, Timestamp},
    protocol::{
        access_token::AccessToken,
        error::invalid_client,
        introspection::{access_token, inactive, refresh_token as refresh_token_answer},
        refresh_token,
    },
    storage::{grants, revoked_tokens},
    web::{error::ApiError, forms::ApiParams},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use serde_json::Value;

/// Tells what a token means.
pub async fn post(app: Data<App>, request: HttpRequest, params: ApiParams) -> Result<HttpResponse, ApiError> {
    let client = authenticate(&app, &request, &params.0).await?;
    if client.is_public() {
        return Err(invalid_client("a public client cannot introspect").into());
    }
    params.0.none_repeated()?;
    let token = params.0.require("token", "token is missing")?;
    let answer = introspect(&app, &client, token, app.clock.now()).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

async fn introspect(app: &App, client: &Client, token: &str, now: Timestamp) -> Result<Value, ApiError> {
    if let Some((grant, generation)) = refresh_token::read(&app.secrets.refresh_tokens, &Secret::from(token)) {
        let standing = grants::find_live(&app.db, &grant, now).await?.filter(|standing| {
            // Nobody else has any business with it.
            standing.grant.client_id == client.client_id
                && standing.generation == generation
                && standing.idle_expires_at > now
        });
        return Ok(standing.map_or_else(inactive, |standing| {
            refresh_token_answer(&app.config.issuer, &standing.grant, standing.idle_expires_at)
        }));
    }
    let keys = app.memory().keys.clone();
    let Some(verified) = keys.verify::<AccessToken>(token) else { return Ok(inactive()) };
    let claims = verified.claims;
    if claims.check(verified.typ.as_deref(), &app.config.issuer, now).is_err() {
        return Ok(inactive());
    }
    let alive = match &claims.grant {
        Some(grant) => grants::find_user(&app.db, grant, &claims.jti, now).await?.is_some(),
        None => {
            let client_is_known = app.memory().client(claims.client_id.as_str()).is_some();
            client_is_known && !revoked_tokens::contains(&app.db, &claims.jti).await?
        }
    };
    Ok(if alive { access_token(&claims) } else { inactive() })
}

//! `POST /token` for a provider's access token (RFC 8693, `protocol/upstream_token.rs`): for apps that the operator has
//! named, and that can prove who they are.
use crate::{
    app::App,
    domain::{Client, ProviderName, Secret, Timestamp, UserId},
    protocol::{
        Error,
        access_token::AccessToken,
        params::Params,
        token_exchange::ACCESS_TOKEN,
        upstream_token::{DEAD, NOTHING, PUBLIC, SUBJECT, UNAVAILABLE, UpstreamTokenRequest},
    },
    storage::grants,
    upstream::Upstream,
    vault::{self, Served},
    web::error::ApiError,
};
use actix_web::{HttpResponse, http::header, web::Data};
use serde::Serialize;
use std::sync::Arc;

/// The answer (section 2.2.1).
#[derive(Serialize)]
struct UpstreamTokenResponse {
    access_token: String,
    issued_token_type: &'static str,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

/// Answers a client that has authenticated.
pub async fn answer(app: &Data<App>, client: &Client, params: &Params) -> Result<HttpResponse, ApiError> {
    let request = UpstreamTokenRequest::parse(params)?;
    if client.is_public() {
        return Err(PUBLIC.into());
    }
    let upstream = provider(app, client, &request.provider)?;
    let user = person(app, client, &request.subject_token, app.clock.now()).await?;
    let handed = match vault::serve(app, &upstream, &user).await? {
        Served::Token(handed) => handed,
        Served::NotKept => return Err(NOTHING.into()),
        Served::Dead => return Err(DEAD.into()),
        Served::Unavailable => return Err(UNAVAILABLE.into()),
    };
    tracing::info!(
        target: "audit", %user, client = %client.client_id, provider = %request.provider, "an app got a provider's token"
    );
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(UpstreamTokenResponse {
        access_token: handed.token.reveal().to_owned(),
        issued_token_type: ACCESS_TOKEN,
        token_type: "Bearer",
        expires_in: handed.expires_in,
        scope: handed.scope,
    }))
}

/// The provider, if its tokens are kept for this client.
fn provider(app: &App, client: &Client, name: &ProviderName) -> Result<Arc<Upstream>, Error> {
    let found = app.memory().upstreams.get(name).cloned();
    found.filter(|upstream| vault::may_have(&upstream.provider, client)).ok_or(NOTHING)
}

/// The person whose access token this is, as `/userinfo` judges it; and it must be this client's own.
async fn person(app: &App, client: &Client, token: &Secret, now: Timestamp) -> Result<UserId, ApiError> {
    let keys = app.memory().keys.clone();
    let verified = keys.verify::<AccessToken>(token.reveal()).ok_or(SUBJECT)?;
    let claims = verified.claims;
    claims.check(verified.typ.as_deref(), &app.config.issuer, now).map_err(|_| SUBJECT)?;
    let grant = claims.grant.filter(|_| claims.client_id == client.client_id).ok_or(SUBJECT)?;
    let standing = grants::find_live(&app.db, &grant, now).await?.ok_or(SUBJECT)?;
    // The app may be limited to other ways in since.
    if !client.admits(standing.grant.provider.as_ref()) {
        return Err(SUBJECT.into());
    }
    let user = grants::find_user(&app.db, &grant, &claims.jti, now).await?.ok_or(SUBJECT)?;
    Ok(user.id)
}

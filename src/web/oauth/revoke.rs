//! `POST /revoke` (RFC 7009). The answer is the same whether there was anything to revoke.
use super::authenticate;
use crate::{
    app::App,
    domain::Secret,
    protocol::{access_token::AccessToken, refresh_token},
    storage::{grants, revoked_tokens},
    web::{error::ApiError, forms::ApiParams},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

/// Revokes a token of the client that asks: a refresh token with its whole grant, an access token
/// alone.
pub async fn post(app: Data<App>, request: HttpRequest, params: ApiParams) -> Result<HttpResponse, ApiError> {
    let client = authenticate(&app, &request, &params.0)?;
    params.0.none_repeated()?;
    let token = params.0.require("token", "token is missing")?;
    let now = app.clock.now();
    let keys = app.memory().keys.clone();
    if let Some((grant, _)) = refresh_token::read(&app.secrets.refresh_tokens, &Secret::from(token)) {
        grants::revoke(&app.db, grant, client.client_id.clone(), now).await?;
    } else if let Some(verified) = keys.verify::<AccessToken>(token) {
        let claims = verified.claims;
        let good = claims.check(verified.typ.as_deref(), &app.config.issuer, now).is_ok();
        if good && claims.client_id == client.client_id {
            revoked_tokens::insert(&app.db, claims.jti, claims.exp).await?;
        }
    }
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish())
}

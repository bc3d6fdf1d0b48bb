//! `POST /native/nonce`: a nonce for a native sign-in, which the app gives to the provider's SDK.
use super::{authenticate, token_exchange::provider};
use crate::{
    app::App,
    domain::{GrantType, random_bytes},
    protocol::{
        error::invalid_request,
        native_nonce::{self, LIFETIME},
        token::check_grant_type,
        token_exchange::NOT_SUPPORTED,
    },
    web::{
        error::ApiError,
        forms::ApiParams,
        limits::{self, Tried},
    },
};
use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use serde_json::json;

/// Gives one. Nothing is stored until it is used.
pub async fn post(app: Data<App>, http: HttpRequest, params: ApiParams) -> Result<HttpResponse, ApiError> {
    let client = authenticate(&app, &http, &params.0).await?;
    params.0.none_repeated()?;
    check_grant_type(&client, GrantType::TokenExchange)?;
    if let Some(seconds) = limits::take(&app, &http, &Tried::Native).await? {
        return Err(ApiError::too_many(seconds));
    }
    let name = params.0.require("provider", "provider is missing: the name of one")?;
    let name = name.parse().map_err(|_| invalid_request("provider is no name of a provider"))?;
    if !provider(&app, &client, &name)?.takes_any() {
        return Err(NOT_SUPPORTED.into());
    }
    let key = &app.secrets.native_nonces;
    let nonce = native_nonce::issue(key, &client.client_id, &name, random_bytes(), app.clock.now());
    let answer = json!({ "nonce": nonce, "expires_in": LIFETIME });
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

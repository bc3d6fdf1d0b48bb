//! `POST /callback/PROVIDER/backchannel-logout` (OpenID Connect Back-Channel Logout 1.0 sections 2.5 to 2.8).
use super::{heard, sender};
use crate::{
    app::App,
    protocol::error::invalid_request,
    storage::news::Outcome,
    upstream::Tells,
    web::{error::ApiError, forms::ApiParams},
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};

/// Ends the sessions that came by the provider's session, or by all of the person's there. Whatever keeps that from
/// being done is a 400 (section 2.8).
pub async fn post(
    app: Data<App>,
    request: HttpRequest,
    name: Path<String>,
    params: ApiParams,
) -> Result<HttpResponse, ApiError> {
    let upstream = sender(&app, &request, &name, &[Tells::LogoutTokens]).await?;
    params.0.none_repeated()?;
    let token = params.0.require("logout_token", "logout_token is missing")?;
    let message = upstream.logout_token(token, app.clock.now()).await.map_err(|why| {
        tracing::warn!(provider = %upstream.provider.name, %why, "a logout token is refused");
        invalid_request("the logout token is not good")
    })?;
    match heard(&app, &request, &upstream.provider, message).await? {
        Outcome::Acted(_) => Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish()),
        Outcome::Replayed => Err(invalid_request("the logout token was used before").into()),
    }
}

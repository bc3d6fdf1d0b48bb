//! `POST /callback/PROVIDER/events`: Apple's server-to-server notifications, and security event tokens that are pushed
//! (RFC 8935), which Google's Cross-Account Protection sends.
use super::{heard, sender};
use crate::{
    app::App,
    protocol::error::invalid_request,
    upstream::{EventFault, Fault, Tells, Upstream},
    web::{
        error::ApiError,
        forms::{RawBody, is_of_type},
    },
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use serde_json::json;

/// `POST /callback/PROVIDER/events`.
pub async fn post(
    app: Data<App>,
    request: HttpRequest,
    name: Path<String>,
    body: RawBody,
) -> Result<HttpResponse, ApiError> {
    let upstream = sender(&app, &request, &name, &[Tells::Notifications, Tells::SecurityEvents]).await?;
    match upstream.provider.kind.tells() {
        Tells::Notifications => notification(&app, &request, &upstream, &body.0).await,
        _ => security_event(&app, &request, &upstream, &body.0).await,
    }
}

/// Apple sends again what is not answered by 200; so is what came before, and what is about nobody here.
async fn notification(
    app: &App,
    request: &HttpRequest,
    upstream: &Upstream,
    body: &[u8],
) -> Result<HttpResponse, ApiError> {
    let message = match upstream.notification(body, app.clock.now()).await {
        Ok(message) => message,
        Err(why) => {
            tracing::warn!(provider = %upstream.provider.name, %why, "a notification is refused");
            return Err(match why {
                EventFault::Token(Fault::Malformed) | EventFault::Content(_) => {
                    invalid_request("this is no notification").into()
                }
                EventFault::Token(_) => {
                    ApiError::unauthorized("the notification is not of the provider, or not for us")
                }
                EventFault::Keys(_) => ApiError::unavailable(),
            });
        }
    };
    heard(app, request, &upstream.provider, message).await?;
    Ok(done(HttpResponse::Ok()))
}

async fn security_event(
    app: &App,
    request: &HttpRequest,
    upstream: &Upstream,
    body: &[u8],
) -> Result<HttpResponse, ApiError> {
    let token = std::str::from_utf8(body).unwrap_or_default().trim();
    if !is_of_type(request, "application/secevent+jwt") {
        return Ok(refused("invalid_request", "the content type is not application/secevent+jwt"));
    }
    match upstream.security_event(token, app.clock.now()).await {
        Ok(message) => {
            heard(app, request, &upstream.provider, message).await?;
            Ok(done(HttpResponse::Accepted()))
        }
        Err(EventFault::Keys(why)) => {
            tracing::warn!(provider = %upstream.provider.name, %why, "a security event cannot be judged");
            Err(ApiError::unavailable())
        }
        Err(why) => {
            tracing::warn!(provider = %upstream.provider.name, %why, "a security event is refused");
            Ok(refused(code(&why), "the token is not good"))
        }
    }
}

/// The word for what is wrong (RFC 8935 section 2.4).
const fn code(why: &EventFault) -> &'static str {
    match why {
        EventFault::Token(Fault::Issuer) => "invalid_issuer",
        EventFault::Token(Fault::Audience) => "invalid_audience",
        EventFault::Token(Fault::UnknownKey | Fault::Algorithm) => "invalid_key",
        EventFault::Token(Fault::Signature) => "authentication_failed",
        _ => "invalid_request",
    }
}

fn refused(code: &str, description: &str) -> HttpResponse {
    HttpResponse::BadRequest()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({ "err": code, "description": description }))
}

fn done(mut answer: actix_web::HttpResponseBuilder) -> HttpResponse {
    answer.insert_header((header::CACHE_CONTROL, "no-store")).finish()
}

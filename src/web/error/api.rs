//! What clients are told: JSON (RFC 6749 section 5.2), or a challenge (RFC 6750 section 3).
use super::{RETRY_AFTER, is_unread};
use crate::{
    keys,
    protocol::{Code, Error},
    storage,
};
use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde_json::json;

/// A failure that a client is told of.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct ApiError {
    error: Error,
    status: StatusCode,
    challenge: Option<&'static str>,
}

impl ApiError {
    /// A failure at an endpoint that takes access tokens (RFC 6750 section 3.1).
    pub fn bearer(error: Error) -> Self {
        let status = match error.code {
            Code::InvalidToken => StatusCode::UNAUTHORIZED,
            Code::InsufficientScope => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        };
        Self { error, status, challenge: Some("Bearer") }
    }

    /// No token at all (RFC 6750 section 3.1: without an error code).
    pub fn no_token() -> Self {
        let error = Error::new(Code::InvalidToken, "");
        Self { error, status: StatusCode::UNAUTHORIZED, challenge: Some("Bearer") }
    }

    /// A request that took too long to arrive.
    pub fn too_slow() -> Self {
        let error = Error::new(Code::InvalidRequest, "the request took too long to arrive");
        Self { error, status: StatusCode::REQUEST_TIMEOUT, challenge: None }
    }

    /// A request that is larger than it may be.
    pub fn too_large() -> Self {
        let error = Error::new(Code::InvalidRequest, "the request is too long");
        Self { error, status: StatusCode::PAYLOAD_TOO_LARGE, challenge: None }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let (status, challenge) = match error.code {
            Code::InvalidClient => (StatusCode::UNAUTHORIZED, Some("Basic")),
            Code::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, None),
            Code::TemporarilyUnavailable => (StatusCode::SERVICE_UNAVAILABLE, None),
            _ => (StatusCode::BAD_REQUEST, None),
        };
        Self { error, status, challenge }
    }
}

impl From<storage::Error> for ApiError {
    fn from(why: storage::Error) -> Self {
        tracing::error!(%why, "a request failed");
        match why {
            storage::Error::Unavailable(_) => UNAVAILABLE.into(),
            _ => SERVER_ERROR.into(),
        }
    }
}

impl From<keys::Error> for ApiError {
    fn from(why: keys::Error) -> Self {
        tracing::error!(%why, "a request failed");
        SERVER_ERROR.into()
    }
}

const UNAVAILABLE: Error = Error::new(Code::TemporarilyUnavailable, "try again in a moment");
const SERVER_ERROR: Error = Error::new(Code::ServerError, "something went wrong here; it has been logged");

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let Error { code, description } = self.error;
        let mut response = HttpResponse::build(self.status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if is_unread(self.status) {
            response.force_close();
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, RETRY_AFTER));
        }
        match self.challenge {
            Some("Bearer") if description.is_empty() => {
                response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"genkan\""));
                return response.finish();
            }
            Some("Bearer") => {
                let value = format!("Bearer realm=\"genkan\", error=\"{code}\", error_description=\"{description}\"");
                response.insert_header((header::WWW_AUTHENTICATE, value));
            }
            Some(scheme) => {
                response.insert_header((header::WWW_AUTHENTICATE, format!("{scheme} realm=\"genkan\"")));
            }
            None => {}
        }
        response.json(json!({ "error": code.as_str(), "error_description": description }))
    }
}

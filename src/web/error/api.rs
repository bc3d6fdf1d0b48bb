//! What clients are told: JSON (RFC 6749 section 5.2), or a challenge (RFC 6750 section 3).
use super::{PageError, RETRY_AFTER, is_unread};
use crate::{
    keys, mail,
    protocol::{
        Code, Error,
        token_exchange::{CHANGED, Refusal, TOO_MANY},
    },
    storage, vault,
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
    /// The word for a refusal that has one (`genkan_error`).
    reason: Option<&'static str>,
    status: StatusCode,
    challenge: Option<&'static str>,
    retry_after: Option<i64>,
}

impl ApiError {
    /// What the specification says of it.
    pub const fn error(&self) -> Error {
        self.error
    }

    /// The word for a refusal that has one.
    pub const fn reason(&self) -> Option<&'static str> {
        self.reason
    }

    /// The same with a word of its own.
    pub fn because(self, reason: &'static str) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// A failure at an endpoint that takes access tokens (RFC 6750 section 3.1).
    pub fn bearer(error: Error) -> Self {
        let status = match error.code {
            Code::InvalidToken => StatusCode::UNAUTHORIZED,
            Code::InsufficientScope => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        };
        Self { challenge: Some("Bearer"), ..Self::new(error, status) }
    }

    /// No token at all (RFC 6750 section 3.1: without an error code).
    pub fn no_token() -> Self {
        let error = Error::new(Code::InvalidToken, "");
        Self { challenge: Some("Bearer"), ..Self::new(error, StatusCode::UNAUTHORIZED) }
    }

    /// A request that took too long to arrive.
    pub fn too_slow() -> Self {
        let error = Error::new(Code::InvalidRequest, "the request took too long to arrive");
        Self::new(error, StatusCode::REQUEST_TIMEOUT)
    }

    /// A request that is larger than it may be.
    pub fn too_large() -> Self {
        let error = Error::new(Code::InvalidRequest, "the request is too long");
        Self::new(error, StatusCode::PAYLOAD_TOO_LARGE)
    }

    /// More tries than the limit allows.
    pub fn too_many(seconds: i64) -> Self {
        let Refusal { error, reason } = TOO_MANY;
        let refused = Self::new(error, StatusCode::TOO_MANY_REQUESTS).because(reason);
        Self { retry_after: Some(seconds), ..refused }
    }

    /// There is nothing here.
    pub const fn not_found() -> Self {
        Self::new(Error::new(Code::InvalidRequest, "there is nothing here"), StatusCode::NOT_FOUND)
    }

    /// Whoever sends it is not who they say.
    pub const fn unauthorized(description: &'static str) -> Self {
        Self::new(Error::new(Code::InvalidRequest, description), StatusCode::UNAUTHORIZED)
    }

    /// Something that is needed is not there now.
    pub fn unavailable() -> Self {
        UNAVAILABLE.into()
    }

    const fn new(error: Error, status: StatusCode) -> Self {
        Self { error, reason: None, status, challenge: None, retry_after: None }
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
        let retry_after = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_AFTER);
        Self { challenge, retry_after, ..Self::new(error, status) }
    }
}

impl From<Refusal> for ApiError {
    fn from(Refusal { error, reason }: Refusal) -> Self {
        tracing::info!(reason, "a token exchange was refused");
        Self::from(error).because(reason)
    }
}

/// What goes wrong on a way that pages and clients have in common.
impl From<PageError> for ApiError {
    fn from(why: PageError) -> Self {
        match why {
            PageError::Storage(why) | PageError::Mail(mail::Error::Storage(why)) => why.into(),
            PageError::Protocol(error) => error.into(),
            // Somebody else was quicker.
            PageError::UpstreamState => CHANGED.into(),
            why => {
                tracing::error!(%why, "a request failed");
                SERVER_ERROR.into()
            }
        }
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

impl From<vault::Error> for ApiError {
    fn from(why: vault::Error) -> Self {
        match why {
            vault::Error::Storage(why) => why.into(),
            vault::Error::Keys(why) => why.into(),
        }
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
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
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
        match self.reason {
            // In both: some libraries hand on nothing but the description.
            Some(reason) => response.json(json!({
                "error": code.as_str(),
                "error_description": format!("{reason}: {description}"),
                "genkan_error": reason,
            })),
            None => response.json(json!({ "error": code.as_str(), "error_description": description })),
        }
    }
}

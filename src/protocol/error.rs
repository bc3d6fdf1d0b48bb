//! Errors as the specifications name them (RFC 6749 sections 4.1.2.1 and 5.2, RFC 8693 section 2.2.2, OpenID Connect Core
//! section 3.1.2.6, Unmet Authentication Requirements 1.0, RFC 6750 section 3.1). How they look in HTTP is for `web` to say.
use crate::domain::words;

/// The codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "described by the sections named above")]
pub enum Code {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    UnauthorizedClient,
    UnsupportedGrantType,
    UnsupportedResponseType,
    InvalidScope,
    InvalidTarget,
    AccessDenied,
    LoginRequired,
    ConsentRequired,
    InteractionRequired,
    UnmetAuthenticationRequirements,
    RequestNotSupported,
    RequestUriNotSupported,
    RegistrationNotSupported,
    InvalidToken,
    InsufficientScope,
    ServerError,
    TemporarilyUnavailable,
}

words!(Code {
    InvalidRequest = "invalid_request",
    InvalidClient = "invalid_client",
    InvalidGrant = "invalid_grant",
    UnauthorizedClient = "unauthorized_client",
    UnsupportedGrantType = "unsupported_grant_type",
    UnsupportedResponseType = "unsupported_response_type",
    InvalidScope = "invalid_scope",
    InvalidTarget = "invalid_target",
    AccessDenied = "access_denied",
    LoginRequired = "login_required",
    ConsentRequired = "consent_required",
    InteractionRequired = "interaction_required",
    UnmetAuthenticationRequirements = "unmet_authentication_requirements",
    RequestNotSupported = "request_not_supported",
    RequestUriNotSupported = "request_uri_not_supported",
    RegistrationNotSupported = "registration_not_supported",
    InvalidToken = "invalid_token",
    InsufficientScope = "insufficient_scope",
    ServerError = "server_error",
    TemporarilyUnavailable = "temporarily_unavailable",
});

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct Error {
    /// For the client.
    pub code: Code,
    /// For its developer: in English, within the characters of RFC 6749 section 5.2 (no quote, no
    /// backslash), and never anything that was sent.
    pub description: &'static str,
}

impl Error {
    /// An error with a code and a description.
    #[must_use]
    pub const fn new(code: Code, description: &'static str) -> Self {
        Self { code, description }
    }
}

/// `invalid_request` with this description.
#[must_use]
pub const fn invalid_request(description: &'static str) -> Error {
    Error::new(Code::InvalidRequest, description)
}

/// `invalid_grant` with this description.
#[must_use]
pub const fn invalid_grant(description: &'static str) -> Error {
    Error::new(Code::InvalidGrant, description)
}

/// `invalid_client` with this description.
#[must_use]
pub const fn invalid_client(description: &'static str) -> Error {
    Error::new(Code::InvalidClient, description)
}

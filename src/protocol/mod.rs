//! OAuth 2.0 and OpenID Connect as pure functions over typed values: no I/O, no clock, no
//! randomness, no framework.
//!
//! | Specification | Home |
//! |---|---|
//! | RFC 6749 sections 3.1, 3.2: request parameters | [`params`] |
//! | RFC 6749 section 4.1.1, OIDC Core 3.1.2.1: the authorization request | [`authorize`] |
//! | OIDC Core 3.1.2.3, 3.1.2.4: authentication and consent, or neither | [`decision`] |
//! | RFC 6749 section 4.1.2, RFC 9207, OAuth 2.0 Form Post Response Mode: its response | [`authorize`] |
//! | RFC 6749 section 2.3: client authentication | [`client_auth`] |
//! | RFC 7523 sections 2.2, 3, OIDC Core 9: by what a client signs | [`client_assertion`] |
//! | RFC 6749 sections 4.1.3, 4.4, 6: the token request | [`token`] |
//! | RFC 6749 section 4.1.3: redeeming a code | [`authorization_code`] |
//! | RFC 9700 section 4.14: refresh tokens | [`refresh_token`] |
//! | RFC 7636: PKCE | [`pkce`] |
//! | OIDC Core 2: the ID token, and as a hint 3.1.2.1 | [`id_token`] |
//! | RFC 9068: JWT access tokens | [`access_token`] |
//! | RFC 8693: token exchange, for native apps | [`token_exchange`], [`native_nonce`] |
//! | RFC 7662: introspection | [`introspection`] |
//! | RFC 8693: token exchange, for a provider's token | [`upstream_token`] |
//! | OIDC RP-Initiated Logout 1.0 | [`logout`] |
//! | RFC 8414, OIDC Discovery 1.0 | [`discovery`] |
//! | RFC 7591, OIDC Dynamic Client Registration 1.0: client metadata | [`registration`] |
//! | RFC 7591 section 2.2, RFC 4647: what people read of a client, in their language | [`crate::domain::Localized`] |
//! | Standard Webhooks 1.0.0: signatures | [`webhook`] |
//! | RFC 6749 sections 4.1.2.1, 5.2, RFC 6750 section 3.1: errors | [`error`] |
pub mod access_token;
pub mod authorization_code;
pub mod authorize;
pub mod checkup;
pub mod client_assertion;
pub mod client_auth;
pub mod decision;
pub mod discovery;
pub mod error;
pub mod faults;
pub mod id_token;
pub mod introspection;
pub mod logout;
pub mod native_nonce;
pub mod params;
pub mod pkce;
pub mod refresh_token;
pub mod registration;
pub mod token;
pub mod token_exchange;
pub mod upstream_token;
pub mod webhook;

pub use error::{Code, Error};

//! What a token means, told to a client that may know (RFC 7662 section 2.2).
use super::access_token::AccessToken;
use crate::domain::{Grant, Issuer, Timestamp};
use serde_json::{Value, json};

/// The answer for a token that is not good, or is none of the caller's business.
#[must_use]
pub fn inactive() -> Value {
    json!({ "active": false })
}

/// The answer for a good access token.
#[must_use]
pub fn access_token(token: &AccessToken) -> Value {
    let mut answer = json!(token);
    answer["active"] = true.into();
    answer["token_type"] = "Bearer".into();
    answer
}

/// The answer for a good refresh token.
#[must_use]
pub fn refresh_token(issuer: &Issuer, grant: &Grant, expires_at: Timestamp) -> Value {
    json!({
        "active": true,
        "iss": issuer.as_str(),
        "sub": grant.user_id,
        "client_id": grant.client_id,
        "scope": grant.scopes,
        "exp": expires_at,
    })
}

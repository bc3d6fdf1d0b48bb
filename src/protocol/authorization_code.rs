//! Redeeming an authorization code (RFC 6749 section 4.1.3).
use super::{Error, error::invalid_grant, pkce, token::AuthorizationCodeRequest};
use crate::domain::{Client, Grant};

/// What is said of a code that is unknown, spent or too old, whichever it is.
pub const NOT_GOOD: Error = invalid_grant("the code is unknown, expired or spent");

/// Checks that this client may have what the code it presents stands for.
pub fn check(client: &Client, request: &AuthorizationCodeRequest, grant: &Grant) -> Result<(), Error> {
    if grant.client_id != client.client_id {
        return Err(invalid_grant("the code was issued to another client"));
    }
    if request.redirect_uri.as_deref() != Some(&grant.redirect_uri) {
        return Err(invalid_grant("redirect_uri is not that of the authorization request"));
    }
    pkce::check_verifier(grant.code_challenge.as_deref(), request.code_verifier.as_deref())
}

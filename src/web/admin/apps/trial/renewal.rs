//! Renewing the tokens of a trial, as the app will (RFC 6749 section 6, RFC 9700 section 4.14.2, OpenID Connect Core
//! section 12.2).
use super::judge::{Check, is_good};
use crate::{
    domain::{Client, Timestamp},
    protocol::{
        id_token::IdToken,
        token::{RefreshTokenRequest, TokenResponse},
    },
    web::{admin::Desk, error::ApiError, oauth::token::refresh},
};

/// Renews what came once, and judges what comes of it: the new tokens, where there are any.
pub async fn renew(
    desk: &Desk,
    client: &Client,
    first: &TokenResponse,
    now: Timestamp,
) -> (Vec<Check>, Option<TokenResponse>) {
    let Some(token) = &first.refresh_token else { return (vec![], None) };
    let tokens = match again(desk, client, token, now).await {
        Ok(tokens) => tokens,
        Err(why) => return (vec![Check::new("renewed", false, why.error().description)], None),
    };
    let app = &desk.visit.app;
    let keys = app.memory().keys.clone();
    let id_token = tokens.id_token.as_ref().map(|token| keys.verify::<IdToken>(token));
    let is_for_it = id_token.is_none_or(|verified| {
        verified.is_some_and(|verified| verified.claims.aud == client.client_id && verified.claims.nonce.is_none())
    });
    let is_another = tokens.refresh_token.is_some() && tokens.refresh_token != first.refresh_token;
    let mut checks = vec![
        Check::new("renewed", is_good(app, &tokens.access_token, now) && is_for_it, ""),
        Check::new("rotated", is_another, ""),
    ];
    // Without a time in which a lost response is given again, this would be reuse, and an alarm.
    let window = app.settings().tokens.refresh_retry;
    if window > 0 {
        let repeated = again(desk, client, token, now).await.ok();
        let is_the_same = repeated.is_some_and(|repeated| repeated.refresh_token == tokens.refresh_token);
        checks.push(Check::new("repeated", is_the_same, format!("{window} s")));
    }
    (checks, Some(tokens))
}

/// Whether a refresh token is refused.
pub async fn is_refused(desk: &Desk, client: &Client, token: &str, now: Timestamp) -> bool {
    again(desk, client, token, now).await.is_err()
}

async fn again(desk: &Desk, client: &Client, token: &str, now: Timestamp) -> Result<TokenResponse, ApiError> {
    let request = RefreshTokenRequest { refresh_token: token.into(), scope: None };
    refresh(&desk.visit.app, &desk.visit.request, client, request, now).await
}

//! The tokens of a trial, judged as an app should judge them (OpenID Connect Core sections 3.1.3.7 and 3.1.3.8).
use crate::{
    app::App,
    domain::{Client, GrantId, Timestamp},
    protocol::{
        access_token::{self, AccessToken},
        id_token::IdToken,
        token::TokenResponse,
    },
    web::oauth::userinfo,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its word: the message `trial-WORD` says what it is.
    pub word: &'static str,
    /// What was found.
    pub detail: String,
    /// Whether it is as it should be.
    pub good: bool,
}

impl Check {
    pub fn new(word: &'static str, good: bool, detail: impl Into<String>) -> Self {
        Self { word, detail: detail.into(), good }
    }
}

/// What came, and what is in it. The tokens themselves are not shown: nobody is to copy one.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    pub checks: Vec<Check>,
    /// For each: a word, and JSON to read.
    pub contents: Vec<(&'static str, String)>,
    /// What is to be revoked.
    pub grant: Option<GrantId>,
}

/// Looks at everything that came. `asked`: the scope and the nonce of the request.
pub async fn judge(app: &App, client: &Client, (scope, nonce): (&str, &str), tokens: &TokenResponse) -> Judged {
    let mut judged = Judged::default();
    let now = app.clock.now();
    let granted = tokens.scope.to_string();
    judged.checks.push(Check::new("scope", true, format!("{scope} → {granted}")));
    judged.checks.push(Check::new("refresh", true, if tokens.refresh_token.is_some() { "✓" } else { "–" }));
    let keys = app.memory().keys.clone();
    if let Some(token) = &tokens.id_token {
        judged.contents.extend([("id-token-header", part(token, 0)), ("id-token-claims", part(token, 1))]);
        match keys.verify::<IdToken>(token) {
            None => judged.checks.push(Check::new("signature", false, kid(token))),
            Some(verified) => {
                let claims = verified.claims;
                let binds = claims.binds(client.id_token_signed_response_alg, &tokens.access_token);
                judged.checks.extend([
                    Check::new("signature", true, kid(token)),
                    Check::new("iss", claims.iss == app.config.issuer.as_str(), claims.iss.clone()),
                    Check::new("aud", claims.aud == client.client_id, claims.aud.to_string()),
                    Check::new("exp", claims.exp > now, claims.exp.in_utc()),
                    Check::new("nonce", claims.nonce.as_deref() == Some(nonce), ""),
                    Check::new("at-hash", binds, claims.at_hash.clone()),
                ]);
            }
        }
    }
    let token = &tokens.access_token;
    judged.contents.extend([("access-token-header", part(token, 0)), ("access-token-claims", part(token, 1))]);
    let verified = keys.verify::<AccessToken>(token);
    let until = verified.as_ref().map(|verified| verified.claims.exp.in_utc()).unwrap_or_default();
    judged.checks.push(Check::new(
        "access-token",
        is_good(app, token, now),
        format!("{} · {} · {until}", access_token::TYP, kid(token)),
    ));
    judged.grant = verified.and_then(|verified| verified.claims.grant);
    if tokens.scope.has("openid") {
        match userinfo::reveal(app, token).await {
            Ok(claims) => {
                judged.checks.push(Check::new("userinfo", true, ""));
                let text = serde_json::to_value(&claims).map(|claims| pretty(&claims)).unwrap_or_default();
                judged.contents.push(("userinfo", text));
            }
            Err(why) => judged.checks.push(Check::new("userinfo", false, why.to_string())),
        }
    }
    judged
}

/// Whether an access token is ours, and good now (RFC 9068 section 4).
pub fn is_good(app: &App, token: &str, now: Timestamp) -> bool {
    let verified = app.memory().keys.verify::<AccessToken>(token);
    verified.is_some_and(|verified| verified.claims.check(verified.typ.as_deref(), &app.config.issuer, now).is_ok())
}

/// The name of the key that a token says it is signed with.
fn kid(token: &str) -> String {
    let header = decoded(token, 0);
    let text = |name: &str| header.as_ref().and_then(|header| header[name].as_str()).unwrap_or_default().to_owned();
    format!("{} {}", text("alg"), text("kid"))
}

/// A part of a token as JSON to read.
fn part(token: &str, index: usize) -> String {
    decoded(token, index).map(|value| pretty(&value)).unwrap_or_default()
}

fn decoded(token: &str, index: usize) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(index)?).ok()?).ok()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

//! What Facebook and Instagram have in common: the Graph API, and requests that Meta signs with our secret.
use super::{
    preset::ClientSecret,
    settings::{Provider, Settings},
};
use crate::{domain::Secret, fetch::Request, i18n::Message};
use aws_lc_rs::hmac;
use base64::{
    Engine,
    engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::fmt::Write;
use url::Url;

/// `vN.N`.
pub fn check_version(settings: &Settings, fault: &mut dyn FnMut(&'static str, Message)) {
    let is_version = |text: &str| {
        let parts = text.strip_prefix('v').and_then(|numbers| numbers.split_once('.'));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
        parts.is_some_and(|(major, minor)| is_number(major) && is_number(minor))
    };
    if settings.api_version.as_deref().is_some_and(|version| !is_version(version)) {
        fault("api_version", "fault-graph-version".into());
    }
}

/// Asks for fields of the person.
pub fn question(url: &str, fields: &str, provider: &Provider, access_token: &Secret) -> Request {
    Request::get(&address(url, &[("fields", fields)], provider, access_token))
}

/// Where a question of the person is asked, with the proof that it is us who ask: an access token that was stolen from
/// an app is of no use to anybody else.
pub fn address(url: &str, query: &[(&str, &str)], provider: &Provider, access_token: &Secret) -> String {
    let Ok(mut url) = Url::parse(url) else { return url.to_owned() };
    let mut pairs = url.query_pairs_mut();
    pairs.extend_pairs(query).append_pair("access_token", access_token.reveal());
    if let ClientSecret::Text(secret) = &provider.secret {
        pairs.append_pair("appsecret_proof", &proof(secret, access_token));
    }
    drop(pairs);
    url.into()
}

/// Its word for whatever is wrong with a token, and for much else.
pub const REFUSED: &str = "OAuthException";

/// What is wrong at Meta for a while, or with our secret, and not with a token.
const PASSING: [i64; 7] = [1, 2, 4, 17, 32, 341, 613];

/// Whether an error says nothing of the token that was sent.
pub fn is_passing(error: &Map<String, Value>) -> bool {
    let code = error.get("code").and_then(Value::as_i64);
    error.get("is_transient") == Some(&Value::Bool(true)) || code.is_some_and(|code| PASSING.contains(&code))
}

/// Asks whose an access token is, and for which app. None where there is no secret of ours to ask with.
pub fn inspection(url: &str, provider: &Provider, access_token: &Secret) -> Option<Request> {
    let ClientSecret::Text(secret) = &provider.secret else { return None };
    let ours = format!("{}|{}", provider.client_id, secret.reveal());
    let query = [("input_token", access_token.reveal()), ("access_token", ours.as_str())];
    Url::parse_with_params(url, query).ok().map(|url| Request::get(url.as_str()))
}

/// `appsecret_proof`: HMAC-SHA256 of the access token, in hexadecimal.
fn proof(secret: &Secret, access_token: &Secret) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes());
    hmac::sign(&key, access_token.reveal().as_bytes()).as_ref().iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        _ = write!(text, "{byte:02x}");
        text
    })
}

/// What Meta says about somebody, in a request that it signs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Signed {
    algorithm: String,
    /// The person, as this app knows them.
    pub user_id: String,
    /// When it was signed, in seconds since 1970.
    pub issued_at: Option<i64>,
}

/// Reads a `signed_request`: a signature over the encoded text, a dot, and the text. `None`: it is not of Meta, or not
/// for this app.
#[must_use]
pub fn signed(secret: &ClientSecret, text: &str) -> Option<Signed> {
    let ClientSecret::Text(secret) = secret else { return None };
    let (signature, payload) = text.split_once('.')?;
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes());
    hmac::verify(&key, payload.as_bytes(), &decode(signature)?).ok()?;
    let signed: Signed = serde_json::from_slice(&decode(payload)?).ok()?;
    signed.algorithm.eq_ignore_ascii_case("HMAC-SHA256").then_some(signed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request(secret: &str, payload: &str) -> String {
        let payload = URL_SAFE_NO_PAD.encode(payload);
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        format!("{}.{payload}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, payload.as_bytes())))
    }

    /// `providers.md` bug 54.
    #[test]
    fn only_what_meta_signed_for_this_app_is_read() {
        let ours = ClientSecret::Text("ours".into());
        let good = r#"{"algorithm":"HMAC-SHA256","user_id":"1784","issued_at":1800000000}"#;
        assert_eq!(signed(&ours, &request("ours", good)).map(|signed| signed.user_id), Some("1784".into()));
        assert_eq!(signed(&ours, &request("theirs", good)), None);
        assert_eq!(signed(&ours, &request("ours", &good.replace("HMAC-SHA256", "none"))), None);
        let (signature, payload) =
            request("ours", good).split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        for forged in
            [String::new(), ".".into(), payload.clone(), format!("{signature}."), format!("{signature}.{payload}x")]
        {
            assert_eq!(signed(&ours, &forged), None, "{forged}");
        }
        let over_decoded =
            URL_SAFE_NO_PAD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"ours"), good.as_bytes()));
        assert_eq!(signed(&ours, &format!("{over_decoded}.{payload}")), None);
    }

    #[test]
    fn what_passes_says_nothing_of_a_token() {
        for (error, passes) in [
            (json!({ "code": 190, "type": REFUSED }), false),
            (json!({ "code": 100, "type": REFUSED }), false),
            (json!({ "code": 2, "type": REFUSED }), true),
            (json!({ "code": 1, "message": "Error validating client secret." }), true),
            (json!({ "code": 190, "is_transient": true }), true),
            (json!({ "code": "2" }), false),
            (json!({}), false),
        ] {
            assert_eq!(is_passing(error.as_object().unwrap()), passes, "{error}");
        }
    }

    #[test]
    fn a_version_is_two_numbers() {
        for (version, good) in
            [("v24.0", true), ("24.0", false), ("v24", false), ("v24.x", false), ("v1.0/../x", false)]
        {
            let mut faults = 0;
            let settings = Settings { api_version: Some(version.into()), ..Settings::default() };
            check_version(&settings, &mut |_, _| faults += 1);
            assert_eq!(faults == 0, good, "{version}");
        }
    }
}

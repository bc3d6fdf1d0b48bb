//! Trading a code, or a refresh token, for tokens (RFC 6749 sections 4.1.3, 5 and 6), at servers that each answer in a
//! way of their own.
use super::{
    Error, Upstream, graph,
    preset::{ClientAuth, ClientSecret},
};
use crate::{
    domain::{Secret, Timestamp},
    fetch::{Answer, Request},
    i18n::Message,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jsonwebtoken::{Algorithm, Header};
use serde::Serialize;
use serde_json::{Map, Value};
use url::form_urlencoded::byte_serialize;

/// What a token endpoint gave.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    /// For questions.
    pub access_token: Option<Secret>,
    /// For the next ones.
    pub refresh_token: Option<Secret>,
    /// Who signed in.
    pub id_token: Option<Secret>,
    /// Seconds until the access token runs out, where that is told.
    pub expires_in: Option<i64>,
    /// What it is good for, where that is told.
    pub scope: Option<String>,
}

/// A code to trade.
#[derive(Debug, Clone)]
pub struct Code<'a> {
    /// Itself.
    pub value: &'a str,
    /// The address it came to; none where it came from an SDK that names none.
    pub redirect_uri: Option<&'a str>,
    /// The PKCE verifier.
    pub verifier: Option<&'a str>,
    /// For which of our names there it was made.
    pub client_id: &'a str,
}

/// How long a secret that is signed for one request is good, in seconds.
const SIGNED_FOR: i64 = 300;
/// By how much it is made older than it is: the other clock may be behind.
const BACK_DATED: i64 = 10;

impl Upstream {
    /// Trades a code.
    pub async fn redeem(&self, code: &Code<'_>, now: Timestamp) -> Result<Tokens, Error> {
        let mut form = vec![("grant_type", "authorization_code".to_owned()), ("code", code.value.to_owned())];
        form.extend(code.redirect_uri.map(|uri| ("redirect_uri", uri.to_owned())));
        form.extend(code.verifier.map(|verifier| ("code_verifier", verifier.to_owned())));
        form.extend(self.provider.kind.token_params(&self.provider));
        self.ask_for_tokens(form, code.client_id, now).await
    }

    /// Trades a refresh token, which was given to one of our names there.
    pub async fn refresh(&self, refresh_token: &Secret, client_id: &str, now: Timestamp) -> Result<Tokens, Error> {
        let form =
            vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", refresh_token.reveal().to_owned())];
        self.ask_for_tokens(form, client_id, now).await
    }

    async fn ask_for_tokens(
        &self,
        form: Vec<(&'static str, String)>,
        client_id: &str,
        now: Timestamp,
    ) -> Result<Tokens, Error> {
        let url = self.endpoints(now).await?.endpoints.token.clone().ok_or(Error::Unavailable)?;
        self.tokens_of(self.authenticated(&url, form, client_id, now)?).await
    }

    /// The tokens that a request is answered with.
    pub(super) async fn tokens_of(&self, request: Request) -> Result<Tokens, Error> {
        let url = request.url.split('?').next().unwrap_or_default().to_owned();
        let answer = self.fetcher.send(request).await?;
        let told = read(&answer);
        // Some say what is wrong with status 200.
        if !answer.is_good() || is_error(&told) {
            return Err(failure(&url, &answer, &told));
        }
        let secret = |name: &str| told.get(name).and_then(Value::as_str).map(Secret::from);
        let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
        let tokens = Tokens {
            access_token: secret("access_token"),
            refresh_token: secret("refresh_token"),
            id_token: secret("id_token"),
            expires_in: told.get("expires_in").and_then(number),
            scope: told.get("scope").and_then(Value::as_str).map(Into::into),
        };
        if tokens.access_token.is_none() && tokens.id_token.is_none() {
            return Err(Error::Answer(Message::new("upstream-no-token").with("url", url)));
        }
        Ok(tokens)
    }

    /// A form with our name and secret, sent in one way and no other.
    pub(super) fn authenticated(
        &self,
        url: &str,
        mut form: Vec<(&'static str, String)>,
        client_id: &str,
        now: Timestamp,
    ) -> Result<Request, Error> {
        let secret = self.client_secret(client_id, now)?;
        let auth = if secret.is_some() { self.provider.preset.client_auth } else { ClientAuth::None };
        if auth != ClientAuth::Basic {
            form.push(("client_id", client_id.to_owned()));
        }
        let mut basic = None;
        match (auth, secret) {
            (ClientAuth::Post, Some(secret)) => form.push(("client_secret", secret.reveal().to_owned())),
            // Encoded as in a form first (RFC 6749 section 2.3.1).
            (ClientAuth::Basic, Some(secret)) => {
                let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                let pair = format!("{}:{}", encode(client_id), encode(secret.reveal()));
                basic = Some(format!("Basic {}", STANDARD.encode(pair)));
            }
            _ => {}
        }
        let form = form.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let request = Request::post(url, form).with("accept", "application/json");
        Ok(match basic {
            Some(basic) => request.with("authorization", basic),
            None => request,
        })
    }

    fn client_secret(&self, client_id: &str, now: Timestamp) -> Result<Option<Secret>, Error> {
        match &self.provider.secret {
            ClientSecret::None => Ok(None),
            ClientSecret::Text(secret) => Ok(Some(secret.clone())),
            ClientSecret::Apple { team_id, key_id, key } => {
                let header = Header { kid: Some(key_id.clone()), ..Header::new(Algorithm::ES256) };
                let claims = AppleSecret {
                    iss: team_id,
                    iat: now.plus(-BACK_DATED).0,
                    exp: now.plus(SIGNED_FOR).0,
                    aud: "https://appleid.apple.com",
                    sub: client_id,
                };
                #[expect(clippy::disallowed_methods, reason = "one for each sign-in with Apple, by a key of Apple's")]
                let signed = jsonwebtoken::encode(&header, &claims, key);
                signed.map(|jwt| Some(jwt.into())).map_err(|_| Error::Answer("upstream-cannot-sign".into()))
            }
        }
    }
}

#[derive(Serialize)]
struct AppleSecret<'a> {
    iss: &'a str,
    iat: i64,
    exp: i64,
    aud: &'a str,
    sub: &'a str,
}

/// The answer as an object: JSON, or a form, or the one object in Instagram's list. Anything else is an empty one.
pub(super) fn read(answer: &Answer) -> Map<String, Value> {
    if answer.content_type.starts_with("application/x-www-form-urlencoded") {
        let pairs = url::form_urlencoded::parse(&answer.body);
        return pairs.map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect();
    }
    let Ok(Value::Object(mut object)) = serde_json::from_slice(&answer.body) else { return Map::new() };
    match object.get_mut("data").and_then(|data| data.get_mut(0)).map(Value::take) {
        Some(Value::Object(inner)) => inner,
        _ => object,
    }
}

fn is_error(told: &Map<String, Value>) -> bool {
    ["error", "error_type", "errors"].iter().any(|name| told.get(*name).is_some_and(|value| !value.is_null()))
}

/// What went wrong, in whichever of their ways they say it.
pub(super) fn failure(url: &str, answer: &Answer, told: &Map<String, Value>) -> Error {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let (code, description) = match told.get("error") {
        Some(Value::String(code)) => (code.clone(), text(told.get("error_description"))),
        Some(Value::Object(error)) if graph::is_passing(error) => {
            return Error::Answer(
                Message::new("upstream-passing").with("url", url.to_owned()).with("status", answer.status.to_string()),
            );
        }
        // The Graph API.
        Some(Value::Object(error)) => (text(error.get("type")), text(error.get("message"))),
        _ if told.contains_key("error_type") => (text(told.get("error_type")), text(told.get("error_message"))),
        _ => {
            return Error::Answer(
                Message::new("upstream-unreadable")
                    .with("url", url.to_owned())
                    .with("status", answer.status.to_string()),
            );
        }
    };
    Error::Refused { code: short(&code), description: short(&description) }
}

/// As much of a text as belongs in a line of the log.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(content_type: &str, body: &str) -> Answer {
        Answer { status: 200, content_type: content_type.into(), body: body.into(), ..Answer::default() }
    }

    /// `providers.md` bug 45.
    #[test]
    fn errors_are_understood_in_all_their_forms() {
        for (content_type, body, code) in [
            (
                "application/json",
                r#"{"error":"bad_verification_code","error_description":"…"}"#,
                "bad_verification_code",
            ),
            ("application/x-www-form-urlencoded", "error=invalid_grant&error_description=x", "invalid_grant"),
            ("application/json", r#"{"error":{"message":"x","type":"OAuthException","code":190}}"#, "OAuthException"),
            ("application/json", r#"{"error_type":"OAuthException","code":400,"error_message":"x"}"#, "OAuthException"),
        ] {
            let answer = answer(content_type, body);
            let told = read(&answer);
            assert!(is_error(&told), "{body}");
            let failure = failure("https://idp.test/token", &answer, &told);
            assert!(matches!(failure, Error::Refused { code: found, .. } if found == code), "{body}");
        }
        for (content_type, body) in [("text/html", "<html>"), ("application/json", "{"), ("application/json", "[1]")] {
            let answer = answer(content_type, body);
            assert!(matches!(failure("https://idp.test/token", &answer, &read(&answer)), Error::Answer(_)), "{body}");
        }
    }

    #[test]
    fn tokens_are_read_from_every_form() {
        for (content_type, body) in [
            ("application/json", r#"{"access_token":"t"}"#),
            ("application/x-www-form-urlencoded; charset=utf-8", "access_token=t&scope=a%2Cb"),
            ("application/json", r#"{"data":[{"access_token":"t","user_id":17841405793187218}]}"#),
        ] {
            assert_eq!(read(&answer(content_type, body))["access_token"], "t", "{body}");
        }
    }
}

//! What providers send by themselves: Apple's server-to-server notifications, security event tokens (RFC 8417) and
//! logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.6). Reads and judges; what follows is not decided here.
use super::{
    Error, Tells, Upstream, claims,
    id_token::{Fault, LEEWAY, Unverified, time},
    token_names,
};
use crate::domain::{Digest, News, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};

/// How long a message without an end is known when it comes again, in seconds; nothing older is acted on.
const MEMORY: i64 = 30 * 86_400;
/// How old a logout token without an end may be, in seconds.
const FRESH: i64 = 180;
/// The longest name of a message, in bytes.
const LONGEST_ID: usize = 512;
/// More news than this no message has.
const MOST_NEWS: usize = 20;

/// Where the names of RISC's events, and of those of OAuth, begin.
const RISC: &str = "https://schemas.openid.net/secevent/risc/event-type/";
const OAUTH: &str = "https://schemas.openid.net/secevent/oauth/event-type/";
/// The event of a logout token.
const LOGOUT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Why a message is not acted on.
#[derive(Debug, thiserror::Error)]
pub enum EventFault {
    /// The token is not good.
    #[error(transparent)]
    Token(#[from] Fault),
    /// It lacks something, or has too much.
    #[error("{0}")]
    Content(&'static str),
    /// Whether it is good cannot be told now.
    #[error(transparent)]
    Keys(Error),
}

impl From<Error> for EventFault {
    fn from(why: Error) -> Self {
        match why {
            Error::IdToken(fault) => Self::Token(fault),
            why => Self::Keys(why),
        }
    }
}

/// What a provider sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its name for the message (`jti`).
    pub id: String,
    /// From when on it would not be taken any more.
    pub expires_at: Timestamp,
    /// What it tells.
    pub told: Vec<Told>,
}

/// What it tells of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The provider's name for them. Nothing where it names a session or a token alone.
    pub subject: Option<String>,
    /// The refresh token that it is about, if it is about one: its digest (`token_names.rs`).
    pub token: Option<Digest>,
    /// The session of theirs that it is about, if it is about one.
    pub session: Option<String>,
    /// When it happened.
    pub at: Timestamp,
    /// What.
    pub news: News,
}

impl Upstream {
    /// Reads a notification of Apple's: `{"payload": JWS}`.
    pub async fn notification(&self, body: &[u8], now: Timestamp) -> Result<Message, EventFault> {
        #[derive(Deserialize)]
        struct Body {
            payload: String,
        }
        let body: Body = serde_json::from_slice(body).map_err(|_| Fault::Malformed)?;
        let claims = self.open(&body.payload, None, now).await?;
        let ends = time(claims.get("exp")).ok_or(Fault::Time)?;
        if ends <= now.0 - LEEWAY {
            return Err(Fault::Expired.into());
        }
        message(&claims, Timestamp(ends), notified(&claims)?)
    }

    /// Reads a security event token. It tells of the past: that it has expired does not matter (RFC 8417 section 2.2).
    pub async fn security_event(&self, token: &str, now: Timestamp) -> Result<Message, EventFault> {
        let claims = self.open(token, Some("secevent+jwt"), now).await?;
        let issued = issued(&claims)?;
        let mut told = self.happened(&claims)?;
        // What is too old to be known again may have been acted on already.
        told.retain(|_| now.since(issued) < MEMORY);
        message(&claims, issued.plus(MEMORY), told)
    }

    /// Reads a logout token.
    pub async fn logout_token(&self, token: &str, now: Timestamp) -> Result<Message, EventFault> {
        let claims = self.open(token, Some("logout+jwt"), now).await?;
        let issued = issued(&claims)?;
        let ends = match claims.get("exp") {
            Some(ends) => Timestamp(time(Some(ends)).ok_or(Fault::Time)?),
            // Drafts of the specification had none.
            None => issued.plus(FRESH),
        };
        if ends.0 <= now.0 - LEEWAY {
            return Err(Fault::Expired.into());
        }
        if claims.contains_key("nonce") {
            return Err(Fault::Nonce.into());
        }
        if !claims.get("events").and_then(|events| events.get(LOGOUT)).is_some_and(Value::is_object) {
            return Err(EventFault::Content("it tells of no logout"));
        }
        let name =
            |claim: &str| claims.get(claim).map(|value| claims::subject(value).ok_or(Fault::Malformed)).transpose();
        let (subject, session) = (name("sub")?, name("sid")?);
        if subject.is_none() && session.is_none() {
            return Err(EventFault::Content("it names neither a person nor a session"));
        }
        message(&claims, ends, vec![Told { subject, token: None, session, at: issued, news: News::SignedOut }])
    }

    /// Judges a token that the provider signs for us, but for its end: issuer, audience, signature. The claims first: for
    /// a token of somebody else's nothing is fetched. `kind`: what its head may call it, besides a JWT.
    async fn open(&self, token: &str, kind: Option<&str>, now: Timestamp) -> Result<Map<String, Value>, EventFault> {
        let token = Unverified::parse(token)?;
        if token.is_something_else(kind) {
            return Err(Fault::Malformed.into());
        }
        if !token.claims.get("iss").and_then(Value::as_str).is_some_and(|iss| self.is_issuer(iss, &token.claims)) {
            return Err(Fault::Issuer.into());
        }
        let is_ours = |value: &Value| self.provider.audiences().any(|ours| value.as_str() == Some(ours));
        let is_for_us = match token.claims.get("aud") {
            Some(Value::Array(several)) => several.iter().any(is_ours),
            Some(one) => is_ours(one),
            None => false,
        };
        if !is_for_us {
            return Err(Fault::Audience.into());
        }
        if issued(&token.claims)?.0 > now.0 + LEEWAY {
            return Err(Fault::Time.into());
        }
        // Google's are signed by the keys of its ID tokens; so its configuration document says.
        self.check_signature(&token, self.provider.preset.algorithms.clone(), false, now).await?;
        Ok(token.claims)
    }

    /// Whether this is the provider. In its security events Google's name ends with a slash.
    fn is_issuer(&self, name: &str, claims: &Map<String, Value>) -> bool {
        let kind = self.provider.kind;
        let bare = |name: &str| match kind.tells() {
            Tells::SecurityEvents => name.trim_end_matches('/').to_owned(),
            _ => name.to_owned(),
        };
        kind.issuers(&self.provider, claims).iter().any(|good| bare(good) == bare(name))
    }

    /// What the events of a security event token tell.
    fn happened(&self, claims: &Map<String, Value>) -> Result<Vec<Told>, EventFault> {
        let events = claims.get("events").and_then(Value::as_object).filter(|events| !events.is_empty());
        let events = events.ok_or(EventFault::Content("it tells of no event"))?;
        if events.len() > MOST_NEWS {
            return Err(EventFault::Content("it tells of too many events"));
        }
        // `toe` is when it happened, where that is told.
        let at = match claims.get("toe") {
            Some(at) => Timestamp(time(Some(at)).ok_or(Fault::Time)?.min(issued(claims)?.0)),
            None => issued(claims)?,
        };
        let told = events.iter().filter_map(|(name, detail)| {
            let news = news(name, detail)?;
            let subject = detail.get("subject").or_else(|| claims.get("sub_id"))?;
            let token = token_names::named(subject).filter(|_| news == News::TokenRevoked);
            if token.is_some() {
                return Some(Told { subject: None, token, session: None, at, news });
            }
            // A person of another issuer is nobody here.
            let issuer = subject.get("iss").and_then(Value::as_str);
            let is_known = issuer.is_none_or(|issuer| self.is_issuer(issuer, claims));
            let subject = claims::text(subject, "sub").filter(|_| is_known)?;
            Some(Told { subject: Some(subject), token: None, session: None, at, news })
        });
        Ok(told.collect())
    }
}

/// What an event of RISC or OAuth tells; nothing where nothing follows from it.
fn news(name: &str, detail: &Value) -> Option<News> {
    let name = name.strip_prefix(RISC).or_else(|| name.strip_prefix(OAUTH))?;
    Some(match name {
        "sessions-revoked" => News::SessionsRevoked,
        "tokens-revoked" => News::TokensRevoked,
        "token-revoked" => News::TokenRevoked,
        "account-disabled" if detail.get("reason").and_then(Value::as_str) == Some("hijacking") => News::Hijacked,
        "account-disabled" => News::Disabled,
        "account-enabled" => News::Enabled,
        "account-purged" => News::AccountGone,
        "account-credential-change-required" => News::CredentialsDoubted,
        _ => return None,
    })
}

/// What a notification of Apple's tells. `events` is JSON inside JSON, of one event or of several.
fn notified(claims: &Map<String, Value>) -> Result<Vec<Told>, EventFault> {
    let none = EventFault::Content("it tells of no event");
    let events = match claims.get("events") {
        Some(Value::String(text)) => serde_json::from_str(text).map_err(|_| Fault::Malformed)?,
        Some(events) => events.clone(),
        None => return Err(none),
    };
    let events = match events {
        Value::Array(several) => several,
        one => vec![one],
    };
    if events.is_empty() || events.len() > MOST_NEWS || !events.iter().all(Value::is_object) {
        return Err(none);
    }
    let issued = issued(claims)?;
    let told = events.iter().filter_map(|event| {
        let news = match event.get("type")?.as_str()? {
            "consent-revoked" => News::ConsentRevoked,
            // Documented by both names.
            "account-delete" | "account-deleted" => News::AccountGone,
            "email-disabled" => News::MailStopped,
            "email-enabled" => News::MailResumed,
            _ => return None,
        };
        // In milliseconds.
        let at = event.get("event_time").and_then(Value::as_i64).map_or(issued, |at| Timestamp(at / 1000).min(issued));
        Some(Told { subject: Some(claims::text(event, "sub")?), token: None, session: None, at, news })
    });
    Ok(told.collect())
}

fn issued(claims: &Map<String, Value>) -> Result<Timestamp, Fault> {
    time(claims.get("iat")).map(Timestamp).ok_or(Fault::Time)
}

fn message(claims: &Map<String, Value>, ends: Timestamp, told: Vec<Told>) -> Result<Message, EventFault> {
    let id = claims.get("jti").and_then(Value::as_str).filter(|id| !id.is_empty() && id.len() <= LONGEST_ID);
    let id = id.ok_or(EventFault::Content("it has no name (jti)"))?.to_owned();
    // Until it is refused for its age.
    Ok(Message { id, expires_at: ends.plus(LEEWAY + 1), told })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    /// `providers.md` bug 55.
    #[test]
    fn a_notification_of_apples_is_json_inside_json() {
        let event = json!({ "type": "account-delete", "sub": "1", "event_time": 1_800_000_000_000_i64 });
        let expected = Told {
            subject: Some("1".into()),
            token: None,
            session: None,
            at: Timestamp(1_800_000_000),
            news: News::AccountGone,
        };
        let read = |events: Value| notified(&object(&json!({ "iat": 1_800_000_100, "events": events })));
        for events in [json!(event.to_string()), event.clone(), json!([event]), json!(json!([event]).to_string())] {
            assert_eq!(read(events.clone()).unwrap(), std::slice::from_ref(&expected), "{events}");
        }
        let named = |kind: &str| read(json!({ "type": kind, "sub": "1" })).unwrap().pop().map(|told| told.news);
        assert_eq!(named("account-deleted"), Some(News::AccountGone));
        assert_eq!(named("email-enabled"), Some(News::MailResumed));
        assert_eq!(named("something-new"), None);
        assert_eq!(read(json!({ "type": "consent-revoked" })).unwrap(), [], "nobody is named");
        for broken in [json!(null), json!("{"), json!([]), json!(["x"]), json!(1)] {
            assert!(read(broken.clone()).is_err(), "{broken}");
        }
        let later = json!({ "type": "email-disabled", "sub": "1", "event_time": 9_000_000_000_000_i64 });
        assert_eq!(read(later).unwrap()[0].at, Timestamp(1_800_000_100), "not after it was told");
    }

    #[test]
    fn events_are_known_by_their_whole_names() {
        let risc = |name: &str, detail: Value| news(&format!("{RISC}{name}"), &detail);
        assert_eq!(risc("account-disabled", json!({ "reason": "hijacking" })), Some(News::Hijacked));
        assert_eq!(risc("account-disabled", json!({ "reason": "bulk-account" })), Some(News::Disabled));
        assert_eq!(risc("account-disabled", json!({})), Some(News::Disabled));
        assert_eq!(news(&format!("{OAUTH}tokens-revoked"), &json!({})), Some(News::TokensRevoked));
        assert_eq!(risc("verification", json!({ "state": "x" })), None);
        assert_eq!(news("https://evil.test/account-purged", &json!({})), None);
        assert_eq!(news("account-purged", &json!({})), None);
    }
}

//! What providers publish and change at will: discovery documents and key sets, read when they are needed, kept for a
//! while, and kept longer where they cannot be read again.
use super::{Error, preset::Endpoints};
use crate::{
    domain::Timestamp,
    fetch::{Fetcher, Request},
    i18n::Message,
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// How long what was read is good, in seconds.
const FRESH: i64 = 3600;
/// How long it is good where it cannot be read again.
const STALE: i64 = 86_400;
/// How long after a failure nothing is tried.
const AFTER_FAILURE: i64 = 5;
/// How often keys are read anew because a token names one that is not there.
const COOL_DOWN: i64 = 30;
/// More keys than this no provider has.
const MOST_KEYS: usize = 100;

/// A document that was read, and when.
#[derive(Debug)]
struct Kept<T> {
    value: Option<Arc<T>>,
    read_at: Timestamp,
    failed_at: Option<Timestamp>,
    forced_at: Option<Timestamp>,
}

/// One document of a provider's. Whoever needs it while it is being read waits for that.
#[derive(Debug)]
pub struct Cache<T>(Mutex<Kept<T>>);

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(Mutex::new(Kept { value: None, read_at: Timestamp(0), failed_at: None, forced_at: None }))
    }
}

impl<T> Cache<T> {
    /// The document. `is_enough`: whether what is kept does, or it has to be read anew, which happens now and then alone.
    async fn get(
        &self,
        now: Timestamp,
        is_enough: impl Fn(&T) -> bool,
        read: impl AsyncFnOnce() -> Result<T, Error>,
    ) -> Result<Arc<T>, Error> {
        let mut kept = self.0.lock().await;
        let age = now.since(kept.read_at);
        let is_due = match &kept.value {
            None => true,
            Some(_) if age > FRESH => true,
            Some(value) => !is_enough(value) && kept.forced_at.is_none_or(|forced| now.since(forced) >= COOL_DOWN),
        };
        if is_due && kept.failed_at.is_none_or(|failed| now.since(failed) >= AFTER_FAILURE) {
            let is_forced = kept.value.as_ref().is_some_and(|value| age <= FRESH && !is_enough(value));
            if is_forced {
                kept.forced_at = Some(now);
            }
            let begun = Instant::now();
            match read().await {
                Ok(value) => {
                    *kept =
                        Kept { value: Some(Arc::new(value)), read_at: now, failed_at: None, forced_at: kept.forced_at };
                }
                Err(why) => {
                    // From its end: one that took long is not tried again at once.
                    kept.failed_at = Some(now.plus(whole_seconds(begun.elapsed())));
                    if kept.value.is_none() || age > STALE {
                        return Err(why);
                    }
                    tracing::warn!(%why, "a provider's document cannot be read anew; the one of before is used");
                }
            }
        }
        let is_stale = now.since(kept.read_at) > STALE;
        kept.value.clone().filter(|_| !is_stale).ok_or(Error::Unavailable)
    }
}

/// As many seconds as have begun.
fn whole_seconds(elapsed: Duration) -> i64 {
    i64::try_from(elapsed.as_millis().div_ceil(1000)).unwrap_or(i64::MAX)
}

/// What of a discovery document is needed (OpenID Connect Discovery 1.0 section 3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovered {
    /// Where everything is.
    pub endpoints: Endpoints,
    /// Whether responses name their issuer (RFC 9207).
    pub names_issuer: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Cache<Discovered> {
    /// The discovery document of an issuer.
    pub async fn discover(&self, fetcher: &Fetcher, issuer: &str, now: Timestamp) -> Result<Arc<Discovered>, Error> {
        self.get(now, |_| true, async || read_document(fetcher, issuer).await).await
    }
}

async fn read_document(fetcher: &Fetcher, issuer: &str) -> Result<Discovered, Error> {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let answer = fetcher.send(Request::get(&url).with("accept", "application/json")).await?;
    if !answer.is_good() {
        return Err(Error::answered(&url, answer.status));
    }
    let document: Document = serde_json::from_slice(&answer.body).map_err(|why| {
        Error::Answer(Message::new("upstream-no-document").with("url", url.clone()).with("why", why.to_string()))
    })?;
    // Byte for byte, for tokens are compared with it.
    if document.issuer != issuer {
        return Err(Error::Answer(
            Message::new("upstream-issuer")
                .with("url", url)
                .with("found", document.issuer)
                .with("issuer", issuer.to_owned()),
        ));
    }
    Ok(Discovered {
        endpoints: Endpoints {
            issuer: Some(document.issuer),
            authorization: Some(document.authorization_endpoint),
            token: Some(document.token_endpoint),
            jwks: Some(document.jwks_uri),
            userinfo: document.userinfo_endpoint,
            revocation: document.revocation_endpoint,
            end_session: document.end_session_endpoint,
            ..Endpoints::default()
        },
        names_issuer: document.authorization_response_iss_parameter_supported,
    })
}

/// The keys of a provider, as it publishes them.
pub type Keys = Vec<Value>;

impl Cache<Keys> {
    /// The keys at an address; read anew where the one that a token names is not among them.
    pub async fn keys(
        &self,
        fetcher: &Fetcher,
        url: &str,
        kid: Option<&str>,
        now: Timestamp,
    ) -> Result<Arc<Keys>, Error> {
        let has = |keys: &Keys| kid.is_none_or(|kid| keys.iter().any(|key| key["kid"] == kid));
        self.get(now, has, async || read_keys(fetcher, url).await).await
    }

    /// Other keys than those that were tried, for a token that names none: read anew, as often as for a name that is not
    /// there.
    pub async fn others(&self, fetcher: &Fetcher, url: &str, tried: &Keys, now: Timestamp) -> Result<Arc<Keys>, Error> {
        self.get(now, |keys| keys != tried, async || read_keys(fetcher, url).await).await
    }
}

async fn read_keys(fetcher: &Fetcher, url: &str) -> Result<Keys, Error> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }
    let answer = fetcher.send(Request::get(url).with("accept", "application/json")).await?;
    if !answer.is_good() {
        return Err(Error::answered(url, answer.status));
    }
    let set: Set = serde_json::from_slice(&answer.body).map_err(|why| {
        Error::Answer(Message::new("upstream-no-keys").with("url", url.to_owned()).with("why", why.to_string()))
    })?;
    if set.keys.len() > MOST_KEYS {
        return Err(Error::Answer(
            Message::new("upstream-many-keys").with("url", url.to_owned()).with("most", MOST_KEYS.to_string()),
        ));
    }
    Ok(set.keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// `providers.md` bug 49, `security.md` UP-06.
    #[tokio::test]
    async fn keys_are_read_anew_now_and_then_alone() {
        let (cache, reads, fails) = (Cache::<Keys>::default(), Cell::new(0), Cell::new(false));
        let get = async |kid: &'static str, now| {
            let has = move |keys: &Keys| keys.iter().any(|key| key["kid"] == kid);
            let read = async || {
                reads.set(reads.get() + 1);
                if fails.get() { Err(Error::Unavailable) } else { Ok(vec![serde_json::json!({ "kid": "a" })]) }
            };
            cache.get(Timestamp(now), has, read).await.is_ok()
        };
        assert!(get("a", 10_000).await && reads.get() == 1);
        assert!(get("a", 10_001).await && reads.get() == 1, "what is kept does");
        assert!(get("b", 10_002).await && reads.get() == 2, "a new key is looked for at once");
        for at in 10_003..10_031 {
            assert!(get("b", at).await && reads.get() == 2, "and then not again for a while");
        }
        assert!(get("b", 10_032).await && reads.get() == 3);
        fails.set(true);
        assert!(get("a", 14_000).await && reads.get() == 4, "what cannot be read again stays");
        assert!(get("a", 14_001).await && reads.get() == 4, "and is not tried at once again");
        assert!(!get("a", 10_032 + STALE + 1).await, "but not for ever");
        fails.set(false);
        assert!(get("a", 10_032 + STALE + 10).await);
    }
}

//! Key sets that others publish (RFC 7517 section 5).
use super::{Cache, Error};
use crate::{
    domain::Timestamp,
    fetch::{Fetcher, Request},
    i18n::Message,
};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// More keys than this nobody has.
const MOST_KEYS: usize = 100;

/// Keys as they are published.
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

/// Reads the keys at an address.
pub async fn read_keys(fetcher: &Fetcher, url: &str) -> Result<Keys, Error> {
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

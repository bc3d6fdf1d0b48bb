//! Keys that clients publish (`jwks_uri`, RFC 7591 section 2): read when one of them signs, and kept as those of providers.
use crate::{
    domain::{Client, ClientKeys, Timestamp},
    fetch::Fetcher,
    protocol::{
        self,
        client_assertion::{Assertion, NO_KEYS},
    },
    published::{Cache, Error, read_keys},
};
use std::sync::Arc;

/// The keys at one address.
#[derive(Debug)]
pub(crate) struct PublishedKeys {
    url: String,
    fetcher: Fetcher,
    kept: Cache<ClientKeys>,
}

impl PublishedKeys {
    /// Nothing is read before it is needed. An address takes no room from others.
    pub fn new(url: &str, fetcher: &Fetcher) -> Self {
        Self { url: url.to_owned(), fetcher: fetcher.of("none"), kept: Cache::default() }
    }

    /// Judges the signature of an assertion. Keys that do not do are read anew, now and then: there may be others by now.
    pub async fn check(&self, client: &Client, assertion: &Assertion, now: Timestamp) -> Result<(), protocol::Error> {
        let named =
            |keys: &ClientKeys| assertion.kid().is_none_or(|kid| keys.keys.iter().any(|key| key.kid() == Some(kid)));
        let keys = self.get(now, named).await?;
        match assertion.check_signature(Some(client), &keys.keys) {
            Ok(()) => Ok(()),
            Err(_) => {
                let others = self.get(now, |found| found != &*keys).await?;
                assertion.check_signature(Some(client), &others.keys)
            }
        }
    }

    async fn get(
        &self,
        now: Timestamp,
        is_enough: impl Fn(&ClientKeys) -> bool,
    ) -> Result<Arc<ClientKeys>, protocol::Error> {
        let read = async || Ok::<_, Error>(ClientKeys::published(&read_keys(&self.fetcher, &self.url).await?));
        self.kept.get(now, is_enough, read).await.map_err(|why| {
            tracing::warn!(%why, url = self.url, "the keys of a client cannot be read");
            NO_KEYS
        })
    }
}

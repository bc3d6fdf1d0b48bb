//! What others publish and change at will, such as key sets: read when it is needed, kept for a while, and kept longer
//! where it cannot be read again.
mod keys;

pub use keys::{Keys, read_keys};

use crate::{domain::Timestamp, fetch, i18n::Message};
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
/// How often it is read anew because what is wanted is not there.
const COOL_DOWN: i64 = 30;

/// Why there is nothing to be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be reached, or answers too slowly or at too great a length.
    #[error(transparent)]
    Fetch(#[from] fetch::Error),
    /// It could not be reached a moment ago.
    #[error("it could not be reached a moment ago")]
    Unavailable,
    /// It is something else than what it should be.
    #[error("{0}")]
    Answer(Message),
}

impl Error {
    /// That an address did not answer as it should.
    #[must_use]
    pub fn answered(url: &str, status: u16) -> Self {
        let told = Message::new("upstream-answered").with("url", url.to_owned());
        Self::Answer(told.with("status", status.to_string()))
    }
}

/// A document that was read, and when.
#[derive(Debug)]
struct Kept<T> {
    value: Option<Arc<T>>,
    read_at: Timestamp,
    failed_at: Option<Timestamp>,
    forced_at: Option<Timestamp>,
}

/// One document of somebody else's. Whoever needs it while it is being read waits for that.
#[derive(Debug)]
pub struct Cache<T>(Mutex<Kept<T>>);

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(Mutex::new(Kept { value: None, read_at: Timestamp(0), failed_at: None, forced_at: None }))
    }
}

impl<T> Cache<T> {
    /// The document. `is_enough`: whether what is kept does, or it has to be read anew, which happens now and then alone.
    pub async fn get<E: From<Error> + std::fmt::Display>(
        &self,
        now: Timestamp,
        is_enough: impl Fn(&T) -> bool,
        read: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
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
                    tracing::warn!(%why, "what somebody publishes cannot be read anew; what it was before is used");
                }
            }
        }
        let is_stale = now.since(kept.read_at) > STALE;
        kept.value.clone().filter(|_| !is_stale).ok_or(E::from(Error::Unavailable))
    }
}

/// As many seconds as have begun.
fn whole_seconds(elapsed: Duration) -> i64 {
    i64::try_from(elapsed.as_millis().div_ceil(1000)).unwrap_or(i64::MAX)
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

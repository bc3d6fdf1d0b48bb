//! What a webhook's messages are signed with: one secret, and for a while the one before it.
use crate::{
    domain::{Secret, Timestamp, WebhookId},
    keys::{self, Sealer},
    protocol::webhook,
};
use serde::{Deserialize, Serialize};

/// How long the secret before is good beside a new one, in seconds.
pub const OVERLAP: i64 = 86_400;

/// The secrets of a webhook.
#[derive(Serialize, Deserialize)]
pub struct Secrets {
    now: String,
    before: Option<(String, Timestamp)>,
}

impl Secrets {
    /// A first one.
    #[must_use]
    pub fn new() -> (Self, Secret) {
        let secret = webhook::secret();
        (Self { now: secret.reveal().into(), before: None }, secret)
    }

    /// Another; the one until now is good for a day more.
    #[must_use]
    pub fn rotated(self, now: Timestamp) -> (Self, Secret) {
        let secret = webhook::secret();
        (Self { now: secret.reveal().into(), before: Some((self.now, now.plus(OVERLAP))) }, secret)
    }

    /// Those that are good.
    pub fn good(&self, now: Timestamp) -> impl Iterator<Item = &str> {
        let before = self.before.iter().filter(move |(_, until)| now < *until).map(|(secret, _)| secret.as_str());
        std::iter::once(self.now.as_str()).chain(before)
    }

    /// As it is stored.
    pub fn seal(&self, sealer: &Sealer, id: &WebhookId) -> Result<Vec<u8>, keys::Error> {
        let plain = serde_json::to_vec(self).map_err(|_| keys::Error::Crypto("sealing"))?;
        sealer.seal(id.as_str(), &plain)
    }

    /// Reads what is stored.
    #[must_use]
    pub fn open(sealer: &Sealer, id: &WebhookId, sealed: &[u8]) -> Option<Self> {
        serde_json::from_slice(&sealer.open(id.as_str(), sealed)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_before_is_good_for_a_day() {
        let (first, told) = Secrets::new();
        let now = Timestamp(1000);
        let (both, another) = first.rotated(now);
        assert_eq!(both.good(now).collect::<Vec<_>>(), [another.reveal(), told.reveal()]);
        assert_eq!(both.good(now.plus(OVERLAP)).collect::<Vec<_>>(), [another.reveal()]);
        let (third, newest) = both.rotated(now);
        assert_eq!(third.good(now).collect::<Vec<_>>(), [newest.reveal(), another.reveal()]);
    }
}

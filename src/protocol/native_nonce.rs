//! Nonces for native sign-in: what an app gives to a provider's SDK, so that the token that comes back is for this
//! sign-in and no other (OpenID Connect Core section 15.5.2).
//!
//! Nothing is stored when one is given. It says itself until when it is good, and authenticates that, the client and the
//! provider with a key that only Genkan has; it is used up when its token comes.
use crate::domain::{ClientId, ProviderName, Timestamp};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// How long a nonce is good, in seconds.
pub const LIFETIME: i64 = 300;

/// How much of the tag is in a nonce, in bytes: enough, and short.
const TAG: usize = 16;
/// A time and a salt.
const HEAD: usize = 8 + 16;

fn tag(key: &hmac::Key, head: &[u8], client: &ClientId, provider: &ProviderName) -> hmac::Tag {
    // Neither has a space in it.
    let named = format!("{} {provider} ", client.as_str());
    hmac::sign(key, &[named.as_bytes(), head].concat())
}

/// A nonce for a client and a provider, made with this salt.
#[must_use]
pub fn issue(key: &hmac::Key, client: &ClientId, provider: &ProviderName, salt: [u8; 16], now: Timestamp) -> String {
    let head = [now.plus(LIFETIME).0.to_be_bytes().as_slice(), &salt].concat();
    let tag = tag(key, &head, client, provider);
    URL_SAFE_NO_PAD.encode([head.as_slice(), &tag.as_ref()[..TAG]].concat())
}

/// Until when a nonce is good, if it was given to this client for this provider and is good now.
#[must_use]
pub fn read(
    key: &hmac::Key,
    nonce: &str,
    client: &ClientId,
    provider: &ProviderName,
    now: Timestamp,
) -> Option<Timestamp> {
    let bytes = URL_SAFE_NO_PAD.decode(nonce).ok()?;
    let (head, told) = bytes.split_at_checked(HEAD)?;
    let tag = tag(key, head, client, provider);
    aws_lc_rs::constant_time::verify_slices_are_equal(&tag.as_ref()[..TAG], told).ok()?;
    let expires_at = Timestamp(i64::from_be_bytes(*head.first_chunk()?));
    (expires_at > now).then_some(expires_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(seed: u8) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[seed; 32])
    }

    #[test]
    fn a_nonce_is_good_for_its_client_its_provider_and_its_time() {
        let (phone, other) = (ClientId::from("phone"), ClientId::from("other"));
        let (google, apple): (ProviderName, ProviderName) = ("google".parse().unwrap(), "apple".parse().unwrap());
        let now = Timestamp(1_800_000_000);
        let nonce = issue(&key(1), &phone, &google, [7; 16], now);
        let read = |seed, client, provider, now| read(&key(seed), &nonce, client, provider, now);
        assert_eq!(read(1, &phone, &google, now), Some(now.plus(LIFETIME)));
        assert_eq!(read(1, &phone, &google, now.plus(LIFETIME - 1)), Some(now.plus(LIFETIME)));
        assert_eq!(read(1, &phone, &google, now.plus(LIFETIME)), None);
        assert_eq!(read(1, &other, &google, now), None);
        assert_eq!(read(1, &phone, &apple, now), None);
        assert_eq!(read(2, &phone, &google, now), None);
        assert_ne!(nonce, issue(&key(1), &phone, &google, [8; 16], now));
    }

    proptest! {
        #[test]
        fn nothing_made_up_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let nonce = URL_SAFE_NO_PAD.encode(bytes);
            prop_assert_eq!(read(&key(1), &nonce, &"phone".into(), &"google".parse().unwrap(), Timestamp(0)), None);
        }
    }
}

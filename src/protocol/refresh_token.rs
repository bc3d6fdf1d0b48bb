//! Refresh tokens (RFC 6749 section 6, RFC 9700 section 4.14.2).
//!
//! A token names its grant and how often it was rotated, and authenticates both with a key that
//! only Genkan has. So nothing of it needs to be stored, a made-up one is refused without looking
//! anything up, one that was rotated away is known for what it is, and a response that was lost on
//! the way can be given again, the same to the letter.
use super::{Error, error::invalid_grant};
use crate::domain::{GrantId, Secret};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// What is said of a token that is not good, whatever the reason.
pub const NOT_GOOD: Error = invalid_grant("the refresh token is unknown, expired, revoked or was used before");

/// How often a lost response may be asked for again.
pub const RETRIES: i64 = 3;

/// The token of a grant after so many rotations.
#[must_use]
pub fn issue(key: &hmac::Key, grant: &GrantId, generation: i64) -> Secret {
    let named = format!("{grant}.{generation}");
    let tag = hmac::sign(key, named.as_bytes());
    format!("{named}.{}", URL_SAFE_NO_PAD.encode(tag)).into()
}

/// The grant and the generation that a token names, if it is one of ours.
#[must_use]
pub fn read(key: &hmac::Key, token: &Secret) -> Option<(GrantId, i64)> {
    let (named, tag) = token.reveal().rsplit_once('.')?;
    let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
    hmac::verify(key, named.as_bytes(), &tag).ok()?;
    let (grant, generation) = named.split_once('.')?;
    Some((grant.into(), generation.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(seed: u8) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[seed; 32])
    }

    #[test]
    fn a_token_is_read_back_by_its_own_key_alone() {
        let token = issue(&key(1), &"g".into(), 7);
        assert_eq!(token, issue(&key(1), &"g".into(), 7), "the same to the letter");
        assert_eq!(read(&key(1), &token), Some(("g".into(), 7)));
        assert_eq!(read(&key(2), &token), None);
        let forged = token.reveal().replace("g.7", "g.8");
        assert_eq!(read(&key(1), &forged.into()), None);
    }

    proptest! {
        #[test]
        fn nothing_made_up_is_read(text in "\\PC{0,120}") {
            prop_assert_eq!(read(&key(1), &text.into()), None);
        }
    }
}

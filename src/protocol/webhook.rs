//! Signing what webhooks are told (Standard Webhooks 1.0.0): `webhook-id`, `webhook-timestamp`, `webhook-signature`.
use crate::domain::{Secret, Timestamp, random_bytes};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};

/// How every secret begins.
const PREFIX: &str = "whsec_";

/// A new secret: 256 random bits, as its receivers are given it.
#[must_use]
pub fn secret() -> Secret {
    Secret::from(format!("{PREFIX}{}", STANDARD.encode(random_bytes::<32>())))
}

/// What `webhook-signature` says: a signature for each secret that is good, a space between them.
#[must_use]
pub fn signatures<'a>(secrets: impl Iterator<Item = &'a str>, id: &str, at: Timestamp, body: &str) -> String {
    let signed = format!("{id}.{}.{body}", at.0);
    let keys = secrets.filter_map(|secret| STANDARD.decode(secret.strip_prefix(PREFIX)?).ok());
    let tags = keys.map(|key| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes()));
    tags.map(|tag| format!("v1,{}", STANDARD.encode(tag))).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn it_is_signed_as_the_specification_says() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let body = r#"{"test": 2432232314}"#;
        let signed = |secrets: &[&str]| {
            signatures(secrets.iter().copied(), "msg_p5jXN8AQM9LWM0D4loKWxJek", Timestamp(1_614_265_330), body)
        };
        let one = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signed(&[secret]), one);
        assert_eq!(signed(&[secret, secret]), format!("{one} {one}"));
        assert_eq!(signed(&["another"]), "");
    }

    #[test]
    fn a_new_secret_is_what_receivers_expect() {
        let made = super::secret();
        let key = STANDARD.decode(made.reveal().strip_prefix(PREFIX).unwrap()).unwrap();
        assert_eq!(key.len(), 32);
        assert_ne!(super::secret().reveal(), made.reveal());
    }
}

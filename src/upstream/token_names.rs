//! How Google names a refresh token without showing it, in security events
//! (<https://developers.google.com/identity/protocols/risc#token_identifiers>): by its first 16 characters, or by the
//! SHA-512 of its SHA-512. What is kept, and looked for, is the digest of either.
use crate::domain::{Digest, Secret};
use aws_lc_rs::digest::{SHA512, digest};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use serde_json::Value;

/// As many characters of a token name it.
const PREFIX: usize = 16;

/// The two names of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenNames {
    /// By its beginning.
    pub prefix: Digest,
    /// By its hash.
    pub hash: Digest,
}

impl TokenNames {
    /// Those of a token.
    #[must_use]
    pub fn of(token: &Secret) -> Self {
        let text = token.reveal();
        let prefix: String = text.chars().take(PREFIX).collect();
        let twice = digest(&SHA512, digest(&SHA512, text.as_bytes()).as_ref());
        Self { prefix: by_prefix(&prefix), hash: by_hash(&STANDARD_NO_PAD.encode(twice)) }
    }
}

/// The token that the subject of an event names.
#[must_use]
pub fn named(subject: &Value) -> Option<Digest> {
    let text = |name: &str| subject.get(name).and_then(Value::as_str);
    if text("subject_type") != Some("oauth_token") || text("token_type").is_some_and(|kind| kind != "refresh_token") {
        return None;
    }
    let token = text("token")?;
    match text("token_identifier_alg")? {
        "prefix" if token.chars().count() == PREFIX => Some(by_prefix(token)),
        "hash_base64_sha512_sha512" => Some(by_hash(token)),
        _ => None,
    }
}

fn by_prefix(prefix: &str) -> Digest {
    Digest::of(&format!("prefix of a token: {prefix}"))
}

/// In whichever of its two alphabets Base64 is, with or without padding.
fn by_hash(encoded: &str) -> Digest {
    let plain = encoded.trim_end_matches('=').replace('-', "+").replace('_', "/");
    Digest::of(&format!("hash of a token: {plain}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_token_is_known_by_either_name() {
        let names = TokenNames::of(&"1//0gdAPz6jJlQ1zTLj".into());
        let named_by = |alg: &str, token: &str| {
            named(&json!({
                "subject_type": "oauth_token", "token_type": "refresh_token", "token_identifier_alg": alg, "token": token,
            }))
        };
        assert_eq!(named_by("prefix", "1//0gdAPz6jJlQ1z"), Some(names.prefix.clone()));
        let hash = "6722uBsoiBmpqnLzPQdIRTJfzRyddU9Djj95/wHJri2rtTYvOXy7xfZaBJlrXwuAeWFmTK4KLGRvqa1w0TOuWA==";
        let alphabets = [hash.to_owned(), hash.trim_end_matches('=').replace('+', "-").replace('/', "_")];
        for hash in alphabets {
            assert_eq!(named_by("hash_base64_sha512_sha512", &hash), Some(names.hash.clone()), "{hash}");
        }
        for (alg, token) in [("prefix", "1//0gdAPz6jJlQ1"), ("prefix", ""), ("hash_sha256", hash), ("", "")] {
            assert_eq!(named_by(alg, token), None, "{alg} {token}");
        }
        for subject in [json!({ "subject_type": "iss-sub", "sub": "1" }), json!("x"), json!(null)] {
            assert_eq!(named(&subject), None);
        }
    }
}

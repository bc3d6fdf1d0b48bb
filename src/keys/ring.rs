//! All signing keys in memory, ready to sign and verify JWTs (RFC 7515, RFC 7519).
use super::{Error, master::Sealer, signing_key::SigningKey};
use crate::domain::{Algorithm, KeyId, SealedKey, Timestamp};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Validation, decode, decode_header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

/// A token longer than this is none of ours; in bytes.
const LONGEST_TOKEN: usize = 8 * 1024;

/// The signing keys there are.
pub struct KeyRing {
    keys: Vec<SigningKey>,
}

/// A token whose signature is right. What its claims mean is for `protocol` to judge.
#[derive(Debug)]
pub struct Verified<T> {
    /// Its `typ` header, lower-cased.
    pub typ: Option<String>,
    /// Its claims.
    pub claims: T,
}

impl KeyRing {
    /// Opens stored keys.
    pub(super) fn open(sealer: &Sealer, stored: &[SealedKey]) -> Result<Self, Error> {
        let keys = stored.iter().map(|key| SigningKey::open(sealer, key)).collect::<Result<_, _>>()?;
        Ok(Self { keys })
    }

    /// The key that signs at this time: of those that have come into force the latest.
    fn active(&self, algorithm: Algorithm, now: Timestamp) -> Result<&SigningKey, Error> {
        let in_force = |key: &&SigningKey| key.algorithm == algorithm && key.activated_at.is_some_and(|at| at <= now);
        self.keys
            .iter()
            .filter(in_force)
            .max_by_key(|key| (key.activated_at, key.created_at))
            .ok_or(Error::NoActiveKey(algorithm))
    }

    /// Whether tokens can be signed by every algorithm.
    #[must_use]
    pub fn can_sign(&self, now: Timestamp) -> bool {
        Algorithm::ALL.iter().all(|algorithm| self.active(*algorithm, now).is_ok())
    }

    /// For each algorithm, how long the key that signs has been in force, in seconds.
    #[must_use]
    pub fn ages(&self, now: Timestamp) -> Vec<(&'static str, i64)> {
        let active = Algorithm::ALL.iter().filter_map(|algorithm| self.active(*algorithm, now).ok());
        active.filter_map(|key| Some((key.algorithm.as_str(), now.since(key.activated_at?)))).collect()
    }

    /// Signs claims as a JWT of this type (`typ`), in compact form.
    pub fn sign(
        &self,
        algorithm: Algorithm,
        typ: &str,
        claims: &impl Serialize,
        now: Timestamp,
    ) -> Result<String, Error> {
        let key = self.active(algorithm, now)?;
        let header = json!({ "alg": algorithm.as_str(), "typ": typ, "kid": key.kid.as_str() }).to_string();
        let claims = serde_json::to_vec(claims).map_err(|_| Error::Crypto("claims"))?;
        let mut token = URL_SAFE_NO_PAD.encode(header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = key.sign(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// Verifies that a token was signed by one of these keys, with that key's own algorithm.
    /// Nothing in the token's header but `kid` is believed (RFC 8725 sections 3.1 and 3.10).
    #[must_use]
    pub fn verify<T: DeserializeOwned + Clone>(&self, token: &str) -> Option<Verified<T>> {
        if token.len() > LONGEST_TOKEN {
            return None;
        }
        let header = decode_header(token).ok()?;
        let kid = header.kid.as_deref()?;
        let key = self.keys.iter().find(|key| key.kid.as_str() == kid)?;
        let mut validation = Validation::new(match key.algorithm {
            Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
            Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        });
        // Times and audience are judged by `protocol`, which is told the time.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let claims = decode(token, &key.verifier, &validation).ok()?.claims;
        Some(Verified { typ: header.typ.map(|typ| typ.to_ascii_lowercase()), claims })
    }

    /// The published key set (RFC 7517 section 5): next, active and retired keys, public halves.
    #[must_use]
    pub fn jwks(&self) -> String {
        let keys: Vec<_> = self.keys.iter().map(|key| &key.jwk).collect();
        json!({ "keys": keys }).to_string()
    }

    /// The names of all keys.
    pub fn kids(&self) -> impl Iterator<Item = &KeyId> {
        self.keys.iter().map(|key| &key.kid)
    }
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.kids()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{MasterKey, Purpose, signing_key::generate},
        *,
    };
    use serde_json::Value;

    const NOW: Timestamp = Timestamp(1_800_000_000);

    fn ring() -> KeyRing {
        let master = MasterKey::parse("here", &base64::engine::general_purpose::STANDARD.encode([7; 32])).unwrap();
        let sealer = master.sealer(Purpose::SigningKeys).unwrap();
        let make = |algorithm, at| generate(&sealer, algorithm, NOW, at).unwrap();
        let stored: Vec<_> = Algorithm::ALL
            .iter()
            .flat_map(|algorithm| {
                [make(*algorithm, Some(NOW)), make(*algorithm, Some(NOW.plus(60))), make(*algorithm, None)]
            })
            .collect();
        KeyRing::open(&sealer, &stored).unwrap()
    }

    #[test]
    fn what_a_ring_signs_it_verifies_whoever_of_its_keys_signed() {
        let ring = ring();
        for algorithm in Algorithm::ALL {
            let sign = |now| ring.sign(*algorithm, "at+jwt", &json!({ "sub": "hana" }), now).unwrap();
            let (before, after) = (sign(NOW), sign(NOW.plus(60)));
            assert_ne!(before.split('.').next(), after.split('.').next(), "the next key has taken over");
            for token in [before, after] {
                let verified: Verified<Value> = ring.verify(&token).unwrap();
                assert_eq!((verified.typ.as_deref(), &verified.claims["sub"]), (Some("at+jwt"), &json!("hana")));
            }
        }
        assert!(ring.sign(Algorithm::Es256, "JWT", &json!({}), NOW.plus(-1)).is_err());
    }

    /// `security.md` JW-01 to JW-04.
    #[test]
    fn a_header_cannot_choose_how_it_is_verified() {
        let ring = ring();
        let token = ring.sign(Algorithm::Rs256, "JWT", &json!({ "sub": "hana" }), NOW).unwrap();
        let mut parts: Vec<String> = token.split('.').map(Into::into).collect();
        let kid = ring.active(Algorithm::Rs256, NOW).unwrap().kid.clone();
        let other = ring.active(Algorithm::Es256, NOW).unwrap().kid.clone();
        for header in [
            json!({ "alg": "none", "kid": kid.as_str() }),
            json!({ "alg": "HS256", "kid": kid.as_str() }),
            json!({ "alg": "RS256" }),
            json!({ "alg": "RS256", "kid": "../../dev/null" }),
            json!({ "alg": "RS256", "kid": other.as_str() }),
        ] {
            parts[0] = URL_SAFE_NO_PAD.encode(header.to_string());
            assert!(ring.verify::<Value>(&parts.join(".")).is_none(), "{header}");
            assert!(ring.verify::<Value>(&format!("{}.{}.", parts[0], parts[1])).is_none(), "{header}");
        }
        assert!(ring.verify::<Value>(&format!("{token}{}", "A".repeat(LONGEST_TOKEN))).is_none());
        for garbage in ["", ".", "..", "a.b.c", "\u{0}"] {
            assert!(ring.verify::<Value>(garbage).is_none());
        }
    }

    #[test]
    fn the_published_set_has_every_key_and_no_private_member() {
        let set: Value = serde_json::from_str(&ring().jwks()).unwrap();
        let keys = set["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 9);
        for key in keys {
            for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(key.get(private).is_none());
            }
            assert!(key["kid"].is_string() && key["alg"].is_string() && key["use"] == "sig");
        }
    }
}

//! Public keys of clients (RFC 7517, RFC 7518 section 6, RFC 8037 section 2): what a client that shares no secret with us
//! signs by.
use super::words;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How clients may sign (RFC 7518 section 3.1, RFC 8037 section 3.1). Never with a secret, and never not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAlgorithm {
    /// RSA PKCS#1 v1.5 with SHA-256.
    Rs256,
    /// RSA PSS with SHA-256.
    Ps256,
    /// ECDSA P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

words!(ClientAlgorithm { Rs256 = "RS256", Ps256 = "PS256", Es256 = "ES256", EdDsa = "EdDSA" });

impl ClientAlgorithm {
    /// The one that a signature, or a key, names: RFC 9864 calls that of Ed25519 by its curve.
    #[must_use]
    pub fn named(alg: &str) -> Option<Self> {
        if alg == ED25519_ALONE { Some(Self::EdDsa) } else { alg.parse().ok() }
    }

    /// Every name that is understood.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|algorithm| algorithm.as_str()).chain([ED25519_ALONE])
    }
}

/// `EdDSA` by the name of RFC 9864 section 2.2.
const ED25519_ALONE: &str = "Ed25519";

/// Why something is no key that a client may have. What to write instead is in the catalogue, by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidKey {
    /// Its members are not those of a key.
    Malformed,
    /// It has what its owner alone may know.
    Private,
    /// It is of a kind, or on a curve, that nothing here knows.
    Kind,
    /// Its numbers are not those of such a key: too short, of no point, of no exponent.
    Weak,
    /// It is for an algorithm that is not one of its kind.
    Algorithm,
}

words!(InvalidKey {
    Malformed = "malformed",
    Private = "private",
    Kind = "kind",
    Weak = "weak",
    Algorithm = "algorithm"
});

/// Members that are secret: of RSA (RFC 7518 section 6.3.2), of curves, and of symmetric keys.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
/// The longest name of a key, in bytes.
const LONGEST_NAME: usize = 255;

/// A public key, right by construction: of its members those that are known, and none that is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientKey {
    kty: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_ops: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    e: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crv: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    y: Option<String>,
}

/// What a signature is checked by.
enum Material {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// An uncompressed point of P-256 (SEC 1 section 2.3.3).
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl ClientKey {
    /// Reads one. A key for something else than signatures is kept as it is, and used for nothing.
    pub fn parse(value: &Value) -> Result<Self, InvalidKey> {
        let members = value.as_object().ok_or(InvalidKey::Malformed)?;
        if PRIVATE.iter().any(|name| members.contains_key(*name)) || value["kty"] == "oct" {
            return Err(InvalidKey::Private);
        }
        let key = Self::deserialize(value).map_err(|_| InvalidKey::Malformed)?;
        let is_name =
            |text: &String| !text.is_empty() && text.len() <= LONGEST_NAME && !text.chars().any(char::is_control);
        if !key.kid.iter().chain(&key.alg).chain(&key.usage).all(is_name) {
            return Err(InvalidKey::Malformed);
        }
        if key.signs() {
            key.material()?;
            if key.alg.is_some() && !ClientAlgorithm::ALL.iter().any(|algorithm| key.fits(*algorithm)) {
                return Err(InvalidKey::Algorithm);
            }
        } else if !["RSA", "EC", "OKP"].contains(&key.kty.as_str()) {
            return Err(InvalidKey::Kind);
        }
        Ok(key)
    }

    /// Its name, if it has one.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether it is for signatures, which it is unless it says otherwise (RFC 7517 sections 4.2 and 4.3).
    #[must_use]
    pub fn signs(&self) -> bool {
        let may_verify = |operations: &Vec<String>| operations.iter().any(|operation| operation == "verify");
        self.usage.as_deref().is_none_or(|usage| usage == "sig") && self.key_ops.as_ref().is_none_or(may_verify)
    }

    /// Whether signatures of this algorithm may be of it.
    #[must_use]
    pub fn fits(&self, algorithm: ClientAlgorithm) -> bool {
        let kind = match algorithm {
            ClientAlgorithm::Rs256 | ClientAlgorithm::Ps256 => ("RSA", None),
            ClientAlgorithm::Es256 => ("EC", Some("P-256")),
            ClientAlgorithm::EdDsa => ("OKP", Some("Ed25519")),
        };
        let is_of_kind = self.kty == kind.0 && kind.1.is_none_or(|curve| self.crv.as_deref() == Some(curve));
        let is_meant = self.alg.as_deref().is_none_or(|alg| ClientAlgorithm::named(alg) == Some(algorithm));
        is_of_kind && is_meant && self.signs()
    }

    /// Whether this is its signature of a message.
    #[must_use]
    pub fn has_signed(&self, algorithm: ClientAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        let verified = match (self.material(), algorithm) {
            (Ok(Material::Rsa { n, e }), ClientAlgorithm::Rs256) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
            (Ok(Material::Rsa { n, e }), ClientAlgorithm::Ps256) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PSS_2048_8192_SHA256, message, signature)
            }
            (Ok(Material::P256(point)), ClientAlgorithm::Es256) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            (Ok(Material::Ed25519(point)), ClientAlgorithm::EdDsa) => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature)
            }
            _ => return false,
        };
        verified.is_ok()
    }

    /// What it is, in a few words: its kind, and its name.
    #[must_use]
    pub fn summary(&self) -> String {
        let kind = self.crv.as_ref().unwrap_or(&self.kty);
        [Some(kind), self.alg.as_ref(), self.kid.as_ref()].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ")
    }

    fn material(&self) -> Result<Material, InvalidKey> {
        let number = |text: &Option<String>| -> Result<Vec<u8>, InvalidKey> {
            let text = text.as_ref().ok_or(InvalidKey::Malformed)?;
            URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidKey::Malformed)
        };
        match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", None) => {
                let (n, e) = (unpadded(&number(&self.n)?), unpadded(&number(&self.e)?));
                let bits = n.len() * 8 - n.first().map_or(0, |first| first.leading_zeros() as usize);
                // An exponent that is 1 or even makes no signature at all; a huge one makes checking it slow.
                let is_odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
                let is_exponent = is_odd(&e) && e != [1] && e.len() <= 4;
                let is_strong = (2048..=8192).contains(&bits) && is_odd(&n) && is_exponent;
                if is_strong { Ok(Material::Rsa { n, e }) } else { Err(InvalidKey::Weak) }
            }
            ("EC", Some("P-256")) => {
                let (x, y) = (number(&self.x)?, number(&self.y)?);
                let point = [&[4], x.as_slice(), &y].concat();
                // Whether it is on the curve, too.
                let is_point =
                    (x.len(), y.len()) == (32, 32) && ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).is_ok();
                if is_point { Ok(Material::P256(point)) } else { Err(InvalidKey::Weak) }
            }
            ("OKP", Some("Ed25519")) => {
                let point = number(&self.x)?;
                let is_point = point.len() == 32 && ParsedPublicKey::new(&ED25519, &point).is_ok();
                if is_point { Ok(Material::Ed25519(point)) } else { Err(InvalidKey::Weak) }
            }
            _ => Err(InvalidKey::Kind),
        }
    }
}

/// A number without the zeros before it.
fn unpadded(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number[zeros..].to_vec()
}

/// The keys of a client: a JWK Set (RFC 7517 section 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientKeys {
    /// Each of them.
    pub keys: Vec<ClientKey>,
}

impl ClientKeys {
    /// More keys than this no client has.
    pub const MOST: usize = 20;
    /// The longest set, in bytes.
    pub const LONGEST: usize = 64 * 1024;

    /// Of a set that somebody publishes, those that can be used: others are none of our business (RFC 7517 section 5).
    #[must_use]
    pub fn published(set: &[Value]) -> Self {
        let usable = set.iter().filter_map(|key| ClientKey::parse(key).ok()).filter(ClientKey::signs);
        Self { keys: usable.take(Self::MOST).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    // RFC 7638 section 3.1, RFC 7517 appendix A.1 and RFC 8037 appendix A.2.
    const N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    const X: &str = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4";
    const Y: &str = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM";
    const ED: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn rsa() -> Value {
        json!({ "kty": "RSA", "n": N, "e": "AQAB" })
    }

    fn ec() -> Value {
        json!({ "kty": "EC", "crv": "P-256", "x": X, "y": Y })
    }

    fn ed() -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": ED })
    }

    fn with(mut key: Value, name: &str, value: Value) -> Value {
        key[name] = value;
        key
    }

    /// `security.md` DC-04.
    #[test]
    fn a_key_is_public_strong_and_of_a_known_kind() {
        for good in [
            rsa(),
            ec(),
            ed(),
            with(rsa(), "alg", json!("PS256")),
            with(rsa(), "e", json!("Aw")),
            with(ed(), "alg", json!("Ed25519")),
            with(ec(), "use", json!("sig")),
            with(ec(), "key_ops", json!(["verify"])),
            // For encryption: kept, and not looked at more closely.
            json!({ "kty": "EC", "crv": "P-521", "x": "A", "y": "A", "use": "enc" }),
        ] {
            let read = ClientKey::parse(&good).unwrap_or_else(|why| panic!("{good}: {why}"));
            assert_eq!(serde_json::to_value(&read).unwrap(), good);
        }
        let short = URL_SAFE_NO_PAD.encode([0xff; 255]);
        let padded = URL_SAFE_NO_PAD.encode([&[0; 8], [0xff; 255].as_slice()].concat());
        for (bad, why) in [
            (json!("x"), InvalidKey::Malformed),
            (json!({}), InvalidKey::Malformed),
            (json!({ "kty": "RSA", "e": "AQAB" }), InvalidKey::Malformed),
            (with(rsa(), "n", json!("+/=")), InvalidKey::Malformed),
            (with(rsa(), "kid", json!(7)), InvalidKey::Malformed),
            (with(rsa(), "kid", json!("")), InvalidKey::Malformed),
            (with(rsa(), "kid", json!("x".repeat(256))), InvalidKey::Malformed),
            (with(rsa(), "d", json!("AQAB")), InvalidKey::Private),
            (with(rsa(), "p", json!(null)), InvalidKey::Private),
            (with(ec(), "d", json!("AQAB")), InvalidKey::Private),
            (json!({ "kty": "oct", "k": "AQAB" }), InvalidKey::Private),
            (json!({ "kty": "oct" }), InvalidKey::Private),
            (with(ec(), "crv", json!("P-384")), InvalidKey::Kind),
            (with(ed(), "crv", json!("X25519")), InvalidKey::Kind),
            (json!({ "kty": "AKP" }), InvalidKey::Kind),
            (with(rsa(), "n", json!(short)), InvalidKey::Weak),
            (with(rsa(), "n", json!(padded)), InvalidKey::Weak),
            (with(rsa(), "n", json!(URL_SAFE_NO_PAD.encode([0xff; 1025]))), InvalidKey::Weak),
            (with(rsa(), "e", json!("AQ")), InvalidKey::Weak),
            (with(rsa(), "e", json!("Ag")), InvalidKey::Weak),
            (with(rsa(), "e", json!("AA")), InvalidKey::Weak),
            (with(rsa(), "e", json!("AQAAAAE")), InvalidKey::Weak),
            (with(ec(), "y", json!(X)), InvalidKey::Weak),
            (with(ec(), "x", json!("AA")), InvalidKey::Weak),
            (with(ed(), "x", json!("AA")), InvalidKey::Weak),
            (with(rsa(), "alg", json!("ES256")), InvalidKey::Algorithm),
            (with(rsa(), "alg", json!("RSA1_5")), InvalidKey::Algorithm),
            (with(ec(), "alg", json!("HS256")), InvalidKey::Algorithm),
            (with(ed(), "alg", json!("none")), InvalidKey::Algorithm),
        ] {
            assert_eq!(ClientKey::parse(&bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn a_key_is_good_for_what_it_says_alone() {
        let key = |value| ClientKey::parse(&value).unwrap();
        let fitting = |value: Value| -> Vec<&str> {
            let key = key(value);
            ClientAlgorithm::ALL.iter().filter(|alg| key.fits(**alg)).map(|alg| alg.as_str()).collect()
        };
        assert_eq!(fitting(rsa()), ["RS256", "PS256"]);
        assert_eq!(fitting(with(rsa(), "alg", json!("PS256"))), ["PS256"]);
        assert_eq!(fitting(ec()), ["ES256"]);
        assert_eq!(fitting(ed()), ["EdDSA"]);
        assert!(fitting(with(ec(), "use", json!("enc"))).is_empty());
        assert!(fitting(with(ec(), "key_ops", json!(["encrypt"]))).is_empty());
        // What is not known is left out, so that nothing secret hides in it.
        let more = key(with(ec(), "note", json!("hush")));
        assert_eq!(serde_json::to_value(more).unwrap(), ec());
        let set = ClientKeys::published(&[rsa(), json!({ "kty": "oct", "k": "AQAB" }), json!(7), ec()]);
        assert_eq!(set.keys, [key(rsa()), key(ec())]);
    }
}

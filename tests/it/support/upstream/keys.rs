//! The keys that a provider signs with (RFC 7517), and what it signs with them (RFC 7515), truly or not.
use aws_lc_rs::{
    digest,
    encoding::AsDer as _,
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
        RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair, UnparsedPublicKey,
    },
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use rsa::{RsaPublicKey, pkcs1::DecodeRsaPublicKey as _, traits::PublicKeyParts as _};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};

/// RSA keys that nobody holds any more: making one takes a tenth of a second.
static SPARE: Mutex<Vec<Arc<RsaKeyPair>>> = Mutex::new(vec![]);

/// A key pair under an id. No two that exist at the same time are the same pair.
#[derive(Debug)]
pub struct Key {
    /// How the header of a token names it.
    pub kid: String,
    pair: Pair,
}

#[derive(Debug)]
enum Pair {
    Rsa(Arc<RsaKeyPair>),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Key {
    /// For RS256.
    pub fn rsa() -> Self {
        let spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let pair = spare.unwrap_or_else(|| Arc::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()));
        Self { kid: short(), pair: Pair::Rsa(pair) }
    }

    /// For ES256.
    pub fn ec() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { kid: short(), pair: Pair::Ec(pair) }
    }

    /// For `EdDSA`.
    pub fn ed() -> Self {
        Self { kid: short(), pair: Pair::Ed(Ed25519KeyPair::generate().unwrap()) }
    }

    /// The same pair under this id.
    #[must_use]
    pub fn named(mut self, kid: &str) -> Self {
        self.kid = kid.into();
        self
    }

    /// The `alg` that it signs by.
    pub fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::Ec(_) => "ES256",
            Pair::Ed(_) => "EdDSA",
        }
    }

    /// The public half.
    pub fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match &self.pair {
            Pair::Rsa(pair) => {
                let public = RsaPublicKey::from_pkcs1_der(pair.public_key().as_ref()).unwrap();
                json!({ "kty": "RSA", "n": text(&public.n().to_bytes_be()), "e": text(&public.e().to_bytes_be()) })
            }
            Pair::Ec(pair) => {
                // An uncompressed point: a byte 4, then both coordinates.
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) })
            }
            Pair::Ed(pair) => json!({ "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()) }),
        };
        jwk["kid"] = self.kid.clone().into();
        jwk["use"] = "sig".into();
        jwk["alg"] = self.algorithm().into();
        jwk
    }

    /// The public half as PEM, which some feed to HMAC.
    pub fn public_pem(&self) -> String {
        let der = match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_der().unwrap().as_ref().to_vec(),
            Pair::Ec(pair) => pair.public_key().as_der().unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.public_key().as_der().unwrap().as_ref().to_vec(),
        };
        pem("PUBLIC KEY", &der)
    }

    /// The private half as PEM (PKCS #8), as Apple hands it out.
    pub fn private_pem(&self) -> String {
        let der = match &self.pair {
            Pair::Rsa(pair) => pair.as_der().unwrap().as_ref().to_vec(),
            Pair::Ec(pair) => pair.to_pkcs8v1().unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.to_pkcs8v1().unwrap().as_ref().to_vec(),
        };
        pem("PRIVATE KEY", &der)
    }

    /// The header and the claims of a token that this key has signed.
    pub fn open(&self, token: &str) -> Option<(Value, Value)> {
        let (message, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let verified = match &self.pair {
            Pair::Rsa(pair) => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref())
                .verify(message.as_bytes(), &signature),
            Pair::Ec(pair) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref())
                .verify(message.as_bytes(), &signature),
            Pair::Ed(pair) => {
                UnparsedPublicKey::new(&ED25519, pair.public_key().as_ref()).verify(message.as_bytes(), &signature)
            }
        };
        verified.ok()?;
        parts(message)
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(_) => self.sign_rsa(&RSA_PKCS1_SHA256, message),
            Pair::Ec(pair) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    fn sign_rsa(&self, padding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
        let Pair::Rsa(pair) = &self.pair else { panic!("{} is no RSA key", self.kid) };
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(padding, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        if let Pair::Rsa(pair) = &self.pair {
            SPARE.lock().unwrap_or_else(PoisonError::into_inner).push(pair.clone());
        }
    }
}

/// How a token is signed.
#[derive(Clone, Debug)]
pub enum Signing {
    /// With this key, which the header names.
    Key(Arc<Key>),
    /// With this key, which the header names, and spoiled afterwards.
    Spoiled(Arc<Key>),
    /// With this key of RSA, by PS256.
    Pss(Arc<Key>),
    /// By HS256 with these bytes; the header names no key.
    Hmac(Vec<u8>),
    /// Not at all; `alg` is spelled so.
    Nothing(&'static str),
}

impl Signing {
    /// What the header has to say of it.
    pub fn header(&self) -> Value {
        match self {
            Self::Key(key) | Self::Spoiled(key) => json!({ "alg": key.algorithm(), "kid": key.kid }),
            Self::Pss(key) => json!({ "alg": "PS256", "kid": key.kid }),
            Self::Hmac(_) => json!({ "alg": "HS256" }),
            Self::Nothing(algorithm) => json!({ "alg": algorithm }),
        }
    }

    /// A token in the compact form.
    pub fn jws(&self, header: &Value, claims: &Value) -> String {
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encoded(header), encoded(claims));
        let signature = match self {
            Self::Key(key) => key.sign(message.as_bytes()),
            Self::Pss(key) => key.sign_rsa(&RSA_PSS_SHA256, message.as_bytes()),
            Self::Spoiled(key) => {
                let mut signature = key.sign(message.as_bytes());
                signature[0] ^= 1;
                signature
            }
            Self::Hmac(secret) => hmac_sha256(secret, message.as_bytes()),
            Self::Nothing(_) => vec![],
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// The claims of a token that was signed by HS256 with these bytes.
pub(super) fn open_hmac(secret: &[u8], token: &str) -> Option<(Value, Value)> {
    let (message, signature) = token.rsplit_once('.')?;
    let expected = URL_SAFE_NO_PAD.encode(hmac_sha256(secret, message.as_bytes()));
    (signature == expected).then(|| parts(message))?
}

fn parts(message: &str) -> Option<(Value, Value)> {
    let part = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    let (header, claims) = message.split_once('.')?;
    Some((part(header)?, part(claims)?))
}

pub(super) fn hmac_sha256(secret: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec()
}

pub(super) fn sha256(text: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, text.as_bytes()).as_ref().to_vec()
}

/// What binds a token or a code to an ID token (OpenID Connect Core section 3.1.3.6).
pub(super) fn half_hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&sha256(text)[..16])
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn short() -> String {
    crate::support::random()[..10].to_owned()
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

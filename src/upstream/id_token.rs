//! Judging ID tokens of providers (OpenID Connect Core section 3.1.3.7): the signature by a key of the provider's
//! own, with an algorithm that is pinned; then the claims. What a token says of itself chooses nothing.
use crate::domain::{Secret, Timestamp};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKey,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::fmt::Write;

/// By how much clocks may differ, in seconds.
pub(super) const LEEWAY: i64 = 60;
/// The longest token that is looked at, in bytes.
const LONGEST: usize = 16 * 1024;
/// How many keys are tried at most.
const MOST_KEYS: usize = 8;

/// What is wrong with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is no JWT, or too long a one.
    #[error("it is no token of the kind that is expected")]
    Malformed,
    /// Its algorithm is not the one that is pinned.
    #[error("its algorithm is not the one that is expected")]
    Algorithm,
    /// No key of the provider's has its name.
    #[error("none of the provider's keys has signed it")]
    UnknownKey,
    /// The signature is wrong.
    #[error("its signature is wrong")]
    Signature,
    /// Another issuer, tenant or key.
    #[error("its issuer is not the one that is expected")]
    Issuer,
    /// It is for somebody else.
    #[error("it was made for another app")]
    Audience,
    /// It is too old.
    #[error("it has expired")]
    Expired,
    /// It is from the future, or its times are no times.
    #[error("its times cannot be")]
    Time,
    /// It lacks the nonce, or has another.
    #[error("its nonce is not the one that was sent")]
    Nonce,
    /// It does not belong to the access token beside it.
    #[error("it does not belong to the access token")]
    AccessToken,
    /// The sign-in is older than was asked for.
    #[error("the sign-in is older than was asked for")]
    TooOld,
}

/// The algorithms that an ID token may be signed with.
pub const ALGORITHMS: [&str; 10] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "HS256"];

/// The algorithm of a name, unless it is none that may be pinned.
#[must_use]
pub fn algorithm(name: &str) -> Option<CoreJwsSigningAlgorithm> {
    ALGORITHMS.contains(&name).then(|| serde_json::from_value(name.into()).ok()).flatten()
}

/// The head of a token, of which this much is believed.
#[derive(Debug, Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    /// What has to be understood (RFC 7515 section 4.1.11); we understand nothing of it.
    crit: Option<Value>,
}

/// A token that was taken apart and not judged yet.
#[derive(Debug)]
pub struct Unverified<'a> {
    head: Head,
    signed: &'a str,
    signature: Vec<u8>,
    /// What it claims.
    pub claims: Map<String, Value>,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart.
    pub fn parse(token: &'a str) -> Result<Self, Fault> {
        if token.len() > LONGEST {
            return Err(Fault::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Fault::Malformed)?;
        let (head, claims) = signed.split_once('.').ok_or(Fault::Malformed)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Fault::Malformed);
        let head: Head = serde_json::from_slice(&decode(head)?).map_err(|_| Fault::Malformed)?;
        let claims = serde_json::from_slice(&decode(claims)?).map_err(|_| Fault::Malformed)?;
        if head.crit.is_some() {
            return Err(Fault::Malformed);
        }
        Ok(Self { head, signed, signature: decode(signature)?, claims })
    }

    /// The key that it says has signed it.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.head.kid.as_deref()
    }

    /// The algorithm, if it is one of those that are pinned.
    pub fn algorithm(&self, pinned: &[CoreJwsSigningAlgorithm]) -> Result<CoreJwsSigningAlgorithm, Fault> {
        algorithm(&self.head.alg).filter(|algorithm| pinned.contains(algorithm)).ok_or(Fault::Algorithm)
    }

    /// Whether its head calls it something other than a JWT, or this kind of one (RFC 8725 section 3.11).
    #[must_use]
    pub fn is_something_else(&self, kind: Option<&str>) -> bool {
        let is_good = |typ: &str| {
            let typ = typ.strip_prefix("application/").unwrap_or(typ);
            [Some("JWT"), kind].into_iter().flatten().any(|good| typ.eq_ignore_ascii_case(good))
        };
        self.head.typ.as_deref().is_some_and(|typ| !is_good(typ))
    }

    /// Judges the signature by keys of the provider's.
    pub fn check_signature(&self, algorithm: &CoreJwsSigningAlgorithm, keys: &[Value]) -> Result<(), Fault> {
        let named = |key: &&Value| match &self.head.kid {
            Some(kid) => key.get("kid").and_then(Value::as_str) == Some(kid),
            None => true,
        };
        let for_signing = |key: &&Value| key.get("use").and_then(Value::as_str).is_none_or(|usage| usage == "sig");
        let candidates: Vec<CoreJsonWebKey> = keys
            .iter()
            .filter(named)
            .filter(for_signing)
            .filter(|key| is_for(key, &self.head.alg))
            .filter_map(|key| serde_json::from_value(key.clone()).ok())
            .take(MOST_KEYS)
            .collect();
        // Without a name there must be no choice.
        if candidates.is_empty() || self.head.kid.is_none() && candidates.len() > 1 {
            return Err(Fault::UnknownKey);
        }
        self.is_signed_by(algorithm, &candidates)
    }

    /// Judges the signature by the secret that we share with the provider.
    pub fn check_hmac(&self, algorithm: &CoreJwsSigningAlgorithm, secret: &Secret) -> Result<(), Fault> {
        let key = CoreJsonWebKey::new_symmetric(secret.reveal().as_bytes().to_vec());
        self.is_signed_by(algorithm, &[key])
    }

    fn is_signed_by(&self, algorithm: &CoreJwsSigningAlgorithm, keys: &[CoreJsonWebKey]) -> Result<(), Fault> {
        let good =
            |key: &CoreJsonWebKey| key.verify_signature(algorithm, self.signed.as_bytes(), &self.signature).is_ok();
        if keys.iter().any(good) { Ok(()) } else { Err(Fault::Signature) }
    }
}

/// Whether a key is of the kind that an algorithm needs.
fn is_for(key: &Value, algorithm: &str) -> bool {
    let member = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default();
    match algorithm {
        "ES256" => (member("kty"), member("crv")) == ("EC", "P-256"),
        "ES384" => (member("kty"), member("crv")) == ("EC", "P-384"),
        "EdDSA" => member("kty") == "OKP",
        _ => member("kty") == "RSA",
    }
}

/// Which nonce a token must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nonce<'a> {
    /// This one.
    Exactly(&'a str),
    /// This one, or its SHA-256 in hexadecimal, as apps on devices send it.
    OrHashed(&'a str),
    /// None is asked for.
    Any,
    /// It must have none: nobody gave it one.
    Absent,
}

impl Nonce<'_> {
    fn is_met(&self, told: Option<&str>) -> bool {
        match (self, told) {
            (Self::Any, _) | (Self::Absent, None) => true,
            (Self::Absent, Some(_)) | (_, None) => false,
            (Self::Exactly(sent), Some(told)) => Secret::from(*sent).digest() == Secret::from(told).digest(),
            (Self::OrHashed(sent), Some(told)) => {
                let hashed = sha256_hex(sent);
                [*sent, hashed.as_str()].iter().any(|good| Nonce::Exactly(good).is_met(Some(told)))
            }
        }
    }
}

fn sha256_hex(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a text does not fail.
        _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// What a token has to say.
#[derive(Debug, Clone)]
pub struct Expected<'a> {
    /// One of these issuers.
    pub issuers: &'a [String],
    /// For one of these of us.
    pub audiences: &'a [&'a str],
    /// Made for one of these, where it says for whom; for one of `audiences` where this is empty.
    pub authorized_parties: &'a [String],
    /// The nonce.
    pub nonce: Nonce<'a>,
    /// The access token that came with it.
    pub access_token: Option<&'a Secret>,
    /// How old the sign-in may be, in seconds.
    pub max_age: Option<i64>,
    /// The time.
    pub now: Timestamp,
}

impl Unverified<'_> {
    /// Judges what it claims. The signature is another matter.
    pub fn check_claims(&self, expected: &Expected) -> Result<(), Fault> {
        let claim = |name: &str| self.claims.get(name);
        let text = |name: &str| claim(name).and_then(Value::as_str);
        if self.is_something_else(None) {
            return Err(Fault::Malformed);
        }
        if !text("iss").is_some_and(|issuer| expected.issuers.iter().any(|good| good == issuer)) {
            return Err(Fault::Issuer);
        }
        self.check_audience(expected)?;
        let now = expected.now.0;
        let (issued, expires) = (time(claim("iat")).ok_or(Fault::Time)?, time(claim("exp")).ok_or(Fault::Time)?);
        if expires <= now - LEEWAY {
            return Err(Fault::Expired);
        }
        let begins = claim("nbf").map(|begins| time(Some(begins)).ok_or(Fault::Time)).transpose()?;
        if issued > now + LEEWAY || begins.is_some_and(|begins| begins > now + LEEWAY) {
            return Err(Fault::Time);
        }
        if !expected.nonce.is_met(text("nonce")) {
            return Err(Fault::Nonce);
        }
        let signed_in = claim("auth_time").map(|at| time(Some(at)).ok_or(Fault::Time)).transpose()?;
        if signed_in.zip(expected.max_age).is_some_and(|(at, age)| now - at > age + LEEWAY) {
            return Err(Fault::TooOld);
        }
        self.check_access_token(expected.access_token)
    }

    fn check_audience(&self, expected: &Expected) -> Result<(), Fault> {
        let audiences: Vec<&str> = match self.claims.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => {
                several.iter().map(|one| one.as_str().ok_or(Fault::Audience)).collect::<Result<_, _>>()?
            }
            _ => return Err(Fault::Audience),
        };
        let is_ours = |name: &&str| expected.audiences.contains(name);
        if !audiences.iter().any(is_ours) {
            return Err(Fault::Audience);
        }
        let party = match self.claims.get("azp") {
            None | Some(Value::Null) => None,
            Some(party) => Some(party.as_str().ok_or(Fault::Audience)?),
        };
        match party {
            None if audiences.len() > 1 => Err(Fault::Audience),
            None => Ok(()),
            Some(party) if expected.authorized_parties.iter().any(|good| good == party) => Ok(()),
            Some(party) if is_ours(&party) => Ok(()),
            Some(_) => Err(Fault::Audience),
        }
    }

    /// `at_hash` (section 3.1.3.6), for the algorithms that hash with SHA-256.
    fn check_access_token(&self, access_token: Option<&Secret>) -> Result<(), Fault> {
        let (Some(token), Some(told)) = (access_token, self.claims.get("at_hash")) else { return Ok(()) };
        if !self.head.alg.ends_with("256") {
            return Ok(());
        }
        let hash = digest(&SHA256, token.reveal().as_bytes());
        let half = URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]);
        if told.as_str() == Some(half.as_str()) { Ok(()) } else { Err(Fault::AccessToken) }
    }
}

/// Seconds since 1970; a text is no time, nor is anything beyond the year 9999 (`providers.md` bug 13).
pub(super) fn time(value: Option<&Value>) -> Option<i64> {
    let number = value?.as_number()?;
    #[expect(clippy::cast_possible_truncation, reason = "times are whole seconds, and are bounded below")]
    let seconds = number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64))?;
    (0..=253_402_300_799).contains(&seconds).then_some(seconds)
}

#[cfg(test)]
#[path = "tests/id_token.rs"]
mod tests;

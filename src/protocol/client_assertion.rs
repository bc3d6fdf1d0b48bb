//! Client authentication by an assertion that the client signs: `private_key_jwt` (OpenID Connect Core section 9,
//! RFC 7523 sections 2.2 and 3, RFC 7521 section 4.2).
//!
//! Nothing that an assertion says of itself chooses how it is judged: the key is one of those that the client has
//! registered or publishes. Whether it was used before is for whoever stores it (`once`).
use super::{
    Error,
    discovery::path,
    error::{invalid_client, invalid_request},
    params::Params,
};
use crate::domain::{Client, ClientAlgorithm, ClientId, ClientKey, Digest, Issuer, Timestamp};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Number, Value, json};

/// What `client_assertion_type` says.
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// For how long an assertion may be good, in seconds: so long its name has to be remembered.
pub const LIFETIME: i64 = 600;

/// By how much clocks may differ, in seconds.
const LEEWAY: i64 = 60;
/// The longest assertion that is looked at, and the longest name of one, in bytes.
const LONGEST: usize = 8 * 1024;
const LONGEST_NAME: usize = 255;

const MALFORMED: Error = invalid_client("client_assertion is no JWT of the kind that is expected");
const NOT_GOOD: Error = invalid_client("the client is not known, or none of its keys has signed the assertion");
/// What is said of one that was used before.
pub const USED: Error = invalid_client("the assertion was used before: its jti must be another one each time");
/// What is said where the keys of the client cannot be read.
pub const NO_KEYS: Error = invalid_client("the keys of the client cannot be read at its jwks_uri");

/// An assertion that was taken apart, of which nothing is believed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    head: Head,
    signed: String,
    signature: Vec<u8>,
    claims: Claims,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    /// What has to be understood (RFC 7515 section 4.1.11); we understand nothing of it.
    crit: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: Number,
    nbf: Option<Number>,
    iat: Option<Number>,
    jti: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Assertion {
    /// The one among the parameters of a request, if there is one.
    pub fn among(params: &Params) -> Result<Option<Self>, Error> {
        match (params.once("client_assertion_type")?, params.once("client_assertion")?) {
            (None, None) => Ok(None),
            (Some(TYPE), Some(text)) => Self::parse(text).map(Some),
            (Some(TYPE), None) => Err(invalid_request("client_assertion is missing")),
            (None, Some(_)) => Err(invalid_request("client_assertion_type is missing")),
            (Some(_), _) => Err(invalid_client("client_assertion_type is none that is served: it must be jwt-bearer")),
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > LONGEST {
            return Err(MALFORMED);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(MALFORMED)?;
        let (head, claims) = signed.split_once('.').ok_or(MALFORMED)?;
        let head: Head = part(head).ok_or(MALFORMED)?;
        let claims: Claims = part(claims).ok_or(invalid_client(
            "the assertion lacks a claim, or has one of another type: iss, sub, aud, exp and jti must be there",
        ))?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| MALFORMED)?;
        // Neither an ID token nor anything else that the client may have signed for another purpose (RFC 8725 section
        // 3.11).
        let is_kind = |typ: &str| {
            let typ = typ.strip_prefix("application/").unwrap_or(typ);
            ["JWT", "client-authentication+jwt"].iter().any(|kind| typ.eq_ignore_ascii_case(kind))
        };
        if head.crit.is_some() || !head.typ.as_deref().is_none_or(is_kind) {
            return Err(MALFORMED);
        }
        if claims.iss != claims.sub {
            return Err(invalid_client("iss and sub of the assertion must both be the client_id"));
        }
        Ok(Self { head, signed: signed.to_owned(), signature, claims })
    }

    /// Who it says the client is.
    #[must_use]
    pub fn client_id(&self) -> ClientId {
        ClientId(self.claims.sub.clone())
    }

    /// The name of the key that it says has signed it.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.head.kid.as_deref()
    }

    /// Judges what it claims: that it is for us, at the endpoint of this path, and that it is of now.
    pub fn check_claims(&self, issuer: &Issuer, endpoint: &str, now: Timestamp) -> Result<(), Error> {
        // Those whom RFC 7523 section 3 allows. One that is for somebody else as well is refused: whoever gets it there
        // could use it here.
        let ours = [issuer.as_str().to_owned(), issuer.url(path::TOKEN), issuer.url(endpoint)];
        let is_for_us = match &self.claims.aud {
            Audience::One(audience) => ours.contains(audience),
            Audience::Several(all) => !all.is_empty() && all.iter().all(|audience| ours.contains(audience)),
        };
        if !is_for_us {
            return Err(invalid_client("aud of the assertion must be the issuer, and nobody else"));
        }
        let unreadable = invalid_client("the times of the assertion cannot be");
        let expires = seconds(&self.claims.exp).ok_or(unreadable)?;
        if expires <= now.0 - LEEWAY {
            return Err(invalid_client("the assertion has expired"));
        }
        if expires > now.0 + LIFETIME + LEEWAY {
            return Err(invalid_client("exp of the assertion is too far ahead: 10 minutes at most"));
        }
        for begins in [&self.claims.nbf, &self.claims.iat].into_iter().flatten() {
            if seconds(begins).ok_or(unreadable)? > now.0 + LEEWAY {
                return Err(invalid_client("the assertion is of the future: nbf or iat is ahead of now"));
            }
        }
        if self.claims.jti.is_empty() || self.claims.jti.len() > LONGEST_NAME {
            return Err(invalid_client("jti of the assertion must be 1 to 255 bytes"));
        }
        Ok(())
    }

    /// Judges the signature by the keys of a client; by none, where there is no such client or it does not sign.
    pub fn check_signature(&self, client: Option<&Client>, keys: &[ClientKey]) -> Result<(), Error> {
        let is_allowed = |algorithm: &ClientAlgorithm| {
            client.and_then(|client| client.token_endpoint_auth_signing_alg).is_none_or(|one| one == *algorithm)
        };
        let algorithm = ClientAlgorithm::named(&self.head.alg).filter(is_allowed);
        let algorithm = algorithm.ok_or(invalid_client(
            "alg of the assertion must be RS256, PS256, ES256 or EdDSA, and the one that the client is registered with",
        ))?;
        let is_named = |key: &&ClientKey| self.kid().is_none_or(|kid| key.kid() == Some(kid));
        let mut candidates = keys.iter().filter(is_named).filter(|key| key.fits(algorithm)).peekable();
        if candidates.peek().is_none() {
            // So that whoever asks cannot tell by the time it takes whether there is such a client.
            let nobody = ClientKey::parse(&nobodys(algorithm)).ok();
            _ = nobody.is_some_and(|key| self.is_signed_by(&key, algorithm));
            return Err(NOT_GOOD);
        }
        if candidates.any(|key| self.is_signed_by(key, algorithm)) { Ok(()) } else { Err(NOT_GOOD) }
    }

    fn is_signed_by(&self, key: &ClientKey, algorithm: ClientAlgorithm) -> bool {
        key.has_signed(algorithm, self.signed.as_bytes(), &self.signature)
    }

    /// What is used up by using it, and until when that has to be remembered.
    #[must_use]
    pub fn once(&self) -> (Digest, Timestamp) {
        let Claims { sub, jti, exp, .. } = &self.claims;
        // A client's id has no space in it.
        let digest = Digest::of(&format!("client assertion {sub} {jti}"));
        (digest, Timestamp(seconds(exp).unwrap_or_default() + LEEWAY + 1))
    }
}

fn part<T: DeserializeOwned>(encoded: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

/// Seconds since 1970 (RFC 7519 section 2), until the year 9999.
fn seconds(number: &Number) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "times are whole seconds, and are bounded below")]
    let seconds = number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64))?;
    (0..=253_402_300_799).contains(&seconds).then_some(seconds)
}

/// Keys of nobody: those of the examples of RFC 7638 section 3.1, RFC 7517 appendix A.1 and RFC 8037 appendix A.2.
fn nobodys(algorithm: ClientAlgorithm) -> Value {
    match algorithm {
        ClientAlgorithm::Rs256 | ClientAlgorithm::Ps256 => json!({
            "kty": "RSA",
            "e": "AQAB",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        }),
        ClientAlgorithm::Es256 => json!({
            "kty": "EC",
            "crv": "P-256",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        }),
        ClientAlgorithm::EdDsa => {
            json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" })
        }
    }
}

#[cfg(test)]
#[path = "tests/client_assertion.rs"]
mod tests;

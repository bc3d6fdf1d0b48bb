//! One signing key (RFC 7517, RFC 7518, RFC 8037): parsed once, used often.
use super::{Error, master::Sealer};
use crate::domain::{Algorithm, KeyId, SealedKey, Timestamp};
use aws_lc_rs::{
    digest,
    encoding::AsDer,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use rsa::{RsaPublicKey, pkcs1::DecodeRsaPublicKey, traits::PublicKeyParts};
use serde_json::{Value, json};

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

/// A key pair in memory.
pub(super) struct SigningKey {
    pub kid: KeyId,
    pub algorithm: Algorithm,
    pub created_at: Timestamp,
    pub activated_at: Option<Timestamp>,
    /// The public half (RFC 7517), with `kid`, `use` and `alg`.
    pub jwk: Value,
    pub verifier: DecodingKey,
    pair: Pair,
}

impl SigningKey {
    /// Opens a stored key and parses it.
    pub fn open(sealer: &Sealer, stored: &SealedKey) -> Result<Self, Error> {
        let pkcs8 = sealer.open(stored.kid.as_str(), &stored.sealed).ok_or(Error::WrongMasterKey)?;
        let pair = parse(stored.algorithm, &pkcs8)?;
        let members = public_members(&pair)?;
        let mut jwk = members.clone();
        jwk["kid"] = stored.kid.as_str().into();
        jwk["use"] = "sig".into();
        jwk["alg"] = stored.algorithm.as_str().into();
        let parsed = serde_json::from_value(jwk.clone()).map_err(|_| Error::Crypto("reading a public key"))?;
        let verifier = DecodingKey::from_jwk(&parsed).map_err(|_| Error::Crypto("reading a public key"))?;
        Ok(Self {
            kid: stored.kid.clone(),
            algorithm: stored.algorithm,
            created_at: stored.created_at,
            activated_at: stored.activated_at,
            jwk,
            verifier,
            pair,
        })
    }

    /// Signs a message.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let failed = |_| Error::Crypto("signing");
        let random = SystemRandom::new();
        Ok(match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(failed)?;
                signature
            }
            Pair::Ec(pair) => pair.sign(&random, message).map_err(failed)?.as_ref().to_vec(),
            Pair::Ed(pair) => pair.try_sign(message).map_err(failed)?.as_ref().to_vec(),
        })
    }
}

/// Makes a key pair and seals it. RSA takes a tenth of a second.
pub(super) fn generate(
    sealer: &Sealer,
    algorithm: Algorithm,
    created_at: Timestamp,
    activated_at: Option<Timestamp>,
) -> Result<SealedKey, Error> {
    let failed = |_| Error::Crypto("making a key");
    let random = SystemRandom::new();
    let pkcs8 = match algorithm {
        Algorithm::Rs256 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
            pair.as_der().map_err(failed)?.as_ref().to_vec()
        }
        Algorithm::Es256 => {
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(failed)?.as_ref().to_vec()
        }
        Algorithm::EdDsa => Ed25519KeyPair::generate_pkcs8(&random).map_err(failed)?.as_ref().to_vec(),
    };
    let members = public_members(&parse(algorithm, &pkcs8)?)?;
    let kid = KeyId(thumbprint(&members));
    let sealed = sealer.seal(kid.as_str(), &pkcs8)?;
    Ok(SealedKey { kid, algorithm, sealed, created_at, activated_at })
}

fn parse(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Pair, Error> {
    let failed = |_| Error::Crypto("reading a private key");
    Ok(match algorithm {
        Algorithm::Rs256 => Pair::Rsa(RsaKeyPair::from_pkcs8(pkcs8).map_err(failed)?),
        Algorithm::Es256 => {
            Pair::Ec(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(failed)?)
        }
        Algorithm::EdDsa => Pair::Ed(Ed25519KeyPair::from_pkcs8(pkcs8).map_err(failed)?),
    })
}

/// The members of the public key that its thumbprint covers (RFC 7638 section 3.2).
fn public_members(pair: &Pair) -> Result<Value, Error> {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    Ok(match pair {
        Pair::Rsa(pair) => {
            let public = RsaPublicKey::from_pkcs1_der(pair.public_key().as_ref())
                .map_err(|_| Error::Crypto("reading a public key"))?;
            json!({ "kty": "RSA", "n": text(&public.n().to_bytes_be()), "e": text(&public.e().to_bytes_be()) })
        }
        Pair::Ec(pair) => {
            // Uncompressed (SEC 1 section 2.3.3): a byte 4, then both coordinates.
            let point = pair.public_key().as_ref();
            let (x, y) = point.get(1..).and_then(|xy| xy.split_at_checked(32)).ok_or(Error::Crypto("a point"))?;
            json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) })
        }
        Pair::Ed(pair) => json!({ "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()) }),
    })
}

/// RFC 7638 section 3. The members are in the order the section asks for, because the map that
/// holds them is sorted by name.
fn thumbprint(members: &Value) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, members.to_string().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7638 section 3.1.
    #[test]
    fn the_thumbprint_of_the_example_is_right() {
        let members = json!({
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "e": "AQAB",
        });
        assert_eq!(thumbprint(&members), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }
}

//! ID tokens (OpenID Connect Core section 2), and what they are good for later: as a hint of who
//! is expected (section 3.1.2.1) or who signs out (RP-Initiated Logout section 2).
use super::access_token::amr;
use crate::domain::{Algorithm, Assurance, ClientId, Grant, Issuer, Membership, SessionId, Timestamp, UserId};
use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// Their `typ`.
pub const TYP: &str = "JWT";

/// The claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdToken {
    /// Who issued it.
    pub iss: String,
    /// Who signed in.
    pub sub: UserId,
    /// For which client.
    pub aud: ClientId,
    /// When it was issued.
    pub iat: Timestamp,
    /// Until when it may be taken.
    pub exp: Timestamp,
    /// When the person had proved who they are.
    pub auth_time: Timestamp,
    /// How sure that made us of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<Assurance>,
    /// And by what.
    pub amr: Vec<String>,
    /// The browser session.
    pub sid: SessionId,
    /// What the authorization request had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Binds the access token that is issued beside it.
    pub at_hash: String,
    /// The person's groups, where the scope asks for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
    /// And their roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
}

impl IdToken {
    /// The token of a grant, beside an access token. On renewal it has no `nonce` (section 12.2).
    #[must_use]
    pub fn new(
        issuer: &Issuer,
        grant: &Grant,
        algorithm: Algorithm,
        access_token: &str,
        lifetime: i64,
        now: Timestamp,
    ) -> Self {
        Self {
            iss: issuer.to_string(),
            sub: grant.user_id.clone(),
            aud: grant.client_id.clone(),
            iat: now,
            exp: now.plus(lifetime),
            auth_time: grant.auth_time,
            acr: grant.acr,
            amr: amr(&grant.methods),
            sid: grant.sid.clone(),
            nonce: grant.nonce.clone(),
            at_hash: left_half_hash(algorithm, access_token),
            groups: None,
            roles: None,
        }
    }

    /// Whether it binds this access token (`at_hash`).
    #[must_use]
    pub fn binds(&self, algorithm: Algorithm, access_token: &str) -> bool {
        self.at_hash == left_half_hash(algorithm, access_token)
    }

    /// Telling of the person's groups and roles.
    #[must_use]
    pub fn telling(self, membership: Membership) -> Self {
        Self { groups: membership.groups, roles: membership.roles, ..self }
    }

    /// Whether this token, whose signature is right, is one of ours and may serve as a hint; that
    /// it has run out does not matter.
    #[must_use]
    pub fn is_hint(&self, typ: Option<&str>, issuer: &Issuer) -> bool {
        typ.is_none_or(|typ| typ.eq_ignore_ascii_case(TYP)) && self.iss == issuer.as_str()
    }
}

/// `at_hash` (section 3.1.3.6): the left half of the hash that the signature uses.
fn left_half_hash(algorithm: Algorithm, text: &str) -> String {
    let hash = match algorithm {
        Algorithm::Rs256 | Algorithm::Es256 => digest::digest(&digest::SHA256, text.as_bytes()),
        // RFC 8032 section 5.1: Ed25519 hashes with SHA-512.
        Algorithm::EdDsa => digest::digest(&digest::SHA512, text.as_bytes()),
    };
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..hash.as_ref().len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of OpenID Connect Core section A.4.
    #[test]
    fn the_hash_of_the_example_is_right() {
        assert_eq!(
            left_half_hash(Algorithm::Rs256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }
}

//! JWT access tokens (RFC 9068).
use super::{Code, Error};
use crate::domain::{
    Assurance, AuthMethods, Client, ClientId, Grant, GrantId, Issuer, Membership, Scopes, Timestamp, random_id,
};
use serde::{Deserialize, Serialize};

/// Their `typ` (section 2.1).
pub const TYP: &str = "at+jwt";

/// The claims (section 2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessToken {
    /// Who issued it.
    pub iss: String,
    /// Who may take it: this provider's own endpoints, and APIs that trust it.
    pub aud: String,
    /// On whose behalf; the client itself, when there is nobody.
    pub sub: String,
    /// To whom it was issued.
    pub client_id: ClientId,
    /// What it is good for.
    pub scope: Scopes,
    /// When.
    pub iat: Timestamp,
    /// Until when.
    pub exp: Timestamp,
    /// Its name.
    pub jti: String,
    /// The grant that it dies with; a client's own token has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
    /// When the person had proved who they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<Timestamp>,
    /// How sure that made us (RFC 9470 section 6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<Assurance>,
    /// And by what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amr: Option<Vec<String>>,
    /// The person's groups (section 2.2.3.1), where the scope asks for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
    /// And their roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
}

impl AccessToken {
    /// The token of a grant, for `scope`, good for `lifetime` seconds.
    #[must_use]
    pub fn of_grant(issuer: &Issuer, grant: &Grant, scope: Scopes, lifetime: i64, now: Timestamp) -> Self {
        Self {
            grant: Some(grant.id.clone()),
            auth_time: Some(grant.auth_time),
            acr: grant.acr,
            amr: Some(amr(&grant.methods)),
            ..Self::new(issuer, grant.user_id.as_str(), &grant.client_id, scope, lifetime, now)
        }
    }

    /// Telling of the person's groups and roles, as far as its scope asks for them.
    #[must_use]
    pub fn telling(self, membership: &Membership) -> Self {
        let membership = membership.within(&self.scope);
        Self { groups: membership.groups, roles: membership.roles, ..self }
    }

    /// A client's own token.
    #[must_use]
    pub fn of_client(issuer: &Issuer, client: &Client, scope: Scopes, lifetime: i64, now: Timestamp) -> Self {
        Self::new(issuer, client.client_id.as_str(), &client.client_id, scope, lifetime, now)
    }

    fn new(issuer: &Issuer, sub: &str, client_id: &ClientId, scope: Scopes, lifetime: i64, now: Timestamp) -> Self {
        Self {
            iss: issuer.to_string(),
            aud: issuer.to_string(),
            sub: sub.into(),
            client_id: client_id.clone(),
            scope,
            iat: now,
            exp: now.plus(lifetime),
            jti: random_id(),
            grant: None,
            auth_time: None,
            acr: None,
            amr: None,
            groups: None,
            roles: None,
        }
    }

    /// Checks a token whose signature is right (section 4).
    pub fn check(&self, typ: Option<&str>, issuer: &Issuer, now: Timestamp) -> Result<(), Error> {
        let typ = typ.map(|typ| typ.trim_start_matches("application/"));
        // Else an ID token could be used as an access token.
        if typ != Some(TYP) || self.iss != issuer.as_str() || self.aud != issuer.as_str() {
            return Err(NOT_GOOD);
        }
        if self.exp <= now { Err(NOT_GOOD) } else { Ok(()) }
    }
}

/// What is said of a token that is not good, whatever the reason.
pub const NOT_GOOD: Error = Error::new(Code::InvalidToken, "the access token is unknown, expired or revoked");

/// The token of an `Authorization` header (RFC 6750 section 2.1).
#[must_use]
pub fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token_char = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=');
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.bytes().all(token_char)).then_some(token)
}

pub(super) fn amr(methods: &AuthMethods) -> Vec<String> {
    methods.words().into_iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `security.md` JW-07 and JW-08.
    #[test]
    fn a_token_is_good_here_in_its_time_and_for_its_purpose() {
        let issuer = Issuer::parse("https://id.test").unwrap();
        let now = Timestamp(1_800_000_000);
        let good = AccessToken::new(&issuer, "hana", &"web".into(), Scopes::default(), 60, now);
        assert!(good.check(Some("at+jwt"), &issuer, now).is_ok());
        assert!(good.check(Some("application/at+jwt"), &issuer, now).is_ok());
        assert!(good.check(Some("jwt"), &issuer, now).is_err());
        assert!(good.check(None, &issuer, now).is_err());
        assert!(good.check(Some("at+jwt"), &issuer, now.plus(60)).is_err());
        let other = |change: fn(&mut AccessToken)| {
            let mut token = good.clone();
            change(&mut token);
            token.check(Some("at+jwt"), &issuer, now).is_err()
        };
        assert!(other(|token| token.iss = "https://id.test/".into()));
        assert!(other(|token| token.aud = "https://other.test".into()));
    }

    /// `security.md` UI-07.
    #[test]
    fn a_header_holds_one_token() {
        assert_eq!(bearer("Bearer a.b-c_d"), Some("a.b-c_d"));
        assert_eq!(bearer("bearer x"), Some("x"));
        for bad in ["Bearer", "Bearer ", "Bearer  x", "Bearer a b", "Bearer a,b", "Basic x", "x"] {
            assert_eq!(bearer(bad), None, "{bad}");
        }
    }
}

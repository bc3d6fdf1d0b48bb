//! Token exchange (RFC 8693) the other way round: an app trades a person's access token of ours for the one that a
//! provider gave, which it needs for the provider's API.
//!
//! `requested_issuer`, which is not of the specification, names the provider.
use super::{
    Code, Error,
    error::invalid_request,
    params::Params,
    token_exchange::{ACCESS_TOKEN, Refusal},
};
use crate::domain::{GrantType, ProviderName, Secret};

/// There is nothing for this client at this provider: which of both it is, is not told.
pub const NOTHING: Error =
    Error::new(Code::InvalidTarget, "no token of this provider is kept for this client and this person");
/// Whoever has a public client's tokens would have the provider's, too.
pub const PUBLIC: Error =
    Error::new(Code::UnauthorizedClient, "a public client gets no token of a provider: it cannot prove who it is");
/// The access token of ours is no good.
pub const SUBJECT: Error =
    Error::new(Code::InvalidGrant, "subject_token is not a good access token that was issued to this client");
/// The provider takes what is kept no more.
pub const DEAD: Refusal = Refusal {
    error: Error::new(
        Code::InvalidGrant,
        "the provider has ended this access; the person has to sign in there once more",
    ),
    reason: "reauth_required",
};
/// The provider is in trouble.
pub const UNAVAILABLE: Error =
    Error::new(Code::TemporarilyUnavailable, "the provider cannot be reached now; try again in a moment");

/// What an app asks for.
#[derive(Debug, Clone)]
pub struct UpstreamTokenRequest {
    /// The person's access token of ours.
    pub subject_token: Secret,
    /// Of which provider.
    pub provider: ProviderName,
}

/// Whether a token request is one of this kind.
#[must_use]
pub fn is_asked_for(params: &Params) -> bool {
    params.get("grant_type") == Some(GrantType::TokenExchange.as_str()) && params.get("requested_issuer").is_some()
}

impl UpstreamTokenRequest {
    /// Reads a request that is one.
    pub fn parse(params: &Params) -> Result<Self, Error> {
        params.none_repeated()?;
        if params.require("subject_token_type", "subject_token_type is missing")? != ACCESS_TOKEN {
            return Err(invalid_request("subject_token_type must be that of access tokens"));
        }
        if params.get("requested_token_type").is_some_and(|kind| kind != ACCESS_TOKEN) {
            return Err(invalid_request("requested_token_type must be that of access tokens, or be left out"));
        }
        if params.get("actor_token").or(params.get("actor_token_type")).is_some() {
            return Err(invalid_request("actor_token is not served: nobody acts for anybody else here"));
        }
        // What it is good for was said when the person allowed it (section 2.1: `scope`, `resource` and `audience`).
        if ["scope", "resource", "audience"].iter().any(|name| params.get(name).is_some()) {
            return Err(invalid_request("scope, resource and audience are not served: the token is as it was given"));
        }
        let provider = params.require("requested_issuer", "requested_issuer is missing: the name of a provider")?;
        Ok(Self {
            subject_token: params.require("subject_token", "subject_token is missing")?.into(),
            provider: provider.parse().map_err(|_| NOTHING)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token";

    fn params(body: &str) -> Params {
        Params::parse(body.as_bytes()).unwrap()
    }

    #[test]
    fn it_is_asked_for_by_naming_a_provider() {
        let grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange";
        assert!(is_asked_for(&params(&format!("{grant}&requested_issuer=google"))));
        for other in
            [grant, &format!("{grant}&subject_issuer=google"), "grant_type=refresh_token&requested_issuer=google"]
        {
            assert!(!is_asked_for(&params(other)), "{other}");
        }
    }

    #[test]
    fn an_access_token_is_traded_for_one() {
        let good = format!("subject_token=t&subject_token_type={KIND}&requested_issuer=google");
        let request = UpstreamTokenRequest::parse(&params(&good)).unwrap();
        assert_eq!((request.subject_token.reveal(), request.provider.as_str()), ("t", "google"));
        let same = format!("{good}&requested_token_type={KIND}");
        assert!(UpstreamTokenRequest::parse(&params(&same)).is_ok());
        let id_token = KIND.replace("access_token", "id_token");
        for (body, code) in [
            (format!("subject_token_type={KIND}&requested_issuer=google"), Code::InvalidRequest),
            ("subject_token=t&requested_issuer=google".to_owned(), Code::InvalidRequest),
            (format!("subject_token=t&subject_token_type={KIND}"), Code::InvalidRequest),
            (good.replace(KIND, &id_token), Code::InvalidRequest),
            (format!("{good}&requested_token_type={id_token}"), Code::InvalidRequest),
            (format!("{good}&actor_token=a&actor_token_type={KIND}"), Code::InvalidRequest),
            (format!("{good}&scope=drive"), Code::InvalidRequest),
            (format!("{good}&subject_token=u"), Code::InvalidRequest),
            (good.replace("google", "Not%20One"), Code::InvalidTarget),
        ] {
            assert_eq!(UpstreamTokenRequest::parse(&params(&body)).err().map(|why| why.code), Some(code), "{body}");
        }
    }
}

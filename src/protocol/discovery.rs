//! The provider's metadata (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2), made from
//! what is there.
use super::{
    authorize::{Prompt, ResponseMode},
    registration::{MEMBERSHIP_SCOPES, USER_SCOPES},
};
use crate::domain::{
    Algorithm, Assurance, ClientAlgorithm, ClientAuthMethod, GrantType, Issuer, LINE_FRIEND, UserClaims,
};
use serde_json::{Value, json};

/// Where the endpoints are.
#[expect(missing_docs, reason = "named by the specifications above")]
pub mod path {
    pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
    pub const OAUTH_AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
    pub const AUTHORIZE: &str = "/authorize";
    pub const TOKEN: &str = "/token";
    pub const USERINFO: &str = "/userinfo";
    pub const JWKS: &str = "/jwks.json";
    pub const INTROSPECT: &str = "/introspect";
    pub const REVOKE: &str = "/revoke";
    pub const NATIVE_NONCE: &str = "/native/nonce";
    pub const LOGOUT: &str = "/logout";
}

/// What differs from one instance to another.
#[derive(Debug, Clone, Copy)]
pub struct Features<'a> {
    /// Whether people may create accounts (`prompt=create`).
    pub sign_up: bool,
    /// Whether apps may bring anything that they have from a provider's SDK (RFC 8693).
    pub token_exchange: bool,
    /// Whether LINE is asked who is a friend of the channel's official account.
    pub line_friend: bool,
    /// How sure the factors that are offered can make us (`acr_values_supported`).
    pub possible: Assurance,
    /// The languages of the pages, as BCP 47 tags.
    pub languages: &'a [&'a str],
}

/// The document, the same for both specifications.
#[must_use]
pub fn document(issuer: &Issuer, features: Features) -> Value {
    let with_secret: Vec<_> =
        ClientAuthMethod::ALL.iter().filter(|method| **method != ClientAuthMethod::None).collect();
    let client_algorithms: Vec<_> = ClientAlgorithm::names().collect();
    let prompts: Vec<_> = Prompt::ALL.iter().filter(|prompt| features.sign_up || **prompt != Prompt::Create).collect();
    let claims: Vec<_> = UserClaims::supported()
        .chain(MEMBERSHIP_SCOPES)
        .chain(["iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"])
        .chain(features.line_friend.then_some(LINE_FRIEND))
        .collect();
    let is_served = |grant_type: GrantType| features.token_exchange || grant_type != GrantType::TokenExchange;
    let scopes: Vec<_> =
        USER_SCOPES.into_iter().chain(MEMBERSHIP_SCOPES).chain(features.line_friend.then_some(LINE_FRIEND)).collect();
    let grant_types: Vec<_> = GrantType::ALL.iter().filter(|grant_type| is_served(**grant_type)).collect();
    json!({
        "issuer": issuer.as_str(),
        "authorization_endpoint": issuer.url(path::AUTHORIZE),
        "token_endpoint": issuer.url(path::TOKEN),
        "userinfo_endpoint": issuer.url(path::USERINFO),
        "jwks_uri": issuer.url(path::JWKS),
        "introspection_endpoint": issuer.url(path::INTROSPECT),
        "revocation_endpoint": issuer.url(path::REVOKE),
        "end_session_endpoint": issuer.url(path::LOGOUT),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ResponseMode::ALL,
        "grant_types_supported": grant_types,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": Algorithm::ALL,
        "token_endpoint_auth_methods_supported": ClientAuthMethod::ALL,
        "token_endpoint_auth_signing_alg_values_supported": client_algorithms,
        "introspection_endpoint_auth_methods_supported": with_secret,
        "introspection_endpoint_auth_signing_alg_values_supported": client_algorithms,
        "revocation_endpoint_auth_methods_supported": ClientAuthMethod::ALL,
        "revocation_endpoint_auth_signing_alg_values_supported": client_algorithms,
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": Assurance::ALL.iter().filter(|acr| **acr <= features.possible).collect::<Vec<_>>(),
        "prompt_values_supported": prompts,
        "claim_types_supported": ["normal"],
        "claims_supported": claims,
        "ui_locales_supported": features.languages,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_off_is_not_advertised() {
        let issuer = Issuer::parse("https://id.test").unwrap();
        let features = Features {
            sign_up: true,
            token_exchange: true,
            line_friend: true,
            possible: Assurance::MultiFactor,
            languages: &["en"],
        };
        let document = |sign_up, possible| document(&issuer, Features { sign_up, possible, ..features });
        let prompts = |sign_up| document(sign_up, Assurance::MultiFactor)["prompt_values_supported"].to_string();
        assert!(prompts(true).contains("create") && !prompts(false).contains("create"));
        let acr = |possible| document(true, possible)["acr_values_supported"].clone();
        assert_eq!(acr(Assurance::MultiFactor), json!(["1fa", "mfa"]));
        assert_eq!(acr(Assurance::PhishingResistant), json!(["1fa", "mfa", "phr"]));
        let grant_types = |token_exchange| {
            super::document(&issuer, Features { token_exchange, ..features })["grant_types_supported"].to_string()
        };
        assert!(grant_types(true).contains("token-exchange") && !grant_types(false).contains("token-exchange"));
        for list in ["scopes_supported", "claims_supported"] {
            let has = |line_friend| {
                super::document(&issuer, Features { line_friend, ..features })[list].to_string().contains(LINE_FRIEND)
            };
            assert!(has(true) && !has(false), "{list}");
        }
    }
}

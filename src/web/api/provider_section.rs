//! A provider's section, as the API has it: the settings of `[providers.NAME]` by the same names.
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What is said of a provider; whatever is left out is the kind's own.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProviderSection {
    /// What it is: google, apple, line, github, microsoft, facebook, x, instagram, oidc or oauth2; by its name where left out. It cannot change.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// Whether anybody can sign in with it; without, yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    /// What its button calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// Where its button is: lower numbers first.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<i64>,
    /// Our name there.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// Our secret there. It is never told; left out, it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    /// What is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
    /// Its name in ID tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    /// Where people sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_endpoint: Option<String>,
    /// Where codes are redeemed.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint: Option<String>,
    /// Where it tells who somebody is.
    #[serde(skip_serializing_if = "Option::is_none")]
    userinfo_endpoint: Option<String>,
    /// Its keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    /// Where tokens are given back (RFC 7009).
    #[serde(skip_serializing_if = "Option::is_none")]
    revocation_endpoint: Option<String>,
    /// Where people sign out (OpenID Connect RP-Initiated Logout).
    #[serde(skip_serializing_if = "Option::is_none")]
    end_session_endpoint: Option<String>,
    /// GitHub: all addresses of a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    emails_endpoint: Option<String>,
    /// LINE and Facebook: whose an access token is, and for which app.
    #[serde(skip_serializing_if = "Option::is_none")]
    verify_endpoint: Option<String>,
    /// LINE: who somebody is, to whoever has an access token from an app.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_endpoint: Option<String>,
    /// LINE: whether the person is a friend of the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    friendship_endpoint: Option<String>,
    /// Instagram: where a token is traded for one that lives longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    long_lived_endpoint: Option<String>,
    /// Instagram: where such a token is made to live longer still.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_endpoint: Option<String>,
    /// Facebook: the keys of Limited Login.
    #[serde(skip_serializing_if = "Option::is_none")]
    limited_jwks_uri: Option<String>,
    /// How our secret is sent: `client_secret_basic`, `client_secret_post` or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint_auth_method: Option<String>,
    /// How its ID tokens are signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token_signed_response_alg: Option<String>,
    /// Whether PKCE is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pkce: Option<bool>,
    /// Parameters of every authorization request.
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_params: Option<BTreeMap<String, String>>,
    /// Where claims are in the answer of a server that is not OpenID's: JSON pointers (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<BTreeMap<String, String>>,
    /// What becomes of somebody unknown: create, ask or refuse.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_unknown: Option<String>,
    /// What becomes of somebody whose address is that of an account: ask or auto.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// Whether an address that it calls verified is believed to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    trust_email: Option<bool>,
    /// Whether name and profile follow it at each sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    update_profile: Option<bool>,
    /// Our other names there: those of native apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    audiences: Option<Vec<String>>,
    /// Which parties tokens from native apps may have been made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    authorized_parties: Option<Vec<String>>,
    /// Whether a token from a native app needs a nonce of ours: required or optional.
    #[serde(skip_serializing_if = "Option::is_none")]
    native_nonce: Option<String>,
    /// Apple: the Android apps that its page may lead back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    android_packages: Option<Vec<String>>,
    /// Apple: the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    team_id: Option<String>,
    /// Apple: the name of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<String>,
    /// Apple: the key, PEM. It is never told; left out, it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    private_key: Option<String>,
    /// Microsoft: common, organizations, consumers, or one tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    /// Microsoft: whose people may come.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_tenants: Option<Vec<String>>,
    /// Google: whose people may come.
    #[serde(skip_serializing_if = "Option::is_none")]
    hosted_domains: Option<Vec<String>>,
    /// GitHub Enterprise Server: where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    base_url: Option<String>,
    /// LINE: whether people are asked to add the channel as a friend, and how.
    #[serde(skip_serializing_if = "Option::is_none")]
    bot_prompt: Option<String>,
    /// Facebook and Instagram: the version of the Graph API.
    #[serde(skip_serializing_if = "Option::is_none")]
    api_version: Option<String>,
    /// Whether its tokens are kept for apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    store_tokens: Option<bool>,
    /// Which apps may have them.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_clients: Option<Vec<String>>,
}

/// Without what it says: it may say secrets.
impl std::fmt::Debug for ProviderSection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProviderSection(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::Endpoints;

    #[test]
    fn every_address_can_be_said() {
        for name in Endpoints::NAMES {
            let said = serde_json::json!({ *name: "https://op.test" });
            assert!(serde_json::from_value::<ProviderSection>(said).is_ok(), "{name}");
        }
    }
}

//! Client metadata: what a client may say of itself (RFC 7591 section 2, OpenID Connect Dynamic
//! Client Registration section 2), and which of it is accepted.
mod faults;
mod keys;
mod languages;
mod members;
mod metadata;

pub use faults::MetadataFault;
pub use languages::{InLanguages, is_tagged};
pub use metadata::{AndroidAppMetadata, ClientMetadata};

use crate::domain::{Algorithm, Assurance, Client, ClientAlgorithm, ClientAuthMethod, Digest, GrantType};
use faults::Faults;
use members::{
    allowed_providers, android_app, application_type, client_id, client_name, contacts, grant_types, public, scope,
    secret,
};
use std::ops::RangeInclusive;

/// How long access tokens of one client may be good, in seconds: longer, and a stolen one would be worth having.
pub const ACCESS_LIFETIMES: RangeInclusive<i64> = 60..=86_400;
/// How long refresh tokens of one client may be good without use, in seconds.
pub const REFRESH_LIFETIMES: RangeInclusive<i64> = 300..=31_536_000;

/// The scopes whose claims describe a person; no client may have them for itself.
pub const USER_SCOPES: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];
/// Scopes that tell of groups and roles. A client has them if it is registered with them, and not by default: names of
/// groups may say much of a person, and of how an organisation is made.
pub const MEMBERSHIP_SCOPES: [&str; 2] = ["groups", "roles"];

/// Makes a client of its metadata, or tells every fault.
pub fn register(metadata: ClientMetadata) -> Result<Client, Vec<MetadataFault>> {
    read(metadata, None)
}

/// Makes a client anew of all its metadata but what only its owner knows: id and secret stay.
pub fn revise(before: &Client, metadata: ClientMetadata) -> Result<Client, Vec<MetadataFault>> {
    let metadata = ClientMetadata { client_id: Some(before.client_id.to_string()), ..metadata };
    let client = read(metadata, before.secret_digest.as_ref())?;
    let previous_secret = before.previous_secret.clone().filter(|_| client.token_endpoint_auth_method.is_by_secret());
    Ok(Client { previous_secret, logo: before.logo.clone(), ..client })
}

fn read(metadata: ClientMetadata, kept: Option<&Digest>) -> Result<Client, Vec<MetadataFault>> {
    let mut faults = Faults::default();
    let method = metadata.token_endpoint_auth_method.as_deref();
    let method = faults.word("token_endpoint_auth_method", method, ClientAuthMethod::ALL, ClientAuthMethod::default());
    let grant_types = grant_types(&mut faults, metadata.grant_types.as_deref());
    let redirect_uris = faults.uris("redirect_uris", &metadata.redirect_uris);
    let post_logout_redirect_uris = faults.uris("post_logout_redirect_uris", &metadata.post_logout_redirect_uris);
    if grant_types.contains(&GrantType::AuthorizationCode) && metadata.redirect_uris.is_empty() {
        faults.add("redirect_uris", "fault-redirect-missing");
    }
    if metadata.response_types.as_deref().is_some_and(|types| types.iter().any(|kind| kind != "code")) {
        faults.add("response_types", "fault-response-types");
    }
    let application_type = application_type(&mut faults, metadata.application_type.as_deref(), method, &redirect_uris);
    let secret_digest = secret(&mut faults, method, metadata.client_secret.as_ref(), kept);
    let signing_alg = metadata.token_endpoint_auth_signing_alg.as_deref();
    let signing_alg = faults.word_if_any("token_endpoint_auth_signing_alg", signing_alg, ClientAlgorithm::ALL);
    let where_keys_are = (metadata.jwks.as_ref(), metadata.jwks_uri);
    let (jwks, jwks_uri) = keys::keys(&mut faults, where_keys_are, (method, signing_alg));
    if method == ClientAuthMethod::None {
        public(&mut faults, &grant_types, metadata.require_pkce);
    }
    faults.within("default_max_age", metadata.default_max_age, 0..=i64::from(i32::MAX));
    faults.within("access_token_lifetime", metadata.access_token_lifetime, ACCESS_LIFETIMES);
    faults.within("refresh_token_lifetime", metadata.refresh_token_lifetime, REFRESH_LIFETIMES);
    let alg = metadata.id_token_signed_response_alg.as_deref();
    let alg = faults.word("id_token_signed_response_alg", alg, Algorithm::ALL, Algorithm::default());
    let access_alg = metadata.access_token_signed_response_alg.as_deref();
    let access_alg = faults.word("access_token_signed_response_alg", access_alg, Algorithm::ALL, alg);
    let required_acr = faults.word_if_any("required_acr", metadata.required_acr.as_deref(), Assurance::ALL);
    let client = Client {
        client_id: client_id(&mut faults, metadata.client_id),
        client_name: client_name(&mut faults, metadata.client_name),
        secret_digest,
        previous_secret: None,
        redirect_uris,
        post_logout_redirect_uris,
        token_endpoint_auth_method: method,
        token_endpoint_auth_signing_alg: signing_alg,
        jwks,
        jwks_uri,
        grant_types,
        application_type,
        scope: scope(&mut faults, metadata.scope.as_deref()),
        id_token_signed_response_alg: alg,
        access_token_signed_response_alg: access_alg,
        default_max_age: metadata.default_max_age,
        required_acr,
        allowed_providers: allowed_providers(&mut faults, metadata.allowed_providers),
        ios_app_ids: faults.each("ios_app_ids", &metadata.ios_app_ids),
        android_apps: metadata.android_apps.into_iter().filter_map(|app| android_app(&mut faults, app)).collect(),
        client_uri: faults.link("client_uri", metadata.client_uri),
        logo_uri: faults.link("logo_uri", metadata.logo_uri),
        logo: None,
        policy_uri: faults.link("policy_uri", metadata.policy_uri),
        tos_uri: faults.link("tos_uri", metadata.tos_uri),
        localized: languages::localized(&mut faults, metadata.localized),
        contacts: contacts(&mut faults, metadata.contacts),
        software_id: faults.line("software_id", metadata.software_id),
        software_version: faults.line("software_version", metadata.software_version),
        access_token_lifetime: metadata.access_token_lifetime,
        refresh_token_lifetime: metadata.refresh_token_lifetime,
        require_pkce: metadata.require_pkce.unwrap_or(true),
        skip_consent: metadata.skip_consent.unwrap_or(false),
    };
    if faults.0.is_empty() { Ok(client) } else { Err(faults.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ApplicationType;

    fn web() -> ClientMetadata {
        ClientMetadata {
            client_name: Some("App".into()),
            client_secret: Some("0123456789abcdef".into()),
            redirect_uris: vec!["https://app.test/cb".into()],
            ..ClientMetadata::default()
        }
    }

    fn fields(metadata: ClientMetadata) -> Vec<String> {
        register(metadata).err().unwrap_or_default().into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn defaults_are_those_of_a_confidential_web_app_with_pkce() {
        let client = register(web()).unwrap();
        assert_eq!(client.token_endpoint_auth_method, ClientAuthMethod::Basic);
        assert_eq!(client.grant_types, [GrantType::AuthorizationCode, GrantType::RefreshToken]);
        assert_eq!(client.application_type, ApplicationType::Web);
        assert_eq!(client.id_token_signed_response_alg, Algorithm::Rs256);
        assert!(client.require_pkce && !client.skip_consent);
    }

    /// `security.md` UN-02: a name that reads otherwise than it is written stands on no page.
    #[test]
    fn a_name_is_a_line_that_people_can_read() {
        for bad in ["", " ", "a\nb", "a\u{202e}knaB", "\u{2066}Bank", "a\u{2028}b", &"a".repeat(101)] {
            let named = ClientMetadata { client_name: Some(bad.into()), ..web() };
            assert_eq!(fields(named), ["client_name"], "{bad:?}");
            let tagged = ClientMetadata { localized: vec![("client_name#ja".into(), bad.into())], ..web() };
            assert_eq!(fields(tagged), ["client_name#ja"], "{bad:?}");
        }
        for good in ["銀行", "Ünïcode & Söhne", "👩‍💻 Apps", &"a".repeat(100)] {
            assert!(fields(ClientMetadata { client_name: Some(good.into()), ..web() }).is_empty(), "{good}");
        }
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let metadata = ClientMetadata {
            client_id: Some("a:b".into()),
            redirect_uris: vec!["http://app.test/cb".into(), "https://app.test/#".into()],
            grant_types: Some(vec!["password".into()]),
            id_token_signed_response_alg: Some("none".into()),
            logo_uri: Some("javascript:alert(1)".into()),
            ..ClientMetadata::default()
        };
        let mut told = fields(metadata);
        told.sort_unstable();
        assert_eq!(
            told,
            [
                "client_id",
                "client_name",
                "client_secret",
                "grant_types",
                "id_token_signed_response_alg",
                "logo_uri",
                "redirect_uris",
                "redirect_uris"
            ]
        );
    }

    #[test]
    fn a_public_client_has_no_secret_and_no_way_around_pkce() {
        let public = ClientMetadata {
            token_endpoint_auth_method: Some("none".into()),
            require_pkce: Some(false),
            grant_types: Some(vec!["client_credentials".into()]),
            ..web()
        };
        assert_eq!(fields(public), ["client_secret", "grant_types", "require_pkce"]);
    }

    /// `security.md` DC-04.
    #[test]
    fn a_client_that_signs_has_keys_and_no_secret() {
        let key = serde_json::json!({
            "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
        });
        let signer = ClientMetadata {
            client_secret: None,
            token_endpoint_auth_method: Some("private_key_jwt".into()),
            jwks: Some(serde_json::json!({ "keys": [key] })),
            ..web()
        };
        let client = register(signer.clone()).unwrap();
        assert!(client.secret_digest.is_none() && !client.is_public());
        let with_secret = ClientMetadata { client_secret: Some("0123456789abcdef".into()), ..signer.clone() };
        assert_eq!(fields(with_secret), ["client_secret"]);
        assert_eq!(fields(ClientMetadata { jwks: None, ..signer.clone() }), ["jwks"]);
        // There and back: the secret does not outlive the change.
        let basic = register(web()).unwrap();
        let over = revise(&basic, signer).unwrap();
        assert!(over.secret_digest.is_none() && over.previous_secret.is_none());
        let back = revise(&over, ClientMetadata { client_secret: None, ..web() }).unwrap_err();
        assert_eq!(back[0].field, "client_secret");
    }

    #[test]
    fn a_public_client_that_only_a_device_can_receive_for_is_native() {
        let native = ClientMetadata {
            client_secret: None,
            token_endpoint_auth_method: Some("none".into()),
            redirect_uris: vec!["http://127.0.0.1/cb".into(), "com.example.app:/cb".into()],
            ..web()
        };
        assert_eq!(register(native).unwrap().application_type, ApplicationType::Native);
    }
}

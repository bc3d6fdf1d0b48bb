//! From what an operator says to how a provider is spoken to; what is wrong with it is told, every fault at once.
use super::{
    claims::MAPPED,
    kinds::Kind,
    preset::{ClientAuth, ClientSecret, Endpoints, Preset, Protocol},
    settings::{Faults, Settings},
};
use crate::{
    domain::{Assurance, ProviderKind},
    i18n::Message,
};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::EncodingKey;
use rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use url::Url;

/// The kind's own, with what the operator says in its place.
pub(super) fn preset(kind: &'static dyn Kind, settings: &Settings, faults: &mut Faults) -> Preset {
    let mut preset = kind.preset(settings);
    for (name, url) in &settings.endpoints {
        match Url::parse(url) {
            Ok(parsed) if ["http", "https"].contains(&parsed.scheme()) => preset.endpoints.set(name, url),
            _ => faults.add(name, it_is("fault-https-address", url)),
        }
    }
    if let Some(scopes) = &settings.scopes {
        preset.scopes.clone_from(scopes);
    }
    preset.scopes = kind.scopes(preset.scopes, settings.store_tokens);
    if let Some(method) = &settings.token_endpoint_auth_method {
        match method.parse() {
            Ok(method) => preset.client_auth = method,
            Err(_) => {
                let known: Vec<_> = ClientAuth::ALL.iter().map(|known| known.as_str()).collect();
                faults.add("token_endpoint_auth_method", it_is(one_of(&known), method));
            }
        }
    }
    if let Some(name) = &settings.id_token_signed_response_alg {
        match super::id_token::algorithm(name) {
            Some(algorithm) => preset.algorithms = vec![algorithm],
            None => faults.add("id_token_signed_response_alg", it_is(one_of(&super::id_token::ALGORITHMS), name)),
        }
    }
    preset.pkce = settings.pkce.unwrap_or(preset.pkce);
    mapping(kind, settings, faults);
    classes(kind, settings, faults);
    needed(&preset, faults);
    preset
}

/// Where claims are.
fn mapping(kind: &'static dyn Kind, settings: &Settings, faults: &mut Faults) {
    if !kind.maps_claims() && !settings.claims.is_empty() {
        faults.add("claims", "fault-claims-kind");
        return;
    }
    for (claim, pointer) in &settings.claims {
        if !pointer.starts_with('/') {
            faults.add("claims", it_is(Message::new("fault-pointer").with("name", claim.clone()), pointer));
        }
        match claim.as_str() {
            "sub" if kind.maps_subject() => {}
            "sub" => faults.add("claims", "fault-claims-sub"),
            claim if MAPPED.contains(&claim) => {}
            claim => faults.add("claims", not_one_of(claim, format!("sub, {}", MAPPED.join(", ")))),
        }
    }
}

/// What stands for our classes of assurance.
fn classes(kind: &'static dyn Kind, settings: &Settings, faults: &mut Faults) {
    if !kind.takes_acr_values() && !settings.acr_values.is_empty() {
        faults.add("acr_values", "fault-acr-kind");
        return;
    }
    for (class, words) in &settings.acr_values {
        if class.parse::<Assurance>().is_err() {
            let known: Vec<_> = Assurance::ALL.iter().map(|known| known.as_str()).collect();
            faults.add("acr_values", not_one_of(class, known.join(", ")));
        }
        if words.trim().is_empty() {
            faults.add("acr_values", Message::new("fault-acr-empty").with("name", class.clone()));
        }
    }
}

/// Without which addresses nobody can sign in.
fn needed(preset: &Preset, faults: &mut Faults) {
    let Endpoints { issuer, authorization, token, userinfo, .. } = &preset.endpoints;
    let missing = |endpoint: &Option<String>| endpoint.is_none();
    if preset.protocol == Protocol::OpenIdConnect {
        if missing(issuer) {
            faults.add("issuer", "fault-provider-issuer");
        }
        return;
    }
    for (field, endpoint) in
        [("authorization_endpoint", authorization), ("token_endpoint", token), ("userinfo_endpoint", userinfo)]
    {
        if missing(endpoint) {
            faults.add(field, "fault-missing");
        }
    }
}

/// Our secret there.
pub(super) fn secret(
    kind: &'static dyn Kind,
    preset: &Preset,
    settings: &Settings,
    faults: &mut Faults,
) -> ClientSecret {
    if kind.kind() == ProviderKind::Apple {
        return apple_secret(settings, faults);
    }
    match (&settings.client_secret, preset.client_auth) {
        (Some(secret), _) => ClientSecret::Text(secret.clone()),
        (None, ClientAuth::None) => ClientSecret::None,
        (None, _) => {
            faults.add("client_secret", "fault-provider-secret");
            ClientSecret::None
        }
    }
}

fn apple_secret(settings: &Settings, faults: &mut Faults) -> ClientSecret {
    let mut text = |field, value: &Option<String>, problem: &str| {
        value.clone().filter(|value| !value.is_empty()).unwrap_or_else(|| {
            faults.add(field, problem);
            String::new()
        })
    };
    let team_id = text("team_id", &settings.team_id, "fault-apple-team");
    let key_id = text("key_id", &settings.key_id, "fault-apple-key");
    let key = settings.private_key.as_ref().map(|pem| p256_key(pem.reveal()));
    match key {
        Some(Some(key)) => ClientSecret::Apple { team_id, key_id, key: Box::new(key) },
        Some(None) => {
            faults.add("private_key", "fault-private-key");
            ClientSecret::None
        }
        None => {
            faults.add("private_key", "fault-private-key-missing");
            ClientSecret::None
        }
    }
}

/// What is wrong, and what is there instead.
fn it_is(why: impl Into<Message>, value: &str) -> Message {
    Message::new("fault-it-is").telling("why", why).with("value", format!("{value:?}"))
}

/// Which words there are.
fn one_of(words: &[&str]) -> Message {
    Message::new("fault-one-of").with("words", words.join(", "))
}

/// A name that there is none of.
fn not_one_of(name: &str, words: String) -> Message {
    Message::new("fault-not-one-of").with("name", name.to_owned()).with("words", words)
}

/// A private key on P-256, in PEM (PKCS #8).
fn p256_key(pem: &str) -> Option<EncodingKey> {
    let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()?;
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.secret_der()).ok()?;
    Some(EncodingKey::from_ec_der(der.secret_der()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::Provider;

    #[test]
    fn the_places_of_claims_are_settings_where_they_differ() {
        use ProviderKind::{Google, OAuth2, Oidc};
        let fault = |kind: ProviderKind, claim: &str, pointer: &str| {
            let settings = Settings {
                kind: Some(kind),
                client_id: Some("id".into()),
                client_secret: Some("secret".into()),
                endpoints: ["issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint"]
                    .map(|name| (name, "https://idp.test".to_owned()))
                    .into(),
                claims: [(claim.to_owned(), pointer.to_owned())].into(),
                ..Settings::default()
            };
            Provider::new("one".parse().unwrap(), settings).err().map(|faults| faults[0].field)
        };
        for (kind, claim, pointer, expected) in [
            (Oidc, "name", "/displayName", None),
            (OAuth2, "name", "/displayName", None),
            (OAuth2, "sub", "/id", None),
            (Oidc, "sub", "/oid", Some("claims")),
            (Oidc, "iss", "/iss", Some("claims")),
            (Oidc, "name", "displayName", Some("claims")),
            (Google, "name", "/displayName", Some("claims")),
        ] {
            assert_eq!(fault(kind, claim, pointer), expected, "{kind:?} {claim} {pointer}");
        }
    }

    #[test]
    fn what_stands_for_our_classes_is_a_setting_of_openid_providers() {
        let fault = |kind: ProviderKind, class: &str, words: &str| {
            let settings = Settings {
                kind: Some(kind),
                client_id: Some("id".into()),
                client_secret: Some("secret".into()),
                endpoints: [("issuer", "https://idp.test".to_owned())].into(),
                acr_values: [(class.to_owned(), words.to_owned())].into(),
                ..Settings::default()
            };
            Provider::new("one".parse().unwrap(), settings).err().map(|faults| faults[0].field)
        };
        let (oidc, google) = (ProviderKind::Oidc, ProviderKind::Google);
        assert_eq!(fault(oidc, "mfa", "https://refeds.org/profile/mfa"), None);
        for (kind, class, words) in [(oidc, "2fa", "x"), (oidc, "mfa", " "), (google, "mfa", "x")] {
            assert_eq!(fault(kind, class, words), Some("acr_values"), "{kind:?} {class}");
        }
    }

    #[test]
    fn nobody_is_named_for_tokens_that_are_not_kept() {
        let made = |store_tokens| {
            let settings = Settings {
                client_id: Some("id".into()),
                client_secret: Some("secret".into()),
                token_clients: vec!["web".into()],
                store_tokens,
                ..Settings::default()
            };
            Provider::new("google".parse().unwrap(), settings)
        };
        assert!(made(true).is_ok());
        assert_eq!(made(false).unwrap_err()[0].field, "token_clients");
    }
}

//! Members of the metadata, each with the rule that it is read by.
use super::{AndroidAppMetadata, USER_SCOPES, faults::Faults};
use crate::{
    domain::{
        AndroidApp, ApplicationType, ClientAuthMethod, ClientId, Digest, GrantType, InvalidScope, ProviderName,
        RegisteredUri, Scopes, Secret,
    },
    i18n::Message,
};

pub(super) fn grant_types(faults: &mut Faults, words: Option<&[String]>) -> Vec<GrantType> {
    let Some(words) = words else {
        return vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
    };
    let mut types = vec![];
    for word in words {
        let grant_type = faults.word("grant_types", Some(word), GrantType::ALL, GrantType::AuthorizationCode);
        if !types.contains(&grant_type) {
            types.push(grant_type);
        }
    }
    if types.is_empty() {
        faults.add("grant_types", "fault-grant-missing");
    }
    types
}

/// Where it runs; unless it says so, a public client that only a device can receive for is on one.
pub(super) fn application_type(
    faults: &mut Faults,
    word: Option<&str>,
    method: ClientAuthMethod,
    redirect_uris: &[RegisteredUri],
) -> ApplicationType {
    let is_native = method == ClientAuthMethod::None
        && !redirect_uris.is_empty()
        && redirect_uris.iter().all(RegisteredUri::is_native);
    let default = if is_native { ApplicationType::Native } else { ApplicationType::Web };
    faults.word("application_type", word, ApplicationType::ALL, default)
}

/// What a client that proves nothing may not do.
pub(super) fn public(faults: &mut Faults, grant_types: &[GrantType], require_pkce: Option<bool>) {
    if grant_types.contains(&GrantType::ClientCredentials) {
        faults.add("grant_types", "fault-public-credentials");
    }
    if require_pkce == Some(false) {
        faults.add("require_pkce", "fault-public-pkce");
    }
}

pub(super) fn allowed_providers(faults: &mut Faults, names: Vec<String>) -> Vec<String> {
    let is_good = |name: &String| name == ProviderName::LOCAL || name.parse::<ProviderName>().is_ok();
    if let Some(bad) = names.iter().find(|name| !is_good(name)) {
        faults.add("allowed_providers", Message::new("fault-way-in").with("value", format!("{bad:?}")));
    }
    names
}

pub(super) fn android_app(faults: &mut Faults, app: AndroidAppMetadata) -> Option<AndroidApp> {
    let packages = faults.each("android_apps", &[app.package_name.unwrap_or_default()]);
    let sha256_cert_fingerprints = faults.each("android_apps", &app.sha256_cert_fingerprints);
    if app.sha256_cert_fingerprints.is_empty() {
        faults.add("android_apps", "fault-certificates-missing");
    }
    packages.into_iter().next().map(|package_name| AndroidApp { package_name, sha256_cert_fingerprints })
}

pub(super) fn client_id(faults: &mut Faults, id: Option<String>) -> ClientId {
    let Some(id) = id else { return ClientId::random() };
    // The colon would end a user name in HTTP Basic.
    let allowed = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.' | b'~');
    // One that is a step in a path could not be named in one.
    if matches!(id.as_str(), "" | "." | "..") || id.len() > 128 || !id.bytes().all(allowed) {
        faults.add("client_id", "fault-client-id");
    }
    ClientId(id)
}

pub(super) fn client_name(faults: &mut Faults, name: Option<String>) -> String {
    let Some(name) = name else {
        faults.add("client_name", "fault-client-name-missing");
        return String::new();
    };
    faults.line("client_name", Some(name)).unwrap_or_default()
}

/// How many people may be named whom to ask about a client.
const CONTACTS: usize = 10;

pub(super) fn contacts(faults: &mut Faults, contacts: Vec<String>) -> Vec<String> {
    if contacts.len() > CONTACTS {
        faults.add("contacts", Message::new("fault-too-many").with("most", CONTACTS.to_string()));
    }
    contacts.into_iter().filter_map(|contact| faults.line("contacts", Some(contact))).collect()
}

/// What is kept of the secret: of the new one, or else of the one before, where the client has one at all.
pub(super) fn secret(
    faults: &mut Faults,
    method: ClientAuthMethod,
    secret: Option<&Secret>,
    kept: Option<&Digest>,
) -> Option<Digest> {
    match (method, secret) {
        (ClientAuthMethod::None, Some(_)) => {
            faults.add("client_secret", "fault-public-secret");
        }
        (ClientAuthMethod::PrivateKeyJwt, Some(_)) => faults.add("client_secret", "fault-signer-secret"),
        (ClientAuthMethod::Basic | ClientAuthMethod::Post, None) if kept.is_none() => {
            faults.add("client_secret", "fault-secret-missing");
        }
        (_, Some(secret)) if secret.reveal().len() < 16 => {
            faults.add("client_secret", "fault-secret-short");
        }
        _ => {}
    }
    let kept = kept.filter(|_| method.is_by_secret()).cloned();
    secret.map(Secret::digest).or(kept)
}

pub(super) fn scope(faults: &mut Faults, text: Option<&str>) -> Scopes {
    let Some(text) = text else {
        return USER_SCOPES.into_iter().collect();
    };
    text.parse().unwrap_or_else(|InvalidScope| {
        faults.add("scope", "fault-scope");
        Scopes::default()
    })
}

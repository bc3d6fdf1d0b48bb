//! Client metadata: what a client may say of itself (RFC 7591 section 2, OpenID Connect Dynamic
//! Client Registration section 2), and which of it is accepted.
use crate::domain::{
    Algorithm, AndroidApp, ApplicationType, Assurance, Client, ClientAuthMethod, ClientId, Digest, GrantType,
    ProviderName, RegisteredUri, Scopes, Secret,
};
use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

/// How long access tokens of one client may be good, in seconds: longer, and a stolen one would be worth having.
pub const ACCESS_LIFETIMES: RangeInclusive<i64> = 60..=86_400;
/// How long refresh tokens of one client may be good without use, in seconds.
pub const REFRESH_LIFETIMES: RangeInclusive<i64> = 300..=31_536_000;

/// The scopes whose claims describe a person; no client may have them for itself.
pub const USER_SCOPES: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];
/// Scopes that tell of groups and roles. A client has them if it is registered with them, and not by default: names of
/// groups may say much of a person, and of how an organisation is made.
pub const MEMBERSHIP_SCOPES: [&str; 2] = ["groups", "roles"];

/// Metadata as somebody wrote it: in the settings, on the command line or in a request.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are described by RFC 7591 section 2 and in `Client`")]
pub struct ClientMetadata {
    pub client_id: Option<String>,
    pub client_secret: Option<Secret>,
    pub client_name: Option<String>,
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<String>,
    pub token_endpoint_auth_method: Option<String>,
    pub grant_types: Option<Vec<String>>,
    pub response_types: Option<Vec<String>>,
    pub application_type: Option<String>,
    pub scope: Option<String>,
    pub id_token_signed_response_alg: Option<String>,
    pub access_token_signed_response_alg: Option<String>,
    pub default_max_age: Option<i64>,
    pub required_acr: Option<String>,
    #[serde(default)]
    pub allowed_providers: Vec<String>,
    #[serde(default)]
    pub ios_app_ids: Vec<String>,
    #[serde(default)]
    pub android_apps: Vec<AndroidAppMetadata>,
    pub client_uri: Option<String>,
    pub logo_uri: Option<String>,
    pub policy_uri: Option<String>,
    pub tos_uri: Option<String>,
    pub access_token_lifetime: Option<i64>,
    pub refresh_token_lifetime: Option<i64>,
    pub require_pkce: Option<bool>,
    pub skip_consent: Option<bool>,
}

/// An app for Android, as somebody wrote it.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are those of Android's asset links")]
pub struct AndroidAppMetadata {
    pub package_name: Option<String>,
    #[serde(default)]
    pub sha256_cert_fingerprints: Vec<String>,
}

/// Something wrong with metadata.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct MetadataFault {
    /// The name of the member.
    pub field: &'static str,
    /// What is wrong, and what to write instead.
    pub problem: String,
}

/// Collects faults, so that all are told at once.
#[derive(Default)]
struct Faults(Vec<MetadataFault>);

impl Faults {
    fn add(&mut self, field: &'static str, problem: impl Display) {
        self.0.push(MetadataFault { field, problem: problem.to_string() });
    }

    fn word<T: FromStr + Display + Copy>(
        &mut self,
        field: &'static str,
        text: Option<&str>,
        all: &[T],
        default: T,
    ) -> T {
        match text.map(str::parse) {
            None => default,
            Some(Ok(value)) => value,
            Some(Err(_)) => {
                let known: Vec<String> = all.iter().map(ToString::to_string).collect();
                self.add(field, format!("it must be one of: {}", known.join(", ")));
                default
            }
        }
    }

    /// Reads each of several texts.
    fn each<T: FromStr<Err: Display>>(&mut self, field: &'static str, texts: &[String]) -> Vec<T> {
        let parse = |text: &String| match text.parse() {
            Ok(value) => Some(value),
            Err(why) => {
                self.add(field, format!("{text:?}: {why}"));
                None
            }
        };
        texts.iter().filter_map(parse).collect()
    }

    fn uris(&mut self, field: &'static str, texts: &[String]) -> Vec<RegisteredUri> {
        let parse = |text: &String| match RegisteredUri::parse(text) {
            Ok(uri) => Some(uri),
            Err(why) => {
                self.add(field, format!("{text:?}: {why}"));
                None
            }
        };
        texts.iter().filter_map(parse).collect()
    }

    fn within(&mut self, field: &'static str, number: Option<i64>, range: RangeInclusive<i64>) {
        if number.is_some_and(|number| !range.contains(&number)) {
            self.add(field, format!("it must be a number of seconds from {} to {}", range.start(), range.end()));
        }
    }

    fn link(&mut self, field: &'static str, text: Option<String>) -> Option<String> {
        let text = text?;
        let good = text.len() <= 2048 && url::Url::parse(&text).is_ok_and(|url| url.scheme() == "https");
        if !good {
            self.add(field, "it must be a URL that begins with https://");
        }
        good.then_some(text)
    }
}

/// Makes a client of its metadata, or tells every fault.
pub fn register(metadata: ClientMetadata) -> Result<Client, Vec<MetadataFault>> {
    read(metadata, None)
}

/// Makes a client anew of all its metadata but what only its owner knows: id and secret stay.
pub fn revise(before: &Client, metadata: ClientMetadata) -> Result<Client, Vec<MetadataFault>> {
    let metadata = ClientMetadata { client_id: Some(before.client_id.to_string()), ..metadata };
    let client = read(metadata, before.secret_digest.as_ref())?;
    let previous_secret = if client.is_public() { None } else { before.previous_secret.clone() };
    Ok(Client { previous_secret, logo: before.logo.clone(), ..client })
}

fn read(metadata: ClientMetadata, kept: Option<&Digest>) -> Result<Client, Vec<MetadataFault>> {
    let mut faults = Faults::default();
    let method = faults.word(
        "token_endpoint_auth_method",
        metadata.token_endpoint_auth_method.as_deref(),
        ClientAuthMethod::ALL,
        ClientAuthMethod::default(),
    );
    let grant_types = grant_types(&mut faults, metadata.grant_types.as_deref());
    let redirect_uris = faults.uris("redirect_uris", &metadata.redirect_uris);
    let post_logout_redirect_uris = faults.uris("post_logout_redirect_uris", &metadata.post_logout_redirect_uris);
    let by_code = grant_types.contains(&GrantType::AuthorizationCode);
    if by_code && metadata.redirect_uris.is_empty() {
        faults.add("redirect_uris", "at least one is needed for the grant type authorization_code");
    }
    if metadata.response_types.as_deref().is_some_and(|types| types.iter().any(|kind| kind != "code")) {
        faults.add("response_types", "it must be [\"code\"]");
    }
    let native = method == ClientAuthMethod::None
        && !redirect_uris.is_empty()
        && redirect_uris.iter().all(RegisteredUri::is_native);
    let application_type = faults.word(
        "application_type",
        metadata.application_type.as_deref(),
        ApplicationType::ALL,
        if native { ApplicationType::Native } else { ApplicationType::Web },
    );
    let secret_digest = secret(&mut faults, method, metadata.client_secret.as_ref(), kept);
    if method == ClientAuthMethod::None && grant_types.contains(&GrantType::ClientCredentials) {
        faults.add("grant_types", "a public client (token_endpoint_auth_method none) cannot use client_credentials");
    }
    if method == ClientAuthMethod::None && metadata.require_pkce == Some(false) {
        faults.add("require_pkce", "a public client must use PKCE; leave it out");
    }
    faults.within("default_max_age", metadata.default_max_age, 0..=i64::from(i32::MAX));
    faults.within("access_token_lifetime", metadata.access_token_lifetime, ACCESS_LIFETIMES);
    faults.within("refresh_token_lifetime", metadata.refresh_token_lifetime, REFRESH_LIFETIMES);
    let alg = faults.word(
        "id_token_signed_response_alg",
        metadata.id_token_signed_response_alg.as_deref(),
        Algorithm::ALL,
        Algorithm::default(),
    );
    let access_alg = faults.word(
        "access_token_signed_response_alg",
        metadata.access_token_signed_response_alg.as_deref(),
        Algorithm::ALL,
        alg,
    );
    let required_acr = metadata.required_acr.as_deref();
    let required_acr =
        required_acr.map(|word| faults.word("required_acr", Some(word), Assurance::ALL, Assurance::OneFactor));
    let client = Client {
        client_id: client_id(&mut faults, metadata.client_id),
        client_name: client_name(&mut faults, metadata.client_name),
        secret_digest,
        previous_secret: None,
        redirect_uris,
        post_logout_redirect_uris,
        token_endpoint_auth_method: method,
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
        access_token_lifetime: metadata.access_token_lifetime,
        refresh_token_lifetime: metadata.refresh_token_lifetime,
        require_pkce: metadata.require_pkce.unwrap_or(true),
        skip_consent: metadata.skip_consent.unwrap_or(false),
    };
    if faults.0.is_empty() { Ok(client) } else { Err(faults.0) }
}

fn grant_types(faults: &mut Faults, words: Option<&[String]>) -> Vec<GrantType> {
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
        faults.add("grant_types", "at least one is needed, such as authorization_code");
    }
    types
}

fn allowed_providers(faults: &mut Faults, names: Vec<String>) -> Vec<String> {
    let is_good = |name: &String| name == ProviderName::LOCAL || name.parse::<ProviderName>().is_ok();
    if let Some(bad) = names.iter().find(|name| !is_good(name)) {
        faults.add("allowed_providers", format!("{bad:?} is neither a provider's name nor \"local\""));
    }
    names
}

fn android_app(faults: &mut Faults, app: AndroidAppMetadata) -> Option<AndroidApp> {
    let packages = faults.each("android_apps", &[app.package_name.unwrap_or_default()]);
    let sha256_cert_fingerprints = faults.each("android_apps", &app.sha256_cert_fingerprints);
    if app.sha256_cert_fingerprints.is_empty() {
        faults.add("android_apps", "sha256_cert_fingerprints is missing: the certificates that the app is signed with");
    }
    packages.into_iter().next().map(|package_name| AndroidApp { package_name, sha256_cert_fingerprints })
}

fn client_id(faults: &mut Faults, id: Option<String>) -> ClientId {
    let Some(id) = id else { return ClientId::random() };
    // The colon would end a user name in HTTP Basic.
    let allowed = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.' | b'~');
    // One that is a step in a path could not be named in one.
    if matches!(id.as_str(), "" | "." | "..") || id.len() > 128 || !id.bytes().all(allowed) {
        faults.add("client_id", "it must be 1 to 128 letters, digits or -._~");
    }
    ClientId(id)
}

fn client_name(faults: &mut Faults, name: Option<String>) -> String {
    let Some(name) = name else {
        faults.add("client_name", "it is missing; people read it on the pages");
        return String::new();
    };
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        faults.add("client_name", "it must be 1 to 100 characters that people can read");
    }
    name
}

/// What is kept of the secret: of the new one, or else of the one before, where the client has one at all.
fn secret(
    faults: &mut Faults,
    method: ClientAuthMethod,
    secret: Option<&Secret>,
    kept: Option<&Digest>,
) -> Option<Digest> {
    match (method, secret) {
        (ClientAuthMethod::None, Some(_)) => {
            faults.add("client_secret", "a public client (token_endpoint_auth_method none) has none; leave it out");
        }
        (ClientAuthMethod::Basic | ClientAuthMethod::Post, None) if kept.is_none() => {
            faults.add("client_secret", "it is missing; a public client says token_endpoint_auth_method = \"none\"");
        }
        (_, Some(secret)) if secret.reveal().len() < 16 => {
            faults.add(
                "client_secret",
                "it must be random and at least 16 characters; `openssl rand -base64 32` makes one",
            );
        }
        _ => {}
    }
    let kept = kept.filter(|_| method != ClientAuthMethod::None).cloned();
    secret.map(Secret::digest).or(kept)
}

fn scope(faults: &mut Faults, text: Option<&str>) -> Scopes {
    let Some(text) = text else {
        return USER_SCOPES.into_iter().collect();
    };
    text.parse().unwrap_or_else(|why| {
        faults.add("scope", why);
        Scopes::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn web() -> ClientMetadata {
        ClientMetadata {
            client_name: Some("App".into()),
            client_secret: Some("0123456789abcdef".into()),
            redirect_uris: vec!["https://app.test/cb".into()],
            ..ClientMetadata::default()
        }
    }

    fn fields(metadata: ClientMetadata) -> Vec<&'static str> {
        register(metadata).err().unwrap_or_default().iter().map(|fault| fault.field).collect()
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

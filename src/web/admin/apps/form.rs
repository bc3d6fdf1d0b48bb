//! The form of an app: what is typed, which is metadata by the names of RFC 7591, and what is wrong with it.
use crate::{
    admin::Fault,
    domain::{Client, GrantType, LanguageTag, Readable},
    i18n::Message,
    protocol::{
        params::Params,
        registration::{AndroidAppMetadata, ClientMetadata, is_tagged},
    },
};
use std::collections::BTreeMap;

/// What is typed.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// The fields that there are.
    pub values: BTreeMap<String, String>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

/// Fields that hold several texts, which are set apart by white space.
const LISTS: [&str; 3] = ["redirect_uris", "post_logout_redirect_uris", "ios_app_ids"];
const NUMBERS: [&str; 3] = ["default_max_age", "access_token_lifetime", "refresh_token_lifetime"];
/// How the boxes of grant types and providers are called.
pub const GRANT: &str = "grant.";
pub const PROVIDER: &str = "provider.";
const TICKED: &str = "yes";
/// The field of what is said in languages that have no fields of their own.
pub const LOCALIZED: &str = "localized";

impl From<ClientMetadata> for Form {
    fn from(metadata: ClientMetadata) -> Self {
        let mut form = Self::default();
        let number = |number: Option<i64>| number.map(|number| number.to_string());
        let texts = [
            ("client_id", metadata.client_id),
            ("client_name", metadata.client_name),
            ("token_endpoint_auth_method", metadata.token_endpoint_auth_method),
            ("token_endpoint_auth_signing_alg", metadata.token_endpoint_auth_signing_alg),
            ("jwks", metadata.jwks.map(|set| format!("{set:#}"))),
            ("jwks_uri", metadata.jwks_uri),
            ("application_type", metadata.application_type),
            ("scope", metadata.scope),
            ("id_token_signed_response_alg", metadata.id_token_signed_response_alg),
            ("access_token_signed_response_alg", metadata.access_token_signed_response_alg),
            ("default_max_age", number(metadata.default_max_age)),
            ("required_acr", metadata.required_acr),
            ("client_uri", metadata.client_uri),
            ("logo_uri", metadata.logo_uri),
            ("policy_uri", metadata.policy_uri),
            ("tos_uri", metadata.tos_uri),
            ("contacts", Some(metadata.contacts.join("\n"))),
            ("software_id", metadata.software_id),
            ("software_version", metadata.software_version),
            ("access_token_lifetime", number(metadata.access_token_lifetime)),
            ("refresh_token_lifetime", number(metadata.refresh_token_lifetime)),
            ("redirect_uris", Some(metadata.redirect_uris.join("\n"))),
            ("post_logout_redirect_uris", Some(metadata.post_logout_redirect_uris.join("\n"))),
            ("ios_app_ids", Some(metadata.ios_app_ids.join("\n"))),
            ("android_apps", Some(android_text(&metadata.android_apps))),
            ("require_pkce", metadata.require_pkce.unwrap_or(true).then(|| TICKED.to_owned())),
            ("skip_consent", metadata.skip_consent.unwrap_or(false).then(|| TICKED.to_owned())),
        ];
        for (name, text) in texts {
            form.set(name, text.unwrap_or_default());
        }
        for (name, text) in metadata.localized {
            form.set(&name, text);
        }
        for word in metadata.grant_types.unwrap_or_default() {
            form.set(&format!("{GRANT}{word}"), TICKED.into());
        }
        for name in metadata.allowed_providers {
            form.set(&format!("{PROVIDER}{name}"), TICKED.into());
        }
        form
    }
}

/// The metadata that a client was made of, but for its secret.
pub fn metadata_of(client: &Client) -> ClientMetadata {
    let words = |grant_types: &[GrantType]| grant_types.iter().map(ToString::to_string).collect();
    ClientMetadata {
        client_id: Some(client.client_id.to_string()),
        client_secret: None,
        client_name: Some(client.client_name.clone()),
        redirect_uris: client.redirect_uris.iter().map(|uri| uri.as_str().to_owned()).collect(),
        post_logout_redirect_uris: client.post_logout_redirect_uris.iter().map(|uri| uri.as_str().to_owned()).collect(),
        token_endpoint_auth_method: Some(client.token_endpoint_auth_method.to_string()),
        token_endpoint_auth_signing_alg: client.token_endpoint_auth_signing_alg.map(|alg| alg.to_string()),
        jwks: client.jwks.as_ref().and_then(|set| serde_json::to_value(set).ok()),
        jwks_uri: client.jwks_uri.clone(),
        grant_types: Some(words(&client.grant_types)),
        response_types: None,
        application_type: Some(client.application_type.to_string()),
        scope: Some(client.scope.to_string()),
        id_token_signed_response_alg: Some(client.id_token_signed_response_alg.to_string()),
        access_token_signed_response_alg: Some(client.access_token_signed_response_alg.to_string()),
        default_max_age: client.default_max_age,
        required_acr: client.required_acr.map(|acr| acr.to_string()),
        allowed_providers: client.allowed_providers.clone(),
        ios_app_ids: client.ios_app_ids.iter().map(ToString::to_string).collect(),
        android_apps: client
            .android_apps
            .iter()
            .map(|app| AndroidAppMetadata {
                package_name: Some(app.package_name.to_string()),
                sha256_cert_fingerprints: app.sha256_cert_fingerprints.iter().map(ToString::to_string).collect(),
            })
            .collect(),
        client_uri: client.client_uri.clone(),
        logo_uri: client.logo_uri.clone(),
        policy_uri: client.policy_uri.clone(),
        tos_uri: client.tos_uri.clone(),
        localized: client.localized.members().map(|(name, text)| (name, text.to_owned())).collect(),
        contacts: client.contacts.clone(),
        software_id: client.software_id.clone(),
        software_version: client.software_version.clone(),
        access_token_lifetime: client.access_token_lifetime,
        refresh_token_lifetime: client.refresh_token_lifetime,
        require_pkce: Some(client.require_pkce),
        skip_consent: Some(client.skip_consent),
    }
}

/// A package and the certificates it is signed with, one app after another.
fn android_text(apps: &[AndroidAppMetadata]) -> String {
    let line = |app: &AndroidAppMetadata| {
        let package = app.package_name.iter();
        package.chain(&app.sha256_cert_fingerprints).cloned().collect::<Vec<_>>().join(" ")
    };
    apps.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The same, read: a certificate's fingerprint has colons, a package has none.
fn android_apps(text: &str) -> Vec<AndroidAppMetadata> {
    let mut apps: Vec<AndroidAppMetadata> = vec![];
    for word in text.split_whitespace() {
        match apps.last_mut() {
            Some(app) if word.contains(':') => app.sha256_cert_fingerprints.push(word.to_owned()),
            _ => {
                apps.push(AndroidAppMetadata { package_name: Some(word.to_owned()), sha256_cert_fingerprints: vec![] });
            }
        }
    }
    apps
}

/// The name of a member in a language, as it is stored.
fn canonical(name: &str) -> Option<String> {
    let (member, tag) = Readable::split(name)?;
    let language: LanguageTag = tag.parse().ok()?;
    Some(member.tagged(language.as_str()))
}

impl Form {
    /// What was sent.
    pub fn read(params: &Params) -> Self {
        let mut form = Self::default();
        for (name, value) in params.iter().filter(|(_, value)| !value.trim().is_empty()) {
            let is_list = LISTS.contains(&name);
            let lines = || value.split_whitespace().collect::<Vec<_>>().join("\n");
            form.set(name, if is_list { lines() } else { value.trim().to_owned() });
        }
        let android = android_text(&android_apps(form.get("android_apps")));
        form.set("android_apps", android);
        form.take_lines();
        form
    }

    /// Puts what stands in the field of other languages, one a line, beside what has fields of its own. What is no such
    /// line stays there, and is a fault.
    fn take_lines(&mut self) {
        let (typed, mut rest) = (self.get(LOCALIZED).to_owned(), vec![]);
        for line in typed.lines().filter(|line| !line.trim().is_empty()) {
            let parts = line.split_once('=').map(|(name, text)| (name.trim(), text.trim()));
            match parts.and_then(|(name, text)| Some((canonical(name)?, text))) {
                Some((name, text)) if self.get(&name).is_empty() && !text.is_empty() => {
                    self.set(&name, text.to_owned());
                }
                _ => rest.push(line.trim()),
            }
        }
        self.set(LOCALIZED, rest.join("\n"));
    }

    /// What is in the fields and lines of languages.
    pub fn localized(&self) -> Vec<(String, String)> {
        let typed = self.values.iter().filter(|(name, text)| is_tagged(name) && !text.is_empty());
        typed.map(|(name, text)| (name.clone(), text.clone())).collect()
    }

    /// The metadata, or what cannot be read.
    pub fn metadata(&self) -> Result<ClientMetadata, Vec<Fault>> {
        let text = |name: &str| Some(self.get(name).to_owned()).filter(|text| !text.is_empty());
        let list = |name: &str| self.get(name).split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
        let ticked = |prefix: &str| -> Vec<String> {
            let names = self.values.iter().filter(|(_, value)| !value.is_empty()).map(|(name, _)| name);
            names.filter_map(|name| name.strip_prefix(prefix)).map(ToOwned::to_owned).collect()
        };
        let mut faults = vec![];
        let mut number = |name: &str| {
            let typed = text(name)?;
            let read = typed.parse().ok();
            if read.is_none() {
                faults.push(Fault::new(name, "app-error-number"));
            }
            read
        };
        let [default_max_age, access_token_lifetime, refresh_token_lifetime] = NUMBERS.map(&mut number);
        let jwks = text("jwks").and_then(|typed| match serde_json::from_str(&typed) {
            Ok(set) => Some(set),
            Err(why) => {
                faults.push(Fault::new("jwks", Message::new("app-error-jwks").with("line", why.line())));
                None
            }
        });
        if let Some(line) = self.get(LOCALIZED).lines().next() {
            faults.push(Fault::new(LOCALIZED, Message::new("app-error-localized").with("line", line.to_owned())));
        }
        let metadata = ClientMetadata {
            client_id: text("client_id"),
            client_secret: None,
            client_name: Some(self.get("client_name").to_owned()),
            redirect_uris: list("redirect_uris"),
            post_logout_redirect_uris: list("post_logout_redirect_uris"),
            token_endpoint_auth_method: text("token_endpoint_auth_method"),
            token_endpoint_auth_signing_alg: text("token_endpoint_auth_signing_alg"),
            jwks,
            jwks_uri: text("jwks_uri"),
            grant_types: Some(ticked(GRANT)),
            response_types: None,
            application_type: text("application_type"),
            scope: Some(self.get("scope").to_owned()),
            id_token_signed_response_alg: text("id_token_signed_response_alg"),
            access_token_signed_response_alg: text("access_token_signed_response_alg"),
            default_max_age,
            required_acr: text("required_acr"),
            allowed_providers: ticked(PROVIDER),
            ios_app_ids: list("ios_app_ids"),
            android_apps: android_apps(self.get("android_apps")),
            client_uri: text("client_uri"),
            logo_uri: text("logo_uri"),
            policy_uri: text("policy_uri"),
            tos_uri: text("tos_uri"),
            localized: self.localized(),
            contacts: list("contacts"),
            software_id: text("software_id"),
            software_version: text("software_version"),
            access_token_lifetime,
            refresh_token_lifetime,
            require_pkce: Some(text("require_pkce").is_some()),
            skip_consent: Some(text("skip_consent").is_some()),
        };
        if faults.is_empty() { Ok(metadata) } else { Err(faults) }
    }

    /// The same with what is wrong with it.
    pub fn with(self, faults: Vec<Fault>) -> Self {
        Self { faults, ..self }
    }

    /// What is in a field.
    pub fn get(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    fn set(&mut self, name: &str, value: String) {
        self.values.insert(name.to_owned(), value);
    }
}

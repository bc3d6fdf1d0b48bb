//! Where else people sign in: `[providers.NAME]`, in the file and, by `genkan provider set`, in the database.
use super::{Fault, reader::Section, report::Report};
use crate::{
    domain::{ClientId, InvalidDeviceApp, LinkPolicy, OnUnknown, PackageName, ProviderKind, ProviderName},
    i18n::Message,
    protocol::faults::of,
    upstream::{Endpoints, Provider, Settings},
};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// The providers that the settings name, each of which can be made.
pub type Providers = BTreeMap<ProviderName, Settings>;

pub(super) fn read(root: &mut Section) -> Providers {
    root.named_sections("providers", one).into_iter().flatten().collect()
}

/// One provider, as the database has it: the text of its section.
pub fn parse(name: &str, text: &str) -> Result<(ProviderName, Settings), Vec<Fault>> {
    let mut report = Report::new(vec![], BTreeMap::new());
    let table: Table = text.parse().map_err(|why: toml::de::Error| {
        let problem = Message::new("fault-not-toml").with("why", why.message().to_owned());
        vec![Fault { key: name.into(), problem }]
    })?;
    let whole = Table::from_iter([(
        "providers".to_owned(),
        Value::Table(Table::from_iter([(name.to_owned(), Value::Table(table))])),
    )]);
    let read = Section::root(whole, &mut report, read);
    let (_, faults) = report.close();
    match read.into_iter().next() {
        Some(provider) if faults.is_empty() => Ok(provider),
        _ => Err(faults),
    }
}

fn one(name: &str, section: &mut Section) -> Option<(ProviderName, Settings)> {
    let settings = settings(section);
    let Ok(name) = name.parse::<ProviderName>() else {
        section.fault("kind", "fault-provider-name");
        return None;
    };
    match Provider::new(name.clone(), settings.clone()) {
        Ok(_) => return Some((name, settings)),
        Err(faults) => {
            for fault in faults {
                // What could not be read has its fault already, and is missing only for that.
                if section.is_sound(fault.field) && section.is_sound(&format!("{}_file", fault.field)) {
                    section.fault(fault.field, fault.problem);
                }
            }
        }
    }
    None
}

fn packages(section: &mut Section) -> Vec<PackageName> {
    let names = section.list("android_packages").unwrap_or_default();
    let parsed = names.iter().map(|name| name.parse().map_err(|why: InvalidDeviceApp| of(name, why)));
    match parsed.collect() {
        Ok(packages) => packages,
        Err(problem) => {
            section.fault("android_packages", problem);
            vec![]
        }
    }
}

fn settings(section: &mut Section) -> Settings {
    let kinds: Vec<_> = ProviderKind::ALL.iter().map(|kind| (kind.as_str(), Some(*kind))).collect();
    let unknown: Vec<_> = OnUnknown::ALL.iter().map(|word| (word.as_str(), Some(*word))).collect();
    let link: Vec<_> = LinkPolicy::ALL.iter().map(|word| (word.as_str(), Some(*word))).collect();
    let nonce = [("required", false), ("optional", true)];
    let mut endpoints = BTreeMap::new();
    for name in Endpoints::NAMES.iter().copied() {
        if let Some(url) = section.text(name) {
            endpoints.insert(name, url);
        }
    }
    let spaced = |list: Vec<String>| -> Vec<String> {
        list.iter().flat_map(|item| item.split_whitespace()).map(Into::into).collect()
    };
    Settings {
        kind: section.word("kind", None, &kinds),
        enabled: section.truth("enabled").unwrap_or(true),
        label: section.text("label").filter(|label| !label.trim().is_empty()),
        order: section.number("order", 0, -1_000_000..=1_000_000),
        client_id: section.text("client_id"),
        client_secret: section.secret("client_secret"),
        scopes: section.list("scopes").map(spaced),
        endpoints,
        token_endpoint_auth_method: section.text("token_endpoint_auth_method"),
        id_token_signed_response_alg: section.text("id_token_signed_response_alg"),
        pkce: section.truth("pkce"),
        authorization_params: section.section("authorization_params", read_texts),
        claims: section.section("claims", read_texts),
        acr_values: section.section("acr_values", read_texts),
        on_unknown: section.word("on_unknown", None, &unknown),
        link: section.word("link", None, &link),
        trust_email: section.truth("trust_email"),
        update_profile: section.truth("update_profile").unwrap_or(false),
        audiences: section.list("audiences").unwrap_or_default(),
        authorized_parties: section.list("authorized_parties").unwrap_or_default(),
        native_nonce_optional: section.word("native_nonce", false, &nonce),
        android_packages: packages(section),
        team_id: section.text("team_id"),
        key_id: section.text("key_id"),
        private_key: section.secret("private_key"),
        tenant: section.text("tenant"),
        allowed_tenants: section.list("allowed_tenants").unwrap_or_default(),
        hosted_domains: section.list("hosted_domains").unwrap_or_default(),
        base_url: section.text("base_url"),
        bot_prompt: section.text("bot_prompt"),
        api_version: section.text("api_version"),
        store_tokens: section.truth("store_tokens").unwrap_or(false),
        token_clients: section
            .list("token_clients")
            .unwrap_or_default()
            .iter()
            .map(|id| ClientId::from(id.as_str()))
            .collect(),
    }
}

/// What a provider's section says, without its secrets: only what differs from saying nothing.
#[must_use]
pub fn describe(settings: &Settings) -> Table {
    let mut table = Table::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            table.insert(name.to_owned(), value);
        }
    };
    let text = |value: &Option<String>| value.clone().map(Value::String);
    let list = |items: Vec<String>| Value::Array(items.into_iter().map(Value::String).collect());
    let some_list = |items: &[String]| (!items.is_empty()).then(|| list(items.to_vec()));
    let texts = |map: &BTreeMap<String, String>| {
        let pairs = map.iter().map(|(name, text)| (name.clone(), Value::String(text.clone())));
        (!map.is_empty()).then(|| Value::Table(pairs.collect()))
    };
    let truth = |value: bool| value.then_some(Value::Boolean(true));
    put("kind", settings.kind.map(|kind| Value::String(kind.to_string())));
    put("enabled", (!settings.enabled).then_some(Value::Boolean(false)));
    put("label", text(&settings.label));
    put("order", (settings.order != 0).then_some(Value::Integer(settings.order)));
    put("client_id", text(&settings.client_id));
    put("scopes", settings.scopes.clone().map(list));
    for (name, url) in &settings.endpoints {
        put(name, Some(Value::String(url.clone())));
    }
    put("token_endpoint_auth_method", text(&settings.token_endpoint_auth_method));
    put("id_token_signed_response_alg", text(&settings.id_token_signed_response_alg));
    put("pkce", settings.pkce.map(Value::Boolean));
    put("authorization_params", texts(&settings.authorization_params));
    put("claims", texts(&settings.claims));
    put("acr_values", texts(&settings.acr_values));
    put("on_unknown", settings.on_unknown.map(|word| Value::String(word.to_string())));
    put("link", settings.link.map(|word| Value::String(word.to_string())));
    put("trust_email", settings.trust_email.map(Value::Boolean));
    put("update_profile", truth(settings.update_profile));
    put("audiences", some_list(&settings.audiences));
    put("authorized_parties", some_list(&settings.authorized_parties));
    put("native_nonce", settings.native_nonce_optional.then(|| Value::String("optional".into())));
    let packages: Vec<_> = settings.android_packages.iter().cloned().map(String::from).collect();
    put("android_packages", some_list(&packages));
    put("team_id", text(&settings.team_id));
    put("key_id", text(&settings.key_id));
    put("tenant", text(&settings.tenant));
    put("allowed_tenants", some_list(&settings.allowed_tenants));
    put("hosted_domains", some_list(&settings.hosted_domains));
    put("base_url", text(&settings.base_url));
    put("bot_prompt", text(&settings.bot_prompt));
    put("api_version", text(&settings.api_version));
    put("store_tokens", truth(settings.store_tokens));
    let clients: Vec<_> = settings.token_clients.iter().map(ToString::to_string).collect();
    put("token_clients", some_list(&clients));
    table
}

fn read_texts(section: &mut Section) -> BTreeMap<String, String> {
    section.texts()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every setting, each other than by default: whoever reads it and writes it again loses nothing.
    #[test]
    fn what_is_described_reads_as_the_same() {
        let text = r#"
            kind = "oidc"
            enabled = false
            label = "Work"
            order = 3
            client_id = "id"
            client_secret = "hush"
            scopes = ["openid", "email"]
            issuer = "https://op.test"
            token_endpoint_auth_method = "client_secret_basic"
            id_token_signed_response_alg = "ES256"
            pkce = false
            on_unknown = "ask"
            link = "auto"
            trust_email = true
            update_profile = true
            audiences = ["ios"]
            authorized_parties = ["ios"]
            native_nonce = "optional"
            android_packages = ["test.app"]
            team_id = "T"
            key_id = "K"
            tenant = "common"
            allowed_tenants = ["t"]
            hosted_domains = ["d.test"]
            base_url = "https://git.test"
            bot_prompt = "normal"
            api_version = "v1"
            store_tokens = true
            token_clients = ["web"]
            [authorization_params]
            display = "page"
            [claims]
            name = "/display"
            [acr_values]
            mfa = "https://refeds.org/profile/mfa"
        "#;
        let (_, settings) = parse("work", text).unwrap();
        let table = describe(&settings);
        let written: Table = text.parse().unwrap();
        for name in written.keys().filter(|name| *name != "client_secret") {
            assert_eq!(table.get(name), written.get(name), "{name}");
        }
        let mut again = table;
        assert!(!again.contains_key("client_secret"));
        again.insert("client_secret".into(), "hush".into());
        assert_eq!(parse("work", &again.to_string()).unwrap().1, settings);
    }
}

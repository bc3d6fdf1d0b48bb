//! `config.example.toml` says what the code does.
use super::load;
use crate::config::{Config, live::Written, source::Source};
use std::collections::BTreeSet;

const EXAMPLE: &str = include_str!("../../../config.example.toml");

/// Settings that have no default, or take the place of another.
const NO_DEFAULT: [&str; 20] = [
    "tls_cert",
    "tls_key",
    "url_file",
    "master_key",
    "places_file",
    "breached_file",
    "terms_uri",
    "policy_uri",
    "logo_uri",
    "accent",
    "words",
    "smtp_url",
    "smtp_url_file",
    "from",
    "footer",
    "extra_ca",
    "metrics.listen",
    "metrics.token",
    "metrics.token_file",
    "otlp_endpoint",
];

/// The key of a line that is a setting, commented out.
fn setting(line: &str) -> Option<&str> {
    let (key, _) = line.strip_prefix("# ")?.split_once(" = ")?;
    // One in a language is in quotes.
    let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key);
    key.bytes().all(|c| c.is_ascii_lowercase() || matches!(c, b'_' | b'#')).then_some(key)
}

/// The example with those settings set that `choose` wants, and the providers and clients too, perhaps.
fn uncommented(lists: bool, choose: impl Fn(&str) -> bool) -> String {
    let (settings, more) = EXAMPLE.split_once("# [providers.staff]").unwrap();
    let more = format!("# [providers.staff]{more}");
    let lines = settings.lines().chain(more.lines().filter(|_| lists));
    let begins = |line: &str| line == "# [[clients]]" || line.starts_with("# [providers.");
    // Of this section all are told from those of the same name in others.
    let mut section = String::new();
    let mut plain = |line: &str| {
        if line.starts_with('[') {
            line.clone_into(&mut section);
        }
        let chosen = |key: &str| if section == "[metrics]" { choose(&format!("metrics.{key}")) } else { choose(key) };
        begins(line) || setting(line).is_some_and(chosen)
    };
    lines.map(|line| if plain(line) { &line[2..] } else { line }).fold(String::new(), |text, line| text + line + "\n")
}

#[test]
fn as_it_is_it_equals_the_defaults() {
    assert_eq!(load(EXAMPLE, &[]), load("", &[]));
    assert!(load(EXAMPLE, &[]).is_ok_and(|config| config.warnings.is_empty()));
}

/// What the settings are, wherever it is written.
fn values(text: &str) -> Config {
    Config { written: Written::default(), ..load(text, &[]).unwrap() }
}

#[test]
fn it_shows_the_defaults() {
    let text = uncommented(false, |key| !NO_DEFAULT.contains(&key));
    assert!(text.contains("\nlisten = "));
    assert_eq!(values(&text), values(""));
}

#[test]
fn every_line_in_it_is_a_setting() {
    let faults = load(&uncommented(true, |_| true), &[]).unwrap_err();
    let keys: Vec<&str> = faults.iter().map(|fault| fault.key.as_str()).collect();
    // Files that are not here, and what is given twice.
    assert_eq!(
        keys,
        [
            "server.tls_cert",
            "server.tls_key",
            "server.tls_cert",
            "database.url",
            "secrets.master_key",
            "sessions.places_file",
            "passwords.breached_file",
            "instance.words",
            "mail.smtp_url",
            "metrics.token",
            "fetch.extra_ca",
            "providers.staff.client_secret",
            "providers.staff.private_key",
            "clients[3].client_secret_file",
            "clients[4].jwks_uri"
        ]
    );
}

#[test]
fn its_providers_are_valid_and_show_the_defaults() {
    let of_other_kinds = [
        "client_secret_file",
        "emails_endpoint",
        "verify_endpoint",
        "profile_endpoint",
        "friendship_endpoint",
        "long_lived_endpoint",
        "refresh_endpoint",
        "limited_jwks_uri",
        "team_id",
        "key_id",
        "private_key",
        "private_key_file",
        "allowed_tenants",
        "hosted_domains",
        "tenant",
        "base_url",
        "bot_prompt",
        "api_version",
        "authorization_params",
        "claims",
        "acr_values",
        "audiences",
        "extra_ca",
    ];
    let section = |text: &str| {
        format!(
            "[providers.staff]{}",
            text.split("[providers.staff]").nth(1).unwrap().split("[[clients]]").next().unwrap()
        )
    };
    let whole = section(&uncommented(true, |key| !of_other_kinds.contains(&key)));
    let providers = load(&whole, &[]).unwrap().providers;
    assert_eq!(providers.keys().map(ToString::to_string).collect::<Vec<_>>(), ["google", "staff"]);
    let needed = ["kind", "client_id", "client_secret", "issuer", "label"];
    let bare = load(
        &section(&uncommented(true, |key| {
            needed.contains(&key) || key.ends_with("_endpoint") && !of_other_kinds.contains(&key) || key == "jwks_uri"
        })),
        &[],
    );
    let name = "staff".parse().unwrap();
    let made = |settings: &crate::upstream::Settings| {
        let provider = crate::upstream::Provider::new("staff".parse().unwrap(), settings.clone()).unwrap();
        format!("{:?} {:?} {:?} {:?}", provider.preset, provider.link(), provider.on_unknown(), provider.trusts_email())
    };
    assert_eq!(made(&bare.unwrap().providers[&name]), made(&providers[&name]));
}

#[test]
fn its_apps_are_valid_and_show_the_defaults() {
    let text = uncommented(true, |key| key != "jwks" && (!NO_DEFAULT.contains(&key) || key.ends_with("_uri")));
    let (_, apps) = text.split_once("[[clients]]").unwrap();
    let text = format!("[[clients]]{apps}").replace("client_secret_file", "client_secret");
    let clients = load(&text.replace("/run/secrets/nightly", "0123456789abcdef"), &[]).unwrap().clients;
    assert_eq!(clients.len(), 5);
    let few = ["client_id", "client_name", "client_secret", "redirect_uris"];
    let less = uncommented(true, |key| {
        few.contains(&key)
            || key.ends_with("_uri")
            || key.contains('#')
            || [
                "default_max_age",
                "required_acr",
                "allowed_providers",
                "access_token_lifetime",
                "refresh_token_lifetime",
                "contacts",
                "software_id",
                "software_version",
            ]
            .contains(&key)
    });
    let less = less.split("[[clients]]").nth(1).unwrap().to_owned()
        + "post_logout_redirect_uris = [\"https://shop.example.com/\"]";
    let bare = load(&format!("[[clients]]\n{less}"), &[]).unwrap().clients;
    assert_eq!(bare[0], clients[0]);
}

#[test]
fn every_setting_there_is_occurs_in_it() {
    let text = uncommented(true, |_| true);
    let source = Source { table: text.parse().unwrap(), ..Source::default() };
    let (_, report) = Config::read(source);
    let mut shown = BTreeSet::new();
    let mut section = String::new();
    for line in text.lines() {
        if let Some(list) = line.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
            section = format!("{list}[].");
            shown.insert(list.to_owned());
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            if let Some((list, _)) = name.split_once('.') {
                section = format!("{list}.NAME.");
                shown.extend([list.to_owned(), format!("{list}.NAME")]);
                continue;
            }
            section = format!("{name}.");
            shown.insert(name.to_owned());
        } else if let Some((key, value)) = line.split_once(" = ") {
            shown.insert(format!("{section}{key}"));
            // What each of a list has, written in the line.
            let inner = value.split(['{', ',']).filter_map(|part| part.trim().split_once(" = "));
            shown.extend(inner.map(|(name, _)| format!("{section}{key}[].{name}")));
        }
    }
    assert_eq!(report.known().difference(&shown).collect::<Vec<_>>(), Vec::<&String>::new());
}

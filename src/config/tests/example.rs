//! `config.example.toml` says what the code does.
use super::load;
use crate::config::{Config, source::Source};
use std::collections::BTreeSet;

const EXAMPLE: &str = include_str!("../../../config.example.toml");

/// Settings that have no default, or take the place of another.
const NO_DEFAULT: [&str; 15] = [
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
];

/// The key of a line that is a setting, commented out.
fn setting(line: &str) -> Option<&str> {
    let (key, _) = line.strip_prefix("# ")?.split_once(" = ")?;
    key.bytes().all(|c| c.is_ascii_lowercase() || c == b'_').then_some(key)
}

/// The example with those settings set that `choose` wants, and the clients too, perhaps.
fn uncommented(clients: bool, choose: impl Fn(&str) -> bool) -> String {
    let (settings, apps) = EXAMPLE.split_once("# [[clients]]").unwrap();
    let apps = format!("# [[clients]]{apps}");
    let lines = settings.lines().chain(apps.lines().filter(|_| clients));
    let plain = |line: &str| line == "# [[clients]]" || setting(line).is_some_and(&choose);
    lines.map(|line| if plain(line) { &line[2..] } else { line }).fold(String::new(), |text, line| text + line + "\n")
}

#[test]
fn as_it_is_it_equals_the_defaults() {
    assert_eq!(load(EXAMPLE, &[]), load("", &[]));
    assert!(load(EXAMPLE, &[]).is_ok_and(|config| config.warnings.is_empty()));
}

#[test]
fn it_shows_the_defaults() {
    let text = uncommented(false, |key| !NO_DEFAULT.contains(&key));
    assert!(text.contains("\nlisten = "));
    assert_eq!(load(&text, &[]), load("", &[]));
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
            "clients[3].client_secret_file"
        ]
    );
}

#[test]
fn its_apps_are_valid_and_show_the_defaults() {
    let text = uncommented(true, |key| !NO_DEFAULT.contains(&key) || key.ends_with("_uri"));
    let text = text.replace("client_secret_file", "client_secret");
    let clients = load(&text.replace("/run/secrets/nightly", "0123456789abcdef"), &[]).unwrap().clients;
    assert_eq!(clients.len(), 4);
    let few = ["client_id", "client_name", "client_secret", "redirect_uris"];
    let less = uncommented(true, |key| {
        few.contains(&key) || key.ends_with("_uri") || ["default_max_age", "required_acr"].contains(&key)
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
            section = format!("{name}.");
            shown.insert(name.to_owned());
        } else if let Some((key, _)) = line.split_once(" = ") {
            shown.insert(format!("{section}{key}"));
        }
    }
    assert_eq!(report.known().difference(&shown).collect::<Vec<_>>(), Vec::<&String>::new());
}

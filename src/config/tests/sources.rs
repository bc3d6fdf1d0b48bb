//! File, environment, secrets in files, warnings.
use super::{load, said, variables};
use crate::{
    config::{Config, Keys, LogFormat, MasterKeySource, SignUp, Tokens},
    domain::ClientId,
};
use std::{fs, net::SocketAddr, path::Path};
use tempfile::TempDir;
use tracing::Level;

#[test]
fn without_file_and_environment_the_defaults_run_as_they_are() {
    let config = Config::load(None, variables(&[("HOME", "/home/hana"), ("XGENKAN_ISSUER", "x")])).unwrap();
    assert_eq!(config.issuer.as_str(), "http://localhost:8080");
    assert_eq!(config.server.listen, SocketAddr::from(([127, 0, 0, 1], 8080)));
    assert_eq!((config.server.tls, config.server.trusted_proxies), (None, vec![]));
    assert_eq!((config.database.url.reveal(), config.database.max_connections), ("sqlite:data/genkan.db", 16));
    assert_eq!(config.master_key, MasterKeySource::File("data/master.key".into()));
    assert_eq!((config.live.sessions.idle, config.live.sessions.absolute), (604_800, 2_592_000));
    let tokens = Tokens {
        authorization_code: 60,
        access_token: 900,
        id_token: 3600,
        refresh_token: 2_592_000,
        refresh_token_absolute: 31_536_000,
        refresh_retry: 10,
    };
    assert_eq!(config.live.tokens, tokens);
    assert_eq!(config.keys, Keys { rotate_after: 7_776_000 });
    let passwords = config.passwords;
    assert_eq!((passwords.memory_kib, passwords.iterations, passwords.parallelism), (19_456, 2, 1));
    assert_eq!((passwords.workers, passwords.queue), (0, 64));
    assert_eq!(config.live.registration.sign_up, SignUp::Open);
    let limits = config.limits;
    assert!(limits.enabled);
    assert_eq!((limits.attempts_per_account, limits.attempts_per_address, limits.window), (10, 20, 600));
    assert_eq!(config.live.instance.name, "Genkan");
    assert_eq!((config.log.format, config.log.level), (LogFormat::Text, Level::INFO));
    assert!(config.clients.is_empty() && config.warnings.is_empty());
}

#[test]
fn the_environment_wins_over_the_file_and_is_read_by_the_same_rules() {
    let file = "issuer = 'https://file.test'\n[server]\nlisten = '127.0.0.1:1'\n[log]\nformat = 'json'";
    let config = load(
        file,
        &[
            ("GENKAN_ISSUER", "https://id.test"),
            ("GENKAN_SERVER__LISTEN", "localhost:2"),
            ("GENKAN_SERVER__TRUSTED_PROXIES", "10.1.2.3/8, ::1,"),
            ("GENKAN_KEYS__ROTATE_AFTER", "0"),
            ("GENKAN_LIMITS__ENABLED", "false"),
            ("GENKAN_PASSWORDS__WORKERS", "3"),
        ],
    )
    .unwrap();
    assert_eq!(config.issuer.as_str(), "https://id.test");
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:2");
    let proxies: Vec<String> = config.server.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["10.0.0.0/8", "::1/128"]);
    assert_eq!(config.keys.rotate_after, 0);
    assert_eq!(config.passwords.workers, 3);
    assert!(!config.limits.enabled);
    assert_eq!(config.log.format, LogFormat::Json);
}

#[test]
fn some_variables_are_no_settings() {
    let environment = [
        ("GENKAN_CONFIG", "/etc/genkan.toml"),
        ("GENKAN_TEST_POSTGRES", "postgres://localhost"),
        ("GENKAN_SERVICE_HOST", "10.0.0.1"),
        ("GENKAN_SERVICE_PORT_HTTP", "8080"),
        ("GENKAN_PORT", "tcp://10.0.0.1:8080"),
        ("GENKAN_PORT_8080_TCP_ADDR", "10.0.0.1"),
    ];
    assert!(Config::load(None, variables(&environment)).is_ok());
}

#[test]
fn variables_that_set_nothing_are_faults() {
    for (name, value, fault) in [
        (
            "GENKAN_SERVER__LISEN",
            "x",
            "server.lisen: there is no such setting; did you mean server.listen? \
             (set by GENKAN_SERVER__LISEN)",
        ),
        (
            "GENKAN_PORT",
            "8080",
            "port: there is no such setting; config.example.toml lists all there are (set by GENKAN_PORT)",
        ),
        (
            "GENKAN_SERVER____LISTEN",
            "x",
            "GENKAN_SERVER____LISTEN: it names no setting; write it like GENKAN_SERVER__LISTEN for server.listen",
        ),
        (
            "GENKAN_CLIENTS__0__CLIENT_ID",
            "x",
            "GENKAN_CLIENTS__0__CLIENT_ID: it can only be set in the file, \
             as \"clients\" there is not a single section",
        ),
        (
            "GENKAN_DATABASE__MAX_CONNECTIONS",
            "many",
            "database.max_connections: it must be a whole number from 1 to 500 (it is \"many\") \
             (set by GENKAN_DATABASE__MAX_CONNECTIONS)",
        ),
    ] {
        assert_eq!(said(load("clients = []", &[(name, value)])), [fault]);
    }
}

#[test]
fn secrets_may_be_in_files() {
    let directory = TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let url = write("url", "postgres://genkan:pass word@db/genkan\r\n");
    let secret = write("secret", "0123456789abcdef\n");
    let text = format!(
        "[database]\nurl_file = '{url}'\n[[clients]]\nclient_id = 'a'\nclient_name = 'A'\n\
         redirect_uris = ['https://a.test/']\nclient_secret_file = '{secret}'"
    );
    let config = load(&text, &[]).unwrap();
    assert_eq!(config.database.url.reveal(), "postgres://genkan:pass word@db/genkan");
    assert_eq!(config.clients[0].client_id, ClientId::from("a"));
    assert_eq!(config.clients[0].secret_digest, Some(crate::domain::Digest::of("0123456789abcdef")));
}

#[test]
fn the_master_key_is_a_value_or_a_file() {
    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    for spelled in [KEY, KEY.trim_end_matches('='), &format!("{KEY}\n")] {
        let config = load("", &[("GENKAN_SECRETS__MASTER_KEY", spelled)]).unwrap();
        assert_eq!(config.master_key, MasterKeySource::Value(KEY.into()));
    }
    let config = load("secrets.master_key_file = 'k'", &[]).unwrap();
    assert_eq!(config.master_key, MasterKeySource::File("k".into()));
    assert_eq!(
        said(load("secrets.master_key_file = 'k'", &[("GENKAN_SECRETS__MASTER_KEY", KEY)])),
        ["secrets.master_key: give either it or secrets.master_key_file, not both \
             (set by GENKAN_SECRETS__MASTER_KEY)"]
    );
}

#[test]
fn debug_prints_no_secret() {
    let text = "database.url = 'postgres://u:hunter2@db/g'\n\
        secrets.master_key = 'aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bnQ='\n\
        clients = [{ client_id = 'a', client_name = 'A', client_secret = 'hunter2-hunter2-hunter2',\n\
          redirect_uris = ['https://a.test/'] }]\nmail.smtp_url = 'smtp://u:hunter2@mail'";
    let debug = format!("{:?}", load(text, &[]).unwrap());
    assert!(!debug.contains("hunter2") && !debug.contains("aHVudGVy"), "{debug}");
}

#[test]
fn what_is_not_served_yet_is_accepted_with_a_warning() {
    let text = "registration.dynamic_clients = 'open'\nregistration.response_types = ['code']\n\
        registration.require_pkce = true";
    let config = load(text, &[]).unwrap();
    let mut warnings = config.warnings;
    warnings.sort();
    let registration = "this version does not serve dynamic client registration yet; the setting is ignored";
    assert_eq!(
        warnings,
        [
            format!("registration.dynamic_clients: {registration}"),
            format!("registration.require_pkce: {registration}"),
            format!("registration.response_types: {registration}"),
        ]
    );
    assert!(load("registration.dynamic_clients = 'off'", &[]).unwrap().warnings.is_empty());
}

#[test]
fn keys_of_clients_are_a_table_or_json() {
    let key = ["kty = 'OKP'", "crv = 'Ed25519'", "x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'", "kid = 'a'"];
    let json = format!("{{{}}}", key.map(|pair| format!("'{}", pair.replacen(" = ", "': ", 1))).join(", "));
    let json = format!("jwks = '''{{\"keys\": [{}]}}'''", json.replace('\'', "\""));
    let client = |jwks: &str| {
        format!(
            "[[clients]]\nclient_id = 'a'\nclient_name = 'A'\ntoken_endpoint_auth_method = 'private_key_jwt'\n\
             redirect_uris = ['https://a.test/']\n{jwks}"
        )
    };
    let read = |jwks: &str| load(&client(jwks), &[]).map(|config| config.clients);
    let inline = read(&format!("jwks = {{ keys = [{{ {} }}] }}", key.join(", "))).unwrap();
    let sections = read(&format!("[[clients.jwks.keys]]\n{}", key.join("\n"))).unwrap();
    assert_eq!(inline[0].jwks.as_ref().unwrap().keys[0].kid(), Some("a"));
    assert_eq!((&sections, &read(&json).unwrap()), (&inline, &inline));
    for (jwks, fault) in [
        ("jwks = 7", "clients[0].jwks: it must be a set of keys"),
        ("jwks = 'x'", "clients[0].jwks: it must be a set of keys"),
        ("jwks.keys = [{ kty = 'oct', k = 'hunter2' }]", "clients[0].jwks: key 1: it has what its owner alone"),
        ("", "clients[0].jwks: a client that signs"),
    ] {
        let faults = said(load(&client(jwks), &[]));
        assert!(faults[0].starts_with(fault) && !faults[0].contains("hunter2"), "{faults:?}");
    }
}

#[test]
fn weak_hashing_is_a_warning() {
    for (memory, passes, warnings) in [(19_456, 2, 0), (7168, 5, 0), (47_104, 1, 0), (19_456, 1, 1), (1024, 50, 1)] {
        let text = format!("[passwords]\nmemory_kib = {memory}\niterations = {passes}");
        assert_eq!(load(&text, &[]).unwrap().warnings.len(), warnings, "{text}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_a_fault() {
    let faults = said(Config::load(Some(Path::new("/nowhere/genkan.toml")), variables(&[])));
    assert_eq!(faults, ["/nowhere/genkan.toml: the file cannot be read: No such file or directory (os error 2)"]);
}

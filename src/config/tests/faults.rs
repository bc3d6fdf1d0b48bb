//! What is refused, and in which words.
use super::{load, told};
use crate::i18n::{Language, Words, has_a_sentence_of_english};

const BAD: &str = r#"
issuer = "https://id.example.com/"
isuer = "x"
listen = "127.0.0.1:1"

[server]
listen = "foo"
tls_cert = "/nowhere/tls.crt"
trusted_proxies = ["10.0.0.0/8", "proxy"]
lisen = "x"

[database]
url = "mysql://root:hunter2@localhost"
max_connections = 0

[secrets]
master_key = "hunter2"

[sessions]
idle = 100
absolute = 10

[tokens]
authorization_code = 601
access_token = -1
id_token = 1.5
refresh_retry = "soon"

[keys]
rotate_after = true

[passwords]
memory_kib = 100
parallelism = 64
queue = -1

[registration]
sign_up = "closed"
dynamic_clients = "open"

[limits]
enabled = "no"
window = 0

[instance]
name = " "

[log]
format = "xml"
level = 3

[colours]
accent = "red"

[[clients]]
client_name = "A"
client_secret = "hunter2"
redirect_uris = "http://a.test/"
redirect_uri = "x"

[[clients]]
client_id = "same"
client_name = 5
client_secret_file = "/nowhere/hunter2"
redirect_uris = ["https://b.test/"]

[[clients]]
client_id = "same"
client_name = "C"
client_secret = ["hunter2"]
client_secret_file = "/nowhere/hunter2"
redirect_uris = [1]
"#;

#[test]
fn every_fault_is_told_at_once() {
    let expected = [
        "issuer: it must be scheme, host and port alone, without a path, query or trailing slash: \
         https://id.example.com (it is \"https://id.example.com/\")",
        "server.listen: it must be an address and port such as 127.0.0.1:8080 (it is \"foo\")",
        "server.tls_cert: it must be a PEM file that can be read: No such file or directory (os error 2)",
        "server.tls_key: it is missing: server.tls_cert needs its private key",
        "server.trusted_proxies: it must be addresses or networks such as 10.0.0.0/8 (one is \"proxy\")",
        "database.url: it must begin with sqlite:, postgres:// or postgresql://",
        "database.max_connections: it must be a whole number from 1 to 500 (it is 0)",
        "secrets.master_key: it must be 32 bytes in base64; `openssl rand -base64 32` makes such a key",
        "sessions.idle: it must be at most sessions.absolute, 10 (it is 100)",
        "tokens.authorization_code: it must be a whole number of seconds from 1 to 600 (it is 601)",
        "tokens.access_token: it must be a whole number of seconds from 1 to 315360000 (it is -1)",
        "tokens.id_token: it must be a whole number of seconds from 1 to 315360000 (it is 1.5)",
        "tokens.refresh_retry: it must be a whole number of seconds from 0 to 60 (it is \"soon\")",
        "passwords.memory_kib: it must be at least 512, 8 for each lane (it is 100)",
        "passwords.queue: it must be a whole number from 1 to 100000 (it is -1)",
        "instance.name: it must be 1 to 60 characters that people can read (it is \" \")",
        "registration.sign_up: it must be one of: open, invite, off (it is \"closed\")",
        "keys.rotate_after: it must be a whole number of seconds from 0 to 315360000 (it is true)",
        "limits.enabled: it must be true or false (it is \"no\")",
        "limits.window: it must be a whole number of seconds from 1 to 86400 (it is 0)",
        "log.format: it must be one of: text, json (it is \"xml\")",
        "log.level: it must be a text in quotes (it is 3)",
        "clients[0].client_id: it is missing; choose a name that the app will send, such as \"my-app\"",
        "clients[0].redirect_uris: \"http://a.test/\": it must begin with https:// \
         (http:// is for 127.0.0.1, [::1] and localhost only)",
        "clients[0].client_secret: it must be random and at least 16 characters; `openssl rand -base64 32` makes one",
        "clients[1].client_secret_file: it must be the path of a file that can be read: \
         No such file or directory (os error 2)",
        "clients[1].client_name: it must be a text in quotes (it is 5)",
        "clients[2].client_secret: give either it or clients[2].client_secret_file, not both",
        "clients[2].client_secret: it must be a text in quotes",
        "clients[2].client_secret_file: it must be the path of a file that can be read: \
         No such file or directory (os error 2)",
        "clients[2].redirect_uris: it must be a list of texts, such as [\"…\", \"…\"] (it is [1])",
        "clients[2].client_id: clients[1] has the same; change one",
        "server.lisen: there is no such setting; did you mean server.listen?",
        "clients[0].redirect_uri: there is no such setting; did you mean clients[0].redirect_uris?",
        "colours: there is no such setting; config.example.toml lists all there are",
        "isuer: there is no such setting; did you mean issuer?",
        "listen: there is no such setting; did you mean server.listen?",
    ];
    let told = told(BAD);
    for (told, expected) in told.iter().zip(&expected) {
        assert_eq!(told, expected);
    }
    assert_eq!(told.len(), expected.len());
    assert!(!told.iter().any(|fault| fault.contains("hunter2")));
}

#[test]
fn a_text_that_is_not_toml_is_one_fault_with_its_place_and_without_its_content() {
    let faults = load("[server]\nlisten = '127.0.0.1:1'\n[database]\nurl = hunter2\n", &[]).unwrap_err();
    let [fault] = faults.as_slice() else { panic!("{faults:?}") };
    assert!(fault.key.ends_with("genkan.toml"), "{fault}");
    assert!(fault.problem.to_string().starts_with("line 4, column 7 is not TOML: "), "{fault}");
    assert!(!fault.to_string().contains("hunter2") && !fault.to_string().contains('\n'), "{fault}");
}

#[test]
fn passwords_do_not_travel_unencrypted() {
    let refused = "server.listen: people would send passwords unencrypted, as the issuer is http; \
                   set issuer to https://…, or listen on 127.0.0.1";
    for (issuer, listen, faults) in [
        ("http://localhost:8080", "0.0.0.0:8080", vec![refused]),
        ("http://localhost:8080", "[::]:8080", vec![refused]),
        ("http://localhost:8080", "192.0.2.1:8080", vec![refused]),
        ("http://localhost:8080", "[::1]:8080", vec![]),
        ("http://127.0.0.1:8080", "127.9.9.9:8080", vec![]),
        // A proxy in front speaks TLS.
        ("https://id.example.com", "0.0.0.0:8080", vec![]),
    ] {
        let text = format!("issuer = '{issuer}'\nserver.listen = '{listen}'");
        assert_eq!(told(&text), faults, "{text}");
    }
}

#[test]
fn tls_needs_both_files_and_an_https_issuer() {
    // Any file that exists will do: what is in it is looked at when it is used.
    for (issuer, files, faults) in [
        ("https://id.test", "tls_cert = 'Cargo.toml'\ntls_key = 'Cargo.toml'", vec![]),
        (
            "https://id.test",
            "tls_key = 'Cargo.toml'",
            vec!["server.tls_cert: it is missing: server.tls_key needs its certificate"],
        ),
        ("https://id.test", "tls_key = ''", vec!["server.tls_key: it must be the path of a file (it is empty)"]),
        (
            "http://localhost:8080",
            "tls_cert = 'Cargo.toml'\ntls_key = 'Cargo.toml'",
            vec!["server.tls_cert: the issuer is http; set issuer to https://…, or leave tls_cert and tls_key out"],
        ),
    ] {
        assert_eq!(told(&format!("issuer = '{issuer}'\n[server]\n{files}")), faults, "{issuer} {files}");
    }
}

#[test]
fn sections_must_be_sections() {
    assert_eq!(
        told("secrets = 'hunter2'\n[clients]\nclient_id = 'a'"),
        [
            "secrets: it must be a section: [secrets], and its settings below it",
            "clients: it must be sections in the file, each begun by [[clients]]"
        ]
    );
}

#[test]
fn unknown_keys_are_named_after_the_nearest_known_one() {
    for (text, suggested) in [
        ("[sever]", "server"),
        ("[provider]", "providers"),
        ("[tokens]\nrefresh_token_absolut = 1", "tokens.refresh_token_absolute"),
        ("[server]\nsign_up = 1", "registration.sign_up"),
        ("[registration]\ndynamic_client = 1", "registration.dynamic_clients"),
    ] {
        let faults = told(text);
        assert!(faults[0].ends_with(&format!("did you mean {suggested}?")), "{faults:?}");
        assert_eq!(faults.len(), 1);
    }
}

#[test]
fn mail_settings_are_checked_and_their_secret_is_not_told() {
    for bad in ["http://u:p4ssw0rd@h", "smtp://u:p4ssw0rd@h?tls=perhaps", "smtps://u:p4ssw0rd@h?tsl=required", "smtp.x"]
    {
        let told = told(&format!("[mail]\nsmtp_url = '{bad}'"));
        assert!(told.len() == 1 && told[0].starts_with("mail.smtp_url: it must be smtps://"), "{told:?}");
        assert!(!told[0].contains("p4ssw0rd"));
    }
    for (from, good) in [
        ("Example <no-reply@example.com>", true),
        ("no-reply@example.com", true),
        ("例 <a@example.com>", true),
        ("Example", false),
        ("a@b, c@d", false),
    ] {
        assert_eq!(load(&format!("[mail]\nfrom = '{from}'"), &[]).is_ok(), good, "{from}");
    }
    let plain = load("[mail]\nsmtp_url = 'smtp://mail.example.com'", &[]).unwrap();
    assert!(plain.warnings[0].contains("unencrypted"), "{:?}", plain.warnings);
    for safe in ["smtp://127.0.0.1:25", "smtp://localhost", "smtps://h", "smtp://h?tls=required"] {
        assert_eq!(load(&format!("[mail]\nsmtp_url = '{safe}'"), &[]).unwrap().warnings, Vec::<String>::new());
    }
    assert!(load("[mail]\nsmtp_url = 'smtps://h'\nfooter = \"a\\nb\"", &[]).is_err());
}

#[test]
fn branding_is_checked() {
    for (line, why) in [
        ("accent = '#ffcc00'", "instance.accent: links in it could not be read"),
        ("accent = 'blue'", "instance.accent: it must be a colour"),
        ("logo_uri = 'http://example.com/logo.png'", "instance.logo_uri: it must be an https URL"),
        ("words = '/nowhere/at/all'", "instance.words: it must be a folder"),
    ] {
        let told = told(&format!("[instance]\n{line}"));
        assert!(told.len() == 1 && told[0].starts_with(why), "{told:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let settings = format!("[instance]\nwords = '{}'", folder.path().display());
    assert!(load(&settings, &[]).is_ok(), "an empty one");
    std::fs::write(folder.path().join("ja.ftl"), "sign-in-title = 入る\nno-such-key = x\n").unwrap();
    let told = told(&settings);
    assert!(told.len() == 1 && told[0].ends_with("ja.ftl: there is no message no-such-key"), "{told:?}");
}

/// All of them, and those of apps and providers with them: on a page in Japanese there is no English left.
#[test]
fn faults_are_said_in_the_language_of_whoever_reads_them() {
    let words = Words::new(Language::Ja);
    let mut told = load(BAD, &[("GENKAN_LIMITS__WINDOW", "soon")]).unwrap_err();
    for text in [
        "mail.smtp_url = 'x'\nmail.from = 'x'\nmail.footer = \"a\\nb\"\n[registration]\nallowed_domains = 'x y'",
        "[instance]\naccent = '#ffcc00'\nlogo_uri = 'x'\nterms_uri = 'x'\nlanguages = 'fr'\nwords = '/nowhere'",
        "[second_factor]\nrequired_for = 'chef'\nrequired = 'perhaps'\n[registration]\nverify_email = true\n",
        "[[clients]]\nclient_id = 'a:b'\nclient_name = ''\ngrant_types = ['password']\nscope = '\"'\n\
         redirect_uris = ['x', 'https://a.test/#', 'https://a.test/*', 'https://a.test/../x', 'x:/cb', \
         'https://u@a.test/', 'http://a.test/']\nlogo_uri = 'x'\naccess_token_lifetime = 1\n\
         response_types = ['token']\nallowed_providers = ['X']\nios_app_ids = ['x']\n\
         android_apps = [{ package_name = 'x', sha256_cert_fingerprints = ['x'] }, { package_name = 'a.b' }]",
        "[[clients]]\nclient_id = 'a'\nclient_secret = 'x'\ntoken_endpoint_auth_method = 'none'\n\
         require_pkce = false\ngrant_types = ['client_credentials']\n[[clients]]\nclient_id = 'b'\ngrant_types = []",
        "[providers.x]\nclient_id = 'a'\npkce = false\n[providers.google]\nscopes = 1\nclaims.sub = '/x'\n\
         authorization_params.state = 'x'\ntoken_clients = ['x']\n[providers.line]\nbot_prompt = 'x'\n\
         id_token_signed_response_alg = 'RS256'\n[providers.microsoft]\ntenant = 'x'\nallowed_tenants = ['x']\n\
         [providers.facebook]\napi_version = '1'\nuserinfo_endpoint = 'x'\n[providers.apple]\nprivate_key = 'x'\n\
         [providers.work]\nkind = 'oidc'\nclaims.sub = 'x'\nclaims.x = '/x'\nacr_values.x = ''\n\
         token_endpoint_auth_method = 'x'\nandroid_packages = 'x'\n[providers.odd]\n[providers.'O K']\n\
         [providers.plain]\nkind = 'oauth2'",
    ] {
        told.extend(load(text, &[]).unwrap_err());
    }
    // What the system itself says is in its own words.
    told.retain(|fault| !fault.to_string().contains("os error"));
    assert!(told.len() > 90, "{}", told.len());
    for fault in told {
        let said = words.say(&fault.problem);
        assert!(said.chars().any(|c| ('ぁ'..='ん').contains(&c)), "{fault}: {said}");
        assert!(!said.contains("fault-") && !has_a_sentence_of_english(&said), "{fault}: {said}");
    }
}

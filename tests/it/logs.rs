//! What logs, databases and error pages give away, and what can be written into a log (`security.md` LG, TK-17).
use crate::{
    administration::Api,
    support::{
        Answer, Authenticator, Browser, Database, Endpoint, Fault, Kind, Server, Upstream, User, on_each_database,
        random,
    },
    upstream_tokens::{exchange, keeping, sign_in},
};
use genkan::domain::TotpSecret;
use reqwest::{Method, header::COOKIE};
use serde_json::json;

on_each_database!(
    no_secret_of_any_flow_is_kept_or_told,
    one_event_is_one_line_whatever_is_in_it,
    what_is_inside_is_not_shown_outside,
);

/// Every secret that was used, with where from.
#[derive(Default)]
struct Canaries(Vec<(&'static str, String)>);

impl Canaries {
    fn add(&mut self, kind: &'static str, secret: impl Into<String>) {
        self.0.push((kind, secret.into()));
    }

    fn cookies(&mut self, browser: &Browser) {
        let is_secret = |name: &str| !name.ends_with("language") && !name.ends_with("last-provider");
        let secret = browser.cookies().into_iter().filter(|(name, _)| is_secret(name));
        self.0.extend(secret.map(|(_, value)| ("a cookie", value)));
    }

    fn tokens(&mut self, tokens: &serde_json::Value) {
        for (kind, name) in
            [("an access token", "access_token"), ("a refresh token", "refresh_token"), ("an ID token", "id_token")]
        {
            if let Some(token) = tokens[name].as_str() {
                self.add(kind, token);
                self.add(kind, token.rsplit('.').next().unwrap());
            }
        }
    }
}

fn hidden(page: &Answer, button: &str, field: &str) -> String {
    page.form(button).fields.get(field).unwrap_or_else(|| panic!("no {field}: {page}")).to_owned()
}

/// An account of one's own, a second factor, and a new password.
async fn people(server: &Server, canaries: &mut Canaries) -> Browser {
    let (browser, password, changed) = (server.browser(), random(), random());
    let page = browser.open("/signup").await;
    let fields = [("name", "Hana"), ("email", "hana@people.test"), ("password", password.as_str())];
    let page =
        browser.press(&page, "signup-submit", &[("name", "Hana"), ("email", "no"), ("password", &password)]).await;
    let page = browser.press(&page, "signup-submit", &fields).await;
    assert_eq!(page.status, 200, "{page}");
    canaries.cookies(&browser);
    canaries.add("the token of a form", hidden(&browser.open("/account/password").await, "password-submit", "csrf"));

    let (app, page) = Authenticator::turn_on(&browser, browser.open("/account/two-step").await).await;
    canaries.add("the secret of a second factor", app.secret.base32());
    for code in page.texts(".codes li") {
        canaries.add("a recovery code", code.replace('-', ""));
        canaries.add("a recovery code", code);
    }
    let wrong = "mistyped current password";
    for current in [wrong, &password] {
        let page = browser.open("/account/password").await;
        browser.press(&page, "password-submit", &[("current", current), ("password", &changed)]).await;
    }
    canaries.cookies(&browser);
    let spare = canaries.0.iter().filter(|(kind, _)| *kind == "a recovery code").nth(1).unwrap().1.clone();
    let browser = server.browser();
    let page = browser.open("/login").await;
    let credentials = [("username", "hana@people.test"), ("password", changed.as_str())];
    let page = browser.press(&page, "login-submit", &credentials).await;
    assert!(page.has("second-factor-submit"), "{page}");
    canaries.add("a proved password", hidden(&page, "second-factor-submit", "challenge"));
    let page = browser.press(&page, "second-factor-submit", &[("code", "MISTYPED-CODE-1234")]).await;
    canaries.add("a mistyped code", "MISTYPED-CODE-1234");
    let page = browser.press(&page, "second-factor-submit", &[("code", &spare)]).await;
    assert_eq!(page.status, 200, "{page}");
    for (kind, secret) in [("a password", password), ("a new password", changed), ("a mistyped one", wrong.into())] {
        canaries.add(kind, secret);
    }
    canaries.cookies(&browser);
    browser
}

/// Codes and tokens of every kind of app, used as they are meant and otherwise.
async fn apps(server: &Server, user: &User, canaries: &mut Canaries) {
    for id in ["web", "post", "spa"] {
        let (app, browser) = (server.app(id), server.browser());
        let page = browser.open(app.authorize_url()).await;
        canaries.add("an interaction", hidden(&page, "login-submit", "interaction"));
        let code = browser.proceed(page, user).await.callback().code();
        let tokens = app.redeem(&code).await.ok();
        let renewed = app.refresh(&tokens).await.ok();
        app.redeem(&code).await.assert_error(400, "invalid_grant");
        app.userinfo(&renewed).await;
        let bad = server.http.get_with_token("/userinfo", "a-mistyped-access-token").await;
        assert_eq!(bad.status, 401);
        let query =
            server.http.get(&format!("/userinfo?access_token={}", renewed["access_token"].as_str().unwrap())).await;
        assert_eq!(query.status, 401, "{query}");
        let logout = format!("/logout?id_token_hint={}", tokens["id_token"].as_str().unwrap());
        canaries.cookies(&browser);
        browser.get(&logout).await;
        canaries.tokens(&tokens);
        canaries.tokens(&renewed);
        for (kind, secret) in [("a code", code), ("a verifier", app.verifier.clone())] {
            canaries.add(kind, secret);
        }
        if let Some(secret) = &app.secret {
            app.introspect(&renewed["access_token"]).await;
            app.revoke(&renewed["refresh_token"]).await;
            canaries.add("the secret of an app", secret);
        }
    }
    canaries.add("a mistyped access token", "a-mistyped-access-token");
    let svc = server.app("svc").asking_for("api.read");
    canaries.tokens(&svc.token(svc.own_grant()).await.ok());
}

/// Signing in elsewhere, by a provider whose tokens are kept: handed out, renewed, and given back.
async fn elsewhere(server: &Server, upstream: &Upstream, canaries: &mut Canaries) {
    let (app, browser) = (server.app("web"), server.browser());
    let tokens = sign_in(upstream, &browser, &app).await;
    app.token(exchange(&tokens)).await.ok();
    for fault in [None, Some(Fault::HangsUp)] {
        server.sql("UPDATE upstream_tokens SET expires_at = 1").await;
        if let Some(fault) = fault {
            upstream.fail(Endpoint::Token, fault.clone());
            upstream.fail(Endpoint::Revocation, fault);
        }
        app.token(exchange(&tokens)).await;
    }
    // A code that is refused, and what is given back.
    let page = browser.open("/account/ways-in").await;
    let identity = server.texts("SELECT id FROM identities").await.remove(0);
    browser.press(&page, &format!("end-access-{identity}"), &[]).await;
    sign_in_vainly(server, upstream).await;
    canaries.cookies(&browser);
    canaries.tokens(&tokens);
    assert!(upstream.issued().len() > 1, "tokens were renewed");
    for tokens in upstream.issued() {
        for (kind, name) in [
            ("a provider's access token", "access_token"),
            ("a provider's refresh token", "refresh_token"),
            ("a provider's ID token", "id_token"),
        ] {
            canaries.0.extend(tokens[name].as_str().map(|token| (kind, token.to_owned())));
        }
    }
    for request in upstream.requests(Endpoint::Token) {
        for (kind, name) in [("a provider's code", "code"), ("a verifier at a provider", "code_verifier")] {
            canaries.0.extend(request.get(name).map(|secret| (kind, secret.to_owned())));
        }
    }
    for request in upstream.requests(Endpoint::Authorization) {
        for (kind, name) in [("a state at a provider", "state"), ("a nonce at a provider", "nonce")] {
            canaries.0.extend(request.get(name).map(|secret| (kind, secret.to_owned())));
        }
    }
    canaries.add("a secret at a provider", upstream.client_secret());
    upstream.recover(Endpoint::Token);
    upstream.recover(Endpoint::Revocation);
}

/// Somebody comes back with a code that the provider does not redeem.
async fn sign_in_vainly(server: &Server, upstream: &Upstream) {
    let browser = server.browser();
    let page = browser.sign_in_with(upstream, &browser.open("/login").await, "elsewhere").await;
    assert!(page.has("login-with-elsewhere"), "{page}");
}

/// `security.md` LG-01 and TK-17: at the most talkative level, and in every column.
async fn no_secret_of_any_flow_is_kept_or_told(database: Database) {
    let upstream = Upstream::start(Kind::Google);
    let settings = format!("log.level = 'trace'\n{}", keeping(&upstream, &["web"]));
    let mut server = Server::start(database, &settings).await;
    let mut canaries = Canaries::default();
    let alice = server.user("Alice");
    let setup = server.log().split("/setup?token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    elsewhere(&server, &upstream, &mut canaries).await;
    people(&server, &mut canaries).await;
    apps(&server, &alice, &mut canaries).await;
    let browser = server.browser();
    let mistyped = [("username", "a-password-typed-as-a-name"), ("password", "a-password-of-nobody")];
    assert_eq!(browser.press(&browser.open("/login").await, "login-submit", &mistyped).await.status, 422);
    canaries.add("a mistyped name", mistyped[0].1);
    canaries.add("a mistyped password", mistyped[1].1);
    canaries.add("the password of a person made by command", &alice.password);
    let made = ["client", "create", "--name", "Made", "--redirect-uri", "https://made.test/", "--json"];
    let made: serde_json::Value = serde_json::from_str(&server.cli(&made, "")).unwrap();
    canaries.add("the secret of an app made by command", made["client_secret"].as_str().unwrap());
    canaries.add("the master key", std::fs::read_to_string(server.folder().join("master.key")).unwrap().trim());
    // Where a database that is gone is told of, nothing is either.
    server.sql("ALTER TABLE sessions RENAME TO elsewhere").await;
    let failed = browser.open("/account").await;
    let failed = if failed.status == 503 { failed } else { server.browser().open("/account").await };
    server.sql("ALTER TABLE elsewhere RENAME TO sessions").await;
    server.terminate().await;

    let (log, rows) = (server.log(), server.rows().await.join("\n"));
    assert!(rows.contains("hana@people.test") && log.contains("audit"), "there is something to look through");
    for (kind, secret) in &canaries.0 {
        assert!(secret.len() >= 12, "{kind}: {secret}");
        for (place, text) in [("the database", &rows), ("the log", &log), ("an error page", &failed.body)] {
            assert!(!text.contains(secret.as_str()), "{kind} is in {place}: {secret}");
        }
    }
    let kinds: std::collections::BTreeSet<_> = canaries.0.iter().map(|(kind, _)| kind).collect();
    assert!(kinds.len() >= 28, "{kinds:?}");
    // Printed for the owner, and kept as a digest.
    assert!(!rows.contains(&setup) && !rows.contains("PRIVATE KEY") && !rows.contains("\"d\":"));
}

/// `security.md` LG-02: for people and for machines.
async fn one_event_is_one_line_whatever_is_in_it(database: Database) {
    const FORGED: &str = "2026-11-24T00:00:00Z  INFO audit: somebody is an administrator now";
    let hostile = [
        format!("x\r\n{FORGED}"),
        format!("x\n{FORGED}"),
        "\u{1b}[2J\u{1b}[31mred".to_owned(),
        "\u{9b}31m\u{85}\u{2028}x".to_owned(),
        "\",\"level\":\"ERROR\",\"forged\":\"".to_owned(),
    ];
    for format in ["text", "json"] {
        let server = Server::start(database, &format!("[log]\nlevel = 'trace'\nformat = '{format}'")).await;
        let (alice, web, api) = (server.user("Alice"), server.app("web"), Api::of(&server, "owner"));
        for text in &hostile {
            let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let encoded = encoded.replace('+', "%20");
            for path in ["/nowhere/", "/login?interaction=", "/authorize?client_id=web&redirect_uri=", "/setup?token="]
            {
                let agent: Vec<_> = text.bytes().filter(|c| *c >= b' ').collect();
                let request = server.http.request(Method::GET, &format!("{path}{encoded}"));
                let request =
                    request.header("user-agent", agent.as_slice()).header("x-forwarded-for", agent.as_slice());
                Answer::of(request.header(COOKIE, format!("genkan-session={encoded}"))).await;
            }
            let browser = server.browser();
            let page = browser.open("/login").await;
            browser.press(&page, "login-submit", &[("username", text), ("password", text)]).await;
            let page = browser.open(web.authorize_url()).await;
            let credentials = [("username", alice.email.as_str()), ("password", alice.password.as_str())];
            browser.press(&page, "login-submit", &credentials).await;
            // What an authenticator answers, and what an app is called.
            let stranger = server.browser();
            let page = stranger.open("/login").await;
            stranger.press(&page, "login-submit", &[("username", ""), ("password", ""), ("credential", text)]).await;
            let app = json!({ "client_name": text, "software_id": text, "redirect_uris": ["https://x.test/cb"] });
            let made = api.post("/apps", app).await;
            assert!([201, 422].contains(&made.status), "{made}");
            if made.status == 201 {
                let id = made.json()["client_id"].as_str().unwrap().to_owned();
                server.http.get(&format!("/authorize?response_type=code&client_id={id}&redirect_uri=x")).await;
            }
            let names = ["grant_type", "code", "client_id", "scope", "refresh_token"];
            for name in names {
                let form = web.code_grant("x").with("client_id", "spa").with(name, text);
                server.http.post("/token", &form, reqwest::header::HeaderMap::new()).await;
            }
        }
        let log = server.log();
        assert!(log.lines().count() > 20, "{log}");
        assert!(!log.lines().any(|line| line.starts_with("2026-11-24T00:00:00Z")), "{log}");
        let control = |c: char| c.is_control() && c != '\n' || ['\u{2028}', '\u{2029}'].contains(&c);
        assert!(!log.contains(control), "{:?}", log.lines().find(|line| line.contains(control)));
        if format == "json" {
            for line in log.lines().filter(|line| line.starts_with('{')) {
                let event: serde_json::Value = serde_json::from_str(line).expect(line);
                assert!(event.get("forged").is_none() && event["level"] != "ERROR", "{line}");
            }
        }
    }
}

/// `security.md` LG-04: nothing of the inside at the public listener, and health says that it is well and no more.
async fn what_is_inside_is_not_shown_outside(database: Database) {
    let server = Server::start(database, "").await;
    server.user("Alice");
    for path in [
        "/metrics",
        "/debug",
        "/debug/pprof",
        "/debug/vars",
        "/swagger",
        "/swagger-ui",
        "/openapi.json",
        "/api",
        "/actuator/env",
        "/env",
        "/.env",
        "/.git/config",
        "/config.toml",
        "/genkan.db",
        "/data/genkan.db",
        "/master.key",
        "/server-status",
        "/trace",
        "/logs",
        "/health",
        "/info",
        "/version",
    ] {
        let answer = server.http.get(path).await;
        assert!([401, 403, 404].contains(&answer.status), "{path} is there: {answer}");
        assert!(!answer.body.contains(env!("CARGO_PKG_VERSION")), "{answer}");
    }
    let ready = r#"{"parts":{"database":"ready","keys":"ready"},"status":"ready"}"#;
    for (path, says) in [("/healthz", "ok\n"), ("/readyz", ready)] {
        assert_eq!(server.http.get(path).await.body, says);
    }
}

/// `security.md` LG-03: of everything that holds a secret.
#[test]
fn what_is_printed_of_a_value_leaves_its_secrets_out() {
    use genkan::{config::Config, domain};
    let secrets = [
        "database-password-9",
        "web-secret-0123456789-0123456789-0123456789",
        "bWFzdGVyLWtleS1vZi0zMi1ieXRlcy1pbi1iYXNlNjQ=",
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let settings = format!(
        "database.url = 'postgres://genkan:{}@localhost/genkan'\nsecrets.master_key = '{}'
        [[clients]]\nclient_id = 'web'\nclient_name = 'Web'\nredirect_uris = ['https://app.test/cb']\nclient_secret = '{}'",
        secrets[0], secrets[2], secrets[1]
    );
    std::fs::write(&file, settings).unwrap();
    let config = Config::load(Some(&file), std::iter::empty()).unwrap();
    let (secret, password) = (domain::Secret::random(), domain::Password::choose("correct horse battery").unwrap());
    let (totp, recovery) = (TotpSecret::random(), domain::RecoveryCode::random());
    let printed = format!("{config:?} {config:#?} {secret:?} {password:?} {totp:?} {recovery:?}");
    assert!(printed.contains("https://app.test/cb"), "{printed}");
    let held = [secret.reveal().to_owned(), "correct horse".into(), totp.base32(), recovery.to_string()];
    for secret in secrets.into_iter().chain(held.iter().map(String::as_str)) {
        assert!(!printed.contains(secret), "{secret}: {printed}");
    }
    let bytes = totp.as_bytes().iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    assert!(!printed.contains(&bytes), "{printed}");
}

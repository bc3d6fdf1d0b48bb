//! What is around the exchange: nonces, who is told of it, limits, links, and Apple's way back to Android.
use super::{APPS, GRANT, ID_TOKEN, PRIVATE, ask, asked, assert_refused, exchange, nonce_for, provider, start};
use crate::support::{
    Answer, Database, Endpoint, Fault, Kind, Native, Params, Reply, Server, Upstream, on_each_database, random,
};
use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderMap, ORIGIN},
};
use serde_json::{Value, json};

on_each_database!(
    nothing_is_stored_when_a_nonce_is_given,
    it_is_advertised_while_a_provider_takes_what_apps_have,
    tries_are_counted,
    no_credential_is_kept_or_told,
);

/// `security.md` CS-07: from where an app may ask, and how.
async fn nothing_is_stored_when_a_nonce_is_given(database: Database) {
    let upstream = Upstream::start(Kind::Google);
    let settings = format!("{PRIVATE}{}{APPS}", provider(&upstream, Kind::Google, ""));
    let server = Server::start(database, &settings).await;
    let (phone, careful) = (server.app("phone"), server.app("careful"));
    let before = server.rows().await;
    let (first, second) = (nonce_for(&phone, "up").await, nonce_for(&phone, "up").await);
    assert!(first != second && first.len() > 40 && !first.contains(['+', '/', '=', '.']), "{first}");
    nonce_for(&careful, "up").await;
    assert_eq!(server.rows().await, before);
    for (form, error) in [
        (Params::new(&[("client_id", "phone")]), "invalid_request"),
        (Params::new(&[("client_id", "phone"), ("provider", "No/thing")]), "invalid_request"),
        (Params::new(&[("client_id", "phone"), ("provider", "up"), ("provider", "up")]), "invalid_request"),
        (Params::new(&[("client_id", "phone"), ("provider", "nowhere")]), "invalid_grant"),
        (Params::new(&[("client_id", "spa"), ("provider", "up")]), "unauthorized_client"),
    ] {
        ask(&server, "/native/nonce", &form).await.assert_error(400, error);
    }
    for client_id in ["nobody", "careful"] {
        let form = Params::new(&[("client_id", client_id), ("provider", "up")]);
        ask(&server, "/native/nonce", &form).await.assert_error(401, "invalid_client");
    }
    assert_eq!(server.http.get("/native/nonce?client_id=phone&provider=up").await.status, 405);
    // It is good once, whichever node is asked.
    let (other, nonce) = (server.start_another(&settings).await, nonce_for(&phone, "up").await);
    let form = exchange(ID_TOKEN, &upstream.native_id_token(asked(Kind::Google, &nonce))).with("nonce", nonce);
    other.app("phone").token(form.clone()).await.ok();
    assert_refused(&phone.token(form).await, "invalid_grant", "replayed");

    let from = async |origin: &'static str| {
        let form = Params::new(&[("client_id", "phone"), ("provider", "up")]);
        let headers = HeaderMap::from_iter([(ORIGIN, origin.parse().unwrap())]);
        server.http.post("/native/nonce", &form, headers).await
    };
    let allowed = |answer: &Answer| answer.header("access-control-allow-origin").map(ToOwned::to_owned);
    let (spa, evil) = (from("https://spa.test").await, from("https://evil.test").await);
    assert_eq!((allowed(&spa).as_deref(), allowed(&evil)), (Some("https://spa.test"), None));
    assert_eq!(spa.header("cache-control"), Some("no-store"));
}

/// RFC 8414 section 2: the document follows what providers there are.
async fn it_is_advertised_while_a_provider_takes_what_apps_have(database: Database) {
    let is_advertised = async |server: &Server| {
        let document = server.http.get("/.well-known/openid-configuration").await.ok();
        document["grant_types_supported"].as_array().unwrap().contains(&GRANT.into())
    };
    for (kind, more, expected) in [
        (Kind::Google, "", true),
        (Kind::Google, "enabled = false", false),
        (Kind::GitHub, "", false),
        (Kind::X, "", false),
    ] {
        let upstream = Upstream::start(kind);
        let server = start(database, &upstream, kind, more).await;
        assert_eq!(is_advertised(&server).await, expected, "{kind:?} {more}");
    }
    let upstream = Upstream::start(Kind::Oidc);
    let server = Server::start(database, &format!("{PRIVATE}{}{APPS}", upstream.settings("up"))).await;
    assert!(!is_advertised(&server).await, "without audiences it takes nothing");
    let answer = server.app("phone").post("/native/nonce", Params::new(&[("provider", "up")])).await;
    assert_refused(&answer, "invalid_grant", "credential_not_supported");
}

async fn tries_are_counted(database: Database) {
    let upstream = Upstream::start(Kind::Google);
    let server = start(database, &upstream, Kind::Google, "\n[limits]\nenabled = true\n").await;
    let phone = server.app("phone");
    nonce_for(&phone, "up").await;
    server.sql("UPDATE attempts SET tries = 300 WHERE subject LIKE 'native sign-in%'").await;
    for answer in [
        phone.post("/native/nonce", Params::new(&[("provider", "up")])).await,
        phone.token(exchange(ID_TOKEN, "t")).await,
    ] {
        answer.assert_error(429, "temporarily_unavailable");
        assert_eq!(answer.json()["genkan_error"], "too_many_requests");
        assert!(answer.header("retry-after").unwrap().parse::<i64>().unwrap() > 0);
    }
    assert_eq!(upstream.count(Endpoint::Jwks), 0);
}

/// `security.md` LG, TK-17 and TK-18: neither in the log nor in the database, nor what a provider says to anybody.
async fn no_credential_is_kept_or_told(database: Database) {
    let upstream = Upstream::start(Kind::Line);
    let server = start(database, &upstream, Kind::Line, "").await;
    let phone = server.app("phone");
    let nonce = nonce_for(&phone, "up").await;
    let token = upstream.native_id_token(asked(Kind::Line, &nonce));
    let answer = phone.token(exchange(ID_TOKEN, &token).with("nonce", &nonce)).await;
    let tokens = answer.ok();
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), (Some("no-store"), None));
    let access_token = upstream.native_access_token(Native::default());
    let canary = "what-line-says-about-it";
    upstream.answer_with(Endpoint::Verify, Reply::json(400, &json!({ "error_description": canary })));
    let form = exchange(super::ACCESS_TOKEN, &access_token);
    let refused = phone.token(form.clone()).await;
    assert_refused(&refused, "invalid_grant", "rejected");
    upstream.fail(Endpoint::Verify, Fault::HangsUp);
    let unreachable = phone.token(form.clone()).await;
    assert_refused(&unreachable, "temporarily_unavailable", "provider_unavailable");
    upstream.answer_with(Endpoint::Verify, Reply::html(200, canary));
    assert_refused(&phone.token(form.clone()).await, "temporarily_unavailable", "provider_unavailable");
    upstream.recover(Endpoint::Verify);
    phone.token(form).await.ok();
    assert!(![&refused, &unreachable].iter().any(|answer| answer.body.contains(canary)));
    let (log, rows) = (server.log(), server.rows().await.join("\n"));
    for secret in [&token, &nonce, &access_token, tokens["access_token"].as_str().unwrap()] {
        assert!(!log.contains(secret) && !rows.contains(secret), "{secret}");
    }
    assert!(log.contains("a credential was not taken") && log.contains("client=phone"), "{log}");

    // And what is too long is not looked at.
    let jwks = upstream.count(Endpoint::Jwks);
    phone.token(exchange(ID_TOKEN, &"e".repeat(20_000))).await.assert_error(400, "invalid_request");
    assert_eq!(upstream.count(Endpoint::Jwks), jwks);
}

/// `security.md` TX-02: RFC 8693 sections 2.1 and 2.2.2.
#[tokio::test]
async fn nothing_is_issued_for_others_or_for_more() {
    let upstream = Upstream::start(Kind::Google);
    let settings = format!(
        "{PRIVATE}{}{APPS}\n[[clients]]\nclient_id = 'small'\nclient_name = 'Small'\nscope = 'openid email'\n\
         token_endpoint_auth_method = 'none'\nskip_consent = true\n\
         grant_types = ['urn:ietf:params:oauth:grant-type:token-exchange']\n",
        provider(&upstream, Kind::Google, "")
    );
    let server = Server::start(Database::Sqlite, &settings).await;
    let small = server.app("small");
    let form = async || {
        let nonce = nonce_for(&small, "up").await;
        let token = upstream.native_id_token(asked(Kind::Google, &nonce));
        exchange(ID_TOKEN, &token).with("nonce", nonce).with("scope", "openid email")
    };
    let tokens = small.token(form().await.without("scope")).await.ok();
    assert_eq!((&tokens["scope"], tokens.get("refresh_token")), (&"openid".into(), None));
    let with = async |name: &str, value: &str| small.token(form().await.with(name, value)).await;
    with("scope", "email").await.ok();
    with("scope", "openid email profile").await.assert_error(400, "invalid_scope");
    with("scope", "openid admin").await.assert_error(400, "invalid_scope");
    for name in ["audience", "resource"] {
        with(name, &server.issuer).await.ok();
        with(name, "https://api.test").await.assert_error(400, "invalid_target");
        let both = form().await.and(name, &server.issuer).and(name, "https://api.test");
        small.token(both).await.assert_error(400, "invalid_target");
    }
    with("actor_token", "a").await.assert_error(400, "invalid_request");
    with("actor_token_type", ID_TOKEN).await.assert_error(400, "invalid_request");
    with("requested_token_type", ID_TOKEN).await.assert_error(400, "invalid_request");
    with("subject_token_type", "urn:ietf:params:oauth:token-type:refresh_token")
        .await
        .assert_error(400, "invalid_request");
    small.token(form().await.and("nonce", "twice")).await.assert_error(400, "invalid_request");
    small.token(form().await.without("subject_issuer")).await.assert_error(400, "invalid_request");
}

/// What Apple posts goes to packages that the settings name, and no further.
#[tokio::test]
async fn apple_leads_back_into_an_android_app() {
    let (apple, google) = (Upstream::start(Kind::Apple), Upstream::start(Kind::Google));
    let settings = format!(
        "{PRIVATE}{}android_packages = ['com.example.app']\n{}android_packages = ['com.example.app']\n",
        apple.settings("apple"),
        google.settings("google")
    );
    let server = Server::start(Database::Sqlite, &settings).await;
    let user = r#"{"name":{"firstName":"花 子","lastName":"O'Hara;end"},"email":"a+b@c.test"}"#;
    let form = Params::new(&[
        ("state", "s&t=u"),
        ("code", "c.0#Intent;package=com.evil.app;end"),
        ("user", user),
        ("evil", "1"),
        ("package", "com.evil.app"),
    ]);
    let post = async |path: &str, form: &Params| server.http.post(path, form, HeaderMap::new()).await;
    let answer = post("/callback/apple/android/com.example.app", &form).await;
    assert_eq!(answer.status, 303, "{answer}");
    let location = answer.header("location").unwrap();
    let (query, intent) = location.strip_prefix("intent://callback?").unwrap().split_once('#').unwrap();
    assert_eq!(intent, "Intent;package=com.example.app;scheme=signinwithapple;end");
    assert!(!query.contains([';', '+', ' ']), "{query}");
    let told = Params::parse(query);
    assert_eq!(told, Params::new(&[("state", "s&t=u"), ("code", form.get("code").unwrap()), ("user", user)]));
    assert!(answer.header("set-cookie").is_none());
    let cancelled = Params::new(&[("error", "user_cancelled_authorize"), ("state", "s")]);
    let cancelled = post("/callback/apple/android/com.example.app", &cancelled).await;
    assert!(cancelled.header("location").unwrap().contains("error=user%5Fcancelled%5Fauthorize"));
    for path in [
        "/callback/apple/android",
        "/callback/apple/android/com.evil.app",
        "/callback/apple/android/com.example.app%3Bscheme%3Dhttps",
        "/callback/apple/android?package=com.example.app",
        "/callback/apple/android/",
        "/callback/google/android/com.example.app",
        "/callback/nowhere/android/com.example.app",
    ] {
        let answer = post(path, &form).await;
        assert!([400, 404].contains(&answer.status) && answer.header("location").is_none(), "{path} {answer}");
    }
    assert_eq!(server.http.get("/callback/apple/android/com.example.app").await.status, 405);
}

/// <https://developer.apple.com/documentation/xcode/supporting-associated-domains>,
/// <https://developers.google.com/digital-asset-links/v1/statements>.
#[tokio::test]
async fn devices_learn_which_apps_are_ours() {
    let bare = Server::start(Database::Sqlite, "").await;
    let (apple, android) = ("/.well-known/apple-app-site-association", "/.well-known/assetlinks.json");
    for path in [apple, android] {
        let answer = bare.http.get(path).await;
        assert_eq!((answer.status, answer.body.as_str()), (404, ""), "{answer}");
    }
    let fingerprint = vec!["AB"; 32].join(":");
    let settings = format!(
        "[[clients]]\nclient_id = 'phone'\nclient_name = 'Phone'\ntoken_endpoint_auth_method = 'none'\n\
         redirect_uris = ['http://127.0.0.1:PORT/app/cb', 'https://other.test/cb', 'com.example.app:/cb']\n\
         ios_app_ids = ['A1B2C3D4E5.com.example.app', 'A1B2C3D4E5.com.example.beta']\n\
         android_apps = [{{ package_name = 'com.example.app', sha256_cert_fingerprints = ['{fingerprint}'] }}]\n\
         [[clients]]\nclient_id = 'tablet'\nclient_name = 'Tablet'\ntoken_endpoint_auth_method = 'none'\n\
         redirect_uris = ['com.example.tablet:/cb']\nios_app_ids = ['A1B2C3D4E5.com.example.tablet']\n"
    );
    let server = Server::start(Database::Sqlite, &settings).await;
    let answer = server.http.get(apple).await;
    let ids = ["A1B2C3D4E5.com.example.app", "A1B2C3D4E5.com.example.beta", "A1B2C3D4E5.com.example.tablet"];
    assert_eq!(
        answer.ok(),
        json!({
            "applinks": { "details": [{ "appIDs": ids[..2], "components": [{ "/": "/app/cb" }] }] },
            "webcredentials": { "apps": ids },
        })
    );
    let links = server.http.get(android).await;
    assert_eq!(
        links.ok()[0]["target"],
        json!({
            "namespace": "android_app",
            "package_name": "com.example.app",
            "sha256_cert_fingerprints": [fingerprint],
        })
    );
    let relations: Value = links.ok()[0]["relation"].clone();
    assert_eq!(relations[0], "delegate_permission/common.handle_all_urls");
    for (path, answer) in [(apple, answer), (android, links)] {
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert!(answer.header("cache-control").unwrap().starts_with("public, max-age="));
        let head = Answer::of(server.http.request(Method::HEAD, path)).await;
        assert_eq!((head.status, head.headers.contains_key(CONTENT_TYPE)), (200, true));
    }
    // What is wrong with them is told with the rest.
    let wrong = settings.replace("A1B2C3D4E5.com.example.beta", "com.example.beta").replace(&fingerprint, &random());
    let server = Server::prepare(Database::Sqlite, &wrong).await;
    let (status, out, log) = server.try_cli(&["check"], "");
    let told = out + &log;
    assert!(!status.success() && told.contains("ios_app_ids") && told.contains("android_apps"), "{told}");
}

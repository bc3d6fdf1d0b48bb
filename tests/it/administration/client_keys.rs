//! Keys of apps in the administration: by its API, on its pages, by commands and in a manifest.
use super::{Api, operator};
use crate::{
    client_keys::{ask, claims},
    support::{Database, Key, Server, Signing, basic, on_each_database},
};
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};

on_each_database!(
    an_app_goes_over_to_a_key_and_back,
    keys_that_an_app_must_not_have_are_faults,
    keys_are_typed_on_a_page_and_shown_there,
    keys_are_registered_by_a_command_and_in_a_manifest,
);

fn of(key: &Key) -> Value {
    json!({
        "client_name": "Job", "grant_types": ["client_credentials"], "scope": "api.read",
        "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key.jwk()] },
    })
}

async fn is_believed(server: &Server, key: std::sync::Arc<Key>) -> bool {
    let signing = Signing::Key(key);
    ask(server, &signing.jws(&signing.header(), &claims(server, "job"))).await.status == 200
}

/// `security.md` AD-06: what was good before is good no longer, in either direction.
async fn an_app_goes_over_to_a_key_and_back(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "admin");
    let [first, second] = [Key::ec(), Key::ed()].map(std::sync::Arc::new);
    let mut body = of(&first);
    body["client_id"] = "job".into();
    let made = api.post("/apps", body.clone()).await;
    assert_eq!(made.status, 201, "{made}");
    let told = made.json();
    assert!(told.get("client_secret").is_none(), "{told}");
    assert_eq!(told["jwks"], json!({ "keys": [first.jwk()] }), "{told}");
    assert!(is_believed(&server, first.clone()).await && !is_believed(&server, second.clone()).await);
    assert_eq!(api.post("/apps/job/secret", json!({})).await.status, 409, "there is none to renew");
    // Another key in its place, or its address.
    assert_eq!(api.send(Method::PUT, "/apps/job", &of(&second)).await.status, 200);
    assert!(!is_believed(&server, first.clone()).await && is_believed(&server, second.clone()).await);
    // Back to a secret: it gets one. And over again, which ends it.
    body = of(&second);
    body["token_endpoint_auth_method"] = "client_secret_basic".into();
    let back = api.send(Method::PUT, "/apps/job", &body).await.json();
    let secret = back["client_secret"].as_str().expect("a secret").to_owned();
    let opens = async || {
        let form = crate::support::Params::new(&[("grant_type", "client_credentials"), ("scope", "api.read")]);
        server.http.post("/token", &form, basic("job", &secret)).await.status == 200
    };
    assert!(opens().await && !is_believed(&server, second.clone()).await);
    let over = api.send(Method::PUT, "/apps/job", &of(&second)).await;
    assert!(over.status == 200 && over.json().get("client_secret").is_none(), "{over}");
    assert!(!opens().await && is_believed(&server, second).await);
    assert!(!server.rows().await.join("\n").contains(&secret));
}

/// `security.md` DC-04.
async fn keys_that_an_app_must_not_have_are_faults(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "admin");
    let (rsa, ec) = (Key::rsa().jwk(), Key::ec().jwk());
    let with = |key: &Value, name: &str, value: Value| {
        let mut key = key.clone();
        key[name] = value;
        json!({ "keys": [key] })
    };
    for (jwks, uri, field) in [
        (with(&rsa, "d", json!("AQAB")), Value::Null, "jwks"),
        (with(&rsa, "n", json!("AQAB".repeat(21))), Value::Null, "jwks"),
        (with(&rsa, "e", json!("AQ")), Value::Null, "jwks"),
        (with(&ec, "crv", json!("secp256k1")), Value::Null, "jwks"),
        (with(&ec, "alg", json!("RS256")), Value::Null, "jwks"),
        (with(&ec, "use", json!("enc")), Value::Null, "jwks"),
        (json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] }), Value::Null, "jwks"),
        (json!({ "keys": [ec, ec] }), Value::Null, "jwks"),
        (json!({ "keys": [] }), Value::Null, "jwks"),
        (ec.clone(), Value::Null, "jwks"),
        (Value::Null, Value::Null, "jwks"),
        (json!({ "keys": [ec] }), json!("https://app.test/jwks"), "jwks_uri"),
        (Value::Null, json!("http://app.test/jwks"), "jwks_uri"),
        (Value::Null, json!("file:///etc/passwd"), "jwks_uri"),
    ] {
        let mut body = of(&Key::ec());
        (body["jwks"], body["jwks_uri"]) = (jwks.clone(), uri.clone());
        let refused = api.post("/apps", body).await;
        assert_eq!(refused.status, 422, "{jwks} {uri}: {refused}");
        assert_eq!(refused.json()["errors"][0]["field"], field, "{jwks} {uri}: {refused}");
        assert!(!refused.body.contains("c2VjcmV0"), "{refused}");
    }
    let mut large = of(&Key::ec());
    large["jwks"]["keys"][0]["note"] = "x".repeat(1024 * 1024).into();
    assert!([413, 422].contains(&api.post("/apps", large).await.status));
    let mut secret = of(&Key::ec());
    secret["client_secret"] = "a-secret-of-its-own-that-is-long".into();
    assert_eq!(api.post("/apps", secret).await.json()["errors"][0]["field"], "client_secret");
}

async fn keys_are_typed_on_a_page_and_shown_there(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let key = std::sync::Arc::new(Key::ec());
    let form = browser.open("/admin/new-app?kind=machine").await;
    let fields = [
        ("client_id", "job"),
        ("client_name", "Job"),
        ("scope", "api.read"),
        ("token_endpoint_auth_method", "private_key_jwt"),
        ("jwks", "{ keys: [] }"),
    ];
    let page = browser.press(&form, "app-save", &fields).await;
    assert_eq!((page.status, page.texts(".problem").len()), (422, 1), "{page}");
    assert_eq!(page.form("app-save").fields.get("jwks"), Some("{ keys: [] }"), "what was typed stays");
    let page = browser.press(&page, "app-save", &[("jwks", "")]).await;
    assert_eq!((page.status, page.texts(".problem").len()), (422, 1), "{page}");
    // As editors leave it, with tabs and lines.
    let typed = format!("{{\r\n\t\"keys\": [\r\n\t\t{:#}\r\n\t]\r\n}}", key.jwk());
    let page = browser.press(&page, "app-save", &[("jwks", &typed)]).await;
    assert!(page.status == 200 && !page.has("app-secret"), "{page}");
    assert!(is_believed(&server, key.clone()).await);
    let shown = browser.open("/admin/apps/job").await;
    assert!(shown.body.contains(&format!("P-256 ES256 {}", key.kid)) && !shown.has("secret-renew"), "{shown}");
    // What is there is in the form; saved as it is, nothing changes.
    let form = browser.open("/admin/apps/job/edit").await;
    let saved = browser.press(&form, "app-save", &[]).await;
    assert_eq!(saved.url.path(), "/admin/apps/job", "{saved}");
    assert!(is_believed(&server, key.clone()).await);
    // Back to a secret, which is shown once; the keys are of no use then, and the page says so.
    let form = browser.open("/admin/apps/job/edit").await;
    let back = browser.press(&form, "app-save", &[("token_endpoint_auth_method", "client_secret_basic")]).await;
    assert!(back.has("app-secret"), "{back}");
    assert!(!is_believed(&server, key).await);
    let shown = browser.open("/admin/apps/job").await;
    assert!(shown.has("secret-renew") && shown.has("check-keys-without-use"), "{shown}");
}

async fn keys_are_registered_by_a_command_and_in_a_manifest(database: Database) {
    let server = Server::start(database, "").await;
    let key = std::sync::Arc::new(Key::ec());
    let file = server.folder().join("keys.json");
    std::fs::write(&file, json!({ "keys": [key.jwk()] }).to_string()).unwrap();
    let create = |id: &str, more: &[&str]| {
        let arguments =
            ["client", "create", "--name", "Job", "--grant-type", "client_credentials", "--scope", "api.read"];
        let how = ["--id", id, "--token-endpoint-auth-method", "private_key_jwt", "--json"];
        server.try_cli(&[&arguments[..], &how, more].concat(), "")
    };
    let (status, out, told) = create("job", &["--jwks", file.to_str().unwrap()]);
    assert!(status.success() && !out.contains("client_secret"), "{out} {told}");
    assert!(create("publisher", &["--jwks-uri", "https://publisher.test/jwks.json"]).0.success());
    for (more, why) in [
        (vec![], "--jwks: "),
        (vec!["--jwks-uri", "http://publisher.test/"], "--jwks-uri: "),
        (vec!["--jwks", "/nowhere/at/all"], "/nowhere/at/all cannot be read"),
    ] {
        let (status, _, told) = create("another", &more);
        assert!(!status.success() && told.contains(why), "{why}: {told}");
    }
    crate::support::eventually("the app is known", async || is_believed(&server, key.clone()).await.then_some(()))
        .await;

    let text = server.cli(&["export"], "");
    assert!(text.contains(&key.kid) && text.contains("jwks_uri = \"https://publisher.test/jwks.json\""), "{text}");
    let (status, out, _) = server.try_cli(&["plan", "-", "--prune", "--exit-code"], &text);
    assert!(status.success() && out.contains("Nothing to do"), "{out}");
    let other = Server::start(database, "").await;
    other.cli(&["apply", "-"], &text);
    crate::support::eventually("the app is known", async || is_believed(&other, key.clone()).await.then_some(())).await;
    let without_head = |text: String| text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
    assert_eq!(without_head(other.cli(&["export"], "")), without_head(text.clone()));
    // Another key is a change that the plan shows.
    let changed = text.replace(&key.kid, "renamed");
    let (status, out, _) = other.try_cli(&["plan", "-", "--exit-code"], &changed);
    assert!(status.code() == Some(2) && out.contains("renamed"), "{out}");
    let form = crate::client_keys::proof("x");
    other.http.post("/token", &form, HeaderMap::new()).await.assert_error(401, "invalid_client");
}

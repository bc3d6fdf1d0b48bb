//! Where else people sign in, as operators look after it.
use super::{Api, operator, signed_in_earlier};
use crate::{
    federation::PRIVATE,
    support::{Account, Answer, Database, Kind, Server, Upstream, eventually, on_each_database},
};
use reqwest::Method;
use serde_json::{Value, json};
use toml::Table;

on_each_database!(
    a_provider_is_set_up_over_the_api_and_never_tells_its_secret,
    a_secret_goes_nowhere_that_whoever_entered_it_did_not_see,
    nobody_overwrites_a_provider_that_they_have_not_seen,
    a_provider_is_set_up_by_the_pages,
    addresses_of_a_provider_are_set_by_the_pages,
    a_provider_of_the_settings_file_is_to_be_read_alone,
);

/// What is sent to set a provider up as this one.
fn body(upstream: &Upstream) -> Value {
    let whole: Table = upstream.settings("work").parse().unwrap();
    serde_json::to_value(&whole["providers"]["work"]).unwrap()
}

/// With a header besides.
async fn with(server: &Server, api: &Api<'_>, method: Method, (name, value): (&str, &str), body: &Value) -> Answer {
    let request = server.http.request(method, "/api/admin/v1/providers/work").bearer_auth(api.key());
    Answer::of(request.header(name, value).json(body)).await
}

async fn button(server: &Server, is_there: bool) {
    eventually("the button comes or goes", async || {
        (server.browser().open("/login").await.has("login-with-work") == is_there).then_some(())
    })
    .await;
}

/// `security.md` AD-06 and AD-08.
async fn a_provider_is_set_up_over_the_api_and_never_tells_its_secret(database: Database) {
    let upstream = Upstream::start(Kind::Oidc);
    upstream.account(Account::of(Kind::Oidc));
    let server = Server::start(database, PRIVATE).await;
    let other = server.start_another(PRIVATE).await;
    let (api, mut settings) = (Api::of(&server, "admin"), body(&upstream));
    let made = api.send(Method::PUT, "/providers/work", &settings).await;
    assert_eq!(made.status, 200, "{made}");
    assert_eq!(made.json()["redirect_uri"], format!("{}/callback/work", server.issuer));
    assert_eq!(
        made.json()["event_uris"]["backchannel-logout"],
        format!("{}/callback/work/backchannel-logout", server.issuer)
    );
    assert_eq!(made.json()["secrets"], json!({ "client_secret": true, "private_key": false }));
    button(&server, true).await;
    button(&other, true).await;

    // Who signs in by it is counted, and what it says is found good.
    let browser = server.browser();
    browser.sign_in_with(&upstream, &browser.open("/login").await, "work").await;
    let checked = api.post("/providers/work/check", Value::Null).await.ok();
    assert_eq!((&checked["good"], checked["items"].as_array().unwrap().len()), (&json!(true), 3), "{checked}");
    assert_eq!(api.get("/providers/work").await.ok()["people"], 1);

    // What is left out goes, but for the secret, which stays.
    settings["label"] = "Work".into();
    settings.as_object_mut().unwrap().remove("client_secret");
    let saved = api.send(Method::PUT, "/providers/work", &settings).await.ok();
    assert_eq!((&saved["settings"]["label"], &saved["secrets"]["client_secret"]), (&json!("Work"), &json!(true)));
    let page = server.browser().open("/login").await;
    assert!(page.has("login-with-work"));
    assert_eq!(api.post("/providers/work/check", Value::Null).await.ok()["good"], true);

    settings["enabled"] = false.into();
    api.send(Method::PUT, "/providers/work", &settings).await.ok();
    button(&other, false).await;
    let (_, owner) = operator(&server, "owner").await;
    let page = owner.open("/admin/providers/work").await;
    let gone = api.send(Method::DELETE, "/providers/work", &Value::Null).await;
    assert_eq!(gone.status, 204, "{gone}");
    let listed = api.get("/providers").await.ok();
    assert_eq!(listed["items"], json!([]));

    let trail = api.get("/audit?object=provider:work").await.ok();
    let kinds: Vec<_> =
        trail["items"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["provider_deleted", "provider_saved", "provider_saved", "provider_saved"], "{trail}");
    let told = [made.body, saved.to_string(), page.body, listed.to_string(), trail.to_string(), server.log()];
    assert!(told.iter().all(|told| !told.contains(&upstream.client_secret())), "{told:?}");
    assert!(!server.rows().await.join("\n").contains(&upstream.client_secret()));
}

/// `security.md` AD-06: a secret is not to be had by sending it elsewhere, nor a file by naming it.
async fn a_secret_goes_nowhere_that_whoever_entered_it_did_not_see(database: Database) {
    let upstream = Upstream::start(Kind::Oidc);
    let server = Server::start(database, PRIVATE).await;
    let (api, settings) = (Api::of(&server, "admin"), body(&upstream));
    api.send(Method::PUT, "/providers/work", &settings).await.ok();
    let without = |key: &str, value: Value| {
        let mut body = settings.clone();
        body.as_object_mut().unwrap().remove("client_secret");
        body[key] = value;
        body
    };
    for (sent, field) in [
        (without("token_endpoint", json!("https://thief.test/token")), "client_secret"),
        (without("issuer", json!("https://thief.test")), "client_secret"),
        (without("kind", json!("google")), "kind"),
        (without("client_id", json!("")), "client_id"),
        (without("on_unknown", json!("whatever")), "on_unknown"),
        (without("authorization_params", json!({ "state": "x" })), "authorization_params"),
    ] {
        let refused = api.send(Method::PUT, "/providers/work", &sent).await;
        assert_eq!(refused.status, 422, "{sent}: {refused}");
        let told = refused.json();
        let named = |error: &Value| error["field"] == field && !error["detail"].as_str().unwrap().is_empty();
        assert!(told["errors"].as_array().unwrap().iter().any(named), "{sent}: {told}");
    }
    for (member, status) in [("client_secret_file", 400), ("is_admin", 400), ("clientid", 400)] {
        let refused = api.send(Method::PUT, "/providers/work", &without(member, json!("/etc/passwd"))).await;
        assert_eq!(refused.status, status, "{member}: {refused}");
    }
    for name in ["Not-a-name", "local"] {
        assert_eq!(api.send(Method::PUT, &format!("/providers/{name}"), &settings).await.status, 422, "{name}");
    }
    // With the secret anew, it may go there.
    let mut again = settings.clone();
    again["token_endpoint"] = "https://elsewhere.test/token".into();
    assert_eq!(api.send(Method::PUT, "/providers/work", &again).await.status, 200);
}

async fn nobody_overwrites_a_provider_that_they_have_not_seen(database: Database) {
    let upstream = Upstream::start(Kind::Oidc);
    let server = Server::start(database, PRIVATE).await;
    let (api, settings) = (Api::of(&server, "admin"), body(&upstream));
    let put = async |header, body: &Value| with(&server, &api, Method::PUT, header, body).await;
    assert_eq!(put(("if-match", "\"x\""), &settings).await.status, 412);
    assert_eq!(put(("if-match", "*"), &settings).await.status, 412);
    let made = put(("if-none-match", "*"), &settings).await;
    assert_eq!(made.status, 200, "{made}");
    assert_eq!(put(("if-none-match", "*"), &settings).await.status, 412);
    let first = made.header("etag").unwrap().to_owned();
    let second = put(("if-match", &first), &settings).await;
    let second = second.header("etag").unwrap().to_owned();
    assert_ne!(first, second);
    assert_eq!(api.get("/providers/work").await.header("etag"), Some(second.as_str()));
    assert_eq!(put(("if-match", &first), &settings).await.status, 412);
    assert_eq!(put(("if-match", "W/\"x\""), &settings).await.status, 412);
    assert_eq!(put(("if-match", "x"), &settings).await.status, 400);
    assert_eq!(with(&server, &api, Method::DELETE, ("if-match", &first), &Value::Null).await.status, 412);
    assert_eq!(with(&server, &api, Method::DELETE, ("if-match", &second), &Value::Null).await.status, 204);
    assert_eq!(api.send(Method::DELETE, "/providers/work", &Value::Null).await.status, 404);
}

/// `security.md` AD-06 and AD-09.
async fn a_provider_is_set_up_by_the_pages(database: Database) {
    let upstream = Upstream::start(Kind::Oidc);
    let server = Server::start(database, PRIVATE).await;
    let (owner, browser) = operator(&server, "owner").await;
    let issuer = body(&upstream)["issuer"].as_str().unwrap().to_owned();
    let page = browser.open("/admin/add-provider?kind=oidc").await;
    let fields = [("name", "work"), ("issuer", issuer.as_str()), ("client_id", "typed"), ("claims", "sub = id")];
    let page = browser.press(&page, "provider-save", &fields).await;
    assert_eq!(page.status, 422, "{page}");
    assert!(page.has("claims-error") && !page.has("client_id-error"), "{page}");
    let secret = upstream.client_secret();
    let sent = [("client_secret", secret.as_str()), ("claims", "")];
    let page = browser.press(&page, "provider-save", &sent).await;
    assert_eq!(page.url.path(), "/admin/providers/work", "{page}");
    assert_eq!(page.text_of("redirect-uri"), Some(format!("{}/callback/work", server.issuer)));
    assert!(!page.body.contains(&secret));
    let page = browser.press(&page, "provider-check", &[]).await;
    let found = page.text_of("provider-checked").unwrap();
    assert!(found.contains("Good.") && found.contains("Wrong:"), "the client id is another: {found}");
    // The form has every setting: one that nobody touches stays, and so does the secret.
    let client = body(&upstream)["client_id"].as_str().unwrap().to_owned();
    let page =
        browser.press(&page, "provider-save", &[("client_id", client.as_str()), ("scopes", "openid, email")]).await;
    let api = Api::of(&server, "auditor");
    let stored = api.get("/providers/work").await.ok();
    assert_eq!(
        (&stored["settings"]["scopes"], &stored["secrets"]["client_secret"]),
        (&json!(["openid", "email"]), &json!(true))
    );
    let checked = browser.press(&page, "provider-check", &[]).await.text_of("provider-checked").unwrap();
    assert!(!checked.contains("Wrong:"), "{checked}");

    // Whoever has an old page overwrites nothing.
    browser.press(&page, "provider-save", &[("label", "First")]).await;
    let late = browser.press(&page, "provider-save", &[("label", "Second")]).await;
    assert_eq!(late.status, 409, "{late}");
    let page = browser.open("/admin/providers").await;
    let page = browser.press(&page, "providers-order", &[("order-work", "7")]).await;
    assert!(page.body.contains("First"), "{page}");
    assert_eq!(api.get("/providers/work").await.ok()["settings"]["order"], 7);
    let page = browser.open("/admin/providers/work").await;
    let page = browser.press(&page, "provider-state", &[]).await;
    assert!(page.body.contains("Off"), "{page}");
    button(&server, false).await;

    signed_in_earlier(&server, &owner, 700).await;
    let page = browser.open("/admin/providers/work").await;
    for act in ["provider-save", "provider-remove"] {
        assert!(browser.press(&page, act, &[]).await.has("login-submit"), "{act} asks to sign in again");
    }
    browser.proceed(browser.open("/admin/add-provider?kind=oidc").await, &owner).await;
    let page = browser.open("/admin/providers/work").await;
    assert!(page.text_of("provider-remove-means").unwrap().contains("Nobody"), "{page}");
    browser.press(&page, "provider-remove", &[]).await;
    assert_eq!(api.get("/providers/work").await.status, 404);
}

async fn addresses_of_a_provider_are_set_by_the_pages(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let api = Api::of(&server, "auditor");
    for (kind, own) in [
        ("line", "friendship_endpoint"),
        ("github", "emails_endpoint"),
        ("facebook", "limited_jwks_uri"),
        ("instagram", "refresh_endpoint"),
        ("microsoft", "base_url"),
    ] {
        let page = browser.open(format!("/admin/add-provider?kind={kind}")).await;
        let fields = [("client_id", "id"), ("client_secret", "secret"), ("token_endpoint", "nowhere")];
        let page = browser.press(&page, "provider-save", &fields).await;
        assert!(page.status == 422 && page.has("token_endpoint-error"), "{kind}: {page}");
        let (token, its) = (format!("https://{kind}.test/token"), format!("https://{kind}.test/own"));
        let fields = [("client_secret", "secret"), ("token_endpoint", token.as_str()), (own, its.as_str())];
        let page = browser.press(&page, "provider-save", &fields).await;
        let path = format!("/providers/{kind}");
        assert_eq!(page.url.path(), format!("/admin{path}"), "{page}");
        let settings = api.get(&path).await.ok()["settings"].clone();
        assert_eq!((&settings["token_endpoint"], &settings[own]), (&json!(token), &json!(its)), "{settings}");
        // What is emptied is as usual again, where the secret is typed anew.
        let page = browser.press(&page, "provider-save", &[("token_endpoint", "")]).await;
        assert!(page.has("client_secret-error"), "{kind}: {page}");
        let page = browser.press(&page, "provider-save", &[("client_secret", "secret")]).await;
        assert_eq!(page.status, 200, "{page}");
        let settings = api.get(&path).await.ok()["settings"].clone();
        assert!(settings.get("token_endpoint").is_none() && settings[own] == json!(its), "{settings}");
    }
}

async fn a_provider_of_the_settings_file_is_to_be_read_alone(database: Database) {
    let upstream = Upstream::start(Kind::Oidc);
    let server = Server::start(database, &format!("{PRIVATE}{}", upstream.settings("work"))).await;
    let api = Api::of(&server, "admin");
    let there = api.get("/providers/work").await;
    assert_eq!((&there.json()["source"], there.header("etag")), (&json!("file"), None));
    assert!(!there.body.contains(&upstream.client_secret()));
    assert_eq!(api.send(Method::PUT, "/providers/work", &body(&upstream)).await.status, 409);
    assert_eq!(api.send(Method::DELETE, "/providers/work", &Value::Null).await.status, 409);
    let (_, browser) = operator(&server, "owner").await;
    let page = browser.open("/admin/providers/work").await;
    assert!(page.has("provider-in-file") && page.has("provider-check"), "{page}");
    assert!(!page.has("provider-save") && !page.has("provider-remove"), "{page}");
}

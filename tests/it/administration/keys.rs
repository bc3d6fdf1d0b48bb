//! The signing keys, as operators look after them.
use super::{Api, operator, signed_in_earlier};
use crate::support::{Answer, Database, Server, eventually, on_each_database};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::Value;

on_each_database!(
    a_key_that_somebody_else_may_have_is_worth_nothing_at_once,
    keys_are_looked_after_by_the_pages_after_a_fresh_sign_in,
    of_many_who_change_keys_at_once_each_leaves_one_that_signs,
);

/// Which key signed a token.
fn signer(token: &Value) -> String {
    let header = token.as_str().unwrap().split('.').next().unwrap().to_owned();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

async fn published(server: &Server) -> Vec<String> {
    let set = server.http.get("/jwks.json").await.ok();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// Keys of an algorithm in a state.
fn of<'a>(keys: &'a Value, algorithm: &str, state: &str) -> Vec<&'a str> {
    let all = keys["items"].as_array().unwrap().iter();
    let found = all.filter(|key| key["algorithm"] == algorithm && key["state"] == state);
    found.map(|key| key["kid"].as_str().unwrap()).collect()
}

/// `security.md` AD-08.
async fn a_key_that_somebody_else_may_have_is_worth_nothing_at_once(database: Database) {
    let server = Server::start(database, "").await;
    let other = server.start_another("").await;
    let (alice, app, browser) = (server.user("Alice"), server.app("web"), server.browser());
    let tokens = app.tokens(&browser, &alice).await;
    let (api, stolen) = (Api::of(&server, "admin"), signer(&tokens["access_token"]));
    assert_eq!(app.userinfo(&tokens).await.status, 200);
    let before = api.get("/keys").await.ok();
    assert_eq!(of(&before, "RS256", "active"), [stolen.as_str()]);
    let next = of(&before, "RS256", "next")[0].to_owned();

    let gone = api.send(Method::DELETE, &format!("/keys/{stolen}"), &Value::Null).await;
    assert_eq!(gone.status, 204, "{gone}");
    for node in [&server, &other] {
        eventually("no node publishes it", async || (!published(node).await.contains(&stolen)).then_some(())).await;
        assert!(published(node).await.contains(&next));
        let refused = node.http.get_with_token("/userinfo", tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(refused.status, 401, "{refused}");
    }
    let after = api.get("/keys").await.ok();
    assert_eq!(of(&after, "RS256", "active"), [next.as_str()]);
    assert_eq!(of(&after, "RS256", "next").len(), 1, "{after}");
    assert_eq!(of(&after, "ES256", "active"), of(&before, "ES256", "active"));
    let tokens = app.refresh(&tokens).await.ok();
    assert_eq!(signer(&tokens["access_token"]), next);
    assert_eq!(app.userinfo(&tokens).await.status, 200);
    assert_eq!(api.send(Method::DELETE, &format!("/keys/{stolen}"), &Value::Null).await.status, 404);

    // A key that does not sign yet goes as well, and leaves the one that signs.
    let unborn = of(&after, "RS256", "next")[0].to_owned();
    server.cli(&["keys", "retire", &unborn], "");
    assert!(!server.try_cli(&["keys", "retire", &unborn], "").0.success());
    let last = api.get("/keys").await.ok();
    assert_eq!(of(&last, "RS256", "active"), [next.as_str()]);
    assert!(of(&last, "RS256", "next").len() == 1 && of(&last, "RS256", "next") != [unborn.as_str()]);
    let trail = api.get("/audit?kind=key_retired").await.ok();
    assert_eq!(trail["items"].as_array().unwrap().len(), 2, "{trail}");
    assert_eq!(
        (&trail["items"][0]["actor"], &trail["items"][1]["object"]),
        (&"command".into(), &format!("key:{stolen}").into())
    );
    assert!(trail["items"][1].to_string().contains(&next), "it says who signs: {trail}");
}

/// `security.md` AD-09.
async fn keys_are_looked_after_by_the_pages_after_a_fresh_sign_in(database: Database) {
    let server = Server::start(database, "").await;
    let (owner, browser) = operator(&server, "owner").await;
    let api = Api::of(&server, "auditor");
    let before = api.get("/keys").await.ok();
    let page = browser.open("/admin/keys").await;
    let active = of(&before, "ES256", "active")[0].to_owned();
    signed_in_earlier(&server, &owner, 700).await;
    for act in ["keys-rotate", &format!("retire-{active}")] {
        let asked = browser.press(&page, act, &[]).await;
        assert!(asked.has("login-submit"), "{act} asks to sign in again: {asked}");
    }
    assert_eq!(api.get("/keys").await.ok(), before);
    let fresh = browser.press(&page, "keys-rotate", &[]).await;
    browser.proceed(fresh, &owner).await;
    let page = browser.press(&browser.open("/admin/keys").await, "keys-rotate", &[]).await;
    assert_eq!(page.url.path(), "/admin/keys", "{page}");
    let rotated = api.get("/audit?kind=key_rotated").await.ok();
    assert_eq!(rotated["items"].as_array().unwrap().len(), 3, "one for each algorithm: {rotated}");
    let page = browser.press(&page, &format!("retire-{active}"), &[]).await;
    assert!(!page.body.contains(&active), "{page}");
    assert_eq!(of(&api.get("/keys").await.ok(), "ES256", "active").len(), 1);
    let told = api.get("/keys").await.body + &page.body;
    assert!(!told.contains("\"d\"") && !told.contains("sealed"), "{told}");
}

async fn of_many_who_change_keys_at_once_each_leaves_one_that_signs(database: Database) {
    let server = Server::start(database, "").await;
    let other = server.start_another("").await;
    let api = Api::of(&server, "admin");
    for _ in 0..3 {
        let keys = api.get("/keys").await.ok();
        let kids: Vec<_> = keys["items"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
        let mut sent = tokio::task::JoinSet::new();
        for (node, kid) in kids.iter().flat_map(|kid| [(&server, *kid), (&other, *kid)]) {
            let request = node.http.request(Method::DELETE, &format!("/api/admin/v1/keys/{kid}"));
            sent.spawn(Answer::of(request.bearer_auth(api.key())));
        }
        let answers = sent.join_all().await;
        let gone = answers.iter().filter(|answer| answer.status == 204).count();
        assert_eq!(gone, kids.len(), "each is ended once: {answers:?}");
        assert!(answers.iter().all(|answer| [204, 404].contains(&answer.status)), "{answers:?}");
        let after = api.get("/keys").await.ok();
        for algorithm in ["RS256", "ES256", "EdDSA"] {
            assert_eq!(of(&after, algorithm, "active").len(), 1, "{after}");
            assert_eq!(of(&after, algorithm, "next").len(), 1, "{after}");
        }
        assert!(kids.iter().all(|kid| !after.to_string().contains(kid)), "{after}");
    }
}

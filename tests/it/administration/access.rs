//! Who may come in, and by what.
use super::{Api, operator};
use crate::support::{Answer, Database, Server, at_once, on_each_database};
use reqwest::Method;
use serde_json::{Value, json};

on_each_database!(
    a_key_opens_the_api_until_it_is_revoked,
    a_role_opens_what_is_its_own,
    a_request_that_is_sent_again_is_done_once,
    tokens_of_other_kinds_open_nothing
);

/// `security.md` AD-06.
async fn a_key_opens_the_api_until_it_is_revoked(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "admin");
    let made = api.post("/api-keys", json!({ "name": "deploy", "role": "auditor" })).await;
    assert_eq!(made.status, 201, "{made}");
    let made = made.json();
    let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    assert!(key.starts_with("genkan_"));
    let listed = api.get("/api-keys").await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert!(!listed.to_string().contains(key));
    assert!(!server.rows().await.join("\n").contains(key));

    let path = "/api/admin/v1/api-keys";
    let with = async |key: &str| Answer::of(server.http.request(Method::GET, path).bearer_auth(key)).await;
    assert_eq!(with(key).await.status, 200);
    let gone = api.send(Method::DELETE, &format!("/api-keys/{id}"), &Value::Null).await;
    assert_eq!(gone.status, 204, "{gone}");
    let refused = with(key).await;
    assert_eq!(refused.status, 401, "{refused}");
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    assert!(refused.header("www-authenticate").unwrap().contains("invalid_token"));

    // Nobody gives away more than they have, and what is not known is refused.
    for (body, status) in [
        (json!({ "name": "up", "role": "owner" }), 403),
        (json!({ "name": " ", "role": "auditor" }), 422),
        (json!({ "name": "x", "role": "auditor", "expires_at": 1 }), 422),
        (json!({ "name": "x", "role": "god" }), 400),
        (json!({ "name": "x", "role": "auditor", "digest": "x" }), 400),
        (json!({ "name": "x\u{0}", "role": "auditor" }), 400),
    ] {
        let refused = api.post("/api-keys", body.clone()).await;
        assert_eq!(refused.status, status, "{body}: {refused}");
    }
}

/// Whoever did not hear the answer asks again.
async fn a_request_that_is_sent_again_is_done_once(database: Database) {
    let server = Server::start(database, "").await;
    let (api, other) = (Api::of(&server, "admin"), Api::of(&server, "owner"));
    let body = |name: &str| json!({ "name": name, "role": "auditor" });
    let send = |api: &Api<'_>, key: &str, name: &str| Answer::of(api.keyed("/api-keys", key, &body(name)));
    let (first, again) = (send(&api, "k1", "deploy").await, send(&api, "k1", "deploy").await);
    assert_eq!((first.status, again.status), (201, 201), "{first} {again}");
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(send(&api, "k1", "another").await.status, 422);
    assert_eq!(send(&api, "", "deploy").await.status, 400);
    assert_ne!(send(&other, "k1", "deploy").await.body, first.body, "a key is its sender's own");
    // What was refused is refused again; many at once are one.
    assert_eq!(send(&api, "k2", " ").await.status, 422);
    assert_eq!(send(&api, "k2", " ").await.header("idempotency-replayed"), Some("true"));
    let all = at_once((0..8).map(|_| send(&api, "k3", "once"))).await;
    assert!(all.iter().all(|answer| [201, 409].contains(&answer.status)));
    let listed = api.get("/api-keys").await.ok();
    let named = |name| listed["items"].as_array().unwrap().iter().filter(|key| key["name"] == name).count();
    assert_eq!((named("deploy"), named("another"), named("once")), (2, 0, 1));
    assert!(!server.rows().await.join("\n").contains(first.json()["key"].as_str().unwrap()));
}

/// `security.md` AD-01.
async fn a_role_opens_what_is_its_own(database: Database) {
    let server = Server::start(database, "").await;
    let nobody = server.browser();
    let page = nobody.open("/admin").await;
    assert!(page.has("login-submit"), "who is not signed in signs in first: {page}");
    let person = server.user("Alice");
    let browser = server.browser();
    browser.proceed(browser.open("/account").await, &person).await;
    let page = browser.open("/admin").await;
    assert_eq!((page.status, page.text_of("error-code").as_deref()), (403, Some("not_for_you")), "{page}");
    for (role, status) in [("owner", 200), ("admin", 200), ("auditor", 200), ("support", 403)] {
        let (_, browser) = operator(&server, role).await;
        assert_eq!(browser.open("/admin").await.status, 200);
        let page = browser.open("/admin/api-keys").await;
        assert_eq!(page.status, status, "{role}: {page}");
        assert_eq!(page.has("api-key-create"), ["owner", "admin"].contains(&role), "{role}: {page}");
    }
    let refused = Api::of(&server, "auditor").get("/audit?kind=operator_refused").await.ok();
    assert_eq!(refused["items"].as_array().unwrap().len(), 2, "{refused}");
}

/// `security.md` AD-05 and UN-03: what an app got for signing somebody in is no key to the administration.
async fn tokens_of_other_kinds_open_nothing(database: Database) {
    let server = Server::start(database, "").await;
    let (owner, browser) = operator(&server, "owner").await;
    let tokens = server.app("web").tokens(&browser, &owner).await;
    let path = "/api/admin/v1/api-keys";
    for (token, status) in [("access_token", 403), ("id_token", 401), ("refresh_token", 401)] {
        let Some(token) = tokens[token].as_str() else { continue };
        assert_eq!(server.http.get_with_token(path, token).await.status, status);
    }
    for token in ["genkan_", "genkan_AAAA", "x"] {
        assert_eq!(server.http.get_with_token(path, token).await.status, 401);
    }
    assert_eq!(server.http.get(path).await.status, 401);
    assert_eq!(server.http.get("/api/admin/v1/openapi.json").await.status, 200);
    assert_eq!(server.http.get("/api/admin/v1/nothing").await.status, 404);
    let api = Api::of(&server, "owner");
    for path in ["/users/%00", "/apps/a%00b", "/groups/%00", "/api-keys/%00", "/webhooks/%00"] {
        assert_eq!(api.get(path).await.status, 404, "{path}");
        assert_eq!(browser.get(&format!("/admin{path}")).await.status, 404, "{path}");
    }
}

//! Groups and roles, and what apps are told of them.
use super::{Api, operator};
use crate::support::{Answer, Database, Server, claims_of, on_each_database};
use reqwest::{Method, header};
use serde_json::{Value, json};

on_each_database!(
    apps_are_told_of_groups_where_they_may_ask,
    people_are_added_by_what_they_are_known_by,
    a_group_is_made_renamed_and_removed
);

const APP: &str = "[[clients]]
client_id = 'wiki'
client_name = 'Wiki'
client_secret = 'wiki-secret-0123456789-0123456789-0123456789'
redirect_uris = ['https://wiki.test/cb']
scope = 'openid profile groups roles offline_access'";

async fn made(api: &Api<'_>, kind: &str, name: &str) -> String {
    let made = api.post("/groups", json!({ "kind": kind, "name": name, "description": "x" })).await;
    assert_eq!(made.status, 201, "{made}");
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn apps_are_told_of_groups_where_they_may_ask(database: Database) {
    let server = Server::start(database, APP).await;
    let api = Api::of(&server, "admin");
    let (alice, browser) = (server.user("Alice"), server.browser());
    let mut ids = vec![];
    for (kind, name) in [("group", "staff"), ("group", "日本支社"), ("role", "wiki:editor"), ("role", "other")] {
        ids.push(made(&api, kind, name).await);
    }
    for id in &ids[..3] {
        let path = format!("/groups/{id}/members/{}", alice.sub);
        for _ in 0..2 {
            assert_eq!(api.send(Method::PUT, &path, &Value::Null).await.status, 204);
        }
    }
    let wiki = server.app("wiki");
    let tokens = wiki.tokens(&browser, &alice).await;
    let (groups, roles) = (json!(["staff", "日本支社"]), json!(["wiki:editor"]));
    let told = [
        server.claims(&tokens["access_token"]).await,
        claims_of(&tokens["id_token"]),
        wiki.userinfo(&tokens).await.ok(),
    ];
    for claims in told {
        assert_eq!((&claims["groups"], &claims["roles"]), (&groups, &roles), "{claims}");
    }
    // As they are by then.
    let path = format!("/groups/{}/members/{}", ids[0], alice.sub);
    assert_eq!(api.send(Method::DELETE, &path, &Value::Null).await.status, 204);
    assert_eq!(wiki.userinfo(&tokens).await.ok()["groups"], json!(["日本支社"]));
    let renewed = wiki.refresh(&tokens).await.ok();
    assert_eq!(server.claims(&renewed["access_token"]).await["groups"], json!(["日本支社"]));
    let less = wiki.asking_for("openid groups");
    let tokens = less.tokens(&browser, &alice).await;
    let claims = server.claims(&tokens["access_token"]).await;
    assert!(claims["groups"].is_array() && claims["roles"].is_null(), "{claims}");
    // Not by default.
    let web = server.app("web").asking_for("openid profile groups roles");
    let tokens = web.tokens(&browser, &alice).await;
    let claims = claims_of(&tokens["id_token"]);
    assert!(claims["groups"].is_null() && claims["roles"].is_null(), "{claims}");
    assert!(!tokens["scope"].as_str().unwrap().contains("groups"));
    // Nobody has none.
    let bob = server.user("Bob");
    let tokens = server.app("wiki").tokens(&server.browser(), &bob).await;
    assert_eq!(claims_of(&tokens["id_token"])["groups"], json!([]));
}

/// An address that nobody has proved, and a user name that looks like an id, stand for nobody else.
async fn people_are_added_by_what_they_are_known_by(database: Database) {
    let server = Server::start(database, "").await;
    let id = made(&Api::of(&server, "admin"), "group", "staff").await;
    let (_, browser) = operator(&server, "admin").await;
    let [alice, bob, mallory] = ["Alice", "Bob", "Mallory"].map(|name| server.user(name));
    server.sql(&format!("UPDATE users SET username = '{}' WHERE id = '{}'", alice.sub, mallory.sub)).await;
    server.sql(&format!("UPDATE users SET username = 'bob' WHERE id = '{}'", bob.sub)).await;
    server.sql(&format!("UPDATE users SET email_verified_at = NULL WHERE id = '{}'", mallory.sub)).await;
    let page = browser.open(format!("/admin/groups/{id}")).await;
    for nobody in [mallory.email.as_str(), "nobody", "no one@", ""] {
        let refused = browser.press(&page, "group-add", &[("user", nobody)]).await;
        assert!(refused.status == 422 && refused.has("user-error"), "{nobody}: {refused}");
    }
    let members = async || server.texts("SELECT user_id FROM members ORDER BY user_id").await;
    for (text, who) in [(alice.sub.as_str(), &alice), (&alice.email.to_uppercase(), &alice), (" BOB ", &bob)] {
        server.sql("DELETE FROM members").await;
        let page = browser.press(&page, "group-add", &[("user", text)]).await;
        assert_eq!((page.status, members().await), (200, vec![who.sub.clone()]), "{text}: {page}");
    }
}

/// `security.md` XS-01 and AD-02.
async fn a_group_is_made_renamed_and_removed(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "admin");
    let id = made(&api, "group", "staff").await;
    assert_eq!(made(&api, "role", "staff").await.len(), id.len(), "the same name, of another kind");
    for (body, status) in [
        (json!({ "kind": "group", "name": "staff" }), 422),
        (json!({ "kind": "group", "name": " " }), 422),
        (json!({ "kind": "group", "name": "a\nb" }), 422),
        (json!({ "kind": "team", "name": "x" }), 400),
        (json!({ "kind": "group", "name": "x", "id": "y" }), 400),
    ] {
        assert_eq!(api.post("/groups", body.clone()).await.status, status, "{body}");
    }
    let read = api.get(&format!("/groups/{id}")).await;
    let etag = read.header("etag").unwrap().to_owned();
    let path = format!("/api/admin/v1/groups/{id}");
    let with = async |method: Method, body: Value| {
        Answer::of(api.request(method, &path).header(header::IF_MATCH, &etag).json(&body)).await
    };
    assert_eq!(with(Method::PATCH, json!({ "name": "\"><svg onload=alert(1)>" })).await.status, 200);
    assert_eq!(with(Method::PATCH, json!({ "description": "late" })).await.status, 412);
    assert_eq!(with(Method::DELETE, Value::Null).await.status, 412);
    let (mut all, mut after) = (vec![], String::new());
    loop {
        let page = api.get(&format!("/groups?limit=1&after={after}")).await.ok();
        all.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        after = next.into();
    }
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!(api.send(Method::DELETE, &format!("/groups/{id}"), &Value::Null).await.status, 204);
    assert_eq!(api.get(&format!("/groups/{id}/members")).await.status, 404);
}

//! People: listing and finding them, and what may be done to whom.
use super::{Api, operator};
use crate::support::{Answer, Database, Server, User, at_once, on_each_database, refresh_grant};
use reqwest::{Method, header};
use serde_json::{Value, json};

on_each_database!(
    people_are_listed_and_found,
    nobody_sets_what_is_not_theirs_to_set,
    what_is_anothers_is_not_found,
    nobody_acts_on_those_above_them,
    whoever_is_disabled_or_deleted_is_out_at_once,
    somebody_always_rules,
    nobody_overwrites_what_they_have_not_seen,
    two_accounts_become_one,
    a_role_ends_with_the_power_it_came_from,
);

/// Makes somebody by the API; their id.
async fn made(api: &Api<'_>, body: Value) -> String {
    let made = api.post("/users", body).await;
    assert_eq!(made.status, 201, "{made}");
    made.json()["id"].as_str().unwrap().to_owned()
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().filter_map(|user| user["name"].as_str()).collect()
}

async fn people_are_listed_and_found(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "admin");
    for (name, email) in [
        ("Hana Suzuki", "hana@people.test"),
        ("Taro SUZUKI", "taro@people.test"),
        ("鈴木 花", "flower@people.test"),
        ("100% _Sure", "sure@people.test"),
    ] {
        made(&api, json!({ "name": name, "email": email, "preferred_username": email.split('@').next() })).await;
    }
    server.sql("UPDATE users SET created_at = 5 WHERE name = 'Hana Suzuki'").await;

    // All of them, a page after another, each once, whoever was made at the same second.
    let (mut all, mut after) = (vec![], String::new());
    loop {
        let page = api.get(&format!("/users?limit=1&after={after}")).await.ok();
        all.extend(names(&page).into_iter().map(ToOwned::to_owned));
        let Some(next) = page["next"].as_str() else { break };
        after = next.into();
    }
    assert_eq!((all.len(), all.last().map(String::as_str)), (4, Some("Hana Suzuki")), "{all:?}");

    let id = api.get("/users?q=hana@people.test").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
    let group = api.post("/groups", json!({ "kind": "group", "name": "staff" })).await.json();
    let group = group["id"].as_str().unwrap();
    let put = api.send(Method::PUT, &format!("/groups/{group}/members/{id}"), &Value::Null).await;
    assert_eq!(put.status, 204, "{put}");
    server.sql("UPDATE users SET disabled_at = 1 WHERE name = 'Taro SUZUKI'").await;
    server.sql("UPDATE users SET role = 'support' WHERE email = 'sure@people.test'").await;
    for (query, found) in [
        ("q=hana", vec!["Hana Suzuki"]),
        ("q=SUZU", vec!["Hana Suzuki", "Taro SUZUKI"]),
        ("q=hana%20su", vec!["Hana Suzuki"]),
        ("q=%E8%8A%B1", vec!["鈴木 花"]),
        ("q=%EF%BC%B4aro", vec!["Taro SUZUKI"]),
        ("q=flower@", vec!["鈴木 花"]),
        ("q=uzuki", vec![]),
        ("q=%25", vec![]),
        ("q=100%25", vec!["100% _Sure"]),
        ("q=_", vec!["100% _Sure"]),
        (&format!("q={id}"), vec!["Hana Suzuki"]),
        ("disabled=true", vec!["Taro SUZUKI"]),
        ("q=suzuki&disabled=false", vec!["Hana Suzuki"]),
        ("role=support", vec!["100% _Sure"]),
        ("role=owner", vec![]),
        (&format!("group={group}"), vec!["Hana Suzuki"]),
        (&format!("q=taro&group={group}"), vec![]),
    ] {
        let page = api.get(&format!("/users?{query}")).await.ok();
        let mut names = names(&page);
        names.sort_unstable();
        assert_eq!(names, found, "{query}");
    }
    // Found by three terms, and listed once, on whichever page.
    let first = api.get("/users?q=t&limit=1").await.ok();
    assert_eq!((names(&first), first["next"].is_null()), (vec!["Taro SUZUKI"], true));
    // What they are found by follows what is known of them.
    let path = format!("/users/{id}");
    api.send(Method::PATCH, &path, &json!({ "name": "Hanako", "email": "" })).await.ok();
    assert!(names(&api.get("/users?q=suzuki&disabled=false").await.ok()).is_empty());
    assert_eq!(names(&api.get("/users?q=hanako").await.ok()), ["Hanako"]);
    for bad in ["limit=0", "role=god", "disabled=maybe", "after=x", "q=a&q=b"] {
        assert_eq!(api.get(&format!("/users?{bad}")).await.status, 400, "{bad}");
    }
}

/// `security.md` AD-02.
async fn nobody_sets_what_is_not_theirs_to_set(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "admin");
    let id = made(&api, json!({ "email": "hana@people.test" })).await;
    let path = format!("/users/{id}");
    for member in ["role", "id", "sub", "is_admin", "groups", "disabled_at", "created_at", "updated_at", "picture"] {
        let body = json!({ member: "owner" });
        let refused = api.send(Method::PATCH, &path, &body).await;
        assert_eq!(refused.status, 400, "{member}: {refused}");
    }
    for (profile, status) in [("email_verified", 422), ("picture", 422), ("phone_number_verified", 422), ("sub", 422)] {
        let refused = api.send(Method::PATCH, &path, &json!({ "profile": { profile: "true" } })).await;
        assert_eq!(refused.status, status, "{profile}: {refused}");
    }
    for body in [json!({ "email": "x@people.test", "id": "x" }), json!({ "email": "x@people.test", "disabled_at": 1 })]
    {
        assert_eq!(api.post("/users", body).await.status, 400);
    }
    let faults =
        api.send(Method::PATCH, &path, &json!({ "email": "x", "profile": { "website": "javascript:x" } })).await;
    let faults = faults.json()["errors"].as_array().unwrap().len();
    assert_eq!(faults, 2);
    let now = api.get(&path).await.ok();
    assert_eq!((&now["role"], &now["email_verified"]), (&Value::Null, &json!(false)), "{now}");
    // Another address is not proved by being written.
    api.send(Method::PATCH, &path, &json!({ "email_verified": true })).await.ok();
    let now = api.send(Method::PATCH, &path, &json!({ "email": "other@people.test" })).await.ok();
    assert_eq!(now["email_verified"], false);
}

/// `security.md` AD-03.
async fn what_is_anothers_is_not_found(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "admin");
    let (alice, bob, browser) = (server.user("Alice"), server.user("Bob"), server.browser());
    let tokens = server.app("web").tokens(&browser, &alice).await;
    let sessions = api.get(&format!("/users/{}/sessions", alice.sub)).await.ok();
    let session = sessions["items"][0]["id"].as_str().unwrap().to_owned();
    for path in [
        format!("/users/{}/sessions/{session}", bob.sub),
        format!("/users/{}/consents/web", bob.sub),
        format!("/users/{}/sessions/nothing", alice.sub),
        format!("/users/nobody/sessions/{session}"),
        "/users/nobody/consents/web".into(),
        "/users/nobody".into(),
        format!("/groups/nothing/members/{}", alice.sub),
    ] {
        let refused = api.send(Method::DELETE, &path, &Value::Null).await;
        assert_eq!(refused.status, 404, "{path}: {refused}");
    }
    assert_eq!(server.app("web").userinfo(&tokens).await.status, 200);
    assert_eq!(browser.open("/account").await.status, 200);
    let path = format!("/users/{}/sessions/{session}", alice.sub);
    assert_eq!(api.send(Method::DELETE, &path, &Value::Null).await.status, 204);
    assert!(browser.open("/account").await.has("login-submit"));
}

/// Everything that can be done to somebody: method, path below theirs, body.
fn acts() -> Vec<(Method, &'static str, Value)> {
    vec![
        (Method::PATCH, "", json!({ "email": "mine@people.test", "email_verified": true })),
        (Method::PATCH, "", json!({ "name": "x" })),
        (Method::POST, "/disable", Value::Null),
        (Method::POST, "/enable", Value::Null),
        (Method::POST, "/password-reset", Value::Null),
        (Method::DELETE, "/factors", Value::Null),
        (Method::DELETE, "/sessions", Value::Null),
        (Method::DELETE, "/sessions/x", Value::Null),
        (Method::DELETE, "/consents/web", Value::Null),
        (Method::DELETE, "/deletion", Value::Null),
        (Method::PUT, "/deletion", Value::Null),
        (Method::PUT, "/role", json!({ "role": "support" })),
        (Method::PUT, "/role", json!({ "role": null })),
        (Method::DELETE, "", Value::Null),
    ]
}

/// `security.md` AD-04.
async fn nobody_acts_on_those_above_them(database: Database) {
    let server = Server::start(database, "").await;
    let all = ["owner", "admin", "support", "auditor"];
    let mut people = vec![];
    for role in all {
        people.push((role, operator(&server, role).await.0));
    }
    let nobody = server.user("Nobody");
    let group = Api::of(&server, "owner").post("/groups", json!({ "kind": "role", "name": "boss" })).await.json();
    let group = group["id"].as_str().unwrap();
    let before = server.texts("SELECT id || coalesce(email, '') || coalesce(role, '') FROM users ORDER BY id").await;
    for (role, above) in [("admin", &all[..1]), ("support", &all[..]), ("auditor", &all[..])] {
        let api = Api::of(&server, role);
        for (_, target) in people.iter().filter(|(role, _)| above.contains(role)) {
            for (method, path, body) in acts() {
                let refused = api.send(method, &format!("/users/{}{path}", target.sub), &body).await;
                assert_eq!(refused.status, 403, "{role}: {path} {body}: {refused}");
            }
            let merge = |from: &User, into: &User| (format!("/users/{}/merge", into.sub), json!({ "from": from.sub }));
            for (path, body) in [merge(target, &nobody), merge(&nobody, target)] {
                assert_eq!(api.post(&path, body).await.status, 403, "{role}");
            }
            let path = format!("/groups/{group}/members/{}", target.sub);
            assert_eq!(api.send(Method::PUT, &path, &Value::Null).await.status, 403, "{role}");
        }
        for given in all.iter().filter(|given| above.contains(given)) {
            let (email, path) = (format!("{given}@new.test"), format!("/users/{}/role", nobody.sub));
            let new = api.post("/users", json!({ "email": email, "role": given })).await;
            let invited = api.post("/invitations", json!({ "role": given })).await;
            let raised = api.send(Method::PUT, &path, &json!({ "role": given })).await;
            let key = api.post("/api-keys", json!({ "name": "x", "role": given })).await;
            assert_eq!([new.status, invited.status, raised.status, key.status], [403; 4], "{role} gives {given}");
        }
    }
    let after = server.texts("SELECT id || coalesce(email, '') || coalesce(role, '') FROM users ORDER BY id").await;
    assert_eq!(before, after);
}

/// Whether nothing that somebody had is good any more.
async fn assert_out(server: &Server, tokens: &Value, key: &str, browser: &crate::support::Browser) {
    let app = server.app("web");
    assert_eq!(app.userinfo(tokens).await.status, 401);
    app.token(refresh_grant(tokens)).await.assert_error(400, "invalid_grant");
    assert_eq!(app.introspect(&tokens["access_token"]).await["active"], false);
    assert!(browser.open("/account").await.has("login-submit"));
    let with_key = server.http.request(Method::GET, "/api/admin/v1/users").bearer_auth(key);
    assert_eq!(Answer::of(with_key).await.status, 401);
}

/// `security.md` AD-10.
async fn whoever_is_disabled_or_deleted_is_out_at_once(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "owner");
    operator(&server, "owner").await;
    for (method, act) in [(Method::POST, "/disable"), (Method::DELETE, ""), (Method::PUT, "/deletion")] {
        let person = server.user(&format!("Admin{}", act.len()));
        server.sql(&format!("UPDATE users SET role = 'admin' WHERE id = '{}'", person.sub)).await;
        let (browser, app) = (server.browser(), server.app("web"));
        let tokens = app.tokens(&browser, &person).await;
        let code = app.sign_in(&browser, &person).await;
        let made = api.post("/api-keys", json!({ "name": "theirs", "role": "admin" })).await.json();
        let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
        server.sql(&format!("UPDATE api_keys SET created_by = 'person:{}' WHERE id = '{id}'", person.sub)).await;
        assert_eq!(app.userinfo(&tokens).await.status, 200);
        let done = api.send(method, &format!("/users/{}{act}", person.sub), &Value::Null).await;
        assert_eq!(done.status, 204, "{done}");
        app.redeem(&code).await.assert_error(400, "invalid_grant");
        assert_out(&server, &tokens, key, &browser).await;
        if act == "/disable" {
            let typed = [("username", person.email.as_str()), ("password", person.password.as_str())];
            let page = browser.press(&browser.open("/account").await, "login-submit", &typed).await;
            assert!(page.has("form-error"), "they do not come in again: {page}");
            let path = format!("/users/{}/enable", person.sub);
            assert_eq!(api.post(&path, Value::Null).await.status, 204);
            browser.proceed(browser.open("/account").await, &person).await;
            assert!(!browser.open("/account").await.has("login-submit"));
        }
    }
    let kinds =
        server.texts("SELECT kind FROM audit WHERE kind LIKE 'user_%' AND kind <> 'user_created' OR kind = 'deletion_scheduled' ORDER BY seq");
    assert_eq!(kinds.await, ["user_disabled", "user_enabled", "user_deleted", "deletion_scheduled"]);
}

/// `security.md` AD-11.
async fn somebody_always_rules(database: Database) {
    let server = Server::start(database, "").await;
    let (owner, browser) = operator(&server, "owner").await;
    operator(&server, "support").await;
    let api = Api::of(&server, "owner");
    let lessening = || {
        acts().into_iter().filter(|(method, path, _)| {
            ["/disable", "/factors", "/deletion", "/role"].contains(path)
                && (*path != "/deletion" || *method == Method::PUT)
                || path.is_empty() && *method == Method::DELETE
        })
    };
    let admin = operator(&server, "admin").await.0;
    // An admin can do less than the only owner.
    for (method, path, body) in lessening() {
        let refused = api.send(method, &format!("/users/{}{path}", owner.sub), &body).await;
        assert_eq!(refused.status, 409, "{path}: {refused}");
    }
    assert_eq!(browser.open("/admin").await.status, 200);
    let path = format!("/users/{}/role", admin.sub);
    assert_eq!(api.send(Method::PUT, &path, &json!({ "role": "owner" })).await.status, 204);
    // Of all that is done to both at once, one is too late.
    let requests: Vec<_> = [&owner, &admin]
        .into_iter()
        .map(|user| {
            let path = format!("/api/admin/v1/users/{}/role", user.sub);
            api.request(Method::PUT, &path).json(&json!({ "role": null }))
        })
        .collect();
    let outcomes = at_once(requests.into_iter().map(Answer::of)).await;
    let mut statuses: Vec<_> = outcomes.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    assert_eq!(server.texts("SELECT role FROM users WHERE role = 'owner'").await.len(), 1);
}

async fn nobody_overwrites_what_they_have_not_seen(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "admin");
    let id = made(&api, json!({ "email": "hana@people.test" })).await;
    let read = api.get(&format!("/users/{id}")).await;
    let etag = read.header("etag").unwrap().to_owned();
    let path = format!("/api/admin/v1/users/{id}");
    let with = async |method: Method, tag: &str, body: Value| {
        Answer::of(api.request(method, &path).header(header::IF_MATCH, tag).json(&body)).await
    };
    let first = with(Method::PATCH, &etag, json!({ "name": "First" })).await;
    assert_eq!(first.status, 200, "{first}");
    assert_ne!(first.header("etag"), Some(etag.as_str()));
    for tag in [etag.as_str(), "\"x\"", "W/\"1\""] {
        let late = with(Method::PATCH, tag, json!({ "name": "Second" })).await;
        assert_eq!(late.status, 412, "{tag}: {late}");
        assert_eq!(with(Method::DELETE, tag, Value::Null).await.status, 412);
    }
    assert_eq!(api.get(&format!("/users/{id}")).await.ok()["name"], "First");
    assert_eq!(with(Method::PATCH, "*", json!({ "name": "Third" })).await.status, 200);
    // Without a version it goes ahead.
    assert_eq!(api.send(Method::DELETE, &format!("/users/{id}"), &Value::Null).await.status, 204);
}

async fn two_accounts_become_one(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "admin");
    let (alice, other) = (server.user("Alice"), server.user("Alicia"));
    let (browser, there) = (server.browser(), server.browser());
    let tokens = server.app("web").tokens(&browser, &alice).await;
    server.app("spa").tokens(&there, &other).await;
    let group = api.post("/groups", json!({ "kind": "group", "name": "staff" })).await.json();
    let group = group["id"].as_str().unwrap();
    api.send(Method::PUT, &format!("/groups/{group}/members/{}", other.sub), &Value::Null).await;
    let path = format!("/users/{}/merge", alice.sub);
    let preview = api.get(&format!("{path}?from={}", other.sub)).await.ok();
    assert_eq!((&preview["consents"], &preview["groups"]), (&json!(1), &json!(1)), "{preview}");
    assert_eq!(preview["losses"], json!(["merge-loses-email", "merge-loses-password"]));
    assert_eq!(api.get(&format!("{path}?from={}", alice.sub)).await.ok()["obstacle"], "merge-same");
    assert_eq!(api.post(&path, json!({ "from": alice.sub })).await.status, 409);
    let (somebody, _) = operator(&server, "support").await;
    assert_eq!(api.post(&path, json!({ "from": somebody.sub })).await.status, 409);

    let done = api.post(&path, json!({ "from": other.sub })).await;
    assert_eq!(done.status, 204, "{done}");
    assert_eq!(api.get(&format!("/users/{}", other.sub)).await.status, 404);
    let groups = api.get(&format!("/users/{}/groups", alice.sub)).await.ok();
    assert_eq!(groups["items"][0]["name"], "staff");
    let consents = api.get(&format!("/users/{}/consents", alice.sub)).await.ok();
    assert_eq!(consents["items"].as_array().unwrap().len(), 2, "{consents}");
    assert_eq!(server.app("web").userinfo(&tokens).await.status, 401);
    for browser in [browser, there] {
        assert!(browser.open("/account").await.has("login-submit"));
    }
    let trail = Api::of(&server, "auditor").get("/audit?kind=users_merged").await.ok();
    assert_eq!(trail["items"][0]["object"], format!("user:{}", other.sub), "{trail}");
}

/// `security.md` AD-04: neither a session nor an invitation outlives the role that it came from.
async fn a_role_ends_with_the_power_it_came_from(database: Database) {
    let server = Server::start(database, "").await;
    operator(&server, "owner").await;
    let (admin, browser) = operator(&server, "admin").await;
    let owner = Api::of(&server, "owner");
    let mut links = vec![];
    for _ in 0..2 {
        let invited = owner.post("/invitations", json!({ "role": "admin" })).await;
        assert_eq!(invited.status, 201, "{invited}");
        links.push(invited.json()["link"].as_str().unwrap().to_owned());
    }
    let accept = async |link: &str, email: &str| {
        let newcomer = server.browser();
        let page = newcomer.open(link).await;
        let fields = [("email", email), ("name", "New"), ("password", "correct horse battery staple 9")];
        newcomer.press(&page, "signup-submit", &fields).await;
        server.texts(&format!("SELECT coalesce(role, 'none') FROM users WHERE email = '{email}'")).await
    };
    assert_eq!(accept(&links[0], "one@people.test").await, ["admin"]);
    // As if the admin had made it.
    server.sql(&format!(
        "UPDATE tickets SET data = replace(data, '\"by\":\"', '\"by\":\"person:{}\",\"was\":\"') WHERE spent_at IS NULL",
        admin.sub
    )).await;
    let path = format!("/users/{}/role", admin.sub);
    assert_eq!(owner.send(Method::PUT, &path, &json!({ "role": "support" })).await.status, 204);
    assert!(browser.open("/admin").await.has("login-submit"), "they sign in anew");
    assert_eq!(accept(&links[1], "two@people.test").await, ["none"]);
}

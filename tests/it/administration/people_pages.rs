//! The pages on which people, groups and roles are looked after.
use super::{Api, operator, signed_in_earlier};
use crate::support::{Database, Server, on_each_database};
use serde_json::{Value, json};

on_each_database!(
    a_person_is_brought_in_and_looked_after,
    what_people_call_themselves_is_never_markup,
    pages_offer_what_may_be_done_and_nothing_else,
    groups_are_looked_after_on_their_pages,
    the_list_is_narrowed_and_copied_as_it_is,
    a_long_list_is_copied_whole,
);

/// `security.md` LG-02, AD-09.
async fn the_list_is_narrowed_and_copied_as_it_is(database: Database) {
    let server = Server::start(database, "").await;
    let (owner, browser) = operator(&server, "owner").await;
    let api = Api::of(&server, "owner");
    for (name, email) in [("=1+1, \"x\"", "formula@people.test"), ("Kenji", "kenji@people.test")] {
        assert_eq!(api.post("/users", json!({ "name": name, "email": email })).await.status, 201);
    }
    let all = api.get("/users").await.ok()["items"].clone();
    let sub = |email: &str| all.as_array().unwrap().iter().find(|one| one["email"] == email).unwrap()["id"].clone();
    let group = api.post("/groups", json!({ "kind": "group", "name": "Kitchen", "description": "" })).await;
    let group: Value = serde_json::from_str(&group.body).unwrap();
    let group = group["id"].as_str().unwrap();
    let member = sub("formula@people.test");
    let path = format!("/groups/{group}/members/{}", member.as_str().unwrap());
    assert!(api.send(reqwest::Method::PUT, &path, &json!(null)).await.status < 300);

    let page = browser.open("/admin/users").await;
    let found = browser.press(&page, "users-find", &[("group", group)]).await;
    assert_eq!(found.texts("a.person"), ["=1+1, \"x\""], "{found}");
    let none = browser.press(&found, "users-find", &[("role", "owner")]).await;
    assert!(none.texts("a.person").is_empty(), "nobody is both: {none}");
    let ruling = browser.press(&page, "users-find", &[("role", "owner")]).await;
    assert_eq!(ruling.texts("a.person").len(), 1, "{ruling}");

    let file = browser.press(&found, "users-export", &[("format", "csv")]).await;
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8; header=present"), "{file}");
    assert!(file.header("content-disposition").unwrap().contains("people-"), "{file}");
    let lines: Vec<_> = file.body.split("\r\n").collect();
    assert_eq!((lines.len(), lines[2]), (3, ""), "{file}");
    assert!(lines[0].starts_with("id,email,") && lines[1].contains(",\"'=1+1, \"\"x\"\"\","), "{file}");
    let file = browser.press(&page, "users-export", &[("format", "jsonl")]).await;
    let copied: Vec<Value> = file.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let listed = api.get("/users").await.ok()["items"].clone();
    assert_eq!(Value::from(copied.clone()), listed, "as the API tells it");
    let same = api.get("/users/export?disabled=false").await;
    assert_eq!(same.body, file.body);
    assert_eq!(api.get("/users/export?format=xml").await.status, 400);

    let events = api.get("/audit?kind=users_exported").await.ok();
    assert_eq!(events["items"].as_array().unwrap().len(), 3, "one a copy: {events}");
    let details = &events["items"][2]["details"];
    assert_eq!(*details, json!({ "format": "csv", "filter": { "group": group } }), "{events}");
    signed_in_earlier(&server, &owner, 700).await;
    let late = browser.press(&page, "users-export", &[]).await;
    assert!(late.has("login-submit"), "a fresh sign-in comes first: {late}");
    assert_eq!(api.get("/audit?kind=users_exported").await.ok(), events);
}

/// Copies go on where what is read at once ends.
async fn a_long_list_is_copied_whole(database: Database) {
    let server = Server::start(database, "").await;
    let rows: Vec<_> = (0..1100).map(|n| format!("('{n:032x}', '{{}}', {n}, 1)")).collect();
    let rows = rows.join(", ");
    server.sql(&format!("INSERT INTO users (id, profile, created_at, updated_at) VALUES {rows}")).await;
    let copied = Api::of(&server, "auditor").get("/users/export?format=csv").await;
    let ids: std::collections::BTreeSet<_> = copied.body.lines().skip(1).map(|line| &line[..32]).collect();
    assert_eq!((copied.body.lines().count(), ids.len()), (1101, 1100));
}

async fn a_person_is_brought_in_and_looked_after(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let new = browser.open("/admin/new-user").await;
    let page = browser.press(&new, "user-create", &[("how", "create"), ("email", "x"), ("name", "Hana")]).await;
    assert_eq!((page.status, page.has("email-error")), (422, true), "{page}");
    assert!(page.body.contains("value=\"Hana\""), "what was typed stays: {page}");
    let typed = [("how", "create"), ("email", "hana@people.test"), ("name", "Hana"), ("verified", "1")];
    let page = browser.press(&new, "user-create", &typed).await;
    let id = page.text_of("user-id").unwrap();
    assert_eq!(page.url.path(), format!("/admin/users/{id}"), "{page}");
    let taken = browser.press(&new, "user-create", &typed).await;
    assert!(taken.has("email-error"), "{taken}");
    let invited = browser.press(&new, "user-create", &[("how", "link"), ("role", "support")]).await;
    assert!(invited.text_of("invitation").unwrap().contains("/invite?token="), "{invited}");

    // Every field at its fault, and the rest kept.
    let fields = [("website", "javascript:x"), ("given_name", "花"), ("preferred_username", "hana")];
    let bad = browser.press(&page, "user-save", &fields).await;
    assert_eq!((bad.status, bad.has("website-error")), (422, true), "{bad}");
    let saved = browser.press(&bad, "user-save", &[("website", "https://hana.test/")]).await;
    assert_eq!(saved.status, 200, "{saved}");
    let late = browser.press(&bad, "user-save", &[("website", "https://other.test/")]).await;
    assert_eq!(late.status, 422, "somebody was quicker: {late}");

    let found = browser.press(&browser.open("/admin/users").await, "users-find", &[("q", "HANA")]).await;
    assert_eq!(found.texts("a.person"), ["Hana"], "{found}");
    let disabled = browser.press(&saved, "do-disable", &[]).await;
    assert!(disabled.has("do-enable") && !disabled.has("do-disable"), "{disabled}");
    let again = browser.press(&saved, "do-disable", &[]).await;
    assert_eq!((again.status, again.has("refused")), (409, true), "{again}");
    let enabled = browser.press(&disabled, "do-enable", &[]).await;
    let support = browser.press(&enabled, "do-role", &[("role", "support")]).await;
    assert_eq!(support.text_of("user-role").as_deref(), Some("Support"), "{support}");
    let nobody = browser.press(&support, "do-role", &[("role", "")]).await;

    let other = server.user("Other");
    let preview = browser.press(&nobody, "do-merge", &[("from", &other.sub)]).await;
    assert!(preview.has("merge") && preview.has("losses"), "{preview}");
    let merged = browser.press(&preview, "merge", &[]).await;
    assert_eq!(merged.status, 200, "{merged}");
    assert_eq!(browser.open(format!("/admin/users/{}", other.sub)).await.status, 404);
    let gone = browser.press(&merged, "do-delete", &[]).await;
    assert_eq!(gone.url.path(), "/admin/users", "{gone}");
    assert_eq!(browser.open(format!("/admin/users/{id}")).await.status, 404);
}

/// `security.md` XS-01.
async fn what_people_call_themselves_is_never_markup(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let api = Api::of(&server, "owner");
    for hostile in ["\"><svg onload=alert(1)>", "</script><script>alert(1)</script>", "{{7*7}}", "${7*7}", "'--"] {
        let new = json!({ "email": format!("x{}@people.test", hostile.len()), "name": hostile,
            "profile": { "given_name": hostile, "street_address": hostile } });
        let id = api.post("/users", new).await.json()["id"].as_str().unwrap().to_owned();
        let group = api.post("/groups", json!({ "kind": "group", "name": hostile, "description": hostile })).await;
        let group = group.json()["id"].as_str().unwrap().to_owned();
        let page = browser.open(format!("/admin/groups/{group}")).await;
        browser.press(&page, "group-add", &[("user", &id)]).await;
        for path in [
            "/admin/users".into(),
            format!("/admin/users/{id}"),
            format!("/admin/users/{id}/merge?from={id}"),
            "/admin/groups".into(),
            format!("/admin/groups/{group}"),
        ] {
            let page = browser.open(&path).await;
            assert_eq!(page.status, 200, "{path}: {page}");
            assert!(page.texts("h1, th, dd, a, td, li").iter().any(|text| text.contains(hostile)), "{path}: {page}");
            assert!(!page.body.contains("<svg onload") && !page.body.contains("<script>"), "{path}: {page}");
        }
    }
}

/// `security.md` AD-04.
async fn pages_offer_what_may_be_done_and_nothing_else(database: Database) {
    let server = Server::start(database, "").await;
    let (admin, _) = operator(&server, "admin").await;
    let person = server.user("Person");
    let buttons = ["user-save", "do-disable", "do-sessions", "do-delete", "do-role", "do-merge"];
    for (role, on_person, on_admin) in [
        ("owner", [true; 6], [true; 6]),
        ("support", [true, true, true, false, false, false], [false; 6]),
        ("auditor", [false; 6], [false; 6]),
    ] {
        let (_, browser) = operator(&server, role).await;
        for (sub, expected) in [(&person.sub, on_person), (&admin.sub, on_admin)] {
            let page = browser.open(format!("/admin/users/{sub}")).await;
            assert_eq!(buttons.map(|button| page.has(button)), expected, "{role}: {page}");
        }
        let page = browser.open("/admin/new-user").await;
        assert_eq!(page.status, if role == "auditor" { 403 } else { 200 });
        assert_eq!(page.has("role"), role == "owner", "support gives no role: {page}");
    }
}

async fn groups_are_looked_after_on_their_pages(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "admin").await;
    let person = server.user("Person");
    let list = browser.open("/admin/groups").await;
    let bad = browser.press(&list, "group-create", &[("name", " "), ("description", "kept")]).await;
    assert_eq!((bad.status, bad.has("name-error")), (422, true), "{bad}");
    assert!(bad.body.contains("value=\"kept\""), "{bad}");
    let page = browser.press(&list, "group-create", &[("name", "staff"), ("kind", "role")]).await;
    let unknown = browser.press(&page, "group-add", &[("user", "nobody")]).await;
    assert_eq!((unknown.status, unknown.has("user-error")), (422, true), "{unknown}");
    let page = browser.press(&page, "group-add", &[("user", &person.sub)]).await;
    assert_eq!(page.texts("a.person"), ["Person"], "{page}");
    let page = browser.press(&page, "group-save", &[("name", "editors")]).await;
    let theirs = browser.open(format!("/admin/users/{}", person.sub)).await;
    assert!(theirs.body.contains("editors") && theirs.has("leave-1"), "{theirs}");
    let left = browser.press(&theirs, "leave-1", &[]).await;
    assert!(!left.has("leave-1"), "{left}");
    let joined = browser.press(&left, "user-join", &[]).await;
    assert!(joined.has("leave-1"), "{joined}");
    let gone = browser.press(&page, "group-delete", &[]).await;
    assert_eq!(gone.url.path(), "/admin/groups");
    assert!(gone.texts("a.group").is_empty(), "{gone}");
}

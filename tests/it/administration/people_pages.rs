//! The pages on which people, groups and roles are looked after.
use super::{Api, operator};
use crate::support::{Database, Server, on_each_database};
use serde_json::json;

on_each_database!(
    a_person_is_brought_in_and_looked_after,
    what_people_call_themselves_is_never_markup,
    pages_offer_what_may_be_done_and_nothing_else,
    groups_are_looked_after_on_their_pages,
);

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

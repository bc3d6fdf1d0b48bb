//! What happened to an account, a copy of everything, freezing and deleting.
use crate::support::{Browser, Database, Server, User, eventually, on_each_database};
use serde_json::Value;

on_each_database!(
    people_see_what_happened,
    a_copy_holds_everything_and_no_secret,
    an_account_is_frozen_and_thawed,
    an_account_is_deleted_after_a_time_of_grace,
    whoever_alone_runs_the_instance_stays,
);

async fn at(browser: &Browser, path: &str, user: &User) -> crate::support::Answer {
    browser.proceed(browser.open(path).await, user).await
}

async fn people_see_what_happened(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob, web, browser) = (server.user("Alice"), server.user("Bob"), server.app("web"), server.browser());
    let form = browser.open("/login").await.form("login-submit").fill("username", &alice.email);
    browser.submit(&form.fill("password", "wrong password")).await;
    web.tokens(&browser, &alice).await;
    at(&server.browser(), "/account", &alice).await;
    at(&server.browser(), "/account", &bob).await;
    let page = browser.open("/account/activity").await;
    let told = page.texts(".entries strong");
    assert_eq!(
        told,
        [
            "Signed in on a new device",
            "App got access",
            "Signed in",
            "Wrong password",
            "Account created by an administrator"
        ],
        "{page}"
    );
    assert!(page.body.contains("Web App") && page.body.contains("127.0.0.1"));
    // Further back, a page at a time; nothing twice, nothing left out, nobody else's.
    for n in 0..40 {
        let event = format!(
            "INSERT INTO audit (seq, at, kind, actor, user_id, seal) VALUES ({n} - 100, 1000, 'signed_out', 'genkan', '{}', '')",
            alice.sub
        );
        server.sql(&event).await;
    }
    let first = browser.open("/account/activity").await;
    let second = browser.open(first.link("activity-earlier")).await;
    assert_eq!((first.texts(".entries li").len(), second.texts(".entries li").len()), (30, 15));
    assert!(!second.has("activity-earlier"));
    assert_eq!(browser.open("/account/activity?before=x.y").await.status, 200);
}

async fn a_copy_holds_everything_and_no_secret(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, web, browser) = (server.user("Alice"), server.app("web"), server.browser());
    web.tokens(&browser, &alice).await;
    server.sql("INSERT INTO groups (id, kind, name, description, version, created_at) VALUES ('g', 'group', 'staff', '', 1, 1)").await;
    server.sql(&format!("INSERT INTO members (group_id, user_id, added_at) VALUES ('g', '{}', 1)", alice.sub)).await;
    let page = browser.open("/account/leave").await;
    let answer = browser.submit(&page.form("leave-export")).await;
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"account.json\""));
    let copy: Value = answer.ok();
    assert_eq!((&copy["claims"]["sub"], &copy["claims"]["email"]), (&alice.sub.clone().into(), &alice.email.into()));
    assert_eq!(copy["apps"][0]["client_id"], "web");
    assert_eq!(copy["groups"], serde_json::json!([{ "kind": "group", "name": "staff", "description": "" }]));
    assert_eq!(copy["sessions"].as_array().unwrap().len(), 1);
    assert!(copy["activity"].as_array().unwrap().iter().any(|event| event["event"] == "data_exported"));
    let hash = server.texts("SELECT hash FROM passwords").await.remove(0);
    let digest = server.texts("SELECT digest FROM sessions").await.remove(0);
    for secret in [&hash, &digest, &alice.password] {
        assert!(!answer.body.contains(secret.as_str()));
    }
    // It takes a recent sign-in.
    server.sql("UPDATE sessions SET state = replace(state, '\"auth_time\":1', '\"auth_time\":')").await;
    assert!(browser.open("/account/leave").await.has("login-submit"));
}

async fn an_account_is_frozen_and_thawed(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, web, browser, other) = (server.user("Alice"), server.app("web"), server.browser(), server.browser());
    let tokens = web.tokens(&other, &alice).await;
    let page = at(&browser, "/account/leave", &alice).await;
    let unsure = browser.submit(&page.form("leave-freeze")).await;
    assert_eq!(unsure.status, 422);
    let gone = browser.submit(&page.form("leave-freeze").fill("sure", "yes")).await;
    assert!(gone.status == 200 && gone.body.contains("frozen"), "{gone}");
    for browser in [&browser, &other] {
        assert!(browser.open("/account").await.has("login-submit"));
    }
    web.refresh(&tokens).await.assert_error(400, "invalid_grant");
    assert_eq!(web.userinfo(&tokens).await.status, 401);
    // Without an address that is known to be hers, her word is enough.
    server.sql("UPDATE users SET email_verified_at = NULL").await;
    let page = at(&browser, "/account", &alice).await;
    let back = browser.press(&page, "returning-submit", &[]).await;
    assert_eq!(back.url.path(), "/account");
    assert!(browser.open("/account/activity").await.body.contains("Account unfrozen"));
}

async fn an_account_is_deleted_after_a_time_of_grace(database: Database) {
    let server = Server::start(database, "[accounts]\ndeletion_grace = 600").await;
    let (alice, web, browser) = (server.user("Alice"), server.app("web"), server.browser());
    let tokens = web.tokens(&browser, &alice).await;
    let leave = async || {
        let page = at(&browser, "/account/leave", &alice).await;
        let gone = browser.submit(&page.form("leave-delete").fill("sure", "yes")).await;
        assert!(gone.status == 200 && gone.body.contains("will be deleted"), "{gone}");
        web.refresh(&tokens).await.assert_error(400, "invalid_grant");
    };
    leave().await;
    let page = at(&browser, "/account", &alice).await;
    browser.press(&page, "returning-submit", &[]).await;
    assert_eq!(browser.get("/account").await.status, 200);
    leave().await;
    let mut server = server;
    server.sql("UPDATE users SET delete_at = 1 WHERE delete_at IS NOT NULL").await;
    server.kill();
    server.restart().await;
    // The job that cleans up runs at the start.
    let count = "SELECT id FROM users";
    eventually("the account is gone", async || server.texts(count).await.is_empty().then_some(())).await;
    for table in ["sessions", "passwords", "grants", "consents", "devices"] {
        assert!(server.texts(&format!("SELECT user_id FROM {table}")).await.is_empty(), "{table}");
    }
    let page = server.browser().open("/login").await;
    let form = page.form("login-submit").fill("username", &alice.email).fill("password", &alice.password);
    assert_eq!(server.browser().submit(&form).await.status, 403, "another browser's form");
}

/// `security.md` AD-11.
async fn whoever_alone_runs_the_instance_stays(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob, browser) = (server.user("Alice"), server.user("Bob"), server.browser());
    server.sql(&format!("UPDATE users SET role = 'owner' WHERE id = '{}'", alice.sub)).await;
    let page = at(&browser, "/account/leave", &alice).await;
    for button in ["leave-freeze", "leave-delete"] {
        let refused = browser.submit(&page.form(button).fill("sure", "yes")).await;
        assert!(refused.status == 422 && refused.body.contains("role=\"alert\""), "{refused}");
    }
    // An admin can do less than the only owner.
    for (role, status) in [("admin", 422), ("owner", 200)] {
        server.sql(&format!("UPDATE users SET role = '{role}' WHERE id = '{}'", bob.sub)).await;
        assert_eq!(browser.submit(&page.form("leave-delete").fill("sure", "yes")).await.status, status);
    }
}

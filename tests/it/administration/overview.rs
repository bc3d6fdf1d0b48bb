//! The overview: what it counts, and what it asks somebody to look at.
use super::operator;
use crate::support::{Account, Database, Endpoint, Fault, Kind, Server, Upstream, eventually, on_each_database};

on_each_database!(
    what_happened_is_counted_and_drawn,
    a_provider_that_fails_is_noticed,
    a_new_instance_says_what_comes_first
);

/// Nothing is drawn by a script.
async fn what_happened_is_counted_and_drawn(database: Database) {
    let server = Server::start(database, "").await;
    // Two nodes add up, and nothing is counted twice.
    let other = server.start_another("").await;
    let (_, browser) = operator(&server, "owner").await;
    let person = server.user("Alice");
    let stranger = server.browser();
    let page = stranger.open("/login").await;
    let refused = stranger.press(&page, "login-submit", &[("username", &person.email), ("password", "wrong")]).await;
    assert_eq!(refused.status, 422, "{refused}");
    for _ in 0..3 {
        let browser = server.browser();
        browser.proceed(browser.open("/account").await, &person).await;
    }
    let page = eventually("all is counted", async || {
        let page = browser.open("/admin").await;
        let is = |id: &str, text: &str| page.text_of(id).is_some_and(|found| found.trim().starts_with(text));
        (is("figure-sign-ins", "4") && is("figure-refusals", "1")).then_some(page)
    })
    .await;
    assert_eq!(page.text_of("figure-users").as_deref().map(str::trim), Some("2"), "{page}");
    assert_eq!(page.text_of("figure-sessions").as_deref().map(str::trim), Some("4"), "{page}");
    assert_eq!(page.text_of("figure-people").as_deref().map(str::trim), Some("2"), "{page}");
    assert!(page.has("notice-second-factor") && !page.has("notice-webhook") && !page.has("notice-mail"), "{page}");
    assert_eq!(page.texts("svg[role=img] > title").len(), 2, "{page}");
    let bars = page.texts("svg[role=img] rect > title");
    assert!(bars.iter().any(|bar| bar.ends_with("Password 4")), "{bars:?}");
    assert!(bars.iter().any(|bar| bar.ends_with("Refused 1")), "{bars:?}");
    assert!(!page.body.contains(" style=") && !page.body.contains("<script"), "{page}");
    let counted = server.texts("SELECT kind || ' ' || CAST(sum(events) AS TEXT) FROM audit_hours GROUP BY kind").await;
    let written = server.texts("SELECT kind || ' ' || CAST(count(*) AS TEXT) FROM audit GROUP BY kind").await;
    let sorted = |mut rows: Vec<String>| {
        rows.sort();
        rows
    };
    assert_eq!(sorted(counted), sorted(written));
    drop(other);
}

async fn a_provider_that_fails_is_noticed(database: Database) {
    let google = Upstream::start(Kind::Google);
    let server =
        Server::start(database, &format!("[fetch]\nallow_private_networks = true\n{}", google.settings("google")))
            .await;
    let (_, browser) = operator(&server, "support").await;
    assert!(!browser.open("/admin").await.has("notice-provider"));
    google.account(Account::of(Kind::Google).email("alice@corp.test"));
    google.fail(Endpoint::Token, Fault::HangsUp);
    let person = server.browser();
    person.sign_in_with(&google, &person.open("/login").await, "google").await;
    let page = browser.open("/admin").await;
    assert!(page.has("notice-provider"), "{page}");
    google.recover(Endpoint::Token);
    let person = server.browser();
    person.sign_in_with(&google, &person.open("/login").await, "google").await;
    let page = browser.open("/admin").await;
    assert!(!page.has("notice-provider"), "{page}");
}

async fn a_new_instance_says_what_comes_first(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    assert!(!browser.open("/admin").await.has("first-steps"), "there are apps");
    server.sql("DELETE FROM clients").await;
    server.sql("UPDATE versions SET version = version + 1 WHERE name = 'clients'").await;
    let page = eventually("the steps", async || {
        let page = browser.open("/admin").await;
        page.has("first-steps").then_some(page)
    });
    let steps = page.await.texts(".steps a");
    assert_eq!(steps.len(), 3, "{steps:?}");
}

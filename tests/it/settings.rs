//! Settings that are changed while the server runs: what follows, what rules, and what is refused.
use crate::support::{Browser, Database, Inbox, Server, eventually, eventually_within, on_each_database};
use reqwest::header::SET_COOKIE;
use std::time::Duration;

on_each_database!(
    every_node_follows_a_change_within_a_second,
    the_file_rules_and_faults_change_nothing,
    sign_up_sessions_passwords_and_languages_follow,
    mail_follows_and_its_secret_is_never_shown,
    what_is_wrong_in_the_database_takes_nothing_down,
    of_changes_at_once_none_is_lost,
);

/// A node looks twice a second; the rest is for a machine with much to do.
const SOON: Duration = Duration::from_secs(5);

fn set(server: &Server, key: &str, value: &str) {
    server.cli(&["settings", "set", key, value], "");
}

async fn shows(browser: &Browser, what: &str) {
    eventually_within(SOON, "the page shows it", async || {
        browser.open("/login").await.body.contains(what).then_some(())
    })
    .await;
}

/// The line of a key in `genkan settings list`.
fn listed(server: &Server, key: &str) -> String {
    let all = server.cli(&["settings", "list"], "");
    all.lines().find(|line| line.starts_with(&format!("{key} "))).expect("it is listed").to_owned()
}

async fn every_node_follows_a_change_within_a_second(database: Database) {
    let mut server = Server::start(database, "").await;
    let other = server.start_another("").await;
    set(&server, "instance.name", "Maison Hana");
    set(&server, "instance.accent", "#5b21b6");
    for node in [&server, &other] {
        shows(&node.browser(), "Maison Hana").await;
        eventually("the accent", async || {
            let page = node.browser().open("/login").await;
            page.body.contains("/static/accent.css").then_some(())
        })
        .await;
        assert!(node.http.get("/static/accent.css").await.body.contains("#5b21b6"));
    }
    assert_eq!(listed(&server, "instance.name"), "instance.name  \"Maison Hana\"  database");
    server.kill();
    server.restart().await;
    assert!(server.browser().open("/login").await.body.contains("Maison Hana"), "from the first answer on");
    server.cli(&["settings", "unset", "instance.name"], "");
    for node in [&server, &other] {
        shows(&node.browser(), "<span>Genkan</span>").await;
    }
    assert_eq!(listed(&server, "instance.name"), "instance.name  \"Genkan\"  default");
}

async fn the_file_rules_and_faults_change_nothing(database: Database) {
    let server = Server::start(database, "[instance]\nname = 'The File'").await;
    assert_eq!(listed(&server, "instance.name"), "instance.name  \"The File\"  file");
    for (key, value, why) in [
        ("instance.name", "Other", "instance.name: the settings file sets it, and rules"),
        ("instance.accent", "#ffffff", "instance.accent: links in it could not be read"),
        ("instance.languages", "fr", "instance.languages: it must be one or more of: en, ja"),
        ("sessions.idle", "0", "sessions.idle: it must be a whole number of seconds from 1"),
        ("sessions.idel", "60", "sessions.idel: there is no such setting; did you mean sessions.idle?"),
        ("database.url", "sqlite:x", "database.url: it is none of the settings that can be changed"),
        ("mail.smtp_url", "ftp://user:hunter2@host", "mail.smtp_url: it must be smtps://"),
    ] {
        let (status, out, told) = server.try_cli(&["settings", "set", key, value], "");
        assert!(!status.success() && told.contains(why) && !told.contains("hunter2"), "{key}: {out}{told}");
    }
    assert!(server.texts("SELECT id FROM settings").await.is_empty(), "nothing is kept");
    assert!(server.browser().open("/login").await.body.contains("The File"));
}

async fn sign_up_sessions_passwords_and_languages_follow(database: Database) {
    let server = Server::start(database, "").await;
    let alice = server.user("Alice");
    assert!(server.browser().open("/login").await.body.contains("/signup"));
    set(&server, "registration.sign_up", "off");
    set(&server, "instance.languages", "ja");
    set(&server, "sessions.absolute", "700000");
    set(&server, "passwords.min_strength", "4");
    shows(&server.browser(), "lang=\"ja\"").await;
    eventually("the metadata follows", async || {
        let metadata = server.http.get("/.well-known/openid-configuration").await.ok();
        let is_open = metadata["prompt_values_supported"].to_string().contains("create");
        (!is_open && metadata["ui_locales_supported"] == serde_json::json!(["ja"])).then_some(())
    })
    .await;
    server.browser().open("/signup").await.assert_error(403, "sign_up_closed");

    let browser = server.browser();
    let page = browser.open("/login").await;
    assert!(!page.body.contains("/signup") && !page.body.contains("ui_locales=en"), "{page}");
    let lifetime = async || {
        let browser = server.browser();
        let page = browser.open("/login").await;
        let form = page.form("login-submit").fill("username", &alice.email).fill("password", &alice.password);
        let answer = browser.submit(&form).await;
        let cookies = answer.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap().to_owned());
        cookies
            .filter(|cookie| cookie.contains("session="))
            .collect::<String>()
            .contains("Max-Age=700000")
            .then_some(())
    };
    eventually("sessions are as long", lifetime).await;
    let create = ["user", "create", "--email", "b@people.test", "--password-stdin"];
    let (status, _, told) = server.try_cli(&create, "hanahana");
    assert!(!status.success(), "{told}");
    set(&server, "passwords.min_strength", "0");
    server.cli(&create, "hanahana");
}

async fn mail_follows_and_its_secret_is_never_shown(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, "").await;
    let alice = server.user("Alice");
    let settings: toml::Table = inbox.settings().parse().unwrap();
    let url = settings["mail"]["smtp_url"].as_str().unwrap().replace("://", "://genkan:hunter2@");
    // Whatever else, it is not told.
    let (_, out, told) = server.try_cli(&["settings", "set", "mail.smtp_url"], &url);
    assert!(!out.contains("hunter2") && !told.contains("hunter2"), "{out}{told}");
    let listed = server.cli(&["settings", "list"], "");
    assert!(listed.contains("mail.smtp_url  (secret)  database") && !listed.contains("hunter2"), "{listed}");
    assert!(!server.rows().await.join("\n").contains("hunter2"), "it is sealed");
    assert!(!server.log().contains("hunter2"));

    set(&server, "mail.smtp_url", settings["mail"]["smtp_url"].as_str().unwrap());
    set(&server, "mail.from", "Hana <post@hana.test>");
    set(&server, "mail.footer", "Nakaniwa 1-2-3");
    eventually("mail goes out", async || server.browser().get("/mail").await.status.eq(&404).then_some(())).await;
    // The three changes are followed in their order; the last is there once a node has read it.
    eventually("the footer is on a mail", async || {
        let browser = server.browser();
        let page = browser.open("/forgot").await;
        browser.press(&page, "forgot-submit", &[("email", &alice.email)]).await;
        let mail = inbox.next(&alice.email).await;
        let is_new = mail.text.contains("Nakaniwa 1-2-3");
        is_new.then(|| assert!(mail.header("From").unwrap().contains("post@hana.test"), "{mail:?}"))
    })
    .await;
}

async fn what_is_wrong_in_the_database_takes_nothing_down(database: Database) {
    let mut server = Server::start(database, "").await;
    set(&server, "instance.name", "Maison Hana");
    set(&server, "sessions.absolute", "700000");
    shows(&server.browser(), "Maison Hana").await;
    server.terminate().await;
    // With this in the file, what the database has is more than the whole.
    server.set("[sessions]\nidle = 800000\nwindow = 60");
    let (status, out, _) = server.try_cli(&["check"], "");
    assert!(!status.success() && out.contains("in the database: sessions.idle: it must be at most"), "{out}");
    server.restart().await;
    assert!(server.log().contains("settings in the database are left out"));
    assert!(server.browser().open("/login").await.body.contains("Maison Hana"), "the rest holds");

    server.terminate().await;
    server.sql("UPDATE settings SET sealed = (SELECT sealed FROM signing_keys LIMIT 1)").await;
    let (status, out, _) = server.try_cli(&["check"], "");
    assert!(!status.success() && out.contains("they cannot be read"), "{out}");
    server.restart().await;
    assert!(server.log().contains("the settings in the database cannot be read"));
    assert!(server.browser().open("/login").await.body.contains("<span>Genkan</span>"));
}

/// Each change is made from what it read, and refused where that has changed.
async fn of_changes_at_once_none_is_lost(database: Database) {
    let server = Server::prepare(database, "").await;
    server.cli(&["settings", "list"], "");
    let keys = ["sessions.idle", "sessions.window", "tokens.access_token", "tokens.id_token", "second_factor.trust"];
    let server = &server;
    let done: Vec<_> = std::thread::scope(|scope| {
        let one = |key| scope.spawn(move || (key, server.try_cli(&["settings", "set", key, "61"], "")));
        let running: Vec<_> = keys.map(one).into();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut won = 0;
    for (key, (status, _, told)) in done {
        let line = listed(server, key);
        assert_eq!(status.success(), line.ends_with("61  database"), "{line} {told}");
        assert!(status.success() || told.contains("somebody else has changed the settings"), "{told}");
        won += usize::from(status.success());
    }
    assert!(won >= 1);
    assert_eq!(
        server.texts("SELECT CAST(version AS TEXT) FROM versions WHERE name = 'settings'").await,
        [won.to_string()]
    );
}

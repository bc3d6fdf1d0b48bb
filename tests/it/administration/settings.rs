//! The settings, as operators change them.
use super::{Api, operator};
use crate::support::{Answer, Database, Server, eventually, on_each_database};
use reqwest::Method;
use serde_json::{Value, json};

on_each_database!(
    settings_change_over_the_api_and_every_node_follows,
    settings_change_by_the_pages_and_go_back,
    branding_is_seen_before_it_is_saved,
    a_mail_for_trying_tells_what_the_server_says,
);

/// The setting of this key.
fn of<'a>(settings: &'a Value, key: &str) -> &'a Value {
    settings["items"].as_array().unwrap().iter().find(|one| one["key"] == key).unwrap()
}

/// `security.md` AD-06 and AD-08.
async fn settings_change_over_the_api_and_every_node_follows(database: Database) {
    let settings = "tokens.id_token = 120\nissuer = 'http://localhost:PORT'";
    let server = Server::start(database, settings).await;
    let other = server.start_another(settings).await;
    let api = Api::of(&server, "admin");
    let first = api.get("/settings").await;
    let (before, tag) = (first.json(), first.header("etag").unwrap().to_owned());
    assert_eq!(
        of(&before, "tokens.id_token"),
        &json!({ "key": "tokens.id_token", "value": 120, "set": true, "source": "file" })
    );
    assert_eq!(of(&before, "instance.name")["source"], "default");

    let url = "smtp://user:hush-hush@127.0.0.1:9";
    let change =
        json!({ "instance.name": "Nakaniwa", "mail.smtp_url": url, "registration.allowed_domains": ["a.test"] });
    let saved = api.send(Method::PATCH, "/settings", &change).await;
    assert_eq!(saved.status, 200, "{saved}");
    assert_eq!(of(&saved.json(), "instance.name")["value"], "Nakaniwa");
    assert_eq!(
        of(&saved.json(), "mail.smtp_url"),
        &json!({ "key": "mail.smtp_url", "set": true, "source": "database" })
    );
    for node in [&server, &other] {
        eventually("the page has the name", async || {
            node.browser().open("/login").await.body.contains("Nakaniwa").then_some(())
        })
        .await;
    }
    let late = server.http.request(Method::PATCH, "/api/admin/v1/settings").bearer_auth(api.key());
    let late = Answer::of(late.header("if-match", &tag).json(&json!({ "instance.name": "Late" }))).await;
    assert_eq!(late.status, 412, "{late}");
    for (body, field) in [
        (json!({ "tokens.id_token": 60 }), "tokens.id_token"),
        (json!({ "instance.nam": "x" }), "instance.nam"),
        (json!({ "instance.accent": "pink?" }), "instance.accent"),
        (json!({ "instance.words": "/etc" }), "instance.words"),
        (json!({ "sessions.idle": -1, "instance.name": "Not saved" }), "sessions.idle"),
    ] {
        let refused = api.send(Method::PATCH, "/settings", &body).await;
        assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &json!(field)), "{refused}");
    }
    let back = api.send(Method::PATCH, "/settings", &json!({ "instance.name": null })).await;
    assert_eq!(of(&back.json(), "instance.name")["source"], "default");
    server.cli(&["settings", "set", "instance.name", "By command"], "");

    let trail = api.get("/audit?kind=settings_changed").await.ok();
    let items = trail["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["actor"]), (3, &json!("command")), "{trail}");
    assert!(items[2].to_string().contains("Nakaniwa") && items[2].to_string().contains("changed"), "{trail}");
    let told = [saved.body, trail.to_string(), api.get("/settings").await.body, server.log()];
    assert!(told.iter().all(|told| !told.contains("hush-hush")), "{told:?}");
}

/// `security.md` AD-09.
async fn settings_change_by_the_pages_and_go_back(database: Database) {
    let server = Server::start(database, "tokens.id_token = 120").await;
    let (_, browser) = operator(&server, "owner").await;
    let api = Api::of(&server, "auditor");
    let page = browser.open("/admin/settings/sign-up").await;
    let page = browser.press(&page, "settings-save", &[("registration.sign_up", "off")]).await;
    assert!(page.has("reset-registration-sign-up"), "{page}");
    let stored = api.get("/settings").await.ok();
    assert_eq!(of(&stored, "registration.sign_up")["value"], "off");
    assert_eq!(of(&stored, "registration.verify_email")["source"], "default", "what nobody touched is not stored");
    let page = browser.press(&page, "reset-registration-sign-up", &[]).await;
    assert!(!page.has("reset-registration-sign-up"), "{page}");

    let page = browser.open("/admin/settings/tokens").await;
    assert!(page.find("tokens-id-token", |field| field.attr("disabled").is_some()).unwrap(), "{page}");
    assert!(page.text_of("tokens-id-token-from").unwrap().contains("settings file"));
    let wrong = browser.press(&page, "settings-save", &[("tokens.access_token", "soon")]).await;
    assert_eq!(wrong.status, 422, "{wrong}");
    assert!(wrong.has("tokens-access-token-error") && wrong.body.contains("value=\"soon\""), "{wrong}");
    let (saved, late) = (("tokens.access_token", "60"), ("tokens.access_token", "61"));
    browser.press(&page, "settings-save", &[saved]).await;
    assert_eq!(browser.press(&page, "settings-save", &[late]).await.status, 409);
    assert_eq!(of(&api.get("/settings").await.ok(), "tokens.access_token")["value"], 60);
}

async fn branding_is_seen_before_it_is_saved(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let page = browser.open("/admin/settings/branding").await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("frame-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let mut form = page.form("settings-save").fill("instance.name", "Not yet").fill("instance.accent", "#7a1f1f");
    form.action = server.http.url("/admin/preview");
    let seen = browser.submit(&form).await;
    assert_eq!(seen.status, 200, "{seen}");
    assert!(seen.body.contains("Not yet") && seen.body.contains("/static/accent-7a1f1f.css"), "{seen}");
    let policy = seen.header("content-security-policy").unwrap();
    assert!(policy.contains("frame-ancestors 'self'") && policy.contains("form-action 'none'"), "{policy}");
    assert_eq!(seen.header("x-frame-options"), Some("SAMEORIGIN"));
    let sheet = server.http.get("/static/accent-7a1f1f.css").await;
    assert!(sheet.status == 200 && sheet.body.contains("#7a1f1f"), "{sheet}");
    assert_eq!(server.http.get("/static/accent-x;}.css").await.status, 404);
    assert!(!server.browser().open("/login").await.body.contains("Not yet"), "nothing is saved");
    assert_eq!(server.browser().open("/login").await.header("x-frame-options"), Some("DENY"));
}

async fn a_mail_for_trying_tells_what_the_server_says(database: Database) {
    let server = Server::start(database, "mail.smtp_url = 'smtp://127.0.0.1:9'").await;
    let (_, browser) = operator(&server, "owner").await;
    let page = browser.open("/admin/settings/mail").await;
    let page = browser.press(&page, "mail-try", &[]).await;
    let told = page.text_of("mail-outcome").unwrap();
    assert!(told.contains("wasn’t taken") && told.to_lowercase().contains("refused"), "{told}");
}

//! The first steps: from the link that makes the owner to an app that people can sign in to.
use super::{Api, operator};
use crate::support::{Answer, AppClient, Browser, Database, Server, User, eventually, on_each_database};
use serde_json::json;

on_each_database!(
    the_owner_is_led_to_an_app_that_works,
    steps_can_be_passed_over_and_taken_up_again,
    what_the_file_sets_is_shown_and_stays,
    what_is_wrong_is_said_and_what_was_typed_is_kept
);

const CB: &str = "https://first.test/cb";

/// An instance without apps, and its owner, who has just been made by the link and has come to a page.
async fn begun(database: Database, settings: &str) -> (Server, Browser, User, Answer) {
    let server = Server::start(database, settings).await;
    server.sql("DELETE FROM clients").await;
    server.sql("UPDATE versions SET version = version + 1 WHERE name = 'clients'").await;
    let web = server.app("web");
    eventually("the app that was there is gone", async || {
        let page = server.browser().open(web.authorize_url()).await;
        (page.status == 400).then_some(())
    })
    .await;
    let log = server.log();
    let link = log.split_whitespace().find(|word| word.contains("/setup?token=")).expect("the link is printed");
    let browser = server.browser();
    let form = browser.open(link).await;
    assert!(form.body.contains("Step 1 of 4"), "{form}");
    let owner = [("email", "first@people.test"), ("name", "First"), ("password", "correct horse")];
    let page = browser.press(&form, "signup-submit", &owner).await;
    let sub = server.texts("SELECT id FROM users").await.remove(0);
    let owner = User { sub, email: owner[0].1.into(), name: owner[1].1.into(), password: owner[2].1.into() };
    (server, browser, owner, page)
}

/// How far a page says that somebody has come.
fn progress(page: &Answer) -> String {
    page.text_of("progress").unwrap_or_default()
}

async fn the_owner_is_led_to_an_app_that_works(database: Database) {
    let (server, browser, owner, page) = begun(database, "").await;
    assert_eq!(progress(&page), "Step 2 of 4", "{page}");
    let fields = [("instance.name", "House of First"), ("instance.accent", "#17587a")];
    let page = browser.press(&page, "name-save", &fields).await;
    assert_eq!(progress(&page), "Step 3 of 4", "{page}");
    assert!(page.body.contains("House of First"), "{page}");

    let form = browser.open(page.link("kind-web")).await;
    let sent = form.form("app-save").fill("client_name", "First app").fill("redirect_uris", CB);
    let made = browser.submit(&sent).await;
    assert_eq!((made.status, progress(&made).as_str()), (200, "Step 3 of 4"), "{made}");
    let secret = made.text_of("app-secret").expect("it is told once");
    assert!(made.text_of("snippet-env").unwrap().contains("OIDC_CLIENT_ID="), "{made}");
    let api = Api::of(&server, "auditor");
    let mut app = api.get("/apps").await.ok()["items"][0].clone();
    assert_eq!((&app["client_name"], &app["require_pkce"]), (&json!("First app"), &json!(true)), "{app}");

    // Sent again, as a browser does that reloads: the same app, and no word of its secret.
    let again = browser.follow(browser.submit(&sent).await).await;
    assert_eq!((again.status, progress(&again).as_str()), (200, "Step 3 of 4"), "{again}");
    assert!(!again.body.contains(&secret), "{again}");
    assert_eq!(server.texts("SELECT id FROM clients").await.len(), 1);

    let ways = browser.open(made.link("steps-next")).await;
    assert_eq!(progress(&ways), "Step 4 of 4", "{ways}");
    let end = browser.open(ways.link("steps-finish")).await;
    assert!(!end.has("first-steps"), "{end}");
    for kind in ["settings_changed", "client_created"] {
        let events = api.get(&format!("/audit?kind={kind}")).await.ok();
        assert_eq!(events["items"].as_array().unwrap().len(), 1, "{events}");
        assert_eq!(events["items"][0]["actor"], format!("person:{}", owner.sub), "{events}");
    }
    app["client_secret"] = secret.into();
    let tokens = AppClient::new(server.http.clone(), &app).tokens(&browser, &owner).await;
    assert!(tokens["id_token"].is_string(), "{tokens}");
}

async fn steps_can_be_passed_over_and_taken_up_again(database: Database) {
    let (server, browser, owner, page) = begun(database, "").await;
    let kinds = browser.open(page.link("steps-skip")).await;
    let form = browser.open(kinds.link("kind-machine")).await;
    assert!(!form.body.contains("name=\"redirect_uris\""), "{form}");
    let ways = browser.open(form.link("steps-skip")).await;
    let overview = browser.open(ways.link("steps-finish")).await;
    assert_eq!(overview.texts(".steps a").len(), 3, "{overview}");
    // Taken up again, it is what was passed over that comes first.
    assert_eq!(progress(&browser.open(overview.link("steps-go-on")).await), "Step 2 of 4");
    super::signed_in_earlier(&server, &owner, 4000).await;
    let sign_in = browser.open("/admin/first-steps").await;
    assert_eq!(progress(&browser.proceed(sign_in, &owner).await), "Step 2 of 4");

    let page = browser.open("/admin/first-steps/name").await;
    let page = browser.press(&page, "name-save", &[("instance.name", "Named")]).await;
    assert_eq!(progress(&page), "Step 3 of 4", "{page}");
    let page = browser.press(&browser.open("/admin/first-steps/name").await, "reset-instance-name", &[]).await;
    assert_eq!(progress(&page), "Step 2 of 4", "{page}");
    let (_, auditor) = operator(&server, "auditor").await;
    assert!(!auditor.open("/admin").await.has("first-steps"));
}

async fn what_the_file_sets_is_shown_and_stays(database: Database) {
    let (server, browser, _, page) = begun(database, "[instance]\nname = 'Of the file'").await;
    assert_eq!(progress(&page), "Step 3 of 4", "it has a name: {page}");
    let page = browser.open("/admin/first-steps/name").await;
    assert!(page.body.contains("Set by the settings file"), "{page}");
    let fields = [("instance.name", "Another"), ("instance.accent", "#006600")];
    let page = browser.press(&page, "name-save", &fields).await;
    assert_eq!(progress(&page), "Step 3 of 4", "{page}");
    let settings = Api::of(&server, "auditor").get("/settings").await.body;
    assert!(settings.contains("Of the file") && !settings.contains("Another"), "{settings}");
    assert!(settings.contains("#006600"), "{settings}");
}

async fn what_is_wrong_is_said_and_what_was_typed_is_kept(database: Database) {
    let (server, browser, ..) = begun(database, "").await;
    let page = browser.open("/admin/first-steps/name").await;
    let page = browser.press(&page, "name-save", &[("instance.name", "Kept"), ("instance.accent", "blue")]).await;
    assert_eq!((page.status, progress(&page).as_str()), (422, "Step 2 of 4"), "{page}");
    assert!(page.has("instance-accent-error") && page.body.contains("value=\"Kept\""), "{page}");

    let page = browser.open("/admin/first-steps/app?kind=spa").await;
    let fields = [("client_name", "\"><b>Kept"), ("redirect_uris", "http://first.test/cb")];
    let page = browser.press(&page, "app-save", &fields).await;
    assert_eq!((page.status, page.texts(".problem").len()), (422, 1), "{page}");
    let kept = page.form("app-save").fields;
    assert_eq!((kept.get("client_name"), kept.get("redirect_uris")), (Some(fields[0].1), Some(fields[1].1)));
    let page = browser.press(&page, "app-save", &[("redirect_uris", CB)]).await;
    assert_eq!((page.status, page.has("app-secret")), (200, false), "{page}");
    assert_eq!(server.texts("SELECT id FROM clients").await.len(), 1);
    let gone = browser.open("/admin/first-steps/app?kind=nothing").await;
    assert!(gone.has("kind-web"), "{gone}");
}

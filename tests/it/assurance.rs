//! How sure an app can be of who somebody is: `acr`, `amr`, `acr_values` (RFC 9470), and what an instance requires.
use crate::support::{Answer, AppClient, Authenticator, Browser, Database, Server, claims_of, on_each_database};
use serde_json::json;

on_each_database!(
    an_app_is_told_how_sure_it_can_be,
    an_app_that_asks_for_more_gets_more_and_no_more_is_asked_for,
    whoever_has_no_second_factor_sets_one_up_on_the_way,
    an_instance_may_require_a_second_factor,
    a_trusted_browser_is_not_asked_again_and_apps_are_told_the_truth,
);

async fn claims(app: &AppClient, page: &Answer) -> serde_json::Value {
    let tokens = app.redeem(&page.callback().code()).await.ok();
    claims_of(&tokens["id_token"])
}

fn asking(app: &AppClient, acr: &str) -> url::Url {
    app.authorize_url_of(&app.authorization().with("acr_values", acr))
}

async fn an_app_is_told_how_sure_it_can_be(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    let browser = server.browser();
    let tokens = web.tokens(&browser, &alice).await;
    for token in [&tokens["id_token"], &tokens["access_token"]] {
        let claims = claims_of(token);
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("1fa"), &json!(["pwd"])), "{claims}");
    }
    assert_eq!(web.introspect(&tokens["access_token"]).await["acr"], "1fa");
    let renewed = web.refresh(&tokens).await.ok();
    assert_eq!(claims_of(&renewed["id_token"])["acr"], "1fa");
    let metadata = server.http.get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["acr_values_supported"][1], "mfa");
    // What nobody here knows is a wish that is not granted (OpenID Connect Core section 3.1.2.1).
    let page = browser.proceed(browser.open(asking(&web, "silver gold")).await, &alice).await;
    assert_eq!(claims(&web, &page).await["acr"], "1fa");
}

/// RFC 9470 section 5.
async fn an_app_that_asks_for_more_gets_more_and_no_more_is_asked_for(database: Database) {
    let server = Server::start(database, "[second_factor]\ntrust = 600").await;
    let (alice, web, browser) = (server.user("Alice"), server.app("web"), server.browser());
    let mut device = Authenticator::set_up(&server.browser(), &alice).await;
    // Trusted, so that there is a session by the password alone.
    let page = browser.proceed(browser.open("/login").await, &alice).await;
    let form = page.form("second-factor-submit").fill("code", &device.code().await).fill("trust", "yes");
    browser.follow(browser.submit(&form).await).await;
    browser.press(&browser.open("/logout").await, "logout-confirm", &[]).await;
    let page = browser.proceed(browser.open(web.authorize_url()).await, &alice).await;
    let first = claims(&web, &page).await;
    assert_eq!((&first["acr"], &first["amr"]), (&json!("1fa"), &json!(["pwd"])));

    let silent = web.authorize_url_of(&web.authorization().with("acr_values", "mfa").with("prompt", "none"));
    assert_eq!(browser.get(silent.as_str()).await.callback().get("error"), Some("login_required"));
    // The password is not asked for again.
    let page = browser.open(asking(&web, "phr mfa")).await;
    assert!(page.has("second-factor-submit") && !page.has("trust"), "{page}");
    let wrong = browser.press(&page, "second-factor-submit", &[("code", &device.wrong())]).await;
    assert_eq!(wrong.status, 422);
    let page = browser.press(&page, "second-factor-submit", &[("code", &device.code().await)]).await;
    let raised = claims(&web, &page).await;
    assert_eq!((&raised["acr"], &raised["amr"]), (&json!("mfa"), &json!(["pwd", "otp", "mfa"])));
    assert_eq!((&raised["sid"], &raised["auth_time"]), (&first["sid"], &first["auth_time"]));
    // From now on it is there; and an app that asks for less is told that.
    let again = browser.open(asking(&web, "mfa")).await;
    assert_eq!(claims(&web, &again).await["acr"], "mfa");
    let less = browser.open(asking(&web, "1fa mfa")).await;
    assert_eq!(claims(&web, &less).await["acr"], "1fa");
    // No passkeys at an address of numbers: that cannot be had, and is said so.
    let never = browser.open(asking(&web, "phr")).await.callback();
    assert_eq!(never.get("error"), Some("unmet_authentication_requirements"));
}

async fn whoever_has_no_second_factor_sets_one_up_on_the_way(database: Database) {
    let server = Server::start(database, "[[clients]]\nclient_id = 'bank'\nclient_name = 'Bank'\nrequired_acr = 'mfa'\nclient_secret = 'bank-secret-0123456789-0123456789'\nredirect_uris = ['https://bank.test/cb']").await;
    let (alice, bank, browser) = (server.user("Alice"), server.app("bank"), server.browser());
    let page = browser.proceed(browser.open(bank.authorize_url()).await, &alice).await;
    assert!(page.has("enroll-set-up"), "{page}");
    let silent = bank.authorize_url_of(&bank.authorization().with("prompt", "none"));
    assert_eq!(browser.get(silent.as_str()).await.callback().get("error"), Some("interaction_required"));
    // What the app asks for does not lower what is required of it.
    assert!(browser.open(asking(&bank, "1fa")).await.has("enroll-set-up"));
    let page = browser.open(page.link("enroll-set-up")).await;
    let (_, page) = Authenticator::turn_on(&browser, page).await;
    let page = browser.proceed(browser.open(page.link("two-step-done")).await, &alice).await;
    assert_eq!(claims(&bank, &page).await["acr"], "mfa");
    // The other apps are as they were.
    let web = server.app("web");
    let page = browser.proceed(browser.open(web.authorize_url()).await, &alice).await;
    assert_eq!(claims(&web, &page).await["acr"], "mfa");
}

/// `security.md` OT-05.
async fn an_instance_may_require_a_second_factor(database: Database) {
    for (settings, admin, asked) in [
        ("required = true", false, true),
        ("required_for = ['owner', 'admin']", false, false),
        ("required_for = ['owner', 'admin']", true, true),
    ] {
        let server = Server::start(database, &format!("[second_factor]\n{settings}")).await;
        let (alice, web, browser) = (server.user("Alice"), server.app("web"), server.browser());
        if admin {
            server.sql(&format!("UPDATE users SET role = 'admin' WHERE id = '{}'", alice.sub)).await;
        }
        let page = browser.proceed(browser.open(web.authorize_url()).await, &alice).await;
        assert_eq!(page.has("enroll-set-up"), asked, "{settings}: {page}");
    }
}

async fn a_trusted_browser_is_not_asked_again_and_apps_are_told_the_truth(database: Database) {
    let server = Server::start(database, "[second_factor]\nrequired = true\ntrust = 3").await;
    let (alice, web, browser) = (server.user("Alice"), server.app("web"), server.browser());
    let mut device = Authenticator::set_up(&server.browser(), &alice).await;
    let trust = async |browser: &Browser, device: &mut Authenticator| {
        let page = browser.proceed(browser.open("/login").await, &alice).await;
        let form = page.form("second-factor-submit").fill("code", &device.code().await).fill("trust", "yes");
        browser.follow(browser.submit(&form).await).await;
        browser.press(&browser.open("/logout").await, "logout-confirm", &[]).await;
    };
    trust(&browser, &mut device).await;
    let page = browser.proceed(browser.open(web.authorize_url()).await, &alice).await;
    assert_eq!(claims(&web, &page).await["amr"], json!(["pwd"]));
    // Another person's browser is not trusted by that, nor another browser.
    let bob = server.user("Bob");
    Authenticator::set_up(&server.browser(), &bob).await;
    for (browser, user) in [(&browser, &bob), (&server.browser(), &alice)] {
        let page = browser.proceed(browser.open("/login?other=1").await, user).await;
        assert!(page.has("second-factor-submit"), "{page}");
    }
    // It ends in time, and whenever all other sessions do.
    server.passes(4).await;
    assert!(browser.open(web.authorize_url()).await.has("second-factor-submit"));
    let here = server.browser();
    let page = here.proceed(here.open("/account/sessions").await, &alice).await;
    let page = here.press(&page, "second-factor-submit", &[("code", &device.code().await)]).await;
    assert_eq!(page.url.path(), "/account/sessions");
    browser.press(&browser.open("/logout").await, "logout-confirm", &[]).await;
    trust(&browser, &mut device).await;
    here.press(&page, "sessions-end-others", &[]).await;
    let page = browser.proceed(browser.open("/login").await, &alice).await;
    assert!(page.has("second-factor-submit"), "{page}");
}

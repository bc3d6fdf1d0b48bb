//! Trying an app out: a real sign-in, whose response comes to us, and to nobody else.
use super::{Api, operator};
use crate::support::{Answer, Browser, Database, Server, User, on_each_database};

on_each_database!(
    an_operator_sees_each_step_of_a_sign_in,
    the_place_of_a_trial_is_open_to_no_other_request,
    a_response_is_taken_once_and_for_its_own_app,
    a_code_of_a_trial_is_of_no_use_elsewhere,
    an_operator_signs_in_as_somebody_else_and_sees_the_end,
    what_fails_is_explained,
);

const PLACE: &str = "/admin/apps/web/test/callback";

/// Prepares a trial of the app `web`: where sending it leads.
async fn prepared(browser: &Browser, fields: &[(&str, &str)]) -> String {
    let page = browser.open("/admin/apps/web/test").await;
    let page = browser.press(&page, "trial-begin", fields).await;
    assert_eq!(page.status, 200, "{page}");
    page.link("trial-send")
}

/// Goes through a trial, as far as the response: its address, which is not opened.
async fn response(server: &Server, browser: &Browser, user: &User) -> String {
    let mut answer = browser.get(&prepared(browser, &[]).await).await;
    for _ in 0..8 {
        match answer.location() {
            Some(next) if next.path() == PLACE => return next.to_string(),
            Some(next) => answer = browser.get(next.as_str()).await,
            None if answer.has("consent-allow") => answer = browser.submit(&answer.form("consent-allow")).await,
            None => panic!("{} does not lead there: {answer}", user.email),
        }
    }
    panic!("{}: redirects without end", server.issuer);
}

fn is_over(page: &Answer) {
    assert_eq!(page.status, 400, "{page}");
    assert!(page.text_of("trial-problem").unwrap().contains("over") && !page.has("trial-code"), "{page}");
}

async fn an_operator_sees_each_step_of_a_sign_in(database: Database) {
    let server = Server::start(database, "").await;
    let (owner, browser) = operator(&server, "owner").await;
    let begun = browser.get(&prepared(&browser, &[]).await).await;
    let consent = browser.follow(begun).await;
    assert!(consent.has("consent-allow"), "people are asked as ever: {consent}");
    let result = browser.press(&consent, "consent-allow", &[]).await;
    assert!(result.has("trial-good"), "{result}");
    for step in ["state", "response-iss", "code", "signature", "aud", "nonce", "at-hash", "userinfo"] {
        assert!(result.has(&format!("trial-{step}")), "{step}: {result}");
    }
    for step in ["renewed", "rotated", "repeated", "revoked"] {
        assert!(result.text_of(&format!("trial-{step}")).unwrap().starts_with('✓'), "{step}: {result}");
    }
    let standing = server.texts("SELECT id FROM grants WHERE revoked_at IS NULL").await;
    assert_eq!(standing, Vec::<String>::new(), "nothing is left of it");
    let alarms = server.texts("SELECT kind FROM audit WHERE kind = 'token_reused'").await;
    assert_eq!(alarms, Vec::<String>::new(), "no alarm is raised by it");
    assert!(result.text_of("content-id-token-claims").unwrap().contains(&owner.sub), "{result}");
    assert!(result.text_of("content-userinfo").unwrap().contains(&owner.email), "{result}");
    assert!(!result.body.contains("eyJ"), "no token is shown: {result}");
    assert_eq!(result.header("cache-control"), Some("no-store"));
    // It is over now, and what was granted is worth nothing.
    is_over(&browser.open(result.url.as_str()).await);
    server.sql("DELETE FROM grants WHERE revoked_at IS NOT NULL").await;
    let left = server.rows().await.iter().filter(|row| row.contains(PLACE)).count();
    assert_eq!(left, 0, "{:?}", server.rows().await);
    // Consent is remembered as ever: the app itself asks no more.
    assert!(server.app("web").tokens(&browser, &owner).await["id_token"].is_string());
}

/// `security.md` AZ-01.
async fn the_place_of_a_trial_is_open_to_no_other_request(database: Database) {
    let server = Server::start(database, "").await;
    let (owner, browser) = operator(&server, "owner").await;
    let place = server.http.url(PLACE).to_string().replace(&format!("http://{}", server.address), &server.issuer);
    for app in ["web", "spa", "native"] {
        let url = server.app(app).returning_to(&place).authorize_url();
        for browser in [&browser, &server.browser()] {
            let page = browser.open(url.as_str()).await;
            page.assert_error(400, "invalid_request");
        }
    }
    // Nor while a trial goes on, nor by what is sealed for another browser, or for another purpose.
    let send = prepared(&browser, &[]).await;
    let url = server.app("web").returning_to(&place).authorize_url();
    browser.open(url.as_str()).await.assert_error(400, "invalid_request");
    let (_, other) = operator(&server, "admin").await;
    other.open(&send).await.assert_error(400, "other_browser");
    let nobody = server.browser();
    assert!(nobody.open(&send).await.has("login-submit"));
    let sealed = send.split("interaction=").nth(1).unwrap();
    other.open(format!("/resume?interaction={sealed}")).await.assert_error(400, "other_browser");
    browser.open(send.replace("/apps/web/", "/apps/spa/")).await.assert_error(400, "other_browser");
    let page = server.browser();
    let page = page.open(server.app("web").authorize_url()).await;
    let own = page.form("login-submit").fields.get("interaction").unwrap().to_owned();
    browser.open(format!("/admin/apps/web/test/send?interaction={own}")).await.assert_error(400, "other_browser");
    assert!(server.app("web").tokens(&browser, &owner).await["id_token"].is_string());
}

async fn a_response_is_taken_once_and_for_its_own_app(database: Database) {
    let server = Server::start(database, "").await;
    let (owner, browser) = operator(&server, "owner").await;
    let url = response(&server, &browser, &owner).await;
    // Not by another operator, nor by nobody, nor for another app, nor with another state.
    let (_, other) = operator(&server, "admin").await;
    is_over(&other.open(&url).await);
    assert!(server.browser().open(&url).await.has("login-submit"));
    is_over(&browser.open(url.replace("/apps/web/", "/apps/spa/")).await);
    is_over(&browser.open(url.replace("state=", "state=x")).await);
    is_over(&browser.open(url.replace("state=", "stat=")).await);
    // A cookie that is taken along is the browser's own.
    let cookie = browser.cookies().into_iter().find(|(name, _)| name.ends_with("trial")).unwrap();
    other.set_cookie(&format!("{}={}; Path=/", cookie.0, cookie.1));
    is_over(&other.open(&url).await);
    let result = browser.open(&url).await;
    assert!(result.has("trial-good"), "{result}");
    browser.set_cookie(&format!("{}={}; Path=/", cookie.0, cookie.1));
    is_over(&browser.open(&url).await);
    // What the program that made it has in its database tells nothing of it.
    let state = url.split("state=").nth(1).unwrap().split('&').next().unwrap();
    assert!(!server.rows().await.join("\n").contains(state) && !server.log().contains(state));
}

/// `security.md` TK-04.
async fn a_code_of_a_trial_is_of_no_use_elsewhere(database: Database) {
    let server = Server::start(database, "").await;
    let (owner, browser) = operator(&server, "owner").await;
    let url = response(&server, &browser, &owner).await;
    let code = url.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let place = format!("{}{PLACE}", server.issuer);
    server.app("web").returning_to(&place).redeem(&code).await.assert_error(400, "invalid_grant");
    // And whoever tries spends it.
    let result = browser.open(&url).await;
    assert!(
        !result.has("trial-good") && result.text_of("trial-problem").unwrap().contains("invalid_grant"),
        "{result}"
    );
    // A code of the app's own is not taken for one of a trial.
    let own = server.app("web").sign_in(&browser, &owner).await;
    let url = response(&server, &browser, &owner).await;
    let mine = url.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let result = browser.open(url.replace(mine, &own)).await;
    assert!(result.text_of("trial-problem").unwrap().contains("invalid_grant"), "{result}");
}

async fn an_operator_signs_in_as_somebody_else_and_sees_the_end(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let alice = server.user("Alice");
    let begun = browser.open(prepared(&browser, &[("prompt", "login")]).await).await;
    let result = browser.proceed(begun, &alice).await;
    assert!(result.has("trial-good"), "{result}");
    assert!(result.text_of("content-id-token-claims").unwrap().contains(&alice.sub), "{result}");
    assert_eq!(browser.open("/admin/apps").await.status, 200, "it is the operator's browser again");
    // What somebody began who runs nothing here opens nothing.
    let nobody = server.browser();
    nobody.proceed(nobody.open("/account").await, &alice).await;
    assert_eq!(nobody.open("/admin/apps/web/test").await.status, 403);
    assert_eq!(nobody.open(PLACE).await.status, 403);
}

async fn what_fails_is_explained(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "admin").await;
    let result = browser.open(prepared(&browser, &[("prompt", "none")]).await).await;
    assert!(result.text_of("trial-problem").unwrap().contains("consent_required"), "{result}");
    let begun = browser.open(prepared(&browser, &[]).await).await;
    let result = browser.press(&begun, "consent-deny", &[]).await;
    assert!(result.text_of("trial-problem").unwrap().contains("access_denied"), "{result}");
    let page = browser.open("/admin/apps/web/test").await;
    let page = browser.press(&page, "trial-begin", &[("scope", "none.of.this"), ("max_age", "7")]).await;
    assert_eq!(page.status, 422, "{page}");
    assert!(page.text_of("trial-problem").unwrap().contains("invalid_scope"), "{page}");
    assert_eq!(page.form("trial-begin").fields.get("max_age"), Some("7"));
    let page = browser.open("/admin/apps/svc/test").await;
    let page = browser.press(&page, "trial-begin", &[("scope", "api.read")]).await;
    assert!(page.text_of("trial-problem").unwrap().contains("unauthorized_client"), "{page}");
    let events = Api::of(&server, "auditor").get("/audit?kind=app_allowed").await.ok();
    assert_eq!(events["items"].as_array().unwrap().len(), 0, "{events}");
}

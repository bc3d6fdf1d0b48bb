//! Getting in by mail: forgotten passwords, and addresses that are shown to be one's own.
mod asking;
mod by_mail;
mod links;

use crate::support::{Answer, Browser, Database, Inbox, Server, User, on_each_database, random};

on_each_database!(
    a_forgotten_password_is_replaced,
    a_new_password_is_not_a_second_factor,
    whoever_proves_an_address_first_owns_the_account,
    an_address_is_confirmed,
);

const FRESH: &str = "correct horse battery staple 9";

/// Asks for a mail at one of the pages that send one, in this browser.
async fn ask(browser: &Browser, path: &str, email: &str) -> Answer {
    let button = if path.starts_with("/forgot") { "forgot-submit" } else { "mail-sign-in-submit" };
    let page = browser.press(&browser.open(path).await, button, &[("email", email)]).await;
    assert_eq!(page.status, 200, "{page}");
    page
}

/// The page of a link that was asked for and came.
pub async fn link(server: &Server, inbox: &Inbox, path: &str, email: &str) -> String {
    ask(&server.browser(), path, email).await;
    inbox.next(email).await.link()
}

async fn reset(browser: &Browser, link: &str, password: &str) -> Answer {
    browser.press(&browser.open(link).await, "reset-submit", &[("password", password)]).await
}

/// Somebody who has not shown that the address is theirs.
pub fn unproved(server: &Server, email: &str, name: &str) -> User {
    let password = random();
    server.cli(&["user", "create", "--email", email, "--name", name, "--password-stdin"], &password);
    User { sub: String::new(), email: email.into(), name: name.into(), password }
}

async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/account").await.status == 200
}

async fn signs_in(server: &Server, email: &str, password: &str) -> bool {
    let browser = server.browser();
    let page = browser.open("/login").await;
    browser.press(&page, "login-submit", &[("username", email), ("password", password)]).await.url.path() == "/account"
}

#[track_caller]
fn assert_dead(answer: &Answer) {
    answer.assert_error(403, "link_invalid");
}

async fn a_forgotten_password_is_replaced(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, web, elsewhere) = (server.user("Alice"), server.app("web"), server.browser());
    let tokens = web.tokens(&elsewhere, &alice).await;
    // On the way to an app, and back to it.
    let browser = server.browser();
    let page = browser.open(web.authorize_url()).await;
    let forgot = page.body.split('"').find(|part| part.starts_with("/forgot?interaction=")).expect("a link").to_owned();
    ask(&browser, &forgot, &alice.email).await;
    let link = inbox.next(&alice.email).await.link();
    let page = browser.open(&link).await;
    for bad in ["", "short", "password", alice.email.as_str()] {
        let refused = browser.press(&page, "reset-submit", &[("password", bad)]).await;
        assert!(refused.status == 422 && refused.has("password-error"), "{refused}");
    }
    let page = browser.press(&page, "reset-submit", &[("password", FRESH)]).await;
    let code = browser.proceed(page, &alice).await.callback().code();
    let fresh = web.redeem(&code).await.ok();
    assert_eq!(server.claims(&fresh["id_token"]).await["amr"], serde_json::json!(["email"]));
    // All that began before has ended, and the owner is told.
    assert!(!is_signed_in(&elsewhere).await && is_signed_in(&browser).await);
    web.refresh(&tokens).await.assert_error(400, "invalid_grant");
    assert!(!signs_in(&server, &alice.email, &alice.password).await);
    assert!(signs_in(&server, &alice.email, FRESH).await);
    assert_eq!(inbox.next(&alice.email).await.subject, "Your password was changed");
    assert_dead(&server.browser().open(&link).await);
}

/// `security.md` RS-04 and OT-05.
async fn a_new_password_is_not_a_second_factor(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, here) = (server.user("Alice"), server.browser());
    let (mut app, _) = crate::second_factor::turn_on(&here, &alice).await;
    assert_eq!(inbox.next(&alice.email).await.subject, "Two-step verification is on");
    let link = link(&server, &inbox, "/forgot", &alice.email).await;
    let browser = server.browser();
    let page = reset(&browser, &link, FRESH).await;
    assert!(page.has("second-factor-submit"), "{page}");
    assert_eq!(inbox.next(&alice.email).await.subject, "Your password was changed");
    assert!(!is_signed_in(&browser).await && !is_signed_in(&here).await);
    let page = browser.press(&page, "second-factor-submit", &[("code", &app.code().await)]).await;
    assert_eq!(page.url.path(), "/account");
    // Nor are a link and a code.
    let browser = server.browser();
    let page = ask(&browser, "/login/mail", &alice.email).await;
    let mail = inbox.next(&alice.email).await;
    let page = browser.press(&page, "mailed-code-submit", &[("code", &mail.code())]).await;
    assert!(page.has("second-factor-submit") && !is_signed_in(&browser).await, "{page}");
}

async fn whoever_proves_an_address_first_owns_the_account(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    for (n, path) in ["/forgot", "/login/mail"].into_iter().enumerate() {
        let user = unproved(&server, &format!("victim{n}@people.test"), "Squatter");
        let (email, squatter) = (user.email.clone(), server.browser());
        crate::second_factor::turn_on(&squatter, &user).await;
        let owner = server.browser();
        let link = link(&server, &inbox, path, &email).await;
        let page = owner.open(&link).await;
        assert!(page.body.contains("class=\"note\""), "they are told before: {page}");
        let button = if path == "/forgot" { "reset-submit" } else { "mail-link-submit" };
        let page = owner.press(&page, button, &[("password", FRESH)]).await;
        assert_eq!(page.url.path(), "/account", "no second factor of the squatter's: {page}");
        assert!(!is_signed_in(&squatter).await);
        assert!(!signs_in(&server, &email, &user.password).await);
        assert_eq!(signs_in(&server, &email, FRESH).await, path == "/forgot");
        assert_eq!(inbox.next(&email).await.subject, "Your address is confirmed");
        assert!(page.body.contains("tag-good"), "{page}");
    }
}

async fn an_address_is_confirmed(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (browser, hana) = (server.browser(), unproved(&server, "hana@people.test", "Hana"));
    let (email, password) = (hana.email.as_str(), hana.password.clone());
    let page = browser.proceed(browser.open("/account").await, &hana).await;
    let page = browser.press(&page, "verify-send", &[]).await;
    assert!(page.has("verify-send") && page.body.contains("role=\"status\""), "{page}");
    let first = inbox.next(email).await;
    assert!(!first.text.contains("Hana") && !first.html.contains("Hana"), "{first:?}");
    let page = browser.press(&page, "verify-send", &[]).await;
    assert!(page.body.contains("role=\"status\""), "{page}");
    let second = inbox.next(email).await;
    assert_dead(&server.browser().open(first.link()).await);
    // Wherever it is opened; nobody is signed in by it.
    let phone = server.browser();
    let page = phone.open(second.link()).await;
    assert!(page.body.contains(email), "{page}");
    assert!(browser.open("/account").await.has("verify-send"), "not yet");
    let done = phone.press(&page, "verify-submit", &[]).await;
    assert!(done.has("verify-onward") && !is_signed_in(&phone).await, "{done}");
    assert!(!browser.open("/account").await.has("verify-send"));
    assert!(signs_in(&server, email, &password).await, "the password stays");
    assert_dead(&server.browser().open(second.link()).await);
}

//! The old end of a change: the address until now agrees, or a second factor stands for it.
use super::{PAGE, address, ask, ask_approved, old_end, signed_in};
use crate::support::{
    Answer, Authenticator, Browser, Database, Inbox, Passkey, Server, User, at_once, on_each_database,
};

on_each_database!(
    it_agrees_by_its_link_wherever_that_is_opened,
    of_many_agreements_one_counts,
    each_end_comes_in_its_turn,
    what_waits_is_of_one_account_in_one_browser,
    an_address_that_nobody_has_proved_is_not_asked,
    whoever_has_nothing_else_is_told_what_to_do,
    a_second_factor_stands_for_it,
    a_passkey_stands_for_it,
);

const NEW: &str = "new@people.test";
/// How long a factor has to have been there, in seconds.
const SETTLED: i64 = 604_800;

/// Whatever has been set up was set up so many seconds earlier.
async fn earlier(server: &Server, seconds: i64) {
    for (table, column) in [("two_step", "since"), ("totp", "confirmed_at"), ("passkeys", "created_at")] {
        server.sql(&format!("UPDATE {table} SET {column} = {column} - {seconds}")).await;
    }
}

async fn finish(server: &Server, inbox: &Inbox, browser: &Browser, page: &Answer, user: &User) {
    let done = browser.press(page, "mailed-code-submit", &[("code", &inbox.next(NEW).await.code())]).await;
    assert_eq!(done.url.path(), "/account", "{done}");
    assert_eq!(address(server, user).await, NEW);
}

/// Asks for the new address, and says that the old one's mail cannot be read.
async fn without(browser: &Browser) -> Answer {
    browser.press(&ask(browser, NEW).await, "approve-email-without", &[]).await
}

#[track_caller]
fn assert_stuck(page: &Answer) {
    assert!(page.status == 403 && page.has("approve-email-stuck"), "{page}");
}

async fn it_agrees_by_its_link_wherever_that_is_opened(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    // In the browser that began, on to the code of the new address.
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice).await;
    ask(&browser, NEW).await;
    let link = old_end(&inbox, &alice.email).await.0.link();
    let page = browser.open(&link).await;
    assert!(page.body.contains(NEW) && inbox.all().is_empty(), "opening it does nothing: {page}");
    let page = browser.press(&page, "approve-email-submit", &[]).await;
    finish(&server, &inbox, &browser, &page, &alice).await;
    inbox.next(NEW).await;

    // Elsewhere, where nobody waits for a code, on to the link.
    let (bob, phone) = (server.user("Bob"), server.browser());
    let browser = signed_in(&server, &bob).await;
    ask(&browser, "bobs@people.test").await;
    let link = old_end(&inbox, &bob.email).await.0.link();
    let told = phone.press(&phone.open(&link).await, "approve-email-submit", &[]).await;
    assert!(told.has("approve-email-onward") && told.body.contains("bobs@people.test"), "{told}");
    assert_eq!(phone.get("/account").await.status, 303, "nobody is signed in by it");
    let mail = inbox.next("bobs@people.test").await;
    assert!(!mail.text.contains("Your code"), "{mail:?}");
    assert_eq!(address(&server, &bob).await, bob.email);
    phone.press(&phone.open(mail.link()).await, "confirm-email-submit", &[]).await;
    assert_eq!(address(&server, &bob).await, "bobs@people.test");
    let page = server.browser().open(&link).await;
    page.assert_error(403, "link_invalid");
}

async fn of_many_agreements_one_counts(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice).await;
    let page = ask(&browser, NEW).await;
    let (question, _) = old_end(&inbox, &alice.email).await;
    let mut ready = vec![];
    for n in 0..64 {
        let form = page.form("mailed-code-submit").fill("code", &question.code());
        let own = if n % 2 == 0 { browser.clone() } else { server.browser() };
        let form = if n % 2 == 0 { form } else { own.open(question.link()).await.form("approve-email-submit") };
        ready.push((own, form));
    }
    let answers = at_once(ready.into_iter().map(|(browser, form)| async move { browser.submit(&form).await })).await;
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| [200, 303].contains(*status)).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 303, 403, 422].contains(status)), "{statuses:?}");
    inbox.next(NEW).await;
    assert!(inbox.all().is_empty(), "one mail: {:?}", inbox.all());
}

/// `security.md` RS-07: no end is left out, whatever is sent where.
async fn each_end_comes_in_its_turn(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, bob) = (server.user("Alice"), server.user("Bob"));
    let browser = signed_in(&server, &alice).await;
    let page = ask(&browser, NEW).await;
    let (question, undo) = old_end(&inbox, &alice.email).await;
    let token = |link: &str| link.split("token=").nth(1).unwrap().to_owned();
    for (path, link) in [("confirm", question.link()), ("undo", question.link()), ("approve", undo.link())] {
        let misled = browser.open(format!("/account/email/{path}?token={}", token(&link))).await;
        misled.assert_error(403, "link_invalid");
    }
    // What waits for the old end does not wait for the new one.
    let mut early = page.form("mailed-code-submit").fill("code", &question.code());
    early.action = server.http.url("/account/email/code");
    assert!(browser.follow(browser.submit(&early).await).await.has("change-email-submit"));
    // Neither does somebody else's change.
    let other = signed_in(&server, &bob).await;
    let (theirs, _) = ask_approved(&other, &inbox, &bob.email, "bobs@people.test").await;
    let code = inbox.next("bobs@people.test").await.code();
    for (browser, page, code) in [(&browser, &page, code), (&other, &theirs, question.code())] {
        let refused = browser.press(page, "mailed-code-submit", &[("code", &code)]).await;
        assert_eq!(refused.status, 422, "{refused}");
    }
    assert_eq!(address(&server, &alice).await, alice.email);
    assert_eq!(address(&server, &bob).await, bob.email);
    assert!(inbox.all().is_empty(), "{:?}", inbox.all());
}

async fn what_waits_is_of_one_account_in_one_browser(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, bob) = (server.user("Alice"), server.user("Bob"));
    let browser = signed_in(&server, &alice).await;
    let page = ask(&browser, NEW).await;
    let (question, _) = old_end(&inbox, &alice.email).await;
    let (code, without) =
        (page.form("mailed-code-submit").fill("code", &question.code()), page.form("approve-email-without"));
    // In another browser of hers; and in this one once it is somebody else's.
    let second = signed_in(&server, &alice).await;
    let csrf = second.open(PAGE).await.form("change-email-submit").fields.get("csrf").unwrap().to_owned();
    for form in [&code, &without] {
        let answer = second.submit(&form.clone().fill("csrf", &csrf)).await;
        assert!(second.follow(answer).await.has("change-email-submit"));
    }
    browser.proceed(browser.open("/login?other=1").await, &bob).await;
    for form in [&code, &without] {
        assert!(browser.follow(browser.submit(form).await).await.has("change-email-submit"));
    }
    assert_eq!(browser.submit(&code.clone().fill("csrf", "forged")).await.status, 403);
    assert!(inbox.all().iter().all(|mail| !mail.to.contains(&NEW.to_owned())), "{:?}", inbox.all());
    // Her own link, opened where Bob is signed in, does not lead him to where her code is typed.
    let told = browser.press(&browser.open(question.link()).await, "approve-email-submit", &[]).await;
    assert!(told.has("approve-email-onward"), "{told}");
    // The new end is as much hers.
    let carol = server.user("Carol");
    let browser = signed_in(&server, &carol).await;
    let (page, _) = ask_approved(&browser, &inbox, &carol.email, "carols@people.test").await;
    let code = inbox.next("carols@people.test").await.code();
    browser.proceed(browser.open("/login?other=1").await, &bob).await;
    let page = browser.press(&page, "mailed-code-submit", &[("code", &code)]).await;
    assert!(page.has("change-email-submit"), "{page}");
    assert_eq!(address(&server, &carol).await, carol.email);
}

async fn an_address_that_nobody_has_proved_is_not_asked(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let alice = server.user("Alice");
    server.sql("UPDATE users SET email_verified_at = NULL").await;
    let browser = signed_in(&server, &alice).await;
    let page = ask(&browser, NEW).await;
    assert_eq!(page.url.path(), "/account/email/code", "{page}");
    finish(&server, &inbox, &browser, &page, &alice).await;
    inbox.next(NEW).await;
    assert!(inbox.all().iter().all(|mail| !mail.to.contains(&alice.email)), "{:?}", inbox.all());
}

async fn whoever_has_nothing_else_is_told_what_to_do(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice).await;
    assert_stuck(&without(&browser).await);
    // Nor will what whoever knows the password may have set up just now.
    Authenticator::turn_on(&browser, browser.open("/account/two-step").await).await;
    assert_stuck(&without(&browser).await);
    earlier(&server, SETTLED - 60).await;
    assert_stuck(&without(&browser).await);
    assert_eq!(address(&server, &alice).await, alice.email);
    assert!(inbox.all().iter().all(|mail| !mail.to.contains(&NEW.to_owned())), "{:?}", inbox.all());
}

async fn a_second_factor_stands_for_it(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    let mut app = Authenticator::set_up(&server.browser(), &alice).await;
    earlier(&server, SETTLED).await;
    // In a browser that is trusted, so that it has not been shown in this session.
    for _ in 0..2 {
        let page = browser.proceed(browser.open("/login").await, &alice).await;
        if page.has("second-factor-submit") {
            let form = page.form("second-factor-submit").fill("code", &app.code().await).fill("trust", "yes");
            browser.submit(&form).await;
            browser.press(&browser.open("/logout").await, "logout-confirm", &[]).await;
        }
    }
    let page = without(&browser).await;
    assert!(page.has("second-factor-submit"), "{page}");
    let page = browser.press(&page, "second-factor-submit", &[("code", &app.code().await)]).await;
    assert!(page.url.path() == "/account/email/old" && page.body.contains(NEW), "back to what waits: {page}");
    assert!(inbox.all().iter().all(|mail| !mail.to.contains(&NEW.to_owned())), "{:?}", inbox.all());
    let page = browser.press(&page, "approve-email-without", &[]).await;
    assert_eq!(page.url.path(), "/account/email/code", "{page}");
    finish(&server, &inbox, &browser, &page, &alice).await;
    assert!(server.log().contains("event=email_change_unapproved"));
    // Who comes later begins anew, and the old address still has its way back.
    assert!(browser.open(PAGE).await.has("change-email-submit"));
    let mut mail = inbox.next(&alice.email).await;
    while !mail.text.contains("/account/email/undo?") {
        mail = inbox.next(&alice.email).await;
    }
    let owner = server.browser();
    owner.press(&owner.open(mail.link()).await, "undo-email-submit", &[]).await;
    assert_eq!(address(&server, &alice).await, alice.email);
}

async fn a_passkey_stands_for_it(database: Database) {
    let inbox = Inbox::start();
    let settings = format!("issuer = 'http://localhost:PORT'\n{}", inbox.settings());
    let server = Server::start(database, &settings).await;
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice).await;
    let mut passkey = Passkey::new(&server.issuer);
    let page = browser.open("/account/passkeys").await;
    let answer = passkey.create(&page.options("passkeys-add"));
    browser.press(&page, "passkeys-add", &[("credential", &answer)]).await;
    assert_stuck(&without(&browser).await);
    earlier(&server, SETTLED).await;
    let page = without(&browser).await;
    assert!(page.has("login-passkey"), "{page}");
    let answer = passkey.get(&page.options("login-passkey"));
    let page = browser.press(&page, "login-passkey", &[("credential", &answer)]).await;
    assert!(page.url.path() == "/account/email/old" && page.body.contains(NEW), "back to what waits: {page}");
    let page = browser.press(&page, "approve-email-without", &[]).await;
    finish(&server, &inbox, &browser, &page, &alice).await;
}

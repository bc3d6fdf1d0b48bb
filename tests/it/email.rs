//! Changing the address of an account, and the way back (`security.md` RS-07 and RS-08).
mod old_end;

use crate::support::{Answer, Browser, Database, Inbox, Mail, Server, User, at_once, eventually, on_each_database};
use genkan::domain::Digest;

on_each_database!(
    an_address_changes_when_both_ends_confirm_it,
    what_waits_with_a_mail_server_is_undone_with_the_rest,
    the_operator_changes_an_address,
    the_owner_of_the_old_address_takes_it_back,
    whoever_changes_twice_does_not_take_the_way_back,
    of_two_ways_back_each_leaves_the_other,
    an_address_is_of_who_proves_it,
    only_the_owner_of_a_fresh_sign_in_asks_for_it,
);

const PAGE: &str = "/account/email";

async fn signed_in(server: &Server, user: &User) -> Browser {
    let browser = server.browser();
    browser.proceed(browser.open("/login").await, user).await;
    browser
}

async fn ask(browser: &Browser, email: &str) -> Answer {
    browser.press(&browser.open(PAGE).await, "change-email-submit", &[("email", email)]).await
}

/// The two mails to the address until now: the question, and the way back.
async fn old_end(inbox: &Inbox, old: &str) -> (Mail, Mail) {
    let (one, other) = (inbox.next(old).await, inbox.next(old).await);
    if one.link().contains("/account/email/approve?token=") { (one, other) } else { (other, one) }
}

/// Asks for another address, to which the address until now agrees; and the way back to that.
async fn ask_approved(browser: &Browser, inbox: &Inbox, old: &str, new: &str) -> (Answer, Mail) {
    let page = ask(browser, new).await;
    let (question, undo) = old_end(inbox, old).await;
    let page = browser.press(&page, "mailed-code-submit", &[("code", &question.code())]).await;
    assert!(page.url.path() == "/account/email/code" && page.body.contains(new), "{page}");
    (page, undo)
}

async fn signs_in(server: &Server, email: &str, password: &str) -> bool {
    let browser = server.browser();
    let page = browser.open("/login").await;
    browser.press(&page, "login-submit", &[("username", email), ("password", password)]).await.url.path() == "/account"
}

async fn address(server: &Server, user: &User) -> String {
    server.texts(&format!("SELECT email FROM users WHERE id = '{}'", user.sub)).await.remove(0)
}

/// `security.md` RS-07.
async fn an_address_changes_when_both_ends_confirm_it(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice).await;
    for (bad, status) in [("", 422), ("a@x,b@y", 422), (alice.email.as_str(), 422), ("ALICE@people.test", 422)] {
        assert_eq!(ask(&browser, bad).await.status, status, "{bad}");
    }
    // By the code, where it was asked for.
    let page = ask(&browser, "second@people.test").await;
    assert_eq!((page.status, page.url.path()), (200, "/account/email/old"));
    let (question, warning) = old_end(&inbox, &alice.email).await;
    assert!(question.text.contains("second@people.test") && warning.link().contains("/account/email/undo?token="));
    let wrong = browser.press(&page, "mailed-code-submit", &[("code", "12345")]).await;
    assert!(wrong.status == 422 && wrong.has("code-error"), "{wrong}");
    let page = browser.press(&page, "mailed-code-submit", &[("code", &question.code())]).await;
    assert_eq!((page.status, page.url.path()), (200, "/account/email/code"));
    let mail = inbox.next("second@people.test").await;
    assert_eq!(address(&server, &alice).await, alice.email, "it is pending");
    assert!(!signs_in(&server, "second@people.test", &alice.password).await);
    // A reset that was asked for by the old address dies with it.
    let forgetful = server.browser();
    forgetful.press(&forgetful.open("/forgot").await, "forgot-submit", &[("email", &alice.email)]).await;
    let reset = inbox.next(&alice.email).await.link();
    let wrong = browser.press(&page, "mailed-code-submit", &[("code", "12345")]).await;
    assert!(wrong.status == 422 && wrong.has("code-error"), "{wrong}");
    let page = browser.press(&page, "mailed-code-submit", &[("code", &mail.code())]).await;
    assert!(page.url.path() == "/account" && page.body.contains("second@people.test"), "{page}");
    assert!(signs_in(&server, "second@people.test", &alice.password).await);
    assert!(!signs_in(&server, &alice.email, &alice.password).await);
    server.browser().open(&reset).await.assert_error(403, "link_invalid");
    server.browser().open(mail.link()).await.assert_error(403, "link_invalid");
    assert_eq!(inbox.next("second@people.test").await.subject, "Your email address was changed");

    // By the link, wherever it is opened; opening it does nothing, and of many one counts.
    ask_approved(&browser, &inbox, "second@people.test", "third@people.test").await;
    let link = inbox.next("third@people.test").await.link();
    let mut ready = vec![];
    for _ in 0..64 {
        let phone = server.browser();
        let page = phone.open(&link).await;
        assert!(page.body.contains("third@people.test"), "{page}");
        ready.push((phone, page));
    }
    assert_eq!(address(&server, &alice).await, "second@people.test");
    let answers = at_once(
        ready.into_iter().map(|(phone, page)| async move { phone.press(&page, "confirm-email-submit", &[]).await }),
    )
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.has("confirm-email-onward")).count(), 1);
    assert_eq!(address(&server, &alice).await, "third@people.test");
}

/// `security.md` RS-07.
async fn the_owner_of_the_old_address_takes_it_back(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    for (name, confirmed) in [("Alice", false), ("Bob", true)] {
        let victim = server.user(name);
        let thief = signed_in(&server, &victim).await;
        let evil = format!("evil-{}", victim.email);
        // Even a thief who can read the mail; the owner can, too.
        let (page, undo) = ask_approved(&thief, &inbox, &victim.email, &evil).await;
        let mail = inbox.next(&evil).await;
        if confirmed {
            thief.press(&page, "mailed-code-submit", &[("code", &mail.code())]).await;
            inbox.next(&evil).await;
            // The thief makes sure of it: a new password, and a second factor.
            let page = thief.open("/account/password").await;
            let fields = [("current", victim.password.as_str()), ("password", "stolen horse battery staple")];
            assert_eq!(thief.press(&page, "password-submit", &fields).await.status, 200);
            let thief_person = User { email: evil.clone(), ..victim.clone() };
            crate::second_factor::turn_on(&thief, &thief_person).await;
            assert_eq!(address(&server, &victim).await, evil);
        }
        let owner = server.browser();
        let page = owner.open(undo.link()).await;
        assert!(page.body.contains(&victim.email), "{page}");
        let told = owner.press(&page, "undo-email-submit", &[]).await;
        assert!(told.has("undo-email-onward"), "{told}");
        assert_eq!(address(&server, &victim).await, victim.email);
        assert_eq!(thief.get("/account").await.status, 303, "everybody is out");
        // What waited for the thief is dead, and so are both passwords.
        server.browser().open(mail.link()).await.assert_error(403, "link_invalid");
        for password in [victim.password.as_str(), "stolen horse battery staple"] {
            assert!(!signs_in(&server, &victim.email, password).await);
        }
        // The owner may be told first what the thief did.
        let mut mail = inbox.next(&victim.email).await;
        while !mail.text.contains("/reset?") {
            mail = inbox.next(&victim.email).await;
        }
        let page = owner.open(mail.link()).await;
        let page = owner.press(&page, "reset-submit", &[("password", "correct horse battery staple 9")]).await;
        assert_eq!(page.url.path(), "/account", "no second factor of the thief's: {page}");
        server.browser().open(undo.link()).await.assert_error(403, "link_invalid");
    }
}

/// `security.md` RS-07.
async fn whoever_changes_twice_does_not_take_the_way_back(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let alice = server.user("Alice");
    let thief = signed_in(&server, &alice).await;
    let mut undos = vec![];
    for (old, new) in [(alice.email.as_str(), "evil1@people.test"), ("evil1@people.test", "evil2@people.test")] {
        let (page, undo) = ask_approved(&thief, &inbox, old, new).await;
        undos.push(undo.link());
        thief.press(&page, "mailed-code-submit", &[("code", &inbox.next(new).await.code())]).await;
        assert_eq!(inbox.next(new).await.subject, "Your email address was changed");
        // The next one is later than this one.
        server.passes(1).await;
    }
    let owner = server.browser();
    owner.press(&owner.open(&undos[0]).await, "undo-email-submit", &[]).await;
    assert_eq!(address(&server, &alice).await, alice.email);
    // The thief's way back to an address of theirs is gone.
    server.browser().open(&undos[1]).await.assert_error(403, "link_invalid");
}

/// `security.md` RS-07: a thief links a way in of theirs, and then changes the address.
async fn of_two_ways_back_each_leaves_the_other(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    for (name, link_first) in [("Alice", true), ("Bob", false)] {
        let (victim, owner) = (server.user(name), server.browser());
        let (evil, now) = (format!("evil-{}", victim.email), server.now().await);
        let digest = Digest::of(name);
        server
            .sql(&format!(
                "INSERT INTO tickets (id, purpose, holder, digest, user_id, data, tries, created_at, expires_at)
                 VALUES ('{name}', 'undo-link', '{name}', '{}', '{}', 'theirs', 0, {}, {})",
                digest.as_str(),
                victim.sub,
                now - 10,
                now + 1000
            ))
            .await;
        let thief = signed_in(&server, &victim).await;
        let (page, undo) = ask_approved(&thief, &inbox, &victim.email, &evil).await;
        thief.press(&page, "mailed-code-submit", &[("code", &inbox.next(&evil).await.code())]).await;
        let links = [(format!("/account/ways-in/undo?token={name}"), "undo-link"), (undo.link(), "undo-email")];
        let order = if link_first { [0, 1] } else { [1, 0] };
        for (link, button) in order.map(|number| &links[number]) {
            let told = owner.press(&owner.open(link).await, &format!("{button}-submit"), &[]).await;
            assert!(told.has(&format!("{button}-onward")), "{name} {button}: {told}");
        }
        assert_eq!(address(&server, &victim).await, victim.email);
    }
}

/// `security.md` RS-08.
async fn an_address_is_of_who_proves_it(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, bob, mallory) = (server.user("Alice"), server.user("Bob"), server.user("Mallory"));
    let (hers, his, theirs) =
        (signed_in(&server, &alice).await, signed_in(&server, &bob).await, signed_in(&server, &mallory).await);
    // Claims that nobody confirms give no right, and keep nobody from signing up with it.
    ask_approved(&theirs, &inbox, &mallory.email, "wanted@people.test").await;
    inbox.next("wanted@people.test").await;
    let create = ["user", "create", "--email", "wanted@people.test", "--password-stdin"];
    server.cli(&create, "squatting horse battery");
    assert!(signs_in(&server, "wanted@people.test", "squatting horse battery").await);
    // Two have shown that they can read its mail: one is quicker.
    let mut ready = vec![];
    for (browser, user) in [(&hers, &alice), (&his, &bob)] {
        let (page, _) = ask_approved(browser, &inbox, &user.email, "wanted@people.test").await;
        let code = inbox.next("wanted@people.test").await.code();
        ready.push(((*browser).clone(), page.form("mailed-code-submit").fill("code", &code)));
    }
    let answers = at_once(ready.into_iter().map(|(browser, form)| async move { browser.submit(&form).await })).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409], "{answers:#?}");
    let holders = server.texts("SELECT id FROM users WHERE email = 'wanted@people.test'").await;
    assert!(holders.len() == 1 && [&alice.sub, &bob.sub].contains(&&holders[0]));
    // The squatter has lost it, and whoever asks for an address that is proved is told nothing before.
    assert!(!signs_in(&server, "wanted@people.test", "squatting horse battery").await);
    ask_approved(&theirs, &inbox, &mallory.email, &alice.email).await;
}

/// `security.md` RS-07.
async fn only_the_owner_of_a_fresh_sign_in_asks_for_it(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice).await;
    let form = browser.open(PAGE).await.form("change-email-submit").fill("email", "new@people.test");
    assert_eq!(browser.submit(&form.clone().fill("csrf", "forged")).await.status, 403);
    assert_eq!(server.browser().submit(&form).await.status, 403);
    server.sql("UPDATE sessions SET state = replace(state, '\"auth_time\":1', '\"auth_time\":-1')").await;
    assert!(browser.follow(browser.submit(&form).await).await.has("login-submit"));
    assert!(server.browser().open(PAGE).await.has("login-submit"));
    assert!(server.texts("SELECT id FROM tickets").await.is_empty() && inbox.all().is_empty());
}

/// `security.md` RS-07: a thief's own server may refuse a mail until the owner has undone the change.
async fn what_waits_with_a_mail_server_is_undone_with_the_rest(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let alice = server.user("Alice");
    let thief = signed_in(&server, &alice).await;
    let (page, undo) = ask_approved(&thief, &inbox, &alice.email, "evil1@people.test").await;
    thief.press(&page, "mailed-code-submit", &[("code", &inbox.next("evil1@people.test").await.code())]).await;
    inbox.next("evil1@people.test").await;
    let page = ask(&thief, "evil2@people.test").await;
    let (question, _) = old_end(&inbox, "evil1@people.test").await;
    // A way back to the thief's address, and the way to their next one.
    inbox.refuse(3);
    thief.press(&page, "mailed-code-submit", &[("code", &question.code())]).await;
    ask(&thief, "evil3@people.test").await;
    let waits = "SELECT id FROM outbox WHERE attempts = 1 AND claimed_until = 0";
    eventually("they are refused", async || (server.texts(waits).await.len() == 3).then_some(())).await;
    let owner = server.browser();
    owner.press(&owner.open(undo.link()).await, "undo-email-submit", &[]).await;
    assert_eq!(address(&server, &alice).await, alice.email);
    server.sql("UPDATE outbox SET due_at = 0").await;
    let (question, undo) = old_end(&inbox, "evil1@people.test").await;
    for mail in [question, undo, inbox.next("evil2@people.test").await] {
        server.browser().open(mail.link()).await.assert_error(403, "link_invalid");
    }
}

/// For whoever can neither read the mail nor show a second factor.
async fn the_operator_changes_an_address(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, bob) = (server.user("Alice"), server.user("Bob"));
    let thief = signed_in(&server, &alice).await;
    ask(&thief, "evil@people.test").await;
    let (question, undo) = old_end(&inbox, &alice.email).await;
    for refused in [["nobody@people.test", "new@people.test"], [&alice.email, "new"], [&alice.email, &bob.email]] {
        let [login, new] = refused;
        assert!(!server.try_cli(&["user", "change-email", login, new], "").0.success(), "{refused:?}");
    }
    let told = server.cli(&["user", "change-email", &alice.email, "New@People.test"], "");
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["sub"], &told["email"]), (&alice.sub.as_str().into(), &"new@people.test".into()));
    assert!(signs_in(&server, "new@people.test", &alice.password).await);
    assert!(!signs_in(&server, &alice.email, &alice.password).await);
    // Whoever has the mailbox of before has no way back.
    for mail in [question, undo] {
        server.browser().open(mail.link()).await.assert_error(403, "link_invalid");
    }
}

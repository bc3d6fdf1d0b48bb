//! Making an account: confirmed by mail, and by invitation; and a frozen account that waits for a link.
use crate::support::{Answer, Browser, Database, Inbox, Server, User, at_once, claims_of, on_each_database, random};
use reqwest::Method;
use serde_json::Value;

on_each_database!(
    an_account_is_made_when_its_address_is_confirmed,
    sign_up_tells_nothing_of_who_is_there,
    what_somebody_else_began_gives_them_nothing,
    of_many_confirmations_at_once_one_counts,
    whoever_is_invited_makes_an_account,
    an_invitation_works_once,
    a_frozen_account_waits_for_its_owners_mail,
);

const PASSWORD: &str = "correct horse battery staple 9";

async fn begin(browser: &Browser, page: &Answer, email: &str) -> Answer {
    browser.press(page, "signup-submit", &[("name", "Hana"), ("email", email), ("password", PASSWORD)]).await
}

async fn signs_in(server: &Server, email: &str) -> bool {
    let browser = server.browser();
    let page = browser.open("/login").await;
    let page = browser.press(&page, "login-submit", &[("username", email), ("password", PASSWORD)]).await;
    page.url.path() == "/account"
}

async fn an_account_is_made_when_its_address_is_confirmed(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (web, nobody) = (
        server.app("web"),
        User { sub: String::new(), email: String::new(), name: String::new(), password: String::new() },
    );
    for by_link in [false, true] {
        let (browser, email) = (server.browser(), format!("hana{by_link}@people.test"));
        // On the way to an app, and on to it.
        let create = web.authorize_url_of(&web.authorization().with("prompt", "create"));
        let page = begin(&browser, &browser.open(create.as_str()).await, &email).await;
        assert!(page.has("mailed-code-submit") && page.body.contains(&email), "{page}");
        assert!(!signs_in(&server, &email).await, "not before");
        let mail = inbox.next(&email).await;
        assert!(!mail.text.contains(PASSWORD) && !mail.text.contains("Hana"), "what a stranger typed: {mail:?}");
        let page = if by_link {
            // Elsewhere it leads to no account, whatever looks at mails opens it, and it is still good after that.
            let other = server.browser();
            assert!(other.open(mail.link()).await.has("sign-up-elsewhere-onward"));
            other.send(Method::HEAD, &mail.link().parse().unwrap(), None).await;
            browser.press(&browser.open(mail.link()).await, "sign-up-link-submit", &[]).await
        } else {
            let wrong = browser.press(&page, "mailed-code-submit", &[("code", "000000")]).await;
            assert_eq!(wrong.status, 422, "{wrong}");
            browser.press(&page, "mailed-code-submit", &[("code", &mail.code())]).await
        };
        let tokens = web.redeem(&browser.proceed(page, &nobody).await.callback().code()).await.ok();
        let person = web.userinfo(&tokens).await.json();
        assert_eq!((&person["email"], &person["email_verified"]), (&email.clone().into(), &true.into()));
        assert_eq!(claims_of(&tokens["id_token"])["amr"], serde_json::json!(["email"]));
        assert!(signs_in(&server, &email).await);
        server.browser().open(mail.link()).await.assert_error(403, "link_invalid");
    }
}

/// `security.md` EN-03: the page, its status and its headers are the same; the mail says the rest.
async fn sign_up_tells_nothing_of_who_is_there(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let alice = server.user("Alice");
    let mut seen = vec![];
    for email in [alice.email.clone(), "nobody@people.test".to_owned()] {
        let browser = server.browser();
        let form = browser.open("/signup").await.form("signup-submit");
        let form = form.fill("name", "Hana").fill("email", &email).fill("password", PASSWORD);
        let answer = browser.submit(&form).await;
        let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort();
        let page = browser.follow(answer.clone()).await;
        let main = page.texts("main").remove(0).replace(&email, "EMAIL");
        let wrong = browser.press(&page, "mailed-code-submit", &[("code", "000000")]).await;
        let told = wrong.texts("main").remove(0).replace(&email, "EMAIL");
        let place = answer.location().unwrap().path().to_owned();
        seen.push((answer.status, place, names, page.status, main, wrong.status, told));
    }
    assert_eq!(seen[0], seen[1]);
    let (known, new) = (inbox.next(&alice.email).await, inbox.next("nobody@people.test").await);
    assert_eq!(known.subject, "You have an account at Genkan");
    assert!(!known.text.contains("?token=") && !new.code().is_empty());
    let rows = server.texts("SELECT email FROM users").await;
    assert_eq!(rows, [alice.email]);
    // What fails does so alike, too, and what nobody can have is told at once.
    for bad in ["not an address", ""] {
        let browser = server.browser();
        assert_eq!(begin(&browser, &browser.open("/signup").await, bad).await.status, 422);
    }
}

/// `security.md` RS-08 and LK-02: a squatter who types somebody's address, and the one whose address it is.
async fn what_somebody_else_began_gives_them_nothing(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (squatter, owner, email) = (server.browser(), server.browser(), "hana@people.test");
    let his = begin(&squatter, &squatter.open("/signup").await, email).await;
    let first = inbox.next(email).await;
    let hers = begin(&owner, &owner.open("/signup").await, email).await;
    let second = inbox.next(email).await;
    // The code of one is no code of the other.
    assert_eq!(squatter.press(&his, "mailed-code-submit", &[("code", &second.code())]).await.status, 422);
    assert_eq!(owner.press(&hers, "mailed-code-submit", &[("code", &first.code())]).await.status, 422);
    // She has hers, though he began another.
    let page = owner.press(&hers, "mailed-code-submit", &[("code", &second.code())]).await;
    assert_eq!(page.url.path(), "/account", "{page}");
    // Even with the right code, his account is one too many.
    let late = squatter.press(&his, "mailed-code-submit", &[("code", &first.code())]).await;
    assert!(late.has("sign-up-known-onward"), "{late}");
    assert_eq!(squatter.get("/account").await.status, 303);
    assert_eq!(server.texts("SELECT id FROM users").await.len(), 1);
}

async fn of_many_confirmations_at_once_one_counts(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (browser, email) = (server.browser(), "hana@people.test");
    begin(&browser, &browser.open("/signup").await, email).await;
    let form = browser.open(inbox.next(email).await.link()).await.form("sign-up-link-submit");
    let statuses = at_once((0..64).map(|_| {
        let (browser, form) = (browser.clone(), form.clone());
        async move { browser.submit(&form).await.status }
    }))
    .await;
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [303, 403].contains(status)), "{statuses:?}");
}

async fn whoever_is_invited_makes_an_account(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &format!("{}registration.sign_up = 'invite'", inbox.settings())).await;
    server.browser().open("/signup").await.assert_error(403, "invitation_needed");
    let web = server.app("web");
    let create = web.authorize_url_of(&web.authorization().with("prompt", "create"));
    assert!(server.browser().open(create.as_str()).await.has("login-submit"));
    let metadata = server.http.get("/.well-known/openid-configuration").await.body;
    assert!(!metadata.contains("create"), "{metadata}");

    let printed = |arguments: &[&str]| -> Value { serde_json::from_str(&server.cli(arguments, "")).unwrap() };
    let link = |value: &Value| value["link"].as_str().unwrap().to_owned();
    // To nobody in particular: their address is their word.
    let open = link(&printed(&["user", "invite"]));
    let browser = server.browser();
    let page = begin(&browser, &browser.open(open).await, "hana@people.test").await;
    assert!(page.url.path() == "/account" && page.body.contains("Not verified"), "{page}");
    // To an address: that one, whatever the form says.
    let to = link(&printed(&["user", "invite", "--email", "taro@people.test", "--name", "Taro", "--admin"]));
    let browser = server.browser();
    let page = browser.open(to).await;
    assert!(page.body.contains("taro@people.test") && page.body.contains("Taro"), "{page}");
    begin(&browser, &page, "evil@people.test").await;
    // By mail: whoever comes by it can read that mail.
    assert_eq!(printed(&["user", "invite", "--email", "yuki@people.test", "--send"])["sent"], true);
    let mail = inbox.next("yuki@people.test").await;
    let browser = server.browser();
    let page = begin(&browser, &browser.open(mail.link()).await, "yuki@people.test").await;
    assert!(page.body.contains("Verified"), "{page}");
    let rows = server.texts("SELECT COALESCE(role, 'none') FROM users ORDER BY email").await;
    assert_eq!(rows, ["none", "admin", "none"]);
    let verified = server.texts("SELECT email FROM users WHERE email_verified_at IS NOT NULL").await;
    assert_eq!(verified, ["yuki@people.test"]);
}

async fn an_invitation_works_once(database: Database) {
    let server = Server::start(database, "[registration]\nsign_up = 'invite'").await;
    let printed: Value = serde_json::from_str(&server.cli(&["user", "invite"], "")).unwrap();
    let link = printed["link"].as_str().unwrap().to_owned();
    let mut ready = vec![];
    for n in 0..16 {
        let browser = server.browser();
        let form = browser.open(&link).await.form("signup-submit");
        let form = form.fill("name", "Hana").fill("email", &format!("hana{n}@people.test")).fill("password", PASSWORD);
        ready.push((browser, form));
    }
    let statuses =
        at_once(ready.into_iter().map(|(browser, form)| async move { browser.submit(&form).await.status })).await;
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!(server.texts("SELECT id FROM users").await.len(), 1);
    server.browser().open(&link).await.assert_error(403, "link_invalid");
    server.browser().open(&format!("/invite?token={}", random())).await.assert_error(403, "link_invalid");
}

async fn a_frozen_account_waits_for_its_owners_mail(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    let page = browser.proceed(browser.open("/account/leave").await, &alice).await;
    browser.submit(&page.form("leave-freeze").fill("sure", "yes")).await;
    // Who knows the password alone does not get in.
    let thief = server.browser();
    let page = thief.proceed(thief.open("/account").await, &alice).await;
    let page = thief.press(&page, "returning-submit", &[]).await;
    assert!(page.has("unfreeze-mailed-onward"), "{page}");
    assert_eq!(thief.get("/account").await.status, 303);
    let mail = eventually_unfreeze(&inbox, &alice.email).await;
    let page = browser.open(&mail).await;
    assert!(browser.get("/account").await.status == 303, "looking at it changes nothing");
    let told = browser.press(&page, "unfreeze-submit", &[]).await;
    assert!(told.has("unfreeze-onward"), "{told}");
    let page = browser.proceed(browser.open("/account").await, &alice).await;
    assert_eq!(page.url.path(), "/account");
    // And the operator can.
    server.sql("UPDATE users SET frozen_at = 1").await;
    server.cli(&["user", "unfreeze", &alice.email], "");
    assert!(!server.try_cli(&["user", "unfreeze", &alice.email], "").0.success());
}

/// The link of the mail among whatever else the owner is told.
async fn eventually_unfreeze(inbox: &Inbox, to: &str) -> String {
    loop {
        let mail = inbox.next(to).await;
        if mail.text.contains("/unfreeze?token=") {
            return mail.link();
        }
    }
}

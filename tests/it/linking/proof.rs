//! Proof: that an account of the same address is one's own, and that one which somebody else made with it is not theirs.
use super::{come, count, is_in, start, turned_back, who};
use crate::{
    passkeys,
    recovery::{link, unproved},
    support::{
        Account, Answer, Browser, Database, Inbox, Kind, Upstream, User, at_once, on_each_database, random,
        refresh_grant,
    },
};
use serde_json::json;

on_each_database!(
    whoever_has_the_address_takes_it_from_a_squatter,
    an_account_is_proved_before_it_is_linked,
    a_proof_is_for_one_identity_in_one_browser,
    a_link_that_nobody_wanted_is_undone,
    the_way_back_is_mailed_to_the_owner_alone,
);

const VICTIM: &str = "victim@gmail.com";

async fn password(browser: &Browser, page: &Answer, user: &User) -> Answer {
    browser.press(page, "login-submit", &[("username", &user.email), ("password", &user.password)]).await
}

async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/account").await.status == 200
}

/// `security.md` LK-02 and RS-08; `providers.md` bug 35: an account that somebody made with the address of somebody else,
/// with everything that could open it.
async fn whoever_has_the_address_takes_it_from_a_squatter(database: Database) {
    let (inbox, google, github) = (Inbox::start(), Upstream::start(Kind::Google), Upstream::start(Kind::GitHub));
    let facebook = Upstream::start(Kind::Facebook);
    let settings = format!("issuer = 'http://localhost:PORT'\n{}", inbox.settings());
    let providers = [("google", &google, ""), ("github", &github, ""), ("facebook", &facebook, "")];
    let server = start(database, &settings, &providers).await;
    let (web, squatter, eve) = (server.app("web"), unproved(&server, VICTIM, "Squatter"), server.browser());
    password(&eve, &eve.open("/login").await, &squatter).await;
    let passkey = passkeys::passkey_of(&server, &eve, &squatter).await;
    super::ways_in::add(&eve, &github, "github").await;
    assert_eq!(count(&server, "identities WHERE user_id IS NOT NULL").await, 1);
    let page = eve.press(&eve.open("/account/email").await, "change-email-submit", &[("email", "eve@evil.test")]).await;
    assert_eq!(page.status, 200, "{page}");
    let change = inbox.next("eve@evil.test").await;
    crate::second_factor::turn_on(&eve, &squatter).await;
    let tokens = web.redeem(&eve.authorize(&web.authorize_url(), &squatter).await.code()).await.ok();
    let code = eve.authorize(&web.authorize_url(), &squatter).await.code();
    let squatted = web.userinfo(&tokens).await.ok()["sub"].clone();

    google.account(Account::new("1").email(VICTIM).name("Victim"));
    let owner = server.browser();
    let page = come(&owner, &google, "google").await;
    assert!(is_in(&page), "no second factor of the squatter's: {page}");
    let told = who(&server, &owner).await;
    assert_eq!((&told["sub"], &told["email_verified"]), (&squatted, &json!(true)));
    assert!(!is_signed_in(&eve).await);
    let browser = server.browser();
    assert_eq!(password(&browser, &browser.open("/login").await, &squatter).await.status, 422);
    let page = browser.open("/login").await;
    let answer = passkey.get(&page.options("login-passkey"));
    assert_eq!(browser.press(&page, "login-passkey", &[("credential", &answer)]).await.status, 422);
    web.token(refresh_grant(&tokens)).await.assert_error(400, "invalid_grant");
    assert_eq!(web.userinfo(&tokens).await.status, 401);
    web.redeem(&code).await.assert_error(400, "invalid_grant");
    server.browser().open(change.link()).await.assert_error(403, "link_invalid");
    // What the squatter can sign in with elsewhere opens another account, or none.
    let browser = server.browser();
    come(&browser, &github, "github").await;
    assert_ne!(who(&server, &browser).await["sub"], squatted);
    let mut subjects = [inbox.next(VICTIM).await.subject, inbox.next(VICTIM).await.subject];
    while !subjects.contains(&"Another account opens yours now".to_owned()) {
        subjects[0] = inbox.next(VICTIM).await.subject;
    }
    assert!(is_signed_in(&owner).await);

    // A squatter who has no password either.
    let second = "second@gmail.com";
    facebook.account(Account::new("2").unverified(second).name("Squatter"));
    let eve = server.browser();
    assert!(is_in(&come(&eve, &facebook, "facebook").await));
    google.account(Account::new("2").email(second).name("Victim"));
    assert!(is_in(&come(&server.browser(), &google, "google").await));
    assert!(!is_signed_in(&eve).await);
    let browser = server.browser();
    come(&browser, &facebook, "facebook").await;
    assert!(who(&server, &browser).await.get("email").is_none());
    // Nobody takes the account of whoever runs the instance.
    let boss = unproved(&server, "boss@gmail.com", "Boss");
    server.sql(&format!("UPDATE users SET role = 'owner' WHERE email = '{}'", boss.email)).await;
    google.account(Account::new("3").email(&boss.email).name("Eve"));
    assert!(turned_back(&come(&server.browser(), &google, "google").await, "prove-first"));
    let browser = server.browser();
    assert!(is_in(&password(&browser, &browser.open("/login").await, &boss).await));
}

/// `security.md` LK-01 and LK-04: by a password, by a link and by a code that come by mail; on the way to an app.
async fn an_account_is_proved_before_it_is_linked(database: Database) {
    let (inbox, oidc) = (Inbox::start(), Upstream::start(Kind::Oidc));
    let limited = "[[clients]]\nclient_id = 'limited'\nclient_name = 'Limited'\nclient_secret = 'limited-secret-0123456789-0123456789'\nredirect_uris = ['https://limited.test/cb']\nallowed_providers = ['oidc']\n";
    let server = start(database, &format!("{}{limited}", inbox.settings()), &[("oidc", &oidc, "")]).await;
    let (web, limited) = (server.app("web"), server.app("limited"));
    for (n, how) in ["password", "mail link", "mail code", "not now", "limited"].into_iter().enumerate() {
        let user = server.user(&format!("User{n}"));
        let app = if how == "limited" { &limited } else { &web };
        oidc.account(Account::new(&user.sub).email(&user.email).name("Elsewhere"));
        let browser = server.browser();
        let page = browser.sign_in_with(&oidc, &browser.open(app.authorize_url()).await, "oidc").await;
        assert!(turned_back(&page, "prove-first") && page.body.contains("There is an account"), "{how}: {page}");
        let page = match how {
            "mail link" | "mail code" => {
                let page = browser.open(page.link_to("/login/mail")).await;
                let page = browser.press(&page, "mail-sign-in-submit", &[("email", &user.email)]).await;
                let mail = inbox.next(&user.email).await;
                if how == "mail link" {
                    browser.press(&browser.open(mail.link()).await, "mail-link-submit", &[]).await
                } else {
                    browser.press(&page, "mailed-code-submit", &[("code", &mail.code())]).await
                }
            }
            _ => password(&browser, &page, &user).await,
        };
        // Both are named.
        assert!(page.has("link-submit") && page.body.contains(&user.name), "{how}: {page}");
        assert!(page.body.matches(&user.email).count() >= 2 && page.body.contains("oidc"), "{how}: {page}");
        let links = how != "not now";
        let page = browser.press(&page, if links { "link-submit" } else { "link-later" }, &[]).await;
        assert_eq!(count(&server, &format!("identities WHERE user_id = '{}'", user.sub)).await, usize::from(links));
        if how != "limited" {
            let callback = browser.proceed(page, &user).await.callback();
            assert_eq!(web.userinfo(&web.redeem(&callback.code()).await.ok()).await.ok()["sub"], json!(user.sub));
        }
        let again = server.browser();
        let page = again.sign_in_with(&oidc, &again.open(app.authorize_url()).await, "oidc").await;
        assert_eq!(turned_back(&page, "prove-first"), !links, "{how}: {page}");
        assert!(!links || page.has("consent-allow") || page.location().is_some(), "{how}: {page}");
    }
}

trait Links {
    fn link_to(&self, path: &str) -> String;
}

impl Links for Answer {
    /// Where the link to a page leads, with all that it carries.
    fn link_to(&self, path: &str) -> String {
        let mut parts = self.body.split('"');
        let found = parts.find(|part| part.split('?').next() == Some(path));
        found.unwrap_or_else(|| panic!("no link to {path}: {self}")).replace("&amp;", "&").replace("&#38;", "&")
    }
}

/// `security.md` LK-03; `providers.md` bug 36.
async fn a_proof_is_for_one_identity_in_one_browser(database: Database) {
    let (inbox, oidc) = (Inbox::start(), Upstream::start(Kind::Oidc));
    let server = start(database, &inbox.settings(), &[("oidc", &oidc, "")]).await;
    let (alice, bob) = (server.user("Alice"), server.user("Bob"));
    let prove_first = async |subject: &str| {
        oidc.account(Account::new(subject).email(&alice.email).name("Elsewhere"));
        let browser = server.browser();
        let page = come(&browser, &oidc, "oidc").await;
        assert!(turned_back(&page, "prove-first"), "{page}");
        (browser, page)
    };
    // Somebody else signs in there: nothing is said of it.
    let (browser, page) = prove_first("1").await;
    let page = password(&browser, &page, &bob).await;
    assert!(is_in(&page), "{page}");
    // What waits is for its own browser.
    let (eve, _) = prove_first("2").await;
    let carried = eve.cookies().into_iter().find(|(name, _)| name.contains("pending")).expect("it is carried");
    let victim = server.browser();
    victim.open("/login").await;
    victim.set_cookie(&format!("{}={}", carried.0, carried.1));
    assert!(is_in(&password(&victim, &victim.open("/login").await, &alice).await));
    assert_eq!(victim.open("/link").await.url.path(), "/account/ways-in");
    // A link of a mail that was asked for in that browser signs in where it is opened, and links nothing there.
    let page = eve.press(&eve.open("/login/mail").await, "mail-sign-in-submit", &[("email", &alice.email)]).await;
    assert_eq!(page.status, 200);
    let elsewhere = server.browser();
    let mail = inbox.next(&alice.email).await;
    let page = elsewhere.press(&elsewhere.open(mail.link()).await, "mail-link-submit", &[]).await;
    assert!(is_in(&page), "{page}");
    // Of two that come one after the other, the last waits.
    let (browser, _) = prove_first("3").await;
    oidc.account(Account::new("4").email(&alice.email).name("Fourth"));
    let page = come(&browser, &oidc, "oidc").await;
    let page = password(&browser, &page, &alice).await;
    browser.press(&page, "link-submit", &[]).await;
    assert_eq!(server.texts("SELECT subject FROM identities WHERE user_id IS NOT NULL").await, ["4"]);
    // It waits for a while, and a forged or altered one never.
    for forged in [random(), format!("{}A", carried.1)] {
        victim.set_cookie(&format!("{}={forged}", carried.0));
        assert_eq!(victim.open("/link").await.url.path(), "/account/ways-in");
    }
}

/// `security.md` RS-01 and LK-11: the mail that tells the owner of a link takes it back, once.
async fn a_link_that_nobody_wanted_is_undone(database: Database) {
    let (inbox, oidc, google) = (Inbox::start(), Upstream::start(Kind::Oidc), Upstream::start(Kind::Google));
    let server = start(database, &inbox.settings(), &[("oidc", &oidc, ""), ("google", &google, "")]).await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    // Whoever knows the password adds what is theirs.
    let eve = server.browser();
    password(&eve, &eve.open("/login").await, &alice).await;
    google.account(Account::new("eve").email("eve@gmail.com").name("Eve"));
    let tokens = web.tokens(&eve, &alice).await;
    super::ways_in::add(&eve, &google, "google").await;
    let mail = inbox.next(&alice.email).await;
    assert_eq!(mail.subject, "Another account opens yours now");
    // And then another, of which the mail may be gone.
    oidc.account(Account::new("eve").name("Eve"));
    super::ways_in::add(&eve, &oidc, "oidc").await;
    inbox.next(&alice.email).await;
    assert_eq!(count(&server, "identities WHERE user_id IS NOT NULL").await, 2);
    // Looking does nothing.
    for _ in 0..3 {
        server.browser().open(mail.link()).await;
    }
    assert_eq!(count(&server, "identities WHERE user_id IS NOT NULL").await, 2);
    let mut ready = vec![];
    for _ in 0..64 {
        let browser = server.browser();
        let form = browser.open(mail.link()).await.form("undo-link-submit");
        ready.push((browser, form));
    }
    let answers = at_once(ready.into_iter().map(|(browser, form)| async move { browser.submit(&form).await })).await;
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| [200, 303].contains(status)).count(), 1, "{statuses:?}");
    // The database may have been busy.
    assert!(statuses.iter().all(|status| [200, 303, 403, 503].contains(status)), "{statuses:?}");
    assert_eq!(count(&server, "identities WHERE user_id IS NOT NULL").await, 0);
    assert!(!is_signed_in(&eve).await);
    web.refresh(&tokens).await.assert_error(400, "invalid_grant");
    let browser = server.browser();
    assert_eq!(password(&browser, &browser.open("/login").await, &alice).await.status, 422);
    let browser = server.browser();
    assert!(is_in(&come(&browser, &google, "google").await));
    assert_ne!(who(&server, &browser).await["sub"], json!(alice.sub));
    // The owner chooses a new password.
    let reset = inbox.next(&alice.email).await;
    let owner = server.browser();
    let fields = [("password", "correct horse battery staple 9")];
    assert!(is_in(&owner.press(&owner.open(reset.link()).await, "reset-submit", &fields).await));
    assert_eq!(inbox.next(&alice.email).await.subject, "Your password was changed");
    // Nor is it undone by the link of another kind.
    let token = link(&server, &inbox, "/login/mail", &alice.email).await.split_once('=').unwrap().1.to_owned();
    server.browser().open(format!("/account/ways-in/undo?token={token}")).await.assert_error(403, "link_invalid");
}

/// `security.md` RS-07 and LK-11: whoever linked what is theirs may have made the address theirs, too.
async fn the_way_back_is_mailed_to_the_owner_alone(database: Database) {
    let (inbox, google) = (Inbox::start(), Upstream::start(Kind::Google));
    let server = start(database, &inbox.settings(), &[("google", &google, "")]).await;
    let address = async |user: &User| {
        server.texts(&format!("SELECT coalesce(email, '') FROM users WHERE id = '{}'", user.sub)).await.remove(0)
    };
    for (name, moved) in [("Alice", "evil@people.test"), ("Bob", "")] {
        let (owner, eve) = (server.user(name), server.browser());
        password(&eve, &eve.open("/login").await, &owner).await;
        google.account(Account::new(name).email(&format!("eve-of-{name}@gmail.com")).name("Eve"));
        super::ways_in::add(&eve, &google, "google").await;
        let told = inbox.next(&owner.email).await;
        assert_eq!(told.subject, "Another account opens yours now");
        let moving = format!("email = nullif('{moved}', ''), email_verified_at = {}", server.now().await);
        server.sql(&format!("UPDATE users SET {moving} WHERE id = '{}'", owner.sub)).await;
        // Somebody else may have shown meanwhile that the owner's address is theirs.
        let taken = server.user("Carol");
        let becomes = async |email: &str| {
            server.sql(&format!("UPDATE users SET email = '{email}' WHERE id = '{}'", taken.sub)).await;
        };
        becomes(&owner.email).await;
        let browser = server.browser();
        let page = browser.open(told.link()).await;
        browser.press(&page, "undo-link-submit", &[]).await.assert_error(409, "email_taken");
        assert!(is_signed_in(&eve).await && address(&owner).await == moved, "and nothing happens");
        becomes(&taken.email).await;

        let done = browser.press(&page, "undo-link-submit", &[]).await;
        assert!(done.status == 200 && done.body.contains(&owner.email), "{done}");
        assert_eq!(address(&owner).await, owner.email);
        assert!(!is_signed_in(&eve).await);
        let reset = inbox.next(&owner.email).await;
        let fields = [("password", "correct horse battery staple 9")];
        assert!(is_in(&browser.press(&browser.open(reset.link()).await, "reset-submit", &fields).await));
        assert_eq!(inbox.next(&owner.email).await.subject, "Your password was changed");
        let kinds = format!("SELECT kind FROM audit WHERE user_id = '{}'", owner.sub);
        assert!(server.texts(&kinds).await.contains(&"email_restored".to_owned()));
        assert!(!inbox.all().iter().any(|mail| mail.to.iter().any(|to| to == "evil@people.test")), "{name}");
        server.sql(&format!("DELETE FROM users WHERE id = '{}'", taken.sub)).await;
    }
}

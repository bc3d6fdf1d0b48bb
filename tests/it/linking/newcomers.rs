//! Whoever is new: what the operator says of them, and what they are asked.
use super::{come, count, is_in, start, turned_back, who};
use crate::support::{Account, Database, Inbox, Kind, Server, Upstream, on_each_database};
use serde_json::json;

on_each_database!(
    an_operator_says_what_becomes_of_newcomers,
    only_those_are_taken_whom_sign_up_would_take,
    what_is_missing_is_asked_for_and_a_name_that_came_once_is_kept,
);

const ALICE: &str = "alice@people.test";

/// The default table, and what may be said instead. One provider stands here under several names.
async fn an_operator_says_what_becomes_of_newcomers(database: Database) {
    let inbox = Inbox::start();
    let oidc = Upstream::start(Kind::Oidc);
    let providers = [
        ("creates", &oidc, ""),
        ("asks", &oidc, "on_unknown = 'ask'"),
        ("refuses", &oidc, "on_unknown = 'refuse'"),
        ("joins", &oidc, "link = 'auto'\non_unknown = 'refuse'"),
    ];
    let server = start(database, &inbox.settings(), &providers).await;
    let (alice, boss) = (server.user("Alice"), server.user("Boss"));
    server.sql(&format!("UPDATE users SET role = 'admin' WHERE id = '{}'", boss.sub)).await;
    let meet = async |name: &str, account: Account| {
        oidc.account(account);
        let browser = server.browser();
        let page = come(&browser, &oidc, name).await;
        (browser, page)
    };
    let new = || Account::new("new").email("new@people.test").name("New");
    let (browser, page) = meet("refuses", new()).await;
    assert!(turned_back(&page, "unknown") && browser.get("/account").await.status == 303, "{page}");
    let (browser, page) = meet("asks", new()).await;
    assert!(page.url.path() == "/welcome" && browser.get("/account").await.status == 303, "{page}");
    assert_eq!(count(&server, "users").await, 2, "nobody has an account by coming along");
    // Whoever says that they have an account is offered to use this way for it, once they have shown that.
    let has_one = browser.press(&page, "welcome-sign-in", &[]).await;
    let page =
        browser.press(&has_one, "login-submit", &[("username", &alice.email), ("password", &alice.password)]).await;
    assert!(
        page.has("link-submit") && page.body.contains("new@people.test") && page.body.contains(&alice.email),
        "{page}"
    );
    browser.press(&page, "link-later", &[]).await;
    assert_eq!(count(&server, "identities WHERE user_id IS NOT NULL").await, 0);
    // Whoever just leaves is not offered to the next.
    let (browser, _) = meet("asks", new()).await;
    let page = browser
        .press(
            &browser.open("/login").await,
            "login-submit",
            &[("username", &alice.email), ("password", &alice.password)],
        )
        .await;
    assert!(is_in(&page), "{page}");
    let (browser, page) = meet("asks", new()).await;
    assert!(is_in(&browser.press(&page, "welcome-submit", &[]).await));
    assert_eq!(who(&server, &browser).await["email"], "new@people.test");
    let (_, page) = meet("creates", Account::new("newer").email("newer@people.test").name("Newer")).await;
    assert!(is_in(&page), "{page}");

    // Where both have verified the address, and the operator wants it so, it joins; the owner is told.
    let (browser, page) = meet("joins", Account::new("a").email(ALICE).name("Alice")).await;
    assert!(is_in(&page) && who(&server, &browser).await["sub"] == json!(alice.sub), "{page}");
    assert_eq!(inbox.next(ALICE).await.subject, "Another account opens yours now");
    // Not on the word of somebody who has not verified it, and not the account of somebody who runs the instance.
    for (account, outcome) in [
        (Account::new("b").unverified(ALICE).name("Eve"), "unknown"),
        (Account::new("c").email(&boss.email).name("Eve"), "prove-first"),
    ] {
        assert!(turned_back(&meet("joins", account).await.1, outcome));
    }
    // A second factor is asked for all the same; and whoever may not sign in does not.
    crate::second_factor::turn_on(&server.browser(), &alice).await;
    let (_, page) = meet("joins", Account::new("d").email(ALICE).name("Alice")).await;
    assert!(page.has("second-factor-submit"), "{page}");
    server.disable(&alice.sub).await;
    for account in ["a", "e"] {
        let (browser, page) = meet("joins", Account::new(account).email(ALICE).name("Alice")).await;
        assert!(turned_back(&page, "unknown") && browser.get("/account").await.status == 303, "{page}");
    }
    assert_eq!(count(&server, &format!("identities WHERE user_id = '{}'", alice.sub)).await, 2);
}

/// Nobody gets an account from a provider who would get none by the page of sign-up.
async fn only_those_are_taken_whom_sign_up_would_take(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let lists = "registration.verify_email = true\nregistration.allowed_domains = ['corp.test']\nregistration.blocked_domains = ['temp.corp.test']";
    let providers = [("creates", &oidc, ""), ("asks", &oidc, "on_unknown = 'ask'")];
    let mut server = start(database, lists, &providers).await;
    let arrive = async |server: &Server, name: &str, account: Account| {
        oidc.account(account.name("Hana"));
        let browser = server.browser();
        let page = come(&browser, &oidc, name).await;
        if page.has("welcome-submit") { browser.press(&page, "welcome-submit", &[]).await } else { page }
    };
    for name in ["creates", "asks"] {
        let account = |subject: &str| Account::new(&format!("{name} {subject}"));
        for stranger in [
            account("1").email("a@elsewhere.test"),
            account("2").email("a@temp.corp.test"),
            // Anybody can say so.
            account("3").unverified("a@corp.test"),
            account("4"),
        ] {
            let page = arrive(&server, name, stranger.clone()).await;
            assert!(turned_back(&page, "unknown"), "{stranger:?}: {page}");
        }
        let page = arrive(&server, name, account("5").email(&format!("{name}@corp.test"))).await;
        assert!(is_in(&page), "{page}");
    }
    assert_eq!(count(&server, "users").await, 2);
    for sign_up in ["invite", "off"] {
        server.kill();
        server.set(&format!("registration.sign_up = '{sign_up}'"));
        server.restart().await;
        for name in ["creates", "asks"] {
            let page = arrive(&server, name, Account::new(&format!("{name} {sign_up}")).email("b@corp.test")).await;
            assert!(turned_back(&page, "unknown"), "{page}");
        }
        // Who is known comes in.
        assert!(is_in(&arrive(&server, "creates", Account::new("creates 5").email("creates@corp.test")).await));
    }
    assert_eq!(count(&server, "users").await, 2);
}

/// `security.md` LK-10, XS-02; `providers.md` bug 41.
async fn what_is_missing_is_asked_for_and_a_name_that_came_once_is_kept(database: Database) {
    let (line, x, apple) = (Upstream::start(Kind::Line), Upstream::start(Kind::X), Upstream::start(Kind::Apple));
    let providers = [("line", &line, ""), ("x", &x, ""), ("apple", &apple, "")];
    let mut server = start(database, "", &providers).await;
    // No name, no address.
    line.account(Account::new("U0"));
    let browser = server.browser();
    let page = come(&browser, &line, "line").await;
    assert!(page.url.path() == "/welcome" && page.body.contains("name=\"name\""), "{page}");
    for bad in ["", "  ", "\u{202e}nimda", &"a".repeat(1000)] {
        let refused = browser.press(&page, "welcome-submit", &[("name", bad)]).await;
        assert!(refused.status == 422 && refused.has("name-error"), "{bad}: {refused}");
    }
    let page = browser.press(&page, "welcome-submit", &[("name", "<b>Hana</b>")]).await;
    assert!(is_in(&page) && !page.body.contains("<b>Hana"), "{page}");
    let told = who(&server, &browser).await;
    assert_eq!((&told["name"], told.get("email")), (&json!("<b>Hana</b>"), None));
    // A user name will do.
    x.account(Account { username: Some("hana".into()), ..Account::new("1") });
    let browser = server.browser();
    assert!(is_in(&come(&browser, &x, "x").await));
    assert_eq!(who(&server, &browser).await["name"], "hana");

    // Apple tells a name once: whoever turns back then is still known by it.
    let web = server.app("web");
    let browser = server.browser();
    let page = browser.sign_in_with(&apple, &browser.open(web.authorize_url()).await, "apple").await;
    let denied = browser.press(&page, "consent-deny", &[]).await.callback();
    assert_eq!(denied.get("error"), Some("access_denied"));
    let browser = server.browser();
    assert!(is_in(&come(&browser, &apple, "apple").await));
    assert_eq!(who(&server, &browser).await["name"], "Hanako Yamada");
    // The same where there is something to agree to, and they leave it at that.
    server.kill();
    server.set("instance.terms_uri = 'https://example.com/terms'");
    server.restart().await;
    apple.account(Account { subject: "2".into(), ..Account::of(Kind::Apple).email("second@icloud.com") });
    assert_eq!(come(&server.browser(), &apple, "apple").await.url.path(), "/welcome");
    let browser = server.browser();
    let page = come(&browser, &apple, "apple").await;
    assert!(page.url.path() == "/welcome" && page.body.contains("value=\"Hanako Yamada\""), "{page}");
    assert!(page.body.contains("second@icloud.com") && page.body.contains("https://example.com/terms"), "{page}");
    assert!(is_in(&browser.press(&page, "welcome-submit", &[]).await));
    // It is made once, and for whoever was asked.
    assert!(browser.submit(&page.form("welcome-submit")).await.location().unwrap().path() != "/welcome");
    let elsewhere = server.browser();
    elsewhere.open("/login").await;
    assert_eq!(elsewhere.submit(&page.form("welcome-submit")).await.status, 403);
    assert_eq!(count(&server, "users").await, 4);
}

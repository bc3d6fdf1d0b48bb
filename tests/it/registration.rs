//! Who may sign up, and what to.
use crate::support::{Database, Server, on_each_database};

on_each_database!(addresses_of_domains_that_are_not_admitted_make_no_account, what_people_agree_to_is_on_every_page,);

async fn addresses_of_domains_that_are_not_admitted_make_no_account(database: Database) {
    let settings = "registration.allowed_domains = ['people.test', '*.bücher.example']
        registration.blocked_domains = ['bad.bücher.example']";
    let server = Server::start(database, settings).await;
    for (email, good) in [
        ("a@elsewhere.test", false),
        ("b@sub.people.test", false),
        ("c@people.test.elsewhere.test", false),
        ("d@bad.xn--bcher-kva.example", false),
        ("e@People.Test", true),
        ("f@sub.xn--bcher-kva.example", true),
    ] {
        let browser = server.browser();
        let fields = [("email", email), ("name", "Bob"), ("password", "perfectly fine horse battery")];
        let page = browser.press(&browser.open("/signup").await, "signup-submit", &fields).await;
        assert_eq!((page.status, page.has("email-error")), if good { (200, false) } else { (422, true) }, "{page}");
        assert!(good || page.body.contains(&format!("value=\"{email}\"")), "what was typed is kept");
    }
    let browser = server.browser();
    let turned = [("email", "h@people.test"), ("name", "\u{202e}nimda"), ("password", "perfectly fine horse battery")];
    let page = browser.press(&browser.open("/signup").await, "signup-submit", &turned).await;
    assert!(page.status == 422 && page.has("name-error"), "{page}");
    // The operator decides for themselves.
    server.cli(&["user", "create", "--email", "g@elsewhere.test"], "");
    assert_eq!(server.texts("SELECT email FROM users").await.len(), 3);
}

/// `security.md` XS-05.
async fn what_people_agree_to_is_on_every_page(database: Database) {
    let links = "instance.terms_uri = 'https://example.com/terms'\ninstance.policy_uri = 'http://example.com/privacy'";
    let server = Server::start(database, links).await;
    let browser = server.browser();
    for (path, times) in [("/signup", 2), ("/login", 1), ("/nowhere", 1)] {
        let page = browser.open(path).await;
        for link in ["https://example.com/terms", "http://example.com/privacy"] {
            let link = format!("<a href=\"{link}\" target=\"_blank\" rel=\"noopener noreferrer\">");
            assert_eq!(page.body.matches(&link).count(), times, "{page}");
        }
    }
    let bad = "instance.terms_uri = 'javascript:alert(1)'\ninstance.policy_uri = 'example.com/privacy'";
    let (status, told, _) = Server::prepare(database, bad).await.try_cli(&["check"], "");
    assert!(!status.success() && told.contains("instance.terms_uri: ") && told.contains("instance.policy_uri: "));
}

//! The links that an app brings along (`security.md` XS-05).
use crate::support::{Database, Server, on_each_database};

on_each_database!(a_link_of_an_app_is_https_or_no_link, a_link_of_an_app_tells_it_nothing);

const LINKS: [&str; 4] = ["client_uri", "logo_uri", "policy_uri", "tos_uri"];

/// `security.md` XS-05: however an app is registered.
async fn a_link_of_an_app_is_https_or_no_link(database: Database) {
    let mut server = Server::prepare(database, "").await;
    let long = format!("https://app.test/{}", "x".repeat(5 * 1024));
    for link in LINKS {
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "\tjavascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "http://app.test/",
            "//app.test/",
            "/path",
            &long,
        ] {
            server.set(&format!(
                "[[clients]]\nclient_id = 'bad'\nclient_name = 'Bad'\ntoken_endpoint_auth_method = 'none'
                redirect_uris = ['https://bad.test/cb']\n{link} = {}",
                serde_json::Value::from(bad)
            ));
            let (status, out, told) = server.try_cli(&["check"], "");
            assert!(!status.success() && format!("{out}{told}").contains(link), "{link} = {bad:?}: {out}{told}");
        }
    }
}

/// `security.md` XS-05: where the link leads does not learn where it was followed, nor gets hold of the page.
async fn a_link_of_an_app_tells_it_nothing(database: Database) {
    let links = LINKS.map(|link| format!("{link} = 'https://linked.test/{link}?a=b&c=\"'"));
    let app = format!(
        "[[clients]]\nclient_id = 'linked'\nclient_name = 'Linked'\ntoken_endpoint_auth_method = 'none'
        redirect_uris = ['https://linked.test/cb']\n{}",
        links.join("\n")
    );
    let server = Server::start(database, &app).await;
    let (alice, browser, linked) = (server.user("Alice"), server.browser(), server.app("linked"));
    let page = browser.open(linked.authorize_url()).await;
    let credentials = [("username", alice.email.as_str()), ("password", alice.password.as_str())];
    let consent = browser.press(&page, "login-submit", &credentials).await;
    assert!(consent.has("consent-allow"), "{consent}");
    let apps = {
        browser.press(&consent, "consent-allow", &[]).await;
        browser.open("/account/apps").await
    };
    let mut found = 0;
    let anchors = scraper::Selector::parse("a[href]").unwrap();
    for page in [&consent, &apps, &browser.open("/logout?client_id=linked").await] {
        for link in scraper::Html::parse_document(&page.body).select(&anchors) {
            if link.attr("href").unwrap().starts_with("https://linked.test/") {
                let rel: Vec<_> = link.attr("rel").unwrap_or_default().split(' ').collect();
                assert!(["noopener", "noreferrer", "nofollow"].iter().all(|word| rel.contains(word)), "{page}");
                found += 1;
            }
        }
    }
    assert!(found >= 3, "{consent}");
}

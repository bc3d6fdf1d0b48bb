//! Where a response may go, and where it may not (RFC 6749 section 3.1.2, RFC 8252 section 7, RFC 9700 section 4.1).
use crate::support::{Answer, AppClient, Database, Server, on_each_database};

on_each_database!(
    a_redirect_uri_is_the_registered_one_to_the_byte,
    a_query_of_the_redirect_uri_stays_and_is_exact,
    an_app_on_a_device_gets_its_code_at_whatever_port,
    an_app_on_a_device_may_vary_nothing_but_the_port,
    a_redirect_uri_that_nobody_should_register_cannot_be,
);

/// Asks with this redirect URI.
async fn asked(server: &Server, app: &AppClient, redirect_uri: &str) -> Answer {
    let request = app.authorization().with("redirect_uri", redirect_uri);
    server.http.get(app.authorize_url_of(&request).as_str()).await
}

/// ERRPAGE of `security.md`: nobody is sent anywhere, and nothing is said again.
#[track_caller]
fn assert_page(answer: &Answer, sent: &str) {
    answer.assert_error(400, "invalid_request");
    assert!(answer.has("error-id") && answer.header("location").is_none(), "{answer}");
    assert!(sent.len() < 4 || !answer.body.contains(sent), "{answer}");
}

/// `security.md` AZ-01 to AZ-05, AZ-07, AZ-08, AZ-11 and AZ-13.
async fn a_redirect_uri_is_the_registered_one_to_the_byte(database: Database) {
    let several = "[[clients]]
        client_id = 'several'
        client_name = 'Several'
        token_endpoint_auth_method = 'none'
        redirect_uris = ['https://app.test/cb', 'https://app.test/other']";
    let server = Server::start(database, several).await;
    let web = server.app("web");
    for wrong in [
        "https://app.test/cbX",
        "https://app.test/cb/",
        "https://app.test/cb/extra",
        "https://app.test/cb.evil.test",
        "https://app.test.evil.test/cb",
        "https://evil-app.test/cb",
        "https://sub.app.test/cb",
        "https://app.test@evil.test/cb",
        "https://app.test:443@evil.test/cb",
        "https://x:y@app.test/cb",
        "http://127.0.0.1:8080@evil.test/cb",
        "https://app.test/cb/../evil",
        "https://app.test/cb/./",
        "https://app.test/cb/%2e%2e/evil",
        "https://app.test/cb/..%2fevil",
        "https://app.test/cb#x",
        "https://app.test/cb#",
        "https://app.test/cb?",
        "HTTPS://app.test/cb",
        "https://APP.test/cb",
        "https://app.test:443/cb",
        "https://app.test./cb",
        "https://app.test/%63b",
        "https://app.test\\@evil.test/cb",
        "https:\\\\app.test\\cb",
        " https://app.test/cb",
        "https://app.test/cb ",
        "https://app.test/c\tb",
        "https://app.test/cb\n",
        "http://app.test/cb",
        "//app.test/cb",
        "/cb",
        "cb",
        "*",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "\tjavascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://app.test/cb",
        "",
    ] {
        assert_page(&asked(&server, &web, wrong).await, wrong);
    }
    for id in ["web", "several"] {
        let app = server.app(id);
        let absent = app.authorization().without("redirect_uri");
        assert_page(&server.http.get(app.authorize_url_of(&absent).as_str()).await, "");
    }
}

/// `security.md` AZ-06 (RFC 6749 section 3.1.2).
async fn a_query_of_the_redirect_uri_stays_and_is_exact(database: Database) {
    let query = "[[clients]]
        client_id = 'query'
        client_name = 'Query'
        token_endpoint_auth_method = 'none'
        redirect_uris = ['https://app.test/cb?a=b']";
    let server = Server::start(database, query).await;
    let (alice, app) = (server.user("Alice"), server.app("query"));
    for wrong in ["", "?a=bc", "?a=b&c=d", "?c=d&a=b", "?a", "?a=b&", "?a=%62"] {
        let wrong = format!("https://app.test/cb{wrong}");
        assert_page(&asked(&server, &app, &wrong).await, "evil");
    }
    let browser = server.browser();
    let answer = browser.proceed(browser.get(app.authorize_url().as_str()).await, &alice).await;
    let to = answer.location().unwrap();
    assert!(to.as_str().starts_with("https://app.test/cb?a=b&code="), "{to}");
    app.redeem(&answer.callback().code()).await.ok();
}

/// `security.md` AZ-09 (RFC 8252 section 7.3).
async fn an_app_on_a_device_gets_its_code_at_whatever_port(database: Database) {
    let server = Server::start(database, SIXTH).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    for (id, host) in [("native", "127.0.0.1"), ("sixth", "[::1]")] {
        for port in ["", ":1", ":1024", ":49152", ":65535"] {
            let app = server.app(id).returning_to(&format!("http://{host}{port}/cb"));
            let callback = app.callback(&browser, &alice).await;
            assert_eq!(callback.to, app.redirect_uri);
            // Elsewhere than the code went it is not good (RFC 6749 section 4.1.3).
            let other = app.clone().returning_to(&format!("http://{host}:1025/cb"));
            other.redeem(&callback.code()).await.assert_error(400, "invalid_grant");
            let again = app.callback(&browser, &alice).await;
            app.redeem(&again.code()).await.ok();
        }
    }
}

const SIXTH: &str = "[[clients]]
    client_id = 'sixth'
    client_name = 'Sixth'
    application_type = 'native'
    token_endpoint_auth_method = 'none'
    redirect_uris = ['http://[::1]/cb']
    [[clients]]
    client_id = 'local'
    client_name = 'A Web App on This Machine'
    application_type = 'web'
    token_endpoint_auth_method = 'none'
    redirect_uris = ['http://127.0.0.1:9000/cb']";

/// `security.md` AZ-10 and AZ-12 (RFC 8252 sections 7.1 and 8.3).
async fn an_app_on_a_device_may_vary_nothing_but_the_port(database: Database) {
    let server = Server::start(database, SIXTH).await;
    for (id, wrong) in [
        ("native", "http://127.0.0.1:0/cb"),
        ("native", "http://127.0.0.1:65536/cb"),
        ("native", "http://127.0.0.1:+80/cb"),
        ("native", "http://127.0.0.1:08080/cb"),
        ("native", "http://127.0.0.1:/cb"),
        ("native", "http://127.0.0.1:80/other"),
        ("native", "http://127.0.0.1:80/cb?x"),
        ("native", "https://127.0.0.1:80/cb"),
        ("native", "http://localhost:1/cb"),
        ("native", "http://127.0.0.2/cb"),
        ("native", "http://127.1/cb"),
        ("native", "http://0x7f.0.0.1/cb"),
        ("native", "http://127.0.0.1.evil.test/cb"),
        ("native", "http://127.0.0.1:80@evil.test/cb"),
        ("native", "http://[::1]:80/cb"),
        ("sixth", "http://[::2]/cb"),
        ("sixth", "http://[0:0:0:0:0:0:0:1]/cb"),
        ("local", "http://127.0.0.1:9001/cb"),
        ("local", "http://127.0.0.1/cb"),
        ("native", "com.example.app://evil/cb"),
        ("native", "com.example.app:/cb2"),
        ("native", "com.example.app:cb"),
        ("native", "com.example.application:/cb"),
        ("native", "COM.example.app:/cb"),
    ] {
        assert_page(&asked(&server, &server.app(id), wrong).await, wrong);
    }
}

/// `security.md` AZ-05, AZ-11, AZ-12 and DC-03.
async fn a_redirect_uri_that_nobody_should_register_cannot_be(database: Database) {
    let server = Server::prepare(database, "").await;
    for wrong in [
        "https://app.test/cb#x",
        "https://app.test/cb#",
        "http://app.test/cb",
        "http://localhost.evil.test/cb",
        "https://x:y@app.test/cb",
        "https://app.test/*",
        "https://app.test/a/../b",
        "https:app.test/cb",
        "/cb",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "\tjavascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://app.test/cb",
        "myapp:/cb",
        "https://app.test/<script>",
    ] {
        for option in ["--redirect-uri", "--post-logout-redirect-uri"] {
            let arguments = ["client", "create", "--name", "X", "--redirect-uri", "https://x.test/", option, wrong];
            let (status, _, told) = server.try_cli(&arguments, "");
            assert!(!status.success() && told.contains(&format!("{option}: ")), "{option} {wrong}: {told}");
        }
    }
}

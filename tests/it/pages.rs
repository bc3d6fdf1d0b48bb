//! Pages: forged forms, frames, policies, origins, caches, languages (`security.md` CS, XS, HH).
use crate::support::{Answer, Database, Params, Server, on_each_database, random};
use reqwest::{Method, header::HeaderMap};

on_each_database!(
    a_form_without_the_token_of_its_browser_does_nothing,
    every_answer_has_its_headers,
    scripts_of_registered_origins_alone_may_call,
    names_are_shown_and_never_run,
    where_requests_say_they_go_changes_nothing,
    a_path_is_itself_or_nothing,
    a_page_speaks_the_language_that_was_chosen,
    a_store_that_fails_is_told_on_a_page_like_any_other,
);

/// `security.md` CS-01 and CS-03.
async fn a_form_without_the_token_of_its_browser_does_nothing(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, other, web) = (server.user("Alice"), server.browser(), server.browser(), server.app("web"));
    let page = browser.open(web.authorize_url()).await;
    let good = page.form("login-submit").fill("username", &alice.email).fill("password", &alice.password);
    let theirs = other.open("/login").await.form("login-submit").fields.get("csrf").unwrap().to_owned();
    for path in ["/login", "/signup", "/setup", "/consent", "/select-account", "/logout"] {
        for token in [None, Some(""), Some("x"), Some("AAAA"), Some(theirs.as_str())] {
            let mut form = good.clone();
            form.action = server.http.url(path);
            form.fields = form.fields.without("csrf").with("email", "m@people.test").with("name", "M");
            form.fields = form.fields.with("decision", "allow").with("choice", "continue");
            if let Some(token) = token {
                form.fields = form.fields.with("csrf", token);
            }
            let answer = browser.submit(&form).await;
            // What an app sends to end a session comes without one; then the person is asked.
            let is_logout = path == "/logout" && token.unwrap_or_default().is_empty();
            assert_eq!(answer.status, if is_logout { 303 } else { 403 }, "{path} {token:?} {answer}");
            let keeps = browser.cookies();
            assert!(!keeps.contains_key("genkan-session"));
        }
    }
    let (login, consent) = (browser.submit(&good).await, browser.open(web.authorize_url()).await);
    assert!(login.status == 303 && consent.has("consent-allow"));
    let form = consent.form("consent-allow");
    let mut forged = form.clone();
    forged.fields = forged.fields.with("csrf", theirs);
    assert_eq!(browser.submit(&forged).await.status, 403);
    browser.submit(&form).await.callback().code();
}

/// `security.md` CS-04 to CS-06 and CS-08.
async fn every_answer_has_its_headers(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, web) = (server.user("Alice"), server.browser(), server.app("web"));
    let mut pages = vec![browser.open("/login").await, browser.open("/signup").await];
    let page = browser.open(web.authorize_url()).await;
    let fields = [("username", alice.email.as_str()), ("password", alice.password.as_str())];
    pages.push(browser.press(&page, "login-submit", &fields).await);
    for path in ["/account", "/logout", "/nowhere", "/authorize", "/consent", "/resume", "/setup?token=x"] {
        pages.push(browser.open(path).await);
    }
    pages.push(server.browser().press(&page, "login-submit", &fields).await);
    let csp = "default-src 'none'; style-src 'self'; img-src 'self' https:; base-uri 'none'; \
        frame-ancestors 'none'; form-action 'self'";
    for page in &pages {
        assert!(page.header("content-security-policy").unwrap().starts_with(csp), "{page}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("cache-control"), Some("no-store"), "{page}");
        assert!(!page.body.contains("<script") && !page.body.contains(" style=") && !page.body.contains(" onl"));
    }
    let mut answers = pages;
    for path in ["/static/genkan.css", "/static/nothing", "/healthz", "/readyz", "/jwks.json", "/userinfo", "/"] {
        answers.push(server.http.get(path).await);
    }
    answers.push(server.http.get("/.well-known/openid-configuration").await);
    answers.push(server.http.post("/token", &Params::default(), HeaderMap::new()).await);
    answers.push(Answer::of(server.http.request(Method::PUT, "/token")).await);
    for answer in &answers {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{answer}");
        }
        assert!(answer.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"), "{answer}");
        assert!(answer.header("permissions-policy").is_some() && answer.header("server").is_none(), "{answer}");
        assert!(answer.body.is_empty() || answer.header("content-type").is_some(), "{answer}");
    }
}

/// `security.md` CS-07: of registered origins, without cookies; pages to nobody.
async fn scripts_of_registered_origins_alone_may_call(database: Database) {
    let server = Server::start(database, "").await;
    for (origin, may) in [
        ("https://spa.test", true),
        ("https://evil.test", false),
        ("https://spa.test.evil.test", false),
        ("https://spa.tes", false),
        ("http://spa.test", false),
        ("https://spa.test:444", false),
        ("null", false),
        ("https:", false),
    ] {
        for path in ["/token", "/userinfo", "/revoke"] {
            let request = server.http.request(Method::OPTIONS, path).header("origin", origin);
            let preflight = Answer::of(request.header("access-control-request-method", "POST")).await;
            let request = server.http.request(Method::POST, path).header("origin", origin);
            for answer in [preflight, Answer::of(request).await] {
                let allowed = answer.header("access-control-allow-origin");
                assert_eq!(allowed, may.then_some(origin), "{path} {answer}");
                assert_eq!(answer.header("access-control-allow-credentials"), None);
            }
        }
        for path in ["/login", "/account", "/authorize", "/logout"] {
            let answer = Answer::of(server.http.request(Method::GET, path).header("origin", origin)).await;
            assert_eq!(answer.header("access-control-allow-origin"), None, "{answer}");
        }
        let answer = Answer::of(server.http.request(Method::GET, "/jwks.json").header("origin", origin)).await;
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    }
}

/// `security.md` XS-01, XS-02 and XS-05.
async fn names_are_shown_and_never_run(database: Database) {
    let hostile = ["\"><svg onload=alert(1)>", "</script><script>alert(1)</script>", "{{7*7}}${7*7}'--"];
    let apps: Vec<_> = hostile
        .iter()
        .enumerate()
        .map(|(n, name)| {
            format!(
                "[[clients]]\nclient_id = 'h{n}'\nclient_name = '''{name}'''\ntoken_endpoint_auth_method = 'none'
                redirect_uris = ['https://h{n}.test/cb']\nclient_uri = 'https://h.test/\"><svg onload=alert(1)>'"
            )
        })
        .collect();
    let server = Server::start(database, &apps.join("\n")).await;
    let inert = |page: &Answer| {
        assert!(page.status < 500, "{page}");
        for live in ["<svg onload", "<script>alert", "49$", "\"><svg"] {
            assert!(!page.body.contains(live), "{page}");
        }
    };
    for (n, name) in hostile.iter().enumerate() {
        let (browser, app) = (server.browser(), server.app(&format!("h{n}")));
        let hinted = app.authorization().with("login_hint", *name).with("ui_locales", *name).with("error", *name);
        let page = browser.open(app.authorize_url_of(&hinted)).await;
        inert(&page);
        let hint = page.find("username", |field| field.attr("value").unwrap_or_default().to_owned());
        assert_eq!(hint.as_deref(), Some(*name));
        inert(&browser.press(&page, "login-submit", &[("username", name), ("password", name)]).await);

        let page = browser.open(page.form("login-submit").action.as_str().replace("/login", "/signup")).await;
        inert(&browser.press(&page, "signup-submit", &[("name", name), ("email", name), ("password", name)]).await);
        let page = browser.open(app.authorize_url()).await;
        let interaction = page.form("login-submit").fields.get("interaction").unwrap().to_owned();
        let page = browser.open(format!("/signup?interaction={interaction}")).await;
        let (email, password) = (format!("h{n}@people.test"), random());
        let fields = [("name", *name), ("email", &email), ("password", &password)];
        let consent = browser.press(&page, "signup-submit", &fields).await;
        assert!(consent.has("consent-allow"), "{consent}");
        inert(&consent);
        for path in ["/account", "/logout"] {
            let page = browser.open(path).await;
            inert(&page);
            let text = scraper::Html::parse_document(&page.body).root_element().text().collect::<String>();
            assert!(text.contains(name), "{page}");
        }
        let query = Params::new(&[("error", name), ("error_description", name), ("client_id", name)]);
        inert(&browser.open(format!("/authorize?{}", query.encoded())).await);
    }
}

/// `security.md` HH-01 and HH-02: links and issuer come from the settings.
async fn where_requests_say_they_go_changes_nothing(database: Database) {
    let server = Server::start(database, "").await;
    let headers = [
        ("x-forwarded-host", "evil.test"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-prefix", "/evil.test"),
        ("forwarded", "host=evil.test;proto=https"),
        ("x-original-url", "/evil.test"),
        ("x-rewrite-url", "/evil.test"),
    ];
    for path in ["/.well-known/openid-configuration", "/login", "/signup", "/", "/account", "/authorize", "/nowhere"] {
        let plain = server.http.get(path).await;
        let other = Answer::of(server.http.request(Method::GET, path).header("host", "evil.test")).await;
        assert!(other.status == 421 && !other.body.contains("evil.test"), "{other}");
        for (name, value) in headers {
            let answer = Answer::of(server.http.request(Method::GET, path).header(name, value)).await;
            assert_eq!(answer.status, plain.status, "{name} {answer}");
            assert_eq!(answer.header("location"), plain.header("location"));
            assert!(!answer.body.contains("evil.test") && !format!("{:?}", answer.headers).contains("evil.test"));
            assert!(!format!("{:?}", answer.headers).contains("Secure"), "{answer}");
        }
    }
}

/// `security.md` HH-04 to HH-06.
async fn a_path_is_itself_or_nothing(database: Database) {
    let server = Server::start(database, "").await;
    let get = |path: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
        let answer = server.raw(request.as_bytes());
        assert!(!answer.contains("root:"), "{answer}");
        answer.split(' ').nth(1).unwrap().parse::<u16>().unwrap()
    };
    for path in [
        "//account",
        "/./account",
        "/x/../account",
        "/ACCOUNT",
        "/account/",
        "/account/profile.css",
        "/account%0a.css",
        "/account/x.js",
        "/userinfo/a.png",
        "/static/../../etc/passwd",
        "/static/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/static/..%5c..%5cetc%5cpasswd",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/genkan.css%00",
        "/static/",
        "/static",
    ] {
        assert_eq!(get(path), 404, "{path}");
    }
    // The same letter, spelled otherwise.
    assert!([303, 404].contains(&get("/%61ccount")));
}

async fn language(server: &Server, query: &str, cookie: Option<&str>, accepts: Option<&str>) -> String {
    let mut request = server.http.request(Method::GET, &format!("/login{query}"));
    for (name, value) in [("cookie", cookie), ("accept-language", accepts)] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    let page = Answer::of(request).await;
    let language = page.header("content-language").unwrap().to_owned();
    assert!(page.status == 200 && page.body.contains(&format!("lang=\"{language}\"")), "{page}");
    language
}

/// OpenID Connect Core section 3.1.2.1 (`ui_locales`), RFC 9110 section 12.5.4.
async fn a_page_speaks_the_language_that_was_chosen(database: Database) {
    let server = Server::start(database, "").await;
    let chose_ja = Some("genkan-language=ja");
    for (query, cookie, accepts, expected) in [
        ("", None, None, "en"),
        ("", None, Some("ja"), "ja"),
        ("", None, Some("fr, ja-JP;q=0.5, en;q=0.1"), "ja"),
        ("", None, Some("tlh"), "en"),
        ("", None, Some("*;q=x, \"><svg"), "en"),
        ("", chose_ja, Some("en"), "ja"),
        ("?ui_locales=en", chose_ja, Some("ja"), "en"),
        ("?ui_locales=fr%20ja", None, Some("en"), "ja"),
        ("?ui_locales=%22%3E%3Csvg", None, Some("ja"), "ja"),
        ("", Some("genkan-language=%22%3E%3Csvg"), Some("ja"), "ja"),
    ] {
        assert_eq!(language(&server, query, cookie, accepts).await, expected, "{query} {cookie:?} {accepts:?}");
    }
}

/// `security.md` CS-06 on a failure, and that it passes.
async fn a_store_that_fails_is_told_on_a_page_like_any_other(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    browser.proceed(browser.open("/login").await, &alice).await;
    server.sql("ALTER TABLE sessions RENAME TO elsewhere").await;
    let page = browser.get("/account").await;
    assert!(page.status == 503 && page.has("error-id") && page.header("retry-after").is_some(), "{page}");
    let names = ["x-content-type-options", "x-frame-options", "referrer-policy", "permissions-policy"];
    for name in names.into_iter().chain(["cross-origin-opener-policy", "content-security-policy"]) {
        assert!(page.header(name).is_some(), "{name}: {page}");
    }
    assert!(!page.body.contains("sessions") && !page.body.contains("SELECT"), "{page}");
    server.sql("ALTER TABLE elsewhere RENAME TO sessions").await;
    assert_eq!(browser.get("/account").await.status, 200);
    // Written by another version, a session is none.
    server.sql("UPDATE sessions SET state = '{}'").await;
    assert!(browser.open("/account").await.has("login-submit"));
}

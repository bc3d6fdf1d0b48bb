//! What an authorization request may say (RFC 6749 sections 3.1 and 4.1, OpenID Connect Core section 3.1.2).
use crate::support::{Answer, AppClient, Browser, Callback, Database, Params, Server, on_each_database, random};
use reqwest::{Method, header::HeaderMap};

on_each_database!(
    an_app_that_is_not_known_gets_one_page_for_all_reasons,
    a_request_that_is_wrong_goes_back_with_its_error,
    a_parameter_that_is_repeated_is_refused,
    what_is_too_large_is_refused_and_what_is_large_is_kept,
    no_token_ever_comes_by_the_browser,
    an_answer_in_a_form_is_escaped_and_goes_to_the_app_alone,
    an_app_that_may_go_without_pkce_can,
    scopes_beyond_the_registered_ones_are_left_out,
    a_request_by_post_is_the_same_request,
    other_methods_are_refused,
);

async fn asked(server: &Server, app: &AppClient, request: &Params) -> Answer {
    server.http.get(app.authorize_url_of(request).as_str()).await
}

/// REDIR(e) of `security.md`.
#[track_caller]
fn assert_redirected(server: &Server, app: &AppClient, answer: &Answer, code: &str) -> Callback {
    assert_eq!(answer.status, 303, "{answer}");
    let callback = answer.callback();
    assert_eq!(callback.to, app.redirect_uri);
    assert_eq!(callback.get("error"), Some(code), "{answer}");
    assert_eq!(callback.get("state"), Some(app.state.as_str()));
    // RFC 9207 section 2, to the byte.
    assert_eq!(callback.get("iss"), Some(server.issuer.as_str()));
    assert_eq!(callback.get("code"), None);
    // RFC 6749 section 4.1.2.1.
    let description = callback.get("error_description").unwrap_or_default();
    assert!(description.bytes().all(|c| matches!(c, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)), "{description}");
    callback
}

/// `security.md` AZ-14.
async fn an_app_that_is_not_known_gets_one_page_for_all_reasons(database: Database) {
    let server = Server::start(database, "").await;
    let (web, mut pages) = (server.app("web"), vec![]);
    for unknown in ["nobody", "WEB", "*", "web ", "we%62", "' OR 1=1 --", &"x".repeat(10_000)] {
        let answer = asked(&server, &web, &web.authorization().with("client_id", unknown)).await;
        answer.assert_error(400, "invalid_client");
        assert!(answer.header("location").is_none() && (unknown.len() < 4 || !answer.body.contains(unknown)));
        let id = answer.text_of("error-id").unwrap();
        pages.push(answer.body.replace(&id, ""));
    }
    pages.dedup();
    assert_eq!(pages.len(), 1);
    for request in [web.authorization().with("client_id", ""), web.authorization().without("client_id")] {
        asked(&server, &web, &request).await.assert_error(400, "invalid_request");
    }
    // PostgreSQL could not even look it up.
    asked(&server, &web, &web.authorization().with("client_id", "web\0")).await.assert_error(400, "invalid_request");
}

/// `security.md` AZ-18, AZ-19, AZ-20 to AZ-22, AZ-27 to AZ-30, AZ-32.
async fn a_request_that_is_wrong_goes_back_with_its_error(database: Database) {
    let server = Server::start(database, "").await;
    let long = "A".repeat(44);
    for id in ["web", "spa"] {
        let app = server.app(id);
        let padded = format!("{}=", &app.challenge()[..42]);
        let table = [
            ("response_type", "", "invalid_request"),
            ("response_type", "token", "unsupported_response_type"),
            ("response_type", "id_token", "unsupported_response_type"),
            ("response_type", "code token", "unsupported_response_type"),
            ("response_type", "code id_token", "unsupported_response_type"),
            ("response_type", "none", "unsupported_response_type"),
            ("response_type", "CODE", "unsupported_response_type"),
            ("response_type", "code code", "unsupported_response_type"),
            ("response_mode", "fragment", "invalid_request"),
            ("response_mode", "web_message", "invalid_request"),
            ("request_uri", "http://169.254.169.254/", "request_uri_not_supported"),
            ("request_uri", "file:///etc/passwd", "request_uri_not_supported"),
            ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
            ("registration", "{}", "registration_not_supported"),
            ("code_challenge", "", "invalid_request"),
            ("code_challenge", &long[..42], "invalid_request"),
            ("code_challenge", &long, "invalid_request"),
            ("code_challenge", &padded, "invalid_request"),
            ("code_challenge", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+/", "invalid_request"),
            ("code_challenge", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAé", "invalid_request"),
            ("code_challenge_method", "plain", "invalid_request"),
            ("code_challenge_method", "s256", "invalid_request"),
            ("code_challenge_method", "S512", "invalid_request"),
            ("code_challenge_method", "", "invalid_request"),
            ("scope", "", "invalid_scope"),
            ("scope", "admin", "invalid_scope"),
            ("scope", "openid \"x\"", "invalid_scope"),
            ("scope", "openid\\", "invalid_scope"),
            ("prompt", "none", "login_required"),
            ("prompt", "none login", "invalid_request"),
            ("max_age", "-1", "invalid_request"),
            ("max_age", "1e3", "invalid_request"),
            ("max_age", "99999999999999999999", "invalid_request"),
        ];
        for (name, value, code) in table {
            let answer = asked(&server, &app, &app.authorization().with(name, value)).await;
            assert_redirected(&server, &app, &answer, code);
        }
        let bare = app.authorization().without("code_challenge").without("code_challenge_method");
        assert_redirected(&server, &app, &asked(&server, &app, &bare).await, "invalid_request");
    }
}

/// `security.md` AZ-15 (RFC 6749 section 3.1).
async fn a_parameter_that_is_repeated_is_refused(database: Database) {
    let server = Server::start(database, "").await;
    let web = server.app("web");
    for (name, value) in web.authorization().0 {
        for second in [value.as_str(), "another"] {
            let twice = web.authorization().and(&name, second);
            let answer = asked(&server, &web, &twice).await;
            if ["client_id", "redirect_uri"].contains(&name.as_str()) {
                answer.assert_error(400, "invalid_request");
                assert_eq!(answer.header("location"), None);
            } else {
                assert_redirected(&server, &web, &answer, "invalid_request");
            }
            // Once in the query, and once in the body.
            let url = web.authorize_url_of(&Params::new(&[(&name, second)]));
            let answer = server.http.post(url.as_str(), &web.authorization(), HeaderMap::new()).await;
            let answer = server.browser().follow(answer).await;
            assert!(answer.status == 400 || answer.callback().get("error") == Some("invalid_request"), "{answer}");
        }
    }
}

/// `security.md` AZ-17.
async fn what_is_too_large_is_refused_and_what_is_large_is_kept(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, mut web) = (server.user("Alice"), server.app("web"));
    let many = (0..5000).fold(web.authorization(), |request, n| request.and(&format!("p{n}"), "x"));
    let words = (0..5000).fold(String::from("openid"), |words, n| format!("{words} s{n}"));
    for request in [many, web.authorization().with("x", "y".repeat(50_000)), web.authorization().with("scope", words)] {
        let answer = asked(&server, &web, &request).await;
        assert!([400, 414, 431].contains(&answer.status), "{answer}");
    }
    let line = format!("GET /authorize?x={} HTTP/1.1\r\nHost: {}\r\n", "y".repeat(100_000), server.address);
    let answer = server.raw(format!("{line}Connection: close\r\n\r\n").as_bytes());
    assert!(["400", "414", "431"].iter().any(|status| answer.starts_with(&format!("HTTP/1.1 {status} "))), "{answer}");
    let answer = server.raw_cut(line.replace('y', "yyy").as_bytes());
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    for (name, length) in [("nonce", 8192), ("scope", 2049), ("id_token_hint", 8192)] {
        let answer = asked(&server, &web, &web.authorization().with(name, "x".repeat(length))).await;
        assert_redirected(&server, &web, &answer, "invalid_request");
    }
    let state = asked(&server, &web, &web.authorization().with("state", "x".repeat(8192))).await;
    assert_eq!(state.callback().get("error"), Some("invalid_request"));

    web.state = format!("{} ~!@#$%^&*()_+`-={{}}|[]\\:\";'<>?,./ 玄関 {}", "s".repeat(2048), random());
    web.nonce = format!("{} \"<玄関>\"", "n".repeat(512));
    let callback = web.callback(&server.browser(), &alice).await;
    assert_eq!(callback.get("state"), Some(web.state.as_str()));
    let tokens = web.redeem(&callback.code()).await.ok();
    assert_eq!(server.claims(&tokens["id_token"]).await["nonce"], web.nonce);
}

/// `security.md` AZ-18 and AZ-31: a sign-in that is under way cannot be turned into another kind.
async fn no_token_ever_comes_by_the_browser(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, web) = (server.user("Alice"), server.browser(), server.app("web"));
    let mut page = browser.open(web.authorize_url()).await;
    while page.has("login-submit") || page.has("consent-allow") {
        let button = if page.has("login-submit") { "login-submit" } else { "consent-allow" };
        let form = page.form(button).fill("username", &alice.email).fill("password", &alice.password);
        let form = form.fill("response_type", "token").fill("response_mode", "fragment").fill("scope", "admin");
        let answer = browser.submit(&form).await;
        // RFC 9700 section 4.12: the password is not posted on.
        assert_eq!(answer.status, 303, "{answer}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        page = browser.follow(answer).await;
    }
    let to = page.location().unwrap();
    assert!(to.fragment().is_none() && !to.as_str().contains("token"), "{to}");
    let names: Vec<_> = page.callback().params.0.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["code", "state", "iss"]);
}

/// `security.md` AZ-19 (OAuth 2.0 Form Post Response Mode).
async fn an_answer_in_a_form_is_escaped_and_goes_to_the_app_alone(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, mut spa) = (server.user("Alice"), server.browser(), server.app("spa"));
    spa.state = "\"><script>alert(1)</script><x y='".into();
    let request = spa.authorization().with("response_mode", "form_post");
    let first = browser.get(spa.authorize_url_of(&request).as_str()).await;
    let answer = browser.proceed(first, &alice).await;
    let refused = asked(&server, &spa, &request.with("prompt", "none")).await;
    assert_eq!(refused.callback().get("error"), Some("login_required"));
    for page in [&answer, &refused] {
        assert_eq!(page.status, 200);
        assert!(!page.body.contains("<script>alert"), "{page}");
        assert_eq!(page.callback().to, spa.redirect_uri);
        assert_eq!(page.callback().get("state"), Some(spa.state.as_str()));
        assert_eq!(page.callback().get("iss"), Some(server.issuer.as_str()));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("form-action 'self' https://spa.test"), "{policy}");
    }
    spa.redeem(&answer.callback().code()).await.ok();
}

/// `security.md` AZ-27 and TK-06.
async fn an_app_that_may_go_without_pkce_can(database: Database) {
    let old = "[[clients]]
        client_id = 'old'
        client_name = 'Old App'
        client_secret = 'old-secret-0123456789-0123456789-0123456789'
        redirect_uris = ['https://old.test/cb']
        require_pkce = false";
    let server = Server::start(database, old).await;
    let (alice, browser, app) = (server.user("Alice"), server.browser(), server.app("old"));
    let bare = app.authorization().without("code_challenge").without("code_challenge_method");
    let code = async || browser.authorize(&app.authorize_url_of(&bare), &alice).await.code();
    let with_verifier = app.redeem(&code().await).await;
    // RFC 9700 section 4.8.2: somebody may have taken the challenge out on the way.
    with_verifier.assert_error(400, "invalid_grant");
    let grant = app.code_grant(&code().await).without("code_verifier");
    app.token(grant).await.ok();
    let half = app.authorization().without("code_challenge");
    assert_redirected(&server, &app, &asked(&server, &app, &half).await, "invalid_request");
}

/// `security.md` AZ-30 (OpenID Connect Core section 3.1.2.1): and the app is told what it got.
async fn scopes_beyond_the_registered_ones_are_left_out(database: Database) {
    let less = "[[clients]]
        client_id = 'less'
        client_name = 'Less'
        token_endpoint_auth_method = 'none'
        redirect_uris = ['https://less.test/cb']
        scope = 'openid email'";
    let server = Server::start(database, less).await;
    let app = server.app("less").asking_for("openid email phone admin users.write");
    let tokens = app.tokens(&server.browser(), &server.user("Alice")).await;
    assert_eq!(tokens["scope"], "email openid");
    assert_eq!(server.claims(&tokens["access_token"]).await["scope"], "email openid");
}

/// OpenID Connect Core section 3.1.2.1.
async fn a_request_by_post_is_the_same_request(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, web) = (server.user("Alice"), server.browser(), server.app("web"));
    let url = server.http.url("/authorize");
    let answer = browser.send(Method::POST, &url, Some(&web.authorization())).await;
    assert_eq!(answer.status, 303);
    web.redeem(&browser.proceed(answer, &alice).await.callback().code()).await.ok();
    let json = server.http.request(Method::POST, "/authorize").header("content-type", "application/json").body("{}");
    assert_eq!(Answer::of(json).await.status, 400);
}

/// `security.md` AZ-34.
async fn other_methods_are_refused(database: Database) {
    let server = Server::start(database, "").await;
    let web = server.app("web");
    for method in [Method::HEAD, Method::PUT, Method::PATCH, Method::DELETE] {
        let answer = Browser::new(server.http.clone()).send(method, &web.authorize_url(), None).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, POST")), "{answer}");
    }
}

//! Who is asked what before an app gets its answer (OpenID Connect Core sections 3.1.2.1 to 3.1.2.4).
use crate::support::{AppClient, Browser, Callback, Database, Params, Server, User, eventually, on_each_database};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

on_each_database!(
    nobody_is_asked_anything_where_the_app_says_so,
    whoever_must_sign_in_again_does,
    an_old_form_gives_no_code_without_a_new_sign_in,
    a_hint_tells_who_is_expected_and_never_who_is_there,
    a_sign_in_belongs_to_the_browser_it_began_in,
    a_person_agrees_to_what_the_app_asked_for_whatever_the_form_says,
    a_person_who_says_no_is_sent_back_and_asked_again,
);

async fn silently(browser: &Browser, app: &AppClient, request: Params) -> Callback {
    let url = app.authorize_url_of(&request.with("prompt", "none"));
    let answer = browser.get(url.as_str()).await;
    // `security.md` AZ-22: never a page.
    assert_eq!(answer.status, 303, "{answer}");
    answer.callback()
}

/// `security.md` AZ-22.
async fn nobody_is_asked_anything_where_the_app_says_so(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, spa, web) = (server.user("Alice"), server.browser(), server.app("spa"), server.app("web"));
    let error = |callback: Callback| callback.get("error").map(ToOwned::to_owned);
    assert_eq!(error(silently(&browser, &spa, spa.authorization()).await).as_deref(), Some("login_required"));
    let little = spa.clone().asking_for("openid email");
    little.callback(&browser, &alice).await;
    assert!(silently(&browser, &little, little.authorization()).await.get("code").is_some());
    // Consent is given per app and per scope.
    assert_eq!(error(silently(&browser, &spa, spa.authorization()).await).as_deref(), Some("consent_required"));
    assert_eq!(error(silently(&browser, &web, web.authorization()).await).as_deref(), Some("consent_required"));
    let old = silently(&browser, &little, little.authorization().with("max_age", "0")).await;
    assert_eq!(error(old).as_deref(), Some("login_required"));
}

/// `security.md` AZ-23.
async fn whoever_must_sign_in_again_does(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, spa) = (server.user("Alice"), server.browser(), server.app("spa"));
    let first = auth_time(&server, &spa, &spa.sign_in(&browser, &alice).await).await;
    for (name, value) in [("prompt", "login"), ("max_age", "0")] {
        let url = spa.authorize_url_of(&spa.authorization().with(name, value));
        // Until the clock shows it.
        eventually("the new sign-in is newer", async || {
            let page = browser.open(&url).await;
            assert!(page.has("login-submit"), "{page}");
            // Turning back and asking anew is no way around.
            assert!(browser.open(&url).await.has("login-submit"));
            let callback = browser.proceed(page, &alice).await.callback();
            (auth_time(&server, &spa, &callback.code()).await > first).then_some(())
        })
        .await;
    }
    // What was proved for one request is not good for the next.
    let again = spa.authorize_url_of(&spa.authorization().with("prompt", "login"));
    assert!(browser.open(&again).await.has("login-submit"));
    let young = spa.authorize_url_of(&spa.authorization().with("max_age", "3600"));
    browser.get(young.as_str()).await.callback().code();
}

async fn auth_time(server: &Server, app: &AppClient, code: &str) -> i64 {
    let tokens = app.redeem(code).await.ok();
    server.claims(&tokens["id_token"]).await["auth_time"].as_i64().expect("auth_time")
}

/// `security.md` AZ-23: the consent page of an interaction that wants a new sign-in.
async fn an_old_form_gives_no_code_without_a_new_sign_in(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, web) = (server.user("Alice"), server.browser(), server.app("web"));
    browser.proceed(browser.open("/login").await, &alice).await;
    let consent = browser.open(web.authorize_url()).await;
    let old = consent.form("consent-allow");
    let fresh = browser.open(web.authorize_url_of(&web.authorization().with("prompt", "login"))).await;
    let interaction = fresh.form("login-submit").fields.get("interaction").unwrap().to_owned();
    let forged = old.clone().fill("interaction", &interaction);
    let refused = browser.follow(browser.submit(&forged).await).await;
    assert!(refused.has("login-submit"), "{refused}");
    let resumed = browser.open(format!("/resume?interaction={interaction}")).await;
    assert!(resumed.has("login-submit"), "{resumed}");
}

/// `security.md` AZ-24, JW-01 and JW-07.
async fn a_hint_tells_who_is_expected_and_never_who_is_there(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob, spa) = (server.user("Alice"), server.user("Bob"), server.app("spa"));
    let (at_alice, at_bob) = (server.browser(), server.browser());
    let hers = spa.tokens(&at_alice, &alice).await;
    let his = spa.tokens(&at_bob, &bob).await;
    let asked = async |hint: &str| silently(&at_alice, &spa, spa.authorization().with("id_token_hint", hint)).await;
    let hint = hers["id_token"].as_str().unwrap();
    asked(hint).await.code();
    assert_eq!(asked(his["id_token"].as_str().unwrap()).await.get("error"), Some("login_required"));

    let other = Server::start(database, "").await;
    let elsewhere = other.app("spa").tokens(&other.browser(), &other.user("Alice")).await;
    let (body, signature) = hint.rsplit_once('.').unwrap();
    let claims = body.split('.').nth(1).unwrap();
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    for wrong in [
        &format!("{body}.{}", signature.chars().rev().collect::<String>()),
        &format!("{none}.{claims}."),
        &format!("{none}.{claims}.{signature}"),
        hers["access_token"].as_str().unwrap(),
        elsewhere["id_token"].as_str().unwrap(),
        "x",
    ] {
        assert_eq!(asked(wrong).await.get("error"), Some("invalid_request"), "{wrong}");
    }
    // Without `prompt=none` the one who is expected signs in; nobody becomes somebody by a hint.
    let url = spa.authorize_url_of(&spa.authorization().with("id_token_hint", his["id_token"].as_str().unwrap()));
    let page = at_alice.open(&url).await;
    assert!(page.has("login-submit"), "{page}");
    let callback = at_alice.proceed(page, &bob).await.callback();
    let tokens = spa.redeem(&callback.code()).await.ok();
    assert_eq!(server.claims(&tokens["id_token"]).await["sub"], bob.sub);
}

/// `security.md` AZ-25 and OR-01.
async fn a_sign_in_belongs_to_the_browser_it_began_in(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, mine, theirs, web) = (server.user("Alice"), server.browser(), server.browser(), server.app("web"));
    let page = mine.open(web.authorize_url()).await;
    let interaction = page.form("login-submit").fields.get("interaction").unwrap().to_owned();
    theirs.proceed(theirs.open("/login").await, &alice).await;
    for path in ["/resume", "/login", "/signup", "/consent", "/select-account"] {
        let refused = theirs.get(&format!("{path}?interaction={interaction}")).await;
        assert!(refused.status == 400 && refused.has("error-id"), "{refused}");
    }
    assert!(mine.open(format!("/resume?interaction={interaction}")).await.has("login-submit"));
    for wrong in ["https://evil.test", "//evil.test", "x", &interaction[1..], &format!("{interaction}A")] {
        let url = server.http.url("/resume");
        let url = url.as_str().to_owned() + "?" + &Params::new(&[("interaction", wrong)]).encoded();
        assert_eq!(mine.get(&url).await.status, 400, "{wrong}");
    }
}

/// `security.md` AZ-26 and CS-01.
async fn a_person_agrees_to_what_the_app_asked_for_whatever_the_form_says(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob, app) = (server.user("Alice"), server.user("Bob"), server.app("spa").asking_for("openid email"));
    let (browser, elsewhere) = (server.browser(), server.browser());
    let consent = async |browser: &Browser, user: &User| {
        let page = browser.open(app.authorize_url()).await;
        let fields = [("username", user.email.as_str()), ("password", user.password.as_str())];
        browser.press(&page, "login-submit", &fields).await.form("consent-allow")
    };
    let (form, his) = (consent(&browser, &alice).await, consent(&elsewhere, &bob).await);
    // Not mine to approve.
    let interaction = his.fields.get("interaction").unwrap();
    let refused = browser.submit(&form.clone().fill("interaction", interaction)).await;
    assert!(refused.status == 400 && refused.location().is_none(), "{refused}");
    assert_eq!(browser.submit(&his).await.status, 403);

    let tampered = form.fill("scope", "openid email phone offline_access").fill("client_id", "web");
    let tampered = tampered.fill("redirect_uri", "https://evil.test/").fill("user", &bob.sub).fill("state", "x");
    let callback = browser.submit(&tampered).await.callback();
    assert_eq!((callback.to.as_str(), callback.get("state")), ("https://spa.test/cb", Some(app.state.as_str())));
    let tokens = app.redeem(&callback.code()).await.ok();
    assert_eq!(tokens["scope"], "email openid");
    assert_eq!(server.claims(&tokens["id_token"]).await["sub"], alice.sub);
}

/// OpenID Connect Core section 3.1.2.4, RFC 6749 section 4.1.2.1.
async fn a_person_who_says_no_is_sent_back_and_asked_again(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, spa) = (server.user("Alice"), server.browser(), server.app("spa"));
    let page = browser.open(spa.authorize_url()).await;
    let fields = [("username", alice.email.as_str()), ("password", alice.password.as_str())];
    let page = browser.press(&page, "login-submit", &fields).await;
    let denied = browser.press(&page, "consent-deny", &[]).await.callback();
    assert_eq!((denied.get("error"), denied.get("code")), (Some("access_denied"), None));
    assert!(browser.open(spa.authorize_url()).await.has("consent-allow"));
    let asked = spa.authorize_url_of(&spa.authorization().with("prompt", "consent"));
    spa.callback(&browser, &alice).await;
    assert!(browser.open(&asked).await.has("consent-allow"), "although consent was given before");
}

//! The main job from end to end.
use crate::support::{Callback, Database, Server, on_each_database, refresh_grant};

on_each_database!(
    an_app_signs_a_person_in_and_calls_on_their_behalf,
    an_app_on_a_device_signs_a_person_in,
    an_app_gets_tokens_for_itself,
    a_form_that_this_browser_was_not_given_signs_nobody_in,
    an_app_nobody_knows_gets_nobody_sent_to_it,
    a_person_who_is_known_is_not_asked_again,
    what_was_answered_survives_the_end_of_the_program,
    nodes_share_what_they_know,
);

async fn an_app_signs_a_person_in_and_calls_on_their_behalf(database: Database) {
    let server = Server::start(database, "").await;
    let alice = server.user("Alice");
    for id in ["web", "post", "spa"] {
        let app = server.app(id);
        let tokens = app.tokens(&server.browser(), &alice).await;

        let claims = server.claims(&tokens["id_token"]).await;
        assert_eq!((&claims["sub"], &claims["aud"]), (&alice.sub.clone().into(), &id.into()));
        assert_eq!(claims["nonce"], app.nonce);
        let access = server.claims(&tokens["access_token"]).await;
        assert_eq!((&access["sub"], &access["client_id"]), (&claims["sub"], &id.into()));

        let refreshed = app.refresh(&tokens).await.ok();
        let userinfo = app.userinfo(&refreshed).await.ok();
        assert_eq!((&userinfo["sub"], &userinfo["email"]), (&claims["sub"], &alice.email.clone().into()));

        if app.secret.is_some() {
            assert_eq!(app.introspect(&refreshed["access_token"]).await["active"], true);
        }
        assert_eq!(app.revoke(&refreshed["refresh_token"]).await.status, 200);
        if app.secret.is_some() {
            assert_eq!(app.introspect(&refreshed["access_token"]).await["active"], false);
        }
        app.refresh(&refreshed).await.assert_error(400, "invalid_grant");
        assert_eq!(app.userinfo(&refreshed).await.status, 401);
    }
}

async fn an_app_on_a_device_signs_a_person_in(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    // RFC 8252 sections 7.1 and 7.3: a scheme of its own, or whatever port it got.
    for redirect_uri in ["com.example.app:/cb", "http://127.0.0.1:51004/cb"] {
        let native = server.app("native").returning_to(redirect_uri);
        let callback = native.callback(&browser, &alice).await;
        assert_eq!(callback.to, redirect_uri);
        let tokens = native.redeem(&callback.code()).await.ok();
        assert_eq!(native.userinfo(&tokens).await.ok()["name"], alice.name);
    }
}

async fn a_form_that_this_browser_was_not_given_signs_nobody_in(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, web) = (server.user("Alice"), server.browser(), server.app("web"));
    let page = browser.open(web.authorize_url()).await;
    let form = page.form("login-submit").fill("username", &alice.email).fill("password", &alice.password);

    let elsewhere = server.browser();
    let refused = elsewhere.submit(&form).await;
    assert!((400..500).contains(&refused.status), "{refused}");
    let forged = browser.submit(&form.clone().fill("csrf", "forged")).await;
    assert!((400..500).contains(&forged.status), "{forged}");

    let before = browser.cookies();
    assert!(browser.follow(browser.submit(&form).await).await.has("consent-allow"));
    // A session that was planted before does not become Alice's.
    assert_ne!(browser.cookies(), before);
    let planted = server.browser();
    for (name, value) in before {
        planted.set_cookie(&format!("{name}={value}"));
    }
    assert!(planted.open(web.authorize_url()).await.has("login-submit"));
}

async fn an_app_nobody_knows_gets_nobody_sent_to_it(database: Database) {
    let server = Server::start(database, "").await;
    let (browser, web) = (server.browser(), server.app("web"));
    let request = web.authorization().with("redirect_uri", "https://evil.test/cb");
    let refused = browser.get(web.authorize_url_of(&request).as_str()).await;
    refused.assert_error(400, "invalid_request");
    assert!(refused.has("error-id"), "{refused}");

    let request =
        format!("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", "/authorize?a=%00", server.address);
    let answer = server.raw(request.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

async fn an_app_gets_tokens_for_itself(database: Database) {
    let server = Server::start(database, "").await;
    let svc = server.app("svc").asking_for("api.read");
    let tokens = svc.token(svc.own_grant()).await.ok();
    let claims = server.claims(&tokens["access_token"]).await;
    assert_eq!((&claims["client_id"], &claims["scope"]), (&"svc".into(), &"api.read".into()));
    assert_eq!(tokens.get("refresh_token"), None);

    let beyond = svc.asking_for("api.read openid");
    beyond.token(beyond.own_grant()).await.assert_error(400, "invalid_scope");
}

async fn a_person_who_is_known_is_not_asked_again(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, spa) = (server.user("Alice"), server.browser(), server.app("spa"));
    let first = spa.callback(&browser, &alice).await;
    assert_eq!(answer_to(&first), ("https://spa.test/cb", Some(spa.state.as_str()), Some(server.issuer.as_str())));

    let silent = spa.authorization().with("prompt", "none");
    let again = browser.get(spa.authorize_url_of(&silent).as_str()).await.callback();
    assert_ne!(again.code(), first.code());

    let stranger = server.browser().get(spa.authorize_url_of(&silent).as_str()).await.callback();
    assert_eq!(stranger.get("error"), Some("login_required"));
    assert_eq!(answer_to(&stranger), answer_to(&first));
}

fn answer_to(callback: &Callback) -> (&str, Option<&str>, Option<&str>) {
    (&callback.to, callback.get("state"), callback.get("iss"))
}

async fn what_was_answered_survives_the_end_of_the_program(database: Database) {
    let mut server = Server::start(database, "").await;
    let (alice, browser, web) = (server.user("Alice"), server.browser(), server.app("web"));
    let tokens = web.tokens(&browser, &alice).await;

    server.kill();
    server.restart().await;
    let refreshed = web.refresh(&tokens).await.ok();
    assert!(server.terminate().await.success(), "{}", server.log());

    server.set("instance.name = 'Another Name'");
    server.restart().await;
    assert_eq!(web.userinfo(&refreshed).await.ok()["sub"], alice.sub);
    assert!(browser.open("/account").await.body.contains("Another Name"));
    assert!(browser.clone().speaking("ja").open("/account").await.body.contains("lang=\"ja\""));
}

async fn nodes_share_what_they_know(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    let code = web.sign_in(&server.browser(), &alice).await;

    let node = server.start_another("").await;
    let tokens = node.app("web").token(web.code_grant(&code)).await.ok();
    server.claims(&tokens["id_token"]).await;
    web.redeem(&code).await.assert_error(400, "invalid_grant");
    // That took back what the first exchange gave out (RFC 6749 section 4.1.2).
    web.token(refresh_grant(&tokens)).await.assert_error(400, "invalid_grant");
}

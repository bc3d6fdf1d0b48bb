//! Refresh tokens (RFC 6749 section 6, RFC 9700 section 4.14.2, OpenID Connect Core section 12).
use crate::support::{AppClient, Database, Server, claims_of, eventually, on_each_database, refresh_grant};
use serde_json::Value;

on_each_database!(
    a_token_that_was_rotated_away_ends_its_family,
    a_lost_response_is_given_again_and_never_another,
    a_refresh_gives_no_more_than_was_granted,
    a_token_is_the_apps_it_was_issued_to,
    a_refresh_looks_at_the_person_and_the_app_again,
    a_renewed_id_token_is_about_the_same_sign_in,
    tokens_end_in_time,
    a_made_up_token_is_nothing,
);

async fn tokens(server: &Server, app: &AppClient) -> Value {
    app.tokens(&server.browser(), &server.user("Alice")).await
}

/// `security.md` RT-01.
async fn a_token_that_was_rotated_away_ends_its_family(database: Database) {
    let server = Server::start(database, "tokens.refresh_retry = 0").await;
    let web = server.app("web");
    let first = tokens(&server, &web).await;
    let second = web.refresh(&first).await.ok();
    let third = web.refresh(&second).await.ok();
    assert_eq!(web.userinfo(&third).await.status, 200);
    web.refresh(&first).await.assert_error(400, "invalid_grant");
    for tokens in [&first, &second, &third] {
        web.refresh(tokens).await.assert_error(400, "invalid_grant");
        assert_eq!(web.userinfo(tokens).await.status, 401);
        assert_eq!(web.introspect(&tokens["access_token"]).await["active"], false);
        assert_eq!(web.introspect(&tokens["refresh_token"]).await["active"], false);
    }
    assert!(server.log().contains("event=token_reused"));
}

/// `security.md` RT-03: the same successor, three times at most, and not for the one before the last.
async fn a_lost_response_is_given_again_and_never_another(database: Database) {
    let server = Server::start(database, "tokens.refresh_retry = 60").await;
    let web = server.app("web");
    let first = tokens(&server, &web).await;
    let second = web.refresh(&first).await.ok();
    for _ in 0..3 {
        assert_eq!(web.refresh(&first).await.ok()["refresh_token"], second["refresh_token"]);
    }
    web.refresh(&first).await.assert_error(400, "invalid_grant");
    // Whoever has the successor goes on.
    let third = web.refresh(&second).await.ok();
    assert_ne!(third["refresh_token"], second["refresh_token"]);
    web.refresh(&first).await.assert_error(400, "invalid_grant");
    web.refresh(&third).await.assert_error(400, "invalid_grant");

    let short = Server::start(database, "tokens.refresh_retry = 1").await;
    let web = short.app("web");
    let first = tokens(&short, &web).await;
    let second = web.refresh(&first).await.ok();
    short.passes(2).await;
    web.refresh(&first).await.assert_error(400, "invalid_grant");
    web.refresh(&second).await.assert_error(400, "invalid_grant");
}

/// `security.md` RT-04 and RT-09.
async fn a_refresh_gives_no_more_than_was_granted(database: Database) {
    let server = Server::start(database, "").await;
    let web = server.app("web").asking_for("openid email offline_access");
    let mut now = tokens(&server, &web).await;
    let granted = "email offline_access openid";
    for (scope, gives) in [
        (Some("openid"), Some("openid")),
        (None, Some(granted)),
        (Some("openid email offline_access"), Some(granted)),
        (Some("openid profile"), None),
        (Some("openid admin"), None),
        (Some("phone"), None),
        (Some("openid \"x\""), None),
        (Some("email"), Some("email")),
    ] {
        let grant = refresh_grant(&now);
        let answer = web.token(scope.map_or(grant.clone(), |scope| grant.with("scope", scope))).await;
        let Some(gives) = gives else {
            answer.assert_error(400, "invalid_scope");
            continue;
        };
        now = answer.ok();
        assert_eq!((&now["scope"], &claims_of(&now["access_token"])["scope"]), (&gives.into(), &gives.into()));
    }
    let userinfo = web.userinfo(&now).await;
    userinfo.assert_error(403, "insufficient_scope");
    // Not asked for in this form (RFC 8707): the audience stays what it was.
    let grant = refresh_grant(&now).with("resource", "https://other.test").with("audience", "https://other.test");
    let answer = web.token(grant).await.ok();
    assert_eq!(server.claims(&answer["access_token"]).await["aud"], server.issuer);
}

/// `security.md` RT-05.
async fn a_token_is_the_apps_it_was_issued_to(database: Database) {
    let server = Server::start(database, "").await;
    let (web, post) = (server.app("web"), server.app("post"));
    let first = tokens(&server, &web).await;
    for thief in [&post, &server.app("spa"), &server.app("native")] {
        thief.refresh(&first).await.assert_error(400, "invalid_grant");
        assert_eq!(thief.revoke(&first["refresh_token"]).await.status, 200);
    }
    let mut public = web.clone();
    (public.secret, public.auth_method) = (None, "none".into());
    public.refresh(&first).await.assert_error(401, "invalid_client");
    let second = web.refresh(&first).await.ok();
    post.refresh(&first).await.assert_error(400, "invalid_grant");
    web.refresh(&second).await.ok();
}

/// `security.md` RT-06, UI-04 and AD-10.
async fn a_refresh_looks_at_the_person_and_the_app_again(database: Database) {
    let mut server = Server::start(database, "").await;
    let (alice, bob, web) = (server.user("Alice"), server.user("Bob"), server.app("web"));
    let hers = web.tokens(&server.browser(), &alice).await;
    let his = web.tokens(&server.browser(), &bob).await;
    server.disable(&bob.sub).await;
    web.refresh(&his).await.assert_error(400, "invalid_grant");
    assert_eq!(web.userinfo(&his).await.status, 401);
    for token in ["access_token", "refresh_token"] {
        assert_eq!(web.introspect(&his[token]).await["active"], false);
        assert_eq!(web.introspect(&hers[token]).await["active"], true);
    }
    server.sql(&format!("DELETE FROM users WHERE id = '{}'", bob.sub)).await;
    web.refresh(&his).await.assert_error(400, "invalid_grant");
    assert_eq!(web.userinfo(&his).await.status, 401);

    // An app that is taken out of the settings is nobody.
    server.terminate().await;
    server.without_client("web");
    server.restart().await;
    web.refresh(&hers).await.assert_error(401, "invalid_client");
    eventually("its tokens are dead", async || (web.userinfo(&hers).await.status == 401).then_some(())).await;
}

/// `security.md` RT-08 (OpenID Connect Core section 12.2).
async fn a_renewed_id_token_is_about_the_same_sign_in(database: Database) {
    let server = Server::start(database, "").await;
    let web = server.app("web");
    let first = tokens(&server, &web).await;
    server.passes(1).await;
    let second = web.refresh(&first).await.ok();
    let (before, after) = (server.claims(&first["id_token"]).await, server.claims(&second["id_token"]).await);
    for claim in ["iss", "sub", "aud", "auth_time", "sid", "amr"] {
        assert!(!before[claim].is_null() && before[claim] == after[claim], "{claim}: {before} {after}");
    }
    assert!(before["nonce"] == web.nonce && after.get("nonce").is_none(), "{after}");
    assert!(after["iat"].as_i64() > before["iat"].as_i64());
    assert_ne!(after["at_hash"], before["at_hash"]);
}

/// RFC 6749 sections 5.1 and 10.4: by disuse, and in any case.
async fn tokens_end_in_time(database: Database) {
    let idle = Server::start(database, "tokens.refresh_token = 2\ntokens.access_token = 1").await;
    let web = idle.app("web");
    let first = tokens(&idle, &web).await;
    assert_eq!(first["expires_in"], 1);
    idle.passes(2).await;
    assert_eq!(web.userinfo(&first).await.status, 401);
    for token in ["access_token", "refresh_token"] {
        assert_eq!(web.introspect(&first[token]).await["active"], false);
    }
    web.refresh(&first).await.assert_error(400, "invalid_grant");

    let absolute = Server::start(database, "tokens.refresh_token_absolute = 3").await;
    let web = absolute.app("web");
    let mut now = tokens(&absolute, &web).await;
    assert!(now["expires_in"].as_i64().unwrap() <= 3, "no access token outlives its grant: {now}");
    eventually("the family ends, however much it is used", async || {
        let answer = web.refresh(&now).await;
        if answer.status == 200 {
            now = answer.ok();
            return None;
        }
        answer.assert_error(400, "invalid_grant");
        Some(())
    })
    .await;
    assert_eq!(web.userinfo(&now).await.status, 401);
}

/// Nothing about a token can be changed by whoever holds it.
async fn a_made_up_token_is_nothing(database: Database) {
    let server = Server::start(database, "").await;
    let (web, other) = (server.app("web"), Server::start(database, "").await);
    let tokens = tokens(&server, &web).await;
    let real = tokens["refresh_token"].as_str().unwrap();
    let parts: Vec<_> = real.split('.').collect();
    let elsewhere = other.app("web").tokens(&other.browser(), &other.user("Alice")).await;
    for wrong in [
        "x".into(),
        ".".into(),
        "..".into(),
        format!("{real}A"),
        real[1..].to_owned(),
        real.to_uppercase(),
        format!("{}.1.{}", parts[0], parts[2]),
        format!("{}.-1.{}", parts[0], parts[2]),
        format!("{}.0.", parts[0]),
        tokens["access_token"].as_str().unwrap().to_owned(),
        tokens["id_token"].as_str().unwrap().to_owned(),
        elsewhere["refresh_token"].as_str().unwrap().to_owned(),
        "x".repeat(10_000),
    ] {
        let wrong = serde_json::json!({ "refresh_token": wrong });
        web.refresh(&wrong).await.assert_error(400, "invalid_grant");
    }
    web.refresh(&tokens).await.ok();
}

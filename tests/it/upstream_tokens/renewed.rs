//! Tokens that run out, and those that the provider takes no more.
use super::{Scene, exchange, keeping};
use crate::support::{
    Database, Endpoint, Fault, Feature, Kind, Part, Reply, Upstream, at_once, eventually, on_each_database,
};
use serde_json::json;

on_each_database!(
    a_token_that_has_run_out_is_renewed,
    of_many_at_once_one_asks_the_provider,
    a_dead_token_is_not_tried_again,
    a_provider_that_is_down_is_left_alone_for_a_while,
    a_refresh_token_that_is_not_given_again_is_not_lost,
    an_app_that_hangs_up_costs_nobody_their_refresh_token,
);

async fn a_token_that_has_run_out_is_renewed(database: Database) {
    for kind in
        [Kind::Google, Kind::Line, Kind::GitHub, Kind::Microsoft, Kind::X, Kind::Instagram, Kind::Oidc, Kind::OAuth2]
    {
        let upstream = Upstream::start(kind);
        if kind == Kind::GitHub {
            upstream.enable(Feature::GithubApp);
        }
        let scene = Scene::at(database, upstream).await;
        let endpoint = if kind == Kind::Instagram { Endpoint::Refresh } else { Endpoint::Token };
        let (mut before, mut asked) = (scene.ask().await.ok(), scene.upstream.count(endpoint));
        // Twice, for some refresh tokens are good once.
        for _ in 0..2 {
            scene.run_out().await;
            let after = scene.ask().await.ok();
            assert_ne!(after["access_token"], before["access_token"], "{kind:?}");
            assert!(scene.upstream.knows(&after["access_token"]), "{kind:?}");
            assert!(after["expires_in"].as_i64().unwrap() > 3000, "{kind:?}: {after}");
            asked += 1;
            assert_eq!(scene.upstream.count(endpoint), asked, "{kind:?}");
            assert_eq!(scene.ask().await.ok()["access_token"], after["access_token"]);
            before = after;
        }
        assert_eq!(scene.upstream.count(endpoint), asked, "{kind:?}");
    }
    // Instagram's cannot be renewed once they have run out: it is done at half time.
    let scene = Scene::of(database, Kind::Instagram).await;
    let before = scene.ask().await.ok();
    let half = scene.server.now().await + 20 * 86_400;
    scene.server.sql(&format!("UPDATE upstream_tokens SET expires_at = {half}")).await;
    scene.upstream.fail(Endpoint::Refresh, Fault::HangsUp);
    assert_eq!(scene.ask().await.ok()["access_token"], before["access_token"]);
    scene.upstream.recover(Endpoint::Refresh);
    scene.pause().await;
    assert_ne!(scene.ask().await.ok()["access_token"], before["access_token"]);
}

/// At two nodes, with refresh tokens that are good once.
async fn of_many_at_once_one_asks_the_provider(database: Database) {
    let upstream = Upstream::start(Kind::X);
    let settings = keeping(&upstream, &["web"]);
    let scene = Scene::at(database, upstream).await;
    let other = scene.server.start_another(&settings).await;
    let elsewhere = other.app("web");
    for round in 0..3 {
        scene.run_out().await;
        let asked = scene.upstream.count(Endpoint::Token);
        let apps = [&scene.app, &elsewhere].into_iter().cycle().take(32).cloned();
        let tokens = scene.tokens.clone();
        let answers = at_once(apps.map(|app| {
            let request = exchange(&tokens);
            async move { app.token(request).await }
        }))
        .await;
        let given: Vec<_> = answers.into_iter().map(|answer| answer.ok()["access_token"].clone()).collect();
        assert!(given.iter().all(|token| *token == given[0]) && scene.upstream.knows(&given[0]), "{given:?}");
        assert_eq!(scene.upstream.count(Endpoint::Token), asked + 1, "round {round}");
    }
}

async fn a_dead_token_is_not_tried_again(database: Database) {
    for kind in
        [Kind::Google, Kind::Line, Kind::GitHub, Kind::Microsoft, Kind::X, Kind::Facebook, Kind::Instagram, Kind::Oidc]
    {
        let upstream = Upstream::start(kind);
        if kind == Kind::GitHub {
            upstream.enable(Feature::GithubApp);
        }
        let scene = Scene::at(database, upstream).await;
        scene.ask().await.ok();
        scene.upstream.forget();
        scene.run_out().await;
        let endpoint = if kind == Kind::Instagram { Endpoint::Refresh } else { Endpoint::Token };
        let asked = scene.upstream.count(endpoint);
        for _ in 0..3 {
            let refused = scene.ask().await;
            refused.assert_error(400, "invalid_grant");
            assert_eq!(refused.json()["genkan_error"], "reauth_required", "{kind:?}");
        }
        // Facebook has nothing to renew one by.
        let tried = usize::from(kind != Kind::Facebook);
        assert_eq!(scene.upstream.count(endpoint), asked + tried, "{kind:?}");
        let page = scene.browser.open("/account/ways-in").await;
        assert!(page.body.contains("has ended that"), "{page}");
        scene.again().await;
        assert!(scene.upstream.knows(&scene.ask().await.ok()["access_token"]), "{kind:?}");
        assert!(!scene.browser.open("/account/ways-in").await.body.contains("has ended that"));
    }
}

async fn a_provider_that_is_down_is_left_alone_for_a_while(database: Database) {
    let scene = Scene::of(database, Kind::Google).await;
    let before = scene.ask().await.ok();
    let asked = scene.upstream.count(Endpoint::Token);
    let bad_secret = Reply::json(401, &json!({ "error": "invalid_client" }));
    for fault in [Fault::HangsUp, Fault::Answer(Reply::html(502, "<h1>Bad Gateway</h1>")), Fault::Answer(bad_secret)] {
        scene.upstream.fail(Endpoint::Token, fault);
        scene.run_out().await;
        for _ in 0..3 {
            let refused = scene.ask().await;
            refused.assert_error(503, "temporarily_unavailable");
            assert!(refused.header("retry-after").is_some());
        }
        scene.pause().await;
    }
    assert_eq!(scene.upstream.count(Endpoint::Token), asked + 3);
    // One that is good for a moment yet is handed out.
    let soon = scene.server.now().await + 40;
    scene.server.sql(&format!("UPDATE upstream_tokens SET expires_at = {soon}")).await;
    assert_eq!(scene.ask().await.ok()["access_token"], before["access_token"]);
    // The longer it lasts, the longer the pause.
    let pauses = "SELECT CAST(failures AS TEXT) FROM upstream_tokens WHERE retry_at > updated_at + 30";
    assert_eq!(scene.server.texts(pauses).await, ["4"]);
    scene.upstream.recover(Endpoint::Token);
    scene.pause().await;
    assert_ne!(scene.ask().await.ok()["access_token"], before["access_token"]);
}

async fn a_refresh_token_that_is_not_given_again_is_not_lost(database: Database) {
    let scene = Scene::of(database, Kind::Google).await;
    scene.upstream.omit(Part::TokenResponse, "refresh_token");
    scene.again().await;
    scene.upstream.undo(Part::TokenResponse);
    let before = scene.ask().await.ok();
    scene.run_out().await;
    let after = scene.ask().await.ok();
    assert_ne!(after["access_token"], before["access_token"]);
    assert!(scene.upstream.knows(&after["access_token"]));
}

async fn an_app_that_hangs_up_costs_nobody_their_refresh_token(database: Database) {
    let scene = Scene::of(database, Kind::X).await;
    scene.run_out().await;
    scene.upstream.fail(Endpoint::Token, Fault::Holds);
    let asked = scene.upstream.count(Endpoint::Token);
    let (app, request) = (scene.app.clone(), exchange(&scene.tokens));
    let asking = tokio::spawn(async move { app.token(request).await });
    let is_asked = async || (scene.upstream.count(Endpoint::Token) > asked).then_some(());
    eventually("the provider is asked", is_asked).await;
    asking.abort();
    assert!(asking.await.is_err());
    // Until Genkan has seen it.
    scene.server.passes(2).await;
    scene.upstream.recover(Endpoint::Token);
    let given = scene.ask().await.ok();
    assert!(scene.upstream.knows(&given["access_token"]));
    assert_eq!(scene.upstream.count(Endpoint::Token), asked + 1);
}

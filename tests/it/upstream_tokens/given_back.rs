//! Tokens that are given back to their provider, whatever took away what they were kept for.
use super::{Scene, keeping, sign_in};
use crate::{
    federation::PRIVATE,
    support::{
        Database, Endpoint, Fault, Feature, Kind, Native, Params, Reply, Server, Upstream, eventually, on_each_database,
    },
};

on_each_database!(
    apple_gets_its_tokens_back_with_the_account,
    what_an_app_and_the_web_got_is_given_back_to_each_of_our_names,
    an_account_that_is_removed_from_another_takes_its_tokens_along,
    whatever_takes_an_identity_away_gives_its_tokens_back,
    a_provider_that_is_down_is_asked_for_a_day,
    tokens_that_have_run_out_are_given_back_by_fresh_ones,
    what_is_not_to_be_kept_any_more_is_given_back,
);

/// The provider, without anything being kept for apps.
async fn plain(database: Database, kind: Kind) -> (Server, Upstream) {
    let upstream = Upstream::start(kind);
    let server = Server::start(database, &format!("{PRIVATE}{}", upstream.settings("elsewhere"))).await;
    (server, upstream)
}

async fn gone(server: &Server) {
    let kept = "SELECT id FROM upstream_tokens";
    eventually("nothing is kept", async || server.texts(kept).await.is_empty().then_some(())).await;
}

async fn apple_gets_its_tokens_back_with_the_account(database: Database) {
    let (mut server, apple) = plain(database, Kind::Apple).await;
    sign_in(&apple, &server.browser(), &server.app("web")).await;
    let token = apple.issued()[0]["refresh_token"].as_str().unwrap().to_owned();
    // The provider is down: the account goes at its time all the same.
    apple.fail(Endpoint::Revocation, Fault::HangsUp);
    server.sql("UPDATE users SET delete_at = 1").await;
    server.kill();
    server.restart().await;
    let people = "SELECT id FROM users UNION SELECT id FROM identities";
    eventually("the account is gone", async || server.texts(people).await.is_empty().then_some(())).await;
    let tried = async || (apple.count(Endpoint::Revocation) > 0).then_some(());
    eventually("it is tried", tried).await;
    assert_eq!(server.texts("SELECT client_id FROM upstream_tokens").await, [apple.client_id()]);
    apple.recover(Endpoint::Revocation);
    let waits = "SELECT id FROM upstream_tokens WHERE retry_at > 0";
    eventually("it waits", async || (!server.texts(waits).await.is_empty()).then_some(())).await;
    server.sql("UPDATE upstream_tokens SET retry_at = 0").await;
    gone(&server).await;
    assert_eq!(apple.revoked(), [token]);
    let asked = apple.requests(Endpoint::Revocation).pop().unwrap();
    assert_eq!(asked.get("token_type_hint"), Some("refresh_token"));
    assert_eq!(asked.get("client_id"), Some(apple.client_id().as_str()));
}

/// Apple knows an app by its bundle id and the web by a Services ID, and takes a token back from its own alone.
async fn what_an_app_and_the_web_got_is_given_back_to_each_of_our_names(database: Database) {
    let apple = Upstream::start(Kind::Apple);
    let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    let settings = format!(
        "{PRIVATE}{}audiences = ['test.genkan.app']
        [[clients]]
        client_id = 'phone'
        client_name = 'Phone'
        token_endpoint_auth_method = 'none'
        grant_types = ['{exchange}']
        skip_consent = true",
        apple.settings("elsewhere")
    );
    let server = Server::start(database, &settings).await;
    sign_in(&apple, &server.browser(), &server.app("web")).await;
    let phone = server.app("phone");
    let nonce = phone.post("/native/nonce", Params::new(&[("provider", "elsewhere")])).await.ok()["nonce"].clone();
    let nonce = nonce.as_str().unwrap();
    let code = apple.native_code(Native::with_nonce(nonce));
    let request = Params::new(&[
        ("grant_type", exchange),
        ("subject_issuer", "elsewhere"),
        ("subject_token", &code),
        ("subject_token_type", "urn:genkan:params:oauth:token-type:authorization_code"),
        ("subject_audience", "test.genkan.app"),
        ("nonce", nonce),
    ]);
    phone.token(request).await.ok();
    let mut kept = server.texts("SELECT client_id FROM upstream_tokens").await;
    kept.sort();
    assert_eq!(kept, ["test.genkan.app", "test.genkan.web"]);
    server.sql("DELETE FROM identities").await;
    gone(&server).await;
    let mut given: Vec<_> = apple.revoked();
    let mut issued: Vec<_> =
        apple.issued().iter().map(|tokens| tokens["refresh_token"].as_str().unwrap().to_owned()).collect();
    given.sort();
    issued.sort();
    assert_eq!(given, issued);
}

async fn an_account_that_is_removed_from_another_takes_its_tokens_along(database: Database) {
    for kind in [Kind::Apple, Kind::Google] {
        let scene = Scene::of(database, kind).await;
        let sub = scene.server.texts("SELECT id FROM users").await.remove(0);
        scene.server.sql(&format!("INSERT INTO passwords (user_id, hash, changed_at) VALUES ('{sub}', 'x', 0)")).await;
        let identity = scene.server.texts("SELECT id FROM identities").await.remove(0);
        let page = scene.browser.open("/account/ways-in").await;
        scene.browser.press(&page, &format!("unlink-{identity}"), &[]).await;
        gone(&scene.server).await;
        assert_eq!(scene.upstream.revoked().len(), 1, "{kind:?}");
    }
}

/// An undone link, an account that is taken over, an identity that got no account for a month: all delete the row.
async fn whatever_takes_an_identity_away_gives_its_tokens_back(database: Database) {
    for kind in [Kind::Google, Kind::Line, Kind::GitHub, Kind::Facebook, Kind::X, Kind::Oidc, Kind::OAuth2] {
        let scene = Scene::of(database, kind).await;
        scene.server.sql("DELETE FROM identities").await;
        gone(&scene.server).await;
        assert_eq!(scene.upstream.revoked().len(), 1, "{kind:?}");
        let access_token = &scene.upstream.issued()[0]["access_token"];
        assert!(!scene.upstream.knows(access_token), "{kind:?}");
    }
}

async fn a_provider_that_is_down_is_asked_for_a_day(database: Database) {
    let scene = Scene::of(database, Kind::Oidc).await;
    scene.upstream.answer_with(Endpoint::Revocation, Reply::html(503, "<h1>Later</h1>"));
    scene.server.sql("DELETE FROM identities").await;
    let failed = "SELECT id FROM upstream_tokens WHERE failures = 1 AND released_at IS NOT NULL";
    eventually("it failed", async || (!scene.server.texts(failed).await.is_empty()).then_some(())).await;
    // Not again at once.
    let asked = scene.upstream.count(Endpoint::Revocation);
    let early = "SELECT id FROM upstream_tokens WHERE retry_at <= released_at + 30";
    assert!(asked == 1 && scene.server.texts(early).await.is_empty());
    scene.server.sql("UPDATE upstream_tokens SET retry_at = 0, released_at = released_at - 86400").await;
    gone(&scene.server).await;
    assert_eq!((scene.upstream.count(Endpoint::Revocation), scene.upstream.revoked().len()), (asked + 1, 0));
    assert!(scene.server.log().contains("could not be given back in a day"), "{}", scene.server.log());
}

/// Where they are given back by an access token, which has to be a good one.
async fn tokens_that_have_run_out_are_given_back_by_fresh_ones(database: Database) {
    for kind in [Kind::Line, Kind::GitHub] {
        let upstream = Upstream::start(kind);
        if kind == Kind::GitHub {
            upstream.enable(Feature::GithubApp);
        }
        let scene = Scene::at(database, upstream).await;
        let old = scene.ask().await.ok();
        scene.run_out().await;
        scene.server.sql("DELETE FROM identities").await;
        gone(&scene.server).await;
        let revoked = scene.upstream.revoked();
        assert!(revoked.len() == 1 && old["access_token"] != revoked[0].as_str(), "{kind:?}: {revoked:?}");
    }
}

/// The operator changed their mind.
async fn what_is_not_to_be_kept_any_more_is_given_back(database: Database) {
    let scene = Scene::of(database, Kind::Oidc).await;
    let mut server = scene.server;
    server.kill();
    server.set("[providers.elsewhere]\nstore_tokens = false\ntoken_clients = []");
    server.restart().await;
    gone(&server).await;
    assert_eq!(scene.upstream.revoked().len(), 1);
    // And Apple's are kept as before, for they are not kept for apps.
    let apple = Upstream::start(Kind::Apple);
    let mut server = Server::start(database, &keeping(&apple, &["web"])).await;
    sign_in(&apple, &server.browser(), &server.app("web")).await;
    server.kill();
    server.set("[providers.elsewhere]\nstore_tokens = false\ntoken_clients = []");
    server.restart().await;
    server.passes(1).await;
    assert_eq!(server.texts("SELECT client_id FROM upstream_tokens").await, [apple.client_id()]);
}

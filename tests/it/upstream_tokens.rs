//! Tokens of providers that are kept: for apps, and to be given back.
mod given_back;
mod renewed;

use crate::{
    federation::PRIVATE,
    support::{
        Answer, AppClient, Browser, Database, Endpoint, Feature, Kind, Params, Server, Upstream, on_each_database,
    },
};
use serde_json::Value;
use toml::Table;

on_each_database!(
    tokens_are_dropped_where_nobody_asked_for_them,
    an_app_gets_a_token_of_every_provider,
    nobody_else_gets_it,
    a_person_sees_what_is_kept_and_ends_it,
    what_is_kept_is_sealed_and_bound_to_whom_it_is_of,
);

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// The settings of a provider whose tokens are kept for these apps.
pub fn keeping(upstream: &Upstream, clients: &[&str]) -> String {
    let mut settings: Table = upstream.settings("elsewhere").parse().unwrap();
    let provider = settings["providers"]["elsewhere"].as_table_mut().unwrap();
    provider.insert("store_tokens".into(), true.into());
    provider.insert("token_clients".into(), clients.to_vec().into());
    if provider["kind"].as_str() == Some("oauth2") {
        provider.insert("scopes".into(), vec!["me", "mail", "offline"].into());
    }
    format!("{PRIVATE}{settings}")
}

/// A server, a provider whose tokens it keeps for the app `web`, and that app with the tokens of somebody who came.
struct Scene {
    server: Server,
    upstream: Upstream,
    browser: Browser,
    app: AppClient,
    tokens: Value,
}

impl Scene {
    async fn of(database: Database, kind: Kind) -> Self {
        Self::at(database, Upstream::start(kind)).await
    }

    async fn at(database: Database, upstream: Upstream) -> Self {
        let server = Server::start(database, &keeping(&upstream, &["web"])).await;
        let (app, browser) = (server.app("web"), server.browser());
        let tokens = sign_in(&upstream, &browser, &app).await;
        Self { server, upstream, browser, app, tokens }
    }

    /// Signs in there once more.
    async fn again(&self) {
        sign_in(&self.upstream, &self.server.browser(), &self.app).await;
    }

    /// Asks for the provider's token.
    async fn ask(&self) -> Answer {
        self.app.token(exchange(&self.tokens)).await
    }

    /// Lets the access token run out.
    async fn run_out(&self) {
        self.server.sql("UPDATE upstream_tokens SET expires_at = 1").await;
    }

    /// Lets the pause after a failure pass.
    async fn pause(&self) {
        self.server.sql("UPDATE upstream_tokens SET retry_at = 0").await;
    }

    async fn is_empty(&self) -> bool {
        self.server.texts("SELECT id FROM upstream_tokens").await.is_empty()
    }
}

/// Signs in with a provider, on the way to an app, which gets tokens.
pub async fn sign_in(upstream: &Upstream, browser: &Browser, app: &AppClient) -> Value {
    let page = browser.open(app.authorize_url()).await;
    let mut page = browser.sign_in_with(upstream, &page, "elsewhere").await;
    if page.has("consent-allow") {
        page = browser.press(&page, "consent-allow", &[]).await;
    }
    app.redeem(&page.callback().code()).await.ok()
}

pub fn exchange(tokens: &Value) -> Params {
    Params::new(&[
        ("grant_type", EXCHANGE),
        ("subject_token", tokens["access_token"].as_str().unwrap()),
        ("subject_token_type", ACCESS_TOKEN),
        ("requested_issuer", "elsewhere"),
    ])
}

async fn tokens_are_dropped_where_nobody_asked_for_them(database: Database) {
    for kind in Kind::ALL {
        let upstream = Upstream::start(kind);
        let server = Server::start(database, &format!("{PRIVATE}{}", upstream.settings("elsewhere"))).await;
        let app = server.app("web");
        let tokens = sign_in(&upstream, &server.browser(), &app).await;
        app.token(exchange(&tokens)).await.assert_error(400, "invalid_target");
        let kept = server.texts("SELECT CASE WHEN access IS NULL THEN client_id ELSE 'both' END FROM upstream_tokens");
        // Apple's, to be given back when the account goes.
        let expected = if kind == Kind::Apple { vec![upstream.client_id()] } else { vec![] };
        assert_eq!(kept.await, expected, "{kind:?}");
        let query = upstream.requests(Endpoint::Authorization)[0].query.clone();
        assert!(!query.encoded().contains("offline"), "{kind:?}: {query:?}");
    }
}

async fn an_app_gets_a_token_of_every_provider(database: Database) {
    for kind in Kind::ALL {
        let scene = Scene::of(database, kind).await;
        let answer = scene.ask().await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let given = answer.ok();
        assert!(scene.upstream.knows(&given["access_token"]), "{kind:?}: {given}");
        assert_eq!((&given["issued_token_type"], &given["token_type"]), (&ACCESS_TOKEN.into(), &"Bearer".into()));
        // Facebook's and Instagram's last for sixty days.
        let lasts = match kind {
            Kind::GitHub => None,
            Kind::Facebook | Kind::Instagram => Some(5_000_000..=5_184_000),
            Kind::Line => Some(2_500_000..=2_592_000),
            _ => Some(3500..=7200),
        };
        let expires_in = given["expires_in"].as_i64();
        assert!(lasts.is_none_or(|lasts| lasts.contains(&expires_in.unwrap())), "{kind:?}: {given}");
        assert_eq!(kind == Kind::GitHub, expires_in.is_none());
        assert!(given.get("refresh_token").is_none(), "{given}");
        // Nobody is asked once more.
        let asked = scene.upstream.count(Endpoint::Token);
        assert_eq!(scene.ask().await.ok()["access_token"], given["access_token"]);
        assert_eq!(scene.upstream.count(Endpoint::Token), asked);
        let query = scene.upstream.requests(Endpoint::Authorization)[0].query.clone();
        let scope = query.get("scope").unwrap_or_default();
        let offline = match kind {
            Kind::Microsoft | Kind::Oidc => "offline_access",
            Kind::X => "offline.access",
            Kind::OAuth2 => "offline",
            _ => "",
        };
        assert_eq!(
            scope.split(' ').find(|scope| scope.starts_with("offline")).unwrap_or_default(),
            offline,
            "{kind:?}"
        );
        if kind == Kind::Google {
            assert_eq!((query.get("access_type"), query.get("prompt")), (Some("offline"), Some("consent")));
        }
    }
}

/// `providers.md` bug 51: the limit of an app holds here, too.
async fn nobody_else_gets_it(database: Database) {
    let upstream = Upstream::start(Kind::Oidc);
    let server = Server::start(database, &keeping(&upstream, &["web", "spa", "elsewhere-only"])).await;
    let (web, post, spa) = (server.app("web"), server.app("post"), server.app("spa"));
    let tokens = sign_in(&upstream, &server.browser(), &web).await;
    web.token(exchange(&tokens)).await.ok();
    // Not one that is not named, nor one that cannot prove who it is.
    let theirs = sign_in(&upstream, &server.browser(), &post).await;
    post.token(exchange(&theirs)).await.assert_error(400, "invalid_target");
    let theirs_too = sign_in(&upstream, &server.browser(), &spa).await;
    spa.token(exchange(&theirs_too)).await.assert_error(400, "unauthorized_client");
    let nameless = exchange(&tokens).with("client_id", "web");
    server
        .http
        .post("/token", &nameless, reqwest::header::HeaderMap::default())
        .await
        .assert_error(401, "invalid_client");
    // Nor for a token of another app's, or of another kind.
    for wrong in [&theirs["access_token"], &tokens["id_token"], &tokens["refresh_token"], &"nothing".into()] {
        let request = exchange(&tokens).with("subject_token", wrong.as_str().unwrap());
        web.token(request).await.assert_error(400, "invalid_grant");
    }
    for provider in ["google", "No%20Name", "local"] {
        web.token(exchange(&tokens).with("requested_issuer", provider)).await.assert_error(400, "invalid_target");
    }
    // A person who has nothing there.
    let alice = server.user("Alice");
    let local = web.tokens(&server.browser(), &alice).await;
    web.token(exchange(&local)).await.assert_error(400, "invalid_target");
    // A token that has ended.
    web.revoke(&tokens["access_token"]).await;
    web.token(exchange(&tokens)).await.assert_error(400, "invalid_grant");
    let tokens = web.refresh(&tokens).await.ok();
    web.token(exchange(&tokens)).await.ok();
    let mut server = server;
    let sub = server.claims(&tokens["id_token"]).await["sub"].as_str().unwrap().to_owned();
    server.disable(&sub).await;
    web.token(exchange(&tokens)).await.assert_error(400, "invalid_grant");
    server.sql("UPDATE users SET disabled_at = NULL").await;
    // An account there that its provider says is not to be relied on.
    server.sql("UPDATE identities SET suspended_at = 1").await;
    web.token(exchange(&tokens)).await.assert_error(400, "invalid_target");
    server.sql("UPDATE identities SET suspended_at = NULL").await;
    // An app that is limited to other ways in since.
    web.token(exchange(&tokens)).await.ok();
    let mut client = server.registration("web");
    client["allowed_providers"] = vec!["local"].into();
    server.kill();
    server.set(
        &toml::to_string(&Table::from_iter([("clients".into(), vec![toml::Value::try_from(client).unwrap()].into())]))
            .unwrap(),
    );
    server.restart().await;
    web.token(exchange(&tokens)).await.assert_error(400, "invalid_target");
}

async fn a_person_sees_what_is_kept_and_ends_it(database: Database) {
    for kind in Kind::ALL {
        let upstream = Upstream::start(kind);
        if kind == Kind::GitHub {
            upstream.enable(Feature::GithubApp);
        }
        let scene = Scene::at(database, upstream).await;
        let given = scene.ask().await.ok();
        let page = scene.browser.open("/account/ways-in").await;
        assert!(page.body.contains("Web App") && page.body.contains("may use your"), "{page}");
        assert!(!page.body.contains(given["access_token"].as_str().unwrap()));
        let japanese = scene.browser.clone().speaking("ja").open("/account/ways-in").await;
        assert!(japanese.body.contains("次のアプリが"), "{japanese}");
        let identity = scene.server.texts("SELECT id FROM identities").await.remove(0);
        let page = scene.browser.press(&page, &format!("end-access-{identity}"), &[]).await;
        assert!(page.status == 200 && !page.body.contains("may use your"), "{page}");
        scene.ask().await.assert_error(400, "invalid_target");
        crate::support::eventually("it is given back", async || scene.is_empty().await.then_some(())).await;
        // Microsoft and Instagram have no way to.
        if ![Kind::Microsoft, Kind::Instagram].contains(&kind) {
            assert_eq!(scene.upstream.revoked().len(), 1, "{kind:?}");
            assert!(!scene.upstream.knows(&given["access_token"]), "{kind:?}");
        }
        assert!(scene.browser.open("/account/activity").await.body.contains("Access to an account elsewhere ended"));
        // The way in is there as before; signing in keeps them anew.
        scene.again().await;
        assert!(scene.upstream.knows(&scene.ask().await.ok()["access_token"]));
    }
}

async fn what_is_kept_is_sealed_and_bound_to_whom_it_is_of(database: Database) {
    let scene = Scene::of(database, Kind::Oidc).await;
    let given = scene.ask().await.ok();
    let issued = scene.upstream.issued();
    assert_eq!(issued[0]["access_token"], given["access_token"]);
    let rows = scene.server.rows().await.join("\n");
    let log = scene.server.log();
    for name in ["access_token", "refresh_token", "id_token"] {
        let token = issued[0][name].as_str().unwrap();
        assert!(!rows.contains(token) && !log.contains(token), "{name}");
        let hex = token.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        assert!(!rows.to_lowercase().contains(&hex), "{name}");
    }
    let page = scene.browser.open("/account/leave").await;
    let copy = scene.browser.submit(&page.form("leave-export")).await;
    assert!(copy.ok()["identities"][0]["tokens_kept_since"].is_number(), "{copy}");
    assert!(!copy.body.contains(given["access_token"].as_str().unwrap()));
    // Whoever can write into the database cannot give somebody the tokens of somebody else.
    scene.upstream.account(crate::support::Account::new("another").email("mallory@mail.test").name("Mallory"));
    let mallory = sign_in(&scene.upstream, &scene.server.browser(), &scene.app).await;
    let theirs = scene.app.token(exchange(&mallory)).await.ok();
    assert_ne!(theirs["access_token"], given["access_token"]);
    scene
        .server
        .sql(
            "UPDATE upstream_tokens SET
                 access = (SELECT t.access FROM upstream_tokens t JOIN identities i ON i.id = t.identity_id
                           WHERE i.subject <> 'another')
             WHERE identity_id = (SELECT id FROM identities WHERE subject = 'another')",
        )
        .await;
    scene.app.token(exchange(&mallory)).await.assert_error(400, "invalid_target");
    assert_eq!(scene.ask().await.ok()["access_token"], given["access_token"]);
}

//! LINE's official accounts: who is asked to add one as a friend, and what an app learns of it.
use crate::{
    linking::{come, count, is_in, start},
    native,
    support::{
        AppClient, Browser, Database, Endpoint, Fault, Feature, Kind, Native, Reply, Server, Upstream, on_each_database,
    },
};
use serde_json::{Value, json};

on_each_database!(an_app_learns_who_is_a_friend, whoever_is_a_friend_need_not_be_known);

/// An app on a device, and for its server the same scopes.
const APP: &str = "
[[clients]]
client_id = 'shop'
client_name = 'Shop'
client_secret = 'shop-secret-0123456789-0123456789'
redirect_uris = ['https://shop.test/cb']
grant_types = ['authorization_code', 'client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange']
scope = 'openid profile line_friend api'
";

/// What an app that asks for it is told of whoever is signed in.
async fn told(app: &AppClient, browser: &Browser) -> Value {
    let page = browser.open(app.authorize_url()).await;
    let page = if page.has("consent-allow") {
        assert!(page.body.contains("friend of its LINE account"), "{page}");
        browser.press(&page, "consent-allow", &[]).await
    } else {
        page
    };
    let tokens = app.redeem(&page.callback().code()).await.ok();
    app.userinfo(&tokens).await.ok()["line_friend"].clone()
}

fn shop(server: &Server) -> AppClient {
    server.app("shop").asking_for("openid profile line_friend")
}

/// `providers.md` section 3: the status is asked where people are asked to add the account, and nowhere else.
async fn an_app_learns_who_is_a_friend(database: Database) {
    let line = Upstream::start(Kind::Line);
    let server = start(database, APP, &[("line", &line, "bot_prompt = 'normal'")]).await;
    let (shop, browser) = (shop(&server), server.browser());
    assert!(is_in(&come(&browser, &line, "line").await));
    assert_eq!(line.requests(Endpoint::Authorization)[0].get("bot_prompt"), Some("normal"));
    assert_eq!((told(&shop, &browser).await, line.count(Endpoint::Friendship)), (json!(true), 1));
    assert!(browser.open("/account/ways-in").await.body.contains("friend of our official account on LINE"));
    let metadata = server.http.get("/.well-known/openid-configuration").await.json();
    for list in ["scopes_supported", "claims_supported"] {
        assert!(metadata[list].as_array().unwrap().contains(&json!("line_friend")), "{metadata}");
    }
    // They block the account, and come once more.
    line.disable(Feature::Friend);
    let browser = server.browser();
    come(&browser, &line, "line").await;
    assert_eq!(told(&shop, &browser).await, json!(false));
    assert!(!browser.open("/account/ways-in").await.body.contains("friend of our official account"));
    // It is of a person: an app has none for itself, and one that did not ask is told nothing.
    assert_eq!(shop.token(shop.own_grant()).await.status, 400);
    let silent = server.app("shop").asking_for("openid profile");
    assert_eq!(told(&silent, &browser).await, Value::Null);
    // By an access token from LINE's SDK as well.
    line.enable(Feature::Friend);
    let token = line.native_access_token(Native::default());
    let exchange = native::exchange(native::ACCESS_TOKEN, &token);
    let exchange = exchange.with("subject_issuer", "line").with("scope", "openid line_friend");
    let tokens = shop.token(exchange).await.ok();
    assert_eq!(shop.userinfo(&tokens).await.ok()["line_friend"], true);
}

/// What cannot be asked costs the knowledge, and nothing else.
async fn whoever_is_a_friend_need_not_be_known(database: Database) {
    let (line, quiet) = (Upstream::start(Kind::Line), Upstream::start(Kind::Line));
    let providers = [("line", &line, "bot_prompt = 'aggressive'"), ("quiet", &quiet, "")];
    let server = start(database, APP, &providers).await;
    let shop = shop(&server);
    for fault in [
        Fault::Answer(Reply::json(400, &json!({ "message": "No login bot linked this channel." }))),
        Fault::Answer(Reply::json(200, &json!({ "friendFlag": "true" }))),
        Fault::Answer(Reply::html(200, "<h1>LINE</h1>")),
        Fault::HangsUp,
        Fault::Holds,
    ] {
        line.fail(Endpoint::Friendship, fault.clone());
        let browser = server.browser();
        assert!(is_in(&come(&browser, &line, "line").await), "{fault:?}");
        assert_eq!(told(&shop, &browser).await, Value::Null, "{fault:?}");
    }
    line.recover(Endpoint::Friendship);
    // What was known once stays known.
    come(&server.browser(), &line, "line").await;
    line.fail(Endpoint::Friendship, Fault::HangsUp);
    let browser = server.browser();
    come(&browser, &line, "line").await;
    assert_eq!(told(&shop, &browser).await, json!(true));
    // Where nobody is asked to add an account, LINE is not asked either.
    let browser = server.browser();
    assert!(is_in(&come(&browser, &quiet, "quiet").await));
    assert_eq!((told(&shop, &browser).await, quiet.count(Endpoint::Friendship)), (Value::Null, 0));
    assert_eq!(count(&server, "users").await, 2);
}

//! Apps, by the API and by the command line.
use super::{Api, operator};
use crate::support::{Answer, AppClient, Database, Server, basic, eventually, on_each_database};
use reqwest::{Method, header::IF_MATCH};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

on_each_database!(
    an_app_is_made_changed_and_removed,
    a_secret_is_told_once_and_the_one_before_lasts_as_long_as_chosen,
    what_the_settings_register_they_alone_change,
    ten_thousand_apps_are_found_quickly,
    lifetimes_of_one_app_are_its_own,
    commands_are_written_down,
);

/// Sends a request to the API for a version.
async fn to_version(server: &Server, api: &Api<'_>, (method, path): (Method, &str), tag: &str, body: &Value) -> Answer {
    let request = server.http.request(method, &format!("/api/admin/v1{path}")).bearer_auth(api.key());
    Answer::of(request.header(IF_MATCH, tag).json(body)).await
}

/// `security.md` AD-02 and AD-08.
async fn an_app_is_made_changed_and_removed(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "admin");
    let body = json!({ "client_id": "shop", "client_name": "Shop", "redirect_uris": ["https://shop.test/cb"] });
    let made = api.post("/apps", body.clone()).await;
    assert_eq!((made.status, made.header("etag")), (201, Some("\"1\"")), "{made}");
    let secret = made.json()["client_secret"].as_str().unwrap().to_owned();
    assert_eq!(api.post("/apps", body).await.status, 422, "the id is taken");

    // It signs people in at once.
    let (alice, browser) = (server.user("Alice"), server.browser());
    let shop = AppClient::new(server.http.clone(), &made.json());
    assert!(shop.tokens(&browser, &alice).await["id_token"].is_string());

    let other = json!({ "client_name": "Shop 2", "redirect_uris": ["https://shop.test/cb"], "scope": "openid" });
    let path = "/apps/shop";
    let stale = to_version(&server, &api, (Method::PUT, path), "\"7\"", &other).await;
    assert_eq!((stale.status, stale.json()["code"].as_str()), (412, Some("changed_meanwhile")), "{stale}");
    assert_eq!(to_version(&server, &api, (Method::PUT, path), "W/\"1\"", &other).await.status, 412);
    let changed = to_version(&server, &api, (Method::PUT, path), "\"1\"", &other).await;
    assert_eq!((changed.status, changed.header("etag")), (200, Some("\"2\"")), "{changed}");
    assert!(changed.json().get("client_secret").is_none(), "the secret stays: {changed}");
    assert_eq!(api.send(Method::PUT, path, &other).await.header("etag"), Some("\"2\""), "nothing has changed");
    assert!(shop.tokens(&browser, &alice).await["id_token"].is_string());

    for (body, status) in [
        (json!({ "client_name": "x", "redirect_uris": ["http://shop.test/cb"] }), 422),
        (json!({ "client_name": "x", "redirect_uris": ["https://shop.test/cb"], "version": 1 }), 400),
        (json!({ "client_name": "x", "redirect_uris": ["https://shop.test/cb"], "secret_digest": "x" }), 400),
        (json!({ "client_name": "x", "redirect_uris": ["https://shop.test/cb"], "client_id": "other" }), 422),
        (json!({ "client_name": "x", "redirect_uris": ["https://shop.test/cb"], "client_secret": secret }), 422),
        (json!({ "client_name": "x", "redirect_uris": ["https://shop.test/cb"], "access_token_lifetime": 5 }), 422),
    ] {
        let refused = api.send(Method::PUT, path, &body).await;
        assert_eq!(refused.status, status, "{body}: {refused}");
    }
    let faults = api.post("/apps", json!({ "client_name": "", "redirect_uris": ["x"] })).await.json();
    let fields: Vec<_> = faults["errors"].as_array().unwrap().iter().map(|fault| &fault["field"]).collect();
    assert_eq!(fields, ["redirect_uris", "client_name"], "{faults}");

    assert_eq!(to_version(&server, &api, (Method::DELETE, path), "\"1\"", &json!({})).await.status, 412);
    assert_eq!(api.send(Method::DELETE, path, &Value::Null).await.status, 204);
    assert_eq!(api.get(path).await.status, 404);
    assert_eq!(shop.redeem("x").await.status, 401);
    let trail = api.get("/audit?client=shop&limit=200").await.ok();
    let kinds: Vec<_> = trail["items"].as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    for kind in ["client_created", "client_updated", "client_deleted"] {
        assert_eq!(kinds.iter().filter(|its| **its == kind).count(), 1, "{trail}");
    }
    let updated = trail["items"].as_array().unwrap().iter().find(|row| row["kind"] == "client_updated").unwrap();
    assert_eq!(updated["details"]["after"], json!({ "client_name": "Shop 2", "scope": "openid" }), "{updated}");
    assert!(!trail.to_string().contains("digest") && !trail.to_string().contains(&secret));
}

/// `security.md` AD-06 and TK-10.
async fn a_secret_is_told_once_and_the_one_before_lasts_as_long_as_chosen(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "admin");
    let body = json!({ "client_id": "job", "client_name": "Job", "grant_types": ["client_credentials"], "scope": "a" });
    let first = api.post("/apps", body).await.json()["client_secret"].as_str().unwrap().to_owned();
    let renew = async |overlap: i64| {
        let renewed = api.post("/apps/job/secret", json!({ "overlap": overlap })).await;
        assert_eq!(renewed.status, 200, "{renewed}");
        renewed.json()["client_secret"].as_str().unwrap().to_owned()
    };
    let opens = async |secret: &str| {
        let form = [("grant_type", "client_credentials")];
        server.http.post("/token", &crate::support::Params::new(&form), basic("job", secret)).await.status == 200
    };
    assert!(opens(&first).await);
    let second = renew(86_400).await;
    assert!(opens(&first).await && opens(&second).await, "both, while the first lasts");
    let shown = api.get("/apps/job").await.json();
    assert!(shown["previous_secret_until"].is_i64() && shown.get("client_secret").is_none(), "{shown}");

    let third = renew(86_400).await;
    assert!(!opens(&first).await, "one before it is all there is");
    assert!(opens(&second).await && opens(&third).await);
    let gone = api.send(Method::DELETE, "/apps/job/secret/previous", &Value::Null).await;
    assert_eq!(gone.status, 200, "{gone}");
    assert!(!opens(&second).await && opens(&third).await);

    let fourth = renew(1).await;
    eventually("the secret before runs out", async || (!opens(&third).await).then_some(())).await;
    let fifth = renew(0).await;
    assert!(!opens(&fourth).await && opens(&fifth).await);
    for overlap in [-1, 30 * 86_400 + 1] {
        assert_eq!(api.post("/apps/job/secret", json!({ "overlap": overlap })).await.status, 422);
    }

    // Nowhere else are they, nor what is kept of them.
    let told = [api.get("/apps").await.body, api.get("/apps/job").await.body, api.get("/audit").await.body].join("");
    let rows = server.rows().await.join("\n");
    for secret in [&first, &second, &third, &fourth, &fifth] {
        assert!(!told.contains(secret) && !rows.contains(secret) && !server.log().contains(secret));
    }
    assert!(!told.contains("digest"), "{told}");
    assert_eq!(api.get("/apps?q=digest").await.json()["items"], json!([]), "no search looks at them");
}

async fn what_the_settings_register_they_alone_change(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "owner");
    let web = api.get("/apps/web").await.json();
    assert_eq!(web["source"], "settings", "{web}");
    let body = json!({ "client_name": "x", "redirect_uris": ["https://evil.test/cb"] });
    for answer in [
        api.send(Method::PUT, "/apps/web", &body).await,
        api.send(Method::DELETE, "/apps/web", &Value::Null).await,
        api.post("/apps/web/secret", json!({})).await,
        api.send(Method::DELETE, "/apps/web/secret/previous", &Value::Null).await,
    ] {
        assert_eq!(answer.status, 409, "{answer}");
    }
    assert_eq!(api.get("/apps/web").await.json(), web);
    assert_eq!(Api::of(&server, "auditor").post("/apps", body.clone()).await.status, 403);
    assert_eq!(Api::of(&server, "support").get("/apps").await.status, 403);
    assert_eq!(api.post("/apps/nothing/secret", json!({})).await.status, 404);
}

async fn ten_thousand_apps_are_found_quickly(database: Database) {
    let server = Server::start(database, "").await;
    let statement = "INSERT INTO clients (id, source, metadata, created_at, found_by)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
         SELECT 'bulk-' || i, 'command', replace(metadata, '\"client_id\":\"web\"', '\"client_id\":\"bulk-' || i || '\"'),
             1000 + i / 100, 'bulk-' || i || ' 100%_sure' FROM clients, n WHERE id = 'web'";
    server.sql(statement).await;
    let api = Api::of(&server, "auditor");
    let begun = Instant::now();
    let mut found = 0;
    let mut after = String::new();
    loop {
        let page = api.get(&format!("/apps?q=BULK-77&limit=50{after}")).await.json();
        found += page["items"].as_array().unwrap().len();
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(found, 111, "77, 770 to 779, 7700 to 7799");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    // What is a pattern to the database is none to people.
    assert_eq!(api.get("/apps?q=100%25_s&limit=1").await.json()["items"].as_array().unwrap().len(), 1);
    for nothing in ["100_%25", "b%25k", "!"] {
        assert_eq!(api.get(&format!("/apps?q={nothing}")).await.json()["items"], json!([]), "{nothing}");
    }
    assert_eq!(api.get("/apps?after=x").await.status, 400);
}

async fn lifetimes_of_one_app_are_its_own(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "admin");
    let body = json!({ "client_name": "Brief", "redirect_uris": ["https://brief.test/cb"],
        "access_token_lifetime": 77, "refresh_token_lifetime": 300 });
    let made = api.post("/apps", body).await.json();
    let (alice, browser) = (server.user("Alice"), server.browser());
    let brief = AppClient::new(server.http.clone(), &made);
    let tokens = brief.tokens(&browser, &alice).await;
    assert_eq!(tokens["expires_in"], 77, "{tokens}");
    let claims = server.claims(&tokens["access_token"]).await;
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 77);
    let idle = format!("client_id='{}' AND idle_expires_at - refresh_rotated_at <= 310", brief.client_id);
    server.sql(&format!("DELETE FROM grants WHERE {idle}")).await;
    let refused = brief.refresh(&tokens).await;
    assert_eq!(refused.status, 400, "its time without use was its own: {refused}");
}

/// `security.md` AD-08.
async fn commands_are_written_down(database: Database) {
    let server = Server::start(database, "").await;
    let made = server.cli(
        &["client", "create", "--name", "By Hand", "--id", "hand", "--redirect-uri", "https://hand.test/", "--json"],
        "",
    );
    let secret = serde_json::from_str::<Value>(&made).unwrap()["client_secret"].as_str().unwrap().to_owned();
    server.cli(&["client", "remove", "hand"], "");
    let (status, _, told) = server.try_cli(&["client", "remove", "web"], "");
    assert!(!status.success() && told.contains("no command has registered"), "{told}");
    let (_, browser) = operator(&server, "owner").await;
    assert_eq!(browser.open("/admin").await.status, 200);
    let trail = Api::of(&server, "auditor").get("/audit?client=hand").await.ok();
    let rows = trail["items"].as_array().unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row["kind"].as_str().unwrap(), row["actor"].as_str().unwrap())).collect();
    assert_eq!(told, [("client_deleted", "command"), ("client_created", "command")], "{trail}");
    assert!(!trail.to_string().contains(&secret));
}

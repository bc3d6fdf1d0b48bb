//! What is written down of what apps and people do, and what never is.
use super::{Api, operator};
use crate::support::{Database, Params, Server, basic, eventually, on_each_database, refresh_grant};
use serde_json::{Value, json};

on_each_database!(what_apps_do_is_written_down_without_secrets, a_flood_of_refusals_does_not_fill_the_trail);

/// `security.md` LG-01.
async fn what_apps_do_is_written_down_without_secrets(database: Database) {
    let server = Server::start(database, "[log]\nlevel = \"trace\"").await;
    let (web, person) = (server.app("web"), server.user("Alice"));
    let api = Api::of(&server, "auditor");
    let browser = server.browser();
    let callback = web.callback(&browser, &person).await;
    let tokens = web.redeem(&callback.code()).await.ok();
    let row = api.get("/audit?kind=signed_in&client=web").await.ok()["items"][0].clone();
    assert_eq!((&row["user"], &row["details"]), (&json!(person.sub), &json!({ "methods": ["pwd"] })), "{row}");

    assert_eq!(web.revoke(&tokens["access_token"]).await.status, 200);
    assert_eq!(web.revoke(&tokens["refresh_token"]).await.status, 200);
    // Nothing is left to be revoked, and nothing is written.
    assert_eq!(web.revoke(&tokens["refresh_token"]).await.status, 200);
    let rows = api.get("/audit?kind=token_revoked").await.ok()["items"].clone();
    let rows = rows.as_array().unwrap();
    let objects: Vec<_> = rows.iter().map(|row| row["object"].as_str().unwrap().split(':').next().unwrap()).collect();
    assert_eq!(objects, if tokens["refresh_token"].is_null() { vec!["token"] } else { vec!["grant", "token"] });
    assert!(rows.iter().all(|row| row["actor"] == "client:web" && row["request_id"].is_string()), "{rows:?}");
    web.post("/token", refresh_grant(&tokens)).await;

    let other = server.app("post");
    let page = browser.open(other.authorize_url().as_str()).await;
    browser.press(&page, "consent-deny", &[]).await;
    let rows = api.get("/audit?kind=app_refused").await.ok();
    assert_eq!(
        (&rows["items"][0]["user"], &rows["items"][0]["client"]),
        (&json!(person.sub), &json!("post")),
        "{rows}"
    );

    let wrong = "a-wrong-secret-that-nobody-reads";
    let form = Params::new(&[("grant_type", "client_credentials")]);
    let hostile = "stranger {\"level\":\"ERROR\"}<svg onload=alert(1)>";
    server.http.post("/token", &form, basic("web", wrong)).await.assert_error(401, "invalid_client");
    server.http.post("/token", &form, basic(hostile, wrong)).await.assert_error(401, "invalid_client");
    let rows = eventually("both are written down", async || {
        let rows = api.get("/audit?kind=client_refused").await.ok()["items"].clone();
        (rows.as_array().unwrap().len() == 2).then_some(rows)
    })
    .await;
    let clients: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["client"].clone()).collect();
    assert!(clients.contains(&json!("web")) && clients.contains(&Value::Null), "{rows}");

    let secret = server.registration("web")["client_secret"].as_str().unwrap().to_owned();
    let mut canaries = vec![secret, person.password, wrong.into(), callback.code(), hostile.into()];
    canaries.extend(
        ["access_token", "refresh_token", "id_token"].iter().filter_map(|name| tokens[*name].as_str()).map(Into::into),
    );
    let (trail, log) = (
        server
            .texts(
                "SELECT actor || coalesce(object, '') || coalesce(details, '') || \
        coalesce(user_agent, '') FROM audit",
            )
            .await
            .join("\n"),
        server.log(),
    );
    for canary in canaries {
        assert!(!trail.contains(&canary) && !log.contains(&canary), "{canary:?}");
    }
}

async fn a_flood_of_refusals_does_not_fill_the_trail(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "auditor").await;
    for n in 0..40 {
        let name = if n % 2 == 0 { "web".into() } else { format!("stranger {n}") };
        let form = Params::new(&[("token", "x")]);
        for path in ["/token", "/introspect", "/revoke"] {
            assert_eq!(server.http.post(path, &form, basic(&name, "wrong")).await.status, 401);
        }
    }
    let page = eventually("they are written down", async || {
        let page = browser.open("/admin/audit?kind=client_refused").await;
        (page.texts("#rows > tr").len() >= 2).then_some(page)
    })
    .await;
    let rows = page.texts("#rows > tr").len();
    assert!(rows <= 4, "one a minute for the app, and one for all strangers: {rows}");
}

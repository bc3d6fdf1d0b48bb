//! What has been changed by hand since a file was applied, on the page and by the API.
use super::{Api, operator, signed_in_earlier};
use crate::support::{Database, Server, on_each_database};
use serde_json::{Value, json};

on_each_database!(what_has_been_changed_since_a_file_was_applied_is_shown, the_export_asks_for_a_fresh_sign_in);

const FILE: &str = r#"
[instance]
name = "Hana"
[mail]
from = "Hana <hana@people.test>"
smtp_url = "smtps://genkan:mail-password@mail.test"
[[groups]]
name = "staff"
[providers.google]
client_id = "google-client"
client_secret = "google-gave-us-this"
[[clients]]
client_id = "shop"
client_name = "Shop"
client_secret = "a-secret-of-the-shop-that-is-long"
redirect_uris = ["https://shop.test/callback"]
"#;

async fn differences(api: &Api<'_>) -> Vec<Value> {
    api.get("/configuration").await.ok()["differences"].as_array().expect("there are some").clone()
}

async fn what_has_been_changed_since_a_file_was_applied_is_shown(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let api = Api::of(&server, "owner");
    assert_eq!(api.get("/configuration").await.ok(), json!({}));
    assert!(browser.open("/admin/configuration").await.has("configuration-never"));

    server.cli(&["apply", "-"], FILE);
    let told = api.get("/configuration").await.ok();
    assert_eq!((&told["applied_by"], &told["differences"]), (&json!("command"), &json!([])), "{told}");
    assert!(browser.open("/admin/configuration").await.has("configuration-same"));
    assert!(!browser.open("/admin").await.has("notice-drift"));

    server.cli(&["settings", "set", "instance.name", "Another"], "");
    server.cli(&["settings", "set", "mail.smtp_url"], "smtps://genkan:other@mail.test");
    server.cli(&["client", "create", "--name", "New", "--id", "new", "--redirect-uri", "https://new.test/cb"], "");
    server.cli(&["provider", "set", "google"], "client_id = 'google-client'\nclient_secret = 'another-of-google'");
    let rotated = api.post("/apps/shop/secret", json!({ "overlap": 0 })).await;
    assert_eq!(rotated.status, 200, "{rotated}");
    let expected = [
        json!({ "action": "change", "kind": "setting", "name": "instance.name",
                "before": { "value": "Another" }, "after": { "value": "Hana" } }),
        json!({ "action": "change", "kind": "client", "name": "shop",
                "before": { "client_secret": "changed" }, "after": {} }),
        json!({ "action": "change", "kind": "setting", "name": "mail.smtp_url",
                "before": { "value": "changed" }, "after": {} }),
        json!({ "action": "change", "kind": "provider", "name": "google",
                "before": { "client_secret": "changed" }, "after": {} }),
    ];
    assert_eq!(differences(&api).await, expected);
    let told = api.get("/configuration").await.ok();
    assert_eq!(told["unlisted"], json!([{ "kind": "client", "name": "new" }]));

    let group = api.get("/groups").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(api.send(reqwest::Method::DELETE, &format!("/groups/{group}"), &Value::Null).await.status, 204);
    assert_eq!(api.send(reqwest::Method::DELETE, "/apps/shop", &Value::Null).await.status, 204);
    let told = differences(&api).await;
    let of = |kind: &str| told.iter().find(|step| step["kind"] == kind).expect(kind)["action"].clone();
    assert_eq!((of("group"), of("client")), (json!("add"), json!("add")), "{told:?}");
    let page = browser.open("/admin/configuration").await;
    let rows = page.texts("#differences tbody tr").join("\n");
    for shown in ["instance.name", "Another", "Hana", "mail.smtp_url", "google", "shop", "staff"] {
        assert!(rows.contains(shown), "{shown}: {rows}");
    }
    assert!(page.texts("#unlisted").join("").contains("new"), "{page}");
    for secret in ["mail-password", "google-gave", "of-the-shop", "other@", "another-of"] {
        assert!(!page.body.contains(secret), "{secret}");
    }
    assert!(browser.open("/admin").await.text_of("notice-drift").unwrap().contains('7'));

    // Applied anew, all is as it was.
    server.cli(&["apply", "-", "--prune"], FILE);
    assert_eq!(differences(&api).await, Vec::<Value>::new());
    server.cli(&["client", "create", "--name", "New", "--id", "new", "--redirect-uri", "https://new.test/cb"], "");
    let told = differences(&api).await;
    assert_eq!((told.len(), &told[0]["action"], &told[0]["name"]), (1, &json!("remove"), &json!("new")), "{told:?}");
}

/// `security.md` AD-06, AD-09.
async fn the_export_asks_for_a_fresh_sign_in(database: Database) {
    let server = Server::start(database, "").await;
    let (owner, browser) = operator(&server, "owner").await;
    server.cli(&["apply", "-"], FILE);
    let page = browser.open("/admin/configuration").await;
    let file = browser.press(&page, "configuration-export", &[]).await;
    assert_eq!((file.status, file.header("content-type").unwrap()), (200, "application/toml"), "{file}");
    assert!(file.body.contains("client_id = \"shop\""), "{file}");
    for secret in ["mail-password", "google-gave", "of-the-shop"] {
        assert!(!file.body.contains(secret), "{secret}");
    }
    assert_eq!(Api::of(&server, "auditor").get("/configuration/export").await.body, file.body);
    signed_in_earlier(&server, &owner, 700).await;
    let asked = browser.press(&page, "configuration-export", &[]).await;
    assert_eq!(asked.url.path(), "/login", "{asked}");
    assert!(!asked.body.contains("client_id = \"shop\""), "{asked}");
}

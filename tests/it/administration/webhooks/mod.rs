//! Others who are told of events: what they are told, how it is signed, and what they cannot do to us.
mod receiver;

use super::{Api, operator};
use crate::support::{Database, Server, eventually, on_each_database};
use receiver::{Manner, Receiver};
use reqwest::Method;
use serde_json::{Value, json};

on_each_database!(
    every_event_is_told_signed_and_in_order,
    both_secrets_sign_while_both_are_good,
    what_is_not_taken_is_told_again,
    a_slow_receiver_delays_nobody,
    no_webhook_reaches_what_is_not_public,
    nodes_and_crashes_leave_nothing_out,
    the_pages_do_what_the_api_does
);

const PRIVATE: &str = "[fetch]\nallow_private_networks = true";

async fn made(api: &Api<'_>, url: &str, kinds: Value) -> (String, String) {
    let made = api.post("/webhooks", json!({ "name": "siem", "url": url, "kinds": kinds })).await;
    assert_eq!(made.status, 201, "{made}");
    let made = made.json();
    (made["id"].as_str().unwrap().into(), made["secret"].as_str().unwrap().into())
}

/// `security.md` WH-02 and LG-01.
async fn every_event_is_told_signed_and_in_order(database: Database) {
    let server = Server::start(database, PRIVATE).await;
    let (all, few) = (Receiver::start(), Receiver::start());
    let api = Api::of(&server, "admin");
    let (id, secret) = made(&api, &all.url, json!([])).await;
    let (other, _) = made(&api, &format!("{}?key=very-secret-query", few.url), json!(["signed_out"])).await;
    let listed = api.get("/webhooks").await.ok().to_string();
    assert!(!listed.contains(&secret), "{listed}");
    let key = api.post("/api-keys", json!({ "name": "canary", "role": "auditor" })).await.json();

    let (person, browser) = operator(&server, "support").await;
    let page = browser.open("/logout").await;
    browser.press(&page, "logout-confirm", &[]).await;
    let out = few.of_type("signed_out").await;
    assert_eq!(out.json()["data"]["user"], person.sub.as_str(), "{out:?}");
    all.of_type("signed_out").await;
    let taken = all.taken();
    let told =
        |kind: &str| taken.iter().find(|message| message.json()["type"] == kind).unwrap_or_else(|| panic!("{kind}"));
    for kind in ["webhook_created", "api_key_created", "signed_in", "signed_out"] {
        let message = told(kind);
        assert_eq!(message.signed_by(&[&secret]), [0], "{message:?}");
        assert_eq!(message.head["content-type"], "application/json");
        assert!(message.head["webhook-id"].starts_with("msg_"), "{message:?}");
    }
    let rows: Vec<_> = taken.iter().map(|message| message.json()["data"]["seq"].as_i64().unwrap()).collect();
    assert!(rows.is_sorted(), "{rows:?}");
    let row = &api.get("/audit?kind=signed_out").await.ok()["items"][0];
    assert_eq!(&told("signed_out").json()["data"], row);
    assert_eq!(few.taken().len(), 1, "{:?}", few.taken());

    let sent = taken.iter().map(|message| message.body.clone()).collect::<String>();
    let trail = server.texts("SELECT coalesce(details, '') FROM audit").await.join("\n");
    for (name, canary) in [
        ("the secret", secret.as_str()),
        ("a query", "very-secret-query"),
        ("a key", key["key"].as_str().unwrap()),
        ("a password", &person.password),
    ] {
        for (place, text) in [("the messages", &sent), ("the trail", &trail), ("the log", &server.log())] {
            assert!(!text.contains(canary), "{name} is in {place}");
        }
    }
    assert!(!server.rows().await.join("\n").contains(&secret), "it is sealed");
    let listed = api.get(&format!("/webhooks/{id}/deliveries?limit=1")).await.ok();
    assert_eq!((&listed["items"][0]["kind"], &listed["items"][0]["outcome"]), (&json!("signed_out"), &json!("204")));
    let next = listed["next"].as_str().unwrap();
    let earlier = api.get(&format!("/webhooks/{id}/deliveries?limit=1&before={next}")).await.ok();
    assert_ne!(earlier["items"][0]["id"], listed["items"][0]["id"]);
    assert_eq!(api.send(Method::DELETE, &format!("/webhooks/{other}"), &Value::Null).await.status, 204);
    assert_eq!(api.get(&format!("/webhooks/{other}/deliveries")).await.status, 404);
}

/// `security.md` WH-02.
async fn both_secrets_sign_while_both_are_good(database: Database) {
    let server = Server::start(database, PRIVATE).await;
    let (receiver, api) = (Receiver::start(), Api::of(&server, "admin"));
    let (id, first) = made(&api, &receiver.url, json!(["settings_changed"])).await;
    let rotated = api.post(&format!("/webhooks/{id}/secret"), json!(null)).await.ok();
    let second = rotated["secret"].as_str().unwrap();
    let test = async |n: usize| {
        assert_eq!(api.post(&format!("/webhooks/{id}/test"), json!(null)).await.status, 204);
        eventually("the test comes", async || receiver.taken().get(n).cloned()).await
    };
    let message = test(0).await;
    assert_eq!((message.signed_by(&[&first, second]), &message.json()["type"]), (vec![1, 0], &json!("test")));
    let third = api.post(&format!("/webhooks/{id}/secret"), json!(null)).await.ok();
    let third = third["secret"].as_str().unwrap();
    assert_eq!(test(1).await.signed_by(&[&first, second, third]), [2, 1]);
}

/// `security.md` WH-04: 410 ends it, anything else is tried again, and what was taken can be told again.
async fn what_is_not_taken_is_told_again(database: Database) {
    let server = Server::start(database, PRIVATE).await;
    let (receiver, api) = (Receiver::start(), Api::of(&server, "admin"));
    let (id, _) = made(&api, &receiver.url, json!(["webhook_created"])).await;
    receiver.of_type("webhook_created").await;
    receiver.behave(Manner::Says(500));
    api.post(&format!("/webhooks/{id}/test"), json!(null)).await;
    let deliveries = async || api.get(&format!("/webhooks/{id}/deliveries")).await.ok()["items"].clone();
    let failed = eventually("it is not taken", async || {
        deliveries().await.as_array().unwrap().iter().find(|one| one["outcome"] == "500").cloned()
    })
    .await;
    assert!(failed["due_at"].as_i64() >= failed["created_at"].as_i64().map(|at| at + 5), "{failed}");
    assert_eq!((&failed["attempts"], failed.get("delivered_at")), (&json!(1), None), "{failed}");
    receiver.behave(Manner::Says(200));
    let again = eventually("it is told again", async || {
        deliveries()
            .await
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"] == failed["id"] && one["outcome"] == "200")
            .cloned()
    })
    .await;
    assert_eq!(again["attempts"], 2);
    let same = receiver.taken().iter().filter(|message| failed["id"] == message.head["webhook-id"]).count();
    assert_eq!(same, 2);

    // Told anew: one, and all.
    let count = receiver.taken().len();
    let one =
        deliveries().await.as_array().unwrap().iter().find(|one| one["kind"] == "webhook_created").cloned().unwrap();
    let name = one["id"].as_str().unwrap();
    assert_eq!(api.post(&format!("/webhooks/{id}/deliveries/{name}/replay"), json!(null)).await.status, 204);
    let anew = eventually("it is told anew", async || receiver.taken().get(count).cloned()).await;
    assert_eq!(anew.head["webhook-id"], name);
    assert_eq!(api.post(&format!("/webhooks/{id}/replay"), json!({ "since": 1 })).await.status, 204);
    let anew = eventually("all is told anew", async || receiver.taken().get(count + 1).cloned()).await;
    assert_eq!(anew.head["webhook-id"], name);
    assert_eq!(api.post(&format!("/webhooks/{id}/replay"), json!({ "since": i64::MAX })).await.status, 422);
    assert_eq!(api.post(&format!("/webhooks/{id}/deliveries/x/replay"), json!(null)).await.status, 404);

    // What is given up after days, where nothing else was taken meanwhile, ends it.
    receiver.behave(Manner::Says(500));
    api.post(&format!("/webhooks/{id}/test"), json!(null)).await;
    server.sql("UPDATE deliveries SET attempts = 10 WHERE kind = 'test' AND due_at IS NOT NULL").await;
    let state = async |wanted: &str| {
        eventually("it is disabled", async || {
            let found = api.get(&format!("/webhooks/{id}")).await.ok();
            (found["disabled_for"] == wanted).then_some(found)
        })
        .await
    };
    server.sql("UPDATE deliveries SET created_at = created_at + 1000, due_at = 1, attempts = 10 WHERE delivered_at IS NULL").await;
    let found = state("failed").await;
    assert_eq!(api.post(&format!("/webhooks/{id}/test"), json!(null)).await.status, 409);
    let row = &api.get("/audit?kind=webhook_updated").await.ok()["items"][0];
    assert_eq!((&row["actor"], &row["details"]["after"]["disabled"]), (&json!("genkan"), &json!("failed")), "{row}");

    receiver.behave(Manner::Says(410));
    let changed =
        json!({ "name": "x", "url": receiver.url, "kinds": [], "enabled": true, "version": found["version"] });
    assert_eq!(api.send(Method::PUT, &format!("/webhooks/{id}"), &changed).await.status, 200);
    state("gone").await;
    assert_eq!(api.send(Method::PUT, &format!("/webhooks/{id}"), &changed).await.status, 412);
}

/// `security.md` WH-04.
async fn a_slow_receiver_delays_nobody(database: Database) {
    let server = Server::start(database, PRIVATE).await;
    let (slow, flooding, quick) = (Receiver::start(), Receiver::start(), Receiver::start());
    slow.behave(Manner::Stalls);
    flooding.behave(Manner::Floods);
    let api = Api::of(&server, "admin");
    let (stalled, _) = made(&api, &slow.url, json!([])).await;
    let (flooded, _) = made(&api, &flooding.url, json!([])).await;
    made(&api, &quick.url, json!([])).await;
    slow.of_type("webhook_created").await;
    flooding.of_type("webhook_created").await;
    let begun = std::time::Instant::now();
    operator(&server, "support").await;
    quick.of_type("signed_in").await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "sooner than the slow one is given up");
    eventually("the slow one is given up for now, and the long answer is not read", async || {
        let outcome = async |id: &str| {
            let found = api.get(&format!("/webhooks/{id}/deliveries?limit=200")).await.ok();
            found["items"].as_array().unwrap().last().unwrap()["outcome"].clone()
        };
        (outcome(&stalled).await == "too_slow" && outcome(&flooded).await == "200").then_some(())
    })
    .await;
}

/// `security.md` WH-01.
async fn no_webhook_reaches_what_is_not_public(database: Database) {
    let server = Server::start(database, "").await;
    let (receiver, api) = (Receiver::start(), Api::of(&server, "admin"));
    let port = receiver.url.split([':', '/']).nth(4).unwrap();
    for url in [
        receiver.url.as_str(),
        "http://example.com/hook",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "https://example.com:22/",
        "https://user:password@example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "",
    ] {
        let refused = api.post("/webhooks", json!({ "name": "x", "url": url })).await;
        assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &json!("url")), "{url}: {refused}");
    }
    // One from before the settings were stricter, and one whose name is not known yet to mean something private.
    let (id, _) = made(&api, "https://example.com/hook", json!(["key_retired"])).await;
    for url in [receiver.url.clone(), format!("https://localhost:{port}/"), format!("https://127.0.0.1:{port}/hook")] {
        let settings = json!({ "name": "x", "url": url, "kinds": ["key_retired"] });
        server.sql(&format!("UPDATE webhooks SET settings = '{settings}'")).await;
        let count = api.get(&format!("/webhooks/{id}/deliveries")).await.ok()["items"].as_array().unwrap().len();
        server.sql("UPDATE deliveries SET due_at = NULL").await;
        assert_eq!(api.post(&format!("/webhooks/{id}/test"), json!(null)).await.status, 204);
        eventually("it is refused", async || {
            let found = api.get(&format!("/webhooks/{id}/deliveries")).await.ok();
            let refused = found["items"].as_array().unwrap().iter().filter(|one| one["outcome"] == "refused").count();
            (refused == count + 1).then_some(())
        })
        .await;
    }
    assert!(receiver.taken().is_empty());

    // A redirect is an answer, and not followed.
    let server = Server::start(database, PRIVATE).await;
    let (first, second) = (Receiver::start(), Receiver::start());
    first.behave(Manner::Redirects(second.url.clone()));
    let api = Api::of(&server, "admin");
    let (id, _) = made(&api, &first.url, json!(["webhook_created"])).await;
    eventually("it is not taken", async || {
        let found = api.get(&format!("/webhooks/{id}/deliveries")).await.ok();
        (found["items"][0]["outcome"] == "307").then_some(())
    })
    .await;
    assert!(second.taken().is_empty());
}

/// Two nodes die, one of them while it tells; what neither has told yet is told soon after another start.
async fn nodes_and_crashes_leave_nothing_out(database: Database) {
    let mut server = Server::start(database, PRIVATE).await;
    let receiver = Receiver::start();
    receiver.behave(Manner::Stalls);
    let api = Api::of(&server, "admin");
    made(&api, &receiver.url, json!(["api_key_created"])).await;
    let second = server.start_another(PRIVATE).await;
    for n in 0..5 {
        let made = api.post("/api-keys", json!({ "name": format!("before {n}"), "role": "auditor" })).await;
        assert_eq!(made.status, 201, "{made}");
    }
    drop(api);
    receiver.of_type("api_key_created").await;
    server.kill();
    drop(second);
    receiver.behave(Manner::Says(204));
    for n in 0..5 {
        let name = format!("after {n}");
        server.cli(&["apikey", "create", "--name", &name, "--role", "auditor"], "");
    }
    let in_vain = receiver.taken().len();
    server.restart().await;
    eventually("each is told", async || {
        let taken = receiver.taken().split_off(in_vain);
        let told = |name: String| taken.iter().any(|one| one.json()["data"]["details"]["after"]["name"] == name);
        (0..5).all(|n| told(format!("before {n}")) && told(format!("after {n}"))).then_some(())
    })
    .await;
}

async fn the_pages_do_what_the_api_does(database: Database) {
    let server = Server::start(database, PRIVATE).await;
    let receiver = Receiver::start();
    let (_, browser) = operator(&server, "admin").await;
    let hostile = "\"><svg onload=alert(1)>";
    let page = browser.open("/admin/webhooks").await;
    let wrong = browser.press(&page, "webhook-create", &[("name", hostile), ("url", "ftp://x.test")]).await;
    assert_eq!((wrong.status, wrong.has("url-error")), (422, true), "{wrong}");
    assert!(!wrong.body.contains("<svg onload"), "{wrong}");
    let page = browser.press(&wrong, "webhook-create", &[("url", &receiver.url), ("kind_key_retired", "1")]).await;
    let secret = page.text_of("webhook-secret").unwrap();
    assert!(page.status == 200 && !page.body.contains("<svg onload"), "{page}");
    let page = browser.open("/admin/webhooks").await;
    assert!(!page.body.contains(&secret), "it is shown once");
    let one = server.texts("SELECT id FROM webhooks").await.remove(0);
    let page = browser.open(format!("/admin/webhooks/{one}")).await;
    let page = browser.press(&page, "webhook-test", &[]).await;
    assert_eq!(receiver.of_type("test").await.signed_by(&[&secret]), [0]);
    let page = browser.press(&page, "webhook-rotate", &[]).await;
    assert_ne!(page.text_of("webhook-secret").unwrap(), secret);
    let stale = browser.open(format!("/admin/webhooks/{one}")).await;
    let page = browser.press(&stale, "webhook-save", &[("name", "better")]).await;
    assert!(page.body.contains("better"), "{page}");
    let refused = browser.press(&stale, "webhook-save", &[("name", "worse")]).await;
    assert_eq!(refused.text_of("error-code").as_deref(), Some("stale"), "{refused}");
    let page = browser.press(&page, "webhook-disable", &[]).await;
    assert!(page.has("webhook-disabled") && !page.has("webhook-test"), "{page}");
    let page = browser.press(&page, "webhook-enable", &[]).await;
    assert!(!page.has("webhook-disabled"), "{page}");
    let wrong = browser.press(&page, "webhook-replay-since", &[("since", "soon")]).await;
    assert_eq!((wrong.status, wrong.has("since-error")), (422, true), "{wrong}");
    let page = browser.press(&page, "webhook-replay-since", &[("since", "2020-01-01T00:00")]).await;
    assert_eq!(page.status, 200, "{page}");
    let (_, auditor) = operator(&server, "auditor").await;
    let seen = auditor.open(format!("/admin/webhooks/{one}")).await;
    assert!(seen.status == 200 && !seen.has("webhook-delete") && !seen.has("webhook-save"), "{seen}");
    let gone = browser.press(&page, "webhook-delete", &[]).await;
    assert!(gone.status == 200 && server.texts("SELECT id FROM webhooks").await.is_empty(), "{gone}");
}

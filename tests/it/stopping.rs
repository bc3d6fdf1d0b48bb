//! Being told to stop, with a balancer in front; and work that one node at a time does.
use crate::support::{Answer, Database, Server, eventually, on_each_database};
use reqwest::Method;
use serde_json::{Value, json};

on_each_database!(
    balancers_learn_first_that_it_stops,
    without_a_delay_it_stops_at_once,
    what_is_not_ready_is_named_and_nothing_else,
    one_node_at_a_time_cleans_up,
);

async fn status_of(server: &Server) -> Option<(u16, Value)> {
    let answer = Answer::try_of(server.http.request(Method::GET, "/readyz")).await.ok()?;
    Some((answer.status, answer.json()))
}

async fn balancers_learn_first_that_it_stops(database: Database) {
    let mut server = Server::start(database, "server.drain_seconds = 300").await;
    assert_eq!(status_of(&server).await.unwrap().0, 200);
    server.signal("TERM");
    let (_, said) =
        eventually("it is not ready", async || status_of(&server).await.filter(|(status, _)| *status == 503)).await;
    assert_eq!(said["status"], "stopping", "{said}");
    assert_eq!(said["parts"]["database"], "ready", "{said}");
    // It serves whoever still comes.
    assert_eq!(server.http.get("/login").await.status, 200);
    assert_eq!(server.http.get("/healthz").await.status, 200);
    // Whoever is in a hurry says so.
    server.signal("INT");
    assert!(server.ended().await.success(), "{}", server.log());
}

async fn without_a_delay_it_stops_at_once(database: Database) {
    let mut server = Server::start(database, "").await;
    assert!(server.terminate().await.success(), "{}", server.log());
    assert!(status_of(&server).await.is_none());
}

async fn what_is_not_ready_is_named_and_nothing_else(database: Database) {
    let server = Server::start(database, "").await;
    // As if all keys were to sign later.
    server.sql("UPDATE signing_keys SET activated_at = 99999999999").await;
    server.sql("UPDATE versions SET version = version + 1 WHERE name = 'signing_keys'").await;
    let not_ready = async |part: &str| {
        let said = status_of(&server).await.filter(|(status, _)| *status == 503)?.1;
        (said["parts"][part] == "not ready").then_some(said)
    };
    let said = eventually("keys are not ready", async || not_ready("keys").await).await;
    let expected = json!({ "status": "not ready", "parts": { "database": "ready", "keys": "not ready" } });
    assert_eq!(said, expected);
    if database == Database::Postgres {
        server.cut_off().await;
        let said = eventually("the database is not ready", async || not_ready("database").await).await;
        let expected = json!({ "status": "not ready", "parts": { "database": "not ready", "keys": "not ready" } });
        assert_eq!(said, expected);
    }
}

async fn one_node_at_a_time_cleans_up(database: Database) {
    let mut server = Server::start(database, "log.level = 'debug'").await;
    let done = "SELECT name FROM leases WHERE done_at > 0 AND expires_at = 0 ORDER BY name";
    let all_done = async || (server.texts(done).await == ["cleanup", "keys"]).then_some(());
    eventually("both are done at the start", all_done).await;
    // Another node is at it, and alive.
    server.sql("UPDATE leases SET holder = 'another', expires_at = 99999999999, done_at = 0").await;
    server.sql("INSERT INTO revoked_tokens (jti, expires_at) VALUES ('old', 1)").await;
    server.kill();
    server.restart().await;
    let left = "left to another node";
    eventually("it is left to the other", async || (server.log().matches(left).count() == 2).then_some(())).await;
    assert_eq!(server.texts("SELECT jti FROM revoked_tokens").await, ["old"]);
    // And dies.
    server.sql("UPDATE leases SET expires_at = 1").await;
    server.kill();
    server.restart().await;
    let gone = async || server.texts("SELECT jti FROM revoked_tokens").await.is_empty().then_some(());
    eventually("what has run out is gone", gone).await;
    assert_eq!(server.texts("SELECT holder FROM leases WHERE holder = 'another' AND name = 'cleanup'").await, [""; 0]);
}

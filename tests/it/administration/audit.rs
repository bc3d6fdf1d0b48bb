//! The audit trail: whatever is done to it shows.
use super::{Api, operator};
use crate::support::{Database, Server, on_each_database};

on_each_database!(whatever_is_done_to_the_trail_shows);

/// `security.md` AD-08.
async fn whatever_is_done_to_the_trail_shows(database: Database) {
    let server = Server::start(database, "").await;
    let (owner, _) = operator(&server, "owner").await;
    let api = Api::of(&server, "admin");
    let rows = api.get(&format!("/audit?user={}", owner.sub)).await.ok();
    assert_eq!(rows["items"][0]["kind"], "signed_in", "{rows}");
    assert_eq!(rows["items"][0]["actor"], format!("person:{}", owner.sub));
    assert!(rows["items"][0]["request_id"].is_string() && rows["items"][0]["address"].is_string());
    let page = api.get("/audit?limit=1").await.ok();
    let next = api.get(&format!("/audit?limit=1&before={}", page["next"])).await.ok();
    assert!(next["items"][0]["seq"].as_i64() < page["items"][0]["seq"].as_i64());
    for bad in ["limit=0", "limit=201", "limit=x", "before=x", "kind=a&kind=b"] {
        assert_eq!(api.get(&format!("/audit?{bad}")).await.status, 400, "{bad}");
    }

    let told = server.cli(&["audit", "verify"], "");
    let anchor = told.rsplit(' ').next().unwrap().trim().to_owned();
    server.cli(&["audit", "verify", "--anchor", &anchor], "");
    let broken = |what: &str| {
        let (status, _, told) = server.try_cli(&["audit", "verify"], "");
        assert!(!status.success() && told.contains("broken"), "{what}: {told}");
    };
    server.sql("UPDATE audit SET address = '192.0.2.9' WHERE seq = 1").await;
    broken("a row that is another");
    server.sql("UPDATE audit SET address = NULL WHERE seq = 1").await;
    server.cli(&["audit", "verify"], "");
    server.sql("CREATE TABLE kept AS SELECT * FROM audit WHERE seq = 2").await;
    server.sql("DELETE FROM audit WHERE seq = 2").await;
    broken("a row that is gone");
    server.sql("INSERT INTO audit SELECT * FROM kept").await;
    server.cli(&["audit", "verify"], "");
    server.sql("UPDATE audit_chain SET base_seq = 2, base_seal = (SELECT seal FROM audit WHERE seq = 2)").await;
    server.sql("DELETE FROM audit WHERE seq <= 2").await;
    broken("a beginning that is another");
}

//! The API as its description has it.
use crate::support::{Database, Script, Server, on_each_database};
use serde_json::Value;

on_each_database!(nothing_that_the_description_allows_is_a_server_error);

/// `security.md` UN-03: by schemathesis, whatever it thinks of.
async fn nothing_that_the_description_allows_is_a_server_error(database: Database) {
    let server = Server::start(database, "").await;
    let key = server.cli(&["apikey", "create", "--name", "schemathesis", "--role", "owner", "--json"], "");
    let key: Value = serde_json::from_str(&key).unwrap();
    let script = Script::python("schemathesis_run.py").with("ISSUER", &server.issuer);
    script.with("KEY", key["key"].as_str().unwrap()).succeeds().await;
    assert!(!server.log().contains("a request failed"), "{}", server.log());
}

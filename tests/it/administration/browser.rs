//! A real Chromium on every page of the administration.
use super::operator;
use crate::support::{Database, Script, Server, on_each_database};
use serde_json::json;

on_each_database!(every_page_is_good_in_a_real_browser);

/// `security.md` XS-01: hostile names on every page.
async fn every_page_is_good_in_a_real_browser(database: Database) {
    let server = Server::start(database, "issuer = 'http://localhost:PORT'").await;
    let (owner, _) = operator(&server, "owner").await;
    server.cli(&["apikey", "create", "--name", "\"><svg onload=alert(1)>", "--role", "auditor"], "");
    let provider = "kind = 'oidc'\nlabel = '\"><svg onload=alert(1)>'\nissuer = 'https://op.test'\nclient_id = 'x'\nclient_secret = 'x'";
    server.cli(&["provider", "set", "work"], provider);
    server.cli(&["apply", "-"], "[instance]\nname = 'Hana'\naccent = '#17587a'\n[[groups]]\nname = 'staff'");
    server.cli(&["settings", "set", "instance.name", "\"><svg onload=alert(1)>"], "");
    // More than a page of the list has.
    let rows = (0..55).map(|n| format!("('{n:032x}', '{{}}', 1, 1)")).collect::<Vec<_>>().join(", ");
    server.sql(&format!("INSERT INTO users (id, profile, created_at, updated_at) VALUES {rows}")).await;
    let person = json!({ "email": owner.email, "password": owner.password });
    let languages = if database == Database::Sqlite { "en ja" } else { "ja en" };
    let script = Script::node("administration.mjs").with("ISSUER", &server.issuer).with("LANGUAGES", languages);
    script.with("OWNER", person.to_string()).looking_at_pages(database).succeeds().await;
}

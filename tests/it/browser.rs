//! A real Chromium on every page, in each language.
use crate::support::{Database, Script, Server, free_port, on_each_database};

on_each_database!(people_find_their_way_in_a_real_browser);

async fn people_find_their_way_in_a_real_browser(database: Database) {
    let port = free_port();
    // The app is another site than Genkan, as in life: `localhost` there, an address here.
    let app = format!(
        "issuer = 'http://localhost:PORT'
        [[clients]]
        client_id = 'app'
        client_name = 'Example App'
        token_endpoint_auth_method = 'none'
        redirect_uris = ['http://127.0.0.1:{port}/callback']
        client_uri = 'https://app.example/'
        policy_uri = 'https://app.example/privacy'
        tos_uri = 'https://app.example/terms'"
    );
    let server = Server::start(database, &app).await;
    let script = Script::node("browser.mjs").with("ISSUER", &server.issuer).with("LANGUAGES", "en ja");
    let log = server.log();
    let setup = log.split_whitespace().find(|word| word.contains("/setup?token=")).expect("a link for the owner");
    let script = script.with("EMAIL", server.user("Alice").email).with("SETUP", setup);
    let script = script.with("APP", server.registration("app").to_string());
    // The pages look alike whatever is behind them, and looking takes a while.
    let script = if database == Database::Sqlite { script.with("AUDIT", "yes") } else { script };
    script.succeeds().await;
}

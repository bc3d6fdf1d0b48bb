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
    script.with("APP", server.registration("app").to_string()).with("AUDIT", "yes").succeeds().await;
}

//! A real Chromium on every page, in each language.
use crate::{
    federation::PRIVATE,
    support::{Account, Database, Kind, Script, Server, Upstream, free_port, on_each_database},
};
use serde_json::{Map, json};

on_each_database!(people_find_their_way_in_a_real_browser, people_come_from_every_provider_and_go_back_there);

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
    script.looking_at_pages(database).succeeds().await;
}

async fn people_come_from_every_provider_and_go_back_there(database: Database) {
    let app = format!(
        "issuer = 'http://localhost:PORT'
        {PRIVATE}
        [[clients]]
        client_id = 'app'
        client_name = 'Example App'
        token_endpoint_auth_method = 'none'
        redirect_uris = ['http://127.0.0.1:{}/callback']
        ",
        free_port()
    );
    // One of each kind, where somebody new is, of whom two have no name; and two for whoever has an account here.
    let somebody = |kind: Kind| {
        let mut usual = Account::of(kind);
        usual.email = usual.email.map(|_| format!("{}@people.test", kind.name()));
        usual.name = usual.name.filter(|_| ![Kind::Oidc, Kind::OAuth2].contains(&kind));
        usual
    };
    let mut upstreams: Vec<_> = Kind::ALL.map(|kind| (kind.name(), kind, somebody(kind))).into();
    upstreams.push(("staff", Kind::Oidc, Account::new("alice").email("alice@people.test").name("Alice")));
    upstreams.push(("club", Kind::Apple, Account::new("alice").name("Alice")));
    let (mut settings, mut providers, mut running) = (app, Map::new(), vec![]);
    for (name, kind, account) in upstreams {
        let upstream = Upstream::start(kind);
        upstream.account(account);
        settings += &upstream.settings(name);
        providers.insert(name.into(), upstream.base.clone().into());
        running.push(upstream);
    }
    let server = Server::start(database, &settings).await;
    let alice = server.user("Alice");
    let person = json!({ "email": alice.email, "password": alice.password, "sub": alice.sub });
    let languages = if database == Database::Sqlite { "en ja" } else { "ja en" };
    let script = Script::node("federation.mjs").with("ISSUER", &server.issuer).with("LANGUAGES", languages);
    let script = script.with("APP", server.registration("app").to_string()).with("PERSON", person.to_string());
    script.with("PROVIDERS", json!(providers).to_string()).looking_at_pages(database).succeeds().await;
}

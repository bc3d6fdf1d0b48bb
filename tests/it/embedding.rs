//! Other sites, in a real Chromium: what they send, frame and open, and what is in names (`security.md` CS, SE, XS).
use crate::support::{Database, Script, Server, free_port, on_each_database, routes};
use serde_json::json;

on_each_database!(another_site_gets_nowhere_in_a_real_browser, nothing_that_people_write_runs_in_a_real_browser);

const HOSTILE: [&str; 4] = [
    "\"><svg onload=alert(1)>",
    "</script><script>alert(1)</script>",
    "{{7*7}}${7*7}<img src=x onerror=alert(1)>",
    "'-alert(1)-'",
];

/// A server at another site than those of `hostile.mjs`, as in life, and an app for each of these names.
async fn server(database: Database, port: u16, names: &[&str]) -> Server {
    let app = |(n, name): (usize, &&str)| {
        let name = toml::Value::from(*name);
        format!(
            "[[clients]]\nclient_id = 'h{n}'\nclient_name = {name}\ntoken_endpoint_auth_method = 'none'
            redirect_uris = ['http://127.0.0.1:{port}/callback']\nclient_uri = 'https://app.example/'"
        )
    };
    let apps: Vec<_> = names.iter().enumerate().map(app).collect();
    Server::start(database, &format!("issuer = 'http://localhost:PORT'\n{}", apps.join("\n"))).await
}

fn script(server: &Server, port: u16, scene: &str) -> Script {
    let routes: Vec<_> = routes().iter().map(|route| json!({ "path": route.path, "methods": route.methods })).collect();
    let script = Script::node("hostile.mjs").with("ISSUER", &server.issuer).with("PORT", port.to_string());
    script.with("SCENE", scene).with("ROUTES", json!(routes).to_string())
}

/// `security.md` CS-01, CS-03, CS-04, CS-09 and SE-06: forms, frames, objects, pictures and windows of another site.
async fn another_site_gets_nowhere_in_a_real_browser(database: Database) {
    // What signing in leaves behind; nothing else is to come of all this.
    const SIGN_IN: [&str; 3] = ["sessions: ", "devices: ", "audit"];
    let port = free_port();
    let server = server(database, port, &["Linked"]).await;
    let (alice, mallory) = (server.user("Alice"), server.user("Mallory"));
    let person = |user: &crate::support::User| json!({ "email": user.email, "password": user.password }).to_string();
    let kept = async || {
        let rows = server.rows().await.into_iter();
        rows.filter(|row| !SIGN_IN.iter().any(|table| row.starts_with(table))).collect::<Vec<_>>()
    };
    let before = kept().await;
    let script = script(&server, port, "attack").with("VICTIM", person(&alice)).with("ATTACKER", person(&mallory));
    script.succeeds().await;
    assert_eq!(kept().await, before);
    let sessions = format!("SELECT sid FROM sessions WHERE user_id = '{}'", mallory.sub);
    assert!(server.texts(&sessions).await.is_empty(), "nobody was signed in as the attacker");
}

/// `security.md` XS-01 and XS-02: names of people, apps and browsers on every page, and every parameter: no dialog, and
/// nothing that a policy had to stop.
async fn nothing_that_people_write_runs_in_a_real_browser(database: Database) {
    let port = free_port();
    let server = server(database, port, &HOSTILE).await;
    script(&server, port, "names").with("NAMES", json!(HOSTILE).to_string()).succeeds().await;
}

//! Providers that are set up by the command line, while the server runs.
use crate::support::{Account, Database, Kind, Part, Server, Upstream, eventually, on_each_database};
use serde_json::{Value, json};
use toml::Table;

on_each_database!(
    a_provider_that_a_command_sets_up_is_there_within_a_moment,
    people_bring_their_identities_from_where_they_were_before,
);

/// What stands below `[providers.work]`.
fn section(upstream: &Upstream) -> String {
    let whole: Table = upstream.settings("work").parse().unwrap();
    toml::to_string(&whole["providers"]["work"]).unwrap()
}

async fn a_provider_that_a_command_sets_up_is_there_within_a_moment(database: Database) {
    let upstream = Upstream::start(Kind::Oidc);
    upstream.account(Account::of(Kind::Oidc));
    let server = Server::start(database, crate::federation::PRIVATE).await;
    let browser = server.browser();
    assert!(!browser.open("/login").await.has("login-with-work"));

    let section = section(&upstream);
    let told = server.cli(&["provider", "set", "work"], &section);
    assert!(told.contains(&format!("{}/callback/work", server.issuer)), "{told}");
    let listed = server.cli(&["provider", "list"], "");
    assert!(listed.contains("work  oidc  database"), "{listed}");
    let page = eventually("the button", async || {
        let page = browser.open("/login").await;
        page.has("login-with-work").then_some(page)
    });
    let page = page.await;
    let page = browser.sign_in_with(&upstream, &page, "work").await;
    assert_eq!(page.url.path(), "/account", "{page}");
    // Sealed: the database has no secret to read.
    assert!(!server.rows().await.join("\n").contains(&upstream.client_secret()));

    let checked = server.cli(&["provider", "check"], "");
    assert!(checked.contains("secret     good") && checked.contains("keys       good"), "{checked}");
    upstream.set(Part::Discovery, "issuer", "https://other.test");
    let wrong = section.replace(&upstream.client_secret(), "another secret");
    server.cli(&["provider", "set", "work"], &wrong);
    let (status, checked, _) = server.try_cli(&["provider", "check", "work"], "");
    assert!(
        !status.success() && checked.contains("discovery  WRONG") && checked.contains("https://other.test"),
        "{checked}"
    );

    for (name, text, why) in [
        ("work", "kind = 'oidc'", "client_id: it is missing"),
        ("work", "kind = 'oidc'\nclientid = 'x'", "did you mean providers.work.client_id?"),
        ("Not a name", section.as_str(), "1 to 40 characters"),
        ("work", "not toml", "faults"),
    ] {
        let (status, _, told) = server.try_cli(&["provider", "set", name], text);
        assert!(!status.success() && told.contains(why), "{name} {text}: {told}");
    }

    server.cli(&["provider", "remove", "work"], "");
    eventually("no button", async || {
        let page = server.browser().open("/login").await;
        (!page.has("login-with-work")).then_some(())
    })
    .await;
    assert!(!server.try_cli(&["provider", "remove", "work"], "").0.success());
}

/// Whoever comes from another service signs in as before, to the account of the same `sub`.
async fn people_bring_their_identities_from_where_they_were_before(database: Database) {
    let google = Upstream::start(Kind::Google);
    let settings = format!("{}{}", crate::federation::PRIVATE, google.settings("google"));
    let server = Server::start(database, &settings).await;
    let identity = json!([{ "provider": "google", "subject": "108204268033311374519" }]);
    let line = |sub: &str, identities: &Value| {
        json!({ "sub": sub, "email": format!("{sub}@people.test"), "identities": identities }).to_string()
    };
    let good = [line("firebase-uid-1", &identity)];
    let bad = [
        line("second", &identity),
        line("third", &json!([{ "provider": "Google!", "subject": "1" }])),
        line("fourth", &json!([{ "provider": "google" }])),
        line("fifth", &json!("google")),
    ];
    let file = server.folder().join("people.jsonl");
    std::fs::write(&file, good.iter().chain(&bad).cloned().collect::<Vec<_>>().join("\n")).unwrap();
    let (status, imported, refused) = server.try_cli(&["user", "import", file.to_str().unwrap()], "");
    assert!(!status.success() && imported.contains("firebase-uid-1"), "{imported}");
    for said in ["line 2: somebody has", "line 3: identities", "line 4: identities", "line 5: identities"] {
        assert!(refused.contains(said), "{said}: {refused}");
    }
    assert!(
        !server.rows().await.join("\n").contains("second@people.test"),
        "nothing is left of a line that is refused"
    );

    google.account(Account::new("108204268033311374519").email("somebody@else.test"));
    let (app, browser) = (server.app("web"), server.browser());
    let page = browser.sign_in_with(&google, &browser.open(app.authorize_url()).await, "google").await;
    let page = browser.press(&page, "consent-allow", &[]).await;
    let tokens = app.redeem(&page.callback().code()).await.ok();
    assert_eq!(server.claims(&tokens["id_token"]).await["sub"], "firebase-uid-1");
}

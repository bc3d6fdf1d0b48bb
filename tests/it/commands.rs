//! The command line, beside a running server and without one.
use crate::support::{AppClient, Database, Server, User, eventually, on_each_database};
use serde_json::{Value, json};

on_each_database!(
    check_tells_every_fault_at_once,
    people_are_made_one_by_one_and_by_the_file,
    an_app_made_while_the_server_runs_is_known_within_a_moment,
    a_copy_brings_everything_back,
);

async fn check_tells_every_fault_at_once(database: Database) {
    let good = Server::prepare(database, "").await;
    // It fails where there is a fault.
    assert!(good.cli(&["check"], "").contains(&good.issuer));
    let bad = Server::prepare(
        database,
        "issuer = 'http://id.example.com/path'
        [server]
        lisen = '127.0.0.1:1'
        [tokens]
        authorization_code = 601
        [registration]
        sign_up = 'maybe'
        [[clients]]
        client_id = 'bad id'
        client_name = ''
        redirect_uris = ['http://app.example.com/cb']",
    )
    .await;
    let (status, told, _) = bad.try_cli(&["check"], "");
    assert_eq!(status.code(), Some(1), "{told}");
    for key in [
        "issuer",
        "server.lisen",
        "tokens.authorization_code",
        "registration.sign_up",
        "client_id",
        "client_name",
        "client_secret",
        "redirect_uris",
    ] {
        assert!(told.contains(key), "{key}: {told}");
    }
    // What is wrong is wrong for every command, and none does half its work.
    let (status, _, told) = bad.try_cli(&["keys", "list"], "");
    assert!(!status.success() && told.contains("the settings have faults"), "{told}");
}

async fn people_are_made_one_by_one_and_by_the_file(database: Database) {
    let server = Server::start(database, "").await;
    let made = server.cli(
        &["user", "create", "--email", "Hana@People.test", "--username", "Hana", "--name", "Hana", "--password-stdin"],
        "correct horse\n",
    );
    let hana = json_line(&made)["sub"].as_str().unwrap().to_owned();
    for (arguments, password, why) in [
        (&["--email", "hana@people.test"][..], "", "already"),
        (&["--email", "h2@people.test", "--username", "HANA"], "", "already"),
        (&["--email", "no address"], "", "--email"),
        (&["--email", "h3@people.test", "--username", "f\u{430}ke"], "", "--username"),
        (&["--email", "h4@people.test", "--password-stdin"], "short", "8 characters"),
    ] {
        let (status, out, told) = server.try_cli(&[&["user", "create"], arguments].concat(), password);
        assert!(!status.success() && told.contains(why) && out.is_empty(), "{arguments:?} {out} {told}");
    }
    // By another system: argon2id of "password" by the reference implementation.
    let hash = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    let lines = [
        json!({ "email": "kenji@people.test", "email_verified": true, "sub": "kenji-1", "password_hash": hash }),
        json!({ "preferred_username": "yuki", "name": "\u{96ea}", "password": "correct horse" }),
        json!({ "email": "bad@people.test", "password_hash": "$1$md5" }),
        json!({ "email": "bad@people.test", "password": "correct horse", "password_hash": hash }),
        json!({ "email": "bad@people.test", "name": "a\u{0}b" }),
        json!({ "email": "bad@people.test", "is_admin": true }),
        json!({ "email": "kenji@people.test" }),
        json!({ "name": "Nobody" }),
        json!([1]),
    ];
    let text = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n") + "\n\n{\n";
    let file = server.folder().join("people.jsonl");
    std::fs::write(&file, text).unwrap();
    let (status, out, told) = server.try_cli(&["user", "import", file.to_str().unwrap()], "");
    assert!(!status.success() && told.contains("2 imported, 8 refused"), "{out} {told}");
    for refused in [3, 4, 5, 6, 7, 8, 9, 11] {
        assert!(told.contains(&format!("line {refused}: ")), "{told}");
    }

    let web = server.app("web");
    let people = [
        (hana.as_str(), "hana", "correct horse"),
        ("kenji-1", "kenji@people.test", "password"),
        ("", "yuki", "correct horse"),
    ];
    // Twice: the imported hash is renewed at the first sign-in.
    for (sub, login, password) in people.into_iter().chain(people) {
        let user = User { sub: sub.into(), email: login.into(), name: String::new(), password: password.into() };
        let tokens = web.tokens(&server.browser(), &user).await;
        let told = web.userinfo(&tokens).await.ok();
        assert!(sub.is_empty() || told["sub"] == sub, "{told}");
        assert!(login != "kenji@people.test" || told["email_verified"] == true);
    }
    assert!(server.texts("SELECT hash FROM passwords").await.iter().all(|hash| hash.contains("m=64,")));
}

fn json_line(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("not one line of JSON ({why}): {text}"))
}

async fn an_app_made_while_the_server_runs_is_known_within_a_moment(database: Database) {
    let server = Server::start(database, "").await;
    let other = server.start_another("").await;
    let (alice, uri) = (server.user("Alice"), "https://made.test/cb");
    for kind in
        [&["--public"][..], &[], &["--token-endpoint-auth-method", "client_secret_post", "--signing-alg", "ES256"]]
    {
        let arguments = [&["client", "create", "--name", "Made", "--redirect-uri", uri, "--json"], kind].concat();
        let metadata = json_line(&server.cli(&arguments, ""));
        assert_eq!(metadata.get("client_secret").is_none(), kind.contains(&"--public"));
        for node in [&server, &other] {
            let app = AppClient::new(node.http.clone(), &metadata);
            eventually("the node knows the app", async || {
                (node.http.get(app.authorize_url().as_str()).await.status == 303).then_some(())
            })
            .await;
            let tokens = app.tokens(&node.browser(), &alice).await;
            assert_eq!(app.refresh(&tokens).await.status, 200);
        }
    }
    let taken = ["client", "create", "--name", "X", "--redirect-uri", uri, "--id", "web"];
    let (status, _, told) = server.try_cli(&taken, "");
    assert!(!status.success() && told.contains("already"), "{told}");
}

/// A copy made under way, put back later.
async fn a_copy_brings_everything_back(database: Database) {
    let mut server = Server::start(database, "").await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    let tokens = web.tokens(&server.browser(), &alice).await;
    let copy = server.folder().join("copy.db");
    let copy = copy.to_str().unwrap();
    if database == Database::Postgres {
        for command in ["backup", "restore"] {
            let (status, _, told) = server.try_cli(&[command, copy], "");
            assert!(!status.success() && told.contains("pg_dump"), "{told}");
        }
        return;
    }
    let (status, out, told) = server.try_cli(&["backup", copy], "");
    assert!(status.success() && told.contains("copying: 100 %") && !out.contains('%'), "{out} {told}");
    let (status, _, told) = server.try_cli(&["backup", copy], "");
    assert!(!status.success() && told.contains("exists already"), "{told}");
    let bob = server.user("Bob");
    let (status, _, told) = server.try_cli(&["restore", copy, "--force"], "");
    assert!(!status.success() && told.contains("is in use: stop the server"), "{told}");
    assert_eq!(server.http.get("/readyz").await.status, 200, "it goes on");
    server.terminate().await;
    let (status, _, told) = server.try_cli(&["restore", copy], "");
    assert!(!status.success() && told.contains("--force"), "{told}");
    let broken = server.folder().join("broken.db");
    std::fs::write(&broken, "no database").unwrap();
    let (status, _, told) = server.try_cli(&["restore", broken.to_str().unwrap(), "--force"], "");
    assert!(!status.success() && told.contains("is not a copy"), "{told}");

    // What could not be opened afterwards replaces nothing.
    let file = server.folder().join("master.key");
    let key = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
    let (status, _, told) = server.try_cli(&["restore", copy, "--force"], "");
    assert!(!status.success() && told.contains("sealed with another one"), "{told}");
    std::fs::write(&file, key).unwrap();
    assert!(server.texts("SELECT id FROM users").await.contains(&bob.sub));

    let (status, out, told) = server.try_cli(&["restore", copy, "--force"], "");
    assert!(status.success() && told.contains("copying: 100 %") && out.ends_with("is restored\n"), "{out} {told}");
    server.restart().await;
    let told = server.texts("SELECT kind || ' ' || actor FROM audit WHERE kind LIKE 'backup%' ORDER BY seq").await;
    assert_eq!(told, ["backup_made command", "backup_restored command"]);
    let out = server.cli(&["audit", "verify"], "");
    assert!(out.contains("hold together"), "{out}");
    let refreshed = web.refresh(&tokens).await.ok();
    assert_eq!(web.userinfo(&refreshed).await.ok()["sub"], alice.sub);
    let people = server.texts("SELECT id FROM users").await;
    assert!(people.contains(&alice.sub) && !people.contains(&bob.sub), "it is as it was then");

    // What is no database any more is replaced all the same.
    server.terminate().await;
    std::fs::write(server.folder().join("genkan.db"), "no database").unwrap();
    server.cli(&["restore", copy, "--force"], "");
    server.restart().await;
    assert!(server.texts("SELECT id FROM users").await.contains(&alice.sub));
}

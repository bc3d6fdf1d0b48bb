//! Secrets at rest, and the key that seals them (`security.md` KY-01, KY-03, TK-17, LG-01).
use crate::support::{Browser, Database, Server, on_each_database};
use serde_json::Value;

on_each_database!(
    a_wrong_or_lost_master_key_stops_the_server_and_changes_nothing,
    what_is_stored_and_logged_gives_no_secret_away,
);

const SEALED: &str = "SELECT kid FROM signing_keys ORDER BY kid";

/// `security.md` KY-01 and KY-03.
async fn a_wrong_or_lost_master_key_stops_the_server_and_changes_nothing(database: Database) {
    let mut server = Server::start(database, "").await;
    let (web, browser) = (server.app("web"), server.browser());
    let tokens = web.tokens(&browser, &server.user("Alice")).await;
    server.terminate().await;
    let file = server.folder().join("master.key");
    let right = std::fs::read_to_string(&file).unwrap();
    let before = server.texts(SEALED).await;

    let other = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";
    for (wrong, why) in [
        (Some(other), "does not open this database"),
        (Some("AAAA"), "cannot be used"),
        (Some("\u{0}\u{1}"), "cannot be used"),
        (Some(""), "cannot be used"),
        (None, "there is no master key at"),
    ] {
        match wrong {
            Some(text) => std::fs::write(&file, text).unwrap(),
            None => std::fs::remove_file(&file).unwrap(),
        }
        for command in [&["serve"][..], &["keys", "rotate"], &["keys", "list"]] {
            let (status, out, told) = server.try_cli(command, "");
            assert!(!status.success() && told.contains(why), "{command:?} {wrong:?}: {out}{told}");
            assert!(!told.contains(right.trim()) && !told.contains("panicked"), "{told}");
        }
        assert_eq!(std::fs::read_to_string(&file).ok().as_deref(), wrong, "it is left as it was");
        assert_eq!(server.texts(SEALED).await, before);
    }
    std::fs::write(&file, right).unwrap();
    server.restart().await;
    let renewed = web.refresh(&tokens).await.ok();
    server.claims(&renewed["id_token"]).await;
    server.claims(&tokens["id_token"]).await;
    assert_eq!(browser.open("/account").await.status, 200);
}

/// `security.md` TK-17 and LG-01.
async fn what_is_stored_and_logged_gives_no_secret_away(database: Database) {
    let server = Server::start(database, "log.level = 'trace'").await;
    let (alice, browser, web) = (server.user("Alice"), server.browser(), server.app("web"));
    let code = web.sign_in(&browser, &alice).await;
    let tokens = web.redeem(&code).await.ok();
    let renewed = web.refresh(&tokens).await.ok();
    // Those that go wrong, too.
    web.redeem(&code).await.assert_error(400, "invalid_grant");
    web.userinfo(&renewed).await;
    web.introspect(&renewed["refresh_token"]).await;
    let form = server.browser().open("/login").await.form("login-submit").fill("username", "mistyped-password-1");
    server.browser().submit(&form.fill("password", "mistyped-password-2")).await;
    let made: Value = serde_json::from_str(
        &server.cli(&["client", "create", "--name", "Made", "--redirect-uri", "https://made.test/", "--json"], ""),
    )
    .unwrap();
    let setup = server.log().split("/setup?token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();

    let mut secrets = vec![code, alice.password, "mistyped-password-1".into(), "mistyped-password-2".into()];
    secrets.extend(tokens_in(&tokens).chain(tokens_in(&renewed)));
    secrets.extend(cookies_in(&browser));
    secrets.push(web.secret.clone().unwrap());
    secrets.push(made["client_secret"].as_str().unwrap().to_owned());
    secrets.push(std::fs::read_to_string(server.folder().join("master.key")).unwrap().trim().to_owned());
    let dump = dump(&server).await;
    assert!(dump.contains(&alice.email), "there is something to look through");
    let log = server.log();
    for secret in &secrets {
        assert!(secret.len() > 15 && !dump.contains(secret.as_str()), "{secret} is stored");
        assert!(!log.contains(secret.as_str()), "{secret} is logged");
    }
    // This one is printed, for the owner.
    assert!(!dump.contains(&setup));
    assert!(!dump.contains("PRIVATE KEY") && !dump.contains("\"d\":"));
}

fn tokens_in(tokens: &Value) -> impl Iterator<Item = String> {
    ["access_token", "refresh_token", "id_token"].map(|name| tokens[name].as_str().unwrap().to_owned()).into_iter()
}

fn cookies_in(browser: &Browser) -> impl Iterator<Item = String> {
    browser.cookies().into_iter().filter(|(name, _)| name != "genkan-language").map(|(_, value)| value)
}

/// All that is stored, as it is in the files or as a dump would have it.
async fn dump(server: &Server) -> String {
    if server.database() == Database::Sqlite {
        let files = ["", "-wal"].map(|end| server.folder().join(format!("genkan.db{end}")));
        return files.iter().map(|file| String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned()).collect();
    }
    let tables = "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'";
    let mut dump = String::new();
    for table in server.texts(tables).await {
        dump += &server.texts(&format!("SELECT CAST(t AS TEXT) FROM {table} t")).await.join("\n");
    }
    dump
}

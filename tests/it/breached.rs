//! Passwords that have been in a data leak: nobody can choose one, and whoever has one still gets in.
use crate::support::{Database, Server, User, on_each_database};

on_each_database!(
    a_password_that_leaked_is_refused_at_every_door_but_the_one_of_sign_in,
    a_list_that_cannot_be_used_is_told_before_anybody_relies_on_it,
    a_list_is_built_from_words_and_from_hashes,
);

const LEAKED: &str = "perfectly fine horse battery";

/// Builds a list of this in the server's folder; its path.
fn build(server: &Server, text: &str) -> String {
    let path = |name: &str| server.folder().join(name).to_str().unwrap().to_owned();
    let (words, list) = (path("words.txt"), path("breached.bin"));
    std::fs::write(&words, text).unwrap();
    server.cli(&["passwords", "build", &words, "--output", &list], "");
    list
}

fn setting(list: &str) -> String {
    format!("passwords.breached_file = '{list}'")
}

async fn a_password_that_leaked_is_refused_at_every_door_but_the_one_of_sign_in(database: Database) {
    let mut server = Server::start(database, "").await;
    let arguments = ["user", "create", "--email", "alice@people.test", "--password-stdin"];
    server.cli(&arguments, LEAKED);
    let alice =
        User { sub: String::new(), email: "alice@people.test".into(), name: String::new(), password: LEAKED.into() };
    let list = build(&server, LEAKED);
    server.set(&setting(&list));
    server.terminate().await;
    server.restart().await;

    let browser = server.browser();
    browser.proceed(browser.open("/login").await, &alice).await;
    assert_eq!(browser.get("/account").await.status, 200);
    let page = browser.open("/account/password").await;
    // However the keyboard spells it.
    let spelled = LEAKED.replace('f', "ｆ");
    let refused = browser.press(&page, "password-submit", &[("current", LEAKED), ("password", &spelled)]).await;
    assert!(refused.status == 422 && refused.body.contains("data leak"), "{refused}");
    let changed =
        browser.press(&page, "password-submit", &[("current", LEAKED), ("password", "another fine horse")]).await;
    assert_eq!(changed.status, 200, "{changed}");

    for (path, language, words) in [("/signup", "en", "data leak"), ("/signup", "ja", "流出")] {
        let browser = server.browser().speaking(language);
        let fields = [("email", "bob@people.test"), ("name", "Bob"), ("password", LEAKED)];
        let refused = browser.press(&browser.open(path).await, "signup-submit", &fields).await;
        assert!(refused.status == 422 && refused.body.contains(words), "{refused}");
        assert!(refused.body.contains("aria-describedby=\"password-error") && !refused.body.contains(LEAKED));
    }
    let log = server.log();
    let setup = log.split_whitespace().rfind(|word| word.contains("/setup?token=")).expect("the link is printed");
    let browser = server.browser();
    let fields = [("email", "owner@people.test"), ("name", "Owner"), ("password", LEAKED)];
    let refused = browser.press(&browser.open(setup).await, "signup-submit", &fields).await;
    assert!(refused.status == 422 && refused.body.contains("data leak"), "{refused}");
    let (status, _, told) = server.try_cli(&["user", "create", "--email", "c@people.test", "--password-stdin"], LEAKED);
    assert!(!status.success() && told.contains("data leak"), "{told}");
    assert_eq!(server.texts("SELECT email FROM users").await, ["alice@people.test"]);
}

async fn a_list_that_cannot_be_used_is_told_before_anybody_relies_on_it(database: Database) {
    let mut server = Server::prepare(database, "").await;
    let list = build(&server, LEAKED);
    let good = std::fs::read(&list).unwrap();
    server.set(&setting(&list));
    server.cli(&["check"], "");
    for (bad, why) in [
        (&b"password\n123456\n"[..], "genkan passwords build"),
        (&good[..good.len() - 1], "damaged or not whole"),
        (&[&good[..20], &good[19..]].concat(), "damaged or not whole"),
    ] {
        std::fs::write(&list, bad).unwrap();
        let (status, told, _) = server.try_cli(&["check"], "");
        assert!(!status.success() && told.contains("passwords.breached_file: ") && told.contains(why), "{told}");
        for arguments in [&["serve"][..], &["user", "create", "--email", "a@people.test", "--password-stdin"]] {
            let (status, _, told) = server.try_cli(arguments, "perfectly another horse");
            assert!(!status.success() && told.contains("passwords.breached_file") && told.contains(why), "{told}");
        }
    }
    std::fs::remove_file(&list).unwrap();
    let (status, told, _) = server.try_cli(&["check"], "");
    assert!(
        !status.success() && told.contains("passwords.breached_file: it must be a file that can be read"),
        "{told}"
    );
}

async fn a_list_is_built_from_words_and_from_hashes(database: Database) {
    let server = Server::prepare(database, "").await;
    let list = build(&server, "tr0ub4dor\ncorrect horse\n");
    let is_in = |password: &str| {
        let told = server.cli(&["passwords", "check", "--file", &list], password);
        serde_json::from_str::<serde_json::Value>(&told).unwrap()["breached"] == true
    };
    assert!(is_in("tr0ub4dor\n") && is_in("correct horse") && !is_in("another horse"));
    // SHA-1 of "password" and of "123456", with how often they leaked; from standard input, over the old list.
    let hashes = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9\r\n7C4A8D09CA3762AF61E59520943DC26494F8941B:3\r\n";
    let told = server.cli(&["passwords", "build", "-", "--output", &list, "--min-count", "4"], hashes);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&told["entries"], told["bytes"].as_u64()),
        (&1.into(), std::fs::metadata(&list).ok().map(|file| file.len()))
    );
    assert!(is_in("password") && !is_in("123456") && !is_in("correct horse"));
    // What cannot be read leaves the old one as it was.
    for (arguments, input) in [
        (&["-", "--format", "sha1"][..], "no hash"),
        (&["/nowhere/words.txt"], ""),
        (&["-", "--min-count", "4"], &format!("{hashes}no hash")),
    ] {
        let (status, _, told) =
            server.try_cli(&[&["passwords", "build", "--output", &list], arguments].concat(), input);
        assert!(!status.success() && !told.is_empty(), "{told}");
    }
    assert!(is_in("password"));
    let (status, _, told) = server.try_cli(&["passwords", "check"], "password");
    assert!(!status.success() && told.contains("passwords.breached_file is not set"), "{told}");
}

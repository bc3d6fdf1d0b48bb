//! Where devices are: in the list of sessions, in the words of the reader.
use crate::support::{Browser, Database, Server, User, on_each_database};

on_each_database!(a_device_is_shown_with_the_place_of_its_address, a_file_that_tells_no_places_is_told,);

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/places.mmdb");

async fn signed_in(server: &Server, user: &User, language: &str) -> Browser {
    let browser = server.browser().speaking(language);
    browser.proceed(browser.open("/login").await, user).await;
    browser
}

async fn a_device_is_shown_with_the_place_of_its_address(database: Database) {
    let settings = format!("sessions.places_file = '{FILE}'");
    let server = Server::start(database, &settings).await;
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice, "en").await;
    for (address, en, ja) in [
        ("203.0.113.7", "Kyoto, Japan · 203.0.113.7", "日本 京都市 · 203.0.113.7"),
        ("198.51.100.200", "United States · 198.51.100.200", "アメリカ · 198.51.100.200"),
        ("192.168.1.2", "This network · 192.168.1.2", "このネットワーク内 · 192.168.1.2"),
        ("192.0.2.200", ">192.0.2.200<", ">192.0.2.200<"),
        ("no address", ">no address<", ">no address<"),
    ] {
        server
            .sql(&format!(
                "UPDATE sessions SET state = replace(state, '\"address\":\"127.0.0.1\"', '\"address\":\"{address}\"')"
            ))
            .await;
        let page = browser.open("/account/sessions?ui_locales=en").await;
        assert!(page.body.contains(en), "{page}");
        let page = browser.open("/account/sessions?ui_locales=ja").await;
        assert!(page.body.contains(ja), "{page}");
        server
            .sql(&format!(
                "UPDATE sessions SET state = replace(state, '\"address\":\"{address}\"', '\"address\":\"127.0.0.1\"')"
            ))
            .await;
    }
    let page = browser.open("/account/sessions?ui_locales=en").await;
    assert!(page.body.contains("This machine · 127.0.0.1"), "{page}");
    // And wherever else an address is shown.
    let page = browser.open("/account/activity").await;
    assert!(page.body.contains("This machine · 127.0.0.1"), "{page}");
}

async fn a_file_that_tells_no_places_is_told(database: Database) {
    for (file, why) in [("Cargo.toml", "MaxMind DB"), ("nowhere.mmdb", "MaxMind DB")] {
        let file = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
        let server = Server::prepare(database, &format!("sessions.places_file = '{file}'")).await;
        let (status, told, _) = server.try_cli(&["check"], "");
        assert!(!status.success() && told.contains("sessions.places_file: ") && told.contains(why), "{told}");
        let (status, _, told) = server.try_cli(&["serve"], "");
        assert!(!status.success() && told.contains("sessions.places_file"), "{told}");
    }
}

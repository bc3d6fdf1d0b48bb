//! Which of them each kind of provider has, and how much of a sender is looked at.
use super::Scene;
use crate::support::{Answer, Database, Kind, Part, on_each_database};

on_each_database!(each_kind_has_its_own, whoever_sends_what_is_not_good_is_stopped);

const PATHS: [&str; 4] = ["events", "deauthorize", "data-deletion", "backchannel-logout"];

async fn each_kind_has_its_own(database: Database) {
    for kind in Kind::ALL {
        let scene = Scene::new(database, kind, "").await;
        let own: &[&str] = match kind {
            Kind::Google | Kind::Apple => &["events"],
            Kind::Facebook | Kind::Instagram => &["deauthorize", "data-deletion"],
            Kind::Oidc => &["backchannel-logout"],
            _ => &[],
        };
        for path in PATHS {
            let answer = scene.form(path, "x", "y").await;
            let expected = if own.contains(&path) { 400 } else { 404 };
            assert_eq!(answer.status, expected, "{kind:?} {path}: {answer}");
            assert_eq!(answer.header("set-cookie"), None);
            let other = scene.server.http.get(&format!("/callback/elsewhere/{path}")).await;
            assert_eq!((other.status, other.header("allow")), (405, Some("POST")), "{other}");
        }
        let nobody = scene.server.http.request(reqwest::Method::POST, "/callback/nobody/events").body("x");
        assert_eq!(Answer::of(nobody).await.status, 404);
    }
}

/// Before anything is judged or fetched; whoever sends what is good may go on.
async fn whoever_sends_what_is_not_good_is_stopped(database: Database) {
    let scene = Scene::new(database, Kind::Google, "[limits]\nenabled = true\n").await;
    let send = async || {
        let token = scene.upstream.security_event("sessions-revoked", "nobody");
        scene.post("events", "application/secevent+jwt", token).await
    };
    for _ in 0..70 {
        assert_eq!(send().await.status, 202);
    }
    scene.upstream.set(Part::Event, "aud", "another");
    for _ in 0..60 {
        assert_eq!(send().await.status, 400);
    }
    scene.upstream.undo(Part::Event);
    let reads = scene.key_reads();
    let answer = send().await;
    assert_eq!(answer.status, 429, "{answer}");
    let wait: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=600).contains(&wait));
    // Nor are keys asked for that nobody has.
    scene.upstream.rotate_keys();
    assert_eq!(send().await.status, 429);
    assert_eq!(scene.key_reads(), reads);
}

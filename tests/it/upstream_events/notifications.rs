//! Apple's server-to-server notifications.
use super::{ALL, Scene, is_in};
use crate::support::{Account, Answer, Database, Endpoint, Fault, Key, Kind, Part, Signing, on_each_database};
use serde_json::json;
use std::sync::Arc;

on_each_database!(
    apple_tells_of_accounts_and_mail,
    a_forged_notification_does_nothing,
    a_notification_comes_again_until_it_is_heard,
);

impl Scene {
    async fn notify(&self, kind: &str, subject: &str) -> Answer {
        self.post("events", "application/json", self.upstream.notification(kind, subject)).await
    }
}

/// `providers.md` bug 55: both names of a deletion; nobody's news are heard all the same.
async fn apple_tells_of_accounts_and_mail(database: Database) {
    let scene = Scene::new(database, Kind::Apple, "").await;
    for (number, kind) in (1..).zip(["consent-revoked", "account-delete", "account-deleted"]) {
        let guest = scene.guest(number).await;
        let sub = scene.server.claims(&guest.online["id_token"]).await["sub"].as_str().unwrap().to_owned();
        assert_eq!(scene.notify(kind, &guest.subject).await.status, 200);
        assert_eq!(scene.left(&guest).await, (false, false, false, false), "{kind}");
        assert_eq!(scene.events(&guest).await, ["identity_withdrawn"], "{kind}");
        let mail = scene.mail("no longer opens").await;
        assert!(mail.subject.contains("Apple") && mail.text.contains("The account itself stays"), "{}", mail.text);
        let gone = format!("SELECT id FROM identities WHERE subject = '{}'", guest.subject);
        assert!(scene.server.texts(&gone).await.is_empty(), "{kind}");
        // The account is not Apple's to delete, nor is what it is called.
        let name = scene.server.texts(&format!("SELECT name FROM users WHERE id = '{sub}'")).await;
        assert_eq!(name, ["Hanako Yamada"], "{kind}");
        assert_eq!(scene.notify(kind, &guest.subject).await.status, 200, "nobody is there any more");
        assert_eq!(scene.events(&guest).await, ["identity_withdrawn"], "{kind}");
    }

    let guest = scene.guest(9).await;
    let shown = async || scene.server_page(&guest).await.contains("no longer forwards");
    assert!(!shown().await);
    for _ in 0..2 {
        assert_eq!(scene.notify("email-disabled", &guest.subject).await.status, 200);
        assert!(shown().await);
    }
    scene.upstream.set(Part::Event, "events", json!({ "type": "email-enabled", "sub": guest.subject }));
    assert_eq!(scene.notify("", "").await.status, 200, "an object and no text");
    assert!(!shown().await);
    scene.upstream.set(Part::Event, "events", json!({ "type": "something-new", "sub": guest.subject }));
    assert_eq!(scene.notify("", "").await.status, 200);
    assert_eq!(scene.left(&guest).await, ALL);
    assert_eq!(scene.events(&guest).await, ["relay_stopped", "relay_resumed"]);
    // In another order than it happened.
    scene.server.sql("UPDATE identities SET created_at = 0, mail_resumed_at = NULL").await;
    let begun = scene.server.now().await - 1000;
    for (kind, at, is_shown) in [
        ("email-enabled", 200, false),
        ("email-disabled", 100, false),
        ("email-disabled", 400, true),
        ("email-enabled", 300, true),
        ("email-enabled", 500, false),
    ] {
        let event = json!({ "type": kind, "sub": guest.subject, "event_time": (begun + at) * 1000 });
        scene.upstream.set(Part::Event, "events", event);
        assert_eq!(scene.notify("", "").await.status, 200);
        assert_eq!(shown().await, is_shown, "{kind} {at}");
    }
}

impl Scene {
    async fn server_page(&self, guest: &super::Guest) -> String {
        guest.browser.open("/account/ways-in").await.body
    }
}

/// `providers.md` bug 55, `security.md` UP-03, UP-04.
async fn a_forged_notification_does_nothing(database: Database) {
    let scene = Scene::new(database, Kind::Apple, "").await;
    let guest = scene.guest(1).await;
    let (before, key, now) = (scene.rows().await, scene.upstream.key(), scene.server.now().await);
    for signing in [
        Signing::Key(Arc::new(Key::rsa())),
        Signing::Key(Arc::new(Key::rsa().named(&key.kid))),
        Signing::Key(Arc::new(Key::ec())),
        Signing::Spoiled(key.clone()),
        Signing::Nothing("none"),
        Signing::Hmac(key.public_pem().into_bytes()),
    ] {
        scene.upstream.sign_by(signing.clone());
        let answer = scene.notify("account-delete", &guest.subject).await;
        assert_eq!(answer.status, 401, "{signing:?}: {answer}");
    }
    scene.upstream.sign_by(Signing::Key(key));
    for (claim, value, status) in [
        ("iss", json!("https://apple.test"), 401),
        ("iss", json!(format!("{}/", scene.upstream.base)), 401),
        ("aud", json!("com.example.other"), 401),
        ("exp", json!(now - 3600), 401),
        ("exp", json!(null), 401),
        ("iat", json!(now + 3600), 401),
        ("jti", json!(null), 400),
        ("events", json!("{"), 400),
        ("events", json!(null), 400),
    ] {
        scene.upstream.set(Part::Event, claim, value.clone());
        let answer = scene.notify("account-delete", &guest.subject).await;
        assert_eq!(answer.status, status, "{claim}: {value}: {answer}");
        scene.upstream.undo(Part::Event);
    }
    for body in ["", "{}", "[]", "{\"payload\":1}", "{\"payload\":\"x\"}"] {
        assert_eq!(scene.post("events", "application/json", body).await.status, 400, "{body}");
    }
    assert_eq!(scene.rows().await, before);
    assert_eq!(scene.left(&guest).await, ALL);
}

async fn a_notification_comes_again_until_it_is_heard(database: Database) {
    let scene = Scene::new(database, Kind::Apple, "").await;
    let body = scene.upstream.notification("consent-revoked", &scene.account(1).subject);
    // Nothing was fetched so far, and now nothing can be.
    scene.upstream.fail(Endpoint::Jwks, Fault::HangsUp);
    let answer = scene.post("events", "application/json", body).await;
    assert_eq!(answer.status, 503, "{answer}");
    assert!(answer.header("retry-after").is_some());

    let scene = Scene::new(database, Kind::Apple, "").await;
    let guest = scene.guest(1).await;
    let body = scene.upstream.notification("consent-revoked", &guest.subject);
    assert_eq!(scene.post("events", "application/json", body.clone()).await.status, 200);
    assert!(!is_in(&guest.browser).await);
    // Whoever comes back has an identity anew, which the same news are not about.
    scene.upstream.account(Account { email: None, ..scene.account(1) });
    let page = scene.arrive(&guest.browser).await;
    guest.browser.press(&page, "welcome-submit", &[("name", "Hanako")]).await;
    assert!(is_in(&guest.browser).await);
    assert_eq!(scene.post("events", "application/json", body).await.status, 200);
    assert!(is_in(&guest.browser).await);
}

//! OpenID Connect Back-Channel Logout 1.0, as a client of another provider.
use super::{ALL, Scene, is_in};
use crate::support::{Database, Endpoint, Fault, Key, Kind, Part, Signing, on_each_database};
use serde_json::json;
use std::sync::Arc;

on_each_database!(
    whoever_signs_out_there_is_signed_out_here,
    a_logout_token_is_judged_before_anybody_is_signed_out,
    a_provider_that_signs_with_our_secret_logs_out_too,
);

const PATH: &str = "backchannel-logout";

/// `security.md` WH-03: by session, by person, and by both.
async fn whoever_signs_out_there_is_signed_out_here(database: Database) {
    let scene = Scene::new(database, Kind::Oidc, "").await;
    let other = scene.guest(1).await;
    scene.server.sql("UPDATE sessions SET upstream_sid = 'of the other'").await;
    let (subject, sid) = (scene.account(2).subject, scene.upstream.sid());
    // The same session there for both; a second one of the second person.
    for (by_subject, by_sid, elsewhere_stays) in [(true, false, false), (true, true, true), (false, true, true)] {
        let guest = scene.guest(2).await;
        let elsewhere = scene.server.browser();
        scene.upstream.set(Part::IdToken, "sid", "another");
        scene.arrive(&elsewhere).await;
        scene.upstream.undo(Part::IdToken);
        assert!(is_in(&elsewhere).await);
        let token = scene.upstream.logout_token(by_subject.then_some(subject.as_str()), by_sid.then_some(sid.as_str()));
        let answer = scene.form(PATH, "logout_token", &token).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{answer}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(scene.left(&guest).await, (false, false, true, true), "{by_subject} {by_sid}");
        assert_eq!(is_in(&elsewhere).await, elsewhere_stays, "{by_subject} {by_sid}");
        assert_eq!(scene.left(&other).await, ALL);
        let kinds = scene.events(&guest).await;
        assert_eq!(kinds.last().map(String::as_str), Some("signed_out_by_provider"));
    }
    // Nobody is signed in in it, and nobody is known by that name: there is nothing to do.
    for (subject, sid) in [(Some("nobody"), None), (None, Some("nothing")), (Some(subject.as_str()), Some("nothing"))] {
        let token = scene.upstream.logout_token(subject, sid);
        assert_eq!(scene.form(PATH, "logout_token", &token).await.status, 200);
    }
    assert_eq!(scene.left(&other).await, ALL);
}

/// `providers.md` bug 53, `security.md` WH-03, UP-03, UP-04: and nothing is stored.
async fn a_logout_token_is_judged_before_anybody_is_signed_out(database: Database) {
    let scene = Scene::new(database, Kind::Oidc, "").await;
    let guest = scene.guest(1).await;
    let (key, now, sid) = (scene.upstream.key(), scene.server.now().await, scene.upstream.sid());
    let before = scene.rows().await;
    let refused = async |what: &str| {
        let token = scene.upstream.logout_token(Some(&guest.subject), Some(&sid));
        let answer = scene.form(PATH, "logout_token", &token).await;
        assert_eq!(
            (answer.status, answer.json()["error"].as_str()),
            (400, Some("invalid_request")),
            "{what}: {answer}"
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    };
    for signing in [
        Signing::Key(Arc::new(Key::rsa())),
        Signing::Key(Arc::new(Key::rsa().named(&key.kid))),
        Signing::Key(Arc::new(Key::ec())),
        Signing::Spoiled(key.clone()),
        Signing::Nothing("none"),
        Signing::Hmac(scene.upstream.client_secret().into_bytes()),
        Signing::Hmac(key.public_pem().into_bytes()),
    ] {
        scene.upstream.sign_by(signing.clone());
        refused(&format!("{signing:?}")).await;
    }
    scene.upstream.sign_by(Signing::Key(key));
    let logout = "http://schemas.openid.net/event/backchannel-logout";
    for (claim, value) in [
        ("nonce", json!("n")),
        ("nonce", json!(null)),
        ("events", json!(null)),
        ("events", json!({})),
        ("events", json!({ "http://schemas.openid.net/event/other": {} })),
        ("events", json!({ logout: true })),
        ("events", json!([logout])),
        ("iss", json!("https://other.test")),
        ("iss", json!(format!("{}/", scene.upstream.base))),
        ("aud", json!("another")),
        ("aud", json!(["another"])),
        ("exp", json!(now - 3600)),
        ("exp", json!("later")),
        ("iat", json!(now + 3600)),
        ("iat", json!(null)),
        ("jti", json!(null)),
        ("sub", json!("")),
        ("sid", json!({})),
    ] {
        scene.upstream.set(Part::Event, claim, value.clone());
        refused(&format!("{claim}: {value}")).await;
        scene.upstream.undo(Part::Event);
    }
    for claim in ["sub", "sid"] {
        scene.upstream.omit(Part::Event, claim);
    }
    refused("neither sub nor sid").await;
    scene.upstream.undo(Part::Event);
    // Without an end it is good for a few minutes.
    scene.upstream.omit(Part::Event, "exp");
    scene.upstream.set(Part::Event, "iat", now - 600);
    refused("old, without an end").await;
    scene.upstream.undo(Part::Event);
    for typ in ["at+jwt", "secevent+jwt"] {
        scene.upstream.set(Part::Header, "typ", typ);
        refused(typ).await;
        scene.upstream.undo(Part::Header);
    }
    for body in ["", "logout_token=", "logout_token=x", "logout_token=a.b.c", "token=x"] {
        assert_eq!(scene.post(PATH, "application/x-www-form-urlencoded", body).await.status, 400, "{body}");
    }
    assert_eq!(scene.rows().await, before);
    assert_eq!(scene.left(&guest).await, ALL);

    // As good: without a type, as a plain JWT, without an end.
    for typ in [None, Some("JWT"), Some("logout+jwt")] {
        let guest = scene.guest(2).await;
        match typ {
            Some(typ) => scene.upstream.set(Part::Header, "typ", typ),
            None => scene.upstream.omit(Part::Header, "typ"),
        }
        scene.upstream.omit(Part::Event, "exp");
        let token = scene.upstream.logout_token(Some(&guest.subject), None);
        assert_eq!(scene.form(PATH, "logout_token", &token).await.status, 200, "{typ:?}");
        assert!(!is_in(&guest.browser).await);
        // Once. What is said of a head is said of ID tokens, too.
        scene.upstream.undo(Part::Header);
        scene.arrive(&guest.browser).await;
        assert_eq!(scene.form(PATH, "logout_token", &token).await.status, 400);
        assert!(is_in(&guest.browser).await);
        scene.upstream.undo(Part::Event);
    }
}

async fn a_provider_that_signs_with_our_secret_logs_out_too(database: Database) {
    let settings = "id_token_signed_response_alg = 'HS256'\n";
    let scene = Scene::new(database, Kind::Oidc, settings).await;
    let secret = Signing::Hmac(scene.upstream.client_secret().into_bytes());
    let key = scene.upstream.key();
    scene.upstream.sign_by(secret.clone());
    let guest = scene.guest(1).await;
    scene.upstream.sign_by(Signing::Key(key));
    let token = scene.upstream.logout_token(Some(&guest.subject), None);
    assert_eq!(scene.form(PATH, "logout_token", &token).await.status, 400);
    assert!(is_in(&guest.browser).await);
    scene.upstream.sign_by(secret);
    scene.upstream.fail(Endpoint::Jwks, Fault::HangsUp);
    let token = scene.upstream.logout_token(Some(&guest.subject), None);
    assert_eq!(scene.form(PATH, "logout_token", &token).await.status, 200);
    assert!(!is_in(&guest.browser).await);
    assert_eq!(scene.key_reads(), 0);
}

//! Google's Cross-Account Protection: security event tokens (RFC 8417) that are pushed (RFC 8935).
use super::{ALL, Scene, is_in};
use crate::support::{Answer, Database, Key, Kind, Part, Signing, on_each_database};
use aws_lc_rs::digest::{SHA512, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use std::sync::Arc;

on_each_database!(
    each_event_ends_what_it_has_to,
    a_token_that_is_named_by_itself_is_dropped,
    a_suspended_identity_opens_nothing_until_it_is_resumed,
    of_events_in_any_order_the_latest_holds,
    a_forged_event_does_nothing,
    an_event_is_acted_on_once,
    an_event_concerns_what_was_there_when_it_happened,
);

impl Scene {
    async fn push(&self, token: impl Into<String>) -> Answer {
        self.post("events", "application/secevent+jwt", token).await
    }

    /// Sends an event; Google is content with the answer.
    async fn told(&self, event: &str, subject: &str) {
        let answer = self.push(self.upstream.security_event(event, subject)).await;
        assert_eq!((answer.status, answer.body.as_str()), (202, ""), "{answer}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

async fn each_event_ends_what_it_has_to(database: Database) {
    let scene = Scene::new(database, Kind::Google, "").await;
    let bystander = scene.guest(0).await;
    let events: [(&str, _, &[&str]); 8] = [
        ("sessions-revoked", (false, false, true, true), &["signed_out_by_provider"]),
        ("tokens-revoked", (false, false, true, false), &["signed_out_by_provider"]),
        ("token-revoked", (true, true, true, false), &[]),
        ("account-disabled", (false, false, false, false), &["identity_suspended"]),
        ("account-enabled", ALL, &[]),
        ("account-credential-change-required", ALL, &["identity_doubted"]),
        ("account-purged", (false, false, false, false), &["identity_withdrawn"]),
        ("verification", ALL, &[]),
    ];
    for (number, (event, left, kinds)) in (1..).zip(events) {
        let guest = scene.guest(number).await;
        assert_eq!(scene.left(&guest).await, ALL, "{event}");
        scene.told(event, &guest.subject).await;
        assert_eq!(scene.left(&guest).await, left, "{event}");
        assert_eq!(scene.events(&guest).await, kinds, "{event}");
    }
    // For another reason than a theft, what apps have without the person goes on.
    let guest = scene.guest(20).await;
    let detail = json!({ "subject": { "subject_type": "iss-sub", "sub": guest.subject }, "reason": "bulk-account" });
    let name = "https://schemas.openid.net/secevent/risc/event-type/account-disabled";
    scene.upstream.set(Part::Event, "events", json!({ name: detail }));
    scene.told("verification", "").await;
    assert_eq!(scene.left(&guest).await, (false, false, true, false));
    assert_eq!(scene.left(&bystander).await, ALL);
}

/// Google names a refresh token by its first 16 characters, or by the hash of its hash.
async fn a_token_that_is_named_by_itself_is_dropped(database: Database) {
    let scene = Scene::new(database, Kind::Google, "store_tokens = true").await;
    let tell = async |alg: &str, token: &str| {
        let subject = json!({
            "subject_type": "oauth_token", "token_type": "refresh_token", "token_identifier_alg": alg, "token": token,
        });
        let name = "https://schemas.openid.net/secevent/oauth/event-type/token-revoked";
        scene.upstream.set(Part::Event, "events", json!({ name: { "subject": subject } }));
        scene.told("verification", "").await;
        scene.upstream.undo(Part::Event);
    };
    let kept = async |subject: &str| {
        let of =
            format!("FROM upstream_tokens t JOIN identities i ON i.id = t.identity_id WHERE subject = '{subject}'");
        scene.server.texts(&format!("SELECT client_id {of} AND client_id <> 'x'")).await.len()
    };
    for number in [1, 2] {
        let (guest, other) = (scene.guest(number).await, scene.guest(number + 10).await);
        let token = scene.upstream.issued()[1]["refresh_token"].as_str().unwrap().to_owned();
        let hash = digest(&SHA512, digest(&SHA512, token.as_bytes()).as_ref());
        let names = [("prefix", token[..16].to_owned()), ("hash_base64_sha512_sha512", STANDARD.encode(hash))];
        for (alg, name) in [("prefix", &token[..15]), ("hash_sha256", &names[1].1), ("prefix", &names[1].1), ("", "")] {
            tell(alg, name).await;
            assert_eq!(kept(&guest.subject).await, 1, "{alg} {name}");
        }
        let (alg, name) = &names[number - 1];
        tell(alg, name).await;
        assert_eq!((kept(&guest.subject).await, kept(&other.subject).await), (0, 1), "{alg}");
        // All else goes on, and a token of another client of ours stays.
        assert_eq!(scene.left(&guest).await, ALL);
        // Whoever comes once more has another.
        scene.account(number);
        scene.arrive(&scene.server.browser()).await;
        assert_eq!(kept(&guest.subject).await, 1);
        tell(alg, name).await;
        assert_eq!(kept(&guest.subject).await, 1);
    }
}

async fn a_suspended_identity_opens_nothing_until_it_is_resumed(database: Database) {
    let scene = Scene::new(database, Kind::Google, "").await;
    let guest = scene.guest(1).await;
    let alice = scene.server.user("Alice");
    scene.told("account-disabled", &guest.subject).await;

    let browser = scene.server.browser();
    let page = scene.arrive(&browser).await;
    assert_eq!(page.url.query(), Some("provider=elsewhere&outcome=suspended"));
    assert!(page.texts("[role=status], .note").join(" ").contains("isn’t safe"), "{page}");
    assert!(!is_in(&browser).await);
    // The owner is told, by the name of the provider.
    let mail = scene.mail("can’t be used").await;
    assert!(mail.subject.contains("Google") && mail.text.contains("Google told us"), "{}", mail.text);
    assert!(mail.text.contains("see to your Google account"), "{}", mail.text);

    // Nor does it join another account.
    let stranger = scene.account(2);
    scene.arrive(&scene.server.browser()).await;
    let nobodys = format!("UPDATE identities SET user_id = NULL WHERE subject = '{}'", stranger.subject);
    scene.server.sql(&nobodys).await;
    scene.told("account-disabled", &stranger.subject).await;
    let browser = scene.server.browser();
    let page = browser.open("/account/ways-in").await;
    let page = browser.proceed(page, &alice).await;
    let answer = browser.submit(&page.form("link-elsewhere")).await;
    let page = browser.travel(&scene.upstream, answer).await;
    let page = if page.has("upstream-allow") {
        browser.come_back(&scene.upstream, &page, "upstream-allow").await
    } else {
        page
    };
    assert_eq!(page.url.path(), "/account/ways-in", "{page}");
    assert_eq!(page.url.query(), Some("provider=elsewhere&outcome=suspended"));

    // What is told of an earlier time does not open it again.
    scene.server.sql("UPDATE identities SET created_at = 0").await;
    scene.upstream.set(Part::Event, "toe", 1_000_000);
    scene.told("account-enabled", &guest.subject).await;
    scene.upstream.undo(Part::Event);
    scene.account(1);
    assert!(!scene.arrive(&scene.server.browser()).await.url.path().starts_with("/account"));
    scene.told("account-enabled", &guest.subject).await;
    let browser = scene.server.browser();
    assert_eq!(scene.arrive(&browser).await.url.path(), "/account");
    assert!(is_in(&browser).await);
    assert_eq!(scene.events(&guest).await, ["identity_suspended", "identity_resumed"]);
}

/// Every order in which three things that happened can be told.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

async fn of_events_in_any_order_the_latest_holds(database: Database) {
    let scene = Scene::new(database, Kind::Google, "").await;
    let begun = scene.server.now().await - 1000;
    let (on, off) = ("account-enabled", "account-disabled");
    for (number, (order, [first, second, third])) in
        ORDERS.into_iter().flat_map(|order| [(order, [on, off, on]), (order, [off, on, off])]).enumerate()
    {
        let guest = scene.guest(number).await;
        scene.server.sql("UPDATE identities SET created_at = 0").await;
        let told = [(first, begun), (second, begun + 100), (third, begun + 200)];
        for (event, at) in order.map(|place| told[place]) {
            scene.upstream.set(Part::Event, "toe", at);
            scene.told(event, &guest.subject).await;
            scene.upstream.undo(Part::Event);
        }
        scene.account(number);
        let page = scene.arrive(&scene.server.browser()).await;
        assert_eq!(page.url.path() == "/account", third == on, "{order:?} {told:?}: {page}");
    }
    // What came once it was opened again stays, and goes with it.
    let guest = scene.guest(ORDERS.len() * 2).await;
    scene.server.sql(&format!("UPDATE upstream_tokens SET updated_at = {}", begun + 500)).await;
    scene.server.sql("UPDATE identities SET created_at = 0").await;
    for (event, at, stays) in [(on, 200, true), (off, 100, true), (off, 300, false)] {
        scene.upstream.set(Part::Event, "toe", begun + at);
        scene.told(event, &guest.subject).await;
        assert_eq!(scene.left(&guest).await.3, stays, "{event} {at}");
    }
}

/// `security.md` UP-03, UP-04: and nothing is stored.
async fn a_forged_event_does_nothing(database: Database) {
    let scene = Scene::new(database, Kind::Google, "").await;
    let guest = scene.guest(1).await;
    let other = Arc::new(Key::rsa());
    let before = scene.rows().await;
    let key = scene.upstream.key();
    let named = Arc::new(Key::rsa().named(&key.kid));
    let secret = scene.upstream.client_secret().into_bytes();
    for (signing, code) in [
        (Signing::Key(other), "invalid_key"),
        (Signing::Key(named), "authentication_failed"),
        (Signing::Spoiled(key.clone()), "authentication_failed"),
        (Signing::Nothing("none"), "invalid_key"),
        (Signing::Nothing("nOnE"), "invalid_key"),
        (Signing::Hmac(secret), "invalid_key"),
        (Signing::Hmac(key.public_pem().into_bytes()), "invalid_key"),
    ] {
        scene.upstream.sign_by(signing.clone());
        refused(&scene, &guest.subject, code, &format!("{signing:?}")).await;
    }
    scene.upstream.sign_by(Signing::Key(key));
    let later = scene.server.now().await + 600;
    for (claim, value, code) in [
        ("iss", json!("https://accounts.google.com/"), "invalid_issuer"),
        ("iss", json!([scene.upstream.base]), "invalid_issuer"),
        ("iss", json!(null), "invalid_issuer"),
        ("aud", json!("another-app"), "invalid_audience"),
        ("aud", json!(["another-app", "a-third"]), "invalid_audience"),
        ("aud", json!(null), "invalid_audience"),
        ("iat", json!(later), "invalid_request"),
        ("iat", json!("now"), "invalid_request"),
        ("jti", json!(null), "invalid_request"),
        ("jti", json!(""), "invalid_request"),
        ("events", json!({}), "invalid_request"),
        ("events", json!(null), "invalid_request"),
    ] {
        scene.upstream.set(Part::Event, claim, value.clone());
        refused(&scene, &guest.subject, code, &format!("{claim}: {value}")).await;
        scene.upstream.undo(Part::Event);
    }
    // A token of another kind.
    scene.upstream.set(Part::Header, "typ", "at+jwt");
    refused(&scene, &guest.subject, "invalid_request", "another kind").await;
    scene.upstream.undo(Part::Header);
    let token = scene.upstream.security_event("account-purged", &guest.subject);
    for (content_type, body) in [
        ("application/json", token.clone()),
        ("application/secevent+jwt", String::new()),
        ("application/secevent+jwt", "a.b.c".into()),
        ("application/secevent+jwt", "x".repeat(20_000)),
    ] {
        let answer = scene.post("events", content_type, body).await;
        assert_eq!((answer.status, answer.json()["err"].as_str()), (400, Some("invalid_request")), "{answer}");
    }
    let answer = scene.post("events", "application/secevent+jwt", "x".repeat(70_000)).await;
    assert_eq!(answer.status, 413, "{answer}");
    assert_eq!(scene.rows().await, before);
    assert_eq!(scene.left(&guest).await, ALL);
    // With nothing forged, it is acted on: the forgeries were refused for what was wrong with them.
    let answer = scene.post("events", "application/secevent+jwt; charset=utf-8", token).await;
    assert_eq!(answer.status, 202, "{answer}");
    assert!(!is_in(&guest.browser).await);
}

async fn refused(scene: &Scene, subject: &str, code: &str, what: &str) {
    let answer = scene.push(scene.upstream.security_event("account-purged", subject)).await;
    assert_eq!((answer.status, answer.json()["err"].as_str()), (400, Some(code)), "{what}: {answer}");
}

async fn an_event_is_acted_on_once(database: Database) {
    let scene = Scene::new(database, Kind::Google, "").await;
    let guest = scene.guest(1).await;
    // Issuer without a slash, several audiences, long expired: all as good.
    scene.upstream.set(Part::Event, "iss", scene.upstream.base.clone());
    scene.upstream.set(Part::Event, "aud", json!(["another-app", scene.upstream.client_id()]));
    scene.upstream.set(Part::Event, "exp", 1_000_000);
    let token = scene.upstream.security_event("sessions-revoked", &guest.subject);
    assert_eq!(scene.push(token.clone()).await.status, 202);
    assert!(!is_in(&guest.browser).await);
    scene.arrive(&guest.browser).await;
    let before = scene.rows().await;
    for _ in 0..2 {
        assert_eq!(scene.push(token.clone()).await.status, 202);
    }
    assert!(is_in(&guest.browser).await);
    assert_eq!(scene.rows().await, before);
    scene.upstream.undo(Part::Event);

    // People who are not known here, or are somebody else's.
    scene.told("account-purged", "nobody").await;
    let foreign = json!({ "subject_type": "iss-sub", "iss": "https://other.test", "sub": guest.subject });
    let name = "https://schemas.openid.net/secevent/risc/event-type/account-purged";
    for subject in [foreign, json!({ "subject_type": "email", "email": "p1.hanako@gmail.com" }), json!("x")] {
        scene.upstream.set(Part::Event, "events", json!({ name: { "subject": subject } }));
        scene.told("verification", "").await;
    }
    assert!(is_in(&guest.browser).await);
}

async fn an_event_concerns_what_was_there_when_it_happened(database: Database) {
    let scene = Scene::new(database, Kind::Google, "").await;
    let guest = scene.guest(1).await;
    let now = scene.server.now().await;
    scene.upstream.set(Part::Event, "iat", now - 86_400);
    for event in ["sessions-revoked", "account-disabled", "account-purged"] {
        scene.told(event, &guest.subject).await;
    }
    assert_eq!(scene.left(&guest).await, ALL, "they came later");
    // Of an identity that was there, the sessions that were not go on.
    scene.server.sql("UPDATE identities SET created_at = 0").await;
    scene.told("sessions-revoked", &guest.subject).await;
    assert_eq!(scene.left(&guest).await, ALL);
    // What happened is older than what tells of it.
    scene.upstream.undo(Part::Event);
    scene.upstream.set(Part::Event, "toe", now - 86_400);
    scene.told("sessions-revoked", &guest.subject).await;
    assert_eq!(scene.left(&guest).await, ALL);
    // What is older than what is remembered may come again.
    scene.upstream.set(Part::Event, "iat", now - 31 * 86_400);
    scene.told("account-disabled", &guest.subject).await;
    scene.upstream.undo(Part::Event);
    assert_eq!(scene.arrive(&scene.server.browser()).await.url.path(), "/account");
}

//! What providers publish: keys that change, that are many or of strange kinds, and documents that name others.
use super::{many, names, try_to_come};
use crate::{
    linking::{is_in, start, turned_back},
    support::{
        Account, Database, Endpoint, Fault, Key, Kind, Part, Reply, Server, Signing, Upstream, at_once,
        on_each_database,
    },
};
use serde_json::{Value, json};
use std::sync::Arc;

on_each_database!(
    fresh_keys_are_found_and_unknown_ones_are_not_looked_for_again_and_again,
    keys_without_names_are_found_when_they_change,
    a_provider_that_failed_slowly_is_left_alone,
    a_key_is_used_for_what_it_is,
    a_document_is_of_the_issuer_that_was_asked,
);

/// `security.md` UP-06; `providers.md` bug 49.
async fn fresh_keys_are_found_and_unknown_ones_are_not_looked_for_again_and_again(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let server = start(database, "", &[("oidc", &oidc, "")]).await;
    let read = || (oidc.count(Endpoint::Jwks), oidc.count(Endpoint::Discovery));
    for _ in 0..3 {
        assert!(is_in(&try_to_come(&server, &oidc, "oidc").await));
    }
    assert_eq!(read(), (1, 1), "what is known is not asked for again");
    // Another key signs from one moment to the next.
    let old = oidc.key();
    oidc.rotate_keys();
    assert!(is_in(&try_to_come(&server, &oidc, "oidc").await));
    assert_eq!(read(), (2, 1));
    // Tokens of keys that nobody has, at the same moment: nobody makes us ask and ask.
    oidc.sign_by(Signing::Key(Arc::new(Key::rsa())));
    let mut coming = vec![];
    for _ in 0..20 {
        let browser = server.browser();
        let page = browser.meet(&oidc, &browser.open("/login").await, "oidc").await;
        let back = browser.submit(&page.form("upstream-allow")).await.location().unwrap();
        coming.push(async move { browser.open(back).await });
    }
    for page in at_once(coming).await {
        assert!(turned_back(&page, "trouble"), "{page}");
    }
    assert_eq!(read(), (2, 1));
    // Those who come with a good one meanwhile come in; and one that is not published any more is not good.
    oidc.sign_by(Signing::Key(oidc.key()));
    assert!(is_in(&try_to_come(&server, &oidc, "oidc").await));
    oidc.sign_by(Signing::Key(old));
    assert!(turned_back(&try_to_come(&server, &oidc, "oidc").await, "trouble"));
    assert_eq!(read(), (2, 1));
    // An answer that is none leaves what is known.
    let other = start(database, "", &[("oidc", &oidc, "")]).await;
    oidc.sign_by(Signing::Key(oidc.key()));
    assert!(is_in(&try_to_come(&other, &oidc, "oidc").await));
    oidc.answer_with(Endpoint::Jwks, Reply::html(500, "<h1>Oops</h1>"));
    oidc.sign_by(Signing::Key(Arc::new(Key::rsa())));
    assert!(turned_back(&try_to_come(&other, &oidc, "oidc").await, "trouble"));
    oidc.sign_by(Signing::Key(oidc.key()));
    assert!(is_in(&try_to_come(&other, &oidc, "oidc").await));
}

/// `security.md` UP-06: a signature that no key has made is all that tells of another key.
async fn keys_without_names_are_found_when_they_change(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    oidc.set(Part::Header, "kid", Value::Null);
    oidc.omit(Part::Jwk, "kid");
    let server = start(database, "", &[("oidc", &oidc, "")]).await;
    for read in [1, 1] {
        assert!(is_in(&try_to_come(&server, &oidc, "oidc").await));
        assert_eq!(oidc.count(Endpoint::Jwks), read);
    }
    oidc.rotate_keys();
    assert!(is_in(&try_to_come(&server, &oidc, "oidc").await));
    assert_eq!(oidc.count(Endpoint::Jwks), 2);
    // Nobody makes us ask and ask.
    oidc.sign_by(Signing::Key(Arc::new(Key::rsa())));
    for _ in 0..3 {
        assert!(turned_back(&try_to_come(&server, &oidc, "oidc").await, "trouble"));
    }
    assert_eq!(oidc.count(Endpoint::Jwks), 2);
    oidc.sign_by(Signing::Key(oidc.key()));
    assert!(is_in(&try_to_come(&server, &oidc, "oidc").await));
}

/// `security.md` UP-07: the pause after a failure begins when it is one, and not when it was begun.
async fn a_provider_that_failed_slowly_is_left_alone(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let server = start(database, "", &[("oidc", &oidc, "")]).await;
    oidc.fail(Endpoint::Discovery, Fault::Holds);
    for _ in 0..3 {
        assert!(turned_back(&try_to_come(&server, &oidc, "oidc").await, "trouble"));
    }
    assert_eq!(oidc.count(Endpoint::Discovery), 1);
    oidc.recover(Endpoint::Discovery);
}

/// `security.md` UP-06; `providers.md` bug 11.
async fn a_key_is_used_for_what_it_is(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let names = names(12);
    let server = many(database, &oidc, &names).await;
    oidc.account(Account::new("1").name("Hana"));
    let (key, mut names) = (oidc.key(), names.iter());
    let mut met = async |what: &str, good: bool| {
        let page = try_to_come(&server, &oidc, names.next().unwrap()).await;
        assert_eq!((is_in(&page), turned_back(&page, "trouble")), (good, !good), "{what}: {page}");
    };
    let strange = vec![
        json!({ "kty": "AKP", "kid": "pq", "alg": "ML-DSA-44", "pub": "AA" }),
        json!({ "kty": "OKP", "crv": "Ed448", "kid": "ed", "x": "AA" }),
        json!({ "kty": "RSA", "kid": key.kid, "use": "enc", "n": "AQAB", "e": "AQAB" }),
        json!({ "kty": "oct", "kid": key.kid, "k": "c2VjcmV0" }),
        json!({ "kty": "RSA", "kid": key.kid, "n": 7, "e": [] }),
        json!("a text"),
        Value::Null,
    ];
    oidc.publish(strange.clone());
    met("beside strange ones", true).await;
    for (member, value) in
        [("use", json!("enc")), ("kty", json!("EC")), ("n", json!("AQAB")), ("kid", json!("another"))]
    {
        oidc.set(Part::Jwk, member, value.clone());
        met(&format!("{member} {value}"), false).await;
        oidc.undo(Part::Jwk);
    }
    // Without a name it has to be the only one.
    oidc.publish(strange[..4].to_vec());
    oidc.set(Part::Header, "kid", Value::Null);
    met("the only one of its kind", true).await;
    oidc.publish(vec![Key::rsa().jwk()]);
    met("one of two", false).await;
    oidc.undo(Part::Header);
    met("named", true).await;
    // As many as no provider has.
    let small = |n: usize| json!({ "kty": "OKP", "kid": n.to_string() });
    for number in [150, 10_000] {
        oidc.publish((0..number).map(small).collect());
        met(&number.to_string(), false).await;
    }
    oidc.publish(vec![]);
    oidc.fail(Endpoint::Jwks, Fault::HangsUp);
    met("none", false).await;
    oidc.recover(Endpoint::Jwks);
}

/// `providers.md` bug 15.
async fn a_document_is_of_the_issuer_that_was_asked(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let with_slash = format!("issuer = '{}/'\n", oidc.base);
    let section = |name: &str, issuer: &str| {
        oidc.settings(name)
            .lines()
            .map(|line| if line.starts_with("issuer") { issuer.trim_end() } else { line })
            .collect::<Vec<_>>()
            .join("\n")
    };
    let settings =
        format!("{}{}\n{}", crate::federation::PRIVATE, section("slash", &with_slash), oidc.settings("right"));
    let server = Server::start(database, &settings).await;
    let page = try_to_come(&server, &oidc, "slash").await;
    assert!(turned_back(&page, "trouble"), "{page}");
    let log = server.log();
    assert!(
        log.contains(&format!("the issuer is \\\"{}\\\"", oidc.base))
            || log.contains(&format!("the issuer is \"{}\"", oidc.base)),
        "{log}"
    );
    assert!(log.contains(&format!("{}/\"", oidc.base)) || log.contains(&format!("{}/\\\"", oidc.base)), "{log}");
    assert!(is_in(&try_to_come(&server, &oidc, "right").await), "others go on");
}

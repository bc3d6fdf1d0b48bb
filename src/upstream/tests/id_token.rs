use super::*;
use aws_lc_rs::hmac;
use serde_json::json;

const NOW: i64 = 1_800_000_000;

fn token(head: &Value, claims: &Value, key: &[u8]) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(head), part(claims));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

fn good() -> Value {
    json!({ "iss": "https://idp.test", "aud": "ours", "sub": "1", "iat": NOW, "exp": NOW + 300, "nonce": "n" })
}

fn check(change: impl FnOnce(&mut Map<String, Value>)) -> Result<(), Fault> {
    let mut claims = good();
    change(claims.as_object_mut().unwrap());
    let token = token(&json!({ "alg": "HS256" }), &claims, b"secret");
    let issuers = ["https://idp.test".to_owned()];
    Unverified::parse(&token).unwrap().check_claims(&Expected {
        issuers: &issuers,
        audiences: &["ours", "phone"],
        authorized_parties: &["party".to_owned()],
        nonce: Nonce::Exactly("n"),
        access_token: Some(&Secret::from("at")),
        max_age: Some(100),
        now: Timestamp(NOW),
    })
}

fn with(name: &str, value: Value) -> Result<(), Fault> {
    check(|claims| _ = claims.insert(name.to_owned(), value))
}

/// `security.md` UP-03; `providers.md` bugs 6, 13 and 14.
#[test]
fn each_claim_is_judged() {
    assert_eq!(check(|_| {}), Ok(()));
    for (name, value, expected) in [
        ("iss", json!("https://idp.test/"), Err(Fault::Issuer)),
        ("iss", json!("http://idp.test"), Err(Fault::Issuer)),
        ("iss", json!(null), Err(Fault::Issuer)),
        ("aud", json!("phone"), Ok(())),
        ("aud", json!(["ours"]), Ok(())),
        ("aud", json!("other"), Err(Fault::Audience)),
        ("aud", json!(["ours", "other"]), Err(Fault::Audience)),
        ("aud", json!(["ours", 7]), Err(Fault::Audience)),
        ("aud", json!([]), Err(Fault::Audience)),
        ("azp", json!("ours"), Ok(())),
        ("azp", json!("party"), Ok(())),
        ("azp", json!("other"), Err(Fault::Audience)),
        ("azp", json!(7), Err(Fault::Audience)),
        ("exp", json!(NOW - 30), Ok(())),
        ("exp", json!(NOW - 90), Err(Fault::Expired)),
        ("exp", json!("9999999999"), Err(Fault::Time)),
        ("exp", json!(null), Err(Fault::Time)),
        ("exp", json!(-1), Err(Fault::Time)),
        ("exp", json!(1e300), Err(Fault::Time)),
        ("exp", json!(1_800_000_300.5), Ok(())),
        ("iat", json!(NOW + 30), Ok(())),
        ("iat", json!(NOW + 90), Err(Fault::Time)),
        ("nbf", json!(NOW + 90), Err(Fault::Time)),
        ("nbf", json!("0"), Err(Fault::Time)),
        ("nonce", json!("other"), Err(Fault::Nonce)),
        ("nonce", json!(null), Err(Fault::Nonce)),
        ("auth_time", json!(NOW - 150), Ok(())),
        ("auth_time", json!(NOW - 170), Err(Fault::TooOld)),
        ("auth_time", json!("1"), Err(Fault::Time)),
        ("at_hash", json!("AAAA"), Err(Fault::AccessToken)),
    ] {
        assert_eq!(with(name, value.clone()), expected, "{name} {value}");
    }
    let both = check(|claims| {
        claims.insert("aud".into(), json!(["ours", "other"]));
        claims.insert("azp".into(), json!("ours"));
    });
    assert_eq!(both, Ok(()));
}

#[test]
fn the_access_token_beside_it_is_the_one_it_names() {
    let hash = digest(&SHA256, b"at");
    assert_eq!(with("at_hash", json!(URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]))), Ok(()));
}

/// `security.md` UP-04; `providers.md` bug 10.
#[test]
fn an_algorithm_is_pinned() {
    let pinned = [CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256];
    for alg in ["none", "None", "nOnE", "HS256", "ES256", ""] {
        let token = token(&json!({ "alg": alg }), &good(), b"secret");
        assert_eq!(Unverified::parse(&token).unwrap().algorithm(&pinned), Err(Fault::Algorithm), "{alg}");
    }
    assert!(algorithm("none").is_none());
}

#[test]
fn a_shared_secret_signs_where_that_is_pinned() {
    let hs256 = CoreJwsSigningAlgorithm::HmacSha256;
    let token = token(&json!({ "alg": "HS256" }), &good(), b"secret");
    let token = Unverified::parse(&token).unwrap();
    assert_eq!(token.check_hmac(&hs256, &Secret::from("secret")), Ok(()));
    assert_eq!(token.check_hmac(&hs256, &Secret::from("other")), Err(Fault::Signature));
}

/// `providers.md` bugs 7 and 12: a token of another kind, and keys that a token brings along.
#[test]
fn what_a_head_says_is_not_believed() {
    let issuers = ["https://idp.test".to_owned()];
    let expected = Expected {
        issuers: &issuers,
        audiences: &["ours"],
        authorized_parties: &[],
        nonce: Nonce::Any,
        access_token: None,
        max_age: None,
        now: Timestamp(NOW),
    };
    for (typ, good_typ) in [("JWT", true), ("jwt", true), ("at+jwt", false), ("logout+jwt", false)] {
        let token = token(&json!({ "alg": "HS256", "typ": typ }), &good(), b"k");
        assert_eq!(Unverified::parse(&token).unwrap().check_claims(&expected).is_ok(), good_typ, "{typ}");
    }
    let critical = token(&json!({ "alg": "HS256", "crit": ["b64"], "b64": false }), &good(), b"k");
    assert!(Unverified::parse(&critical).is_err());
    let head =
        json!({ "alg": "RS256", "jwk": { "kty": "RSA" }, "jku": "https://evil.test", "x5u": "https://evil.test" });
    let token = token(&head, &good(), b"k");
    let token = Unverified::parse(&token).unwrap();
    let keys = [json!({ "kty": "unknown" }), json!({ "kty": "EC", "crv": "P-521", "x": "A", "y": "A" })];
    assert_eq!(token.check_signature(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, &keys), Err(Fault::UnknownKey));
}

/// `providers.md` bug 31.
#[test]
fn a_nonce_is_met_verbatim_or_hashed_where_that_is_good() {
    let hashed = sha256_hex("raw");
    assert_eq!(hashed.len(), 64);
    for (nonce, told, met) in [
        (Nonce::Exactly("raw"), Some("raw"), true),
        (Nonce::Exactly("raw"), Some(hashed.as_str()), false),
        (Nonce::Exactly("raw"), None, false),
        (Nonce::OrHashed("raw"), Some("raw"), true),
        (Nonce::OrHashed("raw"), Some(hashed.as_str()), true),
        (Nonce::OrHashed("raw"), None, false),
        (Nonce::Any, None, true),
    ] {
        assert_eq!(nonce.is_met(told), met, "{nonce:?} {told:?}");
    }
}

#[test]
fn whatever_comes_is_taken_apart_or_refused() {
    for text in ["", ".", "..", "a.b.c", "e30.e30.", &"a".repeat(20_000)] {
        assert!(Unverified::parse(text).is_err(), "{text}");
    }
}

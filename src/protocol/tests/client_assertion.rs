use super::*;
use crate::protocol::{
    Code,
    registration::{ClientMetadata, register},
};
use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use std::slice::from_ref;

const NOW: Timestamp = Timestamp(1_800_000_000);

fn ed() -> (Ed25519KeyPair, Value) {
    let pair = Ed25519KeyPair::generate().unwrap();
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(pair.public_key()) });
    (pair, jwk)
}

fn claims() -> Value {
    json!({
        "iss": "svc", "sub": "svc", "aud": "https://id.test", "jti": "1",
        "iat": NOW.0, "nbf": NOW.0, "exp": NOW.0 + 60,
    })
}

fn signed(head: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encode(head), encode(claims));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn read(head: &Value, claims: &Value) -> Result<Assertion, Error> {
    Assertion::parse(&signed(head, claims, |_| vec![0; 64]))
}

fn judged(claims: &Value) -> Result<(), Code> {
    let issuer = Issuer::parse("https://id.test").unwrap();
    let read = read(&json!({ "alg": "EdDSA" }), claims);
    read.and_then(|assertion| assertion.check_claims(&issuer, path::REVOKE, NOW)).map_err(|why| why.code)
}

/// `security.md` TK-12.
#[test]
fn each_claim_is_judged() {
    let with = |name: &str, value: Value| {
        let mut changed = claims();
        changed[name] = value;
        judged(&changed)
    };
    assert_eq!(judged(&claims()), Ok(()));
    let refused = Err(Code::InvalidClient);
    for (name, value, expected) in [
        ("iss", json!("other"), refused),
        ("sub", json!("other"), refused),
        ("sub", json!(7), refused),
        ("aud", json!("https://id.test/token"), Ok(())),
        ("aud", json!("https://id.test/revoke"), Ok(())),
        ("aud", json!(["https://id.test"]), Ok(())),
        ("aud", json!(["https://id.test", "https://id.test/token"]), Ok(())),
        ("aud", json!("https://id.test/"), refused),
        ("aud", json!("https://id.test/introspect"), refused),
        ("aud", json!("https://other.test/token"), refused),
        ("aud", json!(["https://id.test", "https://other.test"]), refused),
        ("aud", json!([]), refused),
        ("aud", json!(["https://id.test", 7]), refused),
        ("exp", json!(NOW.0 - 59), Ok(())),
        ("exp", json!(NOW.0 - 60), refused),
        ("exp", json!(NOW.0 + 660), Ok(())),
        ("exp", json!(NOW.0 + 661), refused),
        ("exp", json!(1_800_000_060.5), Ok(())),
        ("exp", json!(1e300), refused),
        ("exp", json!(-1), refused),
        ("exp", json!("1800000060"), refused),
        ("nbf", json!(NOW.0 + 60), Ok(())),
        ("nbf", json!(NOW.0 + 61), refused),
        ("iat", json!(NOW.0 + 61), refused),
        ("iat", json!(NOW.0 - 86_400), Ok(())),
        ("jti", json!(""), refused),
        ("jti", json!("x".repeat(255)), Ok(())),
        ("jti", json!("x".repeat(256)), refused),
        ("jti", json!(1), refused),
    ] {
        assert_eq!(with(name, value.clone()), expected, "{name} {value}");
    }
    for name in ["iss", "sub", "aud", "exp", "jti", "nbf", "iat"] {
        let mut without = claims();
        without.as_object_mut().unwrap().remove(name);
        assert_eq!(judged(&without).is_ok(), ["nbf", "iat"].contains(&name), "{name}");
    }
}

/// `security.md` TK-13.
#[test]
fn a_key_of_the_client_has_signed_by_an_algorithm_that_is_allowed() {
    let (pair, jwk) = ed();
    let named =
        |kid: &str| ClientKey::parse(&json!({ "kid": kid, "kty": "OKP", "crv": "Ed25519", "x": jwk["x"] })).unwrap();
    let (plain, one) = (ClientKey::parse(&jwk).unwrap(), named("one"));
    let other = ClientKey::parse(&ed().1).unwrap();
    let by = |head: Value| {
        Assertion::parse(&signed(&head, &claims(), |message| pair.sign(message).as_ref().to_vec())).unwrap()
    };
    let unnamed = by(json!({ "alg": "EdDSA" }));
    let check = |assertion: &Assertion, keys: &[ClientKey]| assertion.check_signature(None, keys).is_ok();
    assert!(check(&unnamed, &[other.clone(), plain.clone()]) && check(&unnamed, from_ref(&one)));
    assert!(!check(&unnamed, &[]) && !check(&unnamed, &[other]));
    assert!(check(&by(json!({ "alg": "Ed25519" })), from_ref(&plain)), "as RFC 9864 names it");
    let of_one = by(json!({ "alg": "EdDSA", "kid": "one", "typ": "JWT" }));
    assert!(check(&of_one, &[named("two"), one.clone()]));
    // Where a name is given, no other key is tried.
    assert!(!check(&of_one, &[named("two")]) && !check(&of_one, from_ref(&plain)));
    // What the head brings along is not looked at.
    let (thief, its) = ed();
    let head = json!({ "alg": "EdDSA", "jwk": its, "jku": "https://evil.test", "x5u": "https://evil.test" });
    let brought = signed(&head, &claims(), |message| thief.sign(message).as_ref().to_vec());
    assert!(!check(&Assertion::parse(&brought).unwrap(), from_ref(&plain)));
    for alg in ["none", "None", "HS256", "HS512", "RS256", "ES256", "RS1", "", "eddsa"] {
        assert!(!check(&by(json!({ "alg": alg })), from_ref(&plain)), "{alg}");
    }
    let secret = hmac::Key::new(hmac::HMAC_SHA256, pair.public_key().as_ref());
    let confused =
        signed(&json!({ "alg": "HS256" }), &claims(), |message| hmac::sign(&secret, message).as_ref().to_vec());
    assert!(!check(&Assertion::parse(&confused).unwrap(), from_ref(&plain)));
    let client = |alg: &str| {
        register(ClientMetadata {
            client_name: Some("Svc".into()),
            grant_types: Some(vec!["client_credentials".into()]),
            token_endpoint_auth_method: Some("private_key_jwt".into()),
            token_endpoint_auth_signing_alg: Some(alg.into()),
            jwks_uri: Some("https://svc.test/jwks".into()),
            ..ClientMetadata::default()
        })
        .unwrap()
    };
    for (alg, is_good) in [("EdDSA", true), ("ES256", false)] {
        assert_eq!(unnamed.check_signature(Some(&client(alg)), from_ref(&plain)).is_ok(), is_good, "{alg}");
    }
}

#[test]
fn a_signature_of_another_kind_of_key_is_none() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let [x, y] = [x, y].map(|half| URL_SAFE_NO_PAD.encode(half));
    let key = ClientKey::parse(&json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })).unwrap();
    let sign = |message: &[u8]| pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec();
    let good = Assertion::parse(&signed(&json!({ "alg": "ES256" }), &claims(), sign)).unwrap();
    assert!(good.check_signature(None, from_ref(&key)).is_ok());
    for signature in [vec![], vec![0; 64], vec![0xff; 64], vec![0; 10_000 / 8]] {
        let forged = Assertion { signature, ..good.clone() };
        assert!(forged.check_signature(None, from_ref(&key)).is_err());
    }
}

#[test]
fn what_is_no_assertion_is_not_taken_apart() {
    for text in ["", ".", "..", "a.b.c", "e30.e30.", &"a".repeat(20_000), &"a.".repeat(4000)] {
        assert!(Assertion::parse(text).is_err(), "{text}");
    }
    for (head, is_good) in [
        (json!({ "alg": "EdDSA", "typ": "jwt" }), true),
        (json!({ "alg": "EdDSA", "typ": "client-authentication+jwt" }), true),
        (json!({ "alg": "EdDSA", "typ": "at+jwt" }), false),
        (json!({ "alg": "EdDSA", "typ": "logout+jwt" }), false),
        (json!({ "alg": "EdDSA", "crit": ["b64"], "b64": false }), false),
        (json!({ "kid": "a" }), false),
    ] {
        assert_eq!(read(&head, &claims()).is_ok(), is_good, "{head}");
    }
    let twice = claims().to_string().replacen('{', r#"{"sub":"svc","#, 1);
    let text = format!("{}.{}.AA", URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA"}"#), URL_SAFE_NO_PAD.encode(twice));
    assert!(Assertion::parse(&text).is_err(), "a claim that is there twice means two things");
}

/// `security.md` TK-11: two clients may choose the same name, and one may not choose it twice.
#[test]
fn an_assertion_is_known_by_its_client_and_its_name() {
    let once = |sub: &str, jti: &str, exp: i64| {
        let mut changed = claims();
        (changed["iss"], changed["sub"]) = (sub.into(), sub.into());
        (changed["jti"], changed["exp"]) = (jti.into(), (NOW.0 + exp).into());
        read(&json!({ "alg": "EdDSA" }), &changed).unwrap().once()
    };
    assert_eq!(once("svc", "1", 60).0, once("svc", "1", 90).0);
    assert_ne!(once("svc", "1", 60).0, once("web", "1", 60).0);
    assert_ne!(once("svc", "1", 60).0, once("svc", "2", 60).0);
    assert!(once("svc", "1", 60).1 > NOW.plus(60 + LEEWAY), "it is remembered for as long as it is good");
}

/// `security.md` TK-09.
#[test]
fn an_assertion_is_sent_whole() {
    let text = signed(&json!({ "alg": "EdDSA" }), &claims(), |_| vec![0; 64]);
    let among = |form: &str| Assertion::among(&Params::parse(form.as_bytes()).unwrap()).map_err(|why| why.code);
    let kind = "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:";
    assert!(matches!(among(&format!("{kind}jwt-bearer&client_assertion={text}")), Ok(Some(_))));
    assert_eq!(among("grant_type=x"), Ok(None));
    for (form, code) in [
        (format!("{kind}jwt-bearer"), Code::InvalidRequest),
        (format!("client_assertion={text}"), Code::InvalidRequest),
        (format!("{kind}jwt-bearer&client_assertion={text}&client_assertion={text}"), Code::InvalidRequest),
        (format!("{kind}saml2-bearer&client_assertion={text}"), Code::InvalidClient),
        (format!("{kind}jwt-bearer&client_assertion=x"), Code::InvalidClient),
    ] {
        assert_eq!(among(&form), Err(code), "{form}");
    }
}

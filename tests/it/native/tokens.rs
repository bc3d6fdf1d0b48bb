//! Which credentials are good (`providers.md` section 14).
use super::{ACCESS_TOKEN, ID_TOKEN, SIGNING, asked, assert_refused, exchange, nonce_for, sign_in, start};
use crate::support::{
    Account, Answer, AppClient, Database, Endpoint, Key, Kind, Native, PERSONAL, Part, Signing, Upstream,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Signs in with this token and the nonce of it.
async fn bring(app: &AppClient, nonce: &str, token: &str) -> Answer {
    app.token(exchange(ID_TOKEN, token).with("nonce", nonce)).await
}

/// What comes of an ID token of which something is changed.
pub async fn changed(
    app: &AppClient,
    upstream: &Upstream,
    kind: Kind,
    part: Part,
    name: &str,
    value: Option<Value>,
) -> Answer {
    match value {
        Some(value) => upstream.set(part, name, value),
        None => upstream.omit(part, name),
    }
    let answer = sign_in(app, upstream, kind).await;
    upstream.undo(part);
    answer
}

/// `providers.md` bug 1, `security.md` TX-03: nothing is asked of whoever a token names.
#[tokio::test]
async fn an_issuer_in_a_token_is_never_asked() {
    for kind in SIGNING {
        let (upstream, evil) = (Upstream::start(kind), Upstream::start(kind));
        let server = start(Database::Sqlite, &upstream, kind, "").await;
        let phone = server.app("phone");
        // All of it is in order, but for who says it: the evil one's own, and one in the name of the real one.
        let nonce = nonce_for(&phone, "up").await;
        let token = evil.native_id_token(asked(kind, &nonce));
        assert_refused(&bring(&phone, &nonce, &token).await, "invalid_grant", "issuer_not_allowed");
        let asked_so_far = [Endpoint::Discovery, Endpoint::Jwks, Endpoint::LimitedJwks].map(|one| upstream.count(one));
        assert_eq!(asked_so_far, [0; 3], "{kind:?}");
        upstream.sign_by(Signing::Key(evil.key()));
        assert_refused(&sign_in(&phone, &upstream, kind).await, "invalid_grant", "bad_signature");
        upstream.set(Part::Header, "kid", upstream.key().kid.clone());
        assert_refused(&sign_in(&phone, &upstream, kind).await, "invalid_grant", "bad_signature");
        for endpoint in [Endpoint::Discovery, Endpoint::Jwks, Endpoint::LimitedJwks, Endpoint::Userinfo] {
            assert_eq!(evil.count(endpoint), 0, "{kind:?}");
        }
    }
}

/// `providers.md` bug 6, `security.md` TX-01.
#[tokio::test]
async fn a_token_for_another_app_is_refused() {
    for kind in SIGNING {
        let upstream = Upstream::start(kind);
        let server = start(Database::Sqlite, &upstream, kind, "").await;
        let phone = server.app("phone");
        let ours = upstream.client_id();
        for (claim, value) in [
            ("aud", json!("other")),
            ("aud", json!(["other"])),
            ("aud", json!([ours, "other"])),
            ("aud", json!([])),
            ("aud", json!(7)),
            ("azp", json!("other")),
            ("azp", json!(7)),
        ] {
            // Google says for whom in any case; here nobody is to.
            if kind == Kind::Google && claim == "aud" {
                upstream.omit(Part::IdToken, "azp");
            }
            let answer = changed(&phone, &upstream, kind, Part::IdToken, claim, Some(value.clone())).await;
            assert_refused(&answer, "invalid_grant", "audience_not_allowed");
        }
        sign_in(&phone, &upstream, kind).await.ok();
    }
    // Access tokens of other apps: of the same people, with the same rights.
    for kind in [Kind::Line, Kind::Facebook] {
        let upstream = Upstream::start(kind);
        let server = start(Database::Sqlite, &upstream, kind, "").await;
        let token = upstream.native_access_token(Native::audience("9"));
        let answer = server.app("phone").token(exchange(ACCESS_TOKEN, &token)).await;
        assert_refused(&answer, "invalid_grant", "audience_not_allowed");
        assert_eq!(upstream.count(Endpoint::Userinfo) + upstream.count(Endpoint::Profile), 0);
    }
}

/// `providers.md` section 1: each platform has its own name at Google.
#[tokio::test]
async fn a_token_is_for_one_of_the_names_that_the_settings_have() {
    let upstream = Upstream::start(Kind::Google);
    let more = "audiences = ['ios']\nauthorized_parties = ['android']";
    let server = start(Database::Sqlite, &upstream, Kind::Google, more).await;
    let phone = server.app("phone");
    let web = upstream.client_id();
    for (audience, azp, good) in [
        (web.as_str(), None, true),
        (&web, Some("android"), true),
        (&web, Some("ios"), true),
        ("ios", None, true),
        ("ios", Some(web.as_str()), true),
        (&web, Some("windows"), false),
        ("android", Some("android"), false),
    ] {
        let nonce = nonce_for(&phone, "up").await;
        let azp = azp.map(Into::into);
        let token = upstream.native_id_token(Native {
            azp,
            ..Native { audience: Some(audience.into()), ..Native::with_nonce(&nonce) }
        });
        let answer = bring(&phone, &nonce, &token).await;
        if good {
            answer.ok();
        } else {
            assert_refused(&answer, "invalid_grant", "audience_not_allowed");
        }
    }
    // Either issuer is Google's.
    let answer =
        changed(&phone, &upstream, Kind::Google, Part::IdToken, "iss", Some("accounts.google.com".into())).await;
    answer.ok();
}

/// `providers.md` bug 7, `security.md` TX-03 and JW-07.
#[tokio::test]
async fn a_token_of_another_kind_is_refused() {
    let upstream = Upstream::start(Kind::Google);
    let server = start(Database::Sqlite, &upstream, Kind::Google, "").await;
    let phone = server.app("phone");
    let tokens = sign_in(&phone, &upstream, Kind::Google).await.ok();
    for (name, reason) in
        [("id_token", "issuer_not_allowed"), ("access_token", "malformed"), ("refresh_token", "malformed")]
    {
        let nonce = nonce_for(&phone, "up").await;
        let answer = bring(&phone, &nonce, tokens[name].as_str().unwrap()).await;
        assert_refused(&answer, "invalid_grant", reason);
    }
    for kind in ["at+jwt", "logout+jwt", "secevent+jwt"] {
        let answer = changed(&phone, &upstream, Kind::Google, Part::Header, "typ", Some(kind.into())).await;
        assert_refused(&answer, "invalid_grant", "malformed");
    }
    // An ID token that is called an access token, and the other way round.
    let line = Upstream::start(Kind::Line);
    let server = start(Database::Sqlite, &line, Kind::Line, "").await;
    let phone = server.app("phone");
    let token = line.native_id_token(Native::with_nonce(&nonce_for(&phone, "up").await));
    assert_refused(&phone.token(exchange(ACCESS_TOKEN, &token)).await, "invalid_grant", "rejected");
    let nonce = nonce_for(&phone, "up").await;
    let answer = bring(&phone, &nonce, &line.native_access_token(Native::default())).await;
    assert_refused(&answer, "invalid_grant", "malformed");
}

/// `providers.md` bugs 10 and 12, `security.md` JW-01, JW-02 and JW-04.
#[tokio::test]
async fn the_algorithm_is_not_the_tokens_to_choose() {
    for kind in SIGNING {
        let upstream = Upstream::start(kind);
        let server = start(Database::Sqlite, &upstream, kind, "").await;
        let phone = server.app("phone");
        let secret = upstream.client_secret().into_bytes();
        let public = upstream.key().public_pem().into_bytes();
        let jwk = upstream.key().jwk().to_string().into_bytes();
        for signing in [
            Signing::Hmac(secret),
            Signing::Hmac(public),
            Signing::Hmac(jwk),
            Signing::Hmac(vec![]),
            Signing::Nothing("none"),
            Signing::Nothing("None"),
            Signing::Nothing("nOnE"),
            Signing::Nothing("RS256"),
            // A key of another kind than those that are pinned.
            Signing::Key(Arc::new(if kind == Kind::Line { Key::rsa() } else { Key::ec() })),
        ] {
            upstream.sign_by(signing.clone());
            let answer = sign_in(&phone, &upstream, kind).await;
            assert_refused(&answer, "invalid_grant", "bad_signature");
        }
    }
    // A key that comes along, or an address of one.
    let upstream = Upstream::start(Kind::Google);
    let server = start(Database::Sqlite, &upstream, Kind::Google, "").await;
    let evil = Upstream::start(Kind::Google);
    let phone = server.app("phone");
    upstream.sign_by(Signing::Key(evil.key()));
    let jwk = evil.key().jwk();
    for (name, value) in [
        ("jwk", jwk.clone()),
        ("jku", evil.url(Endpoint::Jwks).into()),
        ("x5u", evil.url(Endpoint::Jwks).into()),
        ("x5c", json!(["MIIB"])),
    ] {
        let answer = changed(&phone, &upstream, Kind::Google, Part::Header, name, Some(value)).await;
        assert_refused(&answer, "invalid_grant", "bad_signature");
    }
    assert_eq!(evil.count(Endpoint::Jwks), 0);
}

/// `providers.md` bugs 2, 4, 13 and 14.
#[tokio::test]
async fn tenants_times_and_keys_are_judged() {
    let upstream = Upstream::start(Kind::Microsoft);
    let mine = "11111111-1111-1111-1111-111111111111";
    upstream.account(Account::of(Kind::Microsoft).with("tid", mine));
    let settings = format!("allowed_tenants = ['{mine}']");
    let server = start(Database::Sqlite, &upstream, Kind::Microsoft, &settings).await;
    let phone = server.app("phone");
    let key = upstream.key();
    sign_in(&phone, &upstream, Kind::Microsoft).await.ok();
    for (tenant, reason) in [
        (PERSONAL, "not_welcome"),
        ("22222222-2222-2222-2222-222222222222", "not_welcome"),
        ("evil.test", "issuer_not_allowed"),
    ] {
        upstream.account(Account::of(Kind::Microsoft).with("tid", tenant));
        assert_refused(&sign_in(&phone, &upstream, Kind::Microsoft).await, "invalid_grant", reason);
    }
    upstream.account(Account::of(Kind::Microsoft).with("tid", mine));
    upstream.set(Part::Jwk, "issuer", format!("{}/{PERSONAL}/v2.0", upstream.base));
    upstream.rotate_keys();
    assert_ne!(upstream.key().kid, key.kid);
    assert_refused(&sign_in(&phone, &upstream, Kind::Microsoft).await, "invalid_grant", "bad_signature");

    let upstream = Upstream::start(Kind::Google);
    let server = start(Database::Sqlite, &upstream, Kind::Google, "").await;
    let phone = server.app("phone");
    let now = server.now().await;
    for (claim, value, reason) in [
        ("exp", Some(json!("9999999999")), Some("malformed")),
        ("exp", None, Some("malformed")),
        ("exp", Some(json!(-1)), Some("malformed")),
        ("exp", Some(json!(1e300)), Some("malformed")),
        ("exp", Some(json!(now - 90)), Some("expired")),
        ("exp", Some(json!(now - 20)), None),
        ("iat", Some(json!(now + 90)), Some("malformed")),
        ("iat", Some(json!(now + 20)), None),
        ("nbf", Some(json!(now + 90)), Some("malformed")),
        ("sub", None, Some("malformed")),
        ("sub", Some(json!("")), Some("malformed")),
    ] {
        let answer = changed(&phone, &upstream, Kind::Google, Part::IdToken, claim, value.clone()).await;
        match reason {
            Some(reason) => assert_refused(&answer, "invalid_grant", reason),
            None => _ = answer.ok(),
        }
    }
}

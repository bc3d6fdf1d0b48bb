//! Which other credentials are good: access tokens, codes, and none that prove nothing.
use super::{
    ACCESS_TOKEN, APPS, CODE, ID_TOKEN, PRIVATE, assert_refused, exchange, nonce_for, nonces::sha256_hex, provider,
    sign_in, start,
};
use crate::support::{Database, Endpoint, Kind, Native, Part, Server, Signing, Upstream, random};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// `providers.md` bugs 8 and 9.
#[tokio::test]
async fn nothing_that_is_not_signed_says_who_somebody_is() {
    let upstream = Upstream::start(Kind::Google);
    let server = start(Database::Sqlite, &upstream, Kind::Google, "native_nonce = 'optional'").await;
    let phone = server.app("phone");
    let profile = json!({ "iss": upstream.base, "sub": "1", "email": "victim@gmail.com", "email_verified": true });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = json!({ "alg": "RS256", "kid": upstream.key().kid });
    for text in [
        format!("GoogleIdToken-{profile}").replace(' ', ""),
        profile.to_string(),
        part(&profile),
        format!("{}.{}.", part(&head), part(&profile)),
        format!("{}.{}", part(&head), part(&profile)),
        random(),
    ] {
        let answer = phone.token(exchange(CODE, &text)).await;
        assert_refused(&answer, "invalid_grant", "rejected");
        assert_eq!(phone.token(exchange(ID_TOKEN, &text)).await.status, 400);
    }
    upstream.sign_by(Signing::Spoiled(upstream.key()));
    assert_refused(&sign_in(&phone, &upstream, Kind::Google).await, "invalid_grant", "bad_signature");
    // The same from the token endpoint, for a code.
    let answer = phone.token(exchange(CODE, &upstream.native_code(Native::default()))).await;
    assert_refused(&answer, "invalid_grant", "bad_signature");
    assert_eq!(server.texts("SELECT id FROM users").await.len(), 0);
}

/// `providers.md` sections 3 and 6: what a provider says of an access token.
#[tokio::test]
async fn an_access_token_is_as_good_as_its_provider_says() {
    for (kind, changes) in [
        (
            Kind::Line,
            vec![
                ("expires_in", json!(0), "expired"),
                ("expires_in", json!(-5), "expired"),
                ("client_id", Value::Null, "audience_not_allowed"),
            ],
        ),
        (
            Kind::Facebook,
            vec![
                ("is_valid", json!(false), "rejected"),
                ("is_valid", json!("true"), "rejected"),
                ("app_id", Value::Null, "audience_not_allowed"),
                ("type", json!("PAGE"), "malformed"),
                ("type", json!("APP"), "malformed"),
                ("expires_at", json!(1), "expired"),
                ("user_id", json!("1"), "access_token_mismatch"),
                ("user_id", Value::Null, "malformed"),
            ],
        ),
    ] {
        let upstream = Upstream::start(kind);
        let server = start(Database::Sqlite, &upstream, kind, "").await;
        let phone = server.app("phone");
        for (name, value, reason) in changes {
            upstream.set(Part::Verification, name, value);
            let answer = phone.token(exchange(ACCESS_TOKEN, &upstream.native_access_token(Native::default()))).await;
            assert_refused(&answer, "invalid_grant", reason);
            upstream.undo(Part::Verification);
        }
        assert_refused(&phone.token(exchange(ACCESS_TOKEN, "made-up")).await, "invalid_grant", "rejected");
        phone.token(exchange(ACCESS_TOKEN, &upstream.native_access_token(Native::default()))).await.ok();
        assert!(upstream.requests(Endpoint::Userinfo).iter().all(|sent| sent.get("appsecret_proof").is_some()));
    }
}

/// `providers.md` section 11: what proves nothing is refused before anything is asked, with a way on.
#[tokio::test]
async fn what_proves_nothing_is_sent_to_the_browser() {
    for (kind, credentials) in [
        (Kind::GitHub, vec![ID_TOKEN, ACCESS_TOKEN, CODE]),
        (Kind::X, vec![ID_TOKEN, ACCESS_TOKEN, CODE]),
        (Kind::Instagram, vec![ID_TOKEN, ACCESS_TOKEN, CODE]),
        (Kind::OAuth2, vec![ID_TOKEN, ACCESS_TOKEN, CODE]),
        (Kind::Microsoft, vec![ACCESS_TOKEN, CODE]),
        (Kind::Google, vec![ACCESS_TOKEN]),
        (Kind::Apple, vec![ACCESS_TOKEN]),
        (Kind::Line, vec![CODE]),
        (Kind::Facebook, vec![CODE]),
        (Kind::Oidc, vec![ACCESS_TOKEN, CODE]),
    ] {
        let upstream = Upstream::start(kind);
        let settings = match kind {
            Kind::OAuth2 => format!("{PRIVATE}{}{APPS}", upstream.settings("up")),
            _ => format!("{PRIVATE}{}{APPS}", provider(&upstream, kind, "")),
        };
        let server = Server::start(Database::Sqlite, &settings).await;
        for credential in credentials {
            let answer = server.app("phone").token(exchange(credential, &random())).await;
            assert_refused(&answer, "invalid_grant", "credential_not_supported");
            assert!(answer.body.contains("browser flow"), "{answer}");
        }
        for endpoint in [Endpoint::Token, Endpoint::Userinfo, Endpoint::Verify, Endpoint::Jwks, Endpoint::Discovery] {
            assert_eq!(upstream.count(endpoint), 0, "{kind:?}");
        }
    }
}

/// `providers.md` section 2: a code is for one of our names, with a secret of that name.
#[tokio::test]
async fn a_code_is_for_the_name_that_the_app_has() {
    let upstream = Upstream::start(Kind::Apple);
    let settings =
        format!("{PRIVATE}{}audiences = ['test.genkan.app', 'test.genkan.other']\n{APPS}", upstream.settings("up"));
    let server = Server::start(Database::Sqlite, &settings).await;
    let phone = server.app("phone");
    let code = |audience: &str| upstream.native_code(Native::audience(audience));
    phone.token(exchange(CODE, &code("test.genkan.app"))).await.ok();
    let answer = phone.token(exchange(CODE, &code("test.genkan.other"))).await;
    assert_refused(&answer, "invalid_grant", "rejected");
    let named = exchange(CODE, &code("test.genkan.other")).with("subject_audience", "test.genkan.other");
    phone.token(named).await.ok();
    let asked = upstream.count(Endpoint::Token);
    let foreign = exchange(CODE, &code("test.genkan.app")).with("subject_audience", "test.evil.app");
    assert_refused(&phone.token(foreign).await, "invalid_grant", "audience_not_allowed");
    assert_eq!(upstream.count(Endpoint::Token), asked);

    // With the nonce that went to the SDK; and with none that did not.
    let nonce = nonce_for(&phone, "up").await;
    let code =
        |nonce: &str| upstream.native_code(Native { nonce: Some(nonce.into()), ..Native::audience("test.genkan.app") });
    phone.token(exchange(CODE, &code(&sha256_hex(&nonce))).with("nonce", &nonce)).await.ok();
    assert_refused(&phone.token(exchange(CODE, &code("own"))).await, "invalid_grant", "nonce_mismatch");
    let nonce = nonce_for(&phone, "up").await;
    let answer = phone.token(exchange(CODE, &code("own")).with("nonce", nonce)).await;
    assert_refused(&answer, "invalid_grant", "nonce_mismatch");
}

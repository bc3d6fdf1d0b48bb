//! What ties a token to one sign-in (`providers.md` bugs 30 to 33).
use super::{
    APPS, ID_TOKEN, PRIVATE, SIGNING, asked, assert_refused, exchange, nonce_for, provider, start, tokens::changed,
};
use crate::support::{Account, Database, Kind, Native, Part, Server, Upstream, at_once};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// `providers.md` bug 30 (22be8569b).
#[tokio::test]
async fn apple_may_leave_a_nonce_out_where_it_says_that_it_cannot_give_one() {
    let upstream = Upstream::start(Kind::Apple);
    let server = start(Database::Sqlite, &upstream, Kind::Apple, "").await;
    let phone = server.app("phone");
    for (supported, good) in [
        (json!(true), false),
        (json!("true"), false),
        (Value::Null, false),
        (json!(false), true),
        (json!("false"), true),
    ] {
        upstream.omit(Part::IdToken, "nonce");
        let answer =
            changed(&phone, &upstream, Kind::Apple, Part::IdToken, "nonce_supported", Some(supported.clone())).await;
        if good {
            answer.ok();
        } else {
            assert_refused(&answer, "invalid_grant", "nonce_mismatch");
        }
    }
}

/// `providers.md` bug 31.
#[tokio::test]
async fn a_token_has_the_nonce_that_the_app_was_given() {
    for kind in SIGNING {
        for optional in [false, true] {
            let upstream = Upstream::start(kind);
            let more = if optional { "native_nonce = 'optional'" } else { "" };
            let server = start(Database::Sqlite, &upstream, kind, more).await;
            let (phone, careful) = (server.app("phone"), server.app("stranger"));
            let fresh = || nonce_for(&phone, "up");
            let token = |nonce: Option<&str>| {
                let native = asked(kind, "");
                upstream.native_id_token(Native { nonce: nonce.map(Into::into), ..native })
            };
            let sent = async |nonce: Option<&str>, token: String| {
                let form = exchange(ID_TOKEN, &token);
                phone.token(nonce.map_or(form.clone(), |nonce| form.with("nonce", nonce))).await
            };
            // The token has one and the app none; neither has one.
            for answer in [sent(None, token(Some("of the SDK"))).await, sent(None, token(None)).await] {
                if optional {
                    answer.ok();
                } else {
                    assert_refused(&answer, "invalid_grant", "nonce_missing");
                }
            }
            // The app has one and the token none, or another.
            for told in [None, Some("another"), Some("")] {
                let nonce = fresh().await;
                assert_refused(&sent(Some(&nonce), token(told)).await, "invalid_grant", "nonce_mismatch");
            }
            // One that nobody here gave, or for another app.
            assert_refused(&sent(Some("mine"), token(Some("mine"))).await, "invalid_grant", "nonce_mismatch");
            let foreign = nonce_for(&careful, "up").await;
            assert_refused(&sent(Some(&foreign), token(Some(&foreign))).await, "invalid_grant", "nonce_mismatch");
            // Verbatim; and as its digest, where libraries do that.
            let nonce = fresh().await;
            sent(Some(&nonce), token(Some(&nonce))).await.ok();
            let nonce = fresh().await;
            let hashed = sha256_hex(&nonce);
            let answer = sent(Some(&nonce), token(Some(&hashed))).await;
            if kind == Kind::Apple {
                answer.ok();
            } else {
                assert_refused(&answer, "invalid_grant", "nonce_mismatch");
            }
            // The digest is not the nonce.
            let nonce = fresh().await;
            let hashed = sha256_hex(&nonce);
            assert_refused(&sent(Some(&hashed), token(Some(&hashed))).await, "invalid_grant", "nonce_mismatch");
        }
    }
}

pub fn sha256_hex(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// `providers.md` bug 32: what one provider is allowed, another is not, whatever happens at the same time.
#[tokio::test]
async fn a_policy_is_its_providers_own() {
    let (strict, lax) = (Upstream::start(Kind::Facebook), Upstream::start(Kind::Facebook));
    let settings = format!(
        "{PRIVATE}{}{}native_nonce = 'optional'\n{APPS}",
        provider(&strict, Kind::Facebook, ""),
        lax.settings("lax")
    );
    let server = Server::start(Database::Sqlite, &settings).await;
    let phone = server.app("phone");
    let tries = (0..20).map(|n| {
        let (upstream, name) = if n % 2 == 0 { (&strict, "up") } else { (&lax, "lax") };
        let account = Some(Account { subject: n.to_string(), email: None, ..Account::of(Kind::Facebook) });
        let token = upstream.native_id_token(Native { account, ..Native::with_nonce("own") });
        let form = exchange(ID_TOKEN, &token).with("subject_issuer", name);
        let phone = phone.clone();
        async move { (name, phone.token(form).await) }
    });
    for (name, answer) in at_once(tries.collect::<Vec<_>>()).await {
        if name == "up" {
            assert_refused(&answer, "invalid_grant", "nonce_missing");
        } else {
            answer.ok();
        }
    }
}

/// `providers.md` section 11: an ID token and the access token beside it are of one sign-in.
#[tokio::test]
async fn an_access_token_beside_an_id_token_belongs_to_it() {
    let upstream = Upstream::start(Kind::Google);
    let server = start(Database::Sqlite, &upstream, Kind::Google, "").await;
    let phone = server.app("phone");
    let hash = URL_SAFE_NO_PAD.encode(&aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"beside").as_ref()[..16]);
    upstream.set(Part::IdToken, "at_hash", hash);
    for (beside, good) in [("beside", true), ("other", false)] {
        let nonce = nonce_for(&phone, "up").await;
        let token = upstream.native_id_token(Native::with_nonce(&nonce));
        let answer = phone.token(exchange(ID_TOKEN, &token).with("nonce", nonce).with("access_token", beside)).await;
        if good {
            answer.ok();
        } else {
            assert_refused(&answer, "invalid_grant", "access_token_mismatch");
        }
    }
}

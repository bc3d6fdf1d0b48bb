//! The simulated providers do what the real ones are documented to do: else nothing that is tested with them is shown.
mod client;
mod journey;
mod particular;

use crate::support::{
    Answer, Endpoint, Fault, Key, Kind, Params, Part, Reply, Signing, basic, claims_of, eventually, header_of, random,
};
use client::{CALLBACK, Client, fields, refused};
use reqwest::Method;
use serde_json::{Value, json};

/// Whether that is how the provider says no.
fn is_error(kind: Kind, (status, told): &(u16, Value)) -> bool {
    match kind {
        Kind::GitHub => *status == 200 && told["error"] == "bad_verification_code",
        Kind::Facebook => *status == 400 && told["error"]["type"] == "OAuthException",
        Kind::Instagram => *status == 400 && told["error_type"] == "OAuthException" && told["code"] == 400,
        Kind::X => *status == 400 && told["error"] == "invalid_request",
        Kind::Microsoft => *status == 400 && told["error"] == "invalid_grant" && told["error_codes"][0].is_number(),
        _ => *status == 400 && told["error"] == "invalid_grant",
    }
}

#[tokio::test]
async fn a_person_goes_there_and_back_and_a_code_is_good_once() {
    for kind in Kind::ALL {
        let client = Client::of(kind);
        let callback = client.allowed(&client.request()).await;
        assert_eq!(callback.get("state"), Some("the state"), "{callback:?}");
        let fragment = match kind {
            Kind::Facebook => "#_=_",
            Kind::Instagram => "#_",
            _ => "",
        };
        assert_eq!(callback.to, format!("{CALLBACK}{fragment}"));
        let redeemed = client.token(client.grant(&callback.code())).await;
        let tokens = fields(&redeemed);
        assert!(tokens["access_token"].is_string(), "{kind:?}: {tokens}");
        let again = client.token(client.grant(&callback.code())).await;
        assert!(is_error(kind, &refused(&again)), "{again}");
        let asked = client.upstream.requests(Endpoint::Token);
        assert_eq!((asked.len(), asked[0].get("code")), (2, callback.get("code")));
    }
}

#[tokio::test]
async fn a_code_is_bound_to_its_redirect_uri_and_to_its_verifier() {
    for kind in Kind::ALL {
        let client = Client::of(kind);
        let elsewhere = client.request().with("redirect_uri", "http://localhost:1/callback/other");
        assert_eq!(client.ask(&elsewhere).await.status, 400, "{kind:?}");
        let stray = client.grant(&client.code().await).with("redirect_uri", "http://localhost:2/callback/up");
        let (status, told) = refused(&client.token(stray).await);
        assert!(status == 400 || told["error"] == "redirect_uri_mismatch", "{kind:?}: {told}");
        let wrong = client.grant(&client.code().await).with("code_verifier", random());
        let answer = client.token(wrong).await;
        let knows = !matches!(kind, Kind::Apple | Kind::Facebook | Kind::Instagram);
        assert_eq!(is_error(kind, &refused(&answer)), knows, "{answer}");
        let plain = client.request().with("code_challenge_method", "plain");
        let none = client.request().without("code_challenge").without("code_challenge_method");
        let asks = async |request| client.ask(&request).await.has("upstream-allow");
        let takes_plain = !knows || matches!(kind, Kind::Google | Kind::Microsoft);
        assert_eq!((asks(plain).await, asks(none).await), (takes_plain, kind != Kind::X), "{kind:?}");
    }
}

#[tokio::test]
async fn whoever_does_not_want_to_is_told_of_in_the_words_of_the_provider() {
    for kind in Kind::ALL {
        let client = Client::of(kind);
        let page = client.ask(&client.request()).await;
        let denied = client.decide(&page, "upstream-deny").await.callback();
        let expected = if kind == Kind::Apple { "user_cancelled_authorize" } else { "access_denied" };
        assert_eq!((denied.get("error"), denied.get("state")), (Some(expected), Some("the state")));
        client.upstream.deny_next();
        assert!(client.allowed(&client.request()).await.get("code").is_none());
        assert!(client.allowed(&client.request()).await.get("code").is_some());
    }
}

#[tokio::test]
async fn id_tokens_are_signed_by_published_keys_and_bound_to_the_request() {
    for kind in [Kind::Google, Kind::Apple, Kind::Microsoft, Kind::Oidc] {
        let client = Client::of(kind);
        let tokens = client.tokens().await;
        let claims = client.verified(&tokens["id_token"], Endpoint::Jwks).await;
        assert_eq!((&claims["aud"], &claims["nonce"]), (&client.upstream.client_id().into(), &"the nonce".into()));
        assert!(claims["iss"].as_str().unwrap().starts_with(&client.upstream.base), "{claims}");
        client.upstream.rotate_keys();
        let renewed = client.tokens().await;
        assert_ne!(header_of(&renewed["id_token"])["kid"], header_of(&tokens["id_token"])["kid"]);
        client.verified(&renewed["id_token"], Endpoint::Jwks).await;
    }
}

#[tokio::test]
async fn a_test_has_a_provider_lie() {
    let (client, other) = (Client::of(Kind::Oidc), Client::of(Kind::Oidc));
    let upstream = &client.upstream;
    upstream.set(Part::IdToken, "exp", "9999999999");
    upstream.omit(Part::IdToken, "nonce");
    upstream.set(Part::Header, "jku", "http://127.0.0.1:1/keys");
    let token = client.tokens().await["id_token"].clone();
    assert_eq!((&claims_of(&token)["exp"], &claims_of(&token)["nonce"]), (&"9999999999".into(), &Value::Null));
    assert_eq!(header_of(&token)["jku"], "http://127.0.0.1:1/keys");
    upstream.undo(Part::IdToken);
    upstream.undo(Part::Header);

    let foreign = other.upstream.key();
    assert_ne!(foreign.jwk()["n"], upstream.key().jwk()["n"]);
    upstream.set(Part::Header, "kid", upstream.key().kid.clone());
    for signing in [Signing::Key(foreign), Signing::Spoiled(upstream.key())] {
        upstream.sign_by(signing);
        assert!(client.try_verified(&client.tokens().await["id_token"], Endpoint::Jwks).await.is_err());
    }
    upstream.sign_by(Signing::Nothing("nOnE"));
    let token = client.tokens().await["id_token"].clone();
    assert!(header_of(&token)["alg"] == "nOnE" && token.as_str().unwrap().ends_with('.'));
    upstream.sign_by(Signing::Hmac(upstream.key().public_pem().into()));
    assert_eq!(header_of(&client.tokens().await["id_token"])["alg"], "HS256");

    upstream.publish(vec![json!({ "kty": "AKP", "kid": "new", "alg": "ML-DSA-44", "pub": "AA" })]);
    let keys = client.http.get(&client.url(Endpoint::Jwks)).await.ok();
    assert_eq!((&keys["keys"][0]["kty"], &keys["keys"][1]["kty"]), (&"AKP".into(), &"RSA".into()));
    // Nobody has the same key at the same time, and a key is used again when nobody has it any more.
    let (first, second) = (Key::rsa(), Key::rsa());
    assert_ne!(first.jwk()["n"], second.jwk()["n"]);
}

#[tokio::test]
async fn a_test_has_a_provider_fail() {
    let client = Client::of(Kind::Oidc);
    let (upstream, url) = (&client.upstream, client.url(Endpoint::Discovery));
    upstream.fail(Endpoint::Discovery, Fault::HangsUp);
    assert!(Answer::try_of(client.http.request(Method::GET, &url)).await.is_err());
    upstream.answer_with(Endpoint::Discovery, Reply::html(200, "<h1>Hello</h1>"));
    assert_eq!(client.http.get(&url).await.body, "<h1>Hello</h1>");

    upstream.fail(Endpoint::Discovery, Fault::Holds);
    let asked = upstream.count(Endpoint::Discovery) + 1;
    let (http, held) = (client.http.clone(), url.clone());
    let waiting = tokio::spawn(async move { http.get(&held).await });
    eventually("it is asked", async || (upstream.count(Endpoint::Discovery) == asked).then_some(())).await;
    assert!(!waiting.is_finished());
    upstream.recover(Endpoint::Discovery);
    assert_eq!(waiting.await.unwrap().ok()["issuer"], upstream.base);

    for (fault, first) in [(Fault::Floods, b' '), (Fault::Drips, b'{')] {
        upstream.fail(Endpoint::Discovery, fault);
        let mut response = client.http.request(Method::GET, &url).send().await.unwrap();
        assert_eq!(response.chunk().await.unwrap().unwrap()[0], first);
    }
}

#[tokio::test]
async fn a_general_provider_takes_one_way_to_authenticate_and_says_who_it_is() {
    let client = Client::of(Kind::Oidc);
    let (id, secret) = (client.upstream.client_id(), client.upstream.client_secret());
    let discovery = client.http.get("/.well-known/openid-configuration").await.ok();
    assert_eq!(discovery["issuer"], client.setting("issuer"));
    let callback = client.allowed(&client.request()).await;
    assert_eq!(callback.get("iss"), Some(client.setting("issuer")));
    let token = discovery["token_endpoint"].as_str().unwrap();
    let both = client.grant(&callback.code()).with("client_id", &id).with("client_secret", &secret);
    client.http.post(token, &both, basic(&id, &secret)).await.assert_error(401, "invalid_client");
    let tokens = client.http.post(token, &client.grant(&callback.code()), basic(&id, &secret)).await.ok();
    let told = client.get(Endpoint::Userinfo, &Params::default(), &tokens["access_token"]).await.ok();
    assert_eq!(told["sub"], claims_of(&tokens["id_token"])["sub"]);

    let silent = async || client.ask(&client.request().with("prompt", "none")).await.callback();
    assert!(silent().await.get("code").is_some());
    client.upstream.sign_out();
    assert_eq!(silent().await.get("error"), Some("login_required"));
    let broken = client.ask(&client.request().with("scope", "profile")).await.callback();
    assert_eq!(broken.get("error"), Some("invalid_scope"));
}

#[tokio::test]
async fn what_providers_send_by_themselves_is_signed() {
    let apple = Client::of(Kind::Apple);
    let body: Value = serde_json::from_str(&apple.upstream.notification("account-delete", "1")).unwrap();
    let claims = apple.verified(&body["payload"], Endpoint::Jwks).await;
    let event: Value = serde_json::from_str(claims["events"].as_str().unwrap()).unwrap();
    assert_eq!((&event["type"], &event["sub"]), (&"account-delete".into(), &"1".into()));
    let google = Client::of(Kind::Google);
    google.upstream.set(Part::Event, "exp", i64::MAX / 2);
    let token = google.upstream.security_event("sessions-revoked", "1").into();
    let claims = google.verified(&token, Endpoint::Jwks).await;
    let risc = google.http.get(&google.url(Endpoint::Risc)).await.ok();
    assert_eq!(claims["iss"], risc["issuer"]);
    let oidc = Client::of(Kind::Oidc);
    let token = oidc.upstream.logout_token(None, Some(&oidc.upstream.sid())).into();
    let claims = oidc.verified(&token, Endpoint::Jwks).await;
    assert!(claims["sid"].is_string() && claims.get("sub").is_none() && header_of(&token)["typ"] == "logout+jwt");
}

//! What is particular about one provider or another.
use super::client::{CALLBACK, Client, fields};
use crate::support::{
    Account, Answer, Endpoint, Feature, Kind, Native, PERSONAL, Params, basic, claims_of, header_of, refresh_grant,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, Validation};
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};

#[tokio::test]
async fn apple_takes_a_secret_made_of_a_key_and_tells_a_name_once() {
    let client = Client::of(Kind::Apple);
    let in_query = client.request().without("response_mode");
    assert_eq!(client.ask(&in_query).await.status, 400);
    let first = client.allowed(&client.request()).await;
    let user: Value = serde_json::from_str(first.get("user").unwrap()).unwrap();
    assert_eq!(user["name"], json!({ "firstName": "Hanako", "lastName": "Yamada" }));
    let id = client.upstream.client_id();
    for secret in [
        client.apple_secret("test.genkan.other", 60),
        client.apple_secret(&id, 15_777_060),
        client.apple_secret(&id, -1),
        "secret".into(),
    ] {
        let form = client.grant(&first.code()).with("client_id", &id).with("client_secret", secret);
        client
            .http
            .post(&client.url(Endpoint::Token), &form, HeaderMap::new())
            .await
            .assert_error(400, "invalid_client");
    }
    let secret = client.apple_secret(&id, 60);
    let (url, form) = (client.url(Endpoint::Token), client.grant(&first.code()));
    client.http.post(&url, &form, basic(&id, &secret)).await.assert_error(400, "invalid_client");
    let tokens = client.token(form).await.ok();
    assert!(claims_of(&tokens["id_token"]).get("name").is_none());

    assert!(client.allowed(&client.request()).await.get("user").is_none());
    let revocation = Params::new(&[("token", tokens["refresh_token"].as_str().unwrap())]);
    let revocation = revocation.with("client_id", &id).with("client_secret", secret);
    let revoked = client.http.post(&client.url(Endpoint::Revocation), &revocation, HeaderMap::new()).await;
    assert_eq!((revoked.status, revoked.body.as_str()), (200, ""));
    assert_eq!(client.upstream.revoked(), [tokens["refresh_token"].as_str().unwrap()]);
    assert!(client.allowed(&client.request()).await.get("user").is_some());
}

#[tokio::test]
async fn codes_of_apps_are_redeemed_as_their_libraries_have_it() {
    let apple = Client::of(Kind::Apple);
    let redeem = async |client_id: &str, form: Params| {
        let secret = apple.apple_secret(client_id, 60);
        let form = form.with("client_id", client_id).with("client_secret", secret);
        apple.http.post(&apple.url(Endpoint::Token), &form, HeaderMap::new()).await
    };
    let code = || apple.upstream.native_code(Native::with_nonce("n"));
    let app = "test.genkan.app";
    let grant = |code: String| Params::new(&[("grant_type", "authorization_code"), ("code", &code)]);
    let claims = claims_of(&redeem(app, grant(code())).await.ok()["id_token"]);
    assert_eq!((&claims["aud"], &claims["nonce"]), (&app.into(), &"n".into()));
    redeem(&apple.upstream.client_id(), grant(code())).await.assert_error(400, "invalid_grant");
    redeem(app, grant(code()).with("redirect_uri", CALLBACK)).await.assert_error(400, "invalid_grant");

    let google = Client::of(Kind::Google);
    let code = || google.upstream.native_code(Native::default());
    google.token(grant(code()).with("redirect_uri", CALLBACK)).await.assert_error(400, "redirect_uri_mismatch");
    let tokens = google.token(grant(code()).with("redirect_uri", "")).await.ok();
    assert!(tokens["refresh_token"].is_string());
}

#[tokio::test]
async fn line_signs_by_the_secret_on_the_web_and_by_a_key_in_apps() {
    let client = Client::of(Kind::Line);
    let secret = DecodingKey::from_secret(client.upstream.client_secret().as_bytes());
    let mut validation = Validation::new(jsonwebtoken::Algorithm::HS256);
    validation.validate_aud = false;
    let token = client.tokens().await["id_token"].clone();
    let told = jsonwebtoken::decode::<Value>(token.as_str().unwrap(), &secret, &validation).unwrap();
    assert!(told.header.kid.is_none() && told.claims.get("email_verified").is_none());
    assert_eq!(told.claims["email"], "hanako@mail.test");
    let form = client.grant(&client.code().await).with("id_token_key_type", "JWK");
    let token = client.token(form).await.ok()["id_token"].clone();
    assert_eq!(header_of(&token)["alg"], "ES256");
    client.verified(&token, Endpoint::Jwks).await;
    client.upstream.disable(Feature::Email);
    assert!(claims_of(&client.tokens().await["id_token"]).get("email").is_none());

    let token = client.upstream.native_id_token(Native::with_nonce("n"));
    client.verified(&token.clone().into(), Endpoint::Jwks).await;
    let verify = async |nonce: &str| {
        let form = Params::new(&[("id_token", &token), ("client_id", &client.upstream.client_id()), ("nonce", nonce)]);
        client.http.post(&client.url(Endpoint::Verify), &form, HeaderMap::new()).await
    };
    assert_eq!(verify("n").await.ok()["sub"], Account::of(Kind::Line).subject);
    verify("m").await.assert_error(400, "invalid_request");
    for (native, whose) in [(Native::default(), client.upstream.client_id()), (Native::audience("9"), "9".into())] {
        let token = client.upstream.native_access_token(native);
        let told = client.get(Endpoint::Verify, &Params::new(&[("access_token", &token)]), &Value::Null).await.ok();
        assert_eq!((&told["client_id"], told["expires_in"].as_i64() > Some(0)), (&whose.into(), true));
    }
}

#[tokio::test]
async fn github_answers_in_its_own_way_and_lists_addresses_on_pages() {
    let client = Client::of(Kind::GitHub);
    let rows: Vec<_> = (0..31)
        .map(|n| json!({ "email": format!("{n}@mail.test"), "primary": n == 30, "verified": n == 30, "visibility": null }))
        .collect();
    client.upstream.account(Account::of(Kind::GitHub).with("emails", rows));
    let answer = client.token(client.grant(&client.code().await)).await;
    assert!(answer.body.contains("scope=read%3Auser%2Cuser%3Aemail"), "{answer}");
    let token = fields(&answer)["access_token"].clone();
    let user = client.get(Endpoint::Userinfo, &Params::default(), &token).await.ok();
    assert_eq!((&user["id"], user.get("emails")), (&583_231.into(), None));
    let first = client.get(Endpoint::Emails, &Params::default(), &token).await;
    assert_eq!(first.ok().as_array().unwrap().len(), 30);
    let next = first.header("link").unwrap().split(['<', '>']).nth(1).unwrap().to_owned();
    let next = client.http.request(Method::GET, &next).header("user-agent", "Genkan");
    let next = Answer::of(next.bearer_auth(token.as_str().unwrap())).await;
    assert!(next.ok()[0]["primary"] == true && next.header("link").is_none(), "{next}");
    assert_eq!(client.http.get_with_token("/user", token.as_str().unwrap()).await.status, 403);
}

#[tokio::test]
async fn facebook_wants_the_proof_of_the_app_and_says_whose_a_token_is() {
    let client = Client::of(Kind::Facebook);
    let (id, secret) = (client.upstream.client_id(), client.upstream.client_secret());
    let token = client.tokens().await["access_token"].clone();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    let proof = aws_lc_rs::hmac::sign(&key, token.as_str().unwrap().as_bytes());
    let proof = hex(proof.as_ref());
    let query = Params::new(&[("fields", "id,email,picture{url}"), ("appsecret_proof", &proof)]);
    let me = client.get(Endpoint::Userinfo, &query, &token).await.ok();
    assert!(me["email"] == "hanako@mail.test" && me["picture"]["data"]["url"].is_string() && me.get("name").is_none());
    let unproven = client.get(Endpoint::Userinfo, &Params::default(), &token).await;
    assert_eq!((unproven.status, &unproven.json()["error"]["code"]), (400, &100.into()));
    for (native, whose) in [(Native::default(), id.clone()), (Native::audience("9"), "9".into())] {
        let token = client.upstream.native_access_token(native);
        let query = Params::new(&[("input_token", &token), ("access_token", &format!("{id}|{secret}"))]);
        let told = client.get(Endpoint::Verify, &query, &Value::Null).await.ok();
        assert_eq!((&told["data"]["app_id"], &told["data"]["is_valid"]), (&whose.into(), &true.into()));
    }
    let limited = client.upstream.native_id_token(Native::with_nonce("n")).into();
    assert_eq!(client.verified(&limited, Endpoint::LimitedJwks).await["nonce"], "n");
    let request = client.upstream.signed_request("1").to_string();
    let (signature, payload) = request.split_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    aws_lc_rs::hmac::verify(&key, payload.as_bytes(), &signature).unwrap();
}

#[tokio::test]
async fn x_wraps_what_it_tells_and_spends_refresh_tokens() {
    let client = Client::of(Kind::X);
    let tokens = client.tokens().await;
    let query = Params::new(&[("user.fields", "confirmed_email")]);
    let told = client.get(Endpoint::Userinfo, &query, &tokens["access_token"]).await.ok();
    assert_eq!((&told["data"]["confirmed_email"], told["data"].get("created_at")), (&"hanako@mail.test".into(), None));
    let refresh = refresh_grant(&tokens);
    assert_ne!(client.token(refresh.clone()).await.ok()["refresh_token"], tokens["refresh_token"]);
    client.token(refresh).await.assert_error(400, "invalid_request");
    let in_body = client.grant("c").with("client_id", client.upstream.client_id()).with("client_secret", "s");
    let answer = client.http.post(&client.url(Endpoint::Token), &in_body, HeaderMap::new()).await;
    answer.assert_error(401, "unauthorized_client");
}

#[tokio::test]
async fn microsoft_has_an_issuer_for_each_tenant_and_keys_that_say_whose_they_are() {
    let client = Client::of(Kind::Microsoft);
    let base = client.upstream.base.clone();
    assert_eq!(client.setting("issuer"), format!("{base}/{{tenantid}}/v2.0"));
    let discovery = client.http.get(&client.url(Endpoint::Discovery)).await.ok();
    assert_eq!(discovery["issuer"], client.setting("issuer"));
    assert!(discovery.get("code_challenge_methods_supported").is_none());
    client.upstream.account(Account::of(Kind::Microsoft).with("tid", PERSONAL).with("xms_edov", 1));
    let claims = client.verified(&client.tokens().await["id_token"], Endpoint::Jwks).await;
    assert_eq!(claims["iss"], format!("{base}/{PERSONAL}/v2.0"));
    assert!(claims["xms_edov"] == 1 && claims.get("email_verified").is_none() && claims["oid"].is_string());
    let key = &client.http.get(&client.url(Endpoint::Jwks)).await.ok()["keys"][0];
    assert!(key.get("alg").is_none() && key["issuer"] == discovery["issuer"]);
    client.upstream.tenant(PERSONAL);
    let discovery = client.http.get(&client.url(Endpoint::Discovery)).await.ok();
    assert_eq!(discovery["issuer"], format!("{base}/{PERSONAL}/v2.0"));
}

#[tokio::test]
async fn instagram_and_others_have_ids_that_no_float_holds() {
    let client = Client::of(Kind::Instagram);
    let answer = client.token(client.grant(&client.code().await)).await;
    assert!(answer.body.contains(r#""user_id":17841405793187219"#), "{answer}");
    client.upstream.disable(Feature::InData);
    assert!(client.tokens().await["permissions"] == "instagram_business_basic");
    let client = Client::of(Kind::OAuth2);
    let token = client.tokens().await["access_token"].clone();
    let told = client.get(Endpoint::Userinfo, &Params::default(), &token).await;
    assert!(told.body.contains(r#""id":9007199254740993"#), "{told}");
    for (_, pointer) in client.settings["claims"].as_table().unwrap() {
        assert!(told.ok().pointer(pointer.as_str().unwrap()).is_some(), "{told}");
    }
}

#[tokio::test]
async fn a_github_app_has_refresh_tokens_and_may_not_see_addresses() {
    let client = Client::of(Kind::GitHub);
    client.upstream.register("http://localhost:1/callback");
    client.upstream.enable(Feature::GithubApp);
    client.upstream.account(Account::new("1").unverified("hanako@mail.test"));
    let tokens = client.tokens().await;
    let emails = client.get(Endpoint::Emails, &Params::default(), &tokens["access_token"]).await.ok();
    assert_eq!(emails[0]["verified"], false);
    client.upstream.disable(Feature::Email);
    let emails = client.get(Endpoint::Emails, &Params::default(), &tokens["access_token"]).await;
    assert_eq!(emails.status, 403);
    let renewed = fields(&client.token(refresh_grant(&tokens)).await);
    let who = async |tokens: &Value| client.get(Endpoint::Userinfo, &Params::default(), &tokens["access_token"]).await;
    assert_eq!((who(&renewed).await.status, who(&tokens).await.status), (200, 401));
    assert_eq!(fields(&client.token(refresh_grant(&tokens)).await)["error"], "bad_refresh_token");
    // Whatever is below the registered one is right.
    let stray = client.request().with("redirect_uri", "http://localhost:2/elsewhere");
    assert_eq!(client.ask(&stray).await.status, 400);
}

#[tokio::test]
async fn a_token_is_given_back_in_the_way_of_each() {
    for kind in [Kind::Google, Kind::Line, Kind::X, Kind::GitHub, Kind::Facebook] {
        let client = Client::of(kind);
        let token = client.tokens().await["access_token"].as_str().unwrap().to_owned();
        let (id, secret) = (client.upstream.client_id(), client.upstream.client_secret());
        let of_rfc_7009 = Params::new(&[("token", &token), ("client_id", &id), ("client_secret", &secret)]);
        let request = |method, endpoint| {
            client.http.request(method, &client.url(endpoint)).basic_auth(&id, Some(&secret)).header("user-agent", "G")
        };
        let revoke = |form: Params| client.post(Endpoint::Revocation, form);
        let status = match kind {
            Kind::Google => revoke(of_rfc_7009).await.status,
            Kind::Line => {
                assert_eq!(revoke(of_rfc_7009.clone()).await.status, 400);
                revoke(of_rfc_7009.with("access_token", &token)).await.status
            }
            Kind::X => Answer::of(request(Method::POST, Endpoint::Revocation).form(&[("token", &token)])).await.status,
            Kind::GitHub => {
                let delete = request(Method::DELETE, Endpoint::Applications).json(&json!({ "access_token": token }));
                Answer::of(delete).await.status
            }
            _ => {
                let proof = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
                let proof = hex(aws_lc_rs::hmac::sign(&proof, token.as_bytes()).as_ref());
                let query = Params::new(&[("access_token", &token), ("appsecret_proof", &proof)]).encoded();
                let url = format!("{}?{query}", client.url(Endpoint::Permissions));
                Answer::of(client.http.request(Method::DELETE, &url)).await.status
            }
        };
        assert_eq!((status, client.upstream.revoked()), (if kind == Kind::GitHub { 204 } else { 200 }, vec![token]));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

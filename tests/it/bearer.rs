//! Presenting tokens: userinfo, introspection, revocation (RFC 6750, OpenID Connect Core section 5.3, RFC 7662, RFC 7009).
use crate::support::{Answer, Database, Params, Server, on_each_database};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};

on_each_database!(
    a_token_of_another_kind_opens_nothing,
    who_asks_about_a_token_proves_who_they_are,
    an_app_revokes_its_own_tokens_alone,
    whatever_is_given_back_is_taken_quietly,
    an_app_learns_what_its_scopes_say,
    a_token_comes_in_one_place,
    an_apps_own_token_is_about_nobody,
);

#[track_caller]
fn assert_refused(answer: &Answer) {
    assert!([401, 403].contains(&answer.status), "{answer}");
    let challenge = answer.header("www-authenticate").expect("RFC 6750 section 3");
    assert!(challenge.starts_with("Bearer "), "{challenge}");
}

/// `security.md` JW-01 to JW-04, JW-06, JW-07 and UI-03 (RFC 8725 sections 3.1, 3.10 and 3.11).
async fn a_token_of_another_kind_opens_nothing(database: Database) {
    let server = Server::start(database, "").await;
    let web = server.app("web");
    let tokens = web.tokens(&server.browser(), &server.user("Alice")).await;
    let access = tokens["access_token"].as_str().unwrap();
    let parts: Vec<_> = access.split('.').collect();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
    let jwks = server.http.get("/jwks.json").await.ok();
    let with = |changes: Value| {
        let mut header = header.clone();
        header.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), parts[1], parts[2])
    };
    let id_token = tokens["id_token"].as_str().unwrap().to_owned();
    let refresh_token = tokens["refresh_token"].as_str().unwrap().to_owned();
    let mut wrong = vec![id_token, refresh_token, "x".into(), "a.b.c".into(), "..".into(), format!("{access}A")];
    for alg in ["none", "None", "nOnE", "", "HS256", "ES256", "PS256"] {
        let token = with(json!({ "alg": alg }));
        wrong.push(format!("{}.", token.rsplit_once('.').unwrap().0));
        wrong.push(token);
    }
    for kid in ["../../../dev/null", "' OR 1=1--", "\0", &"k".repeat(5000), ""] {
        wrong.push(with(json!({ "kid": kid })));
    }
    wrong.push(with(json!({ "jwk": jwks["keys"][0], "jku": "http://evil.test/", "x5u": "http://evil.test/" })));
    wrong.push(with(json!({ "crit": ["exp2"], "exp2": 1 })));
    wrong.push("x".repeat(16 * 1024 + 1));
    for token in wrong {
        assert_refused(&server.http.get_with_token("/userinfo", &token).await);
        // A refresh token is known here for what it is.
        if token != tokens["refresh_token"] && token.len() < 16_000 {
            assert_eq!(web.introspect(&token.into()).await, json!({ "active": false }));
        }
    }
    assert_eq!(web.userinfo(&tokens).await.status, 200);
}

/// `security.md` UI-01 (RFC 7662 section 2.1).
async fn who_asks_about_a_token_proves_who_they_are(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    let tokens = web.tokens(&server.browser(), &alice).await;
    let (mut wrong, mut nobody) = (web.clone(), web.clone());
    wrong.secret = Some("wrong".into());
    nobody.client_id = "nobody".into();
    for app in [&wrong, &nobody, &server.app("spa")] {
        for token in ["access_token", "refresh_token"] {
            let form = Params::new(&[("token", tokens[token].as_str().unwrap())]);
            let answer = app.post("/introspect", form.clone()).await;
            answer.assert_error(401, "invalid_client");
            assert!(!answer.body.contains(&alice.sub), "{answer}");
            let bare = server.http.post("/introspect", &form, HeaderMap::new()).await;
            bare.assert_error(401, "invalid_client");
        }
    }
    let told = web.introspect(&tokens["access_token"]).await;
    assert_eq!((&told["active"], &told["sub"], &told["client_id"]), (&true.into(), &alice.sub.into(), &"web".into()));
    assert_eq!(told["iss"], server.issuer);
    // An API may ask about an access token; a refresh token is its app's own.
    let api = server.app("svc");
    assert_eq!(api.introspect(&tokens["access_token"]).await["active"], true);
    assert_eq!(api.introspect(&tokens["refresh_token"]).await, json!({ "active": false }));
}

/// `security.md` UI-02 (RFC 7009 section 2.1).
async fn an_app_revokes_its_own_tokens_alone(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, web, browser) = (server.user("Alice"), server.app("web"), server.browser());
    let tokens = web.tokens(&browser, &alice).await;
    for other in ["post", "spa"] {
        for token in ["access_token", "refresh_token"] {
            assert_eq!(server.app(other).revoke(&tokens[token]).await.status, 200);
        }
    }
    assert_eq!(web.userinfo(&tokens).await.status, 200);
    let tokens = web.refresh(&tokens).await.ok();

    // An access token dies alone.
    assert_eq!(web.revoke(&tokens["access_token"]).await.status, 200);
    assert_refused(&web.userinfo(&tokens).await);
    assert_eq!(web.introspect(&tokens["access_token"]).await["active"], false);
    let renewed = web.refresh(&tokens).await.ok();
    assert_eq!(web.userinfo(&renewed).await.status, 200);
    // A refresh token with its family, and with no other.
    let other = web.tokens(&browser, &alice).await;
    assert_eq!(web.revoke(&renewed["refresh_token"]).await.status, 200);
    assert_refused(&web.userinfo(&renewed).await);
    web.refresh(&renewed).await.assert_error(400, "invalid_grant");
    assert_eq!(web.userinfo(&other).await.status, 200);
    let svc = server.app("svc").asking_for("api.read");
    let own = svc.token(svc.own_grant()).await.ok();
    assert_eq!(web.introspect(&own["access_token"]).await["active"], true);
    assert_eq!(svc.revoke(&own["access_token"]).await.status, 200);
    assert_eq!(web.introspect(&own["access_token"]).await["active"], false);
}

/// `security.md` UI-05 (RFC 7009 section 2.2).
async fn whatever_is_given_back_is_taken_quietly(database: Database) {
    let server = Server::start(database, "").await;
    let web = server.app("web");
    let tokens = web.tokens(&server.browser(), &server.user("Alice")).await;
    for token in ["x", "a.b.c", "' OR 1=1 --", &"x".repeat(10_000)] {
        for hint in ["access_token", "refresh_token", "nonsense", ""] {
            let form = Params::new(&[("token", token), ("token_type_hint", hint)]);
            let answer = web.post("/revoke", form.clone()).await;
            assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{answer}");
            assert_eq!(web.post("/introspect", form).await.ok(), json!({ "active": false }));
        }
    }
    for path in ["/revoke", "/introspect"] {
        web.post(path, Params::default()).await.assert_error(400, "invalid_request");
        web.post(path, Params::new(&[("token", "")])).await.assert_error(400, "invalid_request");
        let twice = Params::new(&[("token", "x"), ("token", "x")]);
        web.post(path, twice).await.assert_error(400, "invalid_request");
        let huge = web.post(path, Params::new(&[("token", &"x".repeat(1024 * 1024))])).await;
        huge.assert_error(413, "invalid_request");
    }
    // A wrong hint does not hide a token.
    let form =
        Params::new(&[("token", tokens["refresh_token"].as_str().unwrap()), ("token_type_hint", "access_token")]);
    assert_eq!(web.post("/revoke", form).await.status, 200);
    web.refresh(&tokens).await.assert_error(400, "invalid_grant");
}

/// `security.md` UI-06 (OpenID Connect Core section 5.4).
async fn an_app_learns_what_its_scopes_say(database: Database) {
    let server = Server::start(database, "").await;
    let file = server.folder().join("people.jsonl");
    let hana = json!({ "sub": "hana-1", "email": "hana@people.test", "email_verified": false, "name": "Hana Mori",
        "preferred_username": "hana", "given_name": "Hana", "locale": "ja-JP", "phone_number": "+81312345678",
        "address": { "locality": "Tokyo" }, "password": "correct horse" });
    std::fs::write(&file, hana.to_string()).unwrap();
    server.cli(&["user", "import", file.to_str().unwrap()], "");
    let alice = server.user("Alice");
    let mut user = alice.clone();
    (user.email, user.password) = ("hana".into(), "correct horse".into());
    let browser = server.browser();
    for (scope, expected) in [
        ("openid", vec!["sub"]),
        ("openid email", vec!["email", "email_verified", "sub"]),
        ("openid phone", vec!["phone_number", "sub"]),
        ("openid address", vec!["address", "sub"]),
        ("openid profile", vec!["given_name", "locale", "name", "preferred_username", "sub", "updated_at"]),
    ] {
        let app = server.app("spa").asking_for(scope);
        let tokens = app.tokens(&browser, &user).await;
        let told = app.userinfo(&tokens).await.ok();
        let mut names: Vec<_> = told.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, expected, "{scope}");
        assert_eq!(told["sub"], "hana-1");
        assert!(told["email_verified"].is_null() || told["email_verified"] == false);
    }
    let app = server.app("spa").asking_for("openid email");
    let told = app.userinfo(&app.tokens(&server.browser(), &alice).await).await.ok();
    assert_eq!(told["email_verified"], true);
}

/// `security.md` UI-07 (RFC 6750 section 2).
async fn a_token_comes_in_one_place(database: Database) {
    let server = Server::start(database, "").await;
    let web = server.app("web");
    let tokens = web.tokens(&server.browser(), &server.user("Alice")).await;
    let token = tokens["access_token"].as_str().unwrap();
    let get = |headers: &[String], query: &str| {
        let request = server.http.request(Method::GET, &format!("/userinfo{query}"));
        Answer::of(headers.iter().fold(request, |request, value| request.header("authorization", value)))
    };
    let in_query = format!("?access_token={token}");
    for (headers, query, status) in [
        (vec![format!("Bearer {token}")], "", 200),
        (vec![format!("bearer {token}")], "", 200),
        (vec![format!("Bearer  {token}")], "", 401),
        (vec![format!("Bearer {token} x")], "", 401),
        (vec![format!("Basic {token}")], "", 401),
        (vec!["Bearer".into()], "", 401),
        (vec![format!("Bearer {token}"), format!("Bearer {token}")], "", 400),
        (vec![], "", 401),
        (vec![], in_query.as_str(), 401),
    ] {
        let answer = get(&headers, query).await;
        assert_eq!(answer.status, status, "{headers:?} {answer}");
        assert_eq!(answer.header("www-authenticate").is_some(), status != 200, "{answer}");
    }
    let body = Params::new(&[("access_token", token)]);
    assert_eq!(server.http.post("/userinfo", &body, HeaderMap::new()).await.status, 200);
    let bare = server.http.get("/userinfo").await;
    // RFC 6750 section 3.1: nothing was wrong with what was not there.
    assert!(!bare.header("www-authenticate").unwrap().contains("error"), "{bare}");
}

/// `security.md` UI-03 and AD-05: a machine's token tells of no person.
async fn an_apps_own_token_is_about_nobody(database: Database) {
    let server = Server::start(database, "").await;
    let svc = server.app("svc").asking_for("api.read");
    let tokens = svc.token(svc.own_grant()).await.ok();
    let answer = svc.userinfo(&tokens).await;
    assert_refused(&answer);
    answer.assert_error(403, "insufficient_scope");
}

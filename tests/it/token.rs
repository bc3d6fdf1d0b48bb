//! The token endpoint: what a code is good for, and who may have tokens (RFC 6749 sections 2.3, 3.2, 4.1.3, 4.4, 5).
use crate::support::{Answer, AppClient, Browser, Database, Params, Server, User, basic, on_each_database};
use reqwest::{Method, header::HeaderMap};

on_each_database!(
    a_code_that_is_used_twice_takes_back_what_it_gave,
    a_code_is_good_for_what_it_was_issued_for_alone,
    a_code_dies_with_what_it_stands_on,
    an_app_proves_who_it_is_in_one_way,
    a_secret_is_right_or_wrong,
    a_grant_type_is_served_and_allowed_or_refused,
    what_an_app_may_have_for_itself_is_its_own,
    parameters_are_in_the_body_and_nowhere_else,
);

async fn code(app: &AppClient, browser: &Browser, user: &User) -> String {
    app.callback(browser, user).await.code()
}

/// RFC 6749 section 5.1.
#[track_caller]
fn assert_private(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
    assert_eq!(answer.header("content-type"), Some("application/json"), "{answer}");
    assert_eq!(answer.header("set-cookie"), None, "{answer}");
}

/// `security.md` TK-01 and TK-18 (RFC 6749 sections 4.1.2 and 5.1).
async fn a_code_that_is_used_twice_takes_back_what_it_gave(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    let code = code(&web, &server.browser(), &alice).await;
    let first = web.redeem(&code).await;
    assert_private(&first);
    let tokens = first.ok();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&"Bearer".into(), &900.into()));
    let refreshed = web.refresh(&tokens).await.ok();

    let again = web.redeem(&code).await;
    again.assert_error(400, "invalid_grant");
    assert_private(&again);
    for tokens in [&tokens, &refreshed] {
        assert_eq!(web.introspect(&tokens["access_token"]).await["active"], false);
        assert_eq!(web.introspect(&tokens["refresh_token"]).await["active"], false);
        web.refresh(tokens).await.assert_error(400, "invalid_grant");
        assert_eq!(web.userinfo(tokens).await.status, 401);
    }
    assert!(server.log().contains("event=token_reused"));
}

/// `security.md` TK-03 to TK-05 and TK-07 (RFC 6749 section 4.1.3, RFC 7636 section 4.6): and after one wrong try the
/// code is gone.
async fn a_code_is_good_for_what_it_was_issued_for_alone(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, spa) = (server.user("Alice"), server.browser(), server.app("spa"));
    let mut typo = spa.verifier.clone();
    let last = typo.pop().unwrap();
    typo.push(if last == 'A' { 'B' } else { 'A' });
    let challenge = spa.challenge();
    for (name, wrong) in [
        ("redirect_uri", ""),
        ("redirect_uri", "https://spa.test/cb/"),
        ("redirect_uri", "https://app.test/cb"),
        ("code_verifier", ""),
        ("code_verifier", &server.app("web").verifier),
        ("code_verifier", &challenge),
        ("code_verifier", &typo),
        ("code_verifier", &format!("{} ", spa.verifier)),
    ] {
        let code = code(&spa, &browser, &alice).await;
        spa.token(spa.code_grant(&code).with(name, wrong)).await.assert_error(400, "invalid_grant");
        spa.redeem(&code).await.assert_error(400, "invalid_grant");
    }
    let mut thief = server.app("post");
    let code = code(&spa, &browser, &alice).await;
    (thief.verifier, thief.redirect_uri) = (spa.verifier.clone(), spa.redirect_uri.clone());
    thief.redeem(&code).await.assert_error(400, "invalid_grant");
    spa.redeem(&code).await.assert_error(400, "invalid_grant");
    for never in ["x", "", "' OR 1=1 --", &"x".repeat(5000)] {
        let refused = spa.redeem(never).await;
        refused.assert_error(400, if never.is_empty() { "invalid_request" } else { "invalid_grant" });
    }
}

/// `security.md` TK-08.
async fn a_code_dies_with_what_it_stands_on(database: Database) {
    let server = Server::start(database, "tokens.authorization_code = 1").await;
    let (alice, browser, spa) = (server.user("Alice"), server.browser(), server.app("spa"));
    let old = code(&spa, &browser, &alice).await;
    server.passes(2).await;
    spa.redeem(&old).await.assert_error(400, "invalid_grant");

    let node = server.start_another("").await;
    let spa = node.app("spa");
    for scope in ["openid", "openid offline_access"] {
        let (app, browser) = (spa.clone().asking_for(scope), node.browser());
        let code = code(&app, &browser, &alice).await;
        browser.press(&browser.open("/logout").await, "logout-confirm", &[]).await;
        app.redeem(&code).await.assert_error(400, "invalid_grant");
    }
    let code = code(&spa, &node.browser(), &alice).await;
    node.disable(&alice.sub).await;
    spa.redeem(&code).await.assert_error(400, "invalid_grant");
}

/// `security.md` TK-09 (RFC 6749 section 2.3).
async fn an_app_proves_who_it_is_in_one_way(database: Database) {
    let server = Server::start(database, "").await;
    let svc = server.app("svc").asking_for("api.read");
    let secret = svc.secret.clone().unwrap();
    let grant = svc.own_grant();
    let good = basic("svc", &secret);
    let mut two = good.clone();
    two.append("authorization", good["authorization"].clone());
    for (form, headers, code) in [
        (grant.clone().with("client_id", "web"), good.clone(), "invalid_request"),
        (grant.clone().with("client_secret", &secret), good.clone(), "invalid_request"),
        (grant.clone().and("client_id", "svc").and("client_id", "svc"), good.clone(), "invalid_request"),
        (grant.clone(), two, "invalid_client"),
        (grant.clone(), HeaderMap::new(), "invalid_client"),
        (grant.clone().with("client_id", "svc"), HeaderMap::new(), "invalid_client"),
        (grant.clone().with("client_id", "spa").with("client_secret", "x"), HeaderMap::new(), "invalid_client"),
    ] {
        let answer = server.http.post("/token", &form, headers).await;
        answer.assert_error(if code == "invalid_client" { 401 } else { 400 }, code);
        assert_private(&answer);
        // RFC 6749 section 5.2.
        assert_eq!(answer.header("www-authenticate").is_some(), code == "invalid_client", "{answer}");
    }
    let answer = server.http.post("/token", &grant.with("client_id", "svc"), good).await;
    assert_private(&answer);
    answer.ok();
}

/// `security.md` TK-10 and TK-16: what is wrong is not told apart.
async fn a_secret_is_right_or_wrong(database: Database) {
    let server = Server::start(database, "").await;
    let svc = server.app("svc").asking_for("api.read");
    let secret = svc.secret.clone().unwrap();
    let mut answers = vec![];
    for (id, wrong) in [
        ("svc", String::new()),
        ("svc", "null".into()),
        ("svc", secret.to_uppercase()),
        ("svc", format!("{secret} ")),
        ("svc", secret[..16].to_owned()),
        ("svc", format!("{secret}{secret}")),
        ("svc", "x".repeat(8000)),
        ("SVC", secret.clone()),
        ("nobody", secret.clone()),
        ("web", secret.clone()),
    ] {
        let by_header = server.http.post("/token", &svc.own_grant(), basic(id, &wrong)).await;
        let form = svc.own_grant().with("client_id", id).with("client_secret", &wrong);
        let by_body = server.http.post("/token", &form, HeaderMap::new()).await;
        for answer in [by_header, by_body] {
            answer.assert_error(401, "invalid_client");
            answers.push((answer.status, answer.body));
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    for header in ["Basic", "Basic ###", "Bearer x", "Basic c3Zj", "Digest x", "Basic c3ZjOgA="] {
        let request = server.http.request(Method::POST, "/token").header("authorization", header);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body("grant_type=x");
        Answer::of(request).await.assert_error(401, "invalid_client");
    }
}

/// `security.md` TK-14.
async fn a_grant_type_is_served_and_allowed_or_refused(database: Database) {
    let server = Server::start(database, "").await;
    for (id, grant_type, code) in [
        ("web", "", "invalid_request"),
        ("web", "password", "unsupported_grant_type"),
        ("web", "implicit", "unsupported_grant_type"),
        ("web", "AUTHORIZATION_CODE", "unsupported_grant_type"),
        ("web", "urn:ietf:params:oauth:grant-type:device_code", "unsupported_grant_type"),
        ("web", "client_credentials", "unauthorized_client"),
        ("spa", "client_credentials", "unauthorized_client"),
        ("svc", "authorization_code", "unauthorized_client"),
        ("svc", "refresh_token", "unauthorized_client"),
    ] {
        let app = server.app(id);
        let form = Params::new(&[("grant_type", grant_type), ("code", "x"), ("refresh_token", "x")]);
        let answer = app.token(form.clone()).await;
        answer.assert_error(400, code);
        assert_private(&answer);
        app.token(form.and("grant_type", grant_type)).await.assert_error(400, "invalid_request");
    }
    let svc = server.app("svc");
    svc.token(Params::default()).await.assert_error(400, "invalid_request");
}

/// `security.md` TK-15 (RFC 6749 section 4.4).
async fn what_an_app_may_have_for_itself_is_its_own(database: Database) {
    let both = "[[clients]]
        client_id = 'both'
        client_name = 'Both'
        client_secret = 'both-secret-0123456789-0123456789-0123456789'
        redirect_uris = ['https://both.test/cb']
        grant_types = ['authorization_code', 'refresh_token', 'client_credentials']
        scope = 'openid email offline_access api.read'";
    let server = Server::start(database, both).await;
    for (id, scope) in [
        ("svc", "openid"),
        ("svc", "api.read admin"),
        ("both", "openid"),
        ("both", "email"),
        ("both", "offline_access"),
        ("both", "api.read openid"),
        ("both", "api.\"read"),
    ] {
        let app = server.app(id).asking_for(scope);
        app.token(app.own_grant()).await.assert_error(400, "invalid_scope");
    }
    let both = server.app("both");
    let tokens = both.token(both.own_grant().without("scope")).await.ok();
    assert_eq!(tokens["scope"], "api.read");
    assert!(tokens.get("refresh_token").is_none() && tokens.get("id_token").is_none());
}

/// `security.md` TK-19 (RFC 6749 section 3.2).
async fn parameters_are_in_the_body_and_nowhere_else(database: Database) {
    let server = Server::start(database, "log.level = 'trace'").await;
    let svc = server.app("svc").asking_for("api.read");
    let secret = svc.secret.clone().unwrap();
    let form = svc.own_grant().with("client_id", "svc").with("client_secret", &secret).encoded();
    let json = format!(r#"{{"grant_type":"client_credentials","client_id":"svc","client_secret":"{secret}"}}"#);
    let multipart =
        format!("--x\r\nContent-Disposition: form-data; name=\"client_secret\"\r\n\r\n{secret}\r\n--x--\r\n");
    let encoded = "application/x-www-form-urlencoded";
    let in_query = format!("/token?{form}");
    for (path, kind, body) in [
        (in_query.as_str(), Some(encoded), ""),
        (in_query.as_str(), Some(encoded), form.as_str()),
        ("/token", Some("application/json"), json.as_str()),
        ("/token", Some("text/plain"), &form),
        ("/token", Some("multipart/form-data; boundary=x"), &multipart),
        ("/token", None, &form),
    ] {
        for path in [path.to_owned(), path.replace("/token", "/introspect"), path.replace("/token", "/revoke")] {
            let mut request = server.http.request(Method::POST, &path);
            if let Some(kind) = kind {
                request = request.header("content-type", kind);
            }
            let answer = Answer::of(request.body(body.to_owned())).await;
            answer.assert_error(400, "invalid_request");
            assert_private(&answer);
        }
    }
    assert_eq!(server.http.get(&in_query).await.status, 405);
    assert!(!server.log().contains(&secret));
}

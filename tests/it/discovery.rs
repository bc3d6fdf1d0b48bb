//! What the provider says of itself, and its keys (OpenID Connect Discovery 1.0, RFC 8414, RFC 7517).
use crate::support::{
    Answer, AppClient, Database, Params, Server, eventually, header_of, on_each_database, refresh_grant,
};
use reqwest::{Method, header::HeaderMap};
use serde_json::Value;
use std::collections::BTreeSet;

on_each_database!(
    both_documents_say_the_same_and_what_is_true,
    what_is_off_is_not_advertised,
    documents_are_kept_and_asked_for_again_cheaply,
    keys_rotate_without_breaking_a_verifier,
    keys_rotate_by_themselves,
    each_algorithm_signs_what_its_apps_get,
);

const DOCUMENTS: [&str; 2] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

/// OpenID Connect Discovery section 3: and every endpoint answers.
async fn both_documents_say_the_same_and_what_is_true(database: Database) {
    let server = Server::start(database, "").await;
    let [document, other] = [server.http.get(DOCUMENTS[0]).await.ok(), server.http.get(DOCUMENTS[1]).await.ok()];
    assert_eq!(document, other);
    assert_eq!(document["issuer"], server.issuer);
    for (name, expected) in [
        ("response_types_supported", "code"),
        ("code_challenge_methods_supported", "S256"),
        ("subject_types_supported", "public"),
    ] {
        assert_eq!(document[name], serde_json::json!([expected]), "{name}");
    }
    for (name, expected) in [
        ("request_parameter_supported", false),
        ("request_uri_parameter_supported", false),
        ("claims_parameter_supported", false),
        ("authorization_response_iss_parameter_supported", true),
    ] {
        assert_eq!(document[name], expected, "{name}");
    }
    let endpoints: Vec<_> = document.as_object().unwrap().iter().filter(|(name, _)| is_address(name)).collect();
    assert_eq!(endpoints.len(), 7, "{endpoints:?}");
    for (name, address) in endpoints {
        let path = address.as_str().unwrap().strip_prefix(&server.issuer).expect("it is the issuer's own");
        let got = server.http.get(path).await;
        for answer in [got, server.http.post(path, &Params::default(), HeaderMap::new()).await] {
            assert!(answer.status < 500 && answer.status != 404, "{name}: {answer}");
        }
    }
    let keys = server.http.get("/jwks.json").await.ok();
    let all: BTreeSet<_> = texts(&document["id_token_signing_alg_values_supported"]).into_iter().collect();
    let published: BTreeSet<_> =
        keys["keys"].as_array().unwrap().iter().map(|key| key["alg"].as_str().unwrap()).collect();
    assert_eq!(all, published);
    // `security.md` KY-06.
    for key in keys["keys"].as_array().unwrap() {
        assert!(["d", "p", "q", "dp", "dq", "qi", "k"].iter().all(|private| key.get(private).is_none()), "{key}");
    }
}

fn is_address(name: &str) -> bool {
    name.ends_with("_endpoint") || name.ends_with("_uri")
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect()
}

async fn what_is_off_is_not_advertised(database: Database) {
    let open = Server::start(database, "").await;
    let off = Server::start(database, "registration.sign_up = 'off'").await;
    let prompts = async |server: &Server| server.http.get(DOCUMENTS[0]).await.ok()["prompt_values_supported"].clone();
    assert!(texts(&prompts(&open).await).contains(&"create"));
    assert!(!texts(&prompts(&off).await).contains(&"create"));
    assert_eq!(off.http.get("/signup").await.status, 403);
    let page = off.browser().open("/login").await;
    assert!(!page.body.contains("/signup"), "{page}");
    let spa = off.app("spa");
    let create = spa.authorize_url_of(&spa.authorization().with("prompt", "create"));
    assert!(off.browser().open(create).await.has("login-submit"));
    for path in ["/register", "/par", "/device_authorization", "/device", "/metrics"] {
        assert_eq!(off.http.get(path).await.status, 404, "{path}");
    }
}

/// `security.md` CS-08 (RFC 9110 sections 8.8.3 and 13.1.2).
async fn documents_are_kept_and_asked_for_again_cheaply(database: Database) {
    let server = Server::start(database, "").await;
    for path in [DOCUMENTS[0], DOCUMENTS[1], "/jwks.json"] {
        let first = server.http.get(path).await;
        assert_eq!(first.header("content-type"), Some("application/json"));
        assert_eq!(first.header("access-control-allow-origin"), Some("*"));
        assert!(first.header("cache-control").unwrap().starts_with("public, max-age="), "{first}");
        assert_eq!(first.header("set-cookie"), None);
        let etag = first.header("etag").unwrap();
        assert!(etag.starts_with('"'), "{etag}");
        for (known, status) in [
            (etag.to_owned(), 304),
            (format!("\"x\", {etag}"), 304),
            (format!("W/{etag}"), 304),
            ("*".into(), 304),
            ("\"x\"".into(), 200),
        ] {
            let request = server.http.request(Method::GET, path).header("if-none-match", &known);
            let again = Answer::of(request).await;
            assert_eq!((again.status, again.body.is_empty()), (status, status == 304), "{known} {again}");
            assert_eq!(again.header("etag"), Some(etag));
        }
        let head = Answer::of(server.http.request(Method::HEAD, path)).await;
        assert!([200, 405].contains(&head.status) && head.body.is_empty(), "{head}");
    }
}

async fn kids(server: &Server) -> BTreeSet<String> {
    let keys = server.http.get("/jwks.json").await.ok();
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn signs(app: &AppClient) -> (String, Value) {
    let tokens = app.token(app.own_grant()).await.ok();
    (header_of(&tokens["access_token"])["kid"].as_str().unwrap().to_owned(), tokens["access_token"].clone())
}

/// `security.md` KY-02 and JW-03.
async fn keys_rotate_without_breaking_a_verifier(database: Database) {
    let server = Server::start(database, "").await;
    let (web, svc) = (server.app("web"), server.app("svc").asking_for("api.read"));
    let tokens = web.tokens(&server.browser(), &server.user("Alice")).await;
    let (first, _) = signs(&svc).await;
    let cached = kids(&server).await;
    let listed = server.cli(&["keys", "list"], "");
    assert!(cached.iter().all(|kid| listed.contains(kid)) && listed.contains("next"), "{listed}");

    let told = server.cli(&["keys", "rotate"], "");
    assert!(told.contains("signs now"), "{told}");
    let second = eventually("the running server signs with the next key", async || {
        Some(signs(&svc).await.0).filter(|kid| *kid != first)
    })
    .await;
    // Whoever has kept the old set knows the new key; whoever reads the new one knows the old.
    assert!(cached.contains(&second));
    let now = kids(&server).await;
    assert!(now.is_superset(&cached) && now.len() > cached.len(), "{now:?}");
    server.claims(&tokens["id_token"]).await;
    assert_eq!(web.userinfo(&tokens).await.status, 200);
    assert_eq!(web.introspect(&tokens["access_token"]).await["active"], true);
    let renewed = web.token(refresh_grant(&tokens)).await.ok();
    server.claims(&renewed["id_token"]).await;

    // The key after that is too new to sign: caches do not know it yet.
    let told = server.cli(&["keys", "rotate"], "");
    assert!(told.contains("signs in") && !told.contains("signs now"), "{told}");
    let (status, _, why) = server.try_cli(&["keys", "rotate"], "");
    assert!(!status.success() && why.contains("under way"), "{why}");
    assert_eq!(signs(&svc).await.0, second);
    server.claims(&signs(&svc).await.1).await;
}

/// `keys.rotate_after`: at its start at the latest a node does what is due.
async fn keys_rotate_by_themselves(database: Database) {
    let mut server = Server::start(database, "keys.rotate_after = 1").await;
    let svc = server.app("svc").asking_for("api.read");
    let (first, token) = signs(&svc).await;
    server.passes(2).await;
    server.terminate().await;
    server.restart().await;
    eventually("the next key signs", async || (signs(&svc).await.0 != first).then_some(())).await;
    server.claims(&token).await;
}

/// OpenID Connect Core section 10.1, RFC 9068 section 2.1.
async fn each_algorithm_signs_what_its_apps_get(database: Database) {
    let apps: String = ["RS256", "ES256", "EdDSA"]
        .map(|alg| {
            format!(
                "[[clients]]\nclient_id = '{alg}'\nclient_name = '{alg}'\ntoken_endpoint_auth_method = 'none'
                redirect_uris = ['https://{}.test/cb']\nid_token_signed_response_alg = '{alg}'\n",
                alg.to_lowercase()
            )
        })
        .concat();
    let server = Server::start(database, &apps).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    for alg in ["RS256", "ES256", "EdDSA"] {
        let app = server.app(alg);
        let tokens = app.tokens(&browser, &alice).await;
        for (token, typ) in [("id_token", "JWT"), ("access_token", "at+jwt")] {
            let header = header_of(&tokens[token]);
            assert_eq!((&header["alg"], &header["typ"]), (&alg.into(), &typ.into()));
            server.claims(&tokens[token]).await;
        }
        assert_eq!(app.userinfo(&tokens).await.status, 200);
    }
}

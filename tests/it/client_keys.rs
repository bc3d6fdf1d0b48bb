//! Apps that share no secret with Genkan, but sign who they are: `private_key_jwt` (OpenID Connect Core section 9,
//! RFC 7523), by keys that they have registered or publish.
use crate::{
    federation::PRIVATE,
    support::{
        Answer, Database, Endpoint, Fault, Key, Kind, Params, Server, Signing, Upstream, at_once, basic, eventually,
        on_each_database, random,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use std::sync::Arc;

on_each_database!(
    an_app_signs_in_place_of_a_secret_wherever_it_says_who_it_is,
    what_is_not_as_it_should_be_opens_nothing,
    a_signature_is_of_a_key_of_the_app,
    of_many_that_bring_one_assertion_one_wins,
    keys_are_found_where_the_app_publishes_them,
    keys_that_cannot_be_read_open_nothing,
);

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub fn now() -> i64 {
    genkan::clock::Clock::system().now().0
}

/// Settings of an app for itself that signs; `keys`: `jwks` or `jwks_uri`, as TOML.
fn machine(id: &str, keys: &str) -> String {
    format!(
        "[[clients]]
        client_id = '{id}'
        client_name = 'Signer'
        token_endpoint_auth_method = 'private_key_jwt'
        grant_types = ['client_credentials']
        scope = 'api.read'
        {keys}\n"
    )
}

/// `jwks` of these keys, as TOML.
fn jwks(keys: &[Value]) -> String {
    format!("jwks = '{}'", json!({ "keys": keys }))
}

/// What an app claims that says who it is.
pub fn claims(server: &Server, id: &str) -> Value {
    json!({ "iss": id, "sub": id, "aud": server.issuer, "jti": random(), "iat": now(), "exp": now() + 60 })
}

/// The parameters that prove it.
pub fn proof(assertion: &str) -> Params {
    Params::new(&[("client_assertion_type", TYPE), ("client_assertion", assertion)])
}

fn and(mut form: Params, more: Params) -> Params {
    form.0.extend(more.0);
    form
}

fn own_grant() -> Params {
    Params::new(&[("grant_type", "client_credentials"), ("scope", "api.read")])
}

/// Asks for a token of the app's own.
pub async fn ask(server: &Server, assertion: &str) -> Answer {
    server.http.post("/token", &and(own_grant(), proof(assertion)), HeaderMap::new()).await
}

/// A good assertion by this key.
fn good(server: &Server, id: &str, key: &Arc<Key>) -> String {
    let signing = Signing::Key(key.clone());
    signing.jws(&signing.header(), &claims(server, id))
}

async fn is_believed(server: &Server, id: &str, key: &Arc<Key>) -> bool {
    let answer = ask(server, &good(server, id, key)).await;
    if answer.status != 200 {
        answer.assert_error(401, "invalid_client");
    }
    answer.status == 200
}

async fn an_app_signs_in_place_of_a_secret_wherever_it_says_who_it_is(database: Database) {
    let [rsa, ec, ed] = [Key::rsa(), Key::ec(), Key::ed()].map(Arc::new);
    let mut both = rsa.jwk();
    both.as_object_mut().unwrap().remove("alg");
    let keys = jwks(&[both, ec.jwk(), ed.jwk()]);
    let app = format!(
        "[[clients]]
        client_id = 'shop'
        client_name = 'Shop'
        token_endpoint_auth_method = 'private_key_jwt'
        redirect_uris = ['https://shop.test/cb']
        {keys}\n"
    );
    let server = Server::start(database, &(machine("job", &keys) + &app)).await;
    let pss = Signing::Pss(rsa.clone());
    for signing in [Signing::Key(rsa.clone()), pss, Signing::Key(ec.clone()), Signing::Key(ed)] {
        let header = signing.header();
        ask(&server, &signing.jws(&header, &claims(&server, "job"))).await.ok();
        // Without a name, any key that fits is tried.
        ask(&server, &signing.jws(&json!({ "alg": header["alg"] }), &claims(&server, "job"))).await.ok();
    }

    // Every grant, and every endpoint that asks who an app is.
    let (alice, shop) = (server.user("Alice"), server.app("shop"));
    let post = async |path: &str, form: Params| {
        server.http.post(path, &and(form, proof(&good(&server, "shop", &ec))), HeaderMap::new()).await
    };
    let code = shop.sign_in(&server.browser(), &alice).await;
    let tokens = post("/token", shop.code_grant(&code).with("client_id", "shop")).await.ok();
    let tokens = post("/token", crate::support::refresh_grant(&tokens)).await.ok();
    let token = Params::new(&[("token", tokens["access_token"].as_str().unwrap())]);
    assert_eq!(post("/introspect", token.clone()).await.ok()["active"], true);
    assert_eq!(post("/revoke", token.clone()).await.status, 200);
    assert_eq!(post("/introspect", token).await.ok()["active"], false);

    // What the metadata says is so.
    let metadata = server.http.get("/.well-known/openid-configuration").await.ok();
    for endpoint in ["token", "introspection", "revocation"] {
        let methods = metadata[format!("{endpoint}_endpoint_auth_methods_supported")].as_array().unwrap();
        assert!(methods.contains(&json!("private_key_jwt")), "{metadata}");
        let algorithms = &metadata[format!("{endpoint}_endpoint_auth_signing_alg_values_supported")];
        assert_eq!(*algorithms, json!(["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]), "{metadata}");
    }
}

/// `security.md` TK-09 and TK-12.
async fn what_is_not_as_it_should_be_opens_nothing(database: Database) {
    let key = Arc::new(Key::ec());
    let server = Server::start(database, &machine("job", &jwks(&[key.jwk()]))).await;
    let signing = Signing::Key(key.clone());
    let sign = |claims: &Value| signing.jws(&signing.header(), claims);
    let mut brought = vec![];
    for (name, value) in [
        ("iss", json!("svc")),
        ("sub", json!("svc")),
        ("sub", Value::Null),
        ("aud", json!("https://other.test")),
        ("aud", json!("https://other.test/token")),
        ("aud", json!(format!("{}/", server.issuer))),
        ("aud", json!([server.issuer, "https://other.test"])),
        ("aud", json!([])),
        ("aud", Value::Null),
        ("exp", json!(now() - 90)),
        ("exp", json!(now() + 900)),
        ("exp", json!("9999999999")),
        ("exp", Value::Null),
        ("nbf", json!(now() + 120)),
        ("iat", json!(now() + 120)),
        ("jti", Value::Null),
        ("jti", json!("")),
        ("jti", json!("x".repeat(256))),
    ] {
        let mut wrong = claims(&server, "job");
        wrong[name] = value;
        if wrong[name].is_null() {
            wrong.as_object_mut().unwrap().remove(name);
        }
        let assertion = sign(&wrong);
        let refused = ask(&server, &assertion).await;
        refused.assert_error(401, "invalid_client");
        assert_eq!(refused.header("cache-control"), Some("no-store"));
        brought.push(assertion);
    }
    for aud in [json!(format!("{}/token", server.issuer)), json!([server.issuer])] {
        let mut right = claims(&server, "job");
        right["aud"] = aud;
        ask(&server, &sign(&right)).await.ok();
    }
    // In one way alone, and whole.
    let fresh = || and(own_grant(), proof(&sign(&claims(&server, "job"))));
    let svc = server.app("svc").secret.unwrap();
    for (form, headers, status, code) in [
        (fresh(), basic("svc", &svc), 400, "invalid_request"),
        (fresh(), basic("job", "x"), 400, "invalid_request"),
        (fresh().with("client_secret", &svc), HeaderMap::new(), 400, "invalid_request"),
        (fresh().with("client_id", "svc"), HeaderMap::new(), 400, "invalid_request"),
        (fresh().and("client_assertion", sign(&claims(&server, "job"))), HeaderMap::new(), 400, "invalid_request"),
        (fresh().without("client_assertion"), HeaderMap::new(), 400, "invalid_request"),
        (fresh().without("client_assertion_type"), HeaderMap::new(), 400, "invalid_request"),
        (fresh().with("client_assertion_type", "urn:x"), HeaderMap::new(), 401, "invalid_client"),
        (fresh().with("client_assertion", "x".repeat(9000)), HeaderMap::new(), 401, "invalid_client"),
        // It has no secret, and an app with a secret has no keys.
        (own_grant(), basic("job", "x"), 401, "invalid_client"),
        (own_grant(), basic("job", ""), 401, "invalid_client"),
        (own_grant().with("client_id", "job"), HeaderMap::new(), 401, "invalid_client"),
        (and(own_grant(), proof(&sign(&claims(&server, "svc")))), HeaderMap::new(), 401, "invalid_client"),
    ] {
        server.http.post("/token", &form, headers).await.assert_error(status, code);
    }
    for path in ["/introspect", "/revoke"] {
        let form = and(Params::new(&[("token", "x")]), proof(&brought[0]));
        server.http.post(path, &form, HeaderMap::new()).await.assert_error(401, "invalid_client");
    }
    // Whom it concerns is written down, and never what was brought.
    eventually("it is written down", async || server.log().contains("event=client_refused").then_some(())).await;
    let (log, rows) = (server.log(), server.rows().await.join("\n"));
    for assertion in brought {
        let (_, signature) = assertion.rsplit_once('.').unwrap();
        assert!(!log.contains(signature) && !rows.contains(signature));
    }
    assert!(is_believed(&server, "job", &key).await);
}

/// `security.md` TK-13, and TK-16: who is not known is told what a wrong signature is told.
async fn a_signature_is_of_a_key_of_the_app(database: Database) {
    let [rsa, ec, other] = [Key::rsa(), Key::ec(), Key::ec()].map(Arc::new);
    let mut encrypts = other.jwk();
    encrypts["use"] = "enc".into();
    let pinned = machine("pinned", &jwks(&[rsa.jwk(), ec.jwk()])) + "token_endpoint_auth_signing_alg = 'ES256'\n";
    let settings = machine("job", &jwks(&[rsa.jwk(), ec.jwk(), encrypts])) + &pinned;
    let server = Server::start(database, &settings).await;
    let mut answers = vec![];
    let thief = Arc::new(Key::ec());
    let by = |signing: Signing, header: Value, id: &str| signing.jws(&header, &claims(&server, id));
    let pem = rsa.public_pem().into_bytes();
    for assertion in [
        by(Signing::Key(thief.clone()), json!({ "alg": "ES256" }), "job"),
        by(Signing::Key(thief.clone()), json!({ "alg": "ES256", "kid": ec.kid }), "job"),
        by(Signing::Key(thief.clone()), json!({ "alg": "ES256", "jwk": thief.jwk() }), "job"),
        by(Signing::Key(thief.clone()), json!({ "alg": "ES256", "jku": "http://127.0.0.1:9/", "kid": "x" }), "job"),
        by(Signing::Key(ec.clone()), json!({ "alg": "ES256", "kid": rsa.kid }), "job"),
        by(Signing::Key(ec.clone()), json!({ "alg": "ES256", "kid": "unknown" }), "job"),
        by(Signing::Spoiled(ec.clone()), json!({ "alg": "ES256", "kid": ec.kid }), "job"),
        by(Signing::Key(other.clone()), json!({ "alg": "ES256", "kid": other.kid }), "job"),
        by(Signing::Key(ec.clone()), json!({ "alg": "ES256" }), "nobody"),
        by(Signing::Key(ec.clone()), json!({ "alg": "ES256" }), "svc"),
        by(Signing::Key(ec.clone()), json!({ "alg": "ES256" }), "spa"),
    ] {
        let answer = ask(&server, &assertion).await;
        answer.assert_error(401, "invalid_client");
        answers.push(answer.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    for assertion in [
        by(Signing::Nothing("none"), json!({ "alg": "none" }), "job"),
        by(Signing::Nothing("None"), json!({ "alg": "None", "kid": ec.kid }), "job"),
        by(Signing::Hmac(pem.clone()), json!({ "alg": "HS256" }), "job"),
        by(Signing::Hmac(pem), json!({ "alg": "HS256", "kid": rsa.kid }), "job"),
        by(Signing::Hmac(rsa.jwk().to_string().into_bytes()), json!({ "alg": "HS256" }), "job"),
        by(Signing::Key(rsa.clone()), json!({ "alg": "RS512", "kid": rsa.kid }), "job"),
        by(Signing::Key(rsa.clone()), json!({ "alg": "PS256", "kid": rsa.kid }), "job"),
        by(Signing::Key(ec.clone()), json!({ "alg": "ES256", "kid": ec.kid, "typ": "at+jwt" }), "job"),
        by(Signing::Key(ec.clone()), json!({ "alg": "ES256", "kid": ec.kid, "crit": ["x"], "x": 1 }), "job"),
        by(Signing::Key(rsa.clone()), json!({ "alg": "RS256", "kid": rsa.kid }), "pinned"),
    ] {
        ask(&server, &assertion).await.assert_error(401, "invalid_client");
    }
    // The claims of one, the signature of another.
    let (one, two) = (good(&server, "job", &ec), good(&server, "job", &ec));
    let (head, _) = one.rsplit_once('.').unwrap();
    let (_, signature) = two.rsplit_once('.').unwrap();
    ask(&server, &format!("{head}.{signature}")).await.assert_error(401, "invalid_client");
    // None of that has used anything up.
    ask(&server, &one).await.ok();
    ask(&server, &two).await.ok();
    assert!(is_believed(&server, "job", &rsa).await && is_believed(&server, "pinned", &ec).await);
}

/// `security.md` TK-11.
async fn of_many_that_bring_one_assertion_one_wins(database: Database) {
    const AT_ONCE: usize = 32;
    let key = Arc::new(Key::ec());
    let settings = machine("job", &jwks(&[key.jwk()])) + &machine("other", &jwks(&[key.jwk()]));
    let mut nodes = vec![Server::start(database, &settings).await];
    if database == Database::Postgres {
        nodes.push(nodes[0].start_another(&settings).await);
    }
    let https: Vec<_> = nodes.iter().map(|node| node.http.clone()).collect();
    for _ in 0..3 {
        let form = and(own_grant(), proof(&good(&nodes[0], "job", &key)));
        let asking = https.iter().cycle().take(AT_ONCE).map(|http| {
            let (http, form) = (http.clone(), form.clone());
            async move { http.post("/token", &form, HeaderMap::new()).await }
        });
        let answers = at_once(asking).await;
        let (given, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(given.len(), 1);
        for answer in refused {
            answer.assert_error(401, "invalid_client");
        }
    }
    // One after the other; and wherever it was used first.
    let assertion = good(&nodes[0], "job", &key);
    let form = and(Params::new(&[("token", "x")]), proof(&assertion));
    assert_eq!(https[0].post("/revoke", &form, HeaderMap::new()).await.status, 200);
    for http in &https {
        http.post("/token", &and(own_grant(), proof(&assertion)), HeaderMap::new())
            .await
            .assert_error(401, "invalid_client");
    }
    // Signed once more, it is the same by its name; the name of another app is another.
    let signing = Signing::Key(key.clone());
    let named = |id: &str| {
        let mut claims = claims(&nodes[0], id);
        claims["jti"] = "the same".into();
        signing.jws(&signing.header(), &claims)
    };
    ask(&nodes[0], &named("job")).await.ok();
    ask(&nodes[0], &named("job")).await.assert_error(401, "invalid_client");
    ask(&nodes[0], &named("other")).await.ok();
}

async fn keys_are_found_where_the_app_publishes_them(database: Database) {
    let app = Upstream::start(Kind::Oidc);
    let keys = format!("jwks_uri = '{}'", app.url(Endpoint::Jwks));
    let server = Server::start(database, &(PRIVATE.to_owned() + &machine("job", &keys))).await;
    let read = || app.count(Endpoint::Jwks);
    assert_eq!(read(), 0, "nothing is read before it is needed");
    let first = app.key();
    for _ in 0..3 {
        assert!(is_believed(&server, "job", &first).await);
    }
    assert_eq!(read(), 1, "what is known is not asked for again");
    // For what is not for us, nothing is asked for.
    let mut foreign = claims(&server, "job");
    foreign["aud"] = "https://other.test".into();
    let unknown = Signing::Key(Arc::new(Key::ec()));
    ask(&server, &unknown.jws(&unknown.header(), &foreign)).await.assert_error(401, "invalid_client");
    assert_eq!(read(), 1);
    // Another key signs from one moment to the next, and the one before is not good any more.
    app.rotate_keys();
    assert!(is_believed(&server, "job", &app.key()).await);
    assert!(!is_believed(&server, "job", &first).await);
    assert_eq!(read(), 2);
    // Nobody makes us ask and ask.
    let http = server.http.clone();
    let asking = (0..20).map(|_| {
        let form = and(own_grant(), proof(&good(&server, "job", &Arc::new(Key::ec()))));
        let http = http.clone();
        async move { http.post("/token", &form, HeaderMap::new()).await }
    });
    for answer in at_once(asking).await {
        answer.assert_error(401, "invalid_client");
    }
    assert_eq!(read(), 2);
    // What is known does while nothing can be read, whatever else of the apps changes.
    app.fail(Endpoint::Jwks, Fault::HangsUp);
    server.cli(&["client", "create", "--name", "Another", "--public", "--redirect-uri", "https://a.test/cb"], "");
    assert!(is_believed(&server, "job", &app.key()).await);
}

/// `security.md` SS-01.
async fn keys_that_cannot_be_read_open_nothing(database: Database) {
    let app = Upstream::start(Kind::Oidc);
    let keys = format!("jwks_uri = '{}'", app.url(Endpoint::Jwks));
    let guarded = Server::start(database, &machine("job", &keys)).await;
    assert!(!is_believed(&guarded, "job", &app.key()).await);
    assert_eq!(app.count(Endpoint::Jwks), 0);
    assert!(guarded.log().contains("may not be fetched"), "{}", guarded.log());

    let server = Server::start(database, &(PRIVATE.to_owned() + &machine("job", &keys))).await;
    app.fail(Endpoint::Jwks, Fault::HangsUp);
    for _ in 0..3 {
        assert!(!is_believed(&server, "job", &app.key()).await);
    }
    assert_eq!(app.count(Endpoint::Jwks), 1, "an address that failed is left alone for a while");
    app.recover(Endpoint::Jwks);
    eventually("its keys are read", async || is_believed(&server, "job", &app.key()).await.then_some(())).await;
    // No private half, no shared secret, and no weak key is used, though it be published.
    let strange = Upstream::start(Kind::Oidc);
    let secret = b"a secret that everybody can read".to_vec();
    strange.publish(vec![
        json!({ "kty": "oct", "k": URL_SAFE_NO_PAD.encode(&secret), "kid": "shared", "alg": "HS256" }),
        json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode([0xff; 64]), "e": "AQ", "kid": "weak" }),
        json!("x"),
    ]);
    let keys = format!("jwks_uri = '{}'", strange.url(Endpoint::Jwks));
    let server = Server::start(database, &(PRIVATE.to_owned() + &machine("job", &keys))).await;
    let hmac = Signing::Hmac(secret);
    let shared = hmac.jws(&json!({ "alg": "HS256", "kid": "shared" }), &claims(&server, "job"));
    ask(&server, &shared).await.assert_error(401, "invalid_client");
    assert!(is_believed(&server, "job", &strange.key()).await, "the others do");
}

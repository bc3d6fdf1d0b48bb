//! ID tokens that are not what they should be, and answers about somebody else.
use super::try_to_come;
use crate::{
    linking::{come, count, is_in, start, turned_back, who},
    support::{Account, Database, Endpoint, Key, Kind, PERSONAL, Part, Server, Signing, Upstream, on_each_database},
};
use serde_json::{Value, json};
use std::sync::Arc;

on_each_database!(
    a_token_that_is_not_right_signs_nobody_in,
    each_provider_is_judged_by_its_own_rules,
    whoever_does_not_say_how_long_ago_it_was_has_not_heeded_the_question,
    who_somebody_is_comes_from_what_was_verified_alone,
);

fn now() -> i64 {
    genkan::clock::Clock::system().now().0
}

async fn refused(server: &Server, upstream: &Upstream, name: &str, what: &str) {
    let page = try_to_come(server, upstream, name).await;
    assert!(page.status == 200 && turned_back(&page, "trouble"), "{what}: {page}");
}

/// `security.md` UP-03, UP-04, JW-01, JW-02 and JW-05; `providers.md` bugs 1, 6, 7, 9, 10, 12, 13 and 14.
#[expect(clippy::too_many_lines, reason = "a table of what there is to try")]
async fn a_token_that_is_not_right_signs_nobody_in(database: Database) {
    let (oidc, google, evil) =
        (Upstream::start(Kind::Oidc), Upstream::start(Kind::Google), Upstream::start(Kind::Oidc));
    let server = start(database, "", &[("oidc", &oidc, ""), ("google", &google, "")]).await;
    let (ours, now) = (oidc.client_id(), now());
    let with_slash = format!("{}/", oidc.base);
    let by_https = oidc.base.replace("http:", "https:");
    for (claim, value) in [
        ("nonce", json!("another")),
        ("nonce", json!("")),
        ("nonce", Value::Null),
        ("nonce", json!(["a"])),
        ("aud", json!("another")),
        ("aud", json!([])),
        ("aud", json!([ours, "another"])),
        ("aud", json!([[ours]])),
        ("aud", json!({ "0": ours })),
        ("azp", json!("another")),
        ("azp", json!([ours])),
        ("iss", json!(with_slash)),
        ("iss", json!(by_https)),
        ("iss", json!(evil.base)),
        ("iss", json!([oidc.base])),
        ("iss", Value::Null),
        ("exp", json!(now - 120)),
        ("exp", json!((now + 3600).to_string())),
        ("exp", json!(-1)),
        ("exp", json!(1e300)),
        ("exp", Value::Null),
        ("iat", json!(now + 600)),
        ("iat", json!("now")),
        ("iat", Value::Null),
        ("nbf", json!(now + 600)),
        ("sub", json!("")),
        ("sub", json!("  ")),
        ("sub", json!("a\u{0}b")),
        ("sub", json!("a".repeat(256))),
        ("sub", json!(1.5)),
        ("sub", json!(["1"])),
        ("sub", Value::Null),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        ("at_hash", json!(7)),
        ("auth_time", json!("yesterday")),
    ] {
        oidc.set(Part::IdToken, claim, value.clone());
        refused(&server, &oidc, "oidc", &format!("{claim} {value}")).await;
        oidc.undo(Part::IdToken);
    }
    for claim in ["nonce", "aud", "iss", "exp", "iat", "sub"] {
        oidc.omit(Part::IdToken, claim);
        refused(&server, &oidc, "oidc", claim).await;
        oidc.undo(Part::IdToken);
    }
    // Signed otherwise: not at all, with what everybody knows, with what only we know, and by somebody else.
    let (key, foreign) = (oidc.key(), Arc::new(Key::rsa()));
    let jwk = key.jwk();
    let n = jwk["n"].as_str().unwrap().as_bytes().to_vec();
    for signing in [
        Signing::Nothing("none"),
        Signing::Nothing("None"),
        Signing::Nothing("nOnE"),
        Signing::Nothing("RS256"),
        Signing::Nothing(""),
        Signing::Hmac(oidc.client_secret().into_bytes()),
        Signing::Hmac(key.public_pem().into_bytes()),
        Signing::Hmac(jwk.to_string().into_bytes()),
        Signing::Hmac(n),
        Signing::Hmac(vec![]),
        Signing::Spoiled(key.clone()),
        Signing::Key(google.key()),
        Signing::Key(Arc::new(Key::ec())),
    ] {
        oidc.set(Part::Header, "kid", key.kid.clone());
        oidc.sign_by(signing.clone());
        refused(&server, &oidc, "oidc", &format!("{signing:?}")).await;
        oidc.undo(Part::Header);
    }
    // A key that the token brings along, or the way to one.
    oidc.sign_by(Signing::Key(foreign.clone()));
    evil.publish(vec![foreign.jwk()]);
    let there = evil.url(Endpoint::Jwks);
    for (name, value) in [
        ("jwk", foreign.jwk()),
        ("jku", json!(there)),
        ("x5u", json!(there)),
        ("x5c", json!(["MIIB"])),
        ("kid", json!(there)),
        ("kid", json!("../../../etc/passwd")),
        ("kid", json!("' OR 1=1 --")),
    ] {
        oidc.set(Part::Header, name, value.clone());
        refused(&server, &oidc, "oidc", &format!("{name} {value}")).await;
        oidc.undo(Part::Header);
    }
    oidc.set(Part::IdToken, "iss", evil.base.clone());
    refused(&server, &oidc, "oidc", "an issuer of one's own").await;
    oidc.undo(Part::IdToken);
    assert!(ASKED_NOWHERE.iter().all(|endpoint| evil.count(*endpoint) == 0), "nobody asks where a token says");
    // A token of another kind, and one that wants to be understood otherwise.
    oidc.sign_by(Signing::Key(key));
    for (name, value) in
        [("typ", json!("at+jwt")), ("typ", json!("logout+jwt")), ("crit", json!(["b64"])), ("alg", json!("HS256"))]
    {
        oidc.set(Part::Header, name, value.clone());
        refused(&server, &oidc, "oidc", &format!("{name} {value}")).await;
        oidc.undo(Part::Header);
    }
    for token in ["", "x", "a.b.c", "..", "e30.e30.e30"] {
        oidc.set(Part::TokenResponse, "id_token", token);
        refused(&server, &oidc, "oidc", token).await;
        oidc.undo(Part::TokenResponse);
    }
    oidc.omit(Part::TokenResponse, "id_token");
    refused(&server, &oidc, "oidc", "none").await;
    oidc.undo(Part::TokenResponse);
    assert_eq!(count(&server, "users").await, 0);
    // What is right is right, some seconds early and late.
    for (claim, value) in [("exp", now - 30), ("iat", now + 30), ("nbf", now + 30)] {
        oidc.set(Part::IdToken, claim, value);
        assert!(is_in(&try_to_come(&server, &oidc, "oidc").await), "{claim}");
        oidc.undo(Part::IdToken);
    }
    for (claim, value) in [("aud", json!([ours])), ("azp", json!(ours)), ("unknown", json!({ "a": [1] }))] {
        oidc.set(Part::IdToken, claim, value);
        assert!(is_in(&try_to_come(&server, &oidc, "oidc").await), "{claim}");
        oidc.undo(Part::IdToken);
    }
    assert_eq!(count(&server, "users").await, 1);
}

const ASKED_NOWHERE: [Endpoint; 4] = [Endpoint::Discovery, Endpoint::Token, Endpoint::Jwks, Endpoint::Userinfo];

/// `security.md` LK-07; `providers.md` bugs 2 to 5, 10 and 30.
#[expect(clippy::too_many_lines, reason = "a table of what there is to try")]
async fn each_provider_is_judged_by_its_own_rules(database: Database) {
    let (google, apple, line, microsoft) = (
        Upstream::start(Kind::Google),
        Upstream::start(Kind::Apple),
        Upstream::start(Kind::Line),
        Upstream::start(Kind::Microsoft),
    );
    let keyed = Upstream::start(Kind::Microsoft);
    // Its keys are good for personal accounts alone.
    keyed.set(Part::Jwk, "issuer", format!("{}/{PERSONAL}/v2.0", keyed.base));
    let (tenant, other) = ("3f2504e0-4f89-41d3-9a0c-0305e82c3301", "11111111-1111-1111-1111-111111111111");
    let server = start(
        database,
        "",
        &[
            ("google", &google, ""),
            ("hosted", &google, "hosted_domains = ['corp.test', 'other.test']"),
            ("apple", &apple, ""),
            ("line", &line, ""),
            ("keys", &line, "id_token_signed_response_alg = 'ES256'"),
            ("microsoft", &microsoft, ""),
            ("some", &microsoft, &format!("allowed_tenants = ['{other}']")),
            ("pinned", &microsoft, &format!("tenant = '{other}'")),
            ("firms", &microsoft, "tenant = 'organizations'"),
            ("people", &microsoft, "tenant = 'consumers'"),
            ("keyed", &keyed, ""),
        ],
    )
    .await;
    let met = async |upstream: &Upstream, name: &str, account: Account, outcome: &str| {
        upstream.account(Account { email: None, ..account.clone() });
        let page = try_to_come(&server, upstream, name).await;
        let is_it = if outcome.is_empty() { is_in(&page) } else { turned_back(&page, outcome) };
        assert!(is_it, "{name} {account:?}: {page}");
    };
    // Google's issuer had no scheme once.
    for (issuer, outcome) in [
        ("accounts.google.com", ""),
        ("https://accounts.google.com", "trouble"),
        ("accounts.google.com.evil.test", "trouble"),
    ] {
        google.set(Part::IdToken, "iss", issuer);
        met(&google, "google", Account::of(Kind::Google), outcome).await;
        google.undo(Part::IdToken);
    }
    for (domain, outcome) in [
        (json!("corp.test"), ""),
        (json!("OTHER.test"), ""),
        (json!("evil.test"), "not-welcome"),
        (json!(["corp.test"]), "not-welcome"),
        (json!(""), "not-welcome"),
        (Value::Null, "not-welcome"),
    ] {
        met(&google, "hosted", Account::of(Kind::Google).with("hd", domain), outcome).await;
    }
    // A device that cannot give a nonce back says so, and no other goes without.
    apple.omit(Part::IdToken, "nonce");
    for (supported, outcome) in [
        (json!(true), "trouble"),
        (json!("true"), "trouble"),
        (Value::Null, "trouble"),
        (json!(0), "trouble"),
        (json!(false), ""),
        (json!("false"), ""),
    ] {
        let account = Account { subject: supported.to_string(), ..Account::of(Kind::Apple) };
        met(&apple, "apple", account.with("nonce_supported", supported), outcome).await;
    }
    apple.undo(Part::IdToken);
    apple.set(Part::IdToken, "nonce", "another");
    met(&apple, "apple", Account::of(Kind::Apple).with("nonce_supported", false), "trouble").await;
    apple.undo(Part::IdToken);
    // Which of LINE's two ways is good is a setting.
    let (secret, key) = (line.client_secret().into_bytes(), line.key());
    for (name, signing, outcome) in [
        ("line", Signing::Hmac(secret.clone()), ""),
        ("line", Signing::Key(key.clone()), "trouble"),
        ("line", Signing::Hmac(key.public_pem().into_bytes()), "trouble"),
        ("line", Signing::Nothing("none"), "trouble"),
        ("keys", Signing::Key(key.clone()), ""),
        ("keys", Signing::Hmac(secret), "trouble"),
        ("keys", Signing::Hmac(key.public_pem().into_bytes()), "trouble"),
        ("keys", Signing::Nothing("none"), "trouble"),
    ] {
        line.sign_by(signing);
        met(&line, name, Account::of(Kind::Line), outcome).await;
    }
    // Microsoft's issuer is that of the tenant, and a tenant is one of those that may come.
    let of = |tid: Value| Account::of(Kind::Microsoft).with("tid", tid);
    met(&microsoft, "microsoft", of(json!(tenant)), "").await;
    for tid in
        [json!("evil.test/x"), json!("11111111-1111-1111-1111-11111111111G"), json!(""), json!([tenant]), Value::Null]
    {
        met(&microsoft, "microsoft", of(tid), "trouble").await;
    }
    microsoft.set(Part::IdToken, "tid", other);
    met(&microsoft, "microsoft", of(json!(tenant)), "trouble").await;
    microsoft.undo(Part::IdToken);
    microsoft.omit(Part::IdToken, "oid");
    met(&microsoft, "microsoft", of(json!(tenant)), "trouble").await;
    microsoft.undo(Part::IdToken);
    for (name, tid, outcome) in [
        ("some", tenant, "not-welcome"),
        ("some", other, ""),
        ("pinned", tenant, "trouble"),
        ("pinned", PERSONAL, "trouble"),
        ("pinned", other, ""),
        ("firms", tenant, ""),
        ("firms", PERSONAL, "trouble"),
        ("people", PERSONAL, ""),
        ("people", tenant, "trouble"),
    ] {
        met(&microsoft, name, of(json!(tid)), outcome).await;
    }
    met(&keyed, "keyed", of(json!(tenant)), "trouble").await;
    met(&keyed, "keyed", of(json!(PERSONAL)), "").await;
    // The same person, in two tenants, is two; and in one, by whichever app.
    let subjects = server.texts("SELECT subject FROM identities WHERE provider = 'microsoft' ORDER BY subject").await;
    assert!(subjects.len() == 1 && subjects[0].starts_with(&format!("{tenant}:")), "{subjects:?}");
}

/// `providers.md` bugs 8 and 16.
async fn who_somebody_is_comes_from_what_was_verified_alone(database: Database) {
    let (oidc, google) = (Upstream::start(Kind::Oidc), Upstream::start(Kind::Google));
    let server = start(database, "", &[("oidc", &oidc, ""), ("google", &google, "")]).await;
    let alice = server.user("Alice");
    // The token says who, and little else; what is asked for beside it is about the same person or counts for nothing.
    for claim in ["name", "email", "email_verified"] {
        oidc.omit(Part::IdToken, claim);
    }
    for sub in [json!("somebody else"), json!(""), json!(1), Value::Null] {
        oidc.set(Part::Userinfo, "sub", sub.clone());
        refused(&server, &oidc, "oidc", &sub.to_string()).await;
        oidc.undo(Part::Userinfo);
    }
    oidc.omit(Part::Userinfo, "sub");
    refused(&server, &oidc, "oidc", "no sub").await;
    oidc.undo(Part::Userinfo);
    oidc.account(Account::new("1").email(&alice.email).name("Hana"));
    for (name, value) in [("iss", "https://evil.test"), ("aud", "evil"), ("tid", "evil"), ("nonce", "evil")] {
        oidc.set(Part::Userinfo, name, value);
    }
    assert!(turned_back(&try_to_come(&server, &oidc, "oidc").await, "prove-first"));
    // An address of the token's is verified if the token says so.
    oidc.undo(Part::IdToken);
    oidc.omit(Part::IdToken, "email_verified");
    oidc.omit(Part::IdToken, "name");
    oidc.set(Part::Userinfo, "email_verified", true);
    let browser = server.browser();
    assert!(is_in(&come(&browser, &oidc, "oidc").await));
    assert!(who(&server, &browser).await.get("email").is_none());
    // A code is for the token endpoint, whatever it looks like.
    let profile = format!("{{\"sub\":\"1\",\"email\":\"{}\",\"email_verified\":true}}", alice.email);
    for code in [
        format!("GoogleIdToken-{profile}"),
        profile,
        "null".into(),
        "../x".into(),
        "a b+c%20&d=e".into(),
        "x".repeat(3000),
    ] {
        let browser = server.browser();
        let page = browser.meet(&google, &browser.open("/login").await, "google").await;
        let mut back = browser.submit(&page.form("upstream-allow")).await.location().unwrap();
        let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        back.query_pairs_mut().clear().append_pair("state", &state).append_pair("code", &code);
        assert!(turned_back(&browser.open(&back).await, "trouble"), "{code}");
        assert_eq!(google.requests(Endpoint::Token).last().unwrap().get("code"), Some(code.as_str()));
    }
    assert_eq!(count(&server, &format!("identities WHERE user_id = '{}'", alice.sub)).await, 0);
}

/// OpenID Connect Core section 2: `auth_time` is required where `max_age` was asked for.
async fn whoever_does_not_say_how_long_ago_it_was_has_not_heeded_the_question(database: Database) {
    let kinds = [(Kind::Oidc, true), (Kind::Line, true), (Kind::Google, false)];
    let upstreams = kinds.map(|(kind, tells)| (kind, tells, Upstream::start(kind)));
    let providers: Vec<_> = upstreams.iter().map(|(kind, _, upstream)| (kind.name(), upstream, "")).collect();
    let server = start(database, "", &providers).await;
    let (web, now) = (server.app("web"), now());
    for (kind, tells, upstream) in &upstreams {
        let come = async |max_age: Option<&str>| {
            let browser = server.browser();
            let request = web.authorization();
            let request = max_age.iter().fold(request, |request, seconds| request.with("max_age", *seconds));
            let page = browser.open(web.authorize_url_of(&request)).await;
            browser.sign_in_with(upstream, &page, kind.name()).await
        };
        upstream.omit(Part::IdToken, "auth_time");
        let page = come(Some("300")).await;
        assert_eq!((turned_back(&page, "trouble"), page.has("consent-allow")), (*tells, !tells), "{kind:?}: {page}");
        let asked = upstream.requests(Endpoint::Authorization).pop().unwrap();
        assert_eq!(asked.get("max_age"), tells.then_some("300"), "{kind:?}");
        // Where it was not asked for, nothing is missing.
        assert!(come(None).await.has("consent-allow"), "{kind:?}");
        upstream.set(Part::IdToken, "auth_time", now - 3600);
        assert!(turned_back(&come(Some("300")).await, "trouble"), "{kind:?}");
        upstream.set(Part::IdToken, "auth_time", now);
        assert!(come(Some("300")).await.has("consent-allow"), "{kind:?}");
        upstream.undo(Part::IdToken);
    }
}

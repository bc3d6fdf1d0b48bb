//! Native sign-in (`providers.md` section 11, RFC 8693): what an app has from a provider's SDK, for tokens of ours.
mod accounts;
mod around;
mod credentials;
mod devices;
mod nonces;
mod tokens;

use crate::{
    federation::PRIVATE,
    support::{
        Account, Answer, AppClient, Browser, Database, Endpoint, Kind, Native, Params, Server, Upstream, at_once,
        claims_of, on_each_database,
    },
};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use std::collections::BTreeSet;

on_each_database!(
    an_account_is_the_same_in_an_app_and_on_the_web,
    whatever_an_sdk_gives_is_the_same_person,
    a_credential_is_good_once,
    of_many_at_once_one_wins,
    whoever_comes_twice_at_once_has_one_account,
    an_app_that_is_limited_stays_so,
);

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
pub const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const CODE: &str = "urn:genkan:params:oauth:token-type:authorization_code";

/// Those that sign ID tokens for apps.
const SIGNING: [Kind; 6] = [Kind::Google, Kind::Apple, Kind::Line, Kind::Microsoft, Kind::Facebook, Kind::Oidc];

/// Further clients: apps on devices, each public.
const APPS: &str = "
[[clients]]
client_id = 'phone'
client_name = 'Phone'
token_endpoint_auth_method = 'none'
redirect_uris = ['com.example.app:/cb', 'https://id.test/app/cb']
grant_types = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:token-exchange']
skip_consent = true

[[clients]]
client_id = 'stranger'
client_name = 'Somebody else’s app'
token_endpoint_auth_method = 'none'
grant_types = ['urn:ietf:params:oauth:grant-type:token-exchange']

[[clients]]
client_id = 'careful'
client_name = 'A careful app'
client_secret = 'careful-secret-0123456789'
grant_types = ['refresh_token', 'urn:ietf:params:oauth:grant-type:token-exchange']
skip_consent = true
required_acr = 'mfa'
";

/// The name that an app has at such a provider.
fn audience(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Apple => Some("test.genkan.app"),
        Kind::Oidc => Some("oidc-app"),
        _ => None,
    }
}

/// What an app asks a provider's SDK for, with this nonce.
fn asked(kind: Kind, nonce: &str) -> Native {
    Native { audience: audience(kind).map(Into::into), ..Native::with_nonce(nonce) }
}

/// The settings of a provider, with its apps and these more.
fn provider(upstream: &Upstream, kind: Kind, more: &str) -> String {
    let audiences = audience(kind).map(|name| format!("audiences = ['{name}']\n")).unwrap_or_default();
    format!("{}{audiences}{more}\n", upstream.settings("up"))
}

/// A server with this provider under the name `up`.
async fn start(database: Database, upstream: &Upstream, kind: Kind, more: &str) -> Server {
    Server::start(database, &format!("{PRIVATE}{}{APPS}", provider(upstream, kind, more))).await
}

async fn nonce_for(app: &AppClient, provider: &str) -> String {
    let answer = app.post("/native/nonce", Params::new(&[("provider", provider)])).await.ok();
    assert_eq!(answer["expires_in"], 300);
    answer["nonce"].as_str().unwrap().to_owned()
}

/// The exchange of a credential.
pub fn exchange(kind: &str, token: &str) -> Params {
    Params::new(&[
        ("grant_type", GRANT),
        ("subject_issuer", "up"),
        ("subject_token", token),
        ("subject_token_type", kind),
        ("scope", "openid profile email offline_access"),
    ])
}

/// Signs in with an ID token that has a fresh nonce.
async fn sign_in(app: &AppClient, upstream: &Upstream, kind: Kind) -> Answer {
    let nonce = nonce_for(app, "up").await;
    let token = upstream.native_id_token(asked(kind, &nonce));
    app.token(exchange(ID_TOKEN, &token).with("nonce", nonce)).await
}

/// Fails unless it was refused so.
#[track_caller]
fn assert_refused(answer: &Answer, error: &str, reason: &str) {
    answer.assert_error(if error == "temporarily_unavailable" { 503 } else { 400 }, error);
    assert_eq!(answer.json()["genkan_error"], reason, "{answer}");
    assert!(answer.json()["error_description"].as_str().unwrap().starts_with(&format!("{reason}: ")), "{answer}");
}

/// Signs in by the browser; the claims of the ID token.
async fn on_the_web(server: &Server, browser: &Browser, upstream: &Upstream) -> Value {
    let web = server.app("web");
    let page = browser.open(web.authorize_url()).await;
    let page = browser.sign_in_with(upstream, &page, "up").await;
    let page = if page.has("consent-allow") { browser.press(&page, "consent-allow", &[]).await } else { page };
    claims_of(&web.redeem(&page.callback().code()).await.ok()["id_token"])
}

async fn an_account_is_the_same_in_an_app_and_on_the_web(database: Database) {
    for kind in SIGNING {
        let upstream = Upstream::start(kind);
        let server = start(database, &upstream, kind, "").await;
        let phone = server.app("phone");

        // Of two people, one comes by the web first, the other by the app.
        let before = on_the_web(&server, &server.browser(), &upstream).await;
        let tokens = sign_in(&phone, &upstream, kind).await.ok();
        let claims = server.claims(&tokens["id_token"]).await;
        assert_eq!((&claims["sub"], &claims["aud"]), (&before["sub"], &"phone".into()), "{kind:?}");
        assert_eq!((&claims["amr"], &claims["acr"]), (&json!(["fed"]), &"1fa".into()));
        assert_ne!(claims["sid"], before["sid"]);
        assert_eq!((&tokens["issued_token_type"], &tokens["token_type"]), (&ACCESS_TOKEN.into(), &"Bearer".into()));

        let other = Account { subject: "77777777777777777".into(), ..Account::of(kind).email("mizuki@mail.test") };
        upstream.account(other.name("Mizuki Kato"));
        let tokens = sign_in(&phone, &upstream, kind).await.ok();
        let claims = server.claims(&tokens["id_token"]).await;
        assert_ne!(claims["sub"], before["sub"], "{kind:?}");
        let after = on_the_web(&server, &server.browser(), &upstream).await;
        assert_eq!(after["sub"], claims["sub"], "{kind:?}");

        // And the tokens are as good as any.
        let told = phone.userinfo(&tokens).await.ok();
        assert_eq!(told["sub"], claims["sub"]);
        let renewed = phone.refresh(&tokens).await.ok();
        assert_eq!((&renewed["scope"], renewed.get("issued_token_type")), (&tokens["scope"], None));
        assert_eq!(server.claims(&renewed["id_token"]).await["sid"], claims["sid"]);
        assert_eq!(phone.revoke(&renewed["refresh_token"]).await.status, 200);
        phone.refresh(&renewed).await.assert_error(400, "invalid_grant");
        assert_eq!(phone.userinfo(&renewed).await.status, 401);
    }
}

/// `providers.md` section 11, its table.
async fn whatever_an_sdk_gives_is_the_same_person(database: Database) {
    for (kind, credential) in
        [(Kind::Google, CODE), (Kind::Apple, CODE), (Kind::Line, ACCESS_TOKEN), (Kind::Facebook, ACCESS_TOKEN)]
    {
        let upstream = Upstream::start(kind);
        let server = start(database, &upstream, kind, "").await;
        let phone = server.app("phone");
        let give = |native: Native| match credential {
            CODE => upstream.native_code(native),
            _ => upstream.native_access_token(native),
        };
        let first = phone.token(exchange(credential, &give(Native::default()))).await.ok();
        let again = sign_in(&phone, &upstream, kind).await.ok();
        let sub = |tokens: &Value| claims_of(&tokens["id_token"])["sub"].clone();
        assert_eq!(sub(&first), sub(&again), "{kind:?}");
        let name = phone.userinfo(&again).await.ok()["name"].clone();
        // Apple tells it to the app alone.
        assert_eq!(name.as_str(), Account::of(kind).name.as_deref().filter(|_| kind != Kind::Apple), "{kind:?}");
        if credential == CODE {
            // As the libraries have it.
            let sent = &upstream.requests(Endpoint::Token)[0];
            let app = if kind == Kind::Apple { "test.genkan.app".into() } else { upstream.client_id() };
            assert_eq!(sent.get("client_id"), Some(app.as_str()));
            assert_eq!(sent.form.get("redirect_uri"), (kind == Kind::Google).then_some(""));
            assert!(sent.get("code_verifier").is_none());
            phone.token(exchange(credential, &give(Native::default())).with("redirect_uri", "postmessage")).await;
            let asked = upstream.requests(Endpoint::Token);
            assert_eq!(
                asked.last().unwrap().get("redirect_uri").is_some_and(|uri| uri == "postmessage"),
                kind == Kind::Google
            );
        }
    }
}

/// `providers.md` bug 33, `security.md` TX-03.
async fn a_credential_is_good_once(database: Database) {
    for (kind, credential) in
        [(Kind::Google, ID_TOKEN), (Kind::Google, CODE), (Kind::Line, ACCESS_TOKEN), (Kind::Facebook, ACCESS_TOKEN)]
    {
        let upstream = Upstream::start(kind);
        let server = start(database, &upstream, kind, "").await;
        let phone = server.app("phone");
        let nonce = nonce_for(&phone, "up").await;
        let (token, form) = match credential {
            ID_TOKEN => {
                let token = upstream.native_id_token(asked(kind, &nonce));
                (token.clone(), exchange(credential, &token).with("nonce", &nonce))
            }
            CODE => (String::new(), exchange(credential, &upstream.native_code(Native::default()))),
            _ => (String::new(), exchange(credential, &upstream.native_access_token(Native::default()))),
        };
        phone.token(form.clone()).await.ok();
        let again = phone.token(form.clone()).await;
        assert_refused(&again, "invalid_grant", if credential == CODE { "rejected" } else { "replayed" });
        if credential == ID_TOKEN {
            // Nor is its nonce, in another token; nor the token, with another nonce.
            let account = Some(Account { subject: "2".into(), ..Account::of(kind) });
            let other = upstream.native_id_token(Native { account, ..asked(kind, &nonce) });
            assert_ne!(other, token);
            let answer = phone.token(exchange(ID_TOKEN, &other).with("nonce", &nonce)).await;
            assert_refused(&answer, "invalid_grant", "nonce_mismatch");
            let answer = phone.token(form.with("nonce", nonce_for(&phone, "up").await)).await;
            assert_refused(&answer, "invalid_grant", "nonce_mismatch");
        }
    }
}

async fn of_many_at_once_one_wins(database: Database) {
    for more in ["", "native_nonce = 'optional'"] {
        let upstream = Upstream::start(Kind::Google);
        let server = start(database, &upstream, Kind::Google, more).await;
        let phone = server.app("phone");
        let nonce = nonce_for(&phone, "up").await;
        let form = if more.is_empty() {
            exchange(ID_TOKEN, &upstream.native_id_token(asked(Kind::Google, &nonce))).with("nonce", nonce)
        } else {
            exchange(ID_TOKEN, &upstream.native_id_token(Native::default()))
        };
        let answers = at_once((0..50).map(|_| {
            let (phone, form) = (phone.clone(), form.clone());
            async move { phone.token(form).await }
        }));
        let answers = answers.await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!(won.len(), 1, "{answers:?}");
        for answer in lost {
            assert_refused(answer, "invalid_grant", "replayed");
        }
        assert_eq!(server.texts("SELECT id FROM users").await.len(), 1);
        assert_eq!(server.texts("SELECT id FROM grants").await.len(), 1);
    }
}

async fn whoever_comes_twice_at_once_has_one_account(database: Database) {
    let upstream = Upstream::start(Kind::Line);
    let server = start(database, &upstream, Kind::Line, "").await;
    let phone = server.app("phone");
    let answers = at_once((0..10).map(|_| {
        let (phone, token) = (phone.clone(), upstream.native_access_token(Native::default()));
        async move { phone.token(exchange(ACCESS_TOKEN, &token)).await }
    }));
    let mut subs = BTreeSet::new();
    for answer in answers.await {
        subs.insert(claims_of(&answer.ok()["id_token"])["sub"].to_string());
    }
    assert_eq!((subs.len(), server.texts("SELECT id FROM users").await.len()), (1, 1));
}

/// `providers.md` bug 51, `security.md` TX-01 and TX-04.
async fn an_app_that_is_limited_stays_so(database: Database) {
    let upstream = Upstream::start(Kind::Google);
    let mut server = start(database, &upstream, Kind::Google, "").await;
    let phone = server.app("phone");
    let tokens = sign_in(&phone, &upstream, Kind::Google).await.ok();
    let tokens = phone.refresh(&tokens).await.ok();

    // An app that may not at all; and one that does not prove that it is itself.
    for app in ["spa", "web", "svc"] {
        let app = server.app(app);
        app.token(exchange(ID_TOKEN, "t")).await.assert_error(400, "unauthorized_client");
        app.post("/native/nonce", Params::new(&[("provider", "up")])).await.assert_error(400, "unauthorized_client");
    }
    let mut careful = server.app("careful");
    (careful.secret, careful.auth_method) = (Some("wrong".into()), "client_secret_basic".into());
    careful.token(exchange(ID_TOKEN, "t")).await.assert_error(401, "invalid_client");

    // The limit holds for what has begun before it.
    server.terminate().await;
    let mut limited = server.registration("phone");
    limited["allowed_providers"] = json!(["apple", "local"]);
    server.set(&toml::to_string(&json!({ "clients": [limited] })).unwrap());
    server.restart().await;
    let jwks = upstream.count(Endpoint::Jwks);
    let answer = phone.post("/native/nonce", Params::new(&[("provider", "up")])).await;
    assert_refused(&answer, "unauthorized_client", "provider_not_allowed");
    let token = upstream.native_id_token(Native::default());
    let answer = phone.token(exchange(ID_TOKEN, &token)).await;
    assert_refused(&answer, "unauthorized_client", "provider_not_allowed");
    assert_eq!(upstream.count(Endpoint::Jwks), jwks, "nobody asks for it");
    phone.refresh(&tokens).await.assert_error(400, "invalid_grant");
    assert_eq!(phone.userinfo(&tokens).await.status, 401);
}

/// A request that no app authenticates.
async fn ask(server: &Server, path: &str, form: &Params) -> Answer {
    server.http.post(path, form, HeaderMap::new()).await
}

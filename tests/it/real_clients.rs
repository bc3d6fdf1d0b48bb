//! Relying parties that nobody here wrote: npm's openid-client, Authlib in a Flask app, the `openidconnect` crate. And an
//! upstream provider: npm's oidc-provider.
use crate::federation::PRIVATE;
use crate::support::{Answer, Database, Key, Script, Server, free_port, on_each_database};
use openidconnect::{
    AccessTokenHash, AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse,
    IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, Scope, TokenResponse as _,
    core::{CoreAuthenticationFlow, CoreClient, CoreUserInfoClaims},
    http,
};
use serde_json::json;
use std::pin::Pin;

on_each_database!(
    openid_client_of_npm,
    authlib_in_a_flask_app,
    authlib_as_a_machine_that_signs,
    the_openidconnect_crate,
    oidc_provider_of_npm_upstream
);

async fn openid_client_of_npm(database: Database) {
    let keys = [Key::rsa(), Key::ec(), Key::ed()];
    let signers: String = keys.iter().enumerate().map(|(n, key)| signer(n, key)).collect();
    let server = Server::start(database, &signers).await;
    let alice = server.user("Alice");
    let mut apps = ["web", "post", "spa", "svc"].map(|id| server.registration(id)).to_vec();
    apps.extend(keys.iter().enumerate().map(|(n, key)| with_key(&server, n, key)));
    let script = Script::node("openid_client.mjs").with("ISSUER", &server.issuer);
    let script = script.with("EMAIL", &alice.email).with("PASSWORD", &alice.password).with("SUB", &alice.sub);
    script.with("APPS", serde_json::Value::from(apps).to_string()).succeeds().await;
}

/// An app that signs with this key; the first signs people in, the others are machines.
fn signer(n: usize, key: &Key) -> String {
    let kind = if n == 0 {
        "redirect_uris = ['https://signer.test/cb']\npost_logout_redirect_uris = ['https://signer.test/out']"
    } else {
        "grant_types = ['client_credentials']\nscope = 'api.read'"
    };
    format!(
        "[[clients]]\nclient_id = 'signer-{n}'\nclient_name = 'Signer {n}'\njwks = '{}'\n\
         token_endpoint_auth_method = 'private_key_jwt'\n{kind}\n",
        json!({ "keys": [key.jwk()] })
    )
}

/// How it is registered, with the private half.
fn with_key(server: &Server, n: usize, key: &Key) -> serde_json::Value {
    let mut app = server.registration(&format!("signer-{n}"));
    app["private_key"] = json!({ "pem": key.private_pem(), "kid": key.kid, "alg": key.algorithm() });
    app
}

async fn authlib_as_a_machine_that_signs(database: Database) {
    let keys = [Key::ec(), Key::ed()];
    let signers: String = keys.iter().enumerate().map(|(n, key)| signer(n + 1, key)).collect();
    let server = Server::start(database, &signers).await;
    let apps: Vec<_> = keys.iter().enumerate().map(|(n, key)| with_key(&server, n + 1, key)).collect();
    let script = Script::python("authlib_signer.py").with("ISSUER", &server.issuer);
    script.with("APPS", serde_json::Value::from(apps).to_string()).succeeds().await;
}

async fn authlib_in_a_flask_app(database: Database) {
    let port = free_port();
    let app = format!(
        "issuer = 'http://localhost:PORT'
        [[clients]]
        client_id = 'flask'
        client_name = 'Flask App'
        client_secret = 'flask-secret-0123456789-0123456789-0123456789'
        redirect_uris = ['http://127.0.0.1:{port}/callback']
        post_logout_redirect_uris = ['http://127.0.0.1:{port}/signed-out']"
    );
    let server = Server::start(database, &app).await;
    let alice = server.user("Alice");
    let script = Script::python("authlib_app.py").with("ISSUER", &server.issuer).with("SUB", &alice.sub);
    let script = script.with("EMAIL", &alice.email).with("PASSWORD", &alice.password).with("NAME", &alice.name);
    script.with("APP", server.registration("flask").to_string()).succeeds().await;
}

/// Back-channel logout, too (`security.md` WH-03).
async fn oidc_provider_of_npm_upstream(database: Database) {
    let (app, upstream) = (free_port(), format!("http://127.0.0.1:{}", free_port()));
    // What gets lost wherever encoding is forgotten (RFC 6749 section 2.3.1).
    let (id, secret) = ("genkan:at/npm", "s3cret:+/%25&=?-0123456789-0123456789");
    let settings = format!(
        "issuer = 'http://localhost:PORT'
        {PRIVATE}
        [[clients]]
        client_id = 'app'
        client_name = 'Example App'
        token_endpoint_auth_method = 'none'
        redirect_uris = ['http://127.0.0.1:{app}/callback']
        [providers.npm]
        kind = 'oidc'
        issuer = '{upstream}'
        client_id = '{id}'
        client_secret = '{secret}'"
    );
    let server = Server::start(database, &settings).await;
    let alice = server.user("Alice");
    let person = json!({ "email": alice.email, "password": alice.password, "sub": alice.sub });
    let redirect_uri = format!("{}/callback/npm", server.issuer);
    let client = json!({
        "client_id": id,
        "client_secret": secret,
        "backchannel_logout_uri": format!("{redirect_uri}/backchannel-logout"),
        "backchannel_logout_session_required": true,
        "redirect_uris": [redirect_uri],
    });
    let script = Script::node("oidc_provider.mjs").with("ISSUER", &server.issuer).with("UPSTREAM", upstream);
    let script = script.with("APP", server.registration("app").to_string()).with("CLIENT", client.to_string());
    script.with("PERSON", person.to_string()).succeeds().await;
}

async fn the_openidconnect_crate(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, web) = (server.user("Alice"), server.browser(), server.app("web"));
    let library = Library(server.http.clone());

    let issuer = IssuerUrl::new(server.issuer.clone()).unwrap();
    let metadata = ProviderMetadataWithLogout::discover_async(issuer, &library).await.unwrap();
    let end_session = metadata.additional_metadata().end_session_endpoint.clone().expect("end_session_endpoint");
    let id = ClientId::new(web.client_id.clone());
    let client = CoreClient::from_provider_metadata(metadata, id.clone(), web.secret.clone().map(ClientSecret::new))
        .set_redirect_uri(RedirectUrl::new(web.redirect_uri.clone()).unwrap());

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(["profile", "email", "offline_access"].map(|scope| Scope::new(scope.into())))
        .set_pkce_challenge(challenge)
        .url();
    let callback = browser.authorize(&url, &alice).await;
    assert_eq!(callback.get("state"), Some(state.secret().as_str()));

    let code = AuthorizationCode::new(callback.code());
    let tokens = client.exchange_code(code).unwrap().set_pkce_verifier(verifier);
    let tokens = tokens.request_async(&library).await.unwrap();
    let id_token = tokens.id_token().expect("an ID token");
    let checks = client.id_token_verifier();
    let claims = id_token.claims(&checks, &nonce).unwrap();
    assert_eq!(claims.subject().as_str(), alice.sub);
    if let Some(hash) = claims.access_token_hash() {
        let (algorithm, key) = (id_token.signing_alg().unwrap(), id_token.signing_key(&checks).unwrap());
        assert_eq!(*hash, AccessTokenHash::from_token(tokens.access_token(), algorithm, key).unwrap());
    }

    let refreshed = client.exchange_refresh_token(tokens.refresh_token().expect("a refresh token")).unwrap();
    let refreshed = refreshed.request_async(&library).await.unwrap();
    let subject = Some(claims.subject().clone());
    let userinfo = client.user_info(refreshed.access_token().clone(), subject).unwrap();
    let userinfo: CoreUserInfoClaims = userinfo.request_async(&library).await.unwrap();
    assert_eq!(userinfo.email().map(|email| email.as_str()), Some(alice.email.as_str()));
    assert_eq!(userinfo.email_verified(), Some(true));

    let after = PostLogoutRedirectUrl::new("https://app.test/out".into()).unwrap();
    let logout = LogoutRequest::from(end_session).set_id_token_hint(id_token).set_client_id(id);
    let url = logout.set_post_logout_redirect_uri(after).set_state(CsrfToken::new("bye".into())).http_get_url();
    let mut page = browser.open(url).await;
    if page.has("logout-confirm") {
        page = browser.press(&page, "logout-confirm", &[]).await;
    }
    assert_eq!(page.location().expect("a redirect").as_str(), "https://app.test/out?state=bye");
    assert!(browser.open(web.authorize_url()).await.has("login-submit"));
}

/// How the crate sends its requests.
struct Library(crate::support::Http);

impl<'c> AsyncHttpClient<'c> for Library {
    type Error = std::convert::Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Self::Error>> + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let (head, body) = request.into_parts();
        let request = self.0.request(head.method, &head.uri.to_string()).headers(head.headers).body(body);
        Box::pin(async {
            let Answer { status, headers, body, .. } = Answer::of(request).await;
            let mut response = http::Response::builder().status(status);
            response.headers_mut().unwrap().extend(headers);
            Ok(response.body(body.into_bytes()).unwrap())
        })
    }
}

//! An app that signs people in.
use super::{
    Answer, Browser, Http, Params, User,
    http::{Callback, basic},
    random,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::header::HeaderMap;
use serde_json::Value;
use url::Url;

/// A relying party. `state`, `nonce` and the verifier are made once: clone and change what a test is about.
#[derive(Clone, Debug)]
pub struct AppClient {
    /// Its id.
    pub client_id: String,
    /// Its secret, unless it is public.
    pub secret: Option<String>,
    /// `client_secret_basic`, `client_secret_post` or `none`.
    pub auth_method: String,
    /// Where it wants people back; one of those it registered.
    pub redirect_uri: String,
    /// What it asks for.
    pub scope: String,
    /// The `state` it sends.
    pub state: String,
    /// The `nonce` it sends.
    pub nonce: String,
    /// The PKCE verifier whose challenge it sends.
    pub verifier: String,
    http: Http,
}

impl AppClient {
    /// One by its registration, in the names of RFC 7591.
    pub fn new(http: Http, metadata: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
        Self {
            client_id: text(&metadata["client_id"]).expect("a client has an id"),
            secret: text(&metadata["client_secret"]),
            auth_method: text(&metadata["token_endpoint_auth_method"]).unwrap_or("client_secret_basic".into()),
            redirect_uri: text(&metadata["redirect_uris"][0]).unwrap_or_default(),
            scope: text(&metadata["scope"]).unwrap_or("openid profile email offline_access".into()),
            state: random(),
            nonce: random(),
            verifier: random(),
            http,
        }
    }

    /// With another redirect URI.
    #[must_use]
    pub fn returning_to(self, redirect_uri: &str) -> Self {
        Self { redirect_uri: redirect_uri.into(), ..self }
    }

    /// With other scopes.
    #[must_use]
    pub fn asking_for(self, scope: &str) -> Self {
        Self { scope: scope.into(), ..self }
    }

    /// The S256 challenge of the verifier (RFC 7636 section 4.2).
    pub fn challenge(&self) -> String {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, self.verifier.as_bytes());
        URL_SAFE_NO_PAD.encode(digest)
    }

    /// A complete authorization request.
    pub fn authorization(&self) -> Params {
        Params::new(&[
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", &self.scope),
            ("state", &self.state),
            ("nonce", &self.nonce),
            ("code_challenge", &self.challenge()),
            ("code_challenge_method", "S256"),
        ])
    }

    /// The URL of the complete authorization request.
    pub fn authorize_url(&self) -> Url {
        self.authorize_url_of(&self.authorization())
    }

    /// The URL of an authorization request.
    pub fn authorize_url_of(&self, request: &Params) -> Url {
        let mut url = self.http.url("/authorize");
        url.set_query(Some(&request.encoded()));
        url
    }

    /// Sends a person through sign-in and consent; the code that comes back.
    pub async fn sign_in(&self, browser: &Browser, user: &User) -> String {
        self.callback(browser, user).await.code()
    }

    /// Sends a person through sign-in and consent; what comes back.
    pub async fn callback(&self, browser: &Browser, user: &User) -> Callback {
        browser.authorize(&self.authorize_url(), user).await
    }

    /// Sends a person through sign-in and consent, and redeems the code: the token response.
    pub async fn tokens(&self, browser: &Browser, user: &User) -> Value {
        let code = self.sign_in(browser, user).await;
        self.redeem(&code).await.ok()
    }

    /// The grant of a code.
    pub fn code_grant(&self, code: &str) -> Params {
        Params::new(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &self.verifier),
        ])
    }

    /// The grant of an app's own.
    pub fn own_grant(&self) -> Params {
        Params::new(&[("grant_type", "client_credentials"), ("scope", &self.scope)])
    }

    /// Redeems a code.
    pub async fn redeem(&self, code: &str) -> Answer {
        self.token(self.code_grant(code)).await
    }

    /// Asks for fresh tokens with the refresh token of these.
    pub async fn refresh(&self, tokens: &Value) -> Answer {
        self.token(refresh_grant(tokens)).await
    }

    /// Asks for tokens.
    pub async fn token(&self, grant: Params) -> Answer {
        self.post("/token", grant).await
    }

    /// Asks what a token is worth.
    pub async fn introspect(&self, token: &Value) -> Value {
        self.post("/introspect", Params::new(&[("token", token.as_str().unwrap())])).await.ok()
    }

    /// Gives a token back.
    pub async fn revoke(&self, token: &Value) -> Answer {
        self.post("/revoke", Params::new(&[("token", token.as_str().unwrap())])).await
    }

    /// Asks who somebody is.
    pub async fn userinfo(&self, tokens: &Value) -> Answer {
        self.http.get_with_token("/userinfo", tokens["access_token"].as_str().unwrap()).await
    }

    /// Posts a form, authenticated in this app's way.
    pub async fn post(&self, path: &str, form: Params) -> Answer {
        let secret = self.secret.as_deref().unwrap_or_default();
        let (form, headers) = match self.auth_method.as_str() {
            "client_secret_basic" => (form, basic(&self.client_id, secret)),
            "client_secret_post" => {
                (form.with("client_id", &self.client_id).with("client_secret", secret), HeaderMap::new())
            }
            _ => (form.with("client_id", &self.client_id), HeaderMap::new()),
        };
        self.http.post(path, &form, headers).await
    }
}

/// The grant of a refresh token.
#[track_caller]
pub fn refresh_grant(tokens: &Value) -> Params {
    let token = tokens["refresh_token"].as_str().unwrap_or_else(|| panic!("no refresh token in {tokens}"));
    Params::new(&[("grant_type", "refresh_token"), ("refresh_token", token)])
}

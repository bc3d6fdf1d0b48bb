//! A client of a provider, which does what the provider's documentation says.
use crate::support::{Answer, Browser, Callback, Endpoint, Http, Kind, Params, Upstream, basic, random};
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{DecodingKey, Validation, jwk::JwkSet};
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use toml::Table;

/// Where it leads back to.
pub const CALLBACK: &str = "http://localhost:1/callback/up";

/// A client at a provider, by what Genkan's settings say.
pub struct Client {
    pub upstream: Upstream,
    pub kind: Kind,
    pub http: Http,
    pub settings: Table,
    pub verifier: String,
}

impl Client {
    pub fn of(kind: Kind) -> Self {
        let upstream = Upstream::start(kind);
        let settings: Table = upstream.settings("up").parse().unwrap();
        let settings = settings["providers"]["up"].as_table().unwrap().clone();
        assert_eq!(settings["kind"].as_str(), Some(kind.name()));
        Self { http: Http::new(&upstream.base), upstream, kind, settings, verifier: random() }
    }

    pub fn url(&self, endpoint: Endpoint) -> String {
        self.upstream.url(endpoint)
    }

    pub fn scope(&self) -> &'static str {
        match self.kind {
            Kind::Google | Kind::Line | Kind::Microsoft => "openid profile email",
            Kind::Apple => "name email",
            Kind::GitHub => "read:user user:email",
            Kind::Facebook => "public_profile,email",
            Kind::X => "users.read tweet.read users.email offline.access",
            Kind::Instagram => "instagram_business_basic",
            Kind::Oidc => "openid profile email offline_access",
            Kind::OAuth2 => "me mail offline",
        }
    }

    pub fn request(&self) -> Params {
        let challenge = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, self.verifier.as_bytes());
        let request = Params::new(&[
            ("response_type", "code"),
            ("client_id", &self.upstream.client_id()),
            ("redirect_uri", CALLBACK),
            ("scope", self.scope()),
            ("state", "the state"),
            ("nonce", "the nonce"),
            ("code_challenge", &URL_SAFE_NO_PAD.encode(challenge)),
            ("code_challenge_method", "S256"),
        ]);
        if self.kind == Kind::Apple { request.with("response_mode", "form_post") } else { request }
    }

    pub async fn ask(&self, request: &Params) -> Answer {
        self.http.get(&format!("{}?{}", self.url(Endpoint::Authorization), request.encoded())).await
    }

    pub async fn decide(&self, page: &Answer, button: &str) -> Answer {
        Browser::new(self.http.clone()).submit(&page.form(button)).await
    }

    pub async fn allowed(&self, request: &Params) -> Callback {
        self.decide(&self.ask(request).await, "upstream-allow").await.callback()
    }

    pub async fn code(&self) -> String {
        self.allowed(&self.request()).await.code()
    }

    pub fn grant(&self, code: &str) -> Params {
        Params::new(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", &self.verifier),
        ])
    }

    /// Authenticated as the provider has it.
    pub async fn token(&self, form: Params) -> Answer {
        let (id, secret) = (self.upstream.client_id(), self.upstream.client_secret());
        let headers = if self.kind == Kind::X { basic(&id, &secret) } else { HeaderMap::new() };
        let secret = if self.kind == Kind::Apple { self.apple_secret(&id, 60) } else { secret };
        let form = match self.kind {
            Kind::X => form,
            _ => form.with("client_id", id).with("client_secret", secret),
        };
        self.http.post(&self.url(Endpoint::Token), &form, headers).await
    }

    pub async fn post(&self, endpoint: Endpoint, form: Params) -> Answer {
        self.http.post(&self.url(endpoint), &form, HeaderMap::new()).await
    }

    pub async fn tokens(&self) -> Value {
        fields(&self.token(self.grant(&self.code().await)).await)
    }

    pub async fn get(&self, endpoint: Endpoint, query: &Params, token: &Value) -> Answer {
        let url = format!("{}?{}", self.url(endpoint), query.encoded());
        let request = self.http.request(Method::GET, &url).header("user-agent", "Genkan");
        Answer::of(request.bearer_auth(token.as_str().unwrap_or_default())).await
    }

    pub fn setting(&self, key: &str) -> &str {
        self.settings[key].as_str().unwrap()
    }

    /// As Apple has it made of a key.
    pub fn apple_secret(&self, client_id: &str, life: i64) -> String {
        let now = genkan::clock::Clock::system().now().0;
        let lines = self.setting("private_key").lines().filter(|line| !line.starts_with('-'));
        let pkcs8 = STANDARD.decode(lines.collect::<String>()).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).unwrap();
        let header = json!({ "alg": "ES256", "kid": self.setting("key_id") });
        let (team, audience) = (self.setting("team_id"), "https://appleid.apple.com");
        let claims = json!({ "iss": team, "iat": now, "exp": now + life, "aud": audience, "sub": client_id });
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(&header), encode(&claims));
        let signature = key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The claims of a token, once its signature holds by the published keys.
    pub async fn verified(&self, token: &Value, endpoint: Endpoint) -> Value {
        self.try_verified(token, endpoint).await.unwrap()
    }

    pub async fn try_verified(&self, token: &Value, endpoint: Endpoint) -> jsonwebtoken::errors::Result<Value> {
        let header = jsonwebtoken::decode_header(token.as_str().unwrap())?;
        let set = self.http.get(&self.url(endpoint)).await.ok();
        let keys: JwkSet = serde_json::from_value(set).unwrap();
        let key = keys.find(header.kid.as_deref().unwrap()).expect("a published key");
        let mut validation = Validation::new(header.alg);
        validation.validate_aud = false;
        jsonwebtoken::decode(token.as_str().unwrap(), &DecodingKey::from_jwk(key)?, &validation).map(|told| told.claims)
    }
}

/// What a token endpoint says: JSON, a form, or the one in an array.
pub fn fields(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer}");
    if answer.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        return Params::parse(&answer.body).0.into_iter().map(|(name, value)| (name, Value::from(value))).collect();
    }
    let told = answer.json();
    if told["data"].is_array() { told["data"][0].clone() } else { told }
}

pub fn refused(answer: &Answer) -> (u16, Value) {
    let told = answer.header("content-type").is_some_and(|kind| kind.contains("json")).then(|| answer.json());
    (answer.status, told.unwrap_or_else(|| fields(answer)))
}

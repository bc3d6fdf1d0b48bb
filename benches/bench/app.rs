//! What an app sends to Genkan.
use crate::{
    Result,
    http::{Response, Site, encode},
    server::{REDIRECT_URI, SECRET},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

/// The pair of RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A client that the settings register.
#[derive(Clone)]
pub struct App {
    pub site: Site,
    client_id: String,
    authorization: String,
}

/// What the token endpoint answers.
#[derive(Deserialize)]
pub struct Tokens {
    pub access_token: String,
    pub refresh_token: Option<String>,
}

impl App {
    pub fn new(site: &Site, client_id: &str) -> Self {
        let authorization = format!("Basic {}", STANDARD.encode(format!("{client_id}:{SECRET}")));
        Self { site: site.clone(), client_id: client_id.into(), authorization }
    }

    /// Where the app sends a browser.
    pub fn authorize_path(&self) -> String {
        let query = encode(&[
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid profile email offline_access"),
            ("state", "af0ifjsldkj"),
            ("nonce", "n-0S6_WzA2Mj"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        format!("/authorize?{query}")
    }

    pub fn client_credentials(&self) -> Vec<u8> {
        self.post("/token", &[("grant_type", "client_credentials"), ("scope", "api")])
    }

    pub fn redeem(&self, code: &str) -> Vec<u8> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        self.post("/token", &form)
    }

    pub fn refresh(&self, token: &str) -> Vec<u8> {
        self.post("/token", &[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    pub fn introspect(&self, token: &str) -> Vec<u8> {
        self.post("/introspect", &[("token", token)])
    }

    pub fn userinfo(&self, token: &str) -> Vec<u8> {
        self.site.get("/userinfo", &[("authorization", &format!("Bearer {token}"))])
    }

    fn post(&self, path: &str, form: &[(&str, &str)]) -> Vec<u8> {
        self.site.post(path, &[("authorization", &self.authorization)], form)
    }
}

pub fn tokens(response: &Response<'_>) -> Result<Tokens> {
    match response.status {
        200 => Ok(serde_json::from_str(response.body)?),
        _ => Err(response.unexpected()),
    }
}

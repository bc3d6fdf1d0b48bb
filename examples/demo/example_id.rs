//! Example ID: a provider from which people come to Genkan, as they come from Google or LINE. It is as short as a provider
//! can be (OpenID Connect Core section 3.1, Discovery, PKCE, RFC 9207), and asks nobody for a password: whoever comes
//! picks who to be.
use crate::{
    Failure,
    app::see_other,
    people::{PEOPLE, Person},
};
use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer, Result,
    dev::ServerHandle,
    error::{ErrorBadRequest, ErrorInternalServerError},
    http::header,
    rt,
    web::{Data, Form, Query, get, post},
};
use askama::Template;
use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use genkan::{clock::Clock, domain::Timestamp};
use openidconnect::CsrfToken;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    net::{Ipv4Addr, TcpListener},
    sync::{Mutex, PoisonError},
};
use url::Url;

/// Genkan's name there.
const CLIENT_ID: &str = "genkan";
const KEY_ID: &str = "1";
/// How long a code is good, in seconds.
const LIFETIME: i64 = 60;

/// Example ID, running.
pub struct ExampleId {
    /// Where it is.
    pub issuer: String,
    /// What Genkan proves itself with.
    pub client_secret: String,
    redirect_uri: String,
    pair: EcdsaKeyPair,
    clock: Clock,
    codes: Mutex<HashMap<String, Allowed>>,
}

/// Who allowed Genkan to know them.
struct Allowed {
    person: &'static Person,
    request: Request,
    at: Timestamp,
}

/// What of an authorization request matters here.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct Request {
    client_id: String,
    redirect_uri: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(flatten)]
    request: Request,
    /// The number of a person; anything else turns back.
    person: String,
}

#[derive(Deserialize)]
struct TokenRequest {
    grant_type: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
}

impl ExampleId {
    /// One that leads back to this address and no other.
    pub fn new(issuer: String, redirect_uri: String) -> Result<Self, Failure> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref())?;
        Ok(Self {
            issuer,
            client_secret: CsrfToken::new_random_len(32).into_secret(),
            redirect_uri,
            pair,
            clock: Clock::system(),
            codes: Mutex::default(),
        })
    }

    /// What Genkan's settings say of it.
    pub fn settings(&self) -> String {
        let Self { issuer, client_secret, .. } = self;
        format!(
            r#"
            [providers.example]
            kind = "oidc"
            label = "Example ID"
            issuer = "{issuer}"
            client_id = "{CLIENT_ID}"
            client_secret = "{client_secret}"
            id_token_signed_response_alg = "ES256"
            "#
        )
    }

    /// Starts it at a port of this machine.
    pub fn serve(self, port: u16) -> Result<ServerHandle, Failure> {
        let here = Data::new(self);
        let app = move || {
            App::new()
                .app_data(here.clone())
                .route("/.well-known/openid-configuration", get().to(discovery))
                .route("/keys", get().to(keys))
                .route("/authorize", get().to(authorize))
                .route("/choose", post().to(choose))
                .route("/token", post().to(token))
                .route("/demo.css", get().to(crate::app::style))
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let server = HttpServer::new(app).workers(1).disable_signals().listen(listener)?.run();
        let handle = server.handle();
        rt::spawn(server);
        Ok(handle)
    }

    fn id_token(&self, allowed: &Allowed, now: Timestamp) -> Result<String> {
        let Person { sub, name, email, .. } = allowed.person;
        let mut claims = json!({
            "iss": self.issuer, "sub": sub, "aud": CLIENT_ID, "iat": now, "exp": now.plus(LIFETIME),
            "nonce": allowed.request.nonce, "name": name,
        });
        if let Some(email) = email {
            claims["email"] = json!(email);
            claims["email_verified"] = json!(true);
        }
        self.sign(&claims)
    }

    /// These claims as a JWT (RFC 7515 section 3.1).
    fn sign(&self, claims: &Value) -> Result<String> {
        let header = json!({ "alg": "ES256", "kid": KEY_ID });
        let [header, claims] = [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{header}.{claims}");
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = signature.map_err(|_| ErrorInternalServerError("it cannot be signed"))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// What it is verified with (RFC 7518 section 6.2).
    fn key(&self) -> Value {
        // A point, uncompressed: a byte that says so, and two halves.
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        let [x, y] = [x, y].map(|half| URL_SAFE_NO_PAD.encode(half));
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": KEY_ID, "use": "sig", "alg": "ES256" })
    }

    /// Whether a token request comes from Genkan (RFC 6749 section 2.3.1).
    fn knows(&self, request: &HttpRequest) -> bool {
        let expected = format!("Basic {}", STANDARD.encode(format!("{CLIENT_ID}:{}", self.client_secret)));
        request.headers().get(header::AUTHORIZATION).is_some_and(|given| given == expected.as_str())
    }
}

async fn discovery(here: Data<ExampleId>) -> HttpResponse {
    let at = |path: &str| format!("{}{path}", here.issuer);
    HttpResponse::Ok().json(json!({
        "issuer": here.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "scopes_supported": ["openid", "profile", "email"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn keys(here: Data<ExampleId>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "keys": [here.key()] }))
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Example ID</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/demo.css">
</head>
<body>
<header><p>Example ID</p></header>
<main>
<h1>Who are you today?</h1>
<p class="lead">A provider such as Google would ask for a password, or know you already. This one believes you.</p>
<form method="post" action="/choose" class="people">
{% for (name, value) in fields %}<input type="hidden" name="{{ name }}" value="{{ value }}">
{% endfor %}
{% for person in PEOPLE %}
<button class="plain" id="person-{{ loop.index0 }}" name="person" value="{{ loop.index0 }}"><strong>{{ person.name }}</strong> <span>{{ person.email.unwrap_or("no address") }}</span> <span>{{ person.about }}</span></button>
{% endfor %}
<button class="plain" id="turn-back" name="person" value="nobody">Nobody: back to Genkan</button>
</form>
</main>
<footer><p>Simulated, on this machine.</p></footer>
</body>
</html>"#
)]
struct Page {
    fields: Vec<(String, String)>,
}

async fn authorize(here: Data<ExampleId>, request: Query<Request>) -> Result<HttpResponse> {
    // Whoever else asks is told nothing, and sent nowhere.
    if request.client_id != CLIENT_ID || request.redirect_uri != here.redirect_uri {
        return Err(ErrorBadRequest("this is not Genkan's"));
    }
    let fields = serde_json::to_value(request.into_inner())?;
    let fields = fields.as_object().into_iter().flatten();
    let page = Page { fields: fields.map(|(name, value)| (name.clone(), crate::pages::text(value.clone()))).collect() };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'self'; img-src data:"))
        .body(page.render().map_err(ErrorInternalServerError)?))
}

async fn choose(here: Data<ExampleId>, choice: Form<Choice>) -> Result<HttpResponse> {
    let Choice { request, person } = choice.into_inner();
    let mut back = Url::parse(&here.redirect_uri).map_err(ErrorInternalServerError)?;
    back.query_pairs_mut().append_pair("state", &request.state).append_pair("iss", &here.issuer);
    match person.parse().ok().and_then(|number: usize| PEOPLE.get(number)) {
        Some(person) => {
            let code = CsrfToken::new_random_len(32).into_secret();
            back.query_pairs_mut().append_pair("code", &code);
            let allowed = Allowed { person, request, at: here.clock.now() };
            here.codes.lock().unwrap_or_else(PoisonError::into_inner).insert(code, allowed);
        }
        None => _ = back.query_pairs_mut().append_pair("error", "access_denied"),
    }
    Ok(see_other(back.as_str()))
}

async fn token(here: Data<ExampleId>, request: HttpRequest, form: Form<TokenRequest>) -> Result<HttpResponse> {
    let refuse = |error: &str| Ok(HttpResponse::BadRequest().json(json!({ "error": error })));
    if !here.knows(&request) {
        return refuse("invalid_client");
    }
    if form.grant_type != "authorization_code" || form.redirect_uri != here.redirect_uri {
        return refuse("invalid_request");
    }
    // Spent by the attempt, whatever comes of it.
    let allowed = here.codes.lock().unwrap_or_else(PoisonError::into_inner).remove(&form.code);
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, form.code_verifier.as_bytes()));
    let now = here.clock.now();
    let is_good = |allowed: &Allowed| {
        let Request { code_challenge, code_challenge_method: method, .. } = &allowed.request;
        method == "S256" && *code_challenge == challenge && now.since(allowed.at) <= LIFETIME
    };
    let Some(allowed) = allowed.filter(is_good) else { return refuse("invalid_grant") };
    let id_token = here.id_token(&allowed, now)?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({
        // Good for nothing: all that there is to know is in the ID token.
        "access_token": CsrfToken::new_random_len(32).secret(),
        "token_type": "Bearer",
        "expires_in": LIFETIME,
        "id_token": id_token,
    })))
}

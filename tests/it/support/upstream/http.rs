//! What a simulated provider is asked, and what it answers.
use crate::support::Params;
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Bytes};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

/// A request that came.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// GET or POST, as a rule.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The parameters of the query.
    pub query: Params,
    /// The fields of the form, if the body says that it is one.
    pub form: Params,
    /// The header fields; their names are in lower case.
    pub headers: Params,
    /// The body as it came.
    pub body: String,
}

impl Recorded {
    pub(super) fn of(request: &HttpRequest, body: &Bytes) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = request.headers().iter().map(|(name, value)| (name.to_string(), text(value.as_bytes())));
        let headers = Params(headers.collect());
        let is_form = headers.get("content-type").is_some_and(|kind| kind.starts_with(FORM));
        let body = text(body);
        Self {
            method: request.method().to_string(),
            path: request.path().into(),
            query: Params::parse(request.query_string()),
            form: if is_form { Params::parse(&body) } else { Params::default() },
            headers,
            body,
        }
    }

    /// A parameter, of the form or of the query.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.form.get(name).or_else(|| self.query.get(name))
    }

    /// A header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// The access token of the header (RFC 6750 section 2.1).
    pub fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    /// The id and the secret of the header (RFC 6749 section 2.3.1).
    pub fn basic(&self) -> Option<(String, String)> {
        let encoded = self.header("authorization")?.strip_prefix("Basic ")?;
        let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        let (id, secret) = text.split_once(':')?;
        let decode = |text: &str| Params::parse(&format!("x={text}")).get("x").map(ToOwned::to_owned);
        Some((decode(id)?, decode(secret)?))
    }

    /// A member of the JSON in the body.
    pub fn member(&self, name: &str) -> Option<String> {
        serde_json::from_str::<Value>(&self.body).ok()?[name].as_str().map(ToOwned::to_owned)
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The header fields.
    pub headers: Params,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// Of this type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Params::new(&[("content-type", content_type)]), body: body.into() }
    }

    /// JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    /// A page.
    pub fn html(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "text/html; charset=utf-8", body)
    }

    /// Nothing, successfully.
    pub fn empty() -> Self {
        Self { status: 200, headers: Params::default(), body: vec![] }
    }

    /// Leads elsewhere.
    pub fn redirect(to: &str) -> Self {
        Self { status: 302, headers: Params::new(&[("location", to)]), body: vec![] }
    }

    /// With a header field.
    #[must_use]
    pub fn with_header(self, name: &str, value: &str) -> Self {
        Self { headers: self.headers.with(name, value), ..self }
    }

    /// All of it but the body.
    pub(super) fn response(&self) -> actix_web::HttpResponseBuilder {
        let mut response = HttpResponse::build(StatusCode::from_u16(self.status).unwrap());
        for (name, value) in &self.headers.0 {
            response.insert_header((name.as_str(), value.as_str()));
        }
        response
    }
}

/// Text inside an element or an attribute.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

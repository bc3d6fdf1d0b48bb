//! What is asked, and what comes back.
use super::DEADLINE;
use reqwest::Method;
use serde_json::Value;

/// What an answer may be long, in bytes.
pub const LONGEST_ANSWER: usize = 1024 * 1024;

/// Why nothing could be fetched. None of them shows the address's query, which may hold a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client cannot be made.
    #[error("{0}")]
    Settings(String),
    /// The address may not be fetched.
    #[error("{0} may not be fetched: {1}")]
    Refused(String, &'static str),
    /// It did not answer, or broke off.
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, String),
    /// It took too long.
    #[error("{0} took longer than {seconds} seconds", seconds = DEADLINE.as_secs())]
    TooSlow(String),
    /// It sent more than is taken.
    #[error("{0} sent more than {LONGEST_ANSWER} bytes")]
    TooLong(String),
}

/// Whom to ask, and how.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The address.
    pub url: String,
    /// Fields of the head, besides `User-Agent`.
    pub headers: Vec<(&'static str, String)>,
    pub(super) method: Method,
    pub(super) body: Body,
    /// Of an answer that is longer, the rest is not read.
    pub(super) at_most: Option<usize>,
}

/// What is sent along.
#[derive(Debug, Clone, Default)]
pub(super) enum Body {
    #[default]
    Nothing,
    Form(Vec<(String, String)>),
    Json(Value),
    Text(String),
}

impl Request {
    /// A GET.
    #[must_use]
    pub fn get(url: &str) -> Self {
        Self { url: url.to_owned(), ..Self::default() }
    }

    /// A POST of a form.
    #[must_use]
    pub fn post(url: &str, form: Vec<(String, String)>) -> Self {
        Self { url: url.to_owned(), method: Method::POST, body: Body::Form(form), ..Self::default() }
    }

    /// A DELETE.
    #[must_use]
    pub fn delete(url: &str) -> Self {
        Self { url: url.to_owned(), method: Method::DELETE, ..Self::default() }
    }

    /// The same with JSON in its body.
    #[must_use]
    pub fn with_json(self, json: Value) -> Self {
        Self { body: Body::Json(json), ..self }.with("content-type", "application/json")
    }

    /// A POST of JSON as it is written, of whose answer no more than so many bytes are read.
    #[must_use]
    pub fn message(url: &str, json: String, at_most: usize) -> Self {
        let (method, body) = (Method::POST, Body::Text(json));
        Self { url: url.to_owned(), method, body, at_most: Some(at_most), ..Self::default() }
            .with("content-type", "application/json")
    }

    /// The same at another address.
    #[must_use]
    pub fn at(self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self }
    }

    /// The same with one more field of the head.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// What came back.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `Content-Type`, as it was.
    pub content_type: String,
    /// `Link`, as it was (RFC 8288).
    pub link: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether it is a 2xx.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

//! What the API says when it does not do what was asked: problem details (RFC 9457).
use crate::{
    admin,
    i18n::{Language, Words},
    keys, storage,
};
use actix_web::{HttpResponse, ResponseError, http::StatusCode, http::header};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not done.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Option<Box<str>>,
    errors: Vec<FieldProblem>,
    challenge: Option<&'static str>,
}

/// Why a request was not done, as it is told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Details {
    /// What kind of problem it is: `about:blank`, for the title says it.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The same in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// A word for programs, such as `not_found`.
    code: &'static str,
    /// What happened here, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// What is wrong with each field of what was sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Its name; with dots, where it is inside another.
    pub field: String,
    /// What is wrong.
    pub detail: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)
    }
}

impl std::error::Error for Problem {}

impl Problem {
    /// A problem of this status.
    pub const fn new(status: StatusCode, code: &'static str) -> Self {
        Self { status, code, detail: None, errors: vec![], challenge: None }
    }

    /// The same, with what happened.
    #[must_use]
    pub fn because(self, detail: impl Into<Box<str>>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// There is nothing of that name.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found").because("There is nothing here of that name.")
    }

    /// No token (RFC 6750 section 3).
    pub fn no_token() -> Self {
        Self { challenge: Some("Bearer realm=\"genkan\""), ..Self::new(StatusCode::UNAUTHORIZED, "unauthorized") }
            .because("Send an access token with the scope admin or admin:read, or an API key, as a bearer token.")
    }

    /// A token that is not good.
    pub fn invalid_token() -> Self {
        let challenge = Some("Bearer realm=\"genkan\", error=\"invalid_token\"");
        Self { challenge, ..Self::no_token() }
    }

    /// It is not theirs to do.
    pub fn forbidden(detail: impl Into<Box<str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden").because(detail)
    }

    /// What was sent cannot be read.
    pub fn invalid(detail: impl Into<Box<str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request").because(detail)
    }

    fn failed(why: &dyn std::error::Error) -> Self {
        tracing::error!(%why, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error").because("It has been logged.")
    }
}

impl From<storage::Error> for Problem {
    fn from(why: storage::Error) -> Self {
        match why {
            storage::Error::Unavailable(_) => {
                tracing::error!(%why, "a request failed");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable").because("Try again in a moment.")
            }
            storage::Error::Conflict => Self::new(StatusCode::CONFLICT, "conflict").because("It exists already."),
            storage::Error::Failed(_) => Self::failed(&why),
        }
    }
}

impl From<keys::Error> for Problem {
    fn from(why: keys::Error) -> Self {
        Self::failed(&why)
    }
}

impl From<admin::Error> for Problem {
    fn from(why: admin::Error) -> Self {
        let words = Words::new(Language::En);
        match why {
            admin::Error::NotFound => Self::not_found(),
            admin::Error::Forbidden(key) => Self::forbidden(words.get(key)),
            admin::Error::Impossible(key) => Self::new(StatusCode::CONFLICT, "conflict").because(words.get(key)),
            admin::Error::Stale => Self::new(StatusCode::PRECONDITION_FAILED, "changed_meanwhile")
                .because("Somebody else changed it meanwhile: read it again."),
            admin::Error::Invalid(faults) => Self {
                errors: faults
                    .into_iter()
                    .map(|fault| FieldProblem { field: fault.field, detail: words.say(&fault.message) })
                    .collect(),
                ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid").because("Some fields are not right.")
            },
            admin::Error::Storage(why) => why.into(),
            admin::Error::Keys(why) => Self::failed(&why),
            admin::Error::Mail(why) => Self::failed(&why),
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(challenge) = self.challenge {
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, 1));
        }
        let details = Details {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or_default(),
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail.as_deref().map(Into::into),
            errors: self.errors.clone(),
        };
        response.content_type("application/problem+json").body(serde_json::to_string(&details).unwrap_or_default())
    }
}

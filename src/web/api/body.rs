//! Reading what is sent to the API: JSON bodies and queries, of which every member is known.
use super::Problem;
use crate::{
    protocol::params::Params,
    web::forms::{Unread, body, is_of_type},
};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::StatusCode};
use serde::de::DeserializeOwned;
use std::{future::Future, pin::Pin};

/// A JSON body of this type. Members that are not known are refused (`#[serde(deny_unknown_fields)]`): nobody sets
/// what they may not by guessing its name.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_of_type(request, "application/json");
        let body = body(request, payload);
        Box::pin(async move {
            if !is_json {
                return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
                    .because("The body must be application/json."));
            }
            let bytes = body.await.map_err(|why| match why {
                Unread::TooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large"),
                Unread::TooSlow => Problem::new(StatusCode::REQUEST_TIMEOUT, "request_timeout"),
            })?;
            if has_nul(&bytes) {
                return Err(Problem::invalid("The body has the character U+0000, which no field may have."));
            }
            serde_json::from_slice(&bytes).map(Self).map_err(|why| Problem::invalid(format!("The body: {why}.")))
        })
    }
}

/// PostgreSQL stores none; as JSON writes it, it is an escape.
fn has_nul(bytes: &[u8]) -> bool {
    bytes.contains(&0) || bytes.windows(6).any(|window| window.eq_ignore_ascii_case(b"\\u0000"))
}

/// The parameters of a query, each once.
pub struct Query(Params);

impl FromRequest for Query {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let params = Params::parse(request.query_string().as_bytes());
        let params = params.and_then(|params| params.none_repeated().map(|()| params));
        std::future::ready(params.map(Self).map_err(|why| Problem::invalid(why.description)))
    }
}

/// Rows that a list has unless asked for others, and at most.
const ROWS: i64 = 50;
const MOST_ROWS: i64 = 200;

impl Query {
    /// A parameter; one that is empty is not there.
    pub fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|text| !text.is_empty()).map(Into::into)
    }

    /// A parameter that is a number.
    pub fn number(&self, name: &str) -> Result<Option<i64>, Problem> {
        self.text(name)
            .map(|text| text.parse().map_err(|_| Problem::invalid(format!("{name} must be a number."))))
            .transpose()
    }

    /// How many rows a list is to have.
    pub fn limit(&self) -> Result<i64, Problem> {
        match self.number("limit")? {
            None => Ok(ROWS),
            Some(limit) if (1..=MOST_ROWS).contains(&limit) => Ok(limit),
            Some(_) => Err(Problem::invalid(format!("limit must be 1 to {MOST_ROWS}."))),
        }
    }
}

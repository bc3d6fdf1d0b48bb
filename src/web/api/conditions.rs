//! Conditional requests (RFC 9110 section 13): nobody overwrites what they have not seen, if they say what they saw.
//! Without `If-Match` a change goes ahead; with one that is of before, nothing is done (412).
use super::Problem;
use crate::{admin::providers::Expected, domain::Timestamp};
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, Header, HeaderName},
};
use std::{
    fmt::Display,
    future::{Ready, ready},
};

impl FromRequest for Expected {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(expected(request))
    }
}

/// The same of what has a number for its version: the one that a request was made for, if it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub Option<i64>);

impl IfMatch {
    /// The same, where the version is when it last changed.
    pub fn at(self) -> Option<Timestamp> {
        self.0.map(Timestamp)
    }
}

impl From<Expected> for IfMatch {
    fn from(expected: Expected) -> Self {
        match expected {
            // What is no version of ours is that of nothing there is.
            Expected::Tag(tag) => Self(Some(tag.parse().unwrap_or(i64::MIN))),
            Expected::Anything | Expected::Nothing | Expected::Something => Self(None),
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(expected(request).map(Into::into))
    }
}

fn expected(request: &HttpRequest) -> Result<Expected, Problem> {
    let unread = || Problem::invalid("If-Match takes one ETag, If-None-Match an asterisk.");
    if request.headers().contains_key(header::IF_MATCH) {
        return match header::IfMatch::parse(request) {
            Ok(header::IfMatch::Items(tags)) => match tags.as_slice() {
                // A weak one is equal to none (RFC 9110 section 13.1.1).
                [tag] if tag.weak => Ok(Expected::Tag(tag.to_string())),
                [tag] => Ok(Expected::Tag(tag.tag().to_owned())),
                _ => Err(unread()),
            },
            Ok(header::IfMatch::Any) => Ok(Expected::Something),
            Err(_) => Err(unread()),
        };
    }
    if request.headers().contains_key(header::IF_NONE_MATCH) {
        return match header::IfNoneMatch::parse(request) {
            Ok(header::IfNoneMatch::Any) => Ok(Expected::Nothing),
            _ => Err(unread()),
        };
    }
    Ok(Expected::Anything)
}

/// The header that tells what somebody has seen.
pub fn etag(version: impl Display) -> (HeaderName, String) {
    (header::ETAG, format!("\"{version}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_version_is_read_as_it_is_told() {
        let read = |value: &str| {
            let request = TestRequest::default().insert_header((header::IF_MATCH, value)).to_http_request();
            expected(&request).map(|expected| (expected.clone(), IfMatch::from(expected))).ok()
        };
        let tag = |tag: &str| Expected::Tag(tag.into());
        assert_eq!(read(&etag(7).1), Some((tag("7"), IfMatch(Some(7)))));
        assert_eq!(read("*"), Some((Expected::Something, IfMatch(None))));
        // Of before, whatever is there.
        for (old, told) in [("W/\"7\"", "W/\"7\""), ("\"x\"", "x")] {
            assert_eq!(read(old), Some((tag(told), IfMatch(Some(i64::MIN)))), "{old}");
        }
        for bad in ["7", "\"7\", \"8\"", ""] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}

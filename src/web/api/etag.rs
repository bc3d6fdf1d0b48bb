//! Versions of what is read and changed: `ETag` and `If-Match` (RFC 9110 sections 8.8.3 and 13.1.1). Without
//! `If-Match` a change goes ahead; with one that is of before, nothing is done (412).
use super::Problem;
use crate::domain::Timestamp;
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};

/// The version that a request was made for, if it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub Option<i64>);

impl IfMatch {
    /// The same, where the version is when it last changed.
    pub fn at(self) -> Option<Timestamp> {
        self.0.map(Timestamp)
    }

    fn read(value: &str) -> Option<Self> {
        if value.trim() == "*" {
            return Some(Self(None));
        }
        value.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok().map(|version| Self(Some(version)))
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all(header::IF_MATCH);
        let outcome = match (values.next(), values.next()) {
            (None, _) => Ok(Self(None)),
            // What is no version of ours is that of nothing there is.
            (Some(value), None) => Ok(value.to_str().ok().and_then(Self::read).unwrap_or(Self(Some(i64::MIN)))),
            (Some(_), Some(_)) => Err(Problem::invalid("If-Match must be there once.")),
        };
        std::future::ready(outcome)
    }
}

/// The header of a version.
pub fn etag(version: i64) -> (header::HeaderName, String) {
    (header::ETAG, format!("\"{version}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_it_is_told() {
        assert_eq!(IfMatch::read(&etag(7).1), Some(IfMatch(Some(7))));
        assert_eq!(IfMatch::read("*"), Some(IfMatch(None)));
        for bad in ["7", "W/\"7\"", "\"7\", \"8\"", "\"x\"", ""] {
            assert_eq!(IfMatch::read(bad), None, "{bad}");
        }
    }
}

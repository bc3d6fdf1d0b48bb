//! Conditional requests (RFC 9110 section 13): nobody overwrites what they have not seen, if they say what they saw.
use super::Problem;
use crate::admin::providers::Expected;
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{ETag, EntityTag, Header, IF_MATCH, IF_NONE_MATCH, IfMatch, IfNoneMatch},
};
use std::future::{Ready, ready};

impl FromRequest for Expected {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(expected(request))
    }
}

fn expected(request: &HttpRequest) -> Result<Expected, Problem> {
    let unread = || Problem::invalid("If-Match takes one strong ETag, If-None-Match an asterisk.");
    if request.headers().contains_key(IF_MATCH) {
        return match IfMatch::parse(request) {
            Ok(IfMatch::Items(tags)) => match tags.as_slice() {
                [tag] if !tag.weak => Ok(Expected::Tag(tag.tag().to_owned())),
                _ => Err(unread()),
            },
            Ok(IfMatch::Any) => Ok(Expected::Something),
            Err(_) => Err(unread()),
        };
    }
    if request.headers().contains_key(IF_NONE_MATCH) {
        return match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => Ok(Expected::Nothing),
            _ => Err(unread()),
        };
    }
    Ok(Expected::Anything)
}

/// The header that tells what somebody has seen.
pub fn etag(tag: &str) -> ETag {
    ETag(EntityTag::new_strong(tag.to_owned()))
}

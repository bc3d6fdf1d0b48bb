//! A name for each request: in the log, in the audit trail, on pages about failures, and in an answer's header.
use crate::domain::random_id;
use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};

/// The header that tells it.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The name of a request. It is ours, whatever the request says: nobody can write into the log by it.
#[derive(Debug, Clone)]
struct RequestId(String);

/// Names a request.
pub async fn give(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = random_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.call(request).await?;
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(HEADER, value);
    }
    Ok(response)
}

/// What a request is called.
pub fn of(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map_or_else(random_id, |RequestId(id)| id.clone())
}

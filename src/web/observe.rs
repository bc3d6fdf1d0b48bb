//! What operators see of each request: a line of the log, and what is counted. The route is the pattern of the path, never
//! the path itself, and there is no query: both may hold secrets (`security.md` LG-01).
use super::{peer, request_id};
use crate::{app::App, metrics, telemetry};
use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
    middleware::Next,
    web::Data,
};
use std::time::{Duration, Instant};
use tracing::Instrument as _;

/// What asks so often that a line each would hide the rest.
const OFTEN: [&str; 4] = ["/healthz", "/readyz", "/static/{name}", super::metrics::PATH];

/// Notes how a request went; every line of the log until then names it.
pub async fn observe(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let (begun, method, route) = (Instant::now(), known(request.method()), request.match_pattern());
    let span = tracing::info_span!("request", request_id = request_id::of(request.request()));
    // Others must not choose which of their requests are traced, nor as part of what.
    let parent = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
    let traced =
        telemetry::request(method, route.as_deref(), parent.filter(|_| peer::is_from_proxy(&app, request.request())));
    let answer = next.call(request).instrument(span.clone()).instrument(traced.clone()).await;
    let status = match &answer {
        Ok(answer) => answer.status(),
        Err(why) => why.as_response_error().status_code(),
    };
    telemetry::answered(&traced, status.as_u16());
    span.in_scope(|| tell(method, route.as_deref(), status, begun.elapsed()));
    answer
}

fn tell(method: &'static str, route: Option<&str>, status: StatusCode, took: Duration) {
    metrics::answered(method, route, status.as_u16(), took);
    let (status, ms) = (status.as_u16(), (took.as_secs_f64() * 1e6).round() / 1e3);
    if route.is_some_and(|route| OFTEN.contains(&route)) {
        tracing::debug!(target: "access", method, route, status, ms);
    } else {
        tracing::info!(target: "access", method, route = route.unwrap_or("none"), status, ms);
    }
}

/// The name of a method, among those there are: whoever asks may make up others without end.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

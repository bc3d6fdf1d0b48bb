//! Headers that every answer has, and who may call from another origin.
use crate::{app::App, domain::Issuer};
use actix_cors::Cors;
use actix_web::{
    HttpResponse,
    http::header::{self, HeaderName, HeaderValue},
    middleware::DefaultHeaders,
    web::Data,
};
use url::Url;

/// What a page may load and where its forms may go; nothing else (CSP Level 3).
pub const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https:; base-uri 'none'; \
    frame-ancestors 'none'; form-action 'self'";

/// The headers that every answer has, unless it has them of its own.
const DEFAULTS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];
const HTTPS_ALONE: (HeaderName, &str) = (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");

fn all(issuer: &Issuer) -> impl Iterator<Item = (HeaderName, &'static str)> {
    DEFAULTS.into_iter().chain(issuer.is_https().then_some(HTTPS_ALONE))
}

/// Puts them on every answer.
pub fn defaults(issuer: &Issuer) -> DefaultHeaders {
    all(issuer).fold(DefaultHeaders::new(), DefaultHeaders::add)
}

/// Puts them on an answer that goes around the rest.
pub fn put_on(response: &mut HttpResponse, issuer: &Issuer) {
    for (name, value) in all(issuer) {
        if !response.headers().contains_key(&name) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
}

/// Scripts may call from the origins of redirect URIs that are registered, without cookies.
pub fn cors(app: &Data<App>) -> Cors {
    let app = app.clone();
    Cors::default()
        .allowed_origin_fn(move |origin, _| origin.to_str().is_ok_and(|origin| is_registered(&app, origin)))
        .allowed_methods(["GET", "POST"])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::WWW_AUTHENTICATE])
        .block_on_origin_mismatch(false)
        .max_age(600)
}

fn is_registered(app: &App, origin: &str) -> bool {
    let origin_of = |uri: &str| Url::parse(uri).map(|url| url.origin().ascii_serialization());
    let memory = app.memory();
    memory
        .clients()
        .flat_map(|client| &client.redirect_uris)
        .any(|uri| uri.as_str().starts_with(origin) && origin_of(uri.as_str()).is_ok_and(|its| its == origin))
}

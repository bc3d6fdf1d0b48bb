//! Headers that every answer has, and who may call from another origin.
use crate::{app::App, domain::Issuer};
use actix_cors::Cors;
use actix_web::{http::header, middleware::DefaultHeaders, web::Data};
use url::Url;

/// What a page may load and where its forms may go; nothing else (CSP Level 3).
pub const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https:; base-uri 'none'; \
    frame-ancestors 'none'; form-action 'self'";

/// The headers that every answer has, unless it has them of its own.
pub fn defaults(issuer: &Issuer) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::REFERRER_POLICY, "no-referrer"))
        .add((header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
        .add(("cross-origin-opener-policy", "same-origin"))
        .add(("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"));
    if issuer.is_https() { headers.add((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000")) } else { headers }
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

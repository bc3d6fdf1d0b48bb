//! The few files that pages need, inside the binary.
use actix_web::{HttpResponse, http::header, web::Path};

/// Where the stylesheet is; the name changes with what is in it, so that it can be kept for ever.
pub const STYLESHEET: &str = concat!("/static/genkan.css?v=", env!("CARGO_PKG_VERSION"));
/// Where the mark is.
pub const ICON: &str = concat!("/static/genkan.svg?v=", env!("CARGO_PKG_VERSION"));

/// `GET /static/{name}`.
pub async fn get(name: Path<String>) -> HttpResponse {
    let (kind, body) = match name.as_str() {
        "genkan.css" => ("text/css; charset=utf-8", include_str!("../../static/genkan.css")),
        "genkan.svg" => ("image/svg+xml", include_str!("../../static/genkan.svg")),
        _ => return HttpResponse::NotFound().finish(),
    };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .body(body)
}

//! The few files that pages need, inside the binary.
use crate::domain::Digest;
use actix_web::{HttpResponse, http::header, web::Path};
use std::sync::LazyLock;

const CSS: &str = include_str!("../../static/genkan.css");
const SVG: &str = include_str!("../../static/genkan.svg");
const SCRIPT: &str = include_str!("../../static/passkeys.js");

/// Where the stylesheet is.
pub static STYLESHEET: LazyLock<String> = LazyLock::new(|| versioned("genkan.css", CSS));
/// Where the mark is.
pub static ICON: LazyLock<String> = LazyLock::new(|| versioned("genkan.svg", SVG));
/// Where the script is that asks for passkeys.
pub static PASSKEYS: LazyLock<String> = LazyLock::new(|| versioned("passkeys.js", SCRIPT));

/// The address changes with what is there, so that browsers may keep it for ever.
fn versioned(name: &str, content: &str) -> String {
    format!("/static/{name}?v={}", &Digest::of(content).as_str()[..12])
}

/// `GET /static/{name}`.
pub async fn get(name: Path<String>) -> HttpResponse {
    let (kind, body) = match name.as_str() {
        "genkan.css" => ("text/css; charset=utf-8", CSS),
        "genkan.svg" => ("image/svg+xml", SVG),
        "passkeys.js" => ("text/javascript; charset=utf-8", SCRIPT),
        _ => return HttpResponse::NotFound().finish(),
    };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(body)
}

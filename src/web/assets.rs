//! The few files that pages need, inside the binary.
use crate::{
    app::App,
    config::{Accent, Shades},
    domain::Digest,
};
use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path},
};
use std::sync::LazyLock;

/// Two files, one request.
pub const CSS: &str =
    concat!(include_str!("../../static/genkan.css"), "\n", include_str!("../../static/providers.css"));
const ADMIN_CSS: &str = include_str!("../../static/admin.css");
const SVG: &str = include_str!("../../static/genkan.svg");
const SCRIPT: &str = include_str!("../../static/passkeys.js");
const PREVIEW_SCRIPT: &str = include_str!("../../static/preview.js");
const HTMX_SCRIPT: &str = include_str!("../../static/htmx.min.js");

/// Where the stylesheet is.
pub static STYLESHEET: LazyLock<String> = LazyLock::new(|| versioned("genkan.css", CSS));
/// Where the stylesheet of the administration is, besides.
pub static ADMIN_STYLESHEET: LazyLock<String> = LazyLock::new(|| versioned("admin.css", ADMIN_CSS));
/// Where the mark is.
pub static ICON: LazyLock<String> = LazyLock::new(|| versioned("genkan.svg", SVG));
/// Where the script is that shows how a form will look.
pub static PREVIEW: LazyLock<String> = LazyLock::new(|| versioned("preview.js", PREVIEW_SCRIPT));
/// Where the script is that asks for passkeys.
pub static PASSKEYS: LazyLock<String> = LazyLock::new(|| versioned("passkeys.js", SCRIPT));
/// Where the script is that makes the administration's lists quick (`static/README.md`).
pub static HTMX: LazyLock<String> = LazyLock::new(|| versioned("htmx.min.js", HTMX_SCRIPT));

/// The address changes with what is there, so that browsers may keep it for ever.
fn versioned(name: &str, content: &str) -> String {
    format!("/static/{name}?v={}", &Digest::of(content).as_str()[..12])
}

/// Where the sheet of an instance's own accent is.
pub fn accent_sheet(accent: &Accent) -> String {
    versioned("accent.css", &accent_css(accent))
}

/// Where the sheet of an accent is that nobody has saved.
pub fn colour_sheet(accent: &Accent) -> String {
    format!("/static/accent-{}.css", accent.light.accent.to_string().trim_start_matches('#'))
}

/// The sheet of whichever accent a name names.
fn colour_css(name: &str) -> Option<String> {
    let digits = name.strip_prefix("accent-")?.strip_suffix(".css")?;
    Some(accent_css(&format!("#{digits}").parse().ok()?))
}

/// Sets the custom properties of `genkan.css` that are about the accent.
fn accent_css(accent: &Accent) -> String {
    let root = |Shades { accent, strong, on }: Shades| {
        format!(":root {{ --accent: {accent}; --accent-strong: {strong}; --on-accent: {on}; }}")
    };
    format!("{}\n@media (prefers-color-scheme: dark) {{ {} }}\n", root(accent.light), root(accent.dark))
}

/// `GET /static/{name}`.
pub async fn get(app: Data<App>, name: Path<String>) -> HttpResponse {
    const STYLES: &str = "text/css; charset=utf-8";
    let accent = app.settings().instance.accent;
    let (kind, body) = match (name.as_str(), &accent) {
        ("genkan.css", _) => (STYLES, CSS.to_owned()),
        ("admin.css", _) => (STYLES, ADMIN_CSS.to_owned()),
        ("genkan.svg", _) => ("image/svg+xml", SVG.to_owned()),
        ("accent.css", Some(accent)) => (STYLES, accent_css(accent)),
        ("passkeys.js", _) => ("text/javascript; charset=utf-8", SCRIPT.to_owned()),
        ("htmx.min.js", _) => ("text/javascript; charset=utf-8", HTMX_SCRIPT.to_owned()),
        ("preview.js", _) => ("text/javascript; charset=utf-8", PREVIEW_SCRIPT.to_owned()),
        (name, _) => match colour_css(name) {
            Some(css) => (STYLES, css),
            None => return HttpResponse::NotFound().finish(),
        },
    };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(body)
}

//! Documents that are written once and read often: metadata and keys; and whether all is well.
use crate::{
    app::{App, Document},
    keys::KEY_SET_LIFETIME,
};
use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

/// `GET` of both well-known documents.
pub async fn metadata(app: Data<App>, request: HttpRequest) -> HttpResponse {
    answer(&request, &app.memory().metadata)
}

/// `GET /jwks.json`.
pub async fn jwks(app: Data<App>, request: HttpRequest) -> HttpResponse {
    answer(&request, &app.memory().jwks)
}

fn answer(request: &HttpRequest, document: &Document) -> HttpResponse {
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    // Weak comparison (RFC 9110 section 13.1.2): a proxy that compresses makes the tag a weak one.
    let is_it = |etag: &str| etag == "*" || etag.strip_prefix("W/").unwrap_or(etag) == document.etag;
    let unchanged = known.is_some_and(|etags| etags.split(',').any(|etag| is_it(etag.trim())));
    let mut response = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, document.etag.as_str()))
        .insert_header((header::CACHE_CONTROL, format!("public, max-age={KEY_SET_LIFETIME}")))
        // Public, and the same for everybody.
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    if unchanged {
        return response.finish();
    }
    response.insert_header((header::CONTENT_TYPE, "application/json")).body(document.body.clone())
}

const PLAIN: (header::HeaderName, &str) = (header::CONTENT_TYPE, "text/plain; charset=utf-8");

/// `GET /healthz`: the process is up.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().insert_header(PLAIN).insert_header((header::CACHE_CONTROL, "no-store")).body("ok\n")
}

/// `GET /readyz`: and so is its database.
pub async fn readyz(app: Data<App>) -> HttpResponse {
    match app.db.ping().await {
        Ok(()) => {
            HttpResponse::Ok().insert_header(PLAIN).insert_header((header::CACHE_CONTROL, "no-store")).body("ready\n")
        }
        Err(why) => {
            tracing::warn!(%why, "not ready");
            HttpResponse::ServiceUnavailable()
                .insert_header(PLAIN)
                .insert_header((header::RETRY_AFTER, "1"))
                .body("not ready\n")
        }
    }
}

/// `GET /.well-known/passkey-endpoints`: where password managers send people who want a passkey, or look
/// after theirs (W3C Passkey Endpoints).
pub async fn passkey_endpoints(app: Data<App>) -> HttpResponse {
    if app.passkeys.is_none() {
        return HttpResponse::NotFound().finish();
    }
    let page = app.config.issuer.url("/account/passkeys");
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, format!("public, max-age={KEY_SET_LIFETIME}")))
        .json(serde_json::json!({ "enroll": page, "manage": page }))
}

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

/// `GET /readyz`: whether requests are to be sent here. Which part is not ready, and no more: anybody may ask.
pub async fn readyz(app: Data<App>) -> HttpResponse {
    let database = app.db.ping().await;
    if let Err(why) = &database {
        tracing::warn!(%why, "not ready");
    }
    let parts = [("database", database.is_ok()), ("keys", app.memory().keys.can_sign(app.clock.now()))];
    let is_well = parts.iter().all(|(_, is_ready)| *is_ready);
    let (mut response, status) = match (is_well, app.stopping.is_set()) {
        (true, false) => (HttpResponse::Ok(), "ready"),
        (_, true) => (HttpResponse::ServiceUnavailable(), "stopping"),
        (false, false) => (HttpResponse::ServiceUnavailable(), "not ready"),
    };
    if status != "ready" {
        response.insert_header((header::RETRY_AFTER, "1"));
    }
    let parts: serde_json::Map<_, _> = parts
        .into_iter()
        .map(|(part, is_ready)| (part.to_owned(), if is_ready { "ready" } else { "not ready" }.into()))
        .collect();
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(serde_json::json!({ "status": status, "parts": parts }))
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

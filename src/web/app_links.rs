//! Which apps on devices open addresses of ours, and know passkeys of ours: Apple's `apple-app-site-association` and
//! Android's `assetlinks.json`, made of the clients' settings.
//!
//! An app is given the https redirect URIs of its own client that are on this host, and no other address.
use crate::{
    app::App,
    domain::{AndroidApp, Client},
    keys::KEY_SET_LIFETIME,
};
use actix_web::{HttpResponse, http::header, web::Data};
use serde_json::{Value, json};
use std::sync::Arc;
use url::Url;

/// `GET /.well-known/apple-app-site-association`.
pub async fn apple(app: Data<App>) -> HttpResponse {
    let clients = clients(&app, |client| !client.ios_app_ids.is_empty());
    let ids: Vec<_> = clients.iter().flat_map(|client| &client.ios_app_ids).collect();
    let details = clients.iter().filter_map(|client| {
        let components: Vec<_> = paths(&app, client).into_iter().map(|path| json!({ "/": path })).collect();
        (!components.is_empty()).then(|| json!({ "appIDs": client.ios_app_ids, "components": components }))
    });
    let details: Vec<_> = details.collect();
    answer(ids.is_empty(), &json!({ "applinks": { "details": details }, "webcredentials": { "apps": ids } }))
}

/// `GET /.well-known/assetlinks.json`. Which paths an app opens it says itself, in its manifest.
pub async fn android(app: Data<App>) -> HttpResponse {
    let clients = clients(&app, |client| !client.android_apps.is_empty());
    let statement = |app: &AndroidApp| {
        json!({
            "relation": ["delegate_permission/common.handle_all_urls", "delegate_permission/common.get_login_creds"],
            "target": {
                "namespace": "android_app",
                "package_name": app.package_name,
                "sha256_cert_fingerprints": app.sha256_cert_fingerprints,
            },
        })
    };
    let statements: Vec<_> = clients.iter().flat_map(|client| &client.android_apps).map(statement).collect();
    answer(statements.is_empty(), &statements.into())
}

/// Those that have any, always in the same order.
fn clients(app: &App, has_any: impl Fn(&Client) -> bool) -> Vec<Arc<Client>> {
    let mut clients: Vec<_> = app.memory().clients().filter(|client| has_any(client)).cloned().collect();
    clients.sort_by(|a, b| a.client_id.as_str().cmp(b.client_id.as_str()));
    clients
}

/// The paths of a client's redirect URIs on this host.
fn paths(app: &App, client: &Client) -> Vec<String> {
    let Ok(here) = Url::parse(app.config.issuer.as_str()) else { return vec![] };
    let urls = client.redirect_uris.iter().filter_map(|uri| Url::parse(uri.as_str()).ok());
    urls.filter(|url| url.origin() == here.origin()).map(|url| url.path().to_owned()).collect()
}

fn answer(is_empty: bool, document: &Value) -> HttpResponse {
    if is_empty {
        return HttpResponse::NotFound().finish();
    }
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, format!("public, max-age={KEY_SET_LIFETIME}")))
        .json(document)
}

//! The administration's API, `/api/admin/v1`: what the pages do, for programs. JSON, RFC 9457 problem details,
//! `OpenAPI` 3.1 made of the code.
mod api_keys;
mod audit;
mod body;
mod conditions;
mod document;
mod guard;
mod idempotency;
mod keys;
mod problem;
mod provider_section;
mod providers;
mod settings;
mod webhooks;

pub use document::description;
pub use guard::Caller;
pub use problem::Problem;

use crate::web::{
    self,
    guard::{Rule, guarded},
};
use actix_web::{
    Scope,
    dev::HttpServiceFactory,
    http::Method,
    middleware::from_fn,
    web::{get, scope, to},
};

/// Where it is.
pub const PREFIX: &str = "/api/admin/v1";

guarded! { "/api/admin/v1";
    "/api-keys" { GET ApiKeysRead => api_keys::list, POST ApiKeysWrite => api_keys::create }
    "/api-keys/{id}" { GET ApiKeysRead => api_keys::read, DELETE ApiKeysWrite => api_keys::revoke }
    "/audit" { GET AuditRead => audit::list }
    "/audit/export" { GET AuditRead => audit::copy }
    "/webhooks" { GET WebhooksRead => webhooks::list, POST WebhooksWrite => webhooks::create }
    "/webhooks/{id}" {
        GET WebhooksRead => webhooks::read, PUT WebhooksWrite => webhooks::update,
        DELETE WebhooksWrite => webhooks::remove,
    }
    "/webhooks/{id}/secret" { POST WebhooksWrite => webhooks::rotate }
    "/webhooks/{id}/test" { POST WebhooksWrite => webhooks::test }
    "/webhooks/{id}/replay" { POST WebhooksWrite => webhooks::replay_since }
    "/webhooks/{id}/deliveries" { GET WebhooksRead => webhooks::deliveries }
    "/webhooks/{id}/deliveries/{delivery}/replay" { POST WebhooksWrite => webhooks::replay }
    "/providers" { GET ProvidersRead => providers::list }
    "/providers/{name}" {
        GET ProvidersRead => providers::read, PUT ProvidersWrite => providers::put,
        DELETE ProvidersWrite => providers::remove,
    }
    "/providers/{name}/check" { POST ProvidersWrite => providers::check }
    "/settings" { GET SettingsRead => settings::read, PATCH SettingsWrite => settings::change }
    "/keys" { GET KeysRead => keys::list }
    "/keys/rotate" { POST KeysWrite => keys::rotate }
    "/keys/{kid}" { DELETE KeysWrite => keys::retire }
}

/// What a route asks for, by the document's name for it.
pub fn permission(method: &str, path: &str) -> String {
    let is_it = |rule: &&Rule| rule.method == method && rule.path.strip_prefix(PREFIX) == Some(path);
    TABLE.iter().find(is_it).map(|rule| rule.permission.to_string()).unwrap_or_default()
}

/// All of it, behind its guard; the document is for everybody.
pub fn endpoints() -> impl HttpServiceFactory {
    let scope: Scope = scope(PREFIX);
    scope
        .wrap(from_fn(idempotency::honour))
        .wrap(from_fn(guard::admit))
        .service(web::guarded_resource("/openapi.json", [(Method::GET, get().to(document::get))]))
        .configure(configure)
        .default_service(to(|| async { Err::<actix_web::HttpResponse, _>(Problem::not_found()) }))
}

//! The administration's API, `/api/admin/v1`: what the pages do, for programs. JSON, RFC 9457 problem details,
//! `OpenAPI` 3.1 made of the code.
mod api_keys;
mod apps;
mod audit;
mod body;
mod conditions;
mod configuration;
mod document;
mod groups;
mod guard;
mod idempotency;
mod keys;
mod problem;
mod provider_section;
mod providers;
mod settings;
mod users;
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
    "/apps" { GET AppsRead => apps::list, POST AppsWrite => apps::create }
    "/apps/{id}" { GET AppsRead => apps::read, PUT AppsWrite => apps::replace, DELETE AppsWrite => apps::delete }
    "/apps/{id}/secret" { POST AppsWrite => apps::rotate }
    "/apps/{id}/secret/previous" { DELETE AppsWrite => apps::revoke_previous }
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
    "/configuration" { GET SettingsRead => configuration::read }
    "/configuration/export" { GET SettingsRead => configuration::export }
    "/keys" { GET KeysRead => keys::list }
    "/keys/rotate" { POST KeysWrite => keys::rotate }
    "/keys/{kid}" { DELETE KeysWrite => keys::retire }
    "/users" { GET UsersRead => users::list, POST UsersWrite => users::create }
    "/users/export" { GET UsersRead => users::copy }
    "/users/{id}" { GET UsersRead => users::read, PATCH UsersWrite => users::change, DELETE UsersDelete => users::delete }
    "/users/{id}/disable" { POST UsersWrite => users::disable }
    "/users/{id}/enable" { POST UsersWrite => users::enable }
    "/users/{id}/password-reset" { POST UsersWrite => users::reset }
    "/users/{id}/factors" { DELETE UsersWrite => users::remove_factors }
    "/users/{id}/second-step" { DELETE UsersWrite => users::remove_second_step }
    "/users/{id}/passkeys/{passkey}" { DELETE UsersWrite => users::remove_passkey }
    "/users/{id}/identities/{identity}" { DELETE UsersWrite => users::unlink }
    "/users/{id}/deletion" { PUT UsersDelete => users::delete_later, DELETE UsersWrite => users::keep }
    "/users/{id}/role" { PUT RolesWrite => users::set_role }
    "/users/{id}/merge" { GET UsersDelete => users::preview_merge, POST UsersDelete => users::merge }
    "/users/{id}/sessions" { GET UsersRead => users::sessions, DELETE UsersWrite => users::end_sessions }
    "/users/{id}/sessions/{session}" { DELETE UsersWrite => users::end_session }
    "/users/{id}/consents" { GET UsersRead => users::consents }
    "/users/{id}/consents/{client}" { DELETE UsersWrite => users::withdraw }
    "/users/{id}/ways-in" { GET UsersRead => users::ways_in }
    "/users/{id}/groups" { GET GroupsRead => users::groups }
    "/invitations" { POST UsersWrite => users::invite }
    "/groups" { GET GroupsRead => groups::list, POST GroupsWrite => groups::create }
    "/groups/{id}" { GET GroupsRead => groups::read, PATCH GroupsWrite => groups::change, DELETE GroupsWrite => groups::delete }
    "/groups/{id}/members" { GET GroupsRead => groups::members }
    "/groups/{id}/members/{user}" { PUT GroupsWrite => groups::add, DELETE GroupsWrite => groups::remove }
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
        .service(web::resource("/openapi.json", [(Method::GET, get().to(document::get))]))
        .configure(configure)
        .default_service(to(|| async { Err::<actix_web::HttpResponse, _>(Problem::not_found()) }))
}

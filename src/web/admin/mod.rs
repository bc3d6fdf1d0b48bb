//! The administration's pages: where those who run the instance look after it, in a browser.
mod api_keys;
mod api_reference;
mod audit;
mod chart;
mod desk;
mod guard;
mod keys;
mod overview;
mod page;
mod providers;
mod settings;
mod webhooks;

pub use audit::export;
pub use desk::Desk;
pub use page::AdminPage;

use crate::web::guard::guarded;
use actix_web::{Scope, dev::HttpServiceFactory, middleware::from_fn, web};

guarded! { "/admin";
    "" { GET OverviewRead => overview::get }
    "/api" { GET OverviewRead => api_reference::get }
    "/api-keys" { GET ApiKeysRead => api_keys::get, POST ApiKeysWrite fresh => api_keys::post }
    "/api-keys/{id}/revoke" { POST ApiKeysWrite => api_keys::revoke }
    "/providers" { GET ProvidersRead => providers::list, POST ProvidersWrite => providers::order }
    "/add-provider" { GET ProvidersWrite fresh => providers::new, POST ProvidersWrite fresh => providers::add }
    "/providers/{name}" { GET ProvidersRead => providers::edit, POST ProvidersWrite fresh => providers::save }
    "/providers/{name}/state" { POST ProvidersWrite => providers::state }
    "/providers/{name}/check" { POST ProvidersWrite => providers::check }
    "/providers/{name}/remove" { POST ProvidersWrite fresh => providers::remove }
    "/settings" { GET SettingsRead => settings::first }
    "/settings/{group}" { GET SettingsRead => settings::get, POST SettingsWrite fresh => settings::save }
    "/preview" { POST SettingsWrite => settings::preview }
    "/try-mail" { POST SettingsWrite => settings::try_mail }
    "/keys" { GET KeysRead => keys::get }
    "/keys/rotate" { POST KeysWrite fresh => keys::rotate }
    "/keys/{kid}/retire" { POST KeysWrite fresh => keys::retire }
    "/audit" { GET AuditRead => audit::get }
    "/audit/export" { POST AuditRead fresh => audit::copy }
    "/webhooks" { GET WebhooksRead => webhooks::get, POST WebhooksWrite fresh => webhooks::post }
    "/webhooks/{id}" { GET WebhooksRead => webhooks::one, POST WebhooksWrite fresh => webhooks::change }
    "/webhooks/{id}/{act}" { POST WebhooksWrite fresh => webhooks::act }
    "/audit/verify" { POST AuditRead => audit::verify }
}

/// All of it, behind its guard.
pub fn pages() -> impl HttpServiceFactory {
    let scope: Scope = web::scope("/admin");
    scope.wrap(from_fn(guard::admit)).configure(configure)
}

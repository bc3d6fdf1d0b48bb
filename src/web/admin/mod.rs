//! The administration's pages: where those who run the instance look after it, in a browser.
mod api_keys;
mod api_reference;
mod apps;
mod audit;
mod chart;
mod configuration;
mod copies;
mod desk;
mod first_steps;
mod groups;
mod guard;
mod keys;
mod overview;
mod page;
mod providers;
mod settings;
mod users;
mod webhooks;

pub use audit::export;
pub use configuration::file as configuration_file;
pub use desk::Desk;
pub use page::AdminPage;
pub use users::export as export_people;

use crate::web::guard::guarded;
use actix_web::{Scope, dev::HttpServiceFactory, middleware::from_fn, web};

guarded! { "/admin";
    "" { GET OverviewRead => overview::get }
    "/first-steps" { GET AppsWrite => first_steps::resume }
    "/first-steps/name" { GET SettingsWrite => first_steps::name, POST SettingsWrite fresh => first_steps::save_name }
    "/first-steps/app" { GET AppsWrite => apps::first::choose, POST AppsWrite => apps::first::create }
    "/first-steps/sign-in" { GET ProvidersWrite => first_steps::ways }
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
    "/configuration" { GET SettingsRead => configuration::get }
    "/configuration/export" { POST SettingsRead fresh => configuration::export }
    "/preview" { POST SettingsWrite => settings::preview }
    "/try-mail" { POST SettingsWrite => settings::try_mail }
    "/keys" { GET KeysRead => keys::get }
    "/keys/rotate" { POST KeysWrite fresh => keys::rotate }
    "/keys/{kid}/retire" { POST KeysWrite fresh => keys::retire }
    "/apps" { GET AppsRead => apps::list }
    "/new-app" { GET AppsWrite => apps::choose, POST AppsWrite => apps::create }
    "/apps/{id}" { GET AppsRead => apps::get }
    "/apps/{id}/edit" { GET AppsWrite => apps::get_edit, POST AppsWrite => apps::post_edit }
    "/apps/{id}/start" { GET AppsRead => apps::get_start }
    "/apps/{id}/secret" { POST AppsWrite fresh => apps::rotate }
    "/apps/{id}/secret/revoke" { POST AppsWrite => apps::revoke_previous }
    "/apps/{id}/logo" { POST AppsWrite => apps::post_logo }
    "/apps/{id}/delete" { POST AppsWrite fresh => apps::delete }
    "/apps/{id}/test" { GET AppsWrite => apps::trial::get, POST AppsWrite => apps::trial::post }
    "/apps/{id}/test/send" { GET AppsWrite => apps::trial::send }
    "/apps/{id}/test/callback" { GET AppsWrite => apps::trial::callback }
    "/users" { GET UsersRead => users::list }
    "/export-users" { POST UsersRead fresh => users::copy }
    "/new-user" { GET UsersWrite => users::new, POST UsersWrite => users::create }
    "/users/{id}" { GET UsersRead => users::person, POST UsersWrite => users::describe }
    "/users/{id}/reset" { POST UsersWrite => users::reset }
    "/users/{id}/verify" { POST UsersWrite => users::verify }
    "/users/{id}/factors" { POST UsersWrite fresh => users::factors }
    "/users/{id}/second-step" { POST UsersWrite fresh => users::second_step }
    "/users/{id}/passkeys" { POST UsersWrite fresh => users::passkeys }
    "/users/{id}/identities" { POST UsersWrite fresh => users::identities }
    "/users/{id}/sessions" { POST UsersWrite => users::sessions }
    "/users/{id}/consents" { POST UsersWrite => users::consents }
    "/users/{id}/disable" { POST UsersWrite => users::disable }
    "/users/{id}/enable" { POST UsersWrite => users::enable }
    "/users/{id}/keep" { POST UsersWrite => users::keep }
    "/users/{id}/leave" { POST UsersDelete => users::leave }
    "/users/{id}/delete" { POST UsersDelete fresh => users::delete }
    "/users/{id}/role" { POST RolesWrite fresh => users::role }
    "/users/{id}/merge" { GET UsersDelete => users::preview, POST UsersDelete fresh => users::merge }
    "/users/{id}/groups" { POST GroupsWrite => users::join }
    "/groups" { GET GroupsRead => groups::list, POST GroupsWrite => groups::create }
    "/groups/{id}" { GET GroupsRead => groups::group, POST GroupsWrite => groups::update }
    "/groups/{id}/members" { POST GroupsWrite => groups::members }
    "/groups/{id}/delete" { POST GroupsWrite => groups::delete }
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
    // Pictures are larger than other forms.
    scope.app_data(apps::limits()).wrap(from_fn(guard::admit)).configure(configure)
}

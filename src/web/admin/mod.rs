//! The administration's pages: where those who run the instance look after it, in a browser.
mod api_keys;
mod api_reference;
mod desk;
mod groups;
mod guard;
mod overview;
mod page;
mod users;

pub use desk::Desk;
pub use page::AdminPage;

use crate::web::guard::guarded;
use actix_web::{Scope, dev::HttpServiceFactory, middleware::from_fn, web};

guarded! { "/admin";
    "" { GET OverviewRead => overview::get }
    "/api" { GET OverviewRead => api_reference::get }
    "/api-keys" { GET ApiKeysRead => api_keys::get, POST ApiKeysWrite fresh => api_keys::post }
    "/api-keys/{id}/revoke" { POST ApiKeysWrite => api_keys::revoke }
    "/users" { GET UsersRead => users::list }
    "/users/new" { GET UsersWrite => users::new, POST UsersWrite => users::create }
    "/users/{id}" { GET UsersRead => users::person, POST UsersWrite => users::describe }
    "/users/{id}/reset" { POST UsersWrite => users::reset }
    "/users/{id}/verify" { POST UsersWrite => users::verify }
    "/users/{id}/factors" { POST UsersWrite fresh => users::factors }
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
}

/// All of it, behind its guard.
pub fn pages() -> impl HttpServiceFactory {
    let scope: Scope = web::scope("/admin");
    scope.wrap(from_fn(guard::admit)).configure(configure)
}

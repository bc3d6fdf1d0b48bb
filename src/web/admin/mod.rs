//! The administration's pages: where those who run the instance look after it, in a browser.
mod api_keys;
mod api_reference;
mod desk;
mod guard;
mod overview;
mod page;

pub use desk::Desk;
pub use page::AdminPage;

use crate::web::guard::guarded;
use actix_web::{Scope, dev::HttpServiceFactory, middleware::from_fn, web};

guarded! { "/admin";
    "" { GET OverviewRead => overview::get }
    "/api" { GET OverviewRead => api_reference::get }
    "/api-keys" { GET ApiKeysRead => api_keys::get, POST ApiKeysWrite fresh => api_keys::post }
    "/api-keys/{id}/revoke" { POST ApiKeysWrite => api_keys::revoke }
}

/// All of it, behind its guard.
pub fn pages() -> impl HttpServiceFactory {
    let scope: Scope = web::scope("/admin");
    scope.wrap(from_fn(guard::admit)).configure(configure)
}

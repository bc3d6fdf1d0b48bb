//! Failures as they look from outside: JSON for clients ([`ApiError`]), a page for people ([`PageError`]). Everything
//! that can go wrong becomes one of the two here, and is logged here, once.
mod api;
mod page;
mod show;

pub use api::ApiError;
pub use page::PageError;
pub use show::{not_found, page, show, unavailable};

use actix_web::http::StatusCode;

/// Seconds after which trying again may help.
const RETRY_AFTER: i64 = 1;

/// Whether something of the request was left unread. Then the connection ends, or whoever sends would go on for ever.
fn is_unread(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    )
}

//! The page of one's own account.

use super::{
    page::{AccountView, Page},
    render::see_other,
};
use crate::{
    domain::{Timestamp, Username},
    protocol::discovery::path,
    storage::users,
    web::{error::PageError, visit::Visit},
};
use actix_web::{HttpResponse, cookie::time::OffsetDateTime};
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    pub page: Page,
    pub csrf: String,
    pub account: AccountView,
    pub email: Option<String>,
    pub email_verified: bool,
    pub username: Option<String>,
    pub signed_in_at: String,
    pub sign_out_action: String,
}

/// `GET /`.
pub async fn home() -> HttpResponse {
    see_other("/account")
}

/// `GET /account`.
pub async fn get(visit: Visit) -> Result<HttpResponse, PageError> {
    let user = match visit.sign_in() {
        Some(sign_in) => users::find(&visit.app.db, &sign_in.user).await?.zip(Some(sign_in)),
        None => None,
    };
    let Some((user, sign_in)) = user else { return Ok(see_other("/login")) };
    let frame = visit.frame(None);
    let page = AccountPage {
        page: frame.page("/account"),
        csrf: visit.form_token(),
        account: (&user).into(),
        email: user.email.as_ref().map(ToString::to_string),
        email_verified: user.email_verified_at.is_some(),
        username: user.username.as_ref().map(Username::to_string),
        signed_in_at: in_utc(sign_in.auth_time),
        sign_out_action: path::LOGOUT.into(),
    };
    Ok(visit.show(&frame, &page, None))
}

/// A moment as both languages write it.
fn in_utc(at: Timestamp) -> String {
    OffsetDateTime::from_unix_timestamp(at.0).map_or_else(
        |_| String::new(),
        |at| {
            let (date, time) = (at.date(), at.time());
            format!("{date} {:02}:{:02} UTC", time.hour(), time.minute())
        },
    )
}

//! The page of one's own account.

use super::{
    page::{AccountView, Page},
    render::{Frame, see_other},
};
use crate::{
    app::App,
    domain::{Timestamp, Username},
    protocol::discovery::path,
    storage::users,
    web::{browser::Browser, error::PageError, session::CurrentSession},
};
use actix_web::{HttpRequest, HttpResponse, cookie::time::OffsetDateTime, web::Data};
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
pub async fn get(app: Data<App>, request: HttpRequest, session: CurrentSession) -> Result<HttpResponse, PageError> {
    let user = match session.sign_in() {
        Some(sign_in) => users::find(&app.db, &sign_in.user).await?.zip(Some(sign_in)),
        None => None,
    };
    let Some((user, sign_in)) = user else { return Ok(see_other("/login")) };
    let browser = Browser::of(&app, &request);
    let frame = Frame::new(&app, &request, None);
    let page = AccountPage {
        page: frame.page("/account"),
        csrf: browser.form_token(&app),
        account: AccountView::of(&app, &sign_in).await?,
        email: user.email.as_ref().map(ToString::to_string),
        email_verified: user.email_verified_at.is_some(),
        username: user.username.as_ref().map(Username::to_string),
        signed_in_at: in_utc(sign_in.auth_time),
        sign_out_action: path::LOGOUT.into(),
    };
    Ok(frame.render(&app, &browser, &page, None))
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

//! `/admin`: how the instance fares.
use super::{AdminPage, Desk};
use crate::web::error::PageError;
use actix_web::HttpResponse;
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/overview.html")]
pub struct OverviewPage {
    pub admin: AdminPage,
}

/// `GET /admin`.
pub async fn get(desk: Desk) -> Result<HttpResponse, PageError> {
    let frame = desk.visit.frame(None);
    let page = OverviewPage { admin: desk.page(&frame, "/admin", "/admin") };
    Ok(desk.show(&frame, &page))
}

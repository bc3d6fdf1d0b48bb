//! A person's groups and roles, from their own page.
use super::{Desk, acts::finish};
use crate::{
    admin::groups,
    domain::{GroupId, UserId},
    web::{error::PageError, forms::PageForm},
};
use actix_web::{HttpResponse, web::Path};

/// `POST /admin/users/{id}/groups`: joins one, or leaves one.
pub async fn join(desk: Desk, id: Path<String>, form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, id) = (&desk.visit.app, UserId(id.into_inner()));
    let group = GroupId::from(form.0.get("group").unwrap_or_default());
    let outcome = match form.0.get("action") {
        Some("leave") => groups::remove(app, desk.operator(), &group, &id).await,
        _ => groups::add(app, desk.operator(), &group, &id).await,
    };
    finish(&desk, &id, outcome).await
}

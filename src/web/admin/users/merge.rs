//! `/admin/users/{id}/merge`: another account becomes a part of this one, once it was seen what moves.
use super::{AdminPage, Desk, PLACE, PersonLine, acts::finish, person};
use crate::{
    admin::{self, users},
    domain::UserId,
    web::{
        error::PageError,
        forms::{PageForm, PageQuery},
    },
};
use actix_web::{HttpResponse, web::Path};
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/user_merge.html")]
pub struct MergePage {
    pub admin: AdminPage,
    pub from: PersonLine,
    pub into: PersonLine,
    pub from_name: String,
    pub into_name: String,
    /// What is known of the person afterwards.
    pub merged: PersonLine,
    /// How many of what move: a message and a number each.
    pub moves: Vec<(&'static str, i64)>,
    pub losses: Vec<&'static str>,
    pub obstacle: Option<&'static str>,
}

/// `GET /admin/users/{id}/merge?from=ID`.
pub async fn preview(desk: Desk, id: Path<String>, query: PageQuery) -> Result<HttpResponse, PageError> {
    let (app, into) = (&desk.visit.app, UserId(id.into_inner()));
    let from = users::named(app, query.0.get("from").unwrap_or_default()).await;
    let preview = match from {
        Ok(from) => users::preview(app, desk.operator(), &from.id, &into).await,
        Err(why) => Err(why),
    };
    let preview = match preview {
        Err(admin::Error::NotFound) => {
            return person::refused(&desk, &into, "admin-group-add-unknown".into()).await;
        }
        preview => preview?,
    };
    let frame = desk.visit.frame(None);
    let page = MergePage {
        admin: desk.page(&frame, PLACE, PLACE),
        from_name: preview.from.display_name().to_owned(),
        into_name: preview.into.display_name().to_owned(),
        from: preview.from.into(),
        into: preview.into.into(),
        merged: preview.merged.into(),
        moves: vec![
            ("merge-identities", preview.moves.identities),
            ("merge-passkeys", preview.moves.passkeys),
            ("merge-consents", preview.moves.consents),
            ("merge-groups", preview.moves.groups),
        ],
        losses: preview.losses,
        obstacle: preview.obstacle,
    };
    Ok(desk.show(&frame, &page))
}

/// `POST /admin/users/{id}/merge`.
pub async fn merge(desk: Desk, id: Path<String>, form: PageForm) -> Result<HttpResponse, PageError> {
    let into = UserId(id.into_inner());
    let from = UserId::from(form.0.get("from").unwrap_or_default());
    let outcome = users::merge(&desk.visit.app, desk.operator(), &from, &into).await;
    finish(&desk, &into, outcome).await
}

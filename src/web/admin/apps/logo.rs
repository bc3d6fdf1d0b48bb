//! `/admin/apps/{id}/logo`: a logo of the app's own, uploaded anew as people's pictures are.
use super::{href, page::AppPage};
use crate::{
    admin::apps,
    domain::ClientId,
    web::{
        account::profile::picture::{Upload, uploaded},
        admin::Desk,
        error::PageError,
        pages::render::see_other,
    },
};
use actix_web::{HttpResponse, web::Path};

pub use crate::web::account::profile::picture::limits;

/// `POST /admin/apps/{id}/logo`.
pub async fn post(desk: Desk, id: Path<String>, upload: Upload) -> Result<HttpResponse, PageError> {
    let id = ClientId(id.into_inner());
    let logo = if upload.action == "remove" {
        None
    } else {
        match uploaded(upload.file).await? {
            Ok(picture) => Some(picture),
            Err(problem) => {
                let app = apps::find(&desk.visit.app.db, &id).await?;
                let frame = desk.visit.frame(None);
                let page = AppPage { logo_problem: Some(problem), ..AppPage::new(&desk, &frame, &app) };
                return Ok(desk.show_faults(&frame, &page));
            }
        }
    };
    apps::set_logo(desk.change(), &id, logo).await?;
    desk.refresh().await;
    Ok(see_other(&href(&id)))
}

//! `/unfreeze`: a frozen account is used again, by the link of a mail: who froze it may fear that somebody knows the
//! password.
use super::link;
use crate::{
    domain::{Event, TicketPurpose},
    storage::recovery,
    web::{
        error::PageError,
        forms::{PageForm, PageQuery},
        ticket,
        visit::Visit,
    },
};
use actix_web::HttpResponse;

const PURPOSE: TicketPurpose = TicketPurpose::Unfreeze;

/// `GET /unfreeze`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    link::arrive(&visit, &query.0, PURPOSE, "unfreeze").await
}

/// `POST /unfreeze`. It signs nobody in.
pub async fn post(visit: Visit, _form: PageForm) -> Result<HttpResponse, PageError> {
    let (token, ticket) = ticket::carried(&visit, PURPOSE).await?;
    let thawed = recovery::unfreeze(&visit.app.db, token.digest(), visit.app.clock.now()).await?;
    visit.record(&thawed.ok_or(PageError::LinkInvalid)?, Event::Unfrozen).await?;
    let email = ticket.address();
    let told = link::tell(&visit, "unfreeze", email, "/login");
    Ok(ticket::forget(&visit, PURPOSE, told))
}

//! `/verify` and `/unfreeze`: what the link of a mail does that signs nobody in. By the one, mail is shown to reach an
//! address; by the other, a frozen account is used again, for who froze it may fear that somebody knows the password.
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

/// `GET /verify`.
pub async fn get_verify(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    link::arrive(&visit, &query.0, TicketPurpose::Verify, "verify").await
}

/// `POST /verify`.
pub async fn post_verify(visit: Visit, _form: PageForm) -> Result<HttpResponse, PageError> {
    spend(&visit, TicketPurpose::Verify, Event::EmailVerified, ("verify", "/account")).await
}

/// `GET /unfreeze`.
pub async fn get_unfreeze(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    link::arrive(&visit, &query.0, TicketPurpose::Unfreeze, "unfreeze").await
}

/// `POST /unfreeze`.
pub async fn post_unfreeze(visit: Visit, _form: PageForm) -> Result<HttpResponse, PageError> {
    spend(&visit, TicketPurpose::Unfreeze, Event::Unfrozen, ("unfreeze", "/login")).await
}

/// Spends the ticket that the browser carries, and tells what came of it, by `name`, and where to go `onward`.
async fn spend(
    visit: &Visit,
    purpose: TicketPurpose,
    event: Event,
    (name, onward): (&'static str, &'static str),
) -> Result<HttpResponse, PageError> {
    let (token, ticket) = ticket::carried(visit, purpose).await?;
    let user = recovery::spend_quietly(&visit.app.db, purpose, token.digest(), visit.app.clock.now()).await?;
    visit.record(&user.ok_or(PageError::LinkInvalid)?, event).await?;
    let told = link::tell(visit, name, ticket.address(), onward);
    Ok(ticket::forget(visit, purpose, told))
}

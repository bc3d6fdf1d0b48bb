//! `/verify`: showing that mail reaches an address, by the link of a mail.
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

const PURPOSE: TicketPurpose = TicketPurpose::Verify;

/// `GET /verify`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    link::arrive(&visit, &query.0, PURPOSE, "verify").await
}

/// `POST /verify`. It signs nobody in.
pub async fn post(visit: Visit, _form: PageForm) -> Result<HttpResponse, PageError> {
    let (token, ticket) = ticket::carried(&visit, PURPOSE).await?;
    let verified = recovery::verify(&visit.app.db, token.digest(), visit.app.clock.now()).await?;
    let user = verified.ok_or(PageError::LinkInvalid)?;
    visit.record(&user, Event::EmailVerified).await?;
    let email = ticket.address();
    let told = link::tell(&visit, "verify", email, "/account");
    Ok(ticket::forget(&visit, PURPOSE, told))
}

//! `/account/email/undo`: the address until now stays, or becomes the account's again, by the link that it was told
//! with.
use crate::{
    domain::{Event, TicketPurpose},
    mail::{Letter, TicketLetter, To},
    storage::{self, recovery},
    web::{
        error::PageError,
        forms::{PageForm, PageQuery},
        pages::link,
        ticket,
        visit::Visit,
    },
};
use actix_web::HttpResponse;

const PURPOSE: TicketPurpose = TicketPurpose::UndoEmail;

/// `GET /account/email/undo`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    link::arrive(&visit, &query.0, PURPOSE, "undo-email").await
}

/// `POST /account/email/undo`. Everybody is out, and the password is chosen anew.
pub async fn post(visit: Visit, _form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, now) = (&visit.app, visit.app.clock.now());
    let (token, ticket) = ticket::carried(&visit, PURPOSE).await?;
    let user = match recovery::restore_email(&app.db, token.digest(), now).await {
        Ok(restored) => restored.ok_or(PageError::LinkInvalid)?,
        Err(storage::Error::Conflict) => return Err(PageError::EmailTaken),
        Err(why) => return Err(why.into()),
    };
    visit.record(&user, Event::EmailRestored).await?;
    let language = visit.frame(None).words.language();
    let letter = TicketLetter::new(TicketPurpose::Reset, To::Person(user), language);
    app.mailer.send(&app.db, &Letter::Ticket(letter), now).await?;
    let email = ticket.address();
    let told = link::tell(&visit, "undo-email", email, "/login");
    Ok(ticket::forget(&visit, PURPOSE, told))
}

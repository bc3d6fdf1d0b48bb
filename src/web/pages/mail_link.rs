//! `/login/mail/link`: signing in by the link of a mail, in whichever browser it is opened.
use super::{link, mail_sign_in::enter};
use crate::{
    domain::TicketPurpose,
    i18n::Message,
    web::{
        admission::Way,
        error::PageError,
        forms::{PageForm, PageQuery},
        ticket::{self, Arrival, Errand},
        visit::Visit,
    },
};
use actix_web::HttpResponse;

const PURPOSE: TicketPurpose = TicketPurpose::SignIn;

/// `GET /login/mail/link`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    match ticket::arrive(&visit, &query.0, PURPOSE).await? {
        Arrival::ByLink(onward) => Ok(onward),
        Arrival::With(ticket) => {
            let mut notes: Vec<Message> = vec![];
            if ticket.browser.as_ref() != Some(&visit.browser.digest()) {
                notes.push("mail-link-elsewhere".into());
            }
            if ticket::is_first_proof(&visit, &ticket).await? {
                notes.push("first-proof".into());
            }
            let email = ticket.address();
            Ok(link::show(&visit, PURPOSE, "mail-link", email, notes))
        }
    }
}

/// `POST /login/mail/link`. In the browser that began it goes on with what was begun.
pub async fn post(visit: Visit, _form: PageForm) -> Result<HttpResponse, PageError> {
    let (token, ticket) = ticket::carried(&visit, PURPOSE).await?;
    let (interaction, back) = Errand::of(&visit, &ticket);
    let way = Way { interaction: interaction.as_ref(), back, remember: false };
    let response = enter(&visit, token.digest(), way).await?;
    Ok(ticket::forget(&visit, PURPOSE, response))
}

//! Links that come by mail, and how a browser arrives by one.
//!
//! Programs that look at mail open its links, so that opening one changes nothing. The token moves from
//! the address into a cookie that lives for minutes, and the browser goes on to the same page without
//! it: no Referer, no history and no log has it. What the link is for happens when a button is pressed.
use super::{
    account::Place, browser::cookie_value, error::PageError, interaction::Interaction, limits,
    pages::render::see_other, visit::Visit,
};
use crate::{
    domain::{Secret, Ticket, TicketPurpose, UserId},
    mail::{Letter, TicketLetter, To},
    protocol::params::Params,
    storage::{tickets, users},
};
use actix_web::{HttpResponse, cookie::time::Duration};
use serde::{Deserialize, Serialize};

/// How long the cookie lives: as long as the longest a person may look at the page.
const COOKIE_LIFETIME: Duration = Duration::hours(1);

fn name(purpose: TicketPurpose) -> String {
    format!("ticket-{purpose}")
}

/// Pages that need mail are not there where there is none.
pub fn needs_mail(visit: &Visit) -> Result<(), PageError> {
    if visit.app.mailer.is_on() { Ok(()) } else { Err(PageError::NotFound) }
}

/// Where a browser stands with a link.
pub enum Arrival {
    /// It comes straight from the mail: the answer takes it on.
    ByLink(HttpResponse),
    /// It carries the token of this ticket, which is good.
    With(Ticket),
}

/// What a `GET` of a link's page begins with.
pub async fn arrive(visit: &Visit, params: &Params, purpose: TicketPurpose) -> Result<Arrival, PageError> {
    if let Some(token) = params.get("token") {
        let mut response = see_other(purpose.path());
        visit.keep(&mut response, &name(purpose), token.to_owned(), COOKIE_LIFETIME)?;
        return Ok(Arrival::ByLink(response));
    }
    let (_, ticket) = carried(visit, purpose).await?;
    Ok(Arrival::With(ticket))
}

/// The token that a browser carries, and its ticket; a link that is not good any more is told so.
pub async fn carried(visit: &Visit, purpose: TicketPurpose) -> Result<(Secret, Ticket), PageError> {
    let token = cookie_value(&visit.app, &visit.request, &name(purpose)).ok_or(PageError::LinkInvalid)?;
    let token = Secret::from(token);
    let ticket = tickets::find(&visit.app.db, purpose, &token.digest(), visit.app.clock.now()).await?;
    ticket.map(|ticket| (token, ticket)).ok_or(PageError::LinkInvalid)
}

/// Whether spending the ticket would prove its person's address for the first time.
pub async fn is_first_proof(visit: &Visit, ticket: &Ticket) -> Result<bool, PageError> {
    let Some(user) = &ticket.user else { return Ok(false) };
    let user = users::find(&visit.app.db, user).await?;
    Ok(user.is_some_and(|user| user.email_verified_at.is_none()))
}

/// Takes the token from the browser, which needs it no more.
pub fn forget(visit: &Visit, purpose: TicketPurpose, mut response: HttpResponse) -> HttpResponse {
    visit.drop_cookie(&mut response, &name(purpose));
    response
}

/// What the person was about when they asked for a ticket.
#[derive(Default, Serialize, Deserialize)]
pub struct Errand {
    interaction: Option<String>,
    back: Option<Place>,
}

impl Errand {
    /// What belongs to the ticket.
    pub fn data(interaction: Option<&Interaction>, back: Option<Place>) -> Result<String, PageError> {
        let errand = Self { interaction: interaction.map(|interaction| interaction.sealed.clone()), back };
        serde_json::to_string(&errand).map_err(|_| PageError::Internal("an errand cannot be written"))
    }

    /// The errand of a ticket, in the browser that asked for it; in another one there is none.
    pub fn of(visit: &Visit, ticket: &Ticket) -> (Option<Interaction>, Option<Place>) {
        let is_here = ticket.browser.as_ref() == Some(&visit.browser.digest());
        Self::read(visit, ticket.data.as_deref().filter(|_| is_here).unwrap_or_default())
    }

    /// An errand, in the browser that it began in.
    pub fn read(visit: &Visit, data: &str) -> (Option<Interaction>, Option<Place>) {
        let errand: Self = serde_json::from_str(data).unwrap_or_default();
        // One that has run out meanwhile does not keep anybody from signing in.
        let interaction =
            errand.interaction.and_then(|sealed| Interaction::open(&visit.app, &visit.browser, &sealed).ok());
        (interaction, errand.back)
    }
}

/// Asks a person by mail to show that their address is theirs.
pub async fn send_verification(visit: &Visit, user: &UserId) -> Result<(), PageError> {
    let language = visit.frame(None).words.language();
    mail(visit, TicketLetter::new(TicketPurpose::Verify, To::Person(user.clone()), language)).await
}

/// Puts a letter with a ticket into the outbox, unless its reader or the sender of the request has had
/// too many. Nothing of the answer may depend on it.
pub async fn mail(visit: &Visit, letter: TicketLetter) -> Result<(), PageError> {
    let app = &visit.app;
    let reader = match &letter.to {
        To::Holder(email) | To::At(_, email) => email.to_string(),
        To::Person(user) => user.to_string(),
    };
    if limits::take_mail(app, &visit.request, letter.purpose, &reader).await? {
        app.mailer.send(&app.db, &Letter::Ticket(letter), app.clock.now()).await?;
    }
    Ok(())
}

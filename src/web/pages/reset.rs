//! `/reset`: a new password, by the link of a mail.
use super::{page::Page, sign_up::password_problem};
use crate::{
    domain::{AuthMethods, Event, Ticket, TicketPurpose},
    i18n::Message,
    mail::Notice,
    storage::{recovery, users},
    web::{
        admission::{Proof, Way, admit},
        error::PageError,
        forms::{PageForm, PageQuery},
        ticket::{self, Arrival, Errand},
        visit::Visit,
    },
};
use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

const PURPOSE: TicketPurpose = TicketPurpose::Reset;

#[derive(Clone, Debug, Template)]
#[template(path = "reset.html")]
pub struct ResetPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    /// Whose password it is; for the password manager, too.
    pub email: String,
    pub error: Option<Message>,
    /// Whether nobody has proved the address before.
    pub first: bool,
}

/// `GET /reset`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    match ticket::arrive(&visit, &query.0, PURPOSE).await? {
        Arrival::ByLink(onward) => Ok(onward),
        Arrival::With(ticket) => show(&visit, &ticket, None).await,
    }
}

/// `POST /reset`. All that began with the old password ends; a second factor is asked for as ever.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, (token, ticket)) = (&visit.app, ticket::carried(&visit, PURPOSE).await?);
    let name = match &ticket.user {
        Some(user) => users::find(&app.db, user).await?.and_then(|user| user.name),
        None => None,
    };
    let about = [ticket.email.as_ref().map(ToString::to_string), name].map(Option::unwrap_or_default);
    let about = about.each_ref().map(String::as_str);
    let password = match password_problem(app, form.0.get("password"), &about) {
        Ok(password) => password,
        Err(problem) => {
            let mut page = show(&visit, &ticket, Some(problem)).await?;
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(page);
        }
    };
    let hash = app.hasher.hash(password).await?;
    let proved = recovery::reset_password(&app.db, token.digest(), hash, app.clock.now()).await?;
    let proved = proved.ok_or(PageError::LinkInvalid)?;
    visit.record(&proved.user, Event::PasswordReset).await?;
    visit.notify(&proved.user, if proved.first { Notice::Reclaimed } else { Notice::PasswordChanged }).await;
    let (interaction, back) = Errand::of(&visit, &proved.ticket);
    let way = Way { interaction: interaction.as_ref(), back, remember: false };
    let response = admit(&visit, Proof::new(&visit, proved.user, AuthMethods::email()), way).await?;
    Ok(ticket::forget(&visit, PURPOSE, response))
}

async fn show(visit: &Visit, ticket: &Ticket, error: Option<Message>) -> Result<HttpResponse, PageError> {
    let frame = visit.frame(None);
    let page = ResetPage {
        page: frame.page(PURPOSE.path()),
        action: PURPOSE.path().into(),
        csrf: visit.form_token(),
        email: ticket.email.as_ref().map(ToString::to_string).unwrap_or_default(),
        error,
        first: ticket::is_first_proof(visit, ticket).await?,
    };
    Ok(visit.show(&frame, &page, None))
}

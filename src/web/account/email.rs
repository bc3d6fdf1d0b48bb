//! `/account/email`: another address, once mail reaches it; and the way back for who did not want that.
use super::{Person, Place};
use crate::{
    domain::{Digest, Email, Event, TicketPurpose, User},
    i18n::Message,
    mail::{Letter, Notice, TicketLetter, To},
    protocol::params::Params,
    storage::{self, recovery},
    web::{
        error::PageError,
        forms::{PageForm, PageQuery},
        limits,
        mailed_code::{self, Outcome},
        pages::{link, page::Page, render::see_other},
        ticket::{self, needs_mail},
        visit::Visit,
        waiting::Waiting,
    },
};
use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

const PURPOSE: TicketPurpose = TicketPurpose::ChangeEmail;
/// Where the code of the new address is typed.
pub const CODE_PATH: &str = "/account/email/code";

#[derive(Clone, Debug, Template)]
#[template(path = "account_email.html")]
pub struct EmailPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    /// The address until now.
    pub current: Option<String>,
    pub step: Step,
    pub error: Option<Message>,
}

/// How far it is.
#[derive(Clone, Debug)]
pub enum Step {
    /// The new address is asked for.
    Address { email: String },
    /// A mail is on its way to it.
    Code { email: String, waiting: String },
}

/// `GET /account/email`.
pub async fn get(visit: Visit) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let person = visit.recent_person(Place::Email).await?;
    Ok(show(&visit, &person.user, Step::Address { email: String::new() }, None))
}

/// `POST /account/email`. Nothing changes before the new address is confirmed, and the old one is told.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let Person { user, .. } = visit.recent_person(Place::Email).await?;
    let typed = form.0.get("email").unwrap_or_default();
    let email = match Email::parse(typed) {
        Ok(email) if Some(&email) != user.email.as_ref() && visit.app.config.registration.admits(&email) => email,
        parsed => {
            let error = match parsed {
                Ok(email) if Some(&email) == user.email.as_ref() => "change-email-same",
                Ok(_) => "email-domain",
                Err(_) => "email-invalid",
            };
            let step = Step::Address { email: typed.to_owned() };
            let mut page = show(&visit, &user, step, Some(error.into()));
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(page);
        }
    };
    let language = visit.frame(None).words.language();
    let letter = TicketLetter::new(PURPOSE, To::At(user.id.clone(), email.clone()), language);
    let letter = letter.from(visit.browser.digest());
    let waiting = Waiting::begin(&visit, PURPOSE, letter.ticket.clone(), email.clone(), None, None)?;
    if limits::take_mail(&visit.app, &visit.request, PURPOSE, user.id.as_str()).await? {
        begin(&visit, &user, letter).await?;
    }
    Ok(see_other(&format!("{CODE_PATH}?waiting={waiting}")))
}

/// Sends both mails, the warning first: nobody changes an address whose owner is not told.
async fn begin(visit: &Visit, user: &User, letter: TicketLetter) -> Result<(), PageError> {
    let (app, now) = (&visit.app, visit.app.clock.now());
    // Whoever has an address that was never proved may be anybody.
    if let Some(old) = user.email.clone().filter(|_| user.email_verified_at.is_some()) {
        let language = visit.frame(None).words.language();
        let warning = TicketLetter::new(TicketPurpose::UndoEmail, To::At(user.id.clone(), old), language);
        app.mailer.send(&app.db, &Letter::Ticket(warning), now).await?;
    }
    app.mailer.send(&app.db, &Letter::Ticket(letter), now).await?;
    visit.record(&user.id, Event::EmailChangeBegun).await
}

/// `GET /account/email/code`.
pub async fn get_code(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let person = visit.recent_person(Place::Email).await?;
    let Some((waiting, sealed)) = waiting(&visit, &query.0) else { return Ok(see_other(Place::Email.as_str())) };
    Ok(show(&visit, &person.user, Step::Code { email: waiting.email.to_string(), waiting: sealed }, None))
}

/// `POST /account/email/code`: the code, in the browser that began.
pub async fn post_code(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let person = visit.recent_person(Place::Email).await?;
    let Some((waiting, sealed)) = waiting(&visit, &form.0) else { return Ok(see_other(Place::Email.as_str())) };
    match mailed_code::check(&visit, PURPOSE, &waiting, form.0.get("code").unwrap_or_default()).await? {
        Outcome::Right(link) => {
            change(&visit, link).await?;
            Ok(see_other(Place::Overview.as_str()))
        }
        Outcome::Over => Ok(see_other(Place::Email.as_str())),
        refused => {
            let error = Some(mailed_code::refusal(&refused));
            let step = Step::Code { email: waiting.email.to_string(), waiting: sealed };
            Ok(mailed_code::refuse(&refused, show(&visit, &person.user, step, error)))
        }
    }
}

/// `GET /account/email/confirm`: the link to the new address.
pub async fn get_confirm(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    link::arrive(&visit, &query.0, PURPOSE, "confirm-email").await
}

/// `POST /account/email/confirm`.
pub async fn post_confirm(visit: Visit, _form: PageForm) -> Result<HttpResponse, PageError> {
    let (token, ticket) = ticket::carried(&visit, PURPOSE).await?;
    change(&visit, token.digest()).await?;
    let email = ticket.address();
    let told = link::tell(&visit, "confirm-email", email, Place::Overview.as_str());
    Ok(ticket::forget(&visit, PURPOSE, told))
}

async fn change(visit: &Visit, link: Digest) -> Result<(), PageError> {
    let user = match recovery::change_email(&visit.app.db, link, visit.app.clock.now()).await {
        Ok(changed) => changed.ok_or(PageError::LinkInvalid)?,
        Err(storage::Error::Conflict) => return Err(PageError::EmailTaken),
        Err(why) => return Err(why.into()),
    };
    visit.record(&user, Event::EmailChanged).await?;
    visit.notify(&user, Notice::EmailChanged).await;
    Ok(())
}

/// `GET /account/email/undo`: the link to the old address.
pub async fn get_undo(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    link::arrive(&visit, &query.0, TicketPurpose::UndoEmail, "undo-email").await
}

/// `POST /account/email/undo`. Everybody is out, and the password is chosen anew.
pub async fn post_undo(visit: Visit, _form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, now) = (&visit.app, visit.app.clock.now());
    let (token, ticket) = ticket::carried(&visit, TicketPurpose::UndoEmail).await?;
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
    Ok(ticket::forget(&visit, TicketPurpose::UndoEmail, told))
}

fn waiting(visit: &Visit, params: &Params) -> Option<(Waiting, String)> {
    let sealed = params.get("waiting")?;
    Some((Waiting::open(visit, PURPOSE, None, sealed)?, sealed.to_owned()))
}

fn show(visit: &Visit, user: &User, step: Step, error: Option<Message>) -> HttpResponse {
    let frame = visit.frame(None);
    let (action, href) = match &step {
        Step::Address { .. } => (Place::Email.to_string(), Place::Email.to_string()),
        Step::Code { waiting, .. } => (CODE_PATH.to_owned(), format!("{CODE_PATH}?waiting={waiting}")),
    };
    let page = EmailPage {
        page: frame.page(&href),
        action,
        csrf: visit.form_token(),
        current: user.email.as_ref().map(ToString::to_string),
        step,
        error,
    };
    visit.show(&frame, &page, None)
}

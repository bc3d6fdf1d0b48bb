//! `/account/email`: another address, once mail has reached both ends: the one until now, which agrees ([`approval`]),
//! and then the new one. And the way back for who did not want that ([`undo`]).
pub mod approval;
pub mod undo;

use super::{Person, Place};
use crate::{
    domain::{Digest, Email, Event, TicketPurpose, User, UserId},
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
        waiting::{Change, Waiting},
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
    pub step: Step,
    pub error: Option<Message>,
}

/// How far it is.
#[derive(Clone, Debug)]
pub enum Step {
    /// The new address is asked for.
    Address {
        /// The one until now.
        current: Option<String>,
        /// Whether that is asked first.
        asks_both: bool,
        email: String,
    },
    /// A mail is on its way to the address until now.
    Approval {
        email: String,
        new: String,
        waiting: String,
        /// What the button says of who cannot read it.
        without: &'static str,
    },
    /// It cannot be asked, and nothing else shows who they are.
    Stuck { email: String, days: i64 },
    /// A mail is on its way to the new address.
    Code { email: String, waiting: String },
}

/// `GET /account/email`.
pub async fn get(visit: Visit) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let person = visit.recent_person(Place::Email).await?;
    if let Some(onward) = approval::resume(&visit, &person.user) {
        return Ok(onward);
    }
    Ok(show(&visit, Step::address(&person.user, String::new()), None))
}

/// `POST /account/email`. Nothing changes before the new address is confirmed, and the one until now agrees.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let Person { user, .. } = visit.recent_person(Place::Email).await?;
    let typed = form.0.get("email").unwrap_or_default();
    let new = match Email::parse(typed) {
        Ok(email) if Some(&email) != user.email.as_ref() && visit.app.settings().registration.admits(&email) => email,
        parsed => {
            let error = match parsed {
                Ok(email) if Some(&email) == user.email.as_ref() => "change-email-same",
                Ok(_) => "email-domain",
                Err(_) => "email-invalid",
            };
            let mut page = show(&visit, Step::address(&user, typed.to_owned()), Some(error.into()));
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(page);
        }
    };
    visit.record(&user.id, Event::EmailChangeBegun).await?;
    match user.proved_email().cloned() {
        Some(old) => approval::ask(&visit, &user.id, old, new).await,
        None => ask(&visit, &user.id, new).await,
    }
}

/// Asks the new address, and goes to where its code is typed.
async fn ask(visit: &Visit, user: &UserId, new: Email) -> Result<HttpResponse, PageError> {
    let letter = letter_to_new(visit, user, new.clone()).from(visit.browser.digest());
    let change = Some(Change { user: user.clone(), to: new.clone() });
    let waiting = Waiting { change, ..Waiting::new(letter.ticket.clone(), new) }.begin(visit, PURPOSE, None)?;
    send(visit, user, None, letter).await?;
    Ok(see_other(&format!("{CODE_PATH}?waiting={waiting}")))
}

fn letter_to_new(visit: &Visit, user: &UserId, new: Email) -> TicketLetter {
    TicketLetter::new(PURPOSE, To::At(user.clone(), new), visit.frame(None).words.language())
}

/// Puts a letter into the outbox, after a warning that goes with it; unless the person has had too many.
async fn send(
    visit: &Visit,
    user: &UserId,
    warning: Option<TicketLetter>,
    letter: TicketLetter,
) -> Result<(), PageError> {
    let (app, now) = (&visit.app, visit.app.clock.now());
    if limits::take_mail(app, &visit.request, letter.purpose, user.as_str()).await? {
        for letter in warning.into_iter().chain([letter]) {
            app.mailer.send(&app.db, &Letter::Ticket(letter), now).await?;
        }
    }
    Ok(())
}

/// `GET /account/email/code`.
pub async fn get_code(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let person = visit.recent_person(Place::Email).await?;
    let Some(pending) = Pending::of(&visit, PURPOSE, &person.user, &query.0) else { return Ok(start_again()) };
    Ok(show(&visit, pending.code(), None))
}

/// `POST /account/email/code`: the code, in the browser that began.
pub async fn post_code(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let person = visit.recent_person(Place::Email).await?;
    let Some(pending) = Pending::of(&visit, PURPOSE, &person.user, &form.0) else { return Ok(start_again()) };
    let typed = form.0.get("code").unwrap_or_default();
    match mailed_code::check(&visit, PURPOSE, &pending.waiting, typed).await? {
        Outcome::Right(link) => {
            change(&visit, link).await?;
            Ok(see_other(Place::Overview.as_str()))
        }
        Outcome::Over => Ok(start_again()),
        refused => {
            let page = show(&visit, pending.code(), Some(mailed_code::refusal(&refused)));
            Ok(mailed_code::refuse(&refused, page))
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

/// What this browser waits for, of the account that is in use in it.
struct Pending {
    waiting: Waiting,
    /// The address that is to be the account's.
    new: Email,
    /// All of it, as the browser carries it.
    sealed: String,
}

impl Pending {
    fn of(visit: &Visit, purpose: TicketPurpose, user: &User, params: &Params) -> Option<Self> {
        Self::open(visit, purpose, user, params.get("waiting")?.to_owned())
    }

    fn open(visit: &Visit, purpose: TicketPurpose, user: &User, sealed: String) -> Option<Self> {
        let mut waiting = Waiting::open(visit, purpose, None, &sealed)?;
        let change = waiting.change.take().filter(|change| change.user == user.id)?;
        if purpose.is_of_the_accounts_address() && user.email.as_ref() != Some(&waiting.email) {
            return None;
        }
        Some(Self { waiting, new: change.to, sealed })
    }

    fn code(&self) -> Step {
        Step::Code { email: self.new.to_string(), waiting: self.sealed.clone() }
    }
}

impl Step {
    fn address(user: &User, email: String) -> Self {
        let current = user.email.as_ref().map(ToString::to_string);
        Self::Address { current, asks_both: user.proved_email().is_some(), email }
    }
}

fn start_again() -> HttpResponse {
    see_other(Place::Email.as_str())
}

fn show(visit: &Visit, step: Step, error: Option<Message>) -> HttpResponse {
    let frame = visit.frame(None);
    let at = |path: &str, waiting: &str| (path.to_owned(), format!("{path}?waiting={waiting}"));
    let (action, href) = match &step {
        Step::Address { .. } => (Place::Email.to_string(), Place::Email.to_string()),
        Step::Approval { waiting, .. } => at(approval::CODE, waiting),
        Step::Code { waiting, .. } => at(CODE_PATH, waiting),
        Step::Stuck { .. } => (String::new(), String::new()),
    };
    let page = EmailPage { page: frame.page(&href), action, csrf: visit.form_token(), step, error };
    visit.show(&frame, &page, None)
}

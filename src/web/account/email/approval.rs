//! The old end of a change of address: the address until now agrees, by a code of a mail to it (`/account/email/old`)
//! or by its link (`/account/email/approve`). Whoever cannot read that mail any more shows a second factor instead.
use super::{Pending, Step, ask as ask_new, letter_to_new, send, show, start_again};
use crate::{
    domain::{Assurance, Digest, Email, Event, SignIn, TicketPurpose, User, UserId},
    mail::{TicketLetter, To},
    storage::{recovery, second_factors},
    web::{
        account::{Person, Place},
        admission::Way,
        browser::cookie_value,
        error::PageError,
        forms::{PageForm, PageQuery},
        mailed_code::{self, Outcome},
        pages::{link, render::see_other, second_factor},
        second_factor::Challenge,
        ticket::{self, Arrival, needs_mail},
        visit::Visit,
        waiting::{Change, Waiting},
    },
};
use actix_web::{HttpResponse, cookie::time::Duration, http::StatusCode};

const PURPOSE: TicketPurpose = TicketPurpose::ApproveEmail;
/// Where the code of the address until now is typed.
pub const CODE: &str = "/account/email/old";
/// Where those go who cannot read its mail.
pub const WITHOUT: &str = "/account/email/old/without";

/// Where a browser keeps what it waits for while its person proves more elsewhere, and for how long.
const COOKIE: &str = "email-change";
const COOKIE_LIFETIME: Duration = Duration::minutes(10);

/// How long a second factor has been there, in seconds, before it stands for the address: its owner was told of it there
/// and could object. Else whoever has stolen a password would set one up and need no more.
const SETTLED: i64 = TicketPurpose::UndoEmail.lifetime();

/// Asks the address until now, and goes to where its code is typed. The warning goes out first: nobody changes an
/// address whose owner is not told how to keep it.
pub(super) async fn ask(visit: &Visit, user: &UserId, old: Email, new: Email) -> Result<HttpResponse, PageError> {
    let language = visit.frame(None).words.language();
    let letter = |purpose| TicketLetter::new(purpose, To::At(user.clone(), old.clone()), language);
    let question = letter(PURPOSE).from(visit.browser.digest()).with(Some(new.to_string()));
    let change = Some(Change { user: user.clone(), to: new });
    let waiting = Waiting { change, ..Waiting::new(question.ticket.clone(), old.clone()) };
    let waiting = waiting.begin(visit, PURPOSE, None)?;
    send(visit, user, Some(letter(TicketPurpose::UndoEmail)), question).await?;
    Ok(to_code(&waiting))
}

/// `GET /account/email/old`.
pub async fn get_code(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let Person { user, sign_in } = visit.recent_person(Place::Email).await?;
    let Some(pending) = Pending::of(&visit, PURPOSE, &user, &query.0) else { return Ok(start_again()) };
    Ok(show(&visit, pending.approval(&sign_in), None))
}

/// `POST /account/email/old`: the code, in the browser that began.
pub async fn post_code(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let Person { user, sign_in } = visit.recent_person(Place::Email).await?;
    let Some(pending) = Pending::of(&visit, PURPOSE, &user, &form.0) else { return Ok(start_again()) };
    let typed = form.0.get("code").unwrap_or_default();
    match mailed_code::check(&visit, PURPOSE, &pending.waiting, typed).await? {
        Outcome::Right(link) => {
            let (user, new) = approve(&visit, link).await?;
            ask_new(&visit, &user, new).await
        }
        Outcome::Over => Ok(start_again()),
        refused => {
            let page = show(&visit, pending.approval(&sign_in), Some(mailed_code::refusal(&refused)));
            Ok(mailed_code::refuse(&refused, page))
        }
    }
}

/// `GET /account/email/approve`: the link to the address until now.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    match ticket::arrive(&visit, &query.0, PURPOSE).await? {
        Arrival::ByLink(onward) => Ok(onward),
        Arrival::With(ticket) => {
            let new = ticket.data.unwrap_or_default();
            Ok(link::show(&visit, PURPOSE, "approve-email", new, vec![]))
        }
    }
}

/// `POST /account/email/approve`. Elsewhere than in the browser that began it there is nowhere to type another code, so
/// the next mail has its link alone.
pub async fn post(visit: Visit, _form: PageForm) -> Result<HttpResponse, PageError> {
    let (token, ticket) = ticket::carried(&visit, PURPOSE).await?;
    let (user, new) = approve(&visit, token.digest()).await?;
    let is_here = ticket.browser.as_ref() == Some(&visit.browser.digest());
    let response = if is_here && visit.sign_in().is_some_and(|sign_in| sign_in.user == user) {
        ask_new(&visit, &user, new).await?
    } else {
        send(&visit, &user, None, letter_to_new(&visit, &user, new.clone())).await?;
        link::tell(&visit, "approve-email", new.to_string(), Place::Overview.as_str())
    };
    Ok(ticket::forget(&visit, PURPOSE, response))
}

/// Spends the ticket: the address until now agrees.
async fn approve(visit: &Visit, link: Digest) -> Result<(UserId, Email), PageError> {
    let approved = recovery::approve_email(&visit.app.db, link, visit.app.clock.now()).await?;
    let (user, new) = approved.ok_or(PageError::LinkInvalid)?;
    visit.record(&user, Event::EmailChangeApproved).await?;
    Ok((user, new))
}

/// `POST /account/email/old/without`: who cannot read the mail goes on by a second factor, which stands for it.
pub async fn post_without(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let Person { user, sign_in } = visit.recent_person(Place::Email).await?;
    let Some(pending) = Pending::of(&visit, PURPOSE, &user, &form.0) else { return Ok(start_again()) };
    let newest = second_factors::newest(&visit.app.db, &user.id).await?;
    if newest.is_none_or(|at| visit.app.clock.now().since(at) < SETTLED) {
        let mut page = show(&visit, pending.stuck(), None);
        *page.status_mut() = StatusCode::FORBIDDEN;
        return Ok(page);
    }
    if is_sure(&sign_in) {
        visit.record(&user.id, Event::EmailChangeUnapproved).await?;
        return ask_new(&visit, &user.id, pending.new).await;
    }
    let mut response = step_up(&visit, &sign_in).await?;
    visit.keep(&mut response, COOKIE, pending.sealed, COOKIE_LIFETIME)?;
    Ok(response)
}

fn is_sure(sign_in: &SignIn) -> bool {
    sign_in.methods.assurance() >= Assurance::MultiFactor
}

/// Asks for the second factor; or for a passkey, of whoever has nothing else.
async fn step_up(visit: &Visit, sign_in: &SignIn) -> Result<HttpResponse, PageError> {
    if !second_factors::is_on(&visit.app.db, &sign_in.user).await? {
        return Ok(see_other(&format!("/login?return={}&passkey=1", Place::Email)));
    }
    let way = Way { interaction: None, back: Some(Place::Email), remember: false };
    let challenge = Challenge::begin_within(visit, sign_in, way)?;
    Ok(see_other(&second_factor::step(&challenge, None)))
}

/// Back to where somebody was who has proved more meanwhile.
pub(super) fn resume(visit: &Visit, user: &User) -> Option<HttpResponse> {
    let sealed = cookie_value(&visit.app, &visit.request, COOKIE)?;
    let pending = Pending::open(visit, PURPOSE, user, sealed)?;
    let mut response = to_code(&pending.sealed);
    visit.drop_cookie(&mut response, COOKIE);
    Some(response)
}

fn to_code(waiting: &str) -> HttpResponse {
    see_other(&format!("{CODE}?waiting={waiting}"))
}

impl Pending {
    fn approval(&self, sign_in: &SignIn) -> Step {
        Step::Approval {
            email: self.waiting.email.to_string(),
            new: self.new.to_string(),
            waiting: self.sealed.clone(),
            without: if is_sure(sign_in) { "approve-email-go-on" } else { "approve-email-without" },
        }
    }

    fn stuck(&self) -> Step {
        Step::Stuck { email: self.waiting.email.to_string(), days: SETTLED / 86_400 }
    }
}

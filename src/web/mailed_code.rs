//! Checking a code that came by mail, wherever one is asked for.
use super::{
    error::PageError,
    limits::{self, Tried},
    record,
    visit::Visit,
    waiting::Waiting,
};
use crate::{
    domain::{Digest, Event, MailCode, NewEvent, TicketPurpose},
    i18n::Message,
    storage::{tickets, users},
};
use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};

/// What came of a code.
pub enum Outcome {
    /// It is right: the digest of the link that goes with it, still to be spent.
    Right(Digest),
    /// It is not, or there is no ticket.
    Wrong,
    /// There are no tries left for the address; the seconds to wait.
    Throttled(i64),
    /// There are none left for what the browser waits for.
    Over,
}

/// Takes a try, then looks at what was typed. Whether there is a ticket shows in nothing.
pub async fn check(
    visit: &Visit,
    purpose: TicketPurpose,
    waiting: &Waiting,
    typed: &str,
) -> Result<Outcome, PageError> {
    let app = &visit.app;
    if let Some(seconds) = limits::take(app, &visit.request, &Tried::MailedCode(waiting.email.as_str())).await? {
        refused(visit, purpose, waiting, Event::Throttled);
        return Ok(Outcome::Throttled(seconds));
    }
    if !limits::take_of_challenge(app, &waiting.ticket).await? {
        return Ok(Outcome::Over);
    }
    let Some(code) = MailCode::parse(typed) else {
        refused(visit, purpose, waiting, Event::MailCodeWrong);
        return Ok(Outcome::Wrong);
    };
    let digest = app.mailer.code_digest(&code, &waiting.ticket, &visit.browser.digest());
    let found = tickets::guess(&app.db, purpose, waiting.ticket.clone(), digest, app.clock.now()).await?;
    let Some(link) = found else {
        refused(visit, purpose, waiting, Event::MailCodeWrong);
        return Ok(Outcome::Wrong);
    };
    limits::forget_mailed_code(app, waiting.email.as_str()).await?;
    Ok(Outcome::Right(link))
}

/// Writes down that a code was not right, while the answer is on its way: whether somebody has the address shows in
/// nothing.
fn refused(visit: &Visit, purpose: TicketPurpose, waiting: &Waiting, event: Event) {
    let (app, email) = (visit.app.clone(), waiting.email.clone());
    let changing = waiting.change.as_ref().map(|change| change.user.clone());
    let new = record::told(&app, &visit.request, changing.as_ref(), event).about_object("code", purpose);
    tokio::spawn(async move {
        let holder = match (&new.user, purpose) {
            (None, TicketPurpose::SignIn) => users::find_by_email(&app.db, &email).await.ok().flatten(),
            _ => None,
        };
        let user = new.user.clone().or(holder.map(|user| user.id));
        record::write_later(&app, NewEvent { user, ..new });
    });
}

/// What to say when it was not right.
pub fn refusal(outcome: &Outcome) -> Message {
    match outcome {
        Outcome::Throttled(seconds) => Message::new("error-throttled").with("minutes", (seconds + 59) / 60),
        _ => "mailed-code-wrong".into(),
    }
}

/// The answer when it was not right.
pub fn refuse(outcome: &Outcome, mut page: HttpResponse) -> HttpResponse {
    if let Outcome::Throttled(seconds) = outcome {
        *page.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        page.headers_mut().insert(header::RETRY_AFTER, (*seconds).into());
    } else {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    page
}

//! Checking a code that came by mail, wherever one is asked for.
use super::{
    error::PageError,
    limits::{self, Tried},
    visit::Visit,
    waiting::Waiting,
};
use crate::{
    domain::{Digest, MailCode, TicketPurpose},
    i18n::Message,
    storage::tickets,
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
        return Ok(Outcome::Throttled(seconds));
    }
    if !limits::take_of_challenge(app, &waiting.ticket).await? {
        return Ok(Outcome::Over);
    }
    let Some(code) = MailCode::parse(typed) else { return Ok(Outcome::Wrong) };
    let digest = app.mailer.code_digest(&code, &waiting.ticket, &visit.browser.digest());
    let found = tickets::guess(&app.db, purpose, waiting.ticket.clone(), digest, app.clock.now()).await?;
    let Some(link) = found else { return Ok(Outcome::Wrong) };
    limits::forget_mailed_code(app, waiting.email.as_str()).await?;
    Ok(Outcome::Right(link))
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

//! One use of a passkey, from the page that asks to the form that answers.
mod ceremony;

pub use ceremony::{PasskeyForm, Purpose};

use super::{
    error::PageError,
    limits::{self, Tried},
    visit::Visit,
};
use crate::{
    domain::{AuthMethods, Event, User, UserId, Username},
    i18n::Message,
    passkeys::{Adding, Answer, Made, Owner, Proved, Proving, Refusal},
    protocol::params::Params,
    storage::passkeys::{self, StoredPasskey},
};
use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use ceremony::Ceremony;

/// Whether a form has an answer of a passkey in it.
pub fn is_answer(form: &Params) -> bool {
    form.get("credential").is_some_and(|answer| !answer.is_empty())
}

/// The form that asks whoever it is for a passkey, if there can be any. It is the same for everybody.
pub fn ask_anybody(visit: &Visit, again: &str) -> Result<Option<PasskeyForm>, PageError> {
    let Some(rp) = &visit.app.passkeys else { return Ok(None) };
    let asked = rp.ask(&[]).map_err(|why| failed(&why))?;
    Ceremony::begin(visit, (Purpose::SignIn, None), asked, again).map(Some)
}

/// The form that asks a person for one of their passkeys, if they have any.
pub async fn ask(
    visit: &Visit,
    purpose: Purpose,
    user: &UserId,
    again: &str,
) -> Result<Option<PasskeyForm>, PageError> {
    let Some(rp) = &visit.app.passkeys else { return Ok(None) };
    let known = known(&passkeys::of_user(&visit.app.db, user).await?);
    if known.is_empty() {
        return Ok(None);
    }
    let asked = rp.ask(&known).map_err(|why| failed(&why))?;
    Ceremony::begin(visit, (purpose, Some(user)), asked, again).map(Some)
}

/// The form that makes a person a passkey, where there can be any.
pub fn ask_for_new(
    visit: &Visit,
    user: &User,
    have: &[StoredPasskey],
    again: &str,
) -> Result<Option<PasskeyForm>, PageError> {
    let Some(rp) = &visit.app.passkeys else { return Ok(None) };
    let login = user.email.as_ref().map(ToString::to_string).or(user.username.as_ref().map(Username::to_string));
    // An imported name may be empty, which no authenticator could show.
    let name = Some(user.display_name()).filter(|name| !name.is_empty()).unwrap_or(user.id.as_str());
    let owner = Owner { id: &user.id, login: login.as_deref().unwrap_or(name), name };
    let asked =
        rp.ask_for_new(&visit.app.settings().instance.name, &owner, &known(have)).map_err(|why| failed(&why))?;
    Ceremony::begin(visit, (Purpose::Add, Some(&user.id)), asked, again).map(Some)
}

fn known(passkeys: &[StoredPasskey]) -> Vec<String> {
    passkeys.iter().map(|passkey| passkey.credential_id.clone()).collect()
}

/// Asking does not fail, but for a fault of ours.
fn failed(why: &Refusal) -> PageError {
    tracing::error!(%why, "a passkey cannot be asked for");
    PageError::Internal("a passkey cannot be asked for")
}

/// What came of an answer.
pub enum Outcome<T> {
    /// It was right and is used up.
    Right(T),
    /// It was not; people are not told why.
    Wrong,
    /// Too many came from here; the seconds to wait.
    Throttled(i64),
}

/// What was proved, and by whom.
pub struct Proof {
    /// The person.
    pub user: UserId,
    /// Whether the key may be on several devices.
    pub may_be_copied: bool,
    /// Whether the authenticator made sure that it is its owner.
    pub verified: bool,
}

impl Proof {
    /// What it is worth by itself.
    pub fn methods(&self) -> AuthMethods {
        AuthMethods::passkey(self.may_be_copied, self.verified)
    }
}

/// Judges what a form says was made, and uses the question up.
pub async fn made(visit: &Visit, user: &UserId, form: &Params) -> Result<Outcome<Made>, PageError> {
    if let Some(seconds) = limits::take(&visit.app, &visit.request, &Tried::Passkey).await? {
        return Ok(Outcome::Throttled(seconds));
    }
    let Some(rp) = &visit.app.passkeys else { return Ok(Outcome::Wrong) };
    let Some(ceremony) = Ceremony::<Adding>::open(visit, Purpose::Add, Some(user), form) else {
        return Ok(Outcome::Wrong);
    };
    match rp.judge_new(form.get("credential").unwrap_or_default(), &ceremony.state) {
        Ok(made) if ceremony.spend(&visit.app).await? => Ok(Outcome::Right(made)),
        Ok(_) => Ok(Outcome::Wrong),
        Err(why) => {
            tracing::info!(%user, %why, "a passkey was not made");
            Ok(Outcome::Wrong)
        }
    }
}

/// Judges a form that answers with a passkey, and uses the question up. `user`: whose passkey it has to
/// be, where that is known.
pub async fn prove(
    visit: &Visit,
    purpose: Purpose,
    user: Option<&UserId>,
    form: &Params,
) -> Result<Outcome<Proof>, PageError> {
    if let Some(seconds) = limits::take(&visit.app, &visit.request, &Tried::Passkey).await? {
        return Ok(Outcome::Throttled(seconds));
    }
    Ok(match judge(visit, purpose, user, form).await? {
        Some(proof) => Outcome::Right(proof),
        None => Outcome::Wrong,
    })
}

async fn judge(
    visit: &Visit,
    purpose: Purpose,
    user: Option<&UserId>,
    form: &Params,
) -> Result<Option<Proof>, PageError> {
    let app = &visit.app;
    let Some(rp) = &app.passkeys else { return Ok(None) };
    let Some(ceremony) = Ceremony::<Proving>::open(visit, purpose, user, form) else { return Ok(None) };
    let Ok(answer) = Answer::read(form.get("credential").unwrap_or_default()) else { return Ok(None) };
    let found = passkeys::find_to_sign_in(&app.db, &answer.credential_id()).await?;
    let Some(passkey) = found.filter(|passkey| user.is_none_or(|user| passkey.user_id == *user)) else {
        return Ok(None);
    };
    let refusal = match rp.judge(&answer, &ceremony.state, &passkey.credential, &passkey.user_id) {
        Ok(proved) if ceremony.spend(app).await? => return finish(visit, passkey, proved).await,
        Ok(_) => return Ok(None),
        Err(refusal) => refusal,
    };
    refused(visit, &passkey, &refusal).await?;
    Ok(None)
}

/// Writes down that it was used, unless another has been counted further meanwhile.
async fn finish(visit: &Visit, passkey: StoredPasskey, proved: Proved) -> Result<Option<Proof>, PageError> {
    let (app, Proved { credential, counter, may_be_copied, verified }) = (&visit.app, proved);
    if !passkeys::used(&app.db, passkey.id.clone(), credential, counter, app.clock.now()).await? {
        refused(visit, &passkey, &Refusal::CounterWentBack).await?;
        return Ok(None);
    }
    Ok(Some(Proof { user: passkey.user_id, may_be_copied, verified }))
}

/// Writes down that one of a person's passkeys was not good enough.
async fn refused(visit: &Visit, passkey: &StoredPasskey, why: &Refusal) -> Result<(), PageError> {
    let StoredPasskey { user_id: user, id, .. } = passkey;
    tracing::warn!(target: "audit", %user, passkey = %id, %why, "a passkey was refused");
    visit.record(user, Event::SecondFactorWrong).await
}

/// What to say when it was not right: the message, and the answer's status.
pub fn refusal<T>(outcome: &Outcome<T>) -> (Message, StatusCode) {
    match outcome {
        Outcome::Throttled(seconds) => {
            (Message::new("error-throttled").with("minutes", (seconds + 59) / 60), StatusCode::TOO_MANY_REQUESTS)
        }
        Outcome::Wrong | Outcome::Right(_) => ("passkeys-refused".into(), StatusCode::UNPROCESSABLE_ENTITY),
    }
}

/// The answer to one that was not right.
pub fn refuse<T>(outcome: &Outcome<T>, mut page: HttpResponse) -> HttpResponse {
    *page.status_mut() = refusal(outcome).1;
    if let Outcome::Throttled(seconds) = outcome {
        page.headers_mut().insert(header::RETRY_AFTER, (*seconds).into());
    }
    page
}

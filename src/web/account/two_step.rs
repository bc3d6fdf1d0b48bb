//! `/account/two-step`: a second factor, set up, looked after and turned off.
use super::{Person, Place};
use crate::{
    domain::{Email, RecoveryCode, Timestamp, TotpSecret, TypedCode, User, Username},
    i18n::Message,
    protocol::params::Params,
    storage::{
        passkeys as stored_passkeys,
        second_factors::{self, Confirmed, StoredTotp, TwoStep},
        sessions,
    },
    web::{
        error::PageError,
        forms::PageForm,
        limits::{self, Tried},
        pages::{page::Page, render::see_other},
        passkeys::{self, PasskeyForm, Purpose, ask},
        second_factor::{Outcome, open_secret, prove, recovery_codes, refusal, refuse, seal_secret},
        visit::Visit,
    },
};
use actix_web::{HttpResponse, http::header};
use askama::Template;
use qrcode::{QrCode, render::svg};

/// Where the picture of a secret is.
pub const PICTURE: &str = "/account/two-step/qr.svg";

#[derive(Clone, Debug, Template)]
#[template(path = "two_step.html")]
pub struct TwoStepPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub state: State,
    /// What asks for a passkey, if the person has any and it can be of use.
    pub passkey: Option<PasskeyForm>,
    /// What was wrong, and the button that sent it.
    pub error: Option<(&'static str, Message)>,
}

/// How far it is.
#[derive(Clone, Debug)]
pub enum State {
    /// There is none.
    Off {
        /// Whether there can be passkeys here.
        passkeys: bool,
    },
    /// The secret is shown, and a first code asked for.
    SettingUp { picture: String, uri: String, secret: String },
    /// It is in force.
    On {
        since: String,
        /// Since when an authenticator app is one of the factors.
        app_since: Option<String>,
        /// How many passkeys are.
        passkeys: usize,
        codes_left: i64,
    },
    /// The recovery codes, this once.
    Codes {
        codes: Vec<String>,
        /// Whether it was turned on just now.
        first: bool,
    },
}

impl TwoStepPage {
    /// A message about what a button does.
    fn word(&self, button: &str, part: &str) -> String {
        self.page.words.get(&format!("two-step-{button}{part}"))
    }

    const fn lead(&self) -> &'static str {
        match self.state {
            State::Off { passkeys: true } => "two-step-lead-passkeys",
            State::On { passkeys: 1.., .. } => "two-step-lead-on-any",
            State::On { .. } => "two-step-lead-on",
            _ => "two-step-lead",
        }
    }

    /// Which codes there are.
    const fn hint(&self) -> &'static str {
        match self.state {
            State::On { app_since: None, .. } => "second-factor-hint-recovery",
            _ => "second-factor-hint",
        }
    }

    fn problem(&self, button: &str) -> Option<String> {
        let (at, message) = self.error.as_ref()?;
        (*at == button).then(|| self.page.words.say(message))
    }
}

/// `GET /account/two-step`.
pub async fn get(visit: Visit) -> Result<HttpResponse, PageError> {
    let person = visit.recent_person(Place::TwoStep).await?;
    show_state(&visit, &person, None).await
}

/// `POST /account/two-step`.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let person = visit.recent_person(Place::TwoStep).await?;
    let (app, user, form) = (&visit.app, &person.user.id, &form.0);
    let totp = second_factors::find(&app.db, user).await?;
    let two_step = second_factors::in_force(&app.db, user).await?;
    match (form.get("action"), totp, two_step) {
        (Some("start"), ..) => {
            let sealed = seal_secret(app, user, &TotpSecret::random())?;
            second_factors::begin(&app.db, user.clone(), sealed, app.clock.now()).await?;
        }
        (Some("cancel"), Some(totp), _) if totp.confirmed_at.is_none() => {
            second_factors::cancel(&app.db, user.clone()).await?;
        }
        (Some("confirm"), Some(totp), _) if is_pending(&totp, &person) => {
            return confirm(&visit, &person, &totp, form.get("code").unwrap_or_default()).await;
        }
        (Some("passkey"), _, None) => return turn_on_by_passkey(&visit, &person, form).await,
        (Some("codes"), _, Some(two_step)) => return renew_codes(&visit, &person, &two_step, form).await,
        (Some("off"), _, Some(two_step)) => return turn_off(&visit, &person, &two_step, form).await,
        _ => {}
    }
    Ok(see_other(Place::TwoStep.as_str()))
}

/// Puts an app in force, once a code shows that it has the secret.
async fn confirm(visit: &Visit, person: &Person, totp: &StoredTotp, typed: &str) -> Result<HttpResponse, PageError> {
    let (app, user, now) = (&visit.app, &person.user.id, visit.app.clock.now());
    if let Some(seconds) = limits::take(app, &visit.request, &Tried::SecondFactor(user)).await? {
        return refused(visit, person, "confirm", &Outcome::Throttled(seconds)).await;
    }
    let step = match TypedCode::parse(typed) {
        Some(TypedCode::Totp(code)) => open_secret(app, user, &totp.sealed)?.step_of(&code, now),
        _ => None,
    };
    let Some(step) = step else { return refused(visit, person, "confirm", &Outcome::Wrong).await };
    limits::forget_second_factor(app, user).await?;
    let (codes, digests) = recovery_codes(app, user);
    match second_factors::confirm(&app.db, user.clone(), totp.sealed.clone(), step, digests, now).await? {
        Confirmed::TooLate => Ok(see_other(Place::TwoStep.as_str())),
        Confirmed::TurnedOn => turned_on(visit, person, &codes).await,
        Confirmed::Added => {
            tracing::info!(target: "audit", %user, "an authenticator app was added");
            end_elsewhere(visit, person, now).await?;
            Ok(see_other(Place::TwoStep.as_str()))
        }
    }
}

/// Turns it on for somebody who shows that they have one of their passkeys.
async fn turn_on_by_passkey(visit: &Visit, person: &Person, form: &Params) -> Result<HttpResponse, PageError> {
    let (app, user) = (&visit.app, &person.user.id);
    match passkeys::prove(visit, Purpose::TwoStep, Some(user), form).await? {
        passkeys::Outcome::Right(_) => {}
        passkeys::Outcome::Wrong => return refused(visit, person, "passkey", &Outcome::Refused).await,
        passkeys::Outcome::Throttled(seconds) => {
            return refused(visit, person, "passkey", &Outcome::Throttled(seconds)).await;
        }
    }
    let (codes, digests) = recovery_codes(app, user);
    if !second_factors::turn_on_by_passkey(&app.db, user.clone(), digests, app.clock.now()).await? {
        return Ok(see_other(Place::TwoStep.as_str()));
    }
    turned_on(visit, person, &codes).await
}

async fn turned_on(visit: &Visit, person: &Person, codes: &[RecoveryCode]) -> Result<HttpResponse, PageError> {
    tracing::info!(target: "audit", user = %person.user.id, "a second factor was turned on");
    end_elsewhere(visit, person, visit.app.clock.now()).await?;
    Ok(show_codes(visit, codes, true))
}

async fn renew_codes(
    visit: &Visit,
    person: &Person,
    two_step: &TwoStep,
    form: &Params,
) -> Result<HttpResponse, PageError> {
    let (app, user) = (&visit.app, &person.user.id);
    let outcome = prove(visit, user, two_step, Purpose::TwoStep, form).await?;
    let Outcome::Right(_) = outcome else { return refused(visit, person, "codes", &outcome).await };
    let (codes, digests) = recovery_codes(app, user);
    if !second_factors::replace_codes(&app.db, user.clone(), digests).await? {
        return Ok(see_other(Place::TwoStep.as_str()));
    }
    tracing::info!(target: "audit", %user, "recovery codes were replaced");
    end_elsewhere(visit, person, app.clock.now()).await?;
    Ok(show_codes(visit, &codes, false))
}

async fn turn_off(
    visit: &Visit,
    person: &Person,
    two_step: &TwoStep,
    form: &Params,
) -> Result<HttpResponse, PageError> {
    let (app, user) = (&visit.app, &person.user.id);
    let outcome = prove(visit, user, two_step, Purpose::TwoStep, form).await?;
    let Outcome::Right(_) = outcome else { return refused(visit, person, "off", &outcome).await };
    second_factors::remove(&app.db, user.clone()).await?;
    tracing::info!(target: "audit", %user, "a second factor was turned off");
    end_elsewhere(visit, person, app.clock.now()).await?;
    Ok(see_other(Place::TwoStep.as_str()))
}

/// Whatever began under other conditions ends; this session gets a new cookie.
async fn end_elsewhere(visit: &Visit, person: &Person, now: Timestamp) -> Result<(), PageError> {
    let Person { sign_in, user } = person;
    sessions::sign_out_elsewhere(&visit.app.db, sign_in.sid.clone(), user.id.clone(), now).await?;
    visit.session.begin(sign_in)
}

/// `GET /account/two-step/qr.svg`: the secret as a picture, as long as it is being set up.
pub async fn picture(visit: Visit) -> Result<HttpResponse, PageError> {
    let person = visit.recent_person(Place::TwoStep).await?;
    let stored = second_factors::find(&visit.app.db, &person.user.id).await?;
    let pending = stored.filter(|totp| is_pending(totp, &person)).ok_or(PageError::NotFound)?;
    let uri = uri(&visit, &person.user, &pending)?;
    let code = QrCode::new(uri).map_err(|_| PageError::Internal("a QR code cannot be drawn"))?;
    let drawn = code.render::<svg::Color>().min_dimensions(240, 240).build();
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/svg+xml"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("cross-origin-resource-policy", "same-origin"))
        .body(drawn))
}

/// Whether a secret waits for its first code: one that was made since the person signed in, so that
/// nobody goes on with what somebody else may have begun.
fn is_pending(totp: &StoredTotp, person: &Person) -> bool {
    totp.confirmed_at.is_none() && totp.created_at >= person.sign_in.auth_time
}

/// What the authenticator app is told.
fn uri(visit: &Visit, user: &User, totp: &StoredTotp) -> Result<String, PageError> {
    let account = user.email.as_ref().map(Email::as_str).or(user.username.as_ref().map(Username::as_str));
    let instance = &visit.app.config.instance.name;
    let secret = open_secret(&visit.app, &user.id, &totp.sealed)?;
    Ok(secret.uri(instance, account.unwrap_or(user.display_name())))
}

async fn state(visit: &Visit, person: &Person) -> Result<State, PageError> {
    let (app, user) = (&visit.app, &person.user);
    let pending = second_factors::find(&app.db, &user.id).await?.filter(|totp| is_pending(totp, person));
    if let Some(totp) = pending {
        let base32 = open_secret(app, &user.id, &totp.sealed)?.base32();
        let groups: Vec<_> = base32.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
        let uri = uri(visit, user, &totp)?;
        return Ok(State::SettingUp { picture: PICTURE.into(), uri, secret: groups.join(" ") });
    }
    let Some(TwoStep { since, totp }) = second_factors::in_force(&app.db, &user.id).await? else {
        return Ok(State::Off { passkeys: app.passkeys.is_some() });
    };
    Ok(State::On {
        since: since.in_utc(),
        app_since: totp.and_then(|totp| totp.confirmed_at).map(Timestamp::in_utc),
        passkeys: stored_passkeys::of_user(&app.db, &user.id).await?.len(),
        codes_left: second_factors::codes_left(&app.db, &user.id).await?,
    })
}

async fn refused(
    visit: &Visit,
    person: &Person,
    button: &'static str,
    outcome: &Outcome,
) -> Result<HttpResponse, PageError> {
    let page = show_state(visit, person, Some((button, refusal(outcome).0))).await?;
    Ok(refuse(outcome, page))
}

async fn show_state(
    visit: &Visit,
    person: &Person,
    error: Option<(&'static str, Message)>,
) -> Result<HttpResponse, PageError> {
    let state = state(visit, person).await?;
    let passkey = ask(visit, Purpose::TwoStep, &person.user.id, Place::TwoStep.as_str()).await?;
    Ok(show(visit, state, passkey, error))
}

fn show_codes(visit: &Visit, codes: &[RecoveryCode], first: bool) -> HttpResponse {
    let codes = codes.iter().map(ToString::to_string).collect();
    show(visit, State::Codes { codes, first }, None, None)
}

fn show(
    visit: &Visit,
    state: State,
    passkey: Option<PasskeyForm>,
    error: Option<(&'static str, Message)>,
) -> HttpResponse {
    let frame = visit.frame(None);
    // In another language the codes could not be shown again.
    let href = if matches!(state, State::Codes { .. }) { "" } else { Place::TwoStep.as_str() };
    let page = TwoStepPage {
        page: frame.page(href),
        action: Place::TwoStep.to_string(),
        csrf: visit.form_token(),
        state,
        passkey,
        error,
    };
    visit.show(&frame, &page, None)
}

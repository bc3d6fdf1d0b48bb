//! `/account/two-step`: a second factor, set up, looked after and turned off.
use super::{Person, Place};
use crate::{
    domain::{AuthMethods, Email, Event, RecoveryCode, Timestamp, TotpSecret, TypedCode, User, Username},
    i18n::Message,
    mail::Notice,
    protocol::params::Params,
    storage::{
        passkeys as stored_passkeys,
        second_factors::{self, Confirmed, StoredTotp, TwoStep},
        sessions,
    },
    web::{
        admission::raise,
        error::PageError,
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        limits::{self, Tried},
        pages::{page::Page, render::see_other},
        passkeys::{self, PasskeyForm, Purpose, ask},
        second_factor::{Outcome, open_secret, prove, recovery_codes, refusal, refuse, seal_secret},
        visit::{Visit, address, destination},
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
    pub interaction: Option<String>,
    /// Where it goes on when the recovery codes are kept.
    pub done: String,
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
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let here = Here::of(visit, &query.0).await?;
    show_state(&here, None).await
}

/// The person on the page, and the way to an app that it may be a part of.
struct Here {
    visit: Visit,
    person: Person,
    interaction: Option<Interaction>,
}

impl Here {
    async fn of(visit: Visit, params: &Params) -> Result<Self, PageError> {
        let interaction = visit.interaction(params)?;
        let person = visit.recent_person_within(Place::TwoStep, interaction.as_ref()).await?;
        Ok(Self { visit, person, interaction })
    }

    /// The address of the page.
    fn address(&self) -> String {
        address(Place::TwoStep.as_str(), self.interaction.as_ref())
    }

    /// Back to the page.
    fn again(&self) -> HttpResponse {
        see_other(&self.address())
    }
}

/// `POST /account/two-step`.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let here = Here::of(visit, &form.0).await?;
    let (app, user, form) = (&here.visit.app, &here.person.user.id, &form.0);
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
        (Some("confirm"), Some(totp), _) if is_pending(&totp, &here.person) => {
            return confirm(&here, &totp, form.get("code").unwrap_or_default()).await;
        }
        (Some("passkey"), _, None) => return turn_on_by_passkey(&here, form).await,
        (Some("codes"), _, Some(two_step)) => return renew_codes(&here, &two_step, form).await,
        (Some("off"), _, Some(two_step)) => return turn_off(&here, &two_step, form).await,
        _ => {}
    }
    Ok(here.again())
}

/// Puts an app in force, once a code shows that it has the secret.
async fn confirm(here: &Here, totp: &StoredTotp, typed: &str) -> Result<HttpResponse, PageError> {
    let Here { visit, person, .. } = here;
    let (app, user, now) = (&visit.app, &person.user.id, visit.app.clock.now());
    if let Some(seconds) = limits::take(app, &visit.request, &Tried::SecondFactor(user)).await? {
        return refused(here, "confirm", &Outcome::Throttled(seconds)).await;
    }
    let step = match TypedCode::parse(typed) {
        Some(TypedCode::Totp(code)) => open_secret(app, user, &totp.sealed)?.step_of(&code, now),
        _ => None,
    };
    let Some(step) = step else { return refused(here, "confirm", &Outcome::Wrong).await };
    limits::forget_second_factor(app, user).await?;
    let (codes, digests) = recovery_codes(app, user);
    match second_factors::confirm(&app.db, user.clone(), totp.sealed.clone(), step, digests, now).await? {
        Confirmed::TooLate => Ok(here.again()),
        Confirmed::TurnedOn => turned_on(here, &codes, &AuthMethods::totp()).await,
        Confirmed::Added => {
            visit.record(user, Event::SecondFactorOn).await?;
            visit.notify(user, Notice::SecondFactorOn).await;
            end_elsewhere(here, &AuthMethods::totp()).await?;
            Ok(here.again())
        }
    }
}

/// Turns it on for somebody who shows that they have one of their passkeys.
async fn turn_on_by_passkey(here: &Here, form: &Params) -> Result<HttpResponse, PageError> {
    let (visit, app, user) = (&here.visit, &here.visit.app, &here.person.user.id);
    let proof = match passkeys::prove(visit, Purpose::TwoStep, Some(user), form).await? {
        passkeys::Outcome::Right(proof) => proof,
        passkeys::Outcome::Wrong => return refused(here, "passkey", &Outcome::Refused).await,
        passkeys::Outcome::Throttled(seconds) => {
            return refused(here, "passkey", &Outcome::Throttled(seconds)).await;
        }
    };
    let (codes, digests) = recovery_codes(app, user);
    if !second_factors::turn_on_by_passkey(&app.db, user.clone(), digests, app.clock.now()).await? {
        return Ok(here.again());
    }
    turned_on(here, &codes, &proof.methods()).await
}

async fn turned_on(here: &Here, codes: &[RecoveryCode], proved: &AuthMethods) -> Result<HttpResponse, PageError> {
    let (visit, user) = (&here.visit, &here.person.user.id);
    visit.record(user, Event::SecondFactorOn).await?;
    visit.notify(user, Notice::SecondFactorOn).await;
    end_elsewhere(here, proved).await?;
    Ok(show_codes(here, codes, true))
}

async fn renew_codes(here: &Here, two_step: &TwoStep, form: &Params) -> Result<HttpResponse, PageError> {
    let (visit, app, user) = (&here.visit, &here.visit.app, &here.person.user.id);
    let outcome = prove(visit, user, two_step, Purpose::TwoStep, form).await?;
    let Outcome::Right(proved) = outcome else { return refused(here, "codes", &outcome).await };
    let (codes, digests) = recovery_codes(app, user);
    if !second_factors::replace_codes(&app.db, user.clone(), digests).await? {
        return Ok(here.again());
    }
    visit.record(user, Event::RecoveryCodesRenewed).await?;
    visit.notify(user, Notice::RecoveryCodesRenewed).await;
    end_elsewhere(here, &proved).await?;
    Ok(show_codes(here, &codes, false))
}

async fn turn_off(here: &Here, two_step: &TwoStep, form: &Params) -> Result<HttpResponse, PageError> {
    let (visit, user) = (&here.visit, &here.person.user.id);
    let outcome = prove(visit, user, two_step, Purpose::TwoStep, form).await?;
    let Outcome::Right(proved) = outcome else { return refused(here, "off", &outcome).await };
    second_factors::remove(&visit.app.db, user.clone()).await?;
    visit.record(user, Event::SecondFactorOff).await?;
    visit.notify(user, Notice::SecondFactorOff).await;
    end_elsewhere(here, &proved).await?;
    Ok(here.again())
}

/// Whatever began under other conditions ends; this session gets a new cookie, and goes on with what was proved.
async fn end_elsewhere(here: &Here, proved: &AuthMethods) -> Result<(), PageError> {
    let Here { visit, person: Person { sign_in, user }, .. } = here;
    sessions::sign_out_elsewhere(&visit.app.db, sign_in.sid.clone(), user.id.clone(), visit.app.clock.now()).await?;
    raise(visit, sign_in.clone(), proved)?;
    Ok(())
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

async fn state(here: &Here) -> Result<State, PageError> {
    let Here { visit, person, .. } = here;
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

async fn refused(here: &Here, button: &'static str, outcome: &Outcome) -> Result<HttpResponse, PageError> {
    let page = show_state(here, Some((button, refusal(outcome).0))).await?;
    Ok(refuse(outcome, page))
}

async fn show_state(here: &Here, error: Option<(&'static str, Message)>) -> Result<HttpResponse, PageError> {
    let state = state(here).await?;
    let passkey = ask(&here.visit, Purpose::TwoStep, &here.person.user.id, &here.address()).await?;
    Ok(show(here, state, passkey, error))
}

fn show_codes(here: &Here, codes: &[RecoveryCode], first: bool) -> HttpResponse {
    let codes = codes.iter().map(ToString::to_string).collect();
    show(here, State::Codes { codes, first }, None, None)
}

fn show(
    here: &Here,
    state: State,
    passkey: Option<PasskeyForm>,
    error: Option<(&'static str, Message)>,
) -> HttpResponse {
    let (visit, interaction) = (&here.visit, here.interaction.as_ref());
    let frame = visit.frame(interaction);
    let href = here.address();
    let page = TwoStepPage {
        // In another language the codes could not be shown again.
        page: frame.page(if matches!(state, State::Codes { .. }) { "" } else { &href }),
        action: Place::TwoStep.to_string(),
        csrf: visit.form_token(),
        interaction: interaction.map(|interaction| interaction.sealed.clone()),
        done: interaction.map_or(href.clone(), |interaction| interaction.step("/resume")),
        state,
        passkey,
        error,
    };
    visit.show(&frame, &page, destination(interaction))
}

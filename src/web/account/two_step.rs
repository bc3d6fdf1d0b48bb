//! `/account/two-step`: a second factor, set up, looked after and turned off.
use super::{Person, Place};
use crate::{
    domain::{AuthMethods, Email, Event, RecoveryCode, TotpSecret, TypedCode, User, Username},
    i18n::Message,
    mail::Notice,
    protocol::params::Params,
    storage::{
        second_factors::{self, StoredTotp},
        sessions,
    },
    web::{
        admission::raise,
        error::PageError,
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        limits::{self, Tried},
        pages::{page::Page, render::see_other},
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
    /// What was wrong, and the button that sent it.
    pub error: Option<(&'static str, Message)>,
}

/// How far it is.
#[derive(Clone, Debug)]
pub enum State {
    /// There is none.
    Off,
    /// The secret is shown, and a first code asked for.
    SettingUp { picture: String, uri: String, secret: String },
    /// It is in force.
    On { since: String, codes_left: i64 },
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

    fn problem(&self, button: &str) -> Option<String> {
        let (at, message) = self.error.as_ref()?;
        (*at == button).then(|| self.page.words.say(message))
    }
}

/// `GET /account/two-step`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let here = Here::of(visit, &query.0).await?;
    let state = state(&here).await?;
    Ok(show(&here, state, None))
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

    /// Back to the page.
    fn again(&self) -> HttpResponse {
        see_other(&address(Place::TwoStep.as_str(), self.interaction.as_ref()))
    }
}

/// `POST /account/two-step`.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let here = Here::of(visit, &form.0).await?;
    let (app, person, now) = (&here.visit.app, &here.person, here.visit.app.clock.now());
    let typed = form.0.get("code").unwrap_or_default();
    let stored = second_factors::find(&app.db, &person.user.id).await?;
    match (form.0.get("action"), stored) {
        (Some("start"), _) => {
            let sealed = seal_secret(app, &person.user.id, &TotpSecret::random())?;
            second_factors::begin(&app.db, person.user.id.clone(), sealed, now).await?;
        }
        (Some("cancel"), Some(totp)) if totp.confirmed_at.is_none() => {
            second_factors::cancel(&app.db, person.user.id.clone()).await?;
        }
        (Some("confirm"), Some(totp)) if is_pending(&totp, person) => {
            return confirm(&here, &totp, typed).await;
        }
        (Some("codes"), Some(totp)) if totp.confirmed_at.is_some() => {
            return renew_codes(&here, &totp, typed).await;
        }
        (Some("off"), Some(totp)) if totp.confirmed_at.is_some() => {
            return turn_off(&here, &totp, typed).await;
        }
        _ => {}
    }
    Ok(here.again())
}

/// Turns it on, once a code shows that the app has the secret.
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
    if !second_factors::confirm(&app.db, user.clone(), totp.sealed.clone(), step, digests, now).await? {
        return Ok(here.again());
    }
    visit.record(user, Event::SecondFactorOn).await?;
    visit.notify(user, Notice::SecondFactorOn).await;
    end_elsewhere(here, &AuthMethods::totp()).await?;
    Ok(show_codes(here, &codes, true))
}

async fn renew_codes(here: &Here, totp: &StoredTotp, typed: &str) -> Result<HttpResponse, PageError> {
    let (visit, app, user) = (&here.visit, &here.visit.app, &here.person.user.id);
    let outcome = prove(visit, user, totp, typed).await?;
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

async fn turn_off(here: &Here, totp: &StoredTotp, typed: &str) -> Result<HttpResponse, PageError> {
    let (visit, user) = (&here.visit, &here.person.user.id);
    let outcome = prove(visit, user, totp, typed).await?;
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
    let Some(totp) = second_factors::find(&app.db, &user.id).await? else { return Ok(State::Off) };
    if let Some(since) = totp.confirmed_at {
        let codes_left = second_factors::codes_left(&app.db, &user.id).await?;
        return Ok(State::On { since: since.in_utc(), codes_left });
    }
    if !is_pending(&totp, person) {
        return Ok(State::Off);
    }
    let base32 = open_secret(app, &user.id, &totp.sealed)?.base32();
    let groups: Vec<_> = base32.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    Ok(State::SettingUp { picture: PICTURE.into(), uri: uri(visit, user, &totp)?, secret: groups.join(" ") })
}

async fn refused(here: &Here, button: &'static str, outcome: &Outcome) -> Result<HttpResponse, PageError> {
    let page = show(here, state(here).await?, Some((button, refusal(outcome).0)));
    Ok(refuse(outcome, page))
}

fn show_codes(here: &Here, codes: &[RecoveryCode], first: bool) -> HttpResponse {
    let codes = codes.iter().map(ToString::to_string).collect();
    show(here, State::Codes { codes, first }, None)
}

fn show(here: &Here, state: State, error: Option<(&'static str, Message)>) -> HttpResponse {
    let (visit, interaction) = (&here.visit, here.interaction.as_ref());
    let frame = visit.frame(interaction);
    let href = address(Place::TwoStep.as_str(), interaction);
    let page = TwoStepPage {
        // In another language the codes could not be shown again.
        page: frame.page(if matches!(state, State::Codes { .. }) { "" } else { &href }),
        action: Place::TwoStep.to_string(),
        csrf: visit.form_token(),
        interaction: interaction.map(|interaction| interaction.sealed.clone()),
        done: interaction.map_or(href.clone(), |interaction| interaction.step("/resume")),
        state,
        error,
    };
    visit.show(&frame, &page, destination(interaction))
}

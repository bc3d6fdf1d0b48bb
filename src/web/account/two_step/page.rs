//! How the page looks: from what a person has to what they see.
use super::{Here, Person};
use crate::{
    domain::{Email, RecoveryCode, Timestamp, User, Username},
    i18n::Message,
    storage::{
        passkeys as stored_passkeys,
        second_factors::{self, StoredTotp, TwoStep},
    },
    web::{
        account::Place,
        error::PageError,
        pages::page::Page,
        passkeys::{PasskeyForm, Purpose, ask},
        second_factor::open_secret,
        visit::{Visit, destination},
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
pub(super) fn is_pending(totp: &StoredTotp, person: &Person) -> bool {
    totp.confirmed_at.is_none() && totp.created_at >= person.sign_in.auth_time
}

/// What the authenticator app is told.
fn uri(visit: &Visit, user: &User, totp: &StoredTotp) -> Result<String, PageError> {
    let account = user.email.as_ref().map(Email::as_str).or(user.username.as_ref().map(Username::as_str));
    let instance = &visit.app.settings().instance.name;
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

pub(super) async fn show_state(here: &Here, error: Option<(&'static str, Message)>) -> Result<HttpResponse, PageError> {
    let state = state(here).await?;
    let passkey = ask(&here.visit, Purpose::TwoStep, &here.person.user.id, &here.address()).await?;
    Ok(show(here, state, passkey, error))
}

pub(super) fn show_codes(here: &Here, codes: &[RecoveryCode], first: bool) -> HttpResponse {
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

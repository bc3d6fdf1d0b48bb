//! `/account/two-step`: a second factor, set up, looked after and turned off.
pub mod page;

pub use page::{PICTURE, picture};

use super::{Person, Place};
use crate::{
    domain::{AuthMethods, Event, RecoveryCode, TotpSecret, TypedCode},
    mail::Notice,
    protocol::params::Params,
    storage::{
        second_factors::{self, Confirmed, StoredTotp, TwoStep},
        sessions,
    },
    web::{
        admission::raise,
        error::PageError,
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        limits::{self, Tried},
        pages::render::see_other,
        passkeys::{self, Purpose},
        second_factor::{Outcome, open_secret, prove, recovery_codes, refusal, refuse, seal_secret},
        visit::{Visit, address},
    },
};
use actix_web::HttpResponse;
use page::{is_pending, show_codes, show_state};

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

async fn refused(here: &Here, button: &'static str, outcome: &Outcome) -> Result<HttpResponse, PageError> {
    let page = show_state(here, Some((button, refusal(outcome).0))).await?;
    Ok(refuse(outcome, page))
}

//! Proving a second factor, wherever one is asked for; and what lies between the password and it.
//!
//! The browser carries that, as it does an interaction: sealed, bound to it, for a few minutes.
use super::{
    account::Place,
    browser::Browser,
    error::PageError,
    interaction::Interaction,
    limits::{self, Tried},
    passkeys::{self, Purpose},
    visit::Visit,
};
use crate::{
    app::App,
    domain::{AuthMethods, Digest, RecoveryCode, Timestamp, TotpSecret, TypedCode, UserId, random_id},
    i18n::Message,
    protocol::params::Params,
    storage::second_factors::{self, TwoStep},
};
use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// How long a person may take from the password to the code, in seconds.
pub const LIFETIME: i64 = 300;
const CONTEXT: &str = "second factor";

/// Somebody proved a password and has yet to prove the second factor. It signs nobody in.
#[derive(Serialize, Deserialize)]
pub struct Challenge {
    /// Its name, by which guesses are counted.
    pub id: String,
    /// Whose password it was.
    pub user: UserId,
    /// When it was proved.
    pub began_at: Timestamp,
    /// The account page to go on to.
    pub back: Option<Place>,
    browser: Digest,
    interaction: Option<String>,
}

impl Challenge {
    /// Begins one, as the browser carries it.
    pub fn begin(
        visit: &Visit,
        user: UserId,
        interaction: Option<&Interaction>,
        back: Option<Place>,
    ) -> Result<String, PageError> {
        let challenge = Self {
            id: random_id(),
            user,
            began_at: visit.app.clock.now(),
            back,
            browser: visit.browser.digest(),
            interaction: interaction.map(|interaction| interaction.id.clone()),
        };
        let plain = serde_json::to_vec(&challenge).map_err(|_| PageError::Internal("a challenge cannot be written"))?;
        Ok(URL_SAFE_NO_PAD.encode(visit.app.secrets.interactions.seal(CONTEXT, &plain)?))
    }

    /// Opens one that this browser carries, on the way through this interaction. `None`: it has run
    /// out, or was never given out here.
    pub fn open(app: &App, browser: &Browser, interaction: Option<&Interaction>, sealed: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = app.secrets.interactions.open(CONTEXT, &sealed)?;
        let challenge: Self = serde_json::from_slice(&plain).ok()?;
        let is_of_here = challenge.browser == browser.digest()
            && challenge.interaction.as_ref() == interaction.map(|interaction| &interaction.id)
            && app.clock.now().since(challenge.began_at) <= LIFETIME;
        is_of_here.then_some(challenge)
    }
}

/// What came of a code or a passkey.
pub enum Outcome {
    /// It was right and is used up: what has been proved, with the password before.
    Right(AuthMethods),
    /// The code was wrong, or used before.
    Wrong,
    /// The passkey was not right.
    Refused,
    /// There are no tries left; the seconds to wait.
    Throttled(i64),
}

/// Checks the code or the passkey in a form against what a person has, and uses it up.
pub async fn prove(
    visit: &Visit,
    user: &UserId,
    two_step: &TwoStep,
    purpose: Purpose,
    form: &Params,
) -> Result<Outcome, PageError> {
    if passkeys::is_answer(form) {
        return Ok(match passkeys::prove(visit, purpose, Some(user), form).await? {
            passkeys::Outcome::Right(proof) => Outcome::Right(AuthMethods::password_and_passkey(proof.may_be_copied)),
            passkeys::Outcome::Wrong => Outcome::Refused,
            passkeys::Outcome::Throttled(seconds) => Outcome::Throttled(seconds),
        });
    }
    if let Some(seconds) = limits::take(&visit.app, &visit.request, &Tried::SecondFactor(user)).await? {
        tracing::warn!(target: "audit", %user, "too many wrong codes of a second factor");
        return Ok(Outcome::Throttled(seconds));
    }
    let Some(methods) = check_code(&visit.app, user, two_step, form.get("code").unwrap_or_default()).await? else {
        return Ok(Outcome::Wrong);
    };
    limits::forget_second_factor(&visit.app, user).await?;
    Ok(Outcome::Right(methods))
}

/// What a code proves, if it is right.
async fn check_code(
    app: &App,
    user: &UserId,
    two_step: &TwoStep,
    typed: &str,
) -> Result<Option<AuthMethods>, PageError> {
    match (TypedCode::parse(typed), &two_step.totp) {
        (Some(TypedCode::Totp(code)), Some(totp)) => {
            let step = open_secret(app, user, &totp.sealed)?.step_of(&code, app.clock.now());
            let claimed = match step {
                Some(step) => second_factors::claim_step(&app.db, user.clone(), step).await?,
                None => false,
            };
            Ok(claimed.then(AuthMethods::password_and_totp))
        }
        (Some(TypedCode::Recovery(code)), _) => {
            let spent = second_factors::spend(&app.db, user.clone(), digest(app, user, &code)).await?;
            if spent {
                tracing::info!(target: "audit", %user, "a recovery code was used");
            }
            Ok(spent.then(AuthMethods::password_and_recovery_code))
        }
        _ => Ok(None),
    }
}

/// What to say when it was not right: the message, and the answer's status.
pub fn refusal(outcome: &Outcome) -> (Message, StatusCode) {
    match outcome {
        Outcome::Throttled(seconds) => {
            (Message::new("error-throttled").with("minutes", (seconds + 59) / 60), StatusCode::TOO_MANY_REQUESTS)
        }
        Outcome::Refused => ("passkeys-refused".into(), StatusCode::UNPROCESSABLE_ENTITY),
        Outcome::Wrong | Outcome::Right(_) => ("second-factor-wrong".into(), StatusCode::UNPROCESSABLE_ENTITY),
    }
}

/// The answer to one that was not right.
pub fn refuse(outcome: &Outcome, mut page: HttpResponse) -> HttpResponse {
    *page.status_mut() = refusal(outcome).1;
    if let Outcome::Throttled(seconds) = outcome {
        page.headers_mut().insert(header::RETRY_AFTER, (*seconds).into());
    }
    page
}

/// What a secret is sealed for.
fn context(user: &UserId) -> String {
    format!("totp {user}")
}

/// Seals a secret for the database.
pub fn seal_secret(app: &App, user: &UserId, secret: &TotpSecret) -> Result<Vec<u8>, PageError> {
    Ok(app.secrets.second_factors.seal(&context(user), secret.as_bytes())?)
}

/// Opens a secret from the database.
pub fn open_secret(app: &App, user: &UserId, sealed: &[u8]) -> Result<TotpSecret, PageError> {
    let plain = app.secrets.second_factors.open(&context(user), sealed);
    plain
        .and_then(|bytes| TotpSecret::from_bytes(&bytes))
        .ok_or(PageError::Internal("the secret of a second factor does not open"))
}

/// What is stored of a recovery code. Without the master key it cannot be guessed from that.
pub fn digest(app: &App, user: &UserId, code: &RecoveryCode) -> Digest {
    let tag = hmac::sign(&app.secrets.recovery_codes, code.of(user).reveal().as_bytes());
    Digest::of(&URL_SAFE_NO_PAD.encode(tag))
}

/// A set of recovery codes, and what is stored of it.
pub fn recovery_codes(app: &App, user: &UserId) -> (Vec<RecoveryCode>, Vec<Digest>) {
    let codes: Vec<_> = std::iter::repeat_with(RecoveryCode::random).take(RecoveryCode::SET).collect();
    let digests = codes.iter().map(|code| digest(app, user, code)).collect();
    (codes, digests)
}

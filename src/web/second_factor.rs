//! Proving a second factor, wherever one is asked for; and what lies between the password and it.
//!
//! The browser carries that, as it does an interaction: sealed, bound to it, for a few minutes.
use super::{
    account::Place,
    admission::{Proof, Way},
    error::PageError,
    interaction::Interaction,
    limits::{self, Tried},
    passkeys::{self, Purpose},
    visit::Visit,
};
use crate::{
    app::App,
    domain::{
        AuthMethods, Digest, Elsewhere, Event, RecoveryCode, SessionId, SignIn, Timestamp, TotpSecret, TypedCode,
        UserId, random_id,
    },
    i18n::Message,
    mail::Notice,
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

/// What a challenge waits for; one that waits for something else is none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// The second factor.
    SecondFactor,
    /// Nothing more to be proved, but the wish to come back.
    Return,
}

impl Awaited {
    /// What it is sealed for.
    const fn context(self) -> &'static str {
        match self {
            Self::SecondFactor => "second factor",
            Self::Return => "return",
        }
    }
}

/// Somebody proved one factor and has yet to prove the second. It signs nobody in.
#[derive(Serialize, Deserialize)]
pub struct Challenge {
    /// Its name, by which guesses are counted.
    pub id: String,
    /// Who they are.
    pub user: UserId,
    /// What they have proved.
    pub methods: AuthMethods,
    /// Where, if it was not here.
    pub elsewhere: Option<Elsewhere>,
    /// When.
    pub proved_at: Timestamp,
    /// Until when the browser is trusted.
    pub trusted_until: Option<Timestamp>,
    /// The session in which more is to be proved; none where there is no session yet.
    pub sid: Option<SessionId>,
    /// The account page to go on to.
    pub back: Option<Place>,
    /// Whether they want to stay signed in.
    pub remember: bool,
    began_at: Timestamp,
    browser: Digest,
    interaction: Option<String>,
}

impl Challenge {
    /// Begins one for somebody who is not signed in, as the browser carries it.
    pub fn begin(visit: &Visit, awaited: Awaited, proof: Proof, way: Way<'_>) -> Result<String, PageError> {
        Self::seal(visit, awaited, proof, None, way)
    }

    /// Begins one for somebody who is, and has to prove more.
    pub fn begin_within(visit: &Visit, sign_in: &SignIn, way: Way<'_>) -> Result<String, PageError> {
        let (user, methods) = (sign_in.user.clone(), sign_in.methods.clone());
        let elsewhere = sign_in.elsewhere.clone();
        let proof = Proof { user, methods, elsewhere, at: sign_in.auth_time, trusted_until: None };
        Self::seal(visit, Awaited::SecondFactor, proof, Some(sign_in.sid.clone()), way)
    }

    fn seal(
        visit: &Visit,
        awaited: Awaited,
        proof: Proof,
        sid: Option<SessionId>,
        way: Way<'_>,
    ) -> Result<String, PageError> {
        let challenge = Self {
            id: random_id(),
            user: proof.user,
            methods: proof.methods,
            elsewhere: proof.elsewhere,
            proved_at: proof.at,
            trusted_until: proof.trusted_until,
            sid,
            back: way.back,
            remember: way.remember,
            began_at: visit.app.clock.now(),
            browser: visit.browser.digest(),
            interaction: way.interaction.map(|interaction| interaction.id.clone()),
        };
        let plain = serde_json::to_vec(&challenge).map_err(|_| PageError::Internal("a challenge cannot be written"))?;
        Ok(URL_SAFE_NO_PAD.encode(visit.app.secrets.interactions.seal(awaited.context(), &plain)?))
    }

    /// Where it leads when it is met.
    pub fn way<'a>(&self, interaction: Option<&'a Interaction>) -> Way<'a> {
        Way { interaction, back: self.back, remember: self.remember }
    }

    /// Opens one that this browser carries, on the way through this interaction. `None`: it has run
    /// out, or was never given out here.
    pub fn open(visit: &Visit, awaited: Awaited, interaction: Option<&Interaction>, sealed: &str) -> Option<Self> {
        let (app, browser) = (&visit.app, &visit.browser);
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = app.secrets.interactions.open(awaited.context(), &sealed)?;
        let challenge: Self = serde_json::from_slice(&plain).ok()?;
        let is_of_here = challenge.browser == browser.digest()
            && challenge.interaction.as_ref() == interaction.map(|interaction| &interaction.id)
            && app.clock.now().since(challenge.began_at) <= LIFETIME;
        is_of_here.then_some(challenge)
    }
}

impl From<Challenge> for Proof {
    fn from(challenge: Challenge) -> Self {
        let Challenge { user, methods, elsewhere, proved_at, trusted_until, .. } = challenge;
        Self { user, methods, elsewhere, at: proved_at, trusted_until }
    }
}

/// What came of a code or a passkey.
pub enum Outcome {
    /// It was right and is used up: what it proves.
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
            passkeys::Outcome::Right(proof) => Outcome::Right(proof.methods()),
            passkeys::Outcome::Wrong => Outcome::Refused,
            passkeys::Outcome::Throttled(seconds) => Outcome::Throttled(seconds),
        });
    }
    if let Some(seconds) = limits::take(&visit.app, &visit.request, &Tried::SecondFactor(user)).await? {
        visit.record(user, Event::Throttled).await?;
        return Ok(Outcome::Throttled(seconds));
    }
    let Some(methods) = check_code(visit, user, two_step, form.get("code").unwrap_or_default()).await? else {
        visit.record(user, Event::SecondFactorWrong).await?;
        return Ok(Outcome::Wrong);
    };
    limits::forget_second_factor(&visit.app, user).await?;
    Ok(Outcome::Right(methods))
}

/// What a code proves, if it is right.
async fn check_code(
    visit: &Visit,
    user: &UserId,
    two_step: &TwoStep,
    typed: &str,
) -> Result<Option<AuthMethods>, PageError> {
    let app = &visit.app;
    match (TypedCode::parse(typed), &two_step.totp) {
        (Some(TypedCode::Totp(code)), Some(totp)) => {
            let step = open_secret(app, user, &totp.sealed)?.step_of(&code, app.clock.now());
            let claimed = match step {
                Some(step) => second_factors::claim_step(&app.db, user.clone(), step).await?,
                None => false,
            };
            Ok(claimed.then(AuthMethods::totp))
        }
        (Some(TypedCode::Recovery(code)), _) => {
            let spent = second_factors::spend(&app.db, user.clone(), digest(app, user, &code)).await?;
            if spent {
                visit.record(user, Event::RecoveryCodeUsed).await?;
                visit.notify(user, Notice::RecoveryCodeUsed).await;
            }
            Ok(spent.then(AuthMethods::recovery_code))
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

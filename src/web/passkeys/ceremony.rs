//! What lies between the question and its answer. The browser carries it, as it does an interaction: sealed, bound to the
//! browser, to what it is for and to the person, for a few minutes. A challenge is answered once.
use crate::{
    app::App,
    domain::{Digest, Timestamp, UserId, random_id},
    passkeys::{Asked, LIFETIME},
    protocol::params::Params,
    storage::spent,
    web::{assets::PASSKEYS, error::PageError, visit::Visit},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

const CONTEXT: &str = "passkey";

/// What a passkey is asked for. An answer to one is good for no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// Making one.
    Add,
    /// Signing in, whoever it is.
    SignIn,
    /// The second step, after the password.
    SecondFactor,
    /// A change to two-step verification.
    TwoStep,
}

/// What a page carries to ask for a passkey.
#[derive(Clone, Debug)]
pub struct PasskeyForm {
    /// Where the script is.
    pub script: String,
    /// What the browser is asked, as JSON.
    pub options: String,
    /// What comes back with the answer.
    pub ceremony: String,
    /// After how many seconds an answer is too late.
    pub lifetime: i64,
    /// The page itself, for a fresh question.
    pub again: String,
}

/// One question, as the browser carries it.
#[derive(Serialize, Deserialize)]
pub(super) struct Ceremony<S> {
    id: String,
    purpose: Purpose,
    user: Option<UserId>,
    browser: Digest,
    began_at: Timestamp,
    /// What judging the answer takes.
    pub state: S,
}

impl<S: Serialize + DeserializeOwned> Ceremony<S> {
    /// The form that asks.
    pub fn begin(
        visit: &Visit,
        (purpose, user): (Purpose, Option<&UserId>),
        asked: Asked<S>,
        again: &str,
    ) -> Result<PasskeyForm, PageError> {
        let ceremony = Self {
            id: random_id(),
            purpose,
            user: user.cloned(),
            browser: visit.browser.digest(),
            began_at: visit.app.clock.now(),
            state: asked.state,
        };
        let plain = serde_json::to_vec(&ceremony).map_err(|_| PageError::Internal("a ceremony cannot be written"))?;
        Ok(PasskeyForm {
            script: PASSKEYS.clone(),
            options: asked.options,
            ceremony: URL_SAFE_NO_PAD.encode(visit.app.secrets.interactions.seal(CONTEXT, &plain)?),
            lifetime: LIFETIME,
            again: again.to_owned(),
        })
    }

    /// The question that a form answers. `None`: it was never asked here, of this person and for this,
    /// or too long ago.
    pub fn open(visit: &Visit, purpose: Purpose, user: Option<&UserId>, form: &Params) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(form.get("ceremony")?).ok()?;
        let plain = visit.app.secrets.interactions.open(CONTEXT, &sealed)?;
        let ceremony: Self = serde_json::from_slice(&plain).ok()?;
        ceremony.is_of(&visit.browser.digest(), purpose, user, visit.app.clock.now()).then_some(ceremony)
    }

    fn is_of(&self, browser: &Digest, purpose: Purpose, user: Option<&UserId>, now: Timestamp) -> bool {
        self.browser == *browser
            && self.purpose == purpose
            && self.user.as_ref() == user
            && now.since(self.began_at) <= LIFETIME
    }

    /// Uses the question up. Of several answers one wins.
    pub async fn spend(&self, app: &App) -> Result<bool, PageError> {
        let digest = Digest::of(&format!("{CONTEXT} {}", self.id));
        // One second longer than an answer may take, so that it is never forgotten too early.
        Ok(spent::spend(&app.db, digest, self.began_at.plus(LIFETIME + 1)).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `security.md` PK-01.
    #[test]
    fn a_question_is_asked_once_of_one_person_for_one_thing_and_not_for_long() {
        let (browser, alice, bob) = (Digest::of("browser"), UserId::from("alice"), UserId::from("bob"));
        let ceremony = Ceremony {
            id: random_id(),
            purpose: Purpose::TwoStep,
            user: Some(alice.clone()),
            browser: browser.clone(),
            began_at: Timestamp(1000),
            state: (),
        };
        let other = Digest::of("other");
        for (browser, purpose, user, now, good) in [
            (&browser, Purpose::TwoStep, Some(&alice), 1000, true),
            (&browser, Purpose::TwoStep, Some(&alice), 1300, true),
            (&browser, Purpose::TwoStep, Some(&alice), 1301, false),
            (&other, Purpose::TwoStep, Some(&alice), 1000, false),
            (&browser, Purpose::SecondFactor, Some(&alice), 1000, false),
            (&browser, Purpose::Add, Some(&alice), 1000, false),
            (&browser, Purpose::TwoStep, Some(&bob), 1000, false),
            (&browser, Purpose::TwoStep, None, 1000, false),
        ] {
            assert_eq!(ceremony.is_of(browser, purpose, user, Timestamp(now)), good, "{purpose:?} {user:?} {now}");
        }
    }
}

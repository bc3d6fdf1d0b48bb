//! What the browser of an operator keeps while they try an app out, sealed: so nothing of it is stored.
use crate::{
    domain::{ClientId, Digest, Secret, SignIn, Timestamp, UserId},
    storage::{self, spent},
    web::{admin::Desk, browser::cookie_value, error::PageError, visit::Visit},
};
use actix_web::{HttpResponse, cookie::time::Duration};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// How long a trial may take, in seconds.
const LIFETIME: i64 = 600;
const COOKIE: &str = "trial";
const CONTEXT: &str = "trial";

/// A trial that has begun.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    client: ClientId,
    user: UserId,
    browser: Digest,
    began_at: Timestamp,
    /// Comes back with the response.
    pub state: String,
    /// Comes back in the ID token.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
}

impl Kept {
    /// A new one, of whoever is there.
    pub fn new(desk: &Desk, client: &ClientId) -> Self {
        let random = || Secret::random().reveal().to_owned();
        Self {
            client: client.clone(),
            user: desk.user().id.clone(),
            browser: desk.visit.browser.digest(),
            began_at: desk.visit.app.clock.now(),
            state: random(),
            nonce: random(),
            verifier: random(),
        }
    }

    /// Has the browser keep it.
    pub fn keep(&self, desk: &Desk, mut response: HttpResponse) -> Result<HttpResponse, PageError> {
        let unwritable = PageError::Internal("a trial cannot be written");
        let plain = serde_json::to_vec(self).map_err(|_| unwritable)?;
        let sealed = URL_SAFE_NO_PAD.encode(desk.visit.app.secrets.interactions.seal(CONTEXT, &plain)?);
        desk.visit.keep(&mut response, COOKIE, sealed, Duration::seconds(LIFETIME))?;
        Ok(response)
    }

    /// The one that the browser keeps, in its time.
    fn of(visit: &Visit) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(cookie_value(&visit.app, &visit.request, COOKIE)?).ok()?;
        let plain = visit.app.secrets.interactions.open(CONTEXT, &sealed)?;
        let kept: Self = serde_json::from_slice(&plain).ok()?;
        let is_in_time = visit.app.clock.now().since(kept.began_at) <= LIFETIME;
        (is_in_time && kept.browser == visit.browser.digest()).then_some(kept)
    }

    /// The one that a response belongs to: of this person and for this app, with this state, once.
    pub async fn take(desk: &Desk, client: &ClientId, state: Option<&str>) -> storage::Result<Option<Self>> {
        let Some(kept) = Self::of(&desk.visit) else { return Ok(None) };
        let is_state = Digest::of(state.unwrap_or_default()) == Digest::of(&kept.state);
        if kept.client != *client || kept.user != desk.user().id || !is_state {
            return Ok(None);
        }
        let once = Digest::of(&format!("{CONTEXT} {}", kept.state));
        let is_first = spent::spend(&desk.visit.app.db, once, kept.began_at.plus(LIFETIME)).await?;
        Ok(is_first.then_some(kept))
    }

    /// Has the browser forget it.
    pub fn forget(desk: &Desk, response: &mut HttpResponse) {
        desk.visit.drop_cookie(response, COOKIE);
    }
}

/// Who began the trial that the browser keeps, while they are signed in.
pub fn began_by(visit: &Visit) -> Option<SignIn> {
    visit.session.of_user(&Kept::of(visit)?.user)
}

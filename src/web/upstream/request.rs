//! One request to a provider, from the moment it is sent to its answer (RFC 6749 section 10.12, RFC 9700 section 4.7).
//!
//! It is bound to the browser, to the provider and to what the person was about, and answered once. The provider sees a
//! random state, of which the database has the digest; what belongs to it is sealed beside it.
use crate::{
    app::App,
    domain::{Digest, ProviderName, Secret, SessionId, Timestamp, UserId},
    storage::upstream_requests::{self, Kept},
    upstream::{Asking, Hints, Upstream, callback_path},
    web::{account::Place, error::PageError, interaction::Interaction, visit::Visit},
};
use serde::{Deserialize, Serialize};

/// How long a person may take at a provider, in seconds.
const LIFETIME: i64 = 600;
const CONTEXT: &str = "upstream request";

/// What a person was sent to a provider for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// Signing in.
    SignIn,
    /// Another way in for the account of this session.
    Link {
        /// Whose account.
        user: UserId,
        /// In which session.
        sid: SessionId,
    },
}

/// What belongs to a request.
#[derive(Serialize, Deserialize)]
pub struct Sent {
    /// To whom.
    pub provider: ProviderName,
    /// What for.
    pub purpose: Purpose,
    /// The app's request that it is a part of, sealed for the browser.
    pub interaction: Option<String>,
    /// The account page to come back to, where there is none.
    pub back: Option<Place>,
    /// Comes back in the ID token.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// How old the sign-in there may be.
    pub max_age: Option<i64>,
    browser: Digest,
}

impl Sent {
    /// Sends a request: the address to go to.
    pub async fn send(
        visit: &Visit,
        upstream: &Upstream,
        purpose: Purpose,
        way: (Option<&Interaction>, Option<Place>),
        hints: &Hints,
    ) -> Result<String, PageError> {
        let (app, now) = (&visit.app, visit.app.clock.now());
        let (state, nonce, verifier) = (Secret::random(), Secret::random(), Secret::random());
        let redirect_uri = redirect_uri(app, &upstream.provider.name);
        let asking = Asking {
            state: state.reveal(),
            nonce: nonce.reveal(),
            verifier: verifier.reveal(),
            redirect_uri: &redirect_uri,
            hints,
        };
        let url = upstream.authorization_url(&asking, now).await.map_err(|why| {
            tracing::warn!(provider = %upstream.provider.name, %why, "nobody can be sent to a provider");
            PageError::Upstream
        })?;
        let sent = Self {
            provider: upstream.provider.name.clone(),
            purpose,
            interaction: way.0.map(|interaction| interaction.sealed.clone()),
            back: way.1,
            nonce: nonce.reveal().to_owned(),
            verifier: verifier.reveal().to_owned(),
            max_age: hints.max_age,
            browser: visit.browser.digest(),
        };
        let plain = serde_json::to_vec(&sent).map_err(|_| PageError::Internal("a request cannot be written"))?;
        let sealed = app.secrets.providers.seal(CONTEXT, &plain)?;
        upstream_requests::insert(&app.db, state.digest(), sealed, now.plus(LIFETIME)).await?;
        Ok(url)
    }

    /// The request that a state belongs to, and when it was answered, if it was. `None`: there is none, or not any more.
    pub async fn find(app: &App, state: &Secret) -> Result<Option<(Self, Option<Timestamp>)>, PageError> {
        let found = upstream_requests::find(&app.db, &state.digest(), app.clock.now()).await?;
        let Some(Kept { sealed, answered_at }) = found else { return Ok(None) };
        let plain = app.secrets.providers.open(CONTEXT, &sealed);
        let sent = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
        Ok(sent.map(|sent| (sent, answered_at)))
    }

    /// Whether it was sent from this browser.
    pub fn is_of(&self, visit: &Visit) -> bool {
        self.browser == visit.browser.digest()
    }

    /// The app's request that it is a part of, in the browser that it was sent from. One that has run out meanwhile
    /// does not keep anybody from signing in.
    pub fn interaction(&self, visit: &Visit) -> Option<Interaction> {
        let sealed = self.interaction.as_ref()?;
        Interaction::open(&visit.app, &visit.browser, sealed).ok()
    }
}

/// Where answers of a provider go.
pub fn redirect_uri(app: &App, provider: &ProviderName) -> String {
    app.config.issuer.url(&callback_path(provider))
}

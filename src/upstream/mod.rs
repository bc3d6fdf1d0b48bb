//! Signing in elsewhere: Genkan as a client of other providers (OpenID Connect Core, RFC 6749).
//!
//! What is the same for all is here: `authorize.rs` sends somebody away, `tokens.rs` trades the code that they come back
//! with, `identify.rs` finds out who they are, and `id_token.rs` judges what is signed. `keeping.rs` renews tokens that
//! are kept, and gives them back; what providers send by themselves is read in `events.rs`. What is particular to a
//! provider is in its file in `kinds/`. Nothing here knows of accounts.
mod authorize;
mod check;
mod claims;
mod discovery;
mod events;
mod graph;
mod health;
mod id_token;
mod identify;
mod keeping;
pub mod kinds;
mod native;
mod pictures;
mod preset;
mod reading;
mod settings;
mod token_names;
mod tokens;

pub use authorize::Asking;
pub use check::Checked;
pub use events::{EventFault, Message, Told};
pub use graph::{Signed, signed};
pub use id_token::{Fault, Nonce};
pub use identify::{Judged, Newcomer};
pub use keeping::Held;
pub use kinds::{Hints, Tells};
pub use preset::Endpoints;
pub use settings::{Provider, Settings};
pub use token_names::TokenNames;
pub use tokens::{Code, Tokens};

use crate::{
    domain::{ProviderName, Timestamp},
    fetch::{self, Fetcher},
    i18n as words,
    published::{self, Cache, Keys},
};
use discovery::{Discovered, discover};
use health::Health;
use std::{collections::HashMap, sync::Arc};

/// Why nobody has come from a provider. Each is for the log; people are told in other words.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be reached, or answers too slowly or at too great a length.
    #[error(transparent)]
    Fetch(#[from] fetch::Error),
    /// It could not be reached a moment ago.
    #[error("it could not be reached a moment ago")]
    Unavailable,
    /// It answered something else than what it should.
    #[error("{0}")]
    Answer(words::Message),
    /// It refuses us.
    #[error("it refused: {code}: {description}")]
    Refused {
        /// Its word for the reason.
        code: String,
        /// What it says of it.
        description: String,
    },
    /// Its ID token is not good.
    #[error("the ID token: {0}")]
    IdToken(#[from] Fault),
    /// An access token that an app brings is not good.
    #[error("the access token: {0}")]
    AccessToken(Fault),
    /// We refuse what it tells.
    #[error(transparent)]
    Refusal(#[from] Refusal),
}

impl From<published::Error> for Error {
    fn from(why: published::Error) -> Self {
        match why {
            published::Error::Fetch(why) => Self::Fetch(why),
            published::Error::Unavailable => Self::Unavailable,
            published::Error::Answer(told) => Self::Answer(told),
        }
    }
}

impl Error {
    /// That an address did not answer as it should.
    fn answered(url: &str, status: u16) -> Self {
        published::Error::answered(url, status).into()
    }

    /// The same for somebody who sets the provider up, in their language.
    fn told(&self) -> words::Message {
        use fetch::Error as Failed;
        let (key, url) = match self {
            Self::Answer(told) => return told.clone(),
            Self::Refused { code, description } => {
                let told = words::Message::new("upstream-refused").with("code", code.clone());
                return told.with("description", description.clone());
            }
            Self::Fetch(Failed::Unreachable(url, why)) => {
                let told = words::Message::new("upstream-unreachable").with("url", url.clone());
                return told.with("why", why.clone());
            }
            Self::Unavailable => return "upstream-unavailable".into(),
            Self::Fetch(Failed::Refused(url, _)) => ("upstream-forbidden", url),
            Self::Fetch(Failed::TooSlow(url)) => ("upstream-slow", url),
            Self::Fetch(Failed::TooLong(url)) => ("upstream-long", url),
            other => return words::Message::new("fault-told").with("why", other.to_string()),
        };
        words::Message::new(key).with("url", url.clone())
    }
}

/// Why somebody who has come from a provider is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The provider has no name for them.
    #[error("the provider does not say who it is")]
    NoSubject,
    /// They are not of those whom the operator welcomes.
    #[error("people of this domain or tenant are not welcome here")]
    NotWelcome,
}

/// Where people come back to from a provider.
#[must_use]
pub fn callback_path(provider: &ProviderName) -> String {
    format!("/callback/{provider}")
}

/// What is to be registered at a provider, besides the redirect URI: what each address is called, and where it is.
#[must_use]
pub fn event_paths(provider: &Provider) -> Vec<(&'static str, String)> {
    let below = |word: &str| format!("{}/{word}", callback_path(&provider.name));
    match provider.kind.tells() {
        Tells::Nothing => vec![],
        Tells::Notifications | Tells::SecurityEvents => vec![("events", below("events"))],
        Tells::SignedRequests => {
            vec![("deauthorize", below("deauthorize")), ("data-deletion", below("data-deletion"))]
        }
        Tells::LogoutTokens => vec![("backchannel-logout", below("backchannel-logout"))],
    }
}

/// A provider, and what is known of it.
#[derive(Debug)]
pub struct Upstream {
    /// What it is.
    pub provider: Provider,
    /// How it fares.
    pub health: Health,
    fetcher: Fetcher,
    discovered: Cache<Discovered>,
    keys: Cache<Keys>,
}

impl Upstream {
    /// Nothing is fetched before it is needed.
    #[must_use]
    pub fn new(provider: Provider, fetcher: &Fetcher) -> Self {
        let fetcher = fetcher.of(provider.name.as_str());
        Self { provider, health: Health::default(), fetcher, discovered: Cache::default(), keys: Cache::default() }
    }

    /// Where everything is: as the settings say, else as the provider does.
    async fn endpoints(&self, now: Timestamp) -> Result<Arc<Discovered>, Error> {
        let preset = &self.provider.preset;
        let known = &preset.endpoints;
        let is_whole = known.authorization.is_some() && known.token.is_some() && known.jwks.is_some();
        match &known.issuer {
            Some(issuer) if preset.discovers && !is_whole => {
                let found = discover(&self.discovered, &self.fetcher, issuer, now).await?;
                Ok(Arc::new(Discovered { endpoints: known.or(&found.endpoints), ..*found }))
            }
            _ => Ok(Arc::new(Discovered { endpoints: known.clone(), names_issuer: false })),
        }
    }

    /// Whether the issuer that a response names is this provider (RFC 9207 section 2.4). One that says that it always
    /// names it has to.
    pub async fn is_named_rightly(&self, iss: Option<&str>, now: Timestamp) -> Result<bool, Error> {
        let found = self.endpoints(now).await?;
        Ok(match iss {
            Some(iss) => self.provider.kind.is_named(&self.provider, iss),
            None => !found.names_issuer,
        })
    }
}

/// Every provider that is in use.
#[derive(Debug, Clone, Default)]
pub struct Upstreams {
    by_name: HashMap<ProviderName, Arc<Upstream>>,
    ordered: Vec<Arc<Upstream>>,
}

impl Upstreams {
    /// In the order of their buttons.
    #[must_use]
    pub fn new(providers: Vec<Provider>, fetcher: &Fetcher) -> Self {
        let mut ordered: Vec<_> =
            providers.into_iter().map(|provider| Arc::new(Upstream::new(provider, fetcher))).collect();
        ordered.sort_by(|a, b| {
            let key = |upstream: &Upstream| (upstream.provider.settings.order, upstream.provider.name.clone());
            key(a).cmp(&key(b))
        });
        let by_name = ordered.iter().map(|upstream| (upstream.provider.name.clone(), upstream.clone())).collect();
        Self { by_name, ordered }
    }

    /// The provider of a name.
    #[must_use]
    pub fn get(&self, name: &ProviderName) -> Option<&Arc<Upstream>> {
        self.by_name.get(name)
    }

    /// All, in the order of their buttons.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Upstream>> {
        self.ordered.iter()
    }
}

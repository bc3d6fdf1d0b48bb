//! Signing in elsewhere, and coming back: from the button to the session.
//!
//! `start.rs` sends a person to a provider, `callback.rs` takes them back, `arrival.rs` finds the account that they come
//! to; where that needs a word of theirs, `welcome.rs` and `link_account.rs` ask for it. `events/` is for what providers
//! send by themselves.
pub mod android;
pub mod arrival;
pub mod buttons;
pub mod callback;
pub mod events;
pub mod link_account;
pub mod onward;
mod picture;
pub mod request;
pub mod start;
pub mod stranger;
pub mod welcome;

pub use crate::admin::users::ways;

use super::{account::Place, error::PageError, interaction::Interaction, visit::Visit};
use crate::{domain::ProviderName, i18n::Message, protocol::params::Params, upstream::Upstream};
use std::sync::Arc;

/// Where people go to a provider from.
pub fn start_path(provider: &ProviderName) -> String {
    format!("/login/{provider}")
}

impl Visit {
    /// The provider that an address names.
    pub fn upstream(&self, name: &str) -> Result<Arc<Upstream>, PageError> {
        let name = name.parse().map_err(|_| PageError::NotFound)?;
        self.app.memory().upstreams.get(&name).cloned().ok_or(PageError::NotFound)
    }
}

/// What there is to say on the sign-in page to whoever has come back without signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// They turned back.
    Cancelled,
    /// The provider, or the way to it, is in trouble.
    Trouble,
    /// They are not of those who are welcome.
    NotWelcome,
    /// Nobody is known by this identity, and nobody gets an account for it.
    Unknown,
    /// They are to prove first that the account of their address is theirs.
    ProveFirst,
    /// The provider has said that this identity is not to be relied on.
    Suspended,
}

crate::domain::words!(Outcome {
    Cancelled = "cancelled",
    Trouble = "trouble",
    NotWelcome = "not-welcome",
    Unknown = "unknown",
    ProveFirst = "prove-first",
    Suspended = "suspended",
});

impl Outcome {
    /// What is said.
    pub fn message(self, provider: &str) -> Message {
        Message::new(format!("outcome-{self}")).with("provider", provider.to_owned())
    }

    /// What came of it, as an address says, which is said; of a provider that there is, for anybody can make a link with
    /// any word in it.
    pub fn told(visit: &Visit, params: &Params) -> Option<Message> {
        let outcome = Self::ALL.iter().find(|outcome| params.get("outcome") == Some(outcome.as_str()))?;
        Some(outcome.message(visit.upstream(params.get("provider")?).ok()?.provider.label()))
    }

    /// The page with the ways in, which says it.
    pub fn on_ways_in(self, provider: &ProviderName) -> String {
        format!("{}?provider={provider}&outcome={self}", Place::WaysIn)
    }
}

/// The sign-in page, which says what came of it.
fn sign_in_page(
    provider: &ProviderName,
    outcome: Outcome,
    interaction: Option<&Interaction>,
    back: Option<Place>,
) -> String {
    let back = back.map(|place| format!("&return={place}")).unwrap_or_default();
    super::visit::address_with("/login", interaction, &format!("provider={provider}&outcome={outcome}{back}"))
}

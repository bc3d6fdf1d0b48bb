//! What a browser carries while its person looks for a code in their mail: sealed, bound to it, for a few
//! minutes. It looks the same whether or not a mail is on its way.
use super::{account::Place, error::PageError, interaction::Interaction, visit::Visit};
use crate::domain::{Digest, Email, TicketPurpose, Timestamp, UserId};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// Somebody waits for a code.
#[derive(Serialize, Deserialize)]
pub struct Waiting {
    /// The ticket that it belongs to, if there is one.
    pub ticket: String,
    /// Where it was sent, if anybody is there.
    pub email: Email,
    /// The account page to go on to.
    pub back: Option<Place>,
    /// The change of address that it is about.
    pub change: Option<Change>,
}

/// An account, and the address that is to be its.
#[derive(Serialize, Deserialize)]
pub struct Change {
    /// Whose account.
    pub user: UserId,
    /// The new address.
    pub to: Email,
}

/// The same, as the browser carries it.
#[derive(Serialize, Deserialize)]
struct Carried {
    waiting: Waiting,
    browser: Digest,
    interaction: Option<String>,
    began_at: Timestamp,
}

impl Waiting {
    /// For the code of a ticket that was sent there.
    pub fn new(ticket: String, email: Email) -> Self {
        Self { ticket, email, back: None, change: None }
    }

    /// Begins, on the way through this interaction.
    pub fn begin(
        self,
        visit: &Visit,
        purpose: TicketPurpose,
        interaction: Option<&Interaction>,
    ) -> Result<String, PageError> {
        let carried = Carried {
            waiting: self,
            browser: visit.browser.digest(),
            interaction: interaction.map(|interaction| interaction.id.clone()),
            began_at: visit.app.clock.now(),
        };
        let plain = serde_json::to_vec(&carried).map_err(|_| PageError::Internal("what waits cannot be written"))?;
        Ok(URL_SAFE_NO_PAD.encode(visit.app.secrets.interactions.seal(&context(purpose), &plain)?))
    }

    /// Opens what this browser carries, on the way through this interaction. `None`: it has run out, or was
    /// never given out here.
    pub fn open(
        visit: &Visit,
        purpose: TicketPurpose,
        interaction: Option<&Interaction>,
        sealed: &str,
    ) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = visit.app.secrets.interactions.open(&context(purpose), &sealed)?;
        let carried: Carried = serde_json::from_slice(&plain).ok()?;
        let is_of_here = carried.browser == visit.browser.digest()
            && carried.interaction.as_ref() == interaction.map(|interaction| &interaction.id)
            && visit.app.clock.now().since(carried.began_at) <= purpose.lifetime();
        is_of_here.then_some(carried.waiting)
    }
}

fn context(purpose: TicketPurpose) -> String {
    format!("waiting {purpose}")
}

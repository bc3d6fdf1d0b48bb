//! What a browser carries while its person looks for a code in their mail: sealed, bound to it, for a few
//! minutes. It looks the same whether or not a mail is on its way.
use super::{account::Place, error::PageError, interaction::Interaction, visit::Visit};
use crate::domain::{Digest, Email, TicketPurpose, Timestamp};
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
    browser: Digest,
    interaction: Option<String>,
    began_at: Timestamp,
}

impl Waiting {
    /// Begins, as the browser carries it.
    pub fn begin(
        visit: &Visit,
        purpose: TicketPurpose,
        ticket: String,
        email: Email,
        interaction: Option<&Interaction>,
        back: Option<Place>,
    ) -> Result<String, PageError> {
        let waiting = Self {
            ticket,
            email,
            back,
            browser: visit.browser.digest(),
            interaction: interaction.map(|interaction| interaction.id.clone()),
            began_at: visit.app.clock.now(),
        };
        let plain = serde_json::to_vec(&waiting).map_err(|_| PageError::Internal("what waits cannot be written"))?;
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
        let waiting: Self = serde_json::from_slice(&plain).ok()?;
        let is_of_here = waiting.browser == visit.browser.digest()
            && waiting.interaction.as_ref() == interaction.map(|interaction| &interaction.id)
            && visit.app.clock.now().since(waiting.began_at) <= purpose.lifetime();
        is_of_here.then_some(waiting)
    }
}

fn context(purpose: TicketPurpose) -> String {
    format!("waiting {purpose}")
}

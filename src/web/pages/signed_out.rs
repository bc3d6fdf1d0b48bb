//! The page after signing out.

use askama::Template;

use super::page::{ClientView, Page};
use crate::i18n::Message;

#[derive(Clone, Debug, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOutPage {
    pub page: Page,
    pub client: Option<ClientView>,
    /// The app's registered address for afterwards.
    pub continue_to: Option<String>,
    /// What else has happened.
    pub notice: Option<Message>,
}

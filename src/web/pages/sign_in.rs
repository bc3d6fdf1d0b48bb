//! The page that asks for user name and password.

use askama::Template;

use super::page::{ClientView, Page};
use crate::i18n::Message;

#[derive(Clone, Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub client: Option<ClientView>,
    pub username: String,
    pub error: Option<Message>,
    pub notice: Option<Message>,
    /// Where an account is made, if people may make one themselves.
    pub sign_up: Option<String>,
    /// The way back to the app.
    pub cancel: Option<String>,
    pub providers: Vec<ProviderLink>,
}

/// Signing in elsewhere.
#[derive(Clone, Debug)]
pub struct ProviderLink {
    pub id: String,
    pub label: String,
    pub href: String,
}

impl SignInPage {
    /// Whether it is the fields that are at fault, rather than the moment.
    fn fields_are_wrong(&self) -> bool {
        let error = self.error.as_ref();
        error.is_some_and(|error| error.key() == "error-credentials")
    }
}

//! The page that asks before signing out.

use askama::Template;

use super::page::{AccountView, ClientView, Page};

#[derive(Clone, Debug, Template)]
#[template(path = "sign_out.html")]
pub struct SignOutPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub account: Option<AccountView>,
    /// The app that asks for it.
    pub client: Option<ClientView>,
    /// The request's parameters, kept over the question.
    pub hidden: Vec<(String, String)>,
}

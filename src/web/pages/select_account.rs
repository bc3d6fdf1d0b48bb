//! The page that asks whether to go on with the account signed in.

use askama::Template;

use super::page::{AccountView, ClientView, Page};

#[derive(Clone, Debug, Template)]
#[template(path = "select_account.html")]
pub struct SelectAccountPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub client: Option<ClientView>,
    pub account: AccountView,
}

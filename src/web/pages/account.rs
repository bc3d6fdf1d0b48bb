//! The page of one's own account.

use askama::Template;

use super::page::{AccountView, Page};

#[derive(Clone, Debug, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    pub page: Page,
    pub csrf: String,
    pub account: AccountView,
    pub email: Option<String>,
    pub email_verified: bool,
    pub username: Option<String>,
    pub signed_in_at: String,
    pub sign_out_action: String,
}

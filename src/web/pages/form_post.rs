//! The page that carries an answer to the app in a form (OAuth 2.0 Form Post Response Mode).

use askama::Template;

use super::page::Page;

/// The one script there is on any page. The policy of this page allows it by its SHA-256, computed from here.
/// Written for any browser: nothing in it is newer than ECMAScript 3.
pub const SCRIPT: &str = "document.forms[0].submit()";

#[derive(Clone, Debug, Template)]
#[template(path = "form_post.html")]
pub struct FormPostPage {
    pub page: Page,
    /// The app's redirect URI.
    pub action: String,
    pub fields: Vec<(String, String)>,
}

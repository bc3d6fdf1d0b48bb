//! The page for what cannot be answered otherwise: what happened, what to do, and what to tell whom.

use askama::Template;

use super::page::Page;

#[derive(Clone, Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    pub page: Page,
    /// The protocol's code.
    pub code: String,
    pub title: String,
    pub explanation: String,
    pub advice: String,
    pub request_id: String,
    pub back: Option<String>,
    /// Where this provider is, when it was asked for elsewhere.
    pub here: Option<String>,
}

impl ErrorPage {
    /// The page for a reason that the catalogue has words for; for another, the server's own fault.
    #[must_use]
    pub fn new(page: Page, reason: &str, request_id: impl Into<String>) -> Self {
        let words = page.words;
        let mut key = format!("error-{}", reason.replace('_', "-"));
        if words.find(&format!("{key}-title")).is_none() {
            "error-server-error".clone_into(&mut key);
        }
        // The protocol has no code for this one (RFC 6749 4.1.2.1); the words still tell it apart.
        let code = match reason {
            "invalid_redirect_uri" => "invalid_request",
            code => code,
        };
        Self {
            code: code.to_owned(),
            title: words.get(&format!("{key}-title")),
            explanation: words.get(&format!("{key}-explanation")),
            advice: words.get(&format!("{key}-advice")),
            request_id: request_id.into(),
            back: None,
            here: None,
            page,
        }
    }
}

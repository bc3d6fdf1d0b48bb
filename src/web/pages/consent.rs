//! The page that asks whether an app may have what it asks for.

use askama::Template;

use super::page::{AccountView, ClientView, Page};
use crate::i18n::Words;

#[derive(Clone, Debug, Template)]
#[template(path = "consent.html")]
pub struct ConsentPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub client: ClientView,
    /// Where the answer will be sent.
    pub redirect_host: String,
    pub account: AccountView,
    pub scopes: Vec<ScopeLine>,
}

/// One thing the app asks for, worded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeLine {
    pub title: String,
    pub detail: String,
}

impl ScopeLine {
    /// A scope in words; one that has none is shown by its name.
    #[must_use]
    pub fn new(words: Words, scope: &str) -> Self {
        let key = format!("scope-{}", scope.replace('_', "-"));
        match (words.find(&format!("{key}-title")), words.find(&format!("{key}-detail"))) {
            (Some(title), Some(detail)) => Self { title, detail },
            _ => Self { title: scope.to_owned(), detail: words.get("scope-unknown-detail") },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn a_known_scope_has_words_and_another_its_name() {
        for words in Language::ALL.map(Words::new) {
            for scope in ["openid", "profile", "email", "address", "phone", "offline_access"] {
                assert_ne!(ScopeLine::new(words, scope).title, scope);
            }
            assert_eq!(ScopeLine::new(words, "files:read").title, "files:read");
        }
    }
}

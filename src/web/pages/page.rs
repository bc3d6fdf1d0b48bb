//! What every page has, and the views that several pages share.

use crate::i18n::{Language, Message, Words};

/// The frame around a page.
#[derive(Clone, Debug)]
pub struct Page {
    pub words: Words,
    /// The instance's name, "Genkan" unless it was given another.
    pub instance: String,
    pub languages: Vec<LanguageLink>,
    /// Where the stylesheet is.
    pub stylesheet: String,
    /// Where the sheet with the instance's own accent is, if it has one.
    pub accent: Option<String>,
    /// Where the instance's mark is; also the icon of the tab.
    pub icon: String,
    /// What the instance has people agree to: a message and an address each.
    pub legal: Vec<(&'static str, String)>,
}

/// The same page in a language.
#[derive(Clone, Debug)]
pub struct LanguageLink {
    pub tag: String,
    pub name: String,
    pub href: String,
    pub current: bool,
}

impl LanguageLink {
    #[must_use]
    pub fn new(language: Language, href: impl Into<String>, current: Language) -> Self {
        Self {
            tag: language.tag().to_owned(),
            name: language.own_name().to_owned(),
            href: href.into(),
            current: language == current,
        }
    }
}

/// The app a person is on the way to.
#[derive(Clone, Debug, Default)]
pub struct ClientView {
    pub name: String,
    /// Where the logo is that was uploaded.
    pub logo_path: Option<String>,
    pub logo_uri: Option<String>,
    pub policy_uri: Option<String>,
    pub tos_uri: Option<String>,
    pub client_uri: Option<String>,
}

impl ClientView {
    #[must_use]
    pub fn initial(&self) -> String {
        initial(&self.name)
    }

    #[must_use]
    pub fn logo(&self) -> Option<&str> {
        self.logo_path.as_deref().or_else(|| web_address(self.logo_uri.as_ref()))
    }

    /// The message that names each link, and the link.
    #[must_use]
    pub fn links(&self) -> Vec<(&'static str, &str)> {
        let links = [
            ("client-website", &self.client_uri),
            ("client-policy", &self.policy_uri),
            ("client-terms", &self.tos_uri),
        ];
        let links = links.into_iter();
        links.filter_map(|(key, uri)| Some((key, web_address(uri.as_ref())?))).collect()
    }

    #[must_use]
    pub fn has_links(&self) -> bool {
        !self.links().is_empty()
    }
}

/// A person's account, in two lines.
#[derive(Clone, Debug, Default)]
pub struct AccountView {
    pub name: String,
    /// What tells it from another account of the same name, such as the email address; may be empty.
    pub detail: String,
    /// Where their picture is.
    pub picture: Option<String>,
}

impl AccountView {
    #[must_use]
    pub fn initial(&self) -> String {
        initial(&self.name)
    }
}

/// What is wrong with one field of a form.
#[derive(Clone, Debug)]
pub struct FieldError {
    /// The field's name.
    pub field: String,
    pub message: Message,
}

impl FieldError {
    #[must_use]
    pub fn new(field: impl Into<String>, message: impl Into<Message>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// What stands for a picture where there is none.
fn initial(name: &str) -> String {
    let first = name.chars().find(|c| c.is_alphanumeric());
    first.map(|c| c.to_uppercase().collect()).unwrap_or_default()
}

/// An app says these of itself: whatever is not an address on the web (`javascript:`, `data:`) is left out.
fn web_address(uri: Option<&String>) -> Option<&str> {
    let uri = uri?;
    let (scheme, _) = uri.split_once("://")?;
    let on_the_web = ["https", "http"].iter().any(|s| scheme.eq_ignore_ascii_case(s));
    on_the_web.then_some(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_on_the_web_become_links() {
        let client = ClientView {
            client_uri: Some("HTTPS://app.example/".to_owned()),
            policy_uri: Some("javascript:alert(1)//://".to_owned()),
            tos_uri: Some("data:text/html,x".to_owned()),
            logo_uri: Some(" javascript://app.example/%0aalert(1)".to_owned()),
            ..ClientView::default()
        };
        assert_eq!(client.links(), [("client-website", "HTTPS://app.example/")]);
        assert_eq!(client.logo(), None);
    }

    #[test]
    fn the_initial_is_the_first_letter_or_nothing() {
        assert_eq!(initial("\"><svg"), "S");
        assert_eq!(initial("玄関"), "玄");
        assert_eq!(initial("  – "), "");
    }
}

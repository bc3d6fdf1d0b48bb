//! The ways in that lead to other providers: a button each, by the rules of its brand.
//!
//! Marks are drawn inline, so that none is fetched from elsewhere; what a button says comes from a fixed table
//! (`providers.ftl`), because brands allow few wordings; colours are in `static/providers.css`.

use crate::i18n::Words;
use std::fmt;

/// A way in.
#[derive(Clone, Debug)]
pub struct ProviderLink {
    /// What the settings call the provider.
    pub id: String,
    pub brand: Brand,
    /// What the button says, said whole.
    pub label: String,
    pub href: String,
    /// Whether this is how the person came in the last time, in this browser.
    pub last_used: bool,
}

/// Whose rules a button follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brand {
    Google,
    Apple,
    Line,
    GitHub,
    Microsoft,
    Facebook,
    X,
    Instagram,
    /// None that we know the rules of: the instance's own colours and a keyhole.
    Generic,
}

impl Brand {
    #[cfg(test)]
    pub const ALL: [Self; 9] = [
        Self::Google,
        Self::Apple,
        Self::Line,
        Self::GitHub,
        Self::Microsoft,
        Self::Facebook,
        Self::X,
        Self::Instagram,
        Self::Generic,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Apple => "apple",
            Self::Line => "line",
            Self::GitHub => "github",
            Self::Microsoft => "microsoft",
            Self::Facebook => "facebook",
            Self::X => "x",
            Self::Instagram => "instagram",
            Self::Generic => "generic",
        }
    }

    /// What the button says: the brand's own wording, or one with the name that the operator gave.
    #[must_use]
    pub fn label(self, words: Words, given_name: Option<&str>) -> String {
        match given_name {
            Some(name) => words.with("continue-with", &[("provider", name)]),
            None => words.get(&format!("continue-with-{self}")),
        }
    }

    /// Its mark, as markup.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Google => include_str!("../../../templates/part/marks/google.svg"),
            Self::Apple => include_str!("../../../templates/part/marks/apple.svg"),
            Self::Line => include_str!("../../../templates/part/marks/line.svg"),
            Self::GitHub => include_str!("../../../templates/part/marks/github.svg"),
            Self::Microsoft => include_str!("../../../templates/part/marks/microsoft.svg"),
            Self::Facebook => include_str!("../../../templates/part/marks/facebook.svg"),
            Self::X => include_str!("../../../templates/part/marks/x.svg"),
            Self::Instagram => include_str!("../../../templates/part/marks/instagram.svg"),
            Self::Generic => include_str!("../../../templates/part/marks/generic.svg"),
        }
    }
}

/// As classes and messages are named.
impl fmt::Display for Brand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn a_brand_is_named_as_it_wants_to_be() {
        let said = |language, brand: Brand| brand.label(Words::new(language), None);
        assert_eq!(said(Language::En, Brand::Google), "Continue with Google");
        assert_eq!(said(Language::En, Brand::Line), "Log in with LINE");
        assert_eq!(said(Language::En, Brand::Microsoft), "Sign in with Microsoft");
        assert_eq!(said(Language::Ja, Brand::Google), "Google で続行");
        assert_eq!(said(Language::Ja, Brand::Line), "LINEでログイン");
        for (language, brand) in Language::ALL.into_iter().flat_map(|l| Brand::ALL.map(|b| (l, b))) {
            assert!(!said(language, brand).contains("continue-with"), "{brand} has no wording in {language}");
        }
    }

    #[test]
    fn a_name_that_the_operator_gave_is_put_into_the_plain_wording() {
        let label = Brand::Google.label(Words::new(Language::En), Some("Nakaniwa Staff"));
        assert_eq!(label, "Continue with Nakaniwa Staff");
    }

    /// It goes into the page as it is: nothing that runs, that is fetched, or that a second one would repeat.
    #[test]
    fn a_mark_is_a_drawing_and_nothing_else() {
        for brand in Brand::ALL {
            let mark = brand.mark();
            assert!(mark.starts_with("<svg class=\"mark\" ") && mark.contains("aria-hidden=\"true\""), "{brand}");
            assert_eq!(mark.matches("<svg").count(), 1, "{brand}");
            for not in ["<script", " on", " id=", "href", "style", "url("] {
                assert!(!mark.contains(not), "{brand} has {not}");
            }
        }
    }
}

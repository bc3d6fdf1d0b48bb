//! How sure a sign-in makes us of who somebody is: the Authentication Context Class (`acr`, OpenID Connect Core section
//! 2), which apps ask for by `acr_values` (RFC 9470).
use super::words;

/// A class; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assurance {
    /// One factor, such as a password.
    OneFactor,
    /// Two factors or more.
    MultiFactor,
    /// What cannot be phished, such as a passkey; the word is that of OpenID Connect EAP ACR Values 1.0.
    PhishingResistant,
}

words!(Assurance { OneFactor = "1fa", MultiFactor = "mfa", PhishingResistant = "phr" });

impl Assurance {
    /// The class that an app is told of, which asked for `wanted`, the most wanted first: the first of those that are
    /// met, or else what is.
    #[must_use]
    pub fn told(self, wanted: &[Self]) -> Self {
        wanted.iter().copied().find(|wanted| self >= *wanted).unwrap_or(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Assurance::{MultiFactor, OneFactor, PhishingResistant};

    #[test]
    fn an_app_is_told_what_it_asked_for_where_that_is_true() {
        assert_eq!(PhishingResistant.told(&[]), PhishingResistant);
        assert_eq!(PhishingResistant.told(&[MultiFactor, PhishingResistant]), MultiFactor);
        assert_eq!(MultiFactor.told(&[PhishingResistant, OneFactor]), OneFactor);
        assert_eq!(OneFactor.told(&[PhishingResistant, MultiFactor]), OneFactor);
    }
}

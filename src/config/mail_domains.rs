//! Lists of mail domains: whose addresses people may have.
use super::reader::{Section, one_is};
use crate::domain::Email;

/// Mail domains, as a setting lists them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailDomains(Vec<Rule>);

impl MailDomains {
    pub(super) fn read(section: &mut Section, key: &str) -> Self {
        let mut rules = vec![];
        for text in section.list(key).unwrap_or_default() {
            match Rule::parse(&text) {
                Some(rule) => rules.push(rule),
                None => section.fault(key, one_is("fault-mail-domains", &text)),
            }
        }
        Self(rules)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a domain, in its ASCII form, is among them.
    #[must_use]
    pub fn cover(&self, domain: &str) -> bool {
        self.0.iter().any(|rule| rule.covers(domain))
    }
}

/// A domain in its ASCII form, and perhaps all below it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    domain: String,
    with_subdomains: bool,
}

impl Rule {
    /// Reads `example.com`; with a leading dot or `*.`, what is below it is meant as well.
    fn parse(text: &str) -> Option<Self> {
        let domain = text.strip_prefix("*.").or_else(|| text.strip_prefix('.'));
        let email = Email::parse(&format!("a@{}", domain.unwrap_or(text))).ok()?;
        // Elsewhere a star would never be met.
        if email.domain().contains('*') {
            return None;
        }
        Some(Self { domain: email.domain().to_owned(), with_subdomains: domain.is_some() })
    }

    fn covers(&self, domain: &str) -> bool {
        let below = domain.strip_suffix(&self.domain).and_then(|rest| rest.strip_suffix('.'));
        domain == self.domain || self.with_subdomains && below.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_covered_by_itself_or_by_what_is_above_it() {
        for (rules, email, expected) in [
            (&[][..], "a@x.test", false),
            (&["x.test"], "a@X.test", true),
            (&["x.test"], "a@sub.x.test", false),
            (&["x.test"], "a@notx.test", false),
            (&["X.TEST", "y.test"], "a@y.test", true),
            (&["*.x.test"], "a@sub.x.test", true),
            (&["*.x.test"], "a@x.test", true),
            (&[".x.test"], "a@b.c.x.test", true),
            (&[".x.test"], "a@notx.test", false),
            (&["bücher.example"], "a@xn--bcher-kva.example", true),
            (&["xn--bcher-kva.example"], "a@bücher.example", true),
            // An address may look as if it had two domains.
            (&["x.test"], "a=x.test@y.test", false),
        ] {
            let domains = MailDomains(rules.iter().map(|text| Rule::parse(text).unwrap()).collect());
            assert_eq!(domains.cover(Email::parse(email).unwrap().domain()), expected, "{rules:?} {email}");
        }
        for bad in ["", ".", "*", "*.", "x", "a@x.test", "*.*.x.test", "10.0.0.1", "x y.test", "https://x.test"] {
            assert_eq!(Rule::parse(bad), None, "{bad}");
        }
    }
}

//! What people are found by, and the groups and roles that apps are told of.
use super::{Email, Scopes, Username, words};
use unicode_normalization::UnicodeNormalization;

/// The longest term that is kept, in characters.
const LONGEST: usize = 64;
/// How many words of a name are terms.
const WORDS: usize = 5;

/// A text as it is searched by: compatibility characters as their plain ones, lower case, single spaces.
#[must_use]
pub fn folded(text: &str) -> String {
    let lower = text.nfkc().collect::<String>().to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST).collect()
}

/// What somebody is found by, from its beginning: address, user name, the whole name, and each word of it.
#[must_use]
pub fn terms(email: Option<&Email>, username: Option<&Username>, name: Option<&str>) -> Vec<String> {
    let name = folded(name.unwrap_or_default());
    let mut terms: Vec<String> = name.split(' ').take(WORDS).map(Into::into).collect();
    terms.extend([email.map(Email::as_str), username.map(Username::as_str)].into_iter().flatten().map(folded));
    terms.push(name);
    terms.sort();
    terms.dedup();
    terms.retain(|term| !term.is_empty());
    terms
}

/// What apps are told of many people at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKind {
    /// Who belongs together: the claim `groups`.
    Group,
    /// Who may do what in apps: the claim `roles`. Nothing in the administration.
    Role,
}

words!(GroupKind { Group = "group", Role = "role" });

/// The names of the groups and roles that a person has; nothing, where nobody asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Membership {
    /// The claim `groups`.
    pub groups: Option<Vec<String>>,
    /// The claim `roles`.
    pub roles: Option<Vec<String>>,
}

impl Membership {
    /// What of it these scopes ask for.
    #[must_use]
    pub fn within(&self, scopes: &Scopes) -> Self {
        let asked = |scope: &str, names: &Option<Vec<String>>| names.clone().filter(|_| scopes.has(scope));
        Self { groups: asked("groups", &self.groups), roles: asked("roles", &self.roles) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_found_however_their_name_is_written() {
        for (text, term) in [
            (" Hana  SUZUKI ", "hana suzuki"),
            ("Ｈａｎａ", "hana"),
            ("ﾊﾅ", "ハナ"),
            ("ÉMILE", "émile"),
            ("\u{3000}鈴木\u{3000}花\u{3000}", "鈴木 花"),
            ("", ""),
        ] {
            assert_eq!(folded(text), term, "{text:?}");
        }
        let (email, name) = (Email::parse("hana@people.test").ok(), Username::parse("hana").ok());
        let terms = terms(email.as_ref(), name.as_ref(), Some("Hana Suzuki"));
        assert_eq!(terms, ["hana", "hana suzuki", "hana@people.test", "suzuki"]);
        assert!(super::terms(None, None, None).is_empty());
    }
}

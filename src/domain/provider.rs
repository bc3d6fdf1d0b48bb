//! Where else people sign in: upstream providers, by name and kind.
use super::words;
use std::{fmt, str::FromStr};

/// What a provider is, and so how it is spoken to and which mark its button has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProviderKind {
    /// Google.
    Google,
    /// Sign in with Apple.
    Apple,
    /// LINE Login.
    Line,
    /// GitHub, or GitHub Enterprise Server.
    GitHub,
    /// Microsoft Entra ID, and personal accounts.
    Microsoft,
    /// Facebook Login.
    Facebook,
    /// X.
    X,
    /// Instagram, for professional accounts.
    Instagram,
    /// Any OpenID provider.
    Oidc,
    /// Any OAuth 2.0 server that tells who somebody is.
    OAuth2,
}

words!(ProviderKind {
    Google = "google",
    Apple = "apple",
    Line = "line",
    GitHub = "github",
    Microsoft = "microsoft",
    Facebook = "facebook",
    X = "x",
    Instagram = "instagram",
    Oidc = "oidc",
    OAuth2 = "oauth2",
});

/// A provider's name here: in the settings, in addresses and beside identities. What it names must not change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type, serde::Serialize, serde::Deserialize)]
#[sqlx(transparent)]
#[serde(try_from = "String", into = "String")]
pub struct ProviderName(String);

/// A text that names no provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a provider's name is 1 to 40 characters of a-z, 0-9, - and _, and none of: local, mail, passkey, second-factor"
)]
pub struct InvalidProviderName;

impl ProviderName {
    /// What stands for Genkan's own ways to sign in where providers are listed.
    pub const LOCAL: &str = "local";

    /// Names that mean something else, there or below `/login`.
    const TAKEN: [&str; 4] = [Self::LOCAL, "mail", "passkey", "second-factor"];

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProviderName {
    type Err = InvalidProviderName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_good = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'_';
        let good = (1..=40).contains(&text.len()) && text.bytes().all(is_good) && !Self::TAKEN.contains(&text);
        if good { Ok(Self(text.to_owned())) } else { Err(InvalidProviderName) }
    }
}

impl TryFrom<String> for ProviderName {
    type Error = InvalidProviderName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ProviderName> for String {
    fn from(name: ProviderName) -> Self {
        name.0
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_stand_in_an_address() {
        for good in ["google", "entra-2", "a", "my_idp"] {
            assert!(good.parse::<ProviderName>().is_ok(), "{good}");
        }
        for bad in ["", "Google", "a/b", "a.b", "local", "passkey", "あ", &"a".repeat(41)] {
            assert!(bad.parse::<ProviderName>().is_err(), "{bad}");
        }
    }
}

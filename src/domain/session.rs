//! Who is signed in, in one browser.
use super::{SessionId, Timestamp, UserId, words};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// How somebody proved who they are (RFC 8176).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuthMethod {
    /// A password.
    Password,
}

words!(AuthMethod { Password = "pwd" });

/// The `amr` claim: space-delimited where stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthMethods(BTreeSet<AuthMethod>);

impl AuthMethods {
    /// A password alone.
    #[must_use]
    pub fn password() -> Self {
        Self([AuthMethod::Password].into())
    }

    /// The words of the `amr` claim.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        self.0.iter().map(|method| method.as_str()).collect()
    }
}

impl fmt::Display for AuthMethods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join(" "))
    }
}

impl FromStr for AuthMethods {
    type Err = super::UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_ascii_whitespace().map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl serde::Serialize for AuthMethods {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for AuthMethods {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A person signed in, in one browser.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SignIn {
    /// Who.
    pub user: UserId,
    /// The session as apps know it; it stays the same when the same person signs in again.
    pub sid: SessionId,
    /// When they last proved who they are.
    pub auth_time: Timestamp,
    /// How.
    pub methods: AuthMethods,
    /// The interaction during which they last did: it is what satisfies its `prompt=login`.
    pub interaction: Option<String>,
    /// The interaction for which they chose this account (`prompt=select_account`).
    pub chosen_for: Option<String>,
}

//! User names: a plain alphabet, so that no two look alike.
use std::fmt;

/// A user name in its canonical spelling: 2 to 64 of `a-z 0-9 . _ -`, lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, sqlx::Type, serde::Serialize)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct Username(String);

/// Not a user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be 2 to 64 letters a-z, digits, dots, hyphens or underscores")]
pub struct InvalidUsername;

impl Username {
    /// Reads a user name as a person typed it.
    pub fn parse(text: &str) -> Result<Self, InvalidUsername> {
        let name = text.trim().to_ascii_lowercase();
        let allowed = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
        if (2..=64).contains(&name.len()) && name.bytes().all(allowed) { Ok(Self(name)) } else { Err(InvalidUsername) }
    }

    /// The canonical spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

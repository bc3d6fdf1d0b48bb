//! Passwords as people type them (NIST SP 800-63B section 5.1.1.2).
use super::Secret;
use unicode_normalization::UnicodeNormalization;

/// How many characters a new password may have.
pub const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 8..=256;

/// A password, normalised (NFKC), so that every keyboard spells it alike.
#[derive(Debug, Clone)]
pub struct Password(Secret);

/// Why a text cannot be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Fewer characters than `PASSWORD_LENGTH`.
    #[error("a password needs at least 8 characters")]
    Short,
    /// More characters than `PASSWORD_LENGTH`.
    #[error("a password may have at most 256 characters")]
    Long,
    /// A character no keyboard types.
    #[error("a password may not hold control characters")]
    Control,
}

impl Password {
    /// Reads a password someone chooses.
    pub fn choose(text: &str) -> Result<Self, PasswordFault> {
        let password = Self::attempt(text)?;
        if password.0.reveal().chars().count() < *PASSWORD_LENGTH.start() {
            return Err(PasswordFault::Short);
        }
        Ok(password)
    }

    /// Reads a password someone signs in with; refuses only what no password can be.
    pub fn attempt(text: &str) -> Result<Self, PasswordFault> {
        // Checked first, so that a huge text costs nothing.
        if text.len() > PASSWORD_LENGTH.end() * 4 {
            return Err(PasswordFault::Long);
        }
        let text: String = text.nfkc().collect();
        if text.chars().count() > *PASSWORD_LENGTH.end() {
            return Err(PasswordFault::Long);
        }
        if text.chars().any(char::is_control) {
            return Err(PasswordFault::Control);
        }
        Ok(Self(text.into()))
    }

    /// The bytes to hash.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.reveal().as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_password_however_it_is_composed() {
        let (composed, decomposed) = (Password::choose("pässword"), Password::choose("pa\u{308}ssword"));
        assert_eq!(composed.unwrap().as_bytes(), decomposed.unwrap().as_bytes());
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(Password::choose("パスワード123").err(), None);
        assert_eq!(Password::choose("1234567").err(), Some(PasswordFault::Short));
        assert_eq!(Password::choose(&"あ".repeat(257)).err(), Some(PasswordFault::Long));
        assert_eq!(Password::attempt("x").err(), None);
        assert_eq!(Password::attempt("a\0b").err(), Some(PasswordFault::Control));
    }
}

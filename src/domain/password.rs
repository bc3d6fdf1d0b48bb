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

/// Why somebody may not choose a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// It cannot be one.
    #[error(transparent)]
    Fault(#[from] PasswordFault),
    /// It is easy to guess.
    #[error("the password is easy to guess ({0}); choose another")]
    Weak(Weakness),
    /// It has been in a data leak.
    #[error("the password has been in a data leak; choose another")]
    Leaked,
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

    /// Why this password is easy to guess, when zxcvbn gives it less than `least` (0 to 4).
    /// `about` is what an attacker would know of the person.
    #[must_use]
    pub fn weakness(&self, about: &[&str], least: u8) -> Option<Weakness> {
        let words: Vec<&str> = about
            .iter()
            .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()).chain([*text]))
            .filter(|word| word.chars().count() > 1)
            .collect();
        let found = zxcvbn::zxcvbn(self.0.reveal(), &words);
        if u8::from(found.score()) >= least {
            return None;
        }
        Some(found.feedback().and_then(zxcvbn::feedback::Feedback::warning).map_or(Weakness::Short, Weakness::from))
    }

    /// The bytes to hash.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.reveal().as_bytes()
    }
}

/// What makes a password easy to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Too few words or characters.
    Short,
    /// Many have it, or one like it.
    Common,
    /// It follows the keys of a keyboard.
    Keyboard,
    /// It repeats itself.
    Repeats,
    /// It counts, or follows the alphabet.
    Sequence,
    /// It is a date or a year.
    Date,
    /// It is a single word or a name.
    Word,
}

super::words!(Weakness {
    Short = "short",
    Common = "common",
    Keyboard = "keyboard",
    Repeats = "repeats",
    Sequence = "sequence",
    Date = "date",
    Word = "word",
});

impl From<zxcvbn::feedback::Warning> for Weakness {
    fn from(warning: zxcvbn::feedback::Warning) -> Self {
        use zxcvbn::feedback::Warning as W;
        match warning {
            W::StraightRowsOfKeysAreEasyToGuess | W::ShortKeyboardPatternsAreEasyToGuess => Self::Keyboard,
            W::RepeatsLikeAaaAreEasyToGuess | W::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => Self::Repeats,
            W::ThisIsATop10Password
            | W::ThisIsATop100Password
            | W::ThisIsACommonPassword
            | W::ThisIsSimilarToACommonlyUsedPassword => Self::Common,
            W::SequencesLikeAbcAreEasyToGuess => Self::Sequence,
            W::RecentYearsAreEasyToGuess | W::DatesAreOftenEasyToGuess => Self::Date,
            W::AWordByItselfIsEasyToGuess
            | W::NamesAndSurnamesByThemselvesAreEasyToGuess
            | W::CommonNamesAndSurnamesAreEasyToGuess => Self::Word,
        }
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

    #[test]
    fn what_is_easy_to_guess_is_known_and_why() {
        let weakness = |text: &str| Password::choose(text).unwrap().weakness(&["hana@example.com", "Hana Sato"], 2);
        for (text, why) in [
            ("password1", Some(Weakness::Common)),
            ("qwertyuiop", Some(Weakness::Common)),
            ("aaaaaaaaaa", Some(Weakness::Repeats)),
            ("hanasato", Some(Weakness::Short)),
            ("correct horse battery staple", None),
            ("夕焼けと古い自転車のベル", None),
        ] {
            let found = weakness(text);
            assert_eq!(found.is_some(), why.is_some(), "{text}: {found:?}");
            if why != Some(Weakness::Short) {
                assert_eq!(found, why, "{text}");
            }
        }
        assert_eq!(Password::choose("password1").unwrap().weakness(&[], 0), None);
    }
}

//! What proves who somebody is besides the password: codes that follow from a shared secret and the
//! time (RFC 6238), and recovery codes for the day when the device with the secret is gone.
use super::{
    Timestamp, UserId,
    secret::{Secret, random_bytes},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt;
use totp_rs::{Builder, Totp};
use unicode_normalization::UnicodeNormalization;

/// What a person and an authenticator app share: 160 random bits (RFC 4226 section 4). It cannot be
/// printed.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; Self::LENGTH]);

impl TotpSecret {
    const LENGTH: usize = 20;

    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(random_bytes())
    }

    /// One that was stored; `None` when it cannot have been.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// For storing it, sealed.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As people type it: base32.
    #[must_use]
    pub fn base32(&self) -> String {
        self.totp().secret().to_base32()
    }

    /// As authenticator apps read it from a QR code. Colons would end the names.
    #[must_use]
    pub fn uri(&self, instance: &str, account: &str) -> String {
        let name = |text: &str| utf8_percent_encode(&text.replace(':', " "), NON_ALPHANUMERIC).to_string();
        let (instance, account) = (name(instance), name(account));
        format!("otpauth://totp/{instance}:{account}?secret={}&issuer={instance}", self.base32())
    }

    /// The code of this moment.
    #[must_use]
    pub fn code(&self, now: Timestamp) -> String {
        self.totp().generate(seconds(now)).to_string()
    }

    /// The step that a code is of: this one, the one before or the one after (RFC 6238 section 5.2).
    #[must_use]
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        self.totp().check(code, seconds(now)).and_then(|step| i64::try_from(step).ok())
    }

    /// What all authenticator apps can do: SHA-1, 6 digits, 30 seconds.
    fn totp(&self) -> Totp {
        Builder::new().with_secret(self.0).with_digits(6).with_step_duration(30).with_skew(1).build_noncompliant()
    }
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.0).unwrap_or_default()
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// A code that works once, in place of the device: 16 digits, 53 random bits. Digits alone, so that
/// it can be typed where codes are, on any keyboard.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// How many of them a person gets.
    pub const SET: usize = 10;
    const LENGTH: usize = 16;

    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        let number = u128::from_ne_bytes(random_bytes()) % 10_u128.pow(16);
        Self(format!("{number:016}"))
    }

    /// What its digest is made of: each person's are their own.
    #[must_use]
    pub fn of(&self, user: &UserId) -> Secret {
        Secret::from(format!("{user} {}", self.0))
    }
}

/// As it is shown: in groups of four.
impl fmt::Display for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, digit) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// What somebody typed where a code is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypedCode {
    /// A code of an authenticator app: 6 digits.
    Totp(String),
    /// A recovery code.
    Recovery(RecoveryCode),
}

impl TypedCode {
    /// Reads it; `None` is neither. Full-width digits, spaces and dashes are as good as plain ones.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let between = |c: char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '−' | 'ー');
        let digits: String = typed.nfkc().filter(|c| !between(*c)).collect();
        if !digits.bytes().all(|c| c.is_ascii_digit()) {
            return None;
        }
        match digits.len() {
            6 => Some(Self::Totp(digits)),
            RecoveryCode::LENGTH => Some(Self::Recovery(RecoveryCode(digits))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, SHA-1: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_specification() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").unwrap();
        for (at, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.code(Timestamp(at)), code);
            assert_eq!(secret.step_of(code, Timestamp(at)), Some(at / 30));
        }
        assert_eq!(secret.base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    /// `security.md` OT-03.
    #[test]
    fn a_code_is_good_one_step_early_and_one_late() {
        let secret = TotpSecret::random();
        let now = Timestamp(1_800_000_010);
        for steps in -3..=3_i64 {
            let found = secret.step_of(&secret.code(now.plus(steps * 30)), now);
            let expected = (steps.abs() <= 1).then_some(now.0 / 30 + steps);
            assert_eq!(found, expected, "{steps}");
        }
    }

    /// `security.md` OT-07.
    #[test]
    fn digits_count_however_they_are_typed_and_nothing_else_does() {
        let totp = Some(TypedCode::Totp("012345".into()));
        for typed in ["012345", " 012 345 ", "０１２３４５", "０１２　３４５", "012-345", "012\u{a0}345"] {
            assert_eq!(TypedCode::parse(typed), totp, "{typed}");
        }
        for typed in ["", "12345", "0123456", "+12345", "+012345", "01234a", "٠١٢٣٤٥", "012345.", "0x2345"] {
            assert_eq!(TypedCode::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_recovery_code_is_read_as_it_is_shown() {
        let code = RecoveryCode::random();
        let shown = code.to_string();
        assert_eq!((shown.len(), shown.matches('-').count()), (19, 3));
        assert_eq!(TypedCode::parse(&shown), Some(TypedCode::Recovery(code.clone())));
        assert_eq!(TypedCode::parse(&shown.replace('-', "ー")), Some(TypedCode::Recovery(code.clone())));
        assert_ne!(code.of(&"a".into()), code.of(&"b".into()));
        assert_ne!(code, RecoveryCode::random());
    }

    #[test]
    fn an_authenticator_app_reads_names_of_any_kind() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").unwrap();
        assert_eq!(
            secret.uri("玄関: A&B", "hana@example.com"),
            "otpauth://totp/%E7%8E%84%E9%96%A2%20%20A%26B:hana%40example%2Ecom\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E7%8E%84%E9%96%A2%20%20A%26B"
        );
        assert_eq!(TotpSecret::from_bytes(b"short"), None);
        assert!(!format!("{secret:?}").contains("12345"));
    }
}

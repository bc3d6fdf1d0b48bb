//! Email addresses in their one canonical spelling.
use std::fmt;
use unicode_normalization::UnicodeNormalization;
use url::Host;

/// An address, normalised: NFC, lower case, domain in its ASCII form. Equal means same mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Hash, sqlx::Type, serde::Serialize, serde::Deserialize)]
#[sqlx(transparent)]
#[serde(try_from = "String")]
pub struct Email(String);

/// Not something mail could be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be an email address such as hana@example.com")]
pub struct InvalidEmail;

/// RFC 5321 section 4.5.3.1: octets of a path, less its brackets.
const LONGEST: usize = 254;

impl Email {
    /// Reads an address as a person typed it.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let text: String = text.trim().nfc().collect();
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        let forbidden = |c: char| {
            c.is_control()
                || c.is_whitespace()
                || matches!(c, '"' | '<' | '>' | '(' | ')' | ',' | ':' | ';' | '\\' | '@' | '[' | ']')
        };
        if local.is_empty() || local.len() > 64 || local.contains(forbidden) {
            return Err(InvalidEmail);
        }
        let domain = domain.strip_suffix('.').unwrap_or(domain);
        let Ok(Host::Domain(domain)) = Host::parse(domain) else {
            return Err(InvalidEmail);
        };
        if !domain.contains('.') {
            return Err(InvalidEmail);
        }
        let email = format!("{}@{domain}", local.to_lowercase());
        if email.len() > LONGEST { Err(InvalidEmail) } else { Ok(Self(email)) }
    }

    /// The canonical spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is behind the `@`, in its ASCII form.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl TryFrom<String> for Email {
    type Error = InvalidEmail;

    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        Self::parse(&text)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        for (typed, kept) in [
            (" Hana@Example.COM ", "hana@example.com"),
            ("foo..bar@docomo.ne.jp", "foo..bar@docomo.ne.jp"),
            ("a@bücher.example", "a@xn--bcher-kva.example"),
            ("a@XN--BCHER-KVA.example.", "a@xn--bcher-kva.example"),
            ("e\u{301}@example.com", "é@example.com"),
        ] {
            assert_eq!(Email::parse(typed).map(|email| email.0), Ok(kept.into()));
        }
    }

    #[test]
    fn what_mail_cannot_reach_is_refused() {
        for bad in [
            "",
            "a",
            "@b.c",
            "a@",
            "a@b",
            "a@b,c@d.e",
            "\"n\" <a@x.y>",
            "a@x.y\r\nBcc: b@x.y",
            "a b@x.y",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a\0@x.y",
        ] {
            assert_eq!(Email::parse(bad), Err(InvalidEmail), "{bad:?}");
        }
        assert_eq!(Email::parse(&format!("{}@example.com", "a".repeat(65))), Err(InvalidEmail));
    }
}

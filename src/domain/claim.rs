//! The claims that people set themselves, and the form of each (OpenID Connect Core sections 5.1 and 5.1.1).
use super::words;
use unicode_normalization::UnicodeNormalization;

/// Every time zone there is, by the name of the tz database that each country's people would choose.
const ZONES: &str = include_str!("zones.txt");

/// A claim that a person sets themselves, and Genkan hands on as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The first name.
    GivenName,
    /// The last name.
    FamilyName,
    /// What is between them.
    MiddleName,
    /// What friends say.
    Nickname,
    /// A page about them.
    Profile,
    /// A page of theirs.
    Website,
    /// In their own word.
    Gender,
    /// A day, a year, or a day of any year.
    Birthdate,
    /// Where they are, by the clock.
    Zoneinfo,
    /// A telephone number in E.164.
    PhoneNumber,
    /// The street and all below it; a member of the address, as all from here on.
    StreetAddress,
    /// The city.
    Locality,
    /// The state or prefecture.
    Region,
    /// The postal code.
    PostalCode,
    /// The country.
    Country,
}

words!(Claim {
    GivenName = "given_name",
    FamilyName = "family_name",
    MiddleName = "middle_name",
    Nickname = "nickname",
    Profile = "profile",
    Website = "website",
    Gender = "gender",
    Birthdate = "birthdate",
    Zoneinfo = "zoneinfo",
    PhoneNumber = "phone_number",
    StreetAddress = "street_address",
    Locality = "locality",
    Region = "region",
    PostalCode = "postal_code",
    Country = "country",
});

/// Why a text cannot be the value of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimFault {
    /// Too many characters.
    Long,
    /// Characters that nobody sees, and that turn others around.
    Characters,
    /// No address on the web.
    Url,
    /// No date.
    Birthdate,
    /// No time zone.
    Zoneinfo,
    /// No telephone number with its country.
    Phone,
}

words!(ClaimFault {
    Long = "long",
    Characters = "characters",
    Url = "url",
    Birthdate = "birthdate",
    Zoneinfo = "zoneinfo",
    Phone = "phone",
});

impl Claim {
    /// The most characters that it may have.
    #[must_use]
    pub const fn longest(self) -> usize {
        match self {
            Self::Profile | Self::Website => 1000,
            Self::PostalCode => 20,
            _ => 200,
        }
    }

    /// Whether it is a member of the claim `address`.
    pub(super) const fn is_of_address(self) -> bool {
        matches!(self, Self::StreetAddress | Self::Locality | Self::Region | Self::PostalCode | Self::Country)
    }

    /// Reads what somebody typed. Nothing is good for all.
    pub fn read(self, typed: &str) -> Result<String, ClaimFault> {
        let text = readable(typed, self.longest())?;
        if text.is_empty() {
            return Ok(text);
        }
        match self {
            Self::Profile | Self::Website => web_address(text).ok_or(ClaimFault::Url),
            Self::Birthdate => birthdate(&text).ok_or(ClaimFault::Birthdate),
            Self::Zoneinfo => zone(&text).map(Into::into).ok_or(ClaimFault::Zoneinfo),
            Self::PhoneNumber => phone_number(&text).ok_or(ClaimFault::Phone),
            _ => Ok(text),
        }
    }
}

/// A text as people read it: trimmed, composed (NFC), and without what turns text around unseen.
pub fn readable(typed: &str, longest: usize) -> Result<String, ClaimFault> {
    let text: String = typed.trim().nfc().collect();
    if text.chars().any(is_unseen) {
        return Err(ClaimFault::Characters);
    }
    if text.chars().count() > longest { Err(ClaimFault::Long) } else { Ok(text) }
}

/// Whether nobody sees a character, which may turn the others around.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The names of all time zones.
pub fn zones() -> impl Iterator<Item = &'static str> {
    ZONES.lines()
}

fn zone(text: &str) -> Option<&'static str> {
    zones().find(|name| name.eq_ignore_ascii_case(&text.replace(' ', "_")))
}

fn web_address(text: String) -> Option<String> {
    let url: url::Url = text.parse().ok()?;
    (["https", "http"].contains(&url.scheme()) && url.has_host()).then_some(text)
}

/// `YYYY-MM-DD`, `YYYY`, or `0000-MM-DD` where the year is nobody's business.
fn birthdate(text: &str) -> Option<String> {
    let plain: String = text.nfkc().collect();
    let parts: Vec<&str> = plain.split(['-', '/']).collect();
    let number = |part: &str| part.bytes().all(|c| c.is_ascii_digit()).then(|| part.parse::<u8>().ok()).flatten();
    let year = parts.first().filter(|year| year.len() == 4 && year.bytes().all(|c| c.is_ascii_digit()))?;
    match parts[1..] {
        [] if *year != "0000" => Some((*year).into()),
        [month, day] => {
            let (month, day) = (number(month)?, number(day)?);
            let named = time::Month::try_from(month).ok()?;
            time::Date::from_calendar_date(year.parse().ok()?, named, day).ok()?;
            Some(format!("{year}-{month:02}-{day:02}"))
        }
        _ => None,
    }
}

/// E.164: a plus, the country, and at most 15 digits in all; people part them as they like.
fn phone_number(text: &str) -> Option<String> {
    let between = |c: char| c.is_whitespace() || matches!(c, '-' | '.' | '(' | ')' | '\u{2010}'..='\u{2015}' | 'ー');
    let number: String = text.nfkc().filter(|c| !between(*c)).collect();
    let digits = number.strip_prefix('+')?;
    let good = (7..=15).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit());
    (good && !digits.starts_with('0')).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_claim_has_its_form() {
        use Claim::{Birthdate, GivenName, PhoneNumber, PostalCode, Website, Zoneinfo};
        let long = "あ".repeat(201);
        for (claim, typed, read) in [
            (GivenName, " Hana ", Ok("Hana")),
            (GivenName, "e\u{301}", Ok("é")),
            (GivenName, "", Ok("")),
            (GivenName, "👩‍👩‍👧", Ok("👩‍👩‍👧")),
            (GivenName, long.as_str(), Err(ClaimFault::Long)),
            (GivenName, "a\0b", Err(ClaimFault::Characters)),
            (GivenName, "a\nb", Err(ClaimFault::Characters)),
            (GivenName, "\u{202e}gnp.exe", Err(ClaimFault::Characters)),
            (PostalCode, "604-8571", Ok("604-8571")),
            (Website, "https://example.com/花", Ok("https://example.com/花")),
            (Website, "HTTP://example.com", Ok("HTTP://example.com")),
            (Website, "example.com", Err(ClaimFault::Url)),
            (Website, "javascript:alert(1)", Err(ClaimFault::Url)),
            (Website, "data:text/html,x", Err(ClaimFault::Url)),
            (Birthdate, "1990-04-01", Ok("1990-04-01")),
            (Birthdate, "１９９０/4/1", Ok("1990-04-01")),
            (Birthdate, "1990", Ok("1990")),
            (Birthdate, "0000-02-29", Ok("0000-02-29")),
            (Birthdate, "2000-02-29", Ok("2000-02-29")),
            (Birthdate, "1990-02-29", Err(ClaimFault::Birthdate)),
            (Birthdate, "1990-13-01", Err(ClaimFault::Birthdate)),
            (Birthdate, "1990-04", Err(ClaimFault::Birthdate)),
            (Birthdate, "0000", Err(ClaimFault::Birthdate)),
            (Birthdate, "90-04-01", Err(ClaimFault::Birthdate)),
            (Birthdate, "1990-+4-01", Err(ClaimFault::Birthdate)),
            (Birthdate, "01.04.1990", Err(ClaimFault::Birthdate)),
            (Zoneinfo, "asia/tokyo", Ok("Asia/Tokyo")),
            (Zoneinfo, "America/New York", Ok("America/New_York")),
            (Zoneinfo, "Mars/Olympus", Err(ClaimFault::Zoneinfo)),
            (PhoneNumber, "+81 (90) 1234-5678", Ok("+819012345678")),
            (PhoneNumber, "＋８１ー９０ー１２３４ー５６７８", Ok("+819012345678")),
            (PhoneNumber, "090-1234-5678", Err(ClaimFault::Phone)),
            (PhoneNumber, "+0901234567", Err(ClaimFault::Phone)),
            (PhoneNumber, "+1234567890123456", Err(ClaimFault::Phone)),
            (PhoneNumber, "+81 90 call me", Err(ClaimFault::Phone)),
        ] {
            assert_eq!(claim.read(typed), read.map(Into::into), "{claim}: {typed:?}");
        }
    }
}

//! Reading what providers say: any JSON at all, of which only what is well-formed is kept.
//!
//! Nothing a provider sends may break a sign-in that it could do without: a name that is too long is cut, a picture
//! that is no address is left out, an address that is no text counts as none (`security.md` UP-09).
use crate::domain::{Email, NAME_LENGTH, SUBJECT_LENGTH, Said, SaidEmail, is_unseen};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use url::Url;

/// What is known of somebody who has just come from a provider.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The claims of the ID token; or the answer to the first question.
    pub claims: &'a Value,
    /// The answers to the others, and to what is asked aside.
    pub more: &'a [Value],
    /// What came along unsigned, of which nothing but a name is taken.
    pub unsigned: Option<&'a Value>,
}

/// Claims that are handed on as they are, and whether they are addresses of pages.
const PROFILE: [(&str, bool); 9] = [
    ("given_name", false),
    ("family_name", false),
    ("middle_name", false),
    ("nickname", false),
    ("preferred_username", false),
    ("picture", true),
    ("profile", true),
    ("website", true),
    ("locale", false),
];

/// Claims of which settings may say where they are.
pub const MAPPED: [&str; 12] = [
    "email",
    "email_verified",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "picture",
    "profile",
    "website",
    "locale",
];

/// The longest address of a page that is kept, in bytes.
const LONGEST_ADDRESS: usize = 2048;

/// A subject: a text, or a number to the last digit.
#[must_use]
pub fn text(claims: &Value, name: &str) -> Option<String> {
    subject(claims.get(name)?)
}

/// The same, from the value itself.
#[must_use]
pub fn subject(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        // With what JSON says, to the last digit: `arbitrary_precision` is not needed for whole numbers of 64 bits.
        Value::Number(number) if number.is_u64() || number.is_i64() => number.to_string(),
        _ => return None,
    };
    let is_good = !text.trim().is_empty() && text.len() <= SUBJECT_LENGTH && !text.chars().any(char::is_control);
    is_good.then_some(text)
}

/// A line of text: without what does not belong in one, and cut where it is too long. Empty is none.
#[must_use]
pub fn line(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let clean: String = text.chars().filter(|c| !is_unseen(*c)).take(NAME_LENGTH).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

/// The address of a page.
#[must_use]
pub fn web_address(value: &Value) -> Option<String> {
    let text = value.as_str().filter(|text| text.len() <= LONGEST_ADDRESS)?;
    let url = Url::parse(text).ok()?;
    ["http", "https"].contains(&url.scheme()).then(|| url.to_string())
}

/// A mail address.
#[must_use]
pub fn email(value: &Value) -> Option<Email> {
    Email::parse(value.as_str()?).ok()
}

/// Whether it is `true`, as a truth value and nothing else.
#[must_use]
pub fn is_true(value: Option<&Value>) -> bool {
    value == Some(&Value::Bool(true))
}

/// The same, for providers that are known to write it otherwise, too.
#[must_use]
pub fn is_loosely_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(truth)) => *truth,
        Some(Value::String(text)) => ["true", "1"].contains(&text.as_str()),
        Some(Value::Number(number)) => number.as_u64() == Some(1),
        _ => false,
    }
}

/// Claims, each in its standard place. `places`: where the settings say that it is (JSON pointers, RFC 6901); one that is
/// not there is none, whatever stands in the standard place.
#[must_use]
pub fn placed(claims: Map<String, Value>, places: &BTreeMap<String, String>) -> Map<String, Value> {
    if places.is_empty() {
        return claims;
    }
    let told = Value::Object(claims.clone());
    let mut all = claims;
    for (claim, pointer) in places {
        match told.pointer(pointer) {
            Some(value) => _ = all.insert(claim.clone(), value.clone()),
            None => _ = all.remove(claim),
        }
    }
    all
}

/// What standard claims say (OpenID Connect Core section 5.1). `verified`: whether the address is believed.
#[must_use]
pub fn standard(claims: &Value, verified: bool) -> Said {
    let said_email = claims.get("email").and_then(email);
    let mut profile = Map::new();
    for (name, is_address) in PROFILE {
        let read = if is_address { web_address } else { line };
        if let Some(value) = claims.get(name).and_then(read) {
            profile.insert(name.to_owned(), value.into());
        }
    }
    Said {
        email: said_email.map(|address| SaidEmail { address, verified, relay: false }),
        name: claims.get("name").and_then(line),
        profile,
        friend: None,
    }
}

/// Puts a claim of another name where the standard one is.
pub fn put(said: &mut Said, name: &str, value: Option<String>) {
    if let Some(value) = value {
        said.profile.insert(name.to_owned(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// `providers.md` bug 43.
    #[test]
    fn a_subject_is_kept_to_the_last_digit() {
        let read = |json: &str| subject(&serde_json::from_str(json).unwrap());
        for (json, expected) in [
            ("17841405793187218", Some("17841405793187218")),
            ("\"17841405793187218\"", Some("17841405793187218")),
            ("9007199254740993", Some("9007199254740993")),
            ("18446744073709551615", Some("18446744073709551615")),
            ("\"\"", None),
            ("\" \"", None),
            ("1.5", None),
            ("1e3", None),
            ("null", None),
            ("[\"1\"]", None),
        ] {
            assert_eq!(read(json).as_deref(), expected, "{json}");
        }
        assert_eq!(read(&format!("\"{}\"", "a".repeat(256))), None);
    }

    #[test]
    fn a_claim_is_where_the_settings_say() {
        let places = [("name", "/nickname"), ("nickname", "/name"), ("email", "/contact/mails/0"), ("locale", "/lang")];
        let places = places.map(|(claim, pointer)| (claim.to_owned(), pointer.to_owned())).into();
        let told = json!({
            "sub": "1", "name": "hana", "nickname": "Hana Yamada", "locale": "ja", "email": "other@people.test",
            "contact": { "mails": ["hana@people.test"] },
        });
        let Value::Object(told) = told else { unreachable!() };
        let placed = Value::Object(super::placed(told.clone(), &places));
        for (claim, expected) in [
            ("sub", json!("1")),
            ("name", json!("Hana Yamada")),
            ("nickname", json!("hana")),
            ("email", json!("hana@people.test")),
            ("locale", Value::Null),
        ] {
            assert_eq!(placed[claim], expected, "{claim}");
        }
        assert_eq!(super::placed(told.clone(), &BTreeMap::new()), told);
    }

    /// `security.md` UP-09.
    #[test]
    fn hostile_claims_are_cut_or_left_out() {
        let said = standard(
            &json!({
                "name": "\u{202e}a\u{0}".repeat(1_000_000), "picture": "javascript:alert(1)", "email": ["a@b.test"],
                "given_name": 7, "locale": "\u{0}", "website": "https://hana.test/", "groups": ["x"],
            }),
            true,
        );
        assert_eq!(said.name.as_deref().map(str::len), Some(NAME_LENGTH));
        assert_eq!(said.email, None);
        assert_eq!(said.profile.keys().collect::<Vec<_>>(), ["website"]);
    }

    #[test]
    fn truth_is_loose_where_that_is_known_alone() {
        for (value, strict, loose) in [
            (json!(true), true, true),
            (json!("true"), false, true),
            (json!(1), false, true),
            (json!("1"), false, true),
            (json!(false), false, false),
            (json!("false"), false, false),
            (json!(0), false, false),
            (json!(null), false, false),
        ] {
            assert_eq!((is_true(Some(&value)), is_loosely_true(Some(&value))), (strict, loose), "{value}");
        }
    }
}

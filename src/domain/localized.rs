//! What a client says of itself in several languages (RFC 7591 section 2.2), and which of it somebody reads (RFC 4647).
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// A language (BCP 47), in the case that RFC 5646 section 2.1.1 has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LanguageTag(String);

/// A text that names no language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it names no language")]
pub struct InvalidLanguageTag;

impl LanguageTag {
    /// What any program can be expected to keep (RFC 5646 section 4.4.1).
    const LONGEST: usize = 35;

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LanguageTag {
    type Err = InvalidLanguageTag;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_short = text.len() <= Self::LONGEST;
        let tag = is_short.then(|| language_tags::LanguageTag::parse(text).ok()).flatten().ok_or(InvalidLanguageTag)?;
        // New languages are registered every year, but none has two letters any more: `jp` is a mistake.
        let is_known = tag.validate() != Err(language_tags::ValidationError::PrimaryLanguageNotInRegistry);
        if is_known || tag.primary_language().len() > 2 { Ok(Self(tag.into_string())) } else { Err(InvalidLanguageTag) }
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A member of a client's metadata that is for people, and that may be there once more for each language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Readable {
    /// Its name.
    ClientName,
    /// Its home page.
    ClientUri,
    /// Its logo.
    LogoUri,
    /// Its privacy policy.
    PolicyUri,
    /// Its terms of service.
    TosUri,
}

super::words!(Readable {
    ClientName = "client_name",
    ClientUri = "client_uri",
    LogoUri = "logo_uri",
    PolicyUri = "policy_uri",
    TosUri = "tos_uri",
});

impl Readable {
    /// The member and the tag of a name such as `client_name#ja`; nothing where it is another name.
    #[must_use]
    pub fn split(name: &str) -> Option<(Self, &str)> {
        let (member, tag) = name.split_once('#')?;
        Some((member.parse().ok()?, tag))
    }

    /// Its name in a language.
    #[must_use]
    pub fn tagged(self, language: &str) -> String {
        format!("{self}#{language}")
    }
}

/// What a client says of itself in other languages than the one it is registered in. In JSON they are members beside
/// the others, such as `client_name#ja`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Localized(BTreeMap<(Readable, LanguageTag), String>);

impl Localized {
    /// Takes what there is of a member in a language; whether there was nothing yet.
    pub fn insert(&mut self, member: Readable, language: LanguageTag, text: String) -> bool {
        self.0.insert((member, language), text).is_none()
    }

    /// What there is of a member, by language.
    pub fn of(&self, member: Readable) -> impl Iterator<Item = (&LanguageTag, &str)> {
        let of_member = self.0.iter().filter(move |((its, _), _)| *its == member);
        of_member.map(|((_, language), text)| (language, text.as_str()))
    }

    /// All there is, by the names of RFC 7591.
    pub fn members(&self) -> impl Iterator<Item = (String, &str)> {
        self.0.iter().map(|((member, language), text)| (member.tagged(language.as_str()), text.as_str()))
    }

    /// What somebody who reads this language is shown, where there is anything for them.
    ///
    /// It is found by lookup (RFC 4647 section 3.4): what is less and less exact, from `ja-JP` to `ja`. At each step
    /// what is more exact will do as well (section 3.3.1): for a reader of `ja` the `ja-Jpan-JP` of RFC 7591's example.
    #[must_use]
    pub fn find(&self, member: Readable, language: &str) -> Option<&str> {
        let mut range = language;
        loop {
            // In the order of their names, the exact one is the first.
            if let Some((_, text)) = self.of(member).find(|(tag, _)| is_within(tag.as_str(), range)) {
                return Some(text);
            }
            range = range.rsplit_once('-')?.0;
            // What begins an extension means nothing without one.
            range = range.rsplit_once('-').filter(|(_, last)| last.len() == 1).map_or(range, |(rest, _)| rest);
        }
    }
}

/// Whether a tag is this range, or begins with it.
fn is_within(tag: &str, range: &str) -> bool {
    let Some((start, rest)) = tag.split_at_checked(range.len()) else { return false };
    start.eq_ignore_ascii_case(range) && (rest.is_empty() || rest.starts_with('-'))
}

impl Serialize for Localized {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.members())
    }
}

impl<'de> Deserialize<'de> for Localized {
    /// Of the members that are stored, those with a tag; what a later version adds is left alone.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Stored)
    }
}

struct Stored;

impl<'de> Visitor<'de> for Stored {
    type Value = Localized;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a client")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Localized, A::Error> {
        let mut localized = Localized::default();
        while let Some(name) = map.next_key::<String>()? {
            let known = Readable::split(&name).and_then(|(member, tag)| Some((member, tag.parse().ok()?)));
            if let Some((member, language)) = known {
                localized.insert(member, language, map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(localized)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_written_as_bcp_47_has_it() {
        for (written, tag) in [
            ("ja", "ja"),
            ("JA", "ja"),
            ("ja-jpan-jp", "ja-Jpan-JP"),
            ("zh-hant-tw", "zh-Hant-TW"),
            ("en-gb-oed", "en-GB-oed"),
            ("zh-yue", "zh-yue"),
            ("de-1996", "de-1996"),
            ("ja-u-ca-japanese", "ja-u-ca-japanese"),
            ("X-Klingon", "x-klingon"),
        ] {
            assert_eq!(written.parse::<LanguageTag>().unwrap().as_str(), tag);
        }
        let long = format!("en-x-{}", "abcdefgh-".repeat(4).trim_end_matches('-'));
        for bad in
            ["", "-", "j", "jp", "cn-Hans", "ja_JP", "ja-", "-ja", "ja--JP", "日本語", "ja ", "ja\n", "ja#en", &long]
        {
            assert_eq!(bad.parse::<LanguageTag>(), Err(InvalidLanguageTag), "{bad:?}");
        }
    }

    #[test]
    fn people_are_shown_what_is_nearest_to_their_language() {
        let there_are = |tags: &[&str]| {
            let mut localized = Localized::default();
            for tag in tags {
                assert!(localized.insert(Readable::ClientName, tag.parse().unwrap(), (*tag).to_owned()));
            }
            localized.insert(Readable::LogoUri, "fr".parse().unwrap(), "https://logo.test/".into());
            localized
        };
        for (tags, language, found) in [
            (&["ja", "en"][..], "ja", Some("ja")),
            (&["ja", "en"], "JA", Some("ja")),
            (&["ja", "en"], "ja-JP", Some("ja")),
            (&["ja", "ja-JP"], "ja-JP", Some("ja-JP")),
            (&["ja", "ja-JP"], "ja", Some("ja")),
            (&["ja-Jpan-JP", "en"], "ja", Some("ja-Jpan-JP")),
            (&["ja-Jpan-JP", "ja-Latn"], "ja-Latn-x-old", Some("ja-Latn")),
            (&["ja-Jpan-JP", "ja-Latn"], "ja-US", Some("ja-Jpan-JP")),
            (&["zh-Hant"], "zh-Hant-TW-u-co-stroke", Some("zh-Hant")),
            (&["jam", "en"], "ja", None),
            (&["ja"], "fr", None),
            (&["ja"], "", None),
            (&[], "ja", None),
        ] {
            assert_eq!(there_are(tags).find(Readable::ClientName, language), found, "{tags:?} for {language}");
        }
    }

    #[test]
    fn what_is_stored_is_read_again_and_all_else_is_left_alone() {
        let stored = r#"{"client_name#ja":"玄関","logo_uri#ja-JP":"https://a.test/","scope#ja":"x","later":[1]}"#;
        let localized: Localized = serde_json::from_str(stored).unwrap();
        let written = serde_json::to_string(&localized).unwrap();
        assert_eq!(written, r#"{"client_name#ja":"玄関","logo_uri#ja-JP":"https://a.test/"}"#);
        assert_eq!(serde_json::to_string(&Localized::default()).unwrap(), "{}");
    }
}

//! The languages that there are, and which of them somebody reads.
use fluent_langneg::{LanguageIdentifier, NegotiationStrategy, negotiate_languages};
use std::fmt;
use std::sync::LazyLock;

/// A language the pages are written in. A new one is a variant here and a folder of catalogues beside the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    #[default]
    En,
    Ja,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::En, Self::Ja];

    /// The BCP 47 tag, for `lang` and `hreflang`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
        }
    }

    /// What its readers call it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ja => "日本語",
        }
    }

    /// The language of a BCP 47 tag, if there are words in it.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::first_of([tag].into_iter())
    }

    /// The first of `wanted`, most wanted first, that there are words in and `offered` has.
    fn first_of_these<'a>(wanted: impl Iterator<Item = &'a str>, offered: &[Self]) -> Option<Self> {
        let mut known = wanted.filter_map(Self::of_tag);
        known.find(|language| offered.contains(language))
    }

    /// The first of `wanted`, most wanted first, that there are words in.
    fn first_of<'a>(wanted: impl Iterator<Item = &'a str>) -> Option<Self> {
        let wanted: Vec<LanguageIdentifier> = wanted.take(MOST_WANTED).filter_map(|tag| tag.parse().ok()).collect();
        let found = negotiate_languages(&wanted, &AVAILABLE, None, NegotiationStrategy::Lookup);
        let found = found.first()?;
        Self::ALL.into_iter().find(|language| found.language.as_str() == language.tag())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// Nobody reads more languages than this; a list from outside may be longer.
const MOST_WANTED: usize = 16;

static AVAILABLE: LazyLock<Vec<LanguageIdentifier>> = LazyLock::new(|| {
    let tags = Language::ALL.into_iter().map(Language::tag);
    tags.filter_map(|tag| tag.parse().ok()).collect()
});

/// The language for one answer, of those that are `offered`: what the app asks for (`ui_locales`, `OpenID` Connect Core
/// 3.1.2.1), else what the person chose, else what the browser prefers, else English, or the first where it is not
/// offered.
#[must_use]
pub fn negotiate(
    offered: &[Language],
    ui_locales: Option<&str>,
    chosen: Option<&str>,
    accept_language: Option<&str>,
) -> Language {
    let first_of = |wanted: Vec<&str>| {
        let wanted = wanted.into_iter().take(MOST_WANTED);
        Language::first_of_these(wanted, offered)
    };
    first_of(ui_locales.unwrap_or_default().split_ascii_whitespace().collect())
        .or_else(|| first_of(chosen.into_iter().collect()))
        .or_else(|| first_of(by_weight(accept_language?)))
        .unwrap_or_else(|| fallback(offered))
}

/// What people read of whom nothing else is known.
fn fallback(offered: &[Language]) -> Language {
    let default = Language::default();
    if offered.contains(&default) { default } else { offered.first().copied().unwrap_or(default) }
}

/// The tags of an Accept-Language header, highest weight first, without the refused ones
/// (RFC 9110 12.4.2, 12.5.4). The parser that comes with `fluent_langneg` ignores weights.
fn by_weight(header: &str) -> Vec<&str> {
    let mut ranges: Vec<(&str, f32)> = header
        .split(',')
        .filter_map(|range| {
            let (tag, parameter) = range.split_once(';').unwrap_or((range, ""));
            let weight = match parameter.trim().strip_prefix("q=") {
                Some(weight) => weight.trim().parse().ok()?,
                None => 1.0,
            };
            (weight > 0.0).then_some((tag.trim(), weight))
        })
        .collect();
    ranges.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    ranges.into_iter().map(|(tag, _)| tag).collect()
}

//! Words: the message catalogues (Fluent), and which language a person reads.

use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_langneg::{LanguageIdentifier, NegotiationStrategy, negotiate_languages};

/// A language the pages are written in. A new one is a variant here and a catalogue beside the others.
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

    const fn catalogue(self) -> &'static str {
        match self {
            Self::En => include_str!("../templates/i18n/en.ftl"),
            Self::Ja => include_str!("../templates/i18n/ja.ftl"),
        }
    }

    /// The first of `wanted`, most wanted first, that there are words in.
    fn first_of<'a>(wanted: impl Iterator<Item = &'a str>) -> Option<Self> {
        let wanted: Vec<LanguageIdentifier> = wanted
            .take(MOST_WANTED)
            .filter_map(|tag| tag.parse().ok())
            .collect();
        let found = negotiate_languages(&wanted, &AVAILABLE, None, NegotiationStrategy::Lookup);
        let found = found.first()?;
        Self::ALL
            .into_iter()
            .find(|language| found.language.as_str() == language.tag())
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

/// The language for one answer: what the app asks for (`ui_locales`, `OpenID` Connect Core 3.1.2.1),
/// else what the person chose, else what the browser prefers, else English.
#[must_use]
pub fn negotiate(
    ui_locales: Option<&str>,
    chosen: Option<&str>,
    accept_language: Option<&str>,
) -> Language {
    let ui_locales = ui_locales.unwrap_or_default().split_ascii_whitespace();
    Language::first_of(ui_locales)
        .or_else(|| Language::first_of(chosen.into_iter()))
        .or_else(|| Language::first_of(by_weight(accept_language?).into_iter()))
        .unwrap_or_default()
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

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[(Language, Bundle); 2]> =
    LazyLock::new(|| Language::ALL.map(|language| (language, bundle(language))));

/// A fault in a catalogue costs the message it is in, never the page; a test finds it before that.
fn bundle(language: Language) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![language.tag().parse().unwrap_or_default()]);
    // The marks would end up inside attributes and copied text, and no language here is written right to left.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(language.catalogue().to_owned()).unwrap_or_else(
        |(resource, faults)| {
            tracing::error!(%language, ?faults, "the message catalogue has faults");
            resource
        },
    );
    if let Err(faults) = bundle.add_resource(resource) {
        tracing::error!(%language, ?faults, "the message catalogue repeats messages");
    }
    bundle
}

/// The words of one language. A handle: copy it freely.
///
/// What it returns is text, not HTML; the templates escape it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words(Language);

impl Words {
    #[must_use]
    pub const fn new(language: Language) -> Self {
        Self(language)
    }

    #[must_use]
    pub const fn language(self) -> Language {
        self.0
    }

    /// The message, or its key where there is none.
    #[must_use]
    pub fn get(self, key: &str) -> String {
        self.format(key, None).unwrap_or_else(|| key.to_owned())
    }

    /// The message with its variables filled in: text as `&str`, numbers (for plurals) as numbers.
    #[must_use]
    pub fn with<'a, V>(self, key: &str, values: &[(&'a str, V)]) -> String
    where
        V: Clone + Into<FluentValue<'a>>,
    {
        let values = values.iter().cloned();
        self.format(key, Some(&values.collect()))
            .unwrap_or_else(|| key.to_owned())
    }

    /// The message, if there is one: for keys made from what comes from outside, such as a scope.
    #[must_use]
    pub fn find(self, key: &str) -> Option<String> {
        self.bundle()?.has_message(key).then(|| self.get(key))
    }

    fn bundle(self) -> Option<&'static Bundle> {
        let mut bundles = BUNDLES.iter();
        bundles.find_map(|(language, bundle)| (*language == self.0).then_some(bundle))
    }

    fn format(self, key: &str, values: Option<&FluentArgs<'_>>) -> Option<String> {
        let bundle = self.bundle()?;
        let Some(pattern) = bundle.get_message(key).and_then(|found| found.value()) else {
            tracing::debug!(language = %self.0, key, "no such message");
            return None;
        };
        let mut faults = Vec::new();
        let text = bundle
            .format_pattern(pattern, values, &mut faults)
            .into_owned();
        if !faults.is_empty() {
            tracing::debug!(language = %self.0, key, ?faults, "a message lacks a value");
        }
        Some(text)
    }
}

/// A message still to be worded: its key and its values. `"error-credentials".into()` is one.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    key: String,
    values: Vec<(&'static str, FluentValue<'static>)>,
}

impl Message {
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            values: Vec::new(),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<FluentValue<'static>>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        words.with(&self.key, &self.values)
    }
}

impl<K: Into<String>> From<K> for Message {
    fn from(key: K) -> Self {
        Self::new(key)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::error::Error;
    use std::path::Path;

    use super::*;

    /// Each message of a catalogue with the variables it uses.
    fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let mut messages = BTreeMap::<_, BTreeSet<_>>::new();
        let mut current = String::new();
        for line in language.catalogue().lines() {
            if line.starts_with(|first: char| first.is_ascii_lowercase()) {
                let key = line.split([' ', '=']).next().unwrap_or_default();
                current = key.to_owned();
                assert!(
                    messages.insert(current.clone(), BTreeSet::new()).is_none(),
                    "{current} is there twice in {language}"
                );
            }
            for rest in line.split('$').skip(1) {
                let name = rest.split(|c: char| !c.is_alphanumeric() && c != '-');
                let name = name.take(1).map(str::to_owned);
                messages.entry(current.clone()).or_default().extend(name);
            }
        }
        messages
    }

    fn keys_in(folder: &Path, found: &mut BTreeSet<String>) -> Result<(), Box<dyn Error>> {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                keys_in(&path, found)?;
            } else if path.extension().is_some_and(|end| end == "html") {
                let text = std::fs::read_to_string(&path)?;
                for call in ["words.get(\"", "words.with(\""] {
                    let keys = text.split(call).skip(1).filter_map(|s| s.split('"').next());
                    found.extend(keys.map(str::to_owned));
                }
            }
        }
        Ok(())
    }

    #[test]
    fn every_catalogue_parses() {
        for language in Language::ALL {
            let parsed = FluentResource::try_new(language.catalogue().to_owned());
            if let Err((_, faults)) = parsed {
                panic!("{language}: {faults:?}");
            }
        }
    }

    #[test]
    fn every_catalogue_has_the_same_messages_with_the_same_variables() {
        assert!(messages(Language::En).len() > 50);
        assert_eq!(messages(Language::En), messages(Language::Ja));
    }

    #[test]
    fn every_message_a_template_names_exists() -> Result<(), Box<dyn Error>> {
        let mut named = BTreeSet::new();
        let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        keys_in(&templates, &mut named)?;
        let known = messages(Language::En);
        let unknown: Vec<_> = named.iter().filter(|&k| !known.contains_key(k)).collect();
        assert!(named.len() > 30, "found only {named:?}");
        assert!(unknown.is_empty(), "{unknown:?}");
        Ok(())
    }

    #[test]
    fn the_app_decides_then_the_person_then_the_browser() {
        let (en, ja) = (Language::En, Language::Ja);
        assert_eq!(negotiate(Some("ja"), Some("en"), Some("en")), ja);
        assert_eq!(negotiate(Some("fr ja-JP"), Some("en"), Some("en")), ja);
        assert_eq!(negotiate(Some("fr"), Some("ja"), Some("en")), ja);
        assert_eq!(negotiate(None, Some("de"), Some("ja,en;q=0.8")), ja);
        assert_eq!(negotiate(None, None, Some("en-GB,en;q=0.9,ja;q=0.8")), en);
        assert_eq!(negotiate(None, None, None), en);
    }

    #[test]
    fn a_browsers_weights_count() {
        let (en, ja) = (Language::En, Language::Ja);
        assert_eq!(negotiate(None, None, Some("en;q=0.5, ja")), ja);
        assert_eq!(
            negotiate(None, None, Some("zh-TW, ja;q=0.4, en; q=0.6")),
            en
        );
        assert_eq!(negotiate(None, None, Some("ja;q=0")), en);
        assert_eq!(negotiate(None, None, Some("*, ;;q, \u{3042}, ,ja-JP")), ja);
    }

    #[test]
    fn a_missing_message_is_its_key() {
        assert_eq!(Words::default().get("no-such-message"), "no-such-message");
        assert_eq!(Words::default().find("no-such-message"), None);
        assert_eq!(Words::default().get("not a <key>"), "not a <key>");
    }

    #[test]
    fn values_are_put_in_as_they_are() {
        let words = Words::new(Language::En);
        let text = words.with("sign-in-lead", &[("app", "1e5 <b>")]);
        assert_eq!(text, "to continue to 1e5 <b>");
        let wait = |minutes: u32| Message::new("error-throttled").with("minutes", minutes);
        assert!(wait(1).text(&words).contains("1 minute."));
        assert!(wait(5).text(&words).contains("5 minutes."));
    }
}

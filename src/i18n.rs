//! Words: the message catalogues (Fluent), and which language a person reads.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, LazyLock};

use arc_swap::ArcSwap;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_langneg::{LanguageIdentifier, NegotiationStrategy, negotiate_languages};

/// The catalogue of a language: one file for each part of the product.
macro_rules! catalogue {
    ($tag:literal) => {
        catalogue!($tag: "common", "sign_in", "sign_up", "consent", "sign_out", "account", "profile", "errors", "mail", "passkeys", "providers", "upstream", "admin", "admin_providers", "admin_settings", "admin_apps", "admin_users", "admin_acts", "admin_audit", "admin_webhooks", "admin_overview", "admin_manifest", "faults", "admin_first_steps")
    };
    ($tag:literal: $($part:literal),+) => {
        concat!($(include_str!(concat!("../templates/i18n/", $tag, "/", $part, ".ftl")), "\n"),+)
    };
}

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

    const fn catalogue(self) -> &'static str {
        match self {
            Self::En => catalogue!("en"),
            Self::Ja => catalogue!("ja"),
        }
    }

    /// The language of a BCP 47 tag, if there are words in it.
    #[must_use]
    pub fn of(tag: &str) -> Option<Self> {
        Self::first_of(std::iter::once(tag))
    }

    /// The first of `wanted`, most wanted first, that there are words in and `offered` has.
    fn first_of_these<'a>(wanted: impl Iterator<Item = &'a str>, offered: &[Self]) -> Option<Self> {
        let mut known = wanted.filter_map(Self::of);
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

type Bundle = FluentBundle<FluentResource>;

/// All words, with those of the instance's own.
struct Bundles {
    own: Overrides,
    all: [(Language, Bundle); 2],
}

impl Bundles {
    fn new(own: Overrides) -> Self {
        Self { all: Language::ALL.map(|language| (language, bundle(language, &own))), own }
    }

    fn of(&self, wanted: Language) -> Option<&Bundle> {
        self.all.iter().find_map(|(language, bundle)| (*language == wanted).then_some(bundle))
    }
}

static BUNDLES: LazyLock<ArcSwap<Bundles>> =
    LazyLock::new(|| ArcSwap::from_pointee(Bundles::new(Overrides::default())));

/// A fault in a catalogue costs the message it is in, never the page; a test finds it before that.
fn bundle(language: Language, own: &Overrides) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![language.tag().parse().unwrap_or_default()]);
    // The marks would end up inside attributes and copied text, and no language here is written right to left.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(language.catalogue().to_owned()).unwrap_or_else(|(resource, faults)| {
        tracing::error!(%language, ?faults, "the message catalogue has faults");
        resource
    });
    if let Err(faults) = bundle.add_resource(resource) {
        tracing::error!(%language, ?faults, "the message catalogue repeats messages");
    }
    for (_, text) in own.0.iter().filter(|(its, _)| *its == language) {
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(text.clone());
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// Messages of an instance's own, in place of those of the same key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides(Vec<(Language, String)>);

impl Overrides {
    /// Takes the messages of a language; what is wrong with them.
    #[must_use]
    pub fn add(&mut self, language: Language, text: String) -> Vec<Message> {
        if let Err((_, faults)) = FluentResource::try_new(text.clone()) {
            return faults.iter().map(|why| Message::new("fault-words-syntax").with("why", why.to_string())).collect();
        }
        let known = messages(language.catalogue());
        let faults = messages(&text).into_iter().filter_map(|(key, variables)| match known.get(key) {
            None => Some(Message::new("fault-words-unknown").with("key", key.to_owned())),
            Some(given) => variables.difference(given).next().map(|name| {
                Message::new("fault-words-variable").with("key", key.to_owned()).with("name", format!("${name}"))
            }),
        });
        let faults = faults.collect();
        self.0.push((language, text));
        faults
    }

    /// Makes them count, in place of those that did.
    pub fn install(&self) {
        if BUNDLES.load().own != *self {
            BUNDLES.store(Arc::new(Bundles::new(self.clone())));
        }
    }
}

/// Each message of a catalogue with the variables it uses.
fn messages(catalogue: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut messages = BTreeMap::<&str, BTreeSet<&str>>::new();
    let mut current = None;
    for line in catalogue.lines() {
        if line.starts_with(|first: char| first.is_ascii_lowercase()) {
            current = line.split([' ', '=']).next();
        } else if !line.starts_with([' ', '\t']) && !line.is_empty() {
            current = None;
        }
        let Some(key) = current else { continue };
        let variables = line.split('$').skip(1).map(|rest| {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
            &rest[..end]
        });
        messages.entry(key).or_default().extend(variables);
    }
    messages
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
        self.format(key, Some(&values.collect())).unwrap_or_else(|| key.to_owned())
    }

    /// A message that was chosen elsewhere.
    #[must_use]
    pub fn say(self, message: &Message) -> String {
        let value = |part: &Part| match part {
            Part::Value(value) => value.clone(),
            Part::Message(message) => self.say(message).into(),
        };
        let values: Vec<_> = message.values.iter().map(|(name, part)| (*name, value(part))).collect();
        self.with(&message.key, &values)
    }

    /// The message, if there is one: for keys made from what comes from outside, such as a scope.
    #[must_use]
    pub fn find(self, key: &str) -> Option<String> {
        BUNDLES.load().of(self.0)?.has_message(key).then(|| self.get(key))
    }

    fn format(self, key: &str, values: Option<&FluentArgs<'_>>) -> Option<String> {
        let bundles = BUNDLES.load();
        let bundle = bundles.of(self.0)?;
        let Some(pattern) = bundle.get_message(key).and_then(|found| found.value()) else {
            tracing::debug!(language = %self.0, key, "no such message");
            return None;
        };
        let mut faults = Vec::new();
        let text = bundle.format_pattern(pattern, values, &mut faults).into_owned();
        if !faults.is_empty() {
            tracing::debug!(language = %self.0, key, ?faults, "a message lacks a value");
        }
        Some(text)
    }
}

/// A message still to be worded: its key and its values. `"error-credentials".into()` is one. Pages say it in the
/// language of whoever reads them, `Display` in English: for logs, commands and the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    key: String,
    values: Vec<(&'static str, Part)>,
}

/// What goes into a message.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    Value(FluentValue<'static>),
    Message(Message),
}

impl Message {
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        let key = key.into();
        debug_assert!(!key.contains(' '), "{key:?} is a sentence, and no message of the catalogue");
        Self { key, values: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<FluentValue<'static>>) -> Self {
        self.values.push((name, Part::Value(value.into())));
        self
    }

    /// Puts another message into this one, which is worded in the same language.
    #[must_use]
    pub fn telling(mut self, name: &'static str, message: impl Into<Self>) -> Self {
        self.values.push((name, Part::Message(message.into())));
        self
    }

    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl<K: Into<String>> From<K> for Message {
    fn from(key: K) -> Self {
        Self::new(key)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Words::new(Language::En).say(self))
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub use tests::has_a_sentence_of_english;

//! Words: the message catalogues (Fluent), and which language a person reads.
mod catalogue;
mod language;

pub use catalogue::Overrides;
pub use language::{Language, negotiate};

use catalogue::BUNDLES;
use fluent_bundle::{FluentArgs, FluentValue};
use std::fmt;

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

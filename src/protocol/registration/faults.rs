//! What is wrong with metadata, by its members: collected, so that all is told at once.
use crate::{
    domain::{RegisteredUri, is_unseen},
    i18n::Message,
    protocol::faults::of,
};
use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

/// Something wrong with metadata.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct MetadataFault {
    /// The name of the member; with its tag, where it has one.
    pub field: String,
    /// What is wrong, and what to write instead.
    pub problem: Message,
}

/// The longest line, in characters.
const LONGEST: usize = 100;

/// Collects faults, so that all are told at once.
#[derive(Default)]
pub(super) struct Faults(pub Vec<MetadataFault>);

impl Faults {
    pub fn add(&mut self, field: &str, problem: impl Into<Message>) {
        self.0.push(MetadataFault { field: field.to_owned(), problem: problem.into() });
    }

    pub fn word<T: FromStr + Display + Copy>(&mut self, field: &str, text: Option<&str>, all: &[T], default: T) -> T {
        match text.map(str::parse) {
            None => default,
            Some(Ok(value)) => value,
            Some(Err(_)) => {
                let known: Vec<String> = all.iter().map(ToString::to_string).collect();
                self.add(field, Message::new("fault-one-of").with("words", known.join(", ")));
                default
            }
        }
    }

    /// A word that need not be there.
    pub fn word_if_any<T: FromStr + Display + Copy>(
        &mut self,
        field: &str,
        text: Option<&str>,
        all: &[T],
    ) -> Option<T> {
        let default = *all.first()?;
        text.map(|text| self.word(field, Some(text), all, default))
    }

    /// Reads each of several texts.
    pub fn each<T: FromStr<Err: Into<Message>>>(&mut self, field: &str, texts: &[String]) -> Vec<T> {
        let parse = |text: &String| match text.parse() {
            Ok(value) => Some(value),
            Err(why) => {
                self.add(field, of(text, why));
                None
            }
        };
        texts.iter().filter_map(parse).collect()
    }

    pub fn uris(&mut self, field: &str, texts: &[String]) -> Vec<RegisteredUri> {
        let parse = |text: &String| match RegisteredUri::parse(text) {
            Ok(uri) => Some(uri),
            Err(why) => {
                self.add(field, of(text, why));
                None
            }
        };
        texts.iter().filter_map(parse).collect()
    }

    pub fn within(&mut self, field: &str, number: Option<i64>, range: RangeInclusive<i64>) {
        if number.is_some_and(|number| !range.contains(&number)) {
            let (low, high) = range.into_inner();
            self.add(field, Message::new("fault-seconds").with("low", low.to_string()).with("high", high.to_string()));
        }
    }

    /// A line of text that people read.
    pub fn line(&mut self, field: &str, text: Option<String>) -> Option<String> {
        let text = text?.trim().to_owned();
        let good = !text.is_empty() && text.chars().count() <= LONGEST && !text.chars().any(is_unseen);
        if !good {
            self.add(field, Message::new("fault-readable").with("most", LONGEST.to_string()));
        }
        good.then_some(text)
    }

    pub fn link(&mut self, field: &str, text: Option<String>) -> Option<String> {
        let text = text?;
        let good = text.len() <= 2048 && url::Url::parse(&text).is_ok_and(|url| url.scheme() == "https");
        if !good {
            self.add(field, "fault-https");
        }
        good.then_some(text)
    }
}

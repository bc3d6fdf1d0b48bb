//! Typed access to a table of settings: every read marks its key as known and collects its faults.
use super::report::{Report, join};
use crate::{domain::Secret, i18n::Message};
use std::{collections::BTreeMap, fmt::Display, fs, ops::RangeInclusive, path::PathBuf};
use toml::{Table, Value};

/// Ten years in seconds: nothing lives longer.
pub(super) const YEARS: i64 = 315_360_000;

/// A section of the settings. A read takes its key out; what remains is unknown.
pub(super) struct Section<'a> {
    /// Where it is, such as `clients[2]`; empty at the top.
    path: String,
    /// The same for every element of a list: `clients[]`.
    pattern: String,
    table: Table,
    report: &'a mut Report,
}

impl Section<'_> {
    /// Reads the whole.
    pub fn root<T>(table: Table, report: &mut Report, read: impl FnOnce(&mut Section) -> T) -> T {
        Section { path: String::new(), pattern: String::new(), table, report }.finish(read)
    }

    /// Reads a section within this one; a missing one is an empty one.
    pub fn section<T>(&mut self, key: &str, read: impl FnOnce(&mut Section) -> T) -> T {
        let table = match self.take(key) {
            Some(Value::Table(table)) => table,
            other => {
                if other.is_some() {
                    self.fault(key, section_fault(key));
                }
                Table::new()
            }
        };
        let (path, pattern) = (join(&self.path, key), join(&self.pattern, key));
        Section { path, pattern, table, report: self.report }.finish(read)
    }

    /// Reads a list of sections.
    pub fn sections<T>(&mut self, key: &str, mut read: impl FnMut(&mut Section) -> T) -> Vec<T> {
        let values = match self.take(key) {
            None => vec![],
            Some(Value::Array(values)) if values.iter().all(Value::is_table) => values,
            Some(_) => {
                self.fault(key, Message::new("fault-sections").with("begin", format!("[[{key}]]")));
                vec![]
            }
        };
        let pattern = format!("{}[]", join(&self.pattern, key));
        let mut results = vec![];
        for (index, value) in values.into_iter().enumerate() {
            let path = format!("{}[{index}]", join(&self.path, key));
            let Value::Table(table) = value else { continue };
            let section = Section { path, pattern: pattern.clone(), table, report: self.report };
            results.push(section.finish(&mut read));
        }
        results
    }

    /// Reads sections that the file names itself, each below `[KEY.NAME]`.
    pub fn named_sections<T>(&mut self, key: &str, mut read: impl FnMut(&str, &mut Section) -> T) -> Vec<T> {
        let pattern = format!("{}.NAME", join(&self.pattern, key));
        self.report.know(pattern.clone());
        let mut results = vec![];
        for (name, table) in self.tables(key) {
            let path = format!("{}.{name}", join(&self.path, key));
            let section = Section { path, pattern: pattern.clone(), table, report: self.report };
            results.push(section.finish(|section| read(&name, section)));
        }
        results
    }

    /// Sections that the file names itself, as they are.
    pub fn tables(&mut self, key: &str) -> Vec<(String, Table)> {
        let mut tables = vec![];
        match self.take(key) {
            None => {}
            Some(Value::Table(named)) if named.values().all(Value::is_table) => {
                for (name, value) in named {
                    let Value::Table(table) = value else { continue };
                    tables.push((name, table));
                }
            }
            Some(_) => self.fault(key, Message::new("fault-sections").with("begin", format!("[{key}.NAME]"))),
        }
        tables
    }

    /// All texts that are left, whatever their names.
    pub fn texts(&mut self) -> BTreeMap<String, String> {
        self.texts_of(|_| true)
    }

    /// The same, of those that have such a name.
    pub fn texts_of(&mut self, is_such: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
        let names: Vec<_> = self.table.keys().filter(|name| is_such(name)).cloned().collect();
        let found = names.into_iter().filter_map(|name| {
            let value = self.table.remove(&name)?;
            match value {
                Value::String(text) => Some((name, text)),
                other => {
                    self.fault(&name, it_is("fault-text", shown(&other)));
                    None
                }
            }
        });
        found.collect()
    }

    fn finish<T>(mut self, read: impl FnOnce(&mut Section) -> T) -> T {
        let result = read(&mut self);
        for (key, value) in self.table {
            self.report.leftover(&self.path, &self.pattern, key, &value);
        }
        result
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.report.know(join(&self.pattern, key));
        self.table.remove(key)
    }

    /// Says what is wrong with a key.
    pub fn fault(&mut self, key: &str, problem: impl Into<Message>) {
        self.report.fault(join(&self.path, key), problem.into());
    }

    /// Says what is risky about a key.
    pub fn warn(&mut self, key: &str, what: &str) {
        self.report.warn(&join(&self.path, key), what);
    }

    /// Whether nothing was wrong with a key so far.
    pub fn is_sound(&self, key: &str) -> bool {
        self.report.is_sound(&join(&self.path, key))
    }

    /// A text.
    pub fn text(&mut self, key: &str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            other => {
                self.fault(key, it_is("fault-text", shown(&other)));
                None
            }
        }
    }

    /// A text with a meaning; nothing when it has none.
    pub fn parsed<T, E: Into<Message>>(
        &mut self,
        key: &str,
        default: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(key);
        let parsed = parse(text.as_deref().unwrap_or(default));
        // A value of the wrong type has its fault already, and the default stands in.
        parsed.map_err(|why| self.fault(key, it_is(why, format!("{:?}", text.unwrap_or_default())))).ok()
    }

    /// One of a few words.
    pub fn word<T: Copy>(&mut self, key: &str, default: T, words: &[(&str, T)]) -> T {
        let Some(text) = self.text(key) else { return default };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.fault(key, it_is(one_of(&known), format!("{text:?}")));
        default
    }

    /// A whole number.
    pub fn number<T>(&mut self, key: &str, default: T, range: RangeInclusive<T>) -> T
    where
        T: TryFrom<i64> + PartialOrd + Display + Copy,
    {
        self.optional_number(key, "fault-number", range).unwrap_or(default)
    }

    /// A time in whole seconds.
    pub fn seconds(&mut self, key: &str, default: i64, range: RangeInclusive<i64>) -> i64 {
        self.optional_number(key, "fault-seconds", range).unwrap_or(default)
    }

    /// A whole number that may be left out. `problem`: the message that says what it must be.
    pub fn optional_number<T>(&mut self, key: &str, problem: &str, range: RangeInclusive<T>) -> Option<T>
    where
        T: TryFrom<i64> + PartialOrd + Display + Copy,
    {
        let value = self.take(key)?;
        let number = match &value {
            Value::Integer(number) => Some(*number),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let number = number.and_then(|number| T::try_from(number).ok()).filter(|number| range.contains(number));
        if number.is_none() {
            let (low, high) = range.into_inner();
            let bounds = Message::new(problem).with("low", low.to_string()).with("high", high.to_string());
            self.fault(key, it_is(bounds, shown(&value)));
        }
        number
    }

    /// Yes or no.
    pub fn truth(&mut self, key: &str) -> Option<bool> {
        let value = self.take(key)?;
        let truth = match &value {
            Value::Boolean(truth) => Some(*truth),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        if truth.is_none() {
            self.fault(key, it_is("fault-truth", shown(&value)));
        }
        truth
    }

    /// A list of texts; in one text, commas part them.
    pub fn list(&mut self, key: &str) -> Option<Vec<String>> {
        let value = self.take(key)?;
        let list = match &value {
            Value::String(text) => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Some(items.map(Into::into).collect())
            }
            Value::Array(values) => values.iter().map(|value| value.as_str().map(Into::into)).collect(),
            _ => None,
        };
        if list.is_none() {
            self.fault(key, it_is("fault-list", shown(&value)));
        }
        list
    }

    /// What is JSON elsewhere: a table, or a text that has it as it is. `problem`: the message that says what it must be.
    pub fn json(&mut self, key: &str, problem: &str) -> Option<serde_json::Value> {
        let value = self.take(key)?;
        let json = match &value {
            Value::String(text) => serde_json::from_str(text).ok(),
            Value::Table(table) => serde_json::to_value(table).ok(),
            _ => None,
        };
        if json.is_none() {
            // What it is, is not shown: somebody may have put what is private there.
            self.fault(key, problem);
        }
        json
    }

    /// The path of a file.
    pub fn path(&mut self, key: &str) -> Option<PathBuf> {
        let text = self.text(key)?;
        if text.is_empty() {
            self.fault(key, "fault-path-empty");
            return None;
        }
        Some(text.into())
    }

    /// The path of a file that can be opened now. `problem`: the message that says what it must be.
    pub fn readable_file(&mut self, key: &str, problem: &str) -> Option<PathBuf> {
        let path = self.path(key)?;
        if let Err(why) = fs::File::open(&path) {
            self.fault(key, Message::new(problem).with("why", why.to_string()));
        }
        Some(path)
    }

    /// A secret: itself, or in the file that `KEY_file` names.
    pub fn secret(&mut self, key: &str) -> Option<Secret> {
        let file_key = format!("{key}_file");
        if self.table.contains_key(key) && self.table.contains_key(&file_key) {
            self.fault(key, Message::new("fault-both").with("other", join(&self.path, &file_key)));
        }
        let (value, file) = (self.secret_text(key), self.secret_text(&file_key));
        if value.is_some() {
            return value;
        }
        match fs::read_to_string(file?.reveal()) {
            Ok(text) => Some(text.trim_end_matches(['\r', '\n']).into()),
            Err(why) => {
                self.fault(&file_key, Message::new("fault-file-path").with("why", why.to_string()));
                None
            }
        }
    }

    /// A secret that has no `KEY_file`. No fault shows it; nor a path, where a secret may stand by mistake.
    pub fn secret_text(&mut self, key: &str) -> Option<Secret> {
        if let Value::String(text) = self.take(key)? {
            return Some(text.into());
        }
        self.fault(key, "fault-text");
        None
    }
}

/// That something is no section.
pub(super) fn section_fault(key: &str) -> Message {
    Message::new("fault-section").with("key", key.to_owned())
}

/// What is wrong, and what is there instead.
pub(super) fn it_is(why: impl Into<Message>, value: String) -> Message {
    Message::new("fault-it-is").telling("why", why).with("value", value)
}

/// What is wrong with one of several.
pub(super) fn one_is(why: impl Into<Message>, value: &str) -> Message {
    Message::new("fault-one-is").telling("why", why).with("value", format!("{value:?}"))
}

/// Which words there are.
pub(super) fn one_of(words: &[&str]) -> Message {
    Message::new("fault-one-of").with("words", words.join(", "))
}

/// A value as it was written, or its beginning.
fn shown(value: &impl ToString) -> String {
    const LENGTH: usize = 80;
    let text = value.to_string();
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

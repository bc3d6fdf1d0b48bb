//! What is to be said about the settings: faults, warnings, and what an unknown key may have meant.
use crate::i18n::Message;
use std::collections::{BTreeMap, BTreeSet};
use toml::Value;

/// Settings that are accepted and ignored: what they may say without a warning, and what this version
/// does not do yet. Whoever serves one deletes its line.
const NOT_SERVED: &[(&str, Option<&str>, &str)] = &[
    ("registration.dynamic_clients", Some("off"), "serve dynamic client registration"),
    ("registration.require_pkce", None, "serve dynamic client registration"),
    ("registration.response_types", None, "serve dynamic client registration"),
];

/// Something wrong with the settings.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct Fault {
    /// The setting, such as `server.listen` or `clients[2].redirect_uris`; or the file or variable.
    pub key: String,
    /// What is wrong, and what to write instead. Never a secret.
    pub problem: Message,
}

/// Collects while the settings are read.
pub(super) struct Report {
    faults: Vec<Fault>,
    warnings: Vec<String>,
    /// Every key that was asked for, as a pattern: `clients[].client_id`.
    known: BTreeSet<String>,
    unknown: Vec<Unknown>,
    variables: BTreeMap<String, String>,
}

/// A key that nobody asked for.
struct Unknown {
    /// The section it is in, such as `clients[2]`, and the same as a pattern; empty at the top.
    path: String,
    pattern: String,
    key: String,
}

impl Report {
    pub fn new(faults: Vec<Fault>, variables: BTreeMap<String, String>) -> Self {
        Self { faults, warnings: vec![], known: BTreeSet::new(), unknown: vec![], variables }
    }

    pub fn fault(&mut self, key: String, problem: Message) {
        self.faults.push(Fault { key, problem });
    }

    pub fn warn(&mut self, key: &str, what: &str) {
        self.warnings.push(format!("{key}: {what}"));
    }

    pub fn is_sound(&self, key: &str) -> bool {
        self.faults.iter().all(|fault| fault.key != key)
    }

    pub fn know(&mut self, pattern: String) {
        self.known.insert(pattern);
    }

    #[cfg(test)]
    pub const fn known(&self) -> &BTreeSet<String> {
        &self.known
    }

    /// Takes note of a key that nobody asked for in the section at `path`.
    pub fn leftover(&mut self, path: &str, pattern: &str, key: String, value: &Value) {
        let full = join(pattern, &key);
        let Some((_, silent, what)) = NOT_SERVED.iter().find(|(name, ..)| *name == full) else {
            self.unknown.push(Unknown { path: path.into(), pattern: pattern.into(), key });
            return;
        };
        if silent.is_some_and(|silent| value.as_str() == Some(silent)) {
            return;
        }
        let key = join(path, &key);
        let problem = format!("this version does not {what} yet; the setting is ignored");
        match value {
            Value::Table(table) if path.is_empty() => {
                table.keys().for_each(|inner| self.warn(&join(&key, inner), &problem));
            }
            _ => self.warn(&key, &problem),
        }
    }

    /// The warnings and the faults.
    pub fn close(mut self) -> (Vec<String>, Vec<Fault>) {
        for unknown in &self.unknown {
            let problem = match self.suggestion(unknown) {
                Some(key) => Message::new("fault-unknown-near").with("near", key),
                None => "fault-unknown".into(),
            };
            self.faults.push(Fault { key: join(&unknown.path, &unknown.key), problem });
        }
        for fault in &mut self.faults {
            if let Some(variable) = self.variables.get(&fault.key) {
                fault.problem = Message::new("fault-set-by")
                    .telling("why", fault.problem.clone())
                    .with("variable", variable.clone());
            }
        }
        (self.warnings, self.faults)
    }

    /// The nearest name in the same section, or else the same name in another.
    fn suggestion(&self, unknown: &Unknown) -> Option<String> {
        let all = || self.known.iter().map(String::as_str).chain(NOT_SERVED.iter().map(|(name, ..)| *name));
        let near = |name: &str| {
            let distance = strsim::osa_distance(&unknown.key, name);
            (distance <= name.chars().count().div_ceil(3)).then_some(distance)
        };
        let beside = all()
            .map(split)
            .filter(|(section, _)| *section == unknown.pattern)
            .filter_map(|(_, name)| near(name).map(|distance| (distance, name)))
            .min()
            .map(|(_, name)| join(&unknown.path, name));
        beside.or_else(|| all().rfind(|known| split(known).1 == unknown.key).map(Into::into))
    }
}

/// The name of a key within a section.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.into() } else { format!("{path}.{key}") }
}

/// Section and name of a key.
fn split(full: &str) -> (&str, &str) {
    full.rsplit_once('.').unwrap_or(("", full))
}

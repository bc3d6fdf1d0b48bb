//! What the database says, laid under what the file and the environment say.
use super::{
    super::{
        Config, Fault,
        reader::Section,
        report::{Report, join},
        source::Source,
    },
    KEYS, Key, LiveSettings,
};
use crate::i18n::Message;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};
use toml::{Table, Value};

/// What the file and the environment say of these settings: what they say, rules. `Debug` prints nothing of it.
#[derive(Clone, Default, PartialEq)]
pub struct Written {
    table: Table,
    /// Those that a variable sets, and which.
    variables: BTreeMap<String, String>,
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Written(…)")
    }
}

impl Written {
    pub(in crate::config) fn of(source: &Source) -> Self {
        let mut table = Table::new();
        for key in &KEYS {
            let Some(Value::Table(section)) = source.table.get(key.section()) else { continue };
            for field in fields(key) {
                if let Some(value) = section.get(&field) {
                    insert(&mut table, key.section(), field, value.clone());
                }
            }
        }
        Self { table, variables: source.variables.clone() }
    }

    /// What is written at a key, under its own name.
    pub(super) fn get(&self, key: &Key) -> Option<&Value> {
        self.table.get(key.section())?.get(key.field())
    }

    /// Whether a key is set, so that nothing else can; by the file that holds it, too, where it is secret.
    #[must_use]
    pub fn rules(&self, key: &Key) -> bool {
        let section = self.table.get(key.section());
        section.is_some_and(|section| fields(key).iter().any(|field| section.get(field).is_some()))
    }

    /// The variable that sets a key, where it is one.
    #[must_use]
    pub fn variable(&self, key: &Key) -> Option<&str> {
        let of = |field: &String| self.variables.get(&join(key.section(), field));
        fields(key).iter().find_map(of).map(String::as_str)
    }
}

/// The names that a key may have in its section.
fn fields(key: &Key) -> Vec<String> {
    let field = key.field().to_owned();
    if key.is_secret() { vec![format!("{field}_file"), field] } else { vec![field] }
}

fn insert(table: &mut Table, section: &str, field: String, value: Value) {
    let section = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(section) = section {
        section.insert(field, value);
    }
}

/// What the database says: by the whole names of keys, which another version may have chosen. `Debug` prints no value.
#[derive(Clone, Default, PartialEq)]
pub struct Stored(BTreeMap<String, Value>);

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Stored {
    /// Reads what `to_text` wrote. What is wrong with it is not told: it may be a secret.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut keys = BTreeMap::new();
        for (section, value) in text.parse::<Table>().ok()? {
            let Value::Table(fields) = value else { return None };
            keys.extend(fields.into_iter().map(|(field, value)| (join(&section, &field), value)));
        }
        Some(Self(keys))
    }

    /// As TOML, secrets and all: to be sealed, or for an export.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.to_table().to_string()
    }

    /// As sections.
    #[must_use]
    pub fn to_table(&self) -> Table {
        let mut table = Table::new();
        for (name, value) in &self.0 {
            if let Some((section, field)) = name.split_once('.') {
                insert(&mut table, section, field.into(), value.clone());
            }
        }
        table
    }

    /// What is stored at a key.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The names of all that is stored.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Leaves out what a fault is about: its key, or else all of its section, or else everything.
    fn leave_out(&mut self, faults: &[Fault]) {
        let before = self.0.len();
        for fault in faults {
            self.0.remove(&fault.key);
        }
        if self.0.len() == before {
            let sections: BTreeSet<_> = faults.iter().map(|fault| section_of(&fault.key)).collect();
            self.0.retain(|name, _| !sections.contains(section_of(name)));
        }
        if self.0.len() == before {
            self.0.clear();
        }
    }
}

fn section_of(name: &str) -> &str {
    name.split_once('.').map_or(name, |(section, _)| section)
}

/// A wish about one setting.
#[derive(Clone, PartialEq)]
pub struct Change {
    /// The whole name of its key: `instance.name`.
    pub key: String,
    /// What it shall be, a text being good for every kind (see [`super::Kind`]); `None`: what it is where the database
    /// says nothing.
    pub value: Option<Value>,
}

/// Settings that were read, and what the operator should know of them although they are valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The settings.
    pub settings: LiveSettings,
    /// One sentence each; never a secret.
    pub warnings: Vec<String>,
}

/// Changes that are right.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// What the database is to say from now on.
    pub stored: Stored,
    /// What counts then.
    pub judged: Judged,
    /// The keys of which it says something else than before; none when there is nothing to save.
    pub keys: Vec<String>,
}

impl Config {
    /// The settings with what the database says under what is written; or every fault, by its key.
    pub fn with_stored(&self, stored: &Stored) -> Result<Judged, Vec<Fault>> {
        let mut table = Table::new();
        for key in &KEYS {
            if let Some(value) = stored.get(key.name).filter(|_| !self.written.rules(key)) {
                insert(&mut table, key.section(), key.field().into(), value.clone());
            }
        }
        for (section, fields) in &self.written.table {
            for (field, value) in fields.as_table().into_iter().flatten() {
                insert(&mut table, section, field.clone(), value.clone());
            }
        }
        let mut report = Report::new(vec![], self.written.variables.clone());
        let (settings, _) = Section::root(table, &mut report, |root| LiveSettings::read(root, Some(&self.issuer)));
        let (warnings, faults) = report.close();
        if faults.is_empty() { Ok(Judged { settings, warnings }) } else { Err(faults) }
    }

    /// The same for a node that must go on whatever the database says: what is wrong there is left out, and told.
    #[must_use]
    pub fn follow_stored(&self, stored: &Stored) -> (LiveSettings, Vec<Fault>) {
        let (mut rest, mut told) = (stored.clone(), vec![]);
        loop {
            match self.with_stored(&rest) {
                Ok(judged) => return (judged.settings, told),
                Err(faults) => {
                    told.extend(faults.iter().filter(|fault| !told.contains(fault)).cloned().collect::<Vec<_>>());
                    if rest.0.is_empty() {
                        // A file that the settings name has gone since the start.
                        return (self.live.clone(), told);
                    }
                    rest.leave_out(&faults);
                }
            }
        }
    }

    /// Makes changes to what the database says, all or none.
    pub fn change_stored(&self, stored: &Stored, changes: &[Change]) -> Result<Changed, Vec<Fault>> {
        let (mut next, mut faults) = (stored.clone(), vec![]);
        for Change { key: name, value } in changes {
            match (Key::find(name), value) {
                (_, None) if Key::find(name).is_some() || stored.get(name).is_some() => _ = next.0.remove(name),
                (Some(key), Some(value)) => match self.locked(key) {
                    Some(problem) => faults.push(Fault { key: name.clone(), problem }),
                    None => _ = next.0.insert(name.clone(), key.kind.normal(value.clone())),
                },
                (None, _) => faults.push(Fault { key: name.clone(), problem: unknown(name) }),
                (Some(_), None) => {}
            }
        }
        match (self.with_stored(&next), faults.is_empty()) {
            (Ok(judged), true) => {
                let names: BTreeSet<_> = next.0.keys().chain(stored.0.keys()).collect();
                let keys = names.into_iter().filter(|name| next.get(name) != stored.get(name)).cloned().collect();
                Ok(Changed { stored: next, judged, keys })
            }
            (judged, _) => Err(faults.into_iter().chain(judged.err().into_iter().flatten()).collect()),
        }
    }

    /// Why a key cannot be changed, where the file or a variable rules.
    fn locked(&self, key: &Key) -> Option<Message> {
        let written = self.written.rules(key);
        written.then(|| match self.written.variable(key) {
            Some(variable) => Message::new("fault-variable-rules").with("variable", variable.to_owned()),
            None => "fault-file-rules".into(),
        })
    }
}

/// What is wrong with a name that is none of these settings'.
pub(in crate::config) fn unknown(name: &str) -> Message {
    let near = KEYS.iter().map(|key| (strsim::osa_distance(name, key.name), key.name)).min();
    match near {
        Some((distance, near)) if distance <= 3 => Message::new("fault-unknown-near").with("near", near),
        _ => "fault-not-live".into(),
    }
}

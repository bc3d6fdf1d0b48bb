//! Where settings are written: a TOML file, and over it the environment, as one table.
use super::report::Fault;
use crate::i18n::Message;
use std::{collections::BTreeMap, fs, path::Path};
use toml::{Table, Value};

const PREFIX: &str = "GENKAN_";

/// What was written, before anybody asks what it means.
#[derive(Default)]
pub(super) struct Source {
    pub table: Table,
    /// Settings that the environment gives, and the variable that does.
    pub variables: BTreeMap<String, String>,
    /// Variables that could not be put into the table.
    pub faults: Vec<Fault>,
}

impl Source {
    /// File and environment together; a file that cannot be read is the only fault there is.
    pub fn gather(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Fault>> {
        let table = file.map_or_else(|| Ok(Table::new()), read).map_err(|fault| vec![fault])?;
        let mut source = Self { table, ..Self::default() };
        // In an order of their own, so that the same environment always gives the same faults.
        let variables: BTreeMap<_, _> = environment.filter(|(name, value)| is_setting(name, value)).collect();
        for (name, value) in variables {
            source.set(name, value);
        }
        Ok(source)
    }

    fn set(&mut self, variable: String, value: String) {
        let key = variable[PREFIX.len()..].to_ascii_lowercase().replace("__", ".");
        let mut path: Vec<&str> = key.split('.').collect();
        let last = path.pop().unwrap_or_default();
        if last.is_empty() || path.contains(&"") {
            return self.fault(variable, "fault-variable-name");
        }
        let mut table = &mut self.table;
        for name in path {
            let inner = table.entry(name).or_insert_with(|| Value::Table(Table::new()));
            let Value::Table(inner) = inner else {
                let problem = Message::new("fault-variable-section").with("name", format!("{name:?}"));
                return self.fault(variable, problem);
            };
            table = inner;
        }
        table.insert(last.into(), Value::String(value));
        self.variables.insert(key, variable);
    }

    fn fault(&mut self, variable: String, problem: impl Into<Message>) {
        self.faults.push(Fault { key: variable, problem: problem.into() });
    }
}

fn is_setting(name: &str, value: &str) -> bool {
    let Some(rest) = name.strip_prefix(PREFIX) else { return false };
    // Kubernetes gives every container such variables for a service that is called "genkan".
    let from_kubernetes = rest.starts_with("SERVICE_HOST")
        || rest.starts_with("SERVICE_PORT")
        || rest.starts_with("PORT_")
        || (rest == "PORT" && value.contains("://"));
    rest != "CONFIG" && !rest.starts_with("TEST_") && !from_kubernetes
}

fn read(file: &Path) -> Result<Table, Fault> {
    let key = file.display().to_string();
    let text = fs::read_to_string(file).map_err(|why| {
        let problem = Message::new("fault-file-unreadable").with("why", why.to_string());
        Fault { key: key.clone(), problem }
    })?;
    parse(&key, &text)
}

/// Reads TOML. `place`: what it is called in a fault.
pub(super) fn parse(place: &str, text: &str) -> Result<Table, Fault> {
    text.parse().map_err(|why: toml::de::Error| {
        let (line, column) = position(text, why.span().map_or(0, |span| span.start));
        // Not the whole error: it would quote the line, and with it perhaps a secret.
        let problem = Message::new("fault-toml")
            .with("line", line.to_string())
            .with("column", column.to_string())
            .with("why", why.message().to_owned());
        Fault { key: place.into(), problem }
    })
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

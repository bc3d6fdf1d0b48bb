//! A manifest: what an instance is configured by beside its settings file, as a file under version control, for `genkan
//! export`, `plan` and `apply`.
//!
//! It is TOML, spelled as in the settings file: the settings that can be changed while Genkan runs, `[[clients]]` and
//! `[providers.NAME]`; and `[[groups]]` and `[[roles]]`, by name. Secrets stand elsewhere: `KEY_env` names a variable,
//! `KEY_file` a file. A variable that is not set leaves the secret as it is.
use super::{
    Fault, clients,
    live::{KEYS, Key, unknown},
    reader::{Section, section_fault},
    report::{Report, join},
    source,
};
use crate::{
    domain::{Digest, GroupKind, ProviderName, Secret},
    i18n::Message,
    protocol::registration::ClientMetadata,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
};
use toml::{Table, Value};

/// Where secrets may stand: section, and the names in it.
const SECRETS: [(&str, &[&str]); 3] =
    [("clients", &["client_secret"]), ("providers", &["client_secret", "private_key"]), ("mail", &["smtp_url"])];
/// The sections besides those of settings.
const OBJECTS: [&str; 4] = ["clients", "providers", "groups", "roles"];

/// A group or a role by what it is told apart by.
pub type GroupName = (GroupKind, String);

/// What an instance is to be configured by. `Debug` prints no value.
#[derive(Clone, Default)]
pub struct Manifest {
    /// Settings, by their whole names.
    pub settings: BTreeMap<String, Value>,
    /// Apps, by their ids.
    pub clients: BTreeMap<String, ClientMetadata>,
    /// The sections of other providers.
    pub providers: BTreeMap<ProviderName, Table>,
    /// Groups and roles, and what people are told of each.
    pub groups: BTreeMap<GroupName, String>,
    /// Secrets that it names and does not have, and the variable that is not set.
    pub kept: BTreeMap<String, String>,
    /// The digests of the secrets that it has, by where they stand.
    pub fingerprints: BTreeMap<String, Digest>,
    /// All of it without secrets, to be kept and read again.
    pub text: String,
}

impl fmt::Debug for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Manifest(…)")
    }
}

impl Manifest {
    /// Reads one, and the files and variables that it names; or tells every fault. `place`: what it is called in them.
    pub fn parse(place: &str, text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<Fault>> {
        let mut table = source::parse(place, text).map_err(|fault| vec![fault])?;
        let mut manifest = Self::default();
        let mut faults = strange(&table);
        let mut reader = Secrets { variable: &variable, manifest: &mut manifest, faults: &mut faults };
        reader.read(&mut table);
        manifest.text = without_secrets(&table).to_string();
        for key in &KEYS {
            let section = table.get_mut(key.section()).and_then(Value::as_table_mut);
            if let Some(value) = section.and_then(|section| section.remove(key.field())) {
                manifest.settings.insert(key.name.into(), value);
            }
        }
        table.retain(|section, _| OBJECTS.contains(&section));
        let mut report = Report::new(faults, BTreeMap::new());
        Section::root(table, &mut report, |root| manifest.objects(root));
        let (_, faults) = report.close();
        if faults.is_empty() { Ok(manifest) } else { Err(faults) }
    }

    fn objects(&mut self, root: &mut Section) {
        let read = root.sections("clients", clients::metadata);
        for (index, metadata) in read.into_iter().enumerate() {
            let key = format!("clients[{index}].client_id");
            match metadata.client_id.clone() {
                None if root.is_sound(&key) => root.fault(&key, "fault-client-id-absent"),
                None => {}
                Some(id) if self.clients.contains_key(&id) => root.fault(&key, "fault-same"),
                Some(id) => _ = self.clients.insert(id, metadata),
            }
        }
        for (list, kind) in [("groups", GroupKind::Group), ("roles", GroupKind::Role)] {
            let read = root.sections(list, |section| (section.text("name"), section.text("description")));
            for (index, (name, description)) in read.into_iter().enumerate() {
                let key = format!("{list}[{index}].name");
                match name {
                    None if root.is_sound(&key) => root.fault(&key, "fault-group-name"),
                    None => {}
                    Some(name) if self.groups.contains_key(&(kind, name.clone())) => {
                        root.fault(&key, "fault-same");
                    }
                    Some(name) => _ = self.groups.insert((kind, name), description.unwrap_or_default()),
                }
            }
        }
        for (name, section) in root.tables("providers") {
            match name.parse() {
                Ok(parsed) => _ = self.providers.insert(parsed, section),
                Err(_) => root.fault(&format!("providers.{name}"), "fault-provider-name"),
            }
        }
    }

    /// What is said of a secret in `plan`, where it stands.
    #[must_use]
    pub fn place(section: &str, name: &str, field: &str) -> String {
        join(&join(section, name), field)
    }
}

/// Faults of sections and settings that are none of a manifest's.
fn strange(table: &Table) -> Vec<Fault> {
    let sections: BTreeSet<&str> = KEYS.iter().map(Key::section).chain(OBJECTS).collect();
    let mut faults = vec![];
    for (section, value) in table {
        if !sections.contains(section.as_str()) {
            faults.push(Fault { key: section.clone(), problem: "fault-at-start".into() });
            continue;
        }
        if OBJECTS.contains(&section.as_str()) {
            continue;
        }
        let Value::Table(fields) = value else {
            faults.push(Fault { key: section.clone(), problem: section_fault(section) });
            continue;
        };
        for field in fields.keys() {
            let name = join(section, field);
            let plain = ["_env", "_file"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
            let known = Key::find(&name).or_else(|| Key::find(plain).filter(|key| key.is_secret()));
            if known.is_none() {
                faults.push(Fault { problem: unknown(&name), key: name });
            }
        }
    }
    faults
}

/// Puts secrets in the places of what names them.
struct Secrets<'a, V> {
    variable: &'a V,
    manifest: &'a mut Manifest,
    faults: &'a mut Vec<Fault>,
}

impl<V: Fn(&str) -> Option<String>> Secrets<'_, V> {
    fn read(&mut self, table: &mut Table) {
        for (section, fields) in SECRETS {
            match table.get_mut(section) {
                Some(Value::Array(items)) => {
                    for item in items.iter_mut().filter_map(Value::as_table_mut) {
                        let id = item.get("client_id").and_then(Value::as_str).unwrap_or_default().to_owned();
                        self.fields(&join(section, &id), item, fields);
                    }
                }
                Some(Value::Table(table)) if section == "providers" => {
                    for (name, item) in table.iter_mut() {
                        let Value::Table(item) = item else { continue };
                        self.fields(&join(section, name), item, fields);
                    }
                }
                Some(Value::Table(table)) => self.fields(section, table, fields),
                _ => {}
            }
        }
    }

    fn fields(&mut self, path: &str, table: &mut Table, fields: &[&str]) {
        for field in fields {
            let (by_variable, by_file) = (format!("{field}_env"), format!("{field}_file"));
            let ways = [*field, &by_variable, &by_file].into_iter().filter(|way| table.contains_key(*way)).count();
            if ways > 1 {
                let ways = format!("{field}, {by_variable}, {by_file}");
                let problem = Message::new("fault-several").with("ways", ways);
                self.faults.push(Fault { key: join(path, field), problem });
            }
            let key = join(path, field);
            let named = |table: &mut Table, way: &str| table.remove(way).map(|value| value.as_str().map(str::to_owned));
            if let Some(name) = named(table, &by_variable) {
                match name.as_deref().map(|name| (name, (self.variable)(name))) {
                    Some((_, Some(value))) => _ = table.insert((*field).into(), Value::String(value)),
                    Some((name, None)) => _ = self.manifest.kept.insert(key.clone(), name.to_owned()),
                    None => self.fault(path, &by_variable, "fault-variable".into()),
                }
            }
            if let Some(file) = named(table, &by_file) {
                match file.map(fs::read_to_string) {
                    Some(Ok(text)) => {
                        table.insert((*field).into(), text.trim_end_matches(['\r', '\n']).into());
                    }
                    Some(Err(why)) => {
                        let problem = Message::new("fault-file-path").with("why", why.to_string());
                        self.fault(path, &by_file, problem);
                    }
                    None => self.fault(path, &by_file, "fault-path".into()),
                }
            }
            if let Some(secret) = table.get(*field).and_then(Value::as_str) {
                self.manifest.fingerprints.insert(key, Secret::from(secret).digest());
            }
        }
    }

    fn fault(&mut self, path: &str, field: &str, problem: Message) {
        self.faults.push(Fault { key: join(path, field), problem });
    }
}

fn without_secrets(table: &Table) -> Table {
    let mut table = table.clone();
    for (section, fields) in SECRETS {
        let remove = |item: &mut Value| {
            if let Value::Table(item) = item {
                item.retain(|field, _| !fields.contains(&field));
            }
        };
        match table.get_mut(section) {
            Some(Value::Array(items)) => items.iter_mut().for_each(remove),
            Some(Value::Table(items)) if section == "providers" => items.iter_mut().for_each(|(_, item)| remove(item)),
            Some(item) => remove(item),
            None => {}
        }
    }
    table
}

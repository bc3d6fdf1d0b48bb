//! An instance as a file: what the database says, spelled as a manifest, with secrets as the names of variables.
use super::present::Present;
use crate::{
    admin::{apps, providers},
    config::{Config, describe_provider, live::Key},
    domain::{Client, GroupKind, ProviderName},
    protocol::registration::{ClientMetadata, InLanguages, revise},
    storage::clients::Source,
};
use std::collections::BTreeSet;
use toml::{Table, Value};

/// The whole file.
pub(super) fn text(config: &Config, present: &Present) -> String {
    let mut variables = Variables::default();
    let settings = settings(present, &mut variables);
    let mut table = Table::new();
    let clients = present.clients.values().filter(|there| there.source == Source::Command);
    put(&mut table, "clients", clients.map(|there| client(&there.client, &mut variables)).collect());
    let mut providers = Table::new();
    let mut unreadable = vec![];
    for (name, stored) in &present.providers {
        let Some(settings) = &stored.settings else {
            unreadable.push(name.as_str());
            continue;
        };
        let mut section = describe_provider(settings);
        let has = [settings.client_secret.is_some(), settings.private_key.is_some()];
        for (secret, _) in providers::SECRETS.iter().zip(has).filter(|(_, has)| *has) {
            section.insert(format!("{secret}_env"), variables.name(&["provider", name.as_str(), secret]).into());
        }
        providers.insert(name.to_string(), Value::Table(section));
    }
    if !providers.is_empty() {
        table.insert("providers".into(), Value::Table(providers));
    }
    for (list, wanted) in [("groups", GroupKind::Group), ("roles", GroupKind::Role)] {
        let of_kind = present.groups.values().filter(|group| group.kind == wanted);
        let section = |group: &crate::storage::groups::Group| {
            let mut section = Table::from_iter([("name".into(), Value::String(group.name.clone()))]);
            if !group.description.is_empty() {
                section.insert("description".into(), group.description.clone().into());
            }
            section
        };
        put(&mut table, list, of_kind.map(section).collect());
    }
    let mut parts = vec![head(config, &variables, &unreadable), written(&settings)];
    for section in ["groups", "roles", "providers", "clients"] {
        parts.extend(table.remove(section).map(|value| written(&Table::from_iter([(section.to_owned(), value)]))));
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n") + "\n"
}

/// TOML, without the end of the last line.
fn written(table: &Table) -> String {
    // A table of texts, numbers, lists and tables can always be written.
    let text = toml::to_string_pretty(&table).unwrap_or_else(|_| table.to_string());
    text.trim_end().to_owned()
}

fn put(table: &mut Table, list: &str, sections: Vec<Table>) {
    if !sections.is_empty() {
        table.insert(list.into(), Value::Array(sections.into_iter().map(Value::Table).collect()));
    }
}

fn head(config: &Config, variables: &Variables, unreadable: &[&str]) -> String {
    let mut lines = vec![
        format!("# {}, as `genkan export` wrote it.", config.issuer),
        "# `genkan plan FILE` shows what it would change, `genkan apply FILE` does it (docs/configuration.md).".into(),
    ];
    if !variables.0.is_empty() {
        lines.push("#".into());
        lines.push("# Secrets are in variables. One that is not set leaves the secret as it is:".into());
        lines.extend(variables.0.iter().map(|name| format!("#   {name}")));
    }
    let in_file = |names: Vec<&str>, what: &str| {
        (!names.is_empty()).then(|| format!("# The settings file has, and rules: {what} {}.", names.join(", ")))
    };
    lines.extend(in_file(config.clients.iter().map(|client| client.client_id.as_str()).collect(), "clients"));
    lines.extend(in_file(config.providers.keys().map(ProviderName::as_str).collect(), "providers"));
    for name in unreadable {
        lines.push(format!("# The provider {name} cannot be read, and is left out."));
    }
    lines.join("\n")
}

fn settings(present: &Present, variables: &mut Variables) -> Table {
    let mut table = present.settings.stored.to_table();
    for (section, value) in &mut table {
        let Value::Table(fields) = value else { continue };
        let is_secret = |field: &&String| Key::find(&format!("{section}.{field}")).is_some_and(Key::is_secret);
        let secrets: Vec<_> = fields.keys().filter(is_secret).cloned().collect();
        for field in secrets {
            fields.remove(&field);
            fields.insert(format!("{field}_env"), variables.name(&[section, &field]).into());
        }
    }
    table
}

/// An app's section: only what differs from saying nothing.
fn client(client: &Client, variables: &mut Variables) -> Table {
    let mut told = apps::told(client);
    // Of the picture that was uploaded, and of a secret that is about to end, a file says nothing.
    told.remove("logo");
    told.remove("previous_secret_until");
    let names: Vec<_> =
        told.keys().filter(|name| !matches!(name.as_str(), "client_id" | "client_name")).cloned().collect();
    for name in names {
        let Some(value) = told.remove(&name) else { continue };
        let rest: Result<InLanguages<ClientMetadata>, _> = serde_json::from_value(told.clone().into());
        let is_same = rest.is_ok_and(|rest| revise(client, rest.into()).is_ok_and(|again| again == *client));
        if !is_same {
            told.insert(name, value);
        }
    }
    let mut section = Table::try_from(told).unwrap_or_default();
    if client.secret_digest.is_some() {
        let name = variables.name(&["client", client.client_id.as_str(), "secret"]);
        section.insert("client_secret_env".into(), name.into());
    }
    section
}

/// The names of variables, each once.
#[derive(Default)]
struct Variables(BTreeSet<String>);

impl Variables {
    fn name(&mut self, parts: &[&str]) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        let name: String = parts.join("_").chars().map(plain).collect();
        let mut names = (1..).map(|n| if n == 1 { name.clone() } else { format!("{name}_{n}") });
        let free = names.find(|name| !self.0.contains(name)).unwrap_or(name.clone());
        self.0.insert(free.clone());
        free
    }
}

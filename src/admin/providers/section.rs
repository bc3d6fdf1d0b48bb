//! The section of a provider: what was sent, completed and judged; and what the audit trail has of it.
use super::{Stored, has};
use crate::{
    admin::{Error, Fault, Operator},
    config::{self, describe_provider, parse_provider},
    domain::{Actor, Event, NewEvent, ProviderName},
    upstream::{Endpoints, Settings},
};
use serde_json::{Value, json};
use toml::Table;

/// What is never told.
pub const SECRETS: [&str; 2] = ["client_secret", "private_key"];
/// Files of the machine that hold them, which those who work on it may name, and nobody from outside.
const FILES: [&str; 2] = ["client_secret_file", "private_key_file"];
/// What says where a secret is sent, besides the addresses themselves.
const DESTINATIONS: [&str; 2] = ["base_url", "tenant"];

/// What is to be stored: what was sent, with the secrets that were there before; or all its faults.
pub(super) fn completed(
    operator: &Operator,
    name: &ProviderName,
    section: &Table,
    before: Option<&Stored>,
) -> Result<(Table, Settings), Error> {
    let mut table = section.clone();
    let mut faults = vec![];
    if operator.actor != Actor::Command {
        for file in FILES.iter().filter(|file| section.contains_key(**file)) {
            faults.push(Fault::new(*file, "admin-error-provider-file"));
        }
    }
    let mut kept = vec![];
    for (secret, file) in SECRETS.into_iter().zip(FILES) {
        if section.get(secret).is_some_and(|value| value.as_str().is_some_and(|text| text.trim().is_empty())) {
            table.remove(secret);
        }
        if table.contains_key(secret) || table.contains_key(file) {
            continue;
        }
        for key in [secret, file] {
            if let Some(value) = before.and_then(|before| before.table.get(key)) {
                table.insert(key.to_owned(), value.clone());
                kept.push(secret);
            }
        }
    }
    let parsed = parse_provider(name.as_str(), &table.to_string());
    faults.extend(parsed.as_ref().err().into_iter().flatten().map(|fault| told(name, fault)));
    if let (Ok((_, after)), Some(Some(before))) = (&parsed, before.map(|before| &before.settings)) {
        faults.extend(changes_that_cannot_be(before, after, &kept, name));
    }
    match parsed {
        Ok((_, settings)) if faults.is_empty() => Ok((normal(&table, &settings), settings)),
        _ => Err(Error::Invalid(faults)),
    }
}

/// Who people are is kept by the name, so that it cannot become another kind's; and whoever may not read a secret may
/// not have it sent to an address of theirs.
fn changes_that_cannot_be(
    before: &Settings,
    after: &Settings,
    kept: &[&'static str],
    name: &ProviderName,
) -> Vec<Fault> {
    let kind = |settings: &Settings| settings.kind.or_else(|| name.as_str().parse().ok());
    let mut faults = vec![];
    if kind(before) != kind(after) {
        faults.push(Fault::new("kind", "admin-error-provider-kind"));
    }
    if destinations(before) != destinations(after) {
        faults.extend(kept.iter().map(|secret| Fault::new(*secret, "admin-error-provider-secret-again")));
    }
    faults
}

fn destinations(settings: &Settings) -> Vec<(String, toml::Value)> {
    let is_one = |name: &String| Endpoints::NAMES.contains(&name.as_str()) || DESTINATIONS.contains(&name.as_str());
    describe_provider(settings).into_iter().filter(|(name, _)| is_one(name)).collect()
}

/// The section as it is always written, whichever way it came.
fn normal(table: &Table, settings: &Settings) -> Table {
    let mut normal = describe_provider(settings);
    let secrets = table.iter().filter(|(name, _)| SECRETS.contains(&name.as_str()) || FILES.contains(&name.as_str()));
    normal.extend(secrets.map(|(name, value)| (name.clone(), value.clone())));
    normal
}

/// A fault of the settings, beside its field.
fn told(name: &ProviderName, fault: &config::Fault) -> Fault {
    let field = fault.key.strip_prefix(&format!("providers.{name}.")).unwrap_or(&fault.key);
    Fault::new(field, fault.problem.clone())
}

/// That one is gone. `people`: how many came from it.
pub(in crate::admin) fn removed(operator: &Operator, name: &ProviderName, before: &Stored, people: i64) -> NewEvent {
    operator.event(Event::ProviderDeleted).about_object("provider", name).with(json!({
        "before": before.settings.as_ref().map(|settings| shown(settings, None)), "people": people,
    }))
}

/// That one is set up, or anew.
pub(super) fn saved(operator: &Operator, name: &ProviderName, before: Option<&Settings>, after: &Settings) -> NewEvent {
    let details = json!({ "before": before.map(|before| shown(before, None)), "after": shown(after, before) });
    operator.event(Event::ProviderSaved).about_object("provider", name).with(details)
}

/// Settings as the audit trail has them. `before`: what they were, so that secrets that are others are said to be.
fn shown(settings: &Settings, before: Option<&Settings>) -> Value {
    let mut value = serde_json::to_value(describe_provider(settings)).unwrap_or_default();
    for secret in SECRETS.into_iter().filter(|secret| has(settings, secret)) {
        let is_same = |before: &Settings| match secret {
            "client_secret" => before.client_secret == settings.client_secret,
            _ => before.private_key == settings.private_key,
        };
        value[secret] = if before.is_none_or(is_same) { "set" } else { "changed" }.into();
    }
    value
}

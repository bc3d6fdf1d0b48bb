//! Making a plan: one kind of thing after the other, on what there is and what is to be.
use super::{
    super::{Error, Fault, Operator, apps, groups, providers},
    Action, Configuration, Kind, Plan, Step,
    present::Present,
};
use crate::{
    config::{Manifest, live::Change},
    domain::{ClientId, Event, GroupId, NewEvent, Timestamp},
    i18n::Message,
    protocol::registration::{ClientMetadata, MetadataFault, register, revise},
    storage::{clients::Source, groups::Group, manifest::Row},
};
use serde_json::{Map, Value};

/// What is planned, and for whom.
pub(super) struct Planner<'a> {
    configuration: &'a Configuration<'a>,
    operator: &'a Operator,
    manifest: &'a Manifest,
    present: &'a Present,
    /// Whether what the manifest does not name goes.
    prune: bool,
    now: Timestamp,
    plan: Plan,
    faults: Vec<Fault>,
}

impl<'a> Planner<'a> {
    pub fn new(
        configuration: &'a Configuration<'a>,
        operator: &'a Operator,
        (manifest, present): (&'a Manifest, &'a Present),
        prune: bool,
        now: Timestamp,
    ) -> Self {
        Self { configuration, operator, manifest, present, prune, now, plan: Plan::default(), faults: vec![] }
    }

    /// Looks at everything. Where a manifest that lacks secrets cannot be judged, it says that there is a difference.
    pub fn drift(mut self) -> Plan {
        self.look();
        for fault in std::mem::take(&mut self.faults) {
            let (kind, name) = object(&fault.field);
            if !self.plan.steps.iter().any(|step| step.kind == kind && step.name == name) {
                let (action, before, after) = (self.action(kind, name), Map::new(), Map::new());
                self.plan.steps.push(Step { action, kind, name: name.to_owned(), before, after });
            }
        }
        self.plan
    }

    /// What is to be done about something that is not as it should be.
    fn action(&self, kind: Kind, name: &str) -> Action {
        let is_there = match kind {
            Kind::Client => self.present.clients.contains_key(&ClientId::from(name)),
            Kind::Provider => name.parse().is_ok_and(|name| self.present.providers.contains_key(&name)),
            Kind::Setting | Kind::Group | Kind::Role => true,
        };
        if is_there { Action::Change } else { Action::Add }
    }

    fn look(&mut self) {
        self.settings();
        self.groups();
        self.providers();
        self.clients();
    }

    /// Looks at everything, and tells all faults at once.
    pub fn work(mut self) -> Result<Plan, Error> {
        self.look();
        for (place, variable) in &self.manifest.kept {
            let message = Message::new("manifest-secret-kept").with("variable", variable.clone());
            match self.faults.iter_mut().find(|fault| fault.field == *place) {
                Some(fault) => {
                    fault.message = Message::new("manifest-secret-missing").with("variable", variable.clone());
                }
                None => self.plan.warnings.push(Fault::new(place.clone(), message)),
            }
        }
        if self.faults.is_empty() { Ok(self.plan) } else { Err(Error::Invalid(self.faults)) }
    }

    fn step(&mut self, step: Step, row: Row, event: NewEvent) {
        self.plan.steps.push(step);
        self.plan.rows.push((row, event));
    }

    fn settings(&mut self) {
        let (opened, config) = (&self.present.settings, self.configuration.config);
        let entries = config.entries(&opened.stored);
        // What the file says as well is no wish to change it.
        let is_so = |name: &str, value: &toml::Value| {
            let entry = entries.iter().find(|entry| entry.key.name == name);
            entry.is_some_and(|entry| entry.is_locked() && entry.value.as_ref() == Some(value))
        };
        let named = self.manifest.settings.iter().filter(|(name, value)| !is_so(name, value));
        let mut changes: Vec<_> =
            named.map(|(name, value)| Change { key: name.clone(), value: Some(value.clone()) }).collect();
        for name in opened.stored.names() {
            if self.manifest.settings.contains_key(name) || self.manifest.kept.contains_key(name) {
                continue;
            }
            if self.prune {
                changes.push(Change { key: name.to_owned(), value: None });
            } else {
                self.plan.unlisted.push((Kind::Setting, name.to_owned()));
            }
        }
        match self.configuration.office().prepare(self.operator, opened, &changes) {
            Ok((prepared, _)) if prepared.saved.keys.is_empty() => {}
            Ok((prepared, event)) => {
                let whole = Step::of(Action::Change, Kind::Setting, "", &event);
                for (name, before, after) in whole.fields() {
                    let value = |value: Option<&Value>| {
                        value.filter(|value| !value.is_null()).map(|value| ("value".to_owned(), value.clone()))
                    };
                    let (before, after) = (value(before).into_iter().collect(), value(after).into_iter().collect());
                    let name = name.to_owned();
                    self.plan.steps.push(Step { action: Action::Change, kind: Kind::Setting, name, before, after });
                }
                self.plan.rows.push((Row::Settings(prepared.made_from, prepared.sealed), event));
            }
            Err(why) => self.fault("settings", why),
        }
    }

    fn groups(&mut self) {
        for ((kind, name), description) in &self.manifest.groups {
            let read = match groups::read(name, description) {
                Ok(read) => read,
                Err(why) => {
                    self.fault(&format!("{kind}s.{name}"), why);
                    continue;
                }
            };
            let (operator, kind) = (self.operator, *kind);
            match self.present.groups.get(&(kind, name.clone())) {
                None => {
                    let (name, description) = read;
                    let id = GroupId::random();
                    let group = Group { id, kind, name: name.clone(), description, version: 1, created_at: self.now };
                    let event = groups::created(operator, &group);
                    self.step(Step::of(Action::Add, kind.into(), name, &event), Row::NewGroup(group), event);
                }
                Some(before) if before.description != read.1 => {
                    let group = Group { description: read.1, ..before.clone() };
                    let event = groups::updated(operator, before, &group);
                    self.step(Step::of(Action::Change, kind.into(), name, &event), Row::Group(group), event);
                }
                Some(_) => {}
            }
        }
        for ((kind, name), group) in &self.present.groups {
            if self.manifest.groups.contains_key(&(*kind, name.clone())) {
                continue;
            }
            if !self.prune {
                self.plan.unlisted.push(((*kind).into(), name.clone()));
                continue;
            }
            let event = groups::deleted(self.operator, group);
            let row = Row::NoGroup(group.id.clone(), group.version);
            self.step(Step::of(Action::Remove, (*kind).into(), name, &event), row, event);
        }
    }

    fn providers(&mut self) {
        let register = self.configuration.register();
        for (name, section) in &self.manifest.providers {
            let place = format!("providers.{name}");
            if self.configuration.config.providers.contains_key(name) {
                self.fault(&place, Error::Impossible("admin-error-provider-in-file"));
                continue;
            }
            let before = self.present.providers.get(name);
            let action = if before.is_some() { Action::Change } else { Action::Add };
            match register.prepare(self.operator, name, section, before.cloned()) {
                Err(why) => self.fault(&place, why),
                Ok((after, ..)) if before.and_then(|before| before.settings.as_ref()) == Some(&after) => {}
                Ok((_, row, event)) => {
                    self.step(Step::of(action, Kind::Provider, name.as_str(), &event), Row::Provider(row), event);
                }
            }
        }
        for (name, stored) in &self.present.providers {
            if self.manifest.providers.contains_key(name) {
                continue;
            }
            if !self.prune {
                self.plan.unlisted.push((Kind::Provider, name.to_string()));
                continue;
            }
            let people = self.present.people.get(name.as_str()).copied().unwrap_or_default();
            let event = providers::removed(self.operator, name, stored, people);
            let row = Row::NoProvider(name.clone(), stored.sealed.clone());
            self.step(Step::of(Action::Remove, Kind::Provider, name.as_str(), &event), row, event);
        }
    }

    fn clients(&mut self) {
        for (id, metadata) in &self.manifest.clients {
            let place = format!("clients.{id}");
            // Also where no server has taken them from the file yet.
            if self.configuration.config.clients.iter().any(|client| client.client_id.as_str() == id) {
                self.fault(&place, Error::Impossible("app-error-settings"));
                continue;
            }
            match self.present.clients.get(&ClientId(id.clone())) {
                Some(before) if before.source == Source::Settings => {
                    self.fault(&place, Error::Impossible("app-error-settings"));
                }
                Some(before) => match revise(&before.client, metadata.clone()) {
                    Ok(client) if client == before.client => {}
                    Ok(client) => {
                        let mut event = apps::revised(self.operator, Event::ClientUpdated, &before.client, &client);
                        if client.secret_digest != before.client.secret_digest {
                            tell_of_secret(&mut event);
                        }
                        let step = Step::of(Action::Change, Kind::Client, id, &event);
                        self.step(step, Row::Client(client, before.version), event);
                    }
                    Err(faults) => self.metadata_faults(&place, faults),
                },
                None => match register(ClientMetadata { client_id: Some(id.clone()), ..metadata.clone() }) {
                    Ok(client) => {
                        let event = apps::registered(self.operator, &client);
                        self.step(Step::of(Action::Add, Kind::Client, id, &event), Row::NewClient(client), event);
                    }
                    Err(faults) => self.metadata_faults(&place, faults),
                },
            }
        }
        for (id, there) in &self.present.clients {
            if there.source == Source::Settings || self.manifest.clients.contains_key(id.as_str()) {
                continue;
            }
            if !self.prune {
                self.plan.unlisted.push((Kind::Client, id.to_string()));
                continue;
            }
            let event = apps::removed(self.operator, &there.client);
            let row = Row::NoClient(id.clone(), there.version);
            self.step(Step::of(Action::Remove, Kind::Client, id.as_str(), &event), row, event);
        }
    }

    fn metadata_faults(&mut self, place: &str, faults: Vec<MetadataFault>) {
        self.fault(place, Error::Invalid(faults.into_iter().map(Into::into).collect()));
    }

    fn fault(&mut self, place: &str, why: Error) {
        match why {
            Error::Invalid(faults) => self.faults.extend(faults.into_iter().map(|fault| {
                let is_setting = place == "settings";
                let field = if is_setting { fault.field } else { format!("{place}.{}", fault.field) };
                Fault { field, message: fault.message }
            })),
            Error::Impossible(message) | Error::Forbidden(message) => self.faults.push(Fault::new(place, message)),
            other => {
                let message = Message::new("fault-told").with("why", other.to_string());
                self.faults.push(Fault::new(place, message));
            }
        }
    }
}

/// What a fault is about.
fn object(field: &str) -> (Kind, &str) {
    let parts = field.split_once('.').unwrap_or((field, ""));
    let name = || parts.1.rsplit_once('.').map_or(parts.1, |(name, _)| name);
    match parts.0 {
        "clients" => (Kind::Client, name()),
        "providers" => (Kind::Provider, name()),
        "groups" => (Kind::Group, name()),
        "roles" => (Kind::Role, name()),
        _ => (Kind::Setting, field),
    }
}

/// An event of an app tells nothing of its secret but that it is another.
fn tell_of_secret(event: &mut NewEvent) {
    if let Some(Value::Object(after)) = event.details.as_mut().and_then(|details| details.get_mut("after")) {
        after.insert("client_secret".into(), "changed".into());
    }
}

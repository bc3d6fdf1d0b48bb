//! The settings that change while Genkan runs: one save is one change, and one event that says what was and what is.
use super::{Error, Fault, Operator};
use crate::{
    app::{
        App,
        settings::{Opened, Prepared, SaveError, Saved, prepare, read},
    },
    config::{
        self, Config,
        live::{Change, Entry, Key, Kind},
    },
    domain::{Actor, Chain, Event, NewEvent, Timestamp},
    keys::Sealer,
    storage::{Db, settings},
};
use serde_json::{Map, Value, json};

/// How often a change is tried that others overtake.
const TRIES: usize = 5;

/// The settings, and what it takes to change them.
pub struct Office<'a> {
    /// What the file and the environment say.
    pub config: &'a Config,
    /// The database.
    pub db: &'a Db,
    /// What seals them.
    pub sealer: &'a Sealer,
    /// What seals the audit trail.
    pub chain: &'a Chain,
}

impl<'a> From<&'a App> for Office<'a> {
    fn from(app: &'a App) -> Self {
        Self { config: &app.config, db: &app.db, sealer: &app.secrets.settings, chain: &app.secrets.audit }
    }
}

impl Office<'_> {
    /// What the database says.
    pub async fn read(&self) -> Result<Opened, Error> {
        read(self.db, self.sealer).await.map_err(told)
    }

    /// Makes changes, all or none. `made_from`: the version that whoever makes them has seen, where they say so.
    pub async fn save(
        &self,
        operator: &Operator,
        changes: &[Change],
        made_from: Option<i64>,
        now: Timestamp,
    ) -> Result<Saved, Error> {
        if operator.actor != Actor::Command {
            refuse_folders(changes)?;
        }
        for _ in 0..TRIES {
            let opened = self.read().await?;
            if made_from.is_some_and(|version| version != opened.version) {
                return Err(Error::Stale);
            }
            let (prepared, event) = self.prepare(operator, &opened, changes)?;
            if prepared.saved.keys.is_empty() {
                return Ok(prepared.saved);
            }
            let change = (prepared.made_from, prepared.sealed);
            if settings::replace(self.db, self.chain, change, event, now).await? {
                return Ok(prepared.saved);
            }
        }
        Err(Error::Stale)
    }

    /// Judges changes, and makes the document and the event of them.
    pub(super) fn prepare(
        &self,
        operator: &Operator,
        opened: &Opened,
        changes: &[Change],
    ) -> Result<(Prepared, NewEvent), Error> {
        let prepared = prepare(self.config, self.sealer, opened, changes).map_err(told)?;
        let details = self.details(opened, changes, &prepared.saved);
        Ok((prepared, operator.event(Event::SettingsChanged).with(details)))
    }

    /// What was and what is, key by key.
    fn details(&self, opened: &Opened, changes: &[Change], saved: &Saved) -> Value {
        let after = self.config.change_stored(&opened.stored, changes).map(|changed| changed.stored);
        let (before, after) = (self.config.entries(&opened.stored), self.config.entries(&after.unwrap_or_default()));
        let of = |entries: &[Entry], word: &str| {
            let changed = entries.iter().filter(|entry| saved.keys.iter().any(|key| key == entry.key.name));
            Value::Object(changed.map(|entry| (entry.key.name.to_owned(), shown(entry, word))).collect::<Map<_, _>>())
        };
        json!({ "before": of(&before, "set"), "after": of(&after, "changed") })
    }
}

/// A value, or what is told of a secret.
fn shown(entry: &Entry, secret: &str) -> Value {
    if entry.key.is_secret() {
        return if entry.is_set { secret.into() } else { Value::Null };
    }
    serde_json::to_value(&entry.value).unwrap_or_default()
}

/// A folder of the machine is for those to name who work on it.
fn refuse_folders(changes: &[Change]) -> Result<(), Error> {
    let is_folder = |change: &&Change| Key::find(&change.key).is_some_and(|key| key.kind == Kind::Folder);
    let faults: Vec<_> = changes
        .iter()
        .filter(|change| change.value.is_some())
        .filter(is_folder)
        .map(|change| Fault::new(change.key.clone(), "admin-error-provider-file"))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

fn told(why: SaveError) -> Error {
    let fault = |fault: config::Fault| Fault::new(fault.key, fault.problem);
    match why {
        SaveError::Faults(faults) => Error::Invalid(faults.into_iter().map(fault).collect()),
        SaveError::Stale => Error::Stale,
        SaveError::Failed(why) => why.into(),
        SaveError::Keys(why) => why.into(),
        SaveError::Unreadable => Error::Impossible("admin-error-settings-unreadable"),
    }
}

//! Settings that are changed while Genkan runs: for the pages and commands that do so.
//!
//! `read` tells what the database says and its version, `Config::entries` what counts, key by key, and whence. `prepare`
//! judges changes, all or none; `admin::settings` stores them with their event.
use super::StartError;
use crate::{
    config::{
        Config, Fault, LiveSettings,
        live::{Change, Stored},
    },
    domain::Timestamp,
    keys::{self, MasterKey, Purpose, Sealer},
    storage::{self, Db, settings},
};

/// What the settings are sealed for.
const CONTEXT: &str = "settings";

/// What the database says, opened.
#[derive(Debug, Clone, Default)]
pub struct Opened {
    /// What a change says that it was made from.
    pub version: i64,
    /// When it was changed last.
    pub updated_at: Option<Timestamp>,
    /// What it says; see `Config::entries` for what counts.
    pub stored: Stored,
}

impl Opened {
    /// Opens a document; `None`: it was sealed by another master key, or is none.
    #[must_use]
    pub fn open(sealer: &Sealer, document: &settings::Document) -> Option<Self> {
        let settings::Document { version, updated_at, .. } = *document;
        let stored = match &document.sealed {
            Some(sealed) => Stored::parse(std::str::from_utf8(&sealer.open(CONTEXT, sealed)?).ok()?)?,
            None => Stored::default(),
        };
        Some(Self { version, updated_at, stored })
    }
}

/// Why changes were not saved. Nothing of them was.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// They, or what would come of them, are wrong: every fault, by its key.
    #[error("the settings have faults")]
    Faults(Vec<Fault>),
    /// Somebody else has changed the settings since.
    #[error("somebody else has changed the settings in the meantime")]
    Stale,
    /// The database.
    #[error(transparent)]
    Failed(#[from] storage::Error),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] keys::Error),
    /// What the database says cannot be read.
    #[error("the settings in the database cannot be read")]
    Unreadable,
}

/// A change that is right, ready for `storage::settings::replace`.
#[derive(Debug)]
pub struct Prepared {
    /// The version it was made from.
    pub made_from: i64,
    /// The document that is to be.
    pub sealed: Vec<u8>,
    /// What came of it.
    pub saved: Saved,
}

/// What came of a change.
#[derive(Debug)]
pub struct Saved {
    /// The keys of which the database says something else than before.
    pub keys: Vec<String>,
    /// What the operator should know although all is right.
    pub warnings: Vec<String>,
}

/// What the database says.
pub async fn read(db: &Db, sealer: &Sealer) -> Result<Opened, SaveError> {
    Opened::open(sealer, &settings::get(db).await?).ok_or(SaveError::Unreadable)
}

/// Looks whether changes are right, on what the database said when they were made.
pub fn prepare(config: &Config, sealer: &Sealer, opened: &Opened, changes: &[Change]) -> Result<Prepared, SaveError> {
    let changed = config.change_stored(&opened.stored, changes).map_err(SaveError::Faults)?;
    let sealed = sealer.seal(CONTEXT, changed.stored.to_text().as_bytes())?;
    let saved = Saved { keys: changed.keys, warnings: changed.judged.warnings };
    Ok(Prepared { made_from: opened.version, sealed, saved })
}

/// What seals the settings, for commands.
pub fn sealer(master: &MasterKey) -> Result<Sealer, keys::Error> {
    master.sealer(Purpose::Settings)
}

/// The settings that count, for commands.
pub async fn effective(config: &Config, db: &Db) -> Result<LiveSettings, StartError> {
    let sealer = sealer(&super::unlock(config, db).await?)?;
    let opened = Opened::open(&sealer, &settings::get(db).await?);
    Ok(opened.map_or_else(|| config.live.clone(), |opened| config.follow_stored(&opened.stored).0))
}

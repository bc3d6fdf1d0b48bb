//! Where else people sign in: providers of the settings file, which are to be read alone, and those of the database.
//!
//! Secrets go in and never come out: whoever describes a provider anew leaves them out, and they stay as they were,
//! unless they would then be sent somewhere else.
mod section;

pub use section::SECRETS;
pub(super) use section::removed;

use super::{Error, Operator};
use crate::{
    app::App,
    config::{Config, describe_provider, parse_provider},
    domain::{Chain, Digest, NewEvent, ProviderName, Timestamp},
    fetch::Fetcher,
    keys::Sealer,
    storage::{Db, providers},
    upstream::{Checked, Provider, Settings, Upstream},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use section::{completed, saved};
use std::collections::{BTreeMap, HashMap};
use toml::Table;

/// How often a change is tried that others overtake.
const TRIES: usize = 5;

/// What somebody knows of what they are about to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Nothing: it may be as it likes.
    Anything,
    /// That it is not there.
    Nothing,
    /// That it is there.
    Something,
    /// That it is as it was with this tag.
    Tag(String),
}

impl Expected {
    fn meets(&self, tag: Option<&str>) -> Result<(), Error> {
        let met = match self {
            Self::Anything => true,
            Self::Nothing => tag.is_none(),
            Self::Something => tag.is_some(),
            Self::Tag(expected) => tag == Some(expected),
        };
        if met { Ok(()) } else { Err(Error::Stale) }
    }
}

/// Where a provider is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the settings file.
    File,
    /// In the database.
    Database,
}

/// A provider that is set up.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name here.
    pub name: ProviderName,
    /// Where.
    pub place: Place,
    /// The provider; nothing where its settings cannot be read any more.
    pub provider: Option<Provider>,
    /// What changes with it; one of the file has none.
    pub tag: Option<String>,
    /// How many people can come from it.
    pub people: i64,
}

impl Entry {
    /// What its section says, without its secrets.
    #[must_use]
    pub fn section(&self) -> Table {
        self.provider.as_ref().map(|provider| describe_provider(&provider.settings)).unwrap_or_default()
    }

    /// Whether there is a secret of this name.
    #[must_use]
    pub fn has(&self, secret: &str) -> bool {
        self.provider.as_ref().is_some_and(|provider| has(&provider.settings, secret))
    }
}

/// What the database has of one.
#[derive(Clone)]
pub(super) struct Stored {
    /// As it is stored.
    pub sealed: Vec<u8>,
    /// As it was written; empty where it cannot be read.
    pub table: Table,
    /// What that says; nothing where it cannot be read.
    pub settings: Option<Settings>,
}

impl Stored {
    fn tag(&self) -> String {
        Digest::of(&URL_SAFE_NO_PAD.encode(&self.sealed)).as_str().to_owned()
    }
}

/// All providers, and what it takes to change them.
pub struct Register<'a> {
    /// The settings.
    pub config: &'a Config,
    /// The database.
    pub db: &'a Db,
    /// What seals them.
    pub sealer: &'a Sealer,
    /// What seals the audit trail.
    pub chain: &'a Chain,
}

impl<'a> From<&'a App> for Register<'a> {
    fn from(app: &'a App) -> Self {
        Self { config: &app.config, db: &app.db, sealer: &app.secrets.providers, chain: &app.secrets.audit }
    }
}

impl Register<'_> {
    /// Every provider, in the order of their buttons.
    pub async fn all(&self) -> Result<Vec<Entry>, Error> {
        let people: HashMap<_, _> = providers::people(self.db).await?.into_iter().collect();
        let mut found = BTreeMap::new();
        for (name, settings) in &self.config.providers {
            let provider = Provider::new(name.clone(), settings.clone()).ok();
            found
                .insert(name.clone(), Entry { name: name.clone(), place: Place::File, provider, tag: None, people: 0 });
        }
        for (name, stored) in self.all_stored().await? {
            found.entry(name.clone()).or_insert_with(|| entry(name, &stored));
        }
        let mut all: Vec<_> = found.into_values().collect();
        for entry in &mut all {
            entry.people = people.get(entry.name.as_str()).copied().unwrap_or_default();
        }
        all.sort_by_key(|entry| {
            (entry.provider.as_ref().map_or(0, |provider| provider.settings.order), entry.name.clone())
        });
        Ok(all)
    }

    /// One of them.
    pub async fn find(&self, name: &ProviderName) -> Result<Entry, Error> {
        self.all().await?.into_iter().find(|entry| entry.name == *name).ok_or(Error::NotFound)
    }

    /// Sets one up, or anew. Secrets that `section` leaves out stay what they were.
    pub async fn save(
        &self,
        operator: &Operator,
        name: &str,
        section: &Table,
        expected: &Expected,
        now: Timestamp,
    ) -> Result<Entry, Error> {
        let Ok(name) = name.parse::<ProviderName>() else {
            return Err(Error::fault("name", "admin-error-provider-name"));
        };
        if self.config.providers.contains_key(&name) {
            return Err(Error::Impossible("admin-error-provider-in-file"));
        }
        for _ in 0..TRIES {
            let before = self.stored(&name).await?;
            expected.meets(before.as_ref().map(Stored::tag).as_deref())?;
            let (_, row, event) = self.prepare(operator, &name, section, before)?;
            if providers::put(self.db, self.chain, row, event, now).await? {
                return self.find(&name).await;
            }
        }
        Err(Error::Stale)
    }

    /// Removes one. Accounts keep what they have of it.
    pub async fn remove(
        &self,
        operator: &Operator,
        name: &ProviderName,
        expected: &Expected,
        now: Timestamp,
    ) -> Result<(), Error> {
        for _ in 0..TRIES {
            let Some(before) = self.stored(name).await? else {
                let in_file = self.config.providers.contains_key(name);
                return Err(if in_file { Error::Impossible("admin-error-provider-in-file") } else { Error::NotFound });
            };
            expected.meets(Some(&before.tag()))?;
            let event = removed(operator, name, &before, self.find(name).await?.people);
            if providers::remove(self.db, self.chain, (name.clone(), before.sealed), event, now).await? {
                return Ok(());
            }
        }
        Err(Error::Stale)
    }

    /// Judges what one is to be, and makes the row and the event of it.
    pub(super) fn prepare(
        &self,
        operator: &Operator,
        name: &ProviderName,
        section: &Table,
        before: Option<Stored>,
    ) -> Result<(Settings, providers::Row, NewEvent), Error> {
        let (table, settings) = completed(operator, name, section, before.as_ref())?;
        let sealed = self.sealer.seal(name.as_str(), table.to_string().as_bytes())?;
        let event = saved(operator, name, before.as_ref().and_then(|before| before.settings.as_ref()), &settings);
        Ok((settings, (name.clone(), sealed, before.map(|before| before.sealed)), event))
    }

    /// All that the database has.
    pub(super) async fn all_stored(&self) -> Result<BTreeMap<ProviderName, Stored>, Error> {
        let opened = |(name, sealed): (String, Vec<u8>)| {
            let name = name.parse::<ProviderName>().ok()?;
            let stored = self.open(&name, sealed);
            Some((name, stored))
        };
        Ok(providers::all(self.db).await?.into_iter().filter_map(opened).collect())
    }

    async fn stored(&self, name: &ProviderName) -> Result<Option<Stored>, Error> {
        let sealed = providers::find(self.db, name).await?;
        Ok(sealed.map(|sealed| self.open(name, sealed)))
    }

    fn open(&self, name: &ProviderName, sealed: Vec<u8>) -> Stored {
        let text = self.sealer.open(name.as_str(), &sealed).and_then(|text| String::from_utf8(text).ok());
        let text = text.unwrap_or_default();
        let settings = parse_provider(name.as_str(), &text).ok().map(|(_, settings)| settings);
        Stored { sealed, table: text.parse().unwrap_or_default(), settings }
    }
}

/// Looks at everything that can be looked at without a person.
pub async fn check(fetcher: &Fetcher, provider: Provider, now: Timestamp) -> Vec<Checked> {
    Upstream::new(provider, fetcher).check(now).await
}

fn entry(name: ProviderName, stored: &Stored) -> Entry {
    let settings = stored.settings.clone();
    let provider = settings.and_then(|settings| Provider::new(name.clone(), settings).ok());
    Entry { name, place: Place::Database, provider, tag: Some(stored.tag()), people: 0 }
}

fn has(settings: &Settings, secret: &str) -> bool {
    match secret {
        "client_secret" => settings.client_secret.is_some(),
        "private_key" => settings.private_key.is_some(),
        _ => false,
    }
}

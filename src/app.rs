//! What every request can reach.
mod client_keys;
mod memory;
mod passwords;
mod secrets;
pub mod settings;

pub(crate) use memory::{Document, Memory};
pub(crate) use passwords::PasswordPolicy;
pub(crate) use secrets::Secrets;

use crate::{
    breached,
    clock::Clock,
    config::{self, Config, LiveSettings, MasterKeySource},
    domain::{Actor, Assurance, Chain, Event, NewEvent, Password, PasswordProblem, Timestamp},
    fetch::{self, Fetcher},
    hashing::{self, Hasher},
    keys::{self, MasterKey, Purpose},
    mail::{self, Mailer},
    metrics,
    passkeys::Passkeys,
    places::{self, Places},
    storage::{self, Db, audit, clients, versions},
};
use arc_swap::ArcSwap;
use memory::Source;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

/// Why Genkan cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] keys::Error),
    /// The hashing threads.
    #[error("passwords: {0}")]
    Hashing(#[from] hashing::Error),
    /// Mail.
    #[error("mail: {0}")]
    Mail(#[from] mail::Error),
    /// The list of passwords that leaked.
    #[error("passwords.breached_file: {0}")]
    Breached(#[from] breached::Error),
    /// The file of places.
    #[error("sessions.places_file: {0}")]
    Places(#[from] places::Error),
    /// What fetches from elsewhere.
    #[error("fetch: {0}")]
    Fetch(#[from] fetch::Error),
    /// The listener.
    #[error(
        "the server cannot listen at {address}: {why}. server.listen and issuer say where; another program may be there"
    )]
    Listen {
        /// Where.
        address: std::net::SocketAddr,
        /// Why not.
        why: std::io::Error,
    },
    /// What the system tells the process cannot be heard.
    #[error("signals cannot be listened for: {0}")]
    Signals(std::io::Error),
    /// The certificate.
    #[error("the certificate or its key cannot be used: {0}")]
    Tls(String),
}

/// Genkan, running.
#[derive(Debug)]
pub struct App {
    /// The settings that hold from the start to the end; `App::settings` has those that may change.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// What hashes passwords.
    pub(crate) hasher: Hasher,
    /// What sends mail.
    pub(crate) mailer: Mailer,
    /// What fetches from elsewhere.
    pub(crate) fetcher: Fetcher,
    password_policy: PasswordPolicy,
    /// Where addresses are.
    pub(crate) places: Places,
    /// The keys derived from the master key, each for one purpose.
    pub(crate) secrets: Secrets,
    /// How this instance asks for passkeys; `None` where there can be none, and none is offered.
    pub(crate) passkeys: Option<Passkeys>,
    /// Whether the process is told to stop.
    pub(crate) stopping: Stopping,
    /// When it was last written down that somebody was refused, where nothing else limits how often that happens.
    pub(crate) written_lately: Mutex<HashMap<String, Timestamp>>,
    master: MasterKey,
    memory: ArcSwap<Memory>,
}

/// Whether the process is told to stop; once it is, that stays so.
#[derive(Debug, Default)]
pub(crate) struct Stopping(AtomicBool);

impl Stopping {
    /// It is told so.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it is.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl App {
    /// How sure the factors that are offered can make us of who somebody is.
    pub(crate) const fn possible(&self) -> Assurance {
        possible(self.passkeys.as_ref())
    }

    /// Opens the database, unlocks the keys (making them where there are none) and reads into
    /// memory what every request needs.
    pub async fn start(config: Config, clock: Clock) -> Result<Self, StartError> {
        let password_policy = PasswordPolicy::open(&config.passwords)?;
        let places = Places::open(config.places_file.as_deref())?;
        let db = open(&config).await?;
        let now = clock.now();
        metrics::started(now.0);
        let master = unlock(&config, &db).await?;
        keys::ensure(&db, &master, now).await?;
        clients::sync(&db, &config.clients, now).await?;
        clients::index(&db).await?;
        let hasher = Hasher::start(hashing::Settings::from(&config.passwords))?;
        let (fetcher, secrets) = (Fetcher::new(&config.fetch)?, Secrets::derive(&master)?);
        audit::begin(&db, &secrets.audit).await?;
        let passkeys = Passkeys::new(&config.issuer);
        let source = Source {
            config: &config,
            db: &db,
            master: &master,
            secrets: &secrets,
            fetcher: &fetcher,
            possible: possible(passkeys.as_ref()),
        };
        let memory = source.read(None).await?;
        let mailer = Mailer::new(&config, &master)?;
        let memory = ArcSwap::from_pointee(memory);
        let app = Self {
            config,
            db,
            clock,
            hasher,
            mailer,
            fetcher,
            password_policy,
            places,
            secrets,
            passkeys,
            stopping: Stopping::default(),
            written_lately: Mutex::default(),
            master,
            memory,
        };
        app.follow_settings()?;
        Ok(app)
    }

    /// What is in memory now.
    pub(crate) fn memory(&self) -> arc_swap::Guard<Arc<Memory>> {
        self.memory.load()
    }

    /// Reads anew what has changed, here or at another node.
    pub(crate) async fn refresh_memory(&self) -> Result<(), StartError> {
        let current = self.memory.load_full();
        if versions::current(&self.db).await? != current.versions {
            let source = Source {
                config: &self.config,
                db: &self.db,
                master: &self.master,
                secrets: &self.secrets,
                fetcher: &self.fetcher,
                possible: self.possible(),
            };
            let next = Arc::new(source.read(Some(&current)).await?);
            let is_changed = !Arc::ptr_eq(&next.settings, &current.settings);
            self.memory.store(next);
            if is_changed {
                self.follow_settings()?;
            }
        }
        Ok(())
    }

    /// Follows what has just been saved here; what fails is tried again within a second, as at every other node.
    pub(crate) async fn follow(&self) {
        if let Err(why) = self.refresh_memory().await {
            tracing::error!(%why, "what was saved is not followed yet");
        }
    }

    /// The settings that may change, as they are now. Whoever asks twice may get two answers: take one for a decision.
    pub(crate) fn settings(&self) -> Arc<LiveSettings> {
        self.memory.load().settings.clone()
    }

    /// Makes anew what is made of the settings once, and not at each use.
    fn follow_settings(&self) -> Result<(), StartError> {
        let settings = self.settings();
        settings.instance.words.install();
        Ok(self.mailer.follow(&self.config.issuer, &settings)?)
    }

    /// Reads a password that somebody chooses. `about`: what others know of them.
    pub(crate) fn judge_password(&self, typed: &str, about: &[&str]) -> Result<Password, PasswordProblem> {
        self.password_policy.judge(self.settings().passwords, typed, about)
    }

    /// Rotates and removes signing keys that are due.
    pub(crate) async fn maintain_keys(&self, now: Timestamp) -> Result<(), keys::Error> {
        let event = NewEvent::new(Event::KeyRotated, Actor::Genkan);
        keys::maintain(&self.db, &self.master, (&self.secrets.audit, &event), self.key_times(), now).await
    }

    /// After how long a signing key makes way (0: never), and how long its tokens live; in seconds.
    pub(crate) fn key_times(&self) -> (i64, i64) {
        let tokens = self.settings().tokens;
        let longest = tokens.access_token.max(tokens.id_token);
        // A key is published as long as tokens live that it has signed.
        let longest = self.memory().clients().filter_map(|client| client.access_token_lifetime).fold(longest, i64::max);
        (self.config.keys.rotate_after, longest)
    }

    /// What seals the signing keys.
    pub(crate) const fn master(&self) -> &MasterKey {
        &self.master
    }
}

const fn possible(passkeys: Option<&Passkeys>) -> Assurance {
    if passkeys.is_some() { Assurance::PhishingResistant } else { Assurance::MultiFactor }
}

/// Opens the database that the settings name.
pub async fn open(config: &Config) -> Result<Db, storage::Error> {
    let options =
        storage::Options { url: config.database.url.clone(), max_connections: config.database.max_connections };
    Db::open(&options).await
}

/// The master key that the settings name, proven to be the one of this database.
pub async fn unlock(config: &Config, db: &Db) -> Result<MasterKey, keys::Error> {
    match &config.master_key {
        MasterKeySource::File(file) => keys::unlock(db, file).await,
        MasterKeySource::Value(text) => {
            let master = MasterKey::parse("secrets.master_key", text.reveal())?;
            keys::prove(db, &master).await?;
            Ok(master)
        }
    }
}

/// What seals the audit trail, for commands. A trail that nobody has begun begins here.
pub async fn audit_chain(db: &Db, master: &MasterKey) -> Result<Chain, keys::Error> {
    let chain = Chain::new(master.hmac(Purpose::Audit)?);
    audit::begin(db, &chain).await?;
    Ok(chain)
}

impl From<&config::Passwords> for hashing::Settings {
    fn from(settings: &config::Passwords) -> Self {
        let config::Passwords { memory_kib, iterations, parallelism, workers, queue, .. } = *settings;
        Self { memory_kib, iterations, parallelism, workers, queue }
    }
}

//! What every request can reach.
use crate::{
    breached::{self, Breached},
    clock::Clock,
    config::{self, Config, MasterKeySource, SignUp},
    domain::{Assurance, Client, ClientId, Password, PasswordProblem, Timestamp},
    hashing::{self, Hasher},
    i18n::Language,
    keys::{self, KeyRing, MasterKey, Purpose, Sealer},
    mail::{self, Mailer},
    passkeys::Passkeys,
    places::{self, Places},
    protocol::discovery,
    storage::{self, Db, clients, versions},
};
use arc_swap::ArcSwap;
use aws_lc_rs::hmac;
use std::{collections::HashMap, sync::Arc};

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
    /// The certificate.
    #[error("the certificate or its key cannot be used: {0}")]
    Tls(String),
}

/// Genkan, running.
#[derive(Debug)]
pub struct App {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// What hashes passwords.
    pub(crate) hasher: Hasher,
    /// What sends mail.
    pub(crate) mailer: Mailer,
    /// Which passwords may be chosen.
    pub(crate) password_policy: PasswordPolicy,
    /// Where addresses are.
    pub(crate) places: Places,
    /// The keys derived from the master key, each for one purpose.
    pub(crate) secrets: Secrets,
    /// How this instance asks for passkeys; `None` where there can be none, and none is offered.
    pub(crate) passkeys: Option<Passkeys>,
    /// The provider's metadata, written once.
    pub(crate) metadata: Document,
    master: MasterKey,
    memory: ArcSwap<Memory>,
}

/// Keys that are good for one thing each.
#[derive(Debug)]
pub(crate) struct Secrets {
    /// Seals interactions.
    pub interactions: Sealer,
    /// Authenticates refresh tokens.
    pub refresh_tokens: hmac::Key,
    /// Authenticates form tokens.
    pub forms: hmac::Key,
    /// Encrypts session cookies.
    pub cookies: [u8; 64],
    /// Seals the secrets of second factors.
    pub second_factors: Sealer,
    /// Makes the digests of recovery codes, which are short enough to be guessed without it.
    pub recovery_codes: hmac::Key,
}

impl Secrets {
    fn derive(master: &MasterKey) -> Result<Self, keys::Error> {
        Ok(Self {
            interactions: master.sealer(Purpose::Interactions)?,
            refresh_tokens: master.hmac(Purpose::RefreshTokens)?,
            forms: master.hmac(Purpose::Forms)?,
            cookies: master.derive(Purpose::Cookies)?,
            second_factors: master.sealer(Purpose::SecondFactors)?,
            recovery_codes: master.hmac(Purpose::RecoveryCodes)?,
        })
    }
}

/// Which passwords may be chosen; every door through which one is set asks here.
#[derive(Debug)]
pub(crate) struct PasswordPolicy {
    min_strength: u8,
    breached: Option<Breached>,
}

impl PasswordPolicy {
    /// Reads the list of those that leaked, where there is one.
    pub fn open(settings: &config::Passwords) -> Result<Self, breached::Error> {
        let breached = settings.breached_file.as_deref().map(Breached::open).transpose()?;
        Ok(Self { min_strength: settings.min_strength, breached })
    }

    /// Reads a password that somebody chooses. `about`: what others know of them.
    pub fn judge(&self, typed: &str, about: &[&str]) -> Result<Password, PasswordProblem> {
        let password = Password::choose(typed)?;
        if let Some(weakness) = password.weakness(about, self.min_strength) {
            return Err(PasswordProblem::Weak(weakness));
        }
        let leaked = self.breached.as_ref().is_some_and(|breached| breached.has(&password));
        if leaked { Err(PasswordProblem::Leaked) } else { Ok(password) }
    }
}

/// A document that many read, with what tells whether it has changed.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// JSON. Its bytes are shared, never copied.
    pub body: actix_web::web::Bytes,
    /// The strong `ETag` (RFC 9110 section 8.8.3), quotes included.
    pub etag: String,
}

impl Document {
    fn new(body: String) -> Self {
        let etag = format!("\"{}\"", crate::domain::random_id());
        Self { body: body.into(), etag }
    }
}

/// What each node keeps of the database in memory, exact within a second.
#[derive(Debug)]
pub(crate) struct Memory {
    versions: versions::Versions,
    clients: HashMap<ClientId, Arc<Client>>,
    /// The signing keys.
    pub keys: Arc<KeyRing>,
    /// The published key set.
    pub jwks: Document,
}

impl Memory {
    /// The client with this id.
    pub fn client(&self, id: &str) -> Option<&Arc<Client>> {
        self.clients.get(&ClientId::from(id))
    }

    /// Every client.
    pub fn clients(&self) -> impl Iterator<Item = &Arc<Client>> {
        self.clients.values()
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
        config.instance.words.install();
        let password_policy = PasswordPolicy::open(&config.passwords)?;
        let places = Places::open(config.sessions.places_file.as_deref())?;
        let db = open(&config).await?;
        let now = clock.now();
        let master = unlock(&config, &db).await?;
        keys::ensure(&db, &master, now).await?;
        clients::sync(&db, &config.clients, now).await?;
        let hasher = Hasher::start(hashing::Settings::from(&config.passwords))?;
        let memory = read_memory(&db, &master, None).await?;
        let passkeys = Passkeys::new(&config.issuer, &config.instance.name);
        let languages = Language::ALL.map(Language::tag);
        let features = discovery::Features {
            sign_up: config.registration.sign_up == SignUp::Open,
            possible: possible(passkeys.as_ref()),
            languages: &languages,
        };
        let metadata = Document::new(discovery::document(&config.issuer, features).to_string());
        let secrets = Secrets::derive(&master)?;
        let mailer = Mailer::new(&config, &master)?;
        let memory = ArcSwap::from_pointee(memory);
        Ok(Self {
            config,
            db,
            clock,
            hasher,
            mailer,
            password_policy,
            places,
            secrets,
            passkeys,
            metadata,
            master,
            memory,
        })
    }

    /// What is in memory now.
    pub(crate) fn memory(&self) -> arc_swap::Guard<Arc<Memory>> {
        self.memory.load()
    }

    /// Reads anew what has changed, here or at another node.
    pub(crate) async fn refresh_memory(&self) -> Result<(), StartError> {
        let current = self.memory.load_full();
        if versions::current(&self.db).await? != current.versions {
            self.memory.store(Arc::new(read_memory(&self.db, &self.master, Some(&current)).await?));
        }
        Ok(())
    }

    /// Rotates and removes signing keys that are due.
    pub(crate) async fn maintain_keys(&self, now: Timestamp) -> Result<(), keys::Error> {
        let longest = self.config.tokens.access_token.max(self.config.tokens.id_token);
        keys::maintain(&self.db, &self.master, self.config.keys.rotate_after, longest, now).await
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

/// Reads what has changed since `before`; what has not is shared with it.
async fn read_memory(db: &Db, master: &MasterKey, before: Option<&Memory>) -> Result<Memory, StartError> {
    // First the versions: a change between this and the rest is read twice rather than never.
    let versions = versions::current(db).await?;
    let clients = match before {
        Some(before) if before.versions.clients == versions.clients => before.clients.clone(),
        _ => clients::all(db).await?.into_iter().map(|client| (client.client_id.clone(), Arc::new(client))).collect(),
    };
    let (keys, jwks) = match before {
        Some(before) if before.versions.signing_keys == versions.signing_keys => {
            (before.keys.clone(), before.jwks.clone())
        }
        _ => {
            let keys = keys::load(db, master).await?;
            let jwks = Document::new(keys.jwks());
            (Arc::new(keys), jwks)
        }
    };
    Ok(Memory { versions, clients, keys, jwks })
}

impl From<&config::Passwords> for hashing::Settings {
    fn from(settings: &config::Passwords) -> Self {
        let config::Passwords { memory_kib, iterations, parallelism, workers, queue, .. } = *settings;
        Self { memory_kib, iterations, parallelism, workers, queue }
    }
}

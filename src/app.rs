//! What every request can reach.
use crate::{
    breached::{self, Breached},
    clock::Clock,
    config::{self, Config, MasterKeySource, SignUp},
    domain::{Assurance, Chain, Client, ClientId, Password, PasswordProblem, ProviderName, Timestamp},
    fetch::{self, Fetcher},
    hashing::{self, Hasher},
    i18n::Language,
    keys::{self, KeyRing, MasterKey, Purpose, Sealer},
    mail::{self, Mailer},
    passkeys::Passkeys,
    places::{self, Places},
    protocol::discovery,
    storage::{self, Db, audit, clients, providers, versions},
    upstream::{Provider, Upstreams},
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
    /// What fetches from elsewhere.
    pub(crate) fetcher: Fetcher,
    /// Which passwords may be chosen.
    pub(crate) password_policy: PasswordPolicy,
    /// Where addresses are.
    pub(crate) places: Places,
    /// The keys derived from the master key, each for one purpose.
    pub(crate) secrets: Secrets,
    /// How this instance asks for passkeys; `None` where there can be none, and none is offered.
    pub(crate) passkeys: Option<Passkeys>,
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
    /// Seals what is sent to providers, and comes from them.
    pub providers: Sealer,
    /// Authenticates nonces of native sign-in.
    pub native_nonces: hmac::Key,
    /// Seals the audit trail.
    pub audit: Chain,
    /// Seals answers of the administration's API.
    pub answers: Sealer,
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
            providers: master.sealer(Purpose::Providers)?,
            native_nonces: master.hmac(Purpose::NativeNonces)?,
            audit: audit_chain(master)?,
            answers: master.sealer(Purpose::Answers)?,
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
    /// Where else people sign in.
    pub upstreams: Arc<Upstreams>,
    /// The signing keys.
    pub keys: Arc<KeyRing>,
    /// The published key set.
    pub jwks: Document,
    /// The provider's metadata.
    pub metadata: Document,
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
        let (fetcher, secrets) = (Fetcher::new(&config.fetch)?, Secrets::derive(&master)?);
        audit::begin(&db, &secrets.audit).await?;
        let passkeys = Passkeys::new(&config.issuer, &config.instance.name);
        let source = Source {
            config: &config,
            db: &db,
            master: &master,
            sealer: &secrets.providers,
            fetcher: &fetcher,
            possible: possible(passkeys.as_ref()),
        };
        let memory = source.read(None).await?;
        let mailer = Mailer::new(&config, &master)?;
        let memory = ArcSwap::from_pointee(memory);
        Ok(Self {
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
            let source = Source {
                config: &self.config,
                db: &self.db,
                master: &self.master,
                sealer: &self.secrets.providers,
                fetcher: &self.fetcher,
                possible: self.possible(),
            };
            self.memory.store(Arc::new(source.read(Some(&current)).await?));
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

/// What seals the audit trail.
pub fn audit_chain(master: &MasterKey) -> Result<Chain, keys::Error> {
    Ok(Chain::new(master.hmac(Purpose::Audit)?))
}

/// What the memory is read from.
struct Source<'a> {
    config: &'a Config,
    db: &'a Db,
    master: &'a MasterKey,
    sealer: &'a Sealer,
    fetcher: &'a Fetcher,
    possible: Assurance,
}

impl Source<'_> {
    /// Reads what has changed since `before`; what has not is shared with it.
    async fn read(&self, before: Option<&Memory>) -> Result<Memory, StartError> {
        // First the versions: a change between this and the rest is read twice rather than never.
        let versions = versions::current(self.db).await?;
        let is_fresh = |version: fn(&versions::Versions) -> i64| {
            before.filter(|before| version(&before.versions) == version(&versions))
        };
        let clients = match is_fresh(|versions| versions.clients) {
            Some(before) => before.clients.clone(),
            None => {
                let all = clients::all(self.db).await?.into_iter();
                all.map(|client| (client.client_id.clone(), Arc::new(client))).collect()
            }
        };
        let (upstreams, metadata) = match is_fresh(|versions| versions.providers) {
            Some(before) => (before.upstreams.clone(), before.metadata.clone()),
            None => {
                let upstreams = Upstreams::new(self.providers().await?, self.fetcher);
                let metadata = self.metadata(&upstreams);
                (Arc::new(upstreams), metadata)
            }
        };
        let (keys, jwks) = match is_fresh(|versions| versions.signing_keys) {
            Some(before) => (before.keys.clone(), before.jwks.clone()),
            None => {
                let keys = keys::load(self.db, self.master).await?;
                let jwks = Document::new(keys.jwks());
                (Arc::new(keys), jwks)
            }
        };
        Ok(Memory { versions, clients, upstreams, keys, jwks, metadata })
    }

    fn metadata(&self, upstreams: &Upstreams) -> Document {
        let languages = Language::ALL.map(Language::tag);
        let features = discovery::Features {
            sign_up: self.config.registration.sign_up == SignUp::Open,
            token_exchange: upstreams.iter().any(|upstream| upstream.takes_any()),
            possible: self.possible,
            languages: &languages,
        };
        Document::new(discovery::document(&self.config.issuer, features).to_string())
    }

    /// The providers that are in use: those of the settings, and those of the database that have other names. One in the
    /// database that cannot be read costs no other.
    async fn providers(&self) -> Result<Vec<Provider>, StartError> {
        let mut settings = self.config.providers.clone();
        for (name, sealed) in providers::all(self.db).await? {
            match self.stored(&name, &sealed) {
                Some((name, stored)) => _ = settings.entry(name).or_insert(stored),
                None => tracing::error!(name, "a provider's settings in the database cannot be read"),
            }
        }
        let enabled = settings.into_iter().filter(|(_, settings)| settings.enabled);
        Ok(enabled.filter_map(|(name, settings)| Provider::new(name, settings).ok()).collect())
    }

    fn stored(&self, name: &str, sealed: &[u8]) -> Option<(ProviderName, crate::upstream::Settings)> {
        let text = self.sealer.open(name, sealed)?;
        config::parse_provider(name, std::str::from_utf8(&text).ok()?).ok()
    }
}

impl From<&config::Passwords> for hashing::Settings {
    fn from(settings: &config::Passwords) -> Self {
        let config::Passwords { memory_kib, iterations, parallelism, workers, queue, .. } = *settings;
        Self { memory_kib, iterations, parallelism, workers, queue }
    }
}

//! What each node keeps of the database in memory.
use super::{Secrets, StartError, client_keys::PublishedKeys, settings::Opened};
use crate::{
    config::{self, Config, LiveSettings, SignUp},
    domain::{Assurance, Client, ClientId, ProviderName},
    fetch::Fetcher,
    keys::{self, KeyRing, MasterKey},
    protocol::discovery,
    storage::{Db, clients, providers, settings, versions},
    upstream::{Provider, Upstreams},
};
use std::{collections::HashMap, sync::Arc};

/// A document that many read, with what tells whether it has changed.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// JSON. Its bytes are shared, never copied.
    pub body: actix_web::web::Bytes,
    /// The strong `ETag` (RFC 9110 section 8.8.3), quotes included.
    pub etag: String,
}

impl Document {
    pub(super) fn new(body: String) -> Self {
        let etag = format!("\"{}\"", crate::domain::random_id());
        Self { body: body.into(), etag }
    }
}

/// What each node keeps of the database in memory, exact within a second.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(super) versions: versions::Versions,
    /// The settings that may change.
    pub settings: Arc<LiveSettings>,
    clients: HashMap<ClientId, Arc<Client>>,
    /// What is read at the `jwks_uri` of clients.
    client_keys: HashMap<String, Arc<PublishedKeys>>,
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

    /// The keys that a client publishes, if it does.
    pub fn published_keys(&self, client: &Client) -> Option<&Arc<PublishedKeys>> {
        self.client_keys.get(client.jwks_uri.as_ref()?)
    }

    /// Every client.
    pub fn clients(&self) -> impl Iterator<Item = &Arc<Client>> {
        self.clients.values()
    }
}

/// What the memory is read from.
pub(super) struct Source<'a> {
    pub config: &'a Config,
    pub db: &'a Db,
    pub master: &'a MasterKey,
    pub secrets: &'a Secrets,
    pub fetcher: &'a Fetcher,
    pub possible: Assurance,
}

impl Source<'_> {
    /// Reads what has changed since `before`; what has not is shared with it.
    pub async fn read(&self, before: Option<&Memory>) -> Result<Memory, StartError> {
        // First the versions: a change between this and the rest is read twice rather than never.
        let versions = versions::current(self.db).await?;
        let is_fresh = |version: fn(&versions::Versions) -> i64| {
            before.filter(|before| version(&before.versions) == version(&versions))
        };
        let (clients, client_keys) = match is_fresh(|versions| versions.clients) {
            Some(before) => (before.clients.clone(), before.client_keys.clone()),
            None => {
                let all = clients::all(self.db).await?;
                let client_keys = self.client_keys(&all, before);
                (all.into_iter().map(|client| (client.client_id.clone(), Arc::new(client))).collect(), client_keys)
            }
        };
        let settings = match is_fresh(|versions| versions.settings) {
            Some(before) => before.settings.clone(),
            None => self.settings(before).await?,
        };
        let upstreams = match is_fresh(|versions| versions.providers) {
            Some(before) => before.upstreams.clone(),
            None => Arc::new(Upstreams::new(self.providers().await?, self.fetcher)),
        };
        let is_same =
            |before: &&Memory| Arc::ptr_eq(&before.settings, &settings) && Arc::ptr_eq(&before.upstreams, &upstreams);
        let metadata = match before.filter(is_same) {
            Some(before) => before.metadata.clone(),
            None => self.metadata(&upstreams, &settings),
        };
        let (keys, jwks) = match is_fresh(|versions| versions.signing_keys) {
            Some(before) => (before.keys.clone(), before.jwks.clone()),
            None => {
                let keys = keys::load(self.db, self.master).await?;
                let jwks = Document::new(keys.jwks());
                (Arc::new(keys), jwks)
            }
        };
        Ok(Memory { versions, settings, clients, client_keys, upstreams, keys, jwks, metadata })
    }

    /// What is known of the keys at an address stays known, whatever else has changed.
    fn client_keys(&self, clients: &[Client], before: Option<&Memory>) -> HashMap<String, Arc<PublishedKeys>> {
        let known = |uri: &String| before.and_then(|before| before.client_keys.get(uri)).cloned();
        let uris = clients.iter().filter_map(|client| client.jwks_uri.as_ref());
        let keys = |uri: &String| known(uri).unwrap_or_else(|| Arc::new(PublishedKeys::new(uri, self.fetcher)));
        uris.map(|uri| (uri.clone(), keys(uri))).collect()
    }

    /// What the file says, and what the database says under it. Nothing in the database may end what runs.
    async fn settings(&self, before: Option<&Memory>) -> Result<Arc<LiveSettings>, StartError> {
        let document = settings::get(self.db).await?;
        let Some(opened) = Opened::open(&self.secrets.settings, &document) else {
            tracing::error!(
                "the settings in the database cannot be read; {}",
                if before.is_some() { "those from before go on" } else { "those of the settings file hold alone" }
            );
            return Ok(before.map_or_else(|| Arc::new(self.config.live.clone()), |before| before.settings.clone()));
        };
        let (settings, faults) = self.config.follow_stored(&opened.stored);
        for fault in faults {
            tracing::error!("settings in the database are left out, as one has a fault: {fault}");
        }
        Ok(Arc::new(settings))
    }

    fn metadata(&self, upstreams: &Upstreams, settings: &LiveSettings) -> Document {
        let languages: Vec<_> = settings.instance.languages.iter().map(|language| language.tag()).collect();
        let features = discovery::Features {
            sign_up: settings.registration.sign_up == SignUp::Open,
            token_exchange: upstreams.iter().any(|upstream| upstream.takes_any()),
            line_friend: upstreams.iter().any(|upstream| upstream.provider.asks_to_befriend()),
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
        let text = self.secrets.providers.open(name, sealed)?;
        config::parse_provider(name, std::str::from_utf8(&text).ok()?).ok()
    }
}

//! The providers that people come from, simulated: each is a server of its own, of this process and on this machine,
//! and does what the provider's documentation says, as far as a client can tell.
//!
//! ```ignore
//! let google = Upstream::start(Kind::Google);
//! let server = Server::start(database, &google.settings("google")).await;
//! google.account(Account::of(Kind::Google).email("alice@corp.test").with("hd", "corp.test"));
//! google.set(Part::IdToken, "nonce", "another");                   // … and back: google.undo(Part::IdToken)
//! let browser = server.browser();
//! let page = browser.sign_in_with(&google, &browser.open("/login").await, "google").await;
//! assert_eq!(google.requests(Endpoint::Token)[0].get("grant_type"), Some("authorization_code"));
//! ```
//!
//! Who is there: `account`, `sign_out`, `deny_next`. How it lies: `set`, `omit` and `undo` for what it says, `sign_by`
//! for how it signs, `publish` and `rotate_keys` for its keys. How it fails: `fail` with a `Fault`, and `recover`.
//! What it was asked: `requests`, `count`, `revoked`. What apps get from its own libraries: `native_…`. What it sends
//! by itself: `events.rs`. How people go there and come back: `journey.rs`.
//!
//! Each file but the common ones is a provider. They differ from the real ones in that everything is on one host
//! without TLS, that they take any host of a redirect URI whose path is Genkan's callback, and that nothing expires but
//! what a test lets expire. To a real browser they are another site than Genkan where that is at `localhost`: sites do
//! not differ by ports.
mod account;
mod apple;
mod authorize;
mod events;
mod facebook;
mod github;
mod google;
mod http;
mod instagram;
mod journey;
mod keys;
mod line;
mod microsoft;
mod names;
mod native;
mod oauth2;
mod oidc;
mod provider;
mod serve;
mod site;
mod token;
mod x;

pub use account::Account;
pub use events::SignedRequest;
pub use http::{Recorded, Reply};
pub use keys::{Key, Signing};
pub use microsoft::PERSONAL;
pub use names::{Endpoint, Feature, Kind, Part};
pub use native::Native;
pub use serve::Fault;

use actix_web::dev::ServerHandle;
use serde_json::Value;
use site::Site;
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, TcpListener},
    sync::{Arc, Mutex, MutexGuard},
    thread::JoinHandle,
};
use toml::Table;
use url::Url;

/// A simulated provider, which ends when this is dropped.
pub struct Upstream {
    /// Where it is; without a slash at the end.
    pub base: String,
    kind: Kind,
    site: Arc<Mutex<Site>>,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Upstream {
    /// Starts one.
    pub fn start(kind: Kind) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let site = Arc::new(Mutex::new(Site::new(kind, base.clone())));
        let (server, thread) = serve::start(listener, site.clone());
        Self { base, kind, site, server, thread: Some(thread) }
    }

    fn site(&self) -> MutexGuard<'_, Site> {
        self.site.lock().unwrap()
    }

    /// What makes a server know it by this name.
    pub fn settings(&self, name: &str) -> String {
        let mut site = self.site();
        site.names.insert(name.into());
        let mut table = Table::new();
        let mut set = |key: &str, value: &str| _ = table.insert(key.into(), value.into());
        set("kind", self.kind.name());
        set("client_id", &site.client_id);
        set("client_secret", &site.client_secret);
        for (endpoint, path) in site.provider.routes(&site) {
            if let Some(key) = endpoint.setting() {
                set(key, &format!("{}{path}", site.base));
            }
        }
        site.provider.settings(&site, &mut table);
        let named = BTreeMap::from([(name, table)]);
        toml::to_string(&BTreeMap::from([("providers", named)])).unwrap()
    }

    /// Makes it the authority of this tenant: `common`, `organizations`, `consumers` or the id of one.
    pub fn tenant(&self, tenant: &str) {
        self.site().tenant = tenant.into();
    }

    /// Lets it lead back to this alone, and to whatever else is registered.
    pub fn register(&self, redirect_uri: &str) {
        self.site().redirect_uris.push(redirect_uri.into());
    }

    /// Where an endpoint is.
    pub fn url(&self, endpoint: Endpoint) -> String {
        self.site().url(endpoint).unwrap_or_else(|| panic!("{:?} has no {endpoint:?}", self.kind))
    }

    /// Whether it is at this URL.
    pub fn owns(&self, url: &Url) -> bool {
        url.origin() == Url::parse(&self.base).unwrap().origin()
    }

    /// The id that Genkan has there.
    pub fn client_id(&self) -> String {
        self.site().client_id.clone()
    }

    /// The secret that Genkan has there.
    pub fn client_secret(&self) -> String {
        self.site().client_secret.clone()
    }

    /// Signs somebody in there.
    pub fn account(&self, account: Account) {
        let mut site = self.site();
        site.account = account;
        site.signed_in = true;
    }

    /// Signs them out: with `prompt=none` nobody is there.
    pub fn sign_out(&self) {
        self.site().signed_in = false;
    }

    /// Makes the next decision a refusal, whatever is pressed.
    pub fn deny_next(&self) {
        self.site().deny_next = true;
    }

    /// Makes it do this.
    pub fn enable(&self, feature: Feature) {
        self.site().features.insert(feature);
    }

    /// Makes it not do this.
    pub fn disable(&self, feature: Feature) {
        self.site().features.remove(&feature);
    }

    /// Makes it say this there.
    pub fn set(&self, part: Part, name: &str, value: impl Into<Value>) {
        self.site().change(part, name, Some(value.into()));
    }

    /// Makes it say nothing there.
    pub fn omit(&self, part: Part, name: &str) {
        self.site().change(part, name, None);
    }

    /// Makes it say what is true there.
    pub fn undo(&self, part: Part) {
        self.site().undo(part);
    }

    /// Makes it sign so.
    pub fn sign_by(&self, signing: Signing) {
        self.site().signing = Some(signing);
    }

    /// The key that it signs with.
    pub fn key(&self) -> Arc<Key> {
        self.site().key()
    }

    /// Publishes these beside its own keys, and before them.
    pub fn publish(&self, keys: Vec<Value>) {
        self.site().other_keys = keys;
    }

    /// Signs with fresh keys from now on, and publishes no others.
    pub fn rotate_keys(&self) {
        let mut site = self.site();
        site.keys = site.provider.keys().into_iter().map(Arc::new).collect();
    }

    /// Makes this the picture of whoever is there.
    pub fn show(&self, picture: Reply) {
        self.site().picture = Some(picture);
    }

    /// Makes an endpoint fail.
    pub fn fail(&self, endpoint: Endpoint, fault: Fault) {
        self.site().faults.insert(endpoint, fault);
    }

    /// Makes it give this answer.
    pub fn answer_with(&self, endpoint: Endpoint, reply: Reply) {
        self.fail(endpoint, Fault::Answer(reply));
    }

    /// Makes it work again; what it held back, it gives.
    pub fn recover(&self, endpoint: Endpoint) {
        let mut site = self.site();
        site.faults.remove(&endpoint);
        site.released.send_replace(());
    }

    /// What came to an endpoint.
    pub fn requests(&self, endpoint: Endpoint) -> Vec<Recorded> {
        let site = self.site();
        let requests = site.requests.iter().filter(|(held, _)| *held == endpoint);
        requests.map(|(_, request)| request.clone()).collect()
    }

    /// How many times an endpoint was asked.
    pub fn count(&self, endpoint: Endpoint) -> usize {
        self.requests(endpoint).len()
    }

    /// What its token endpoint answered, the last first.
    pub fn issued(&self) -> Vec<Value> {
        self.site().issued.iter().rev().cloned().collect()
    }

    /// Whether an access token is good there.
    pub fn knows(&self, access_token: &Value) -> bool {
        access_token.as_str().is_some_and(|token| self.site().access_tokens.contains_key(token))
    }

    /// Ends all that somebody allowed there.
    pub fn forget(&self) {
        let mut site = self.site();
        site.access_tokens.clear();
        site.refresh_tokens.clear();
    }

    /// The tokens that were given back.
    pub fn revoked(&self) -> Vec<String> {
        self.site().revoked.clone()
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        // The command goes out at the call; nobody needs to hear of its end.
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}

//! The state of a simulated provider.
use super::{
    Account, Endpoint, Fault, Feature, Key, Kind, Part, Recorded, Reply, Signing,
    account::{Grant, extend},
    authorize,
    provider::Provider,
    token,
};
use crate::support::{Params, random};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};
use tokio::sync::watch;

pub(super) struct Site {
    pub provider: &'static dyn Provider,
    pub base: String,
    pub client_id: String,
    pub client_secret: String,
    /// What Apple's client signs its secrets with.
    pub client_key: Arc<Key>,
    /// Further clients of the same owner: Apple's bundle ids.
    pub other_clients: BTreeSet<String>,
    /// The names that Genkan's settings have for it.
    pub names: BTreeSet<String>,
    pub redirect_uris: Vec<String>,
    /// Microsoft's tenant.
    pub tenant: String,
    pub account: Account,
    pub signed_in: bool,
    pub deny_next: bool,
    pub features: BTreeSet<Feature>,
    pub keys: Vec<Arc<Key>>,
    pub other_keys: Vec<Value>,
    pub signing: Option<Signing>,
    changes: Vec<(Part, String, Option<Value>)>,
    pub faults: BTreeMap<Endpoint, Fault>,
    pub released: watch::Sender<()>,
    pub requests: Vec<(Endpoint, Recorded)>,
    pub pending: HashMap<String, Params>,
    pub codes: HashMap<String, Grant>,
    pub access_tokens: HashMap<String, Grant>,
    pub refresh_tokens: HashMap<String, Grant>,
    pub revoked: Vec<String>,
    pub issued: Vec<Value>,
    /// Who has allowed which client something.
    pub allowed: BTreeSet<(String, String)>,
    /// The session of the browser there.
    pub sid: String,
    /// What is where a picture may be.
    pub picture: Option<Reply>,
}

impl Site {
    pub fn new(kind: Kind, base: String) -> Self {
        let provider = kind.provider();
        let (client_id, client_secret) = provider.client();
        Self {
            provider,
            base,
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            client_key: Key::ec().named("KEY4567890").into(),
            other_clients: BTreeSet::new(),
            names: BTreeSet::new(),
            redirect_uris: vec![],
            tenant: "common".into(),
            account: provider.account(),
            signed_in: true,
            deny_next: false,
            features: provider.features().iter().copied().collect(),
            keys: provider.keys().into_iter().map(Arc::new).collect(),
            other_keys: vec![],
            signing: None,
            changes: vec![],
            faults: BTreeMap::new(),
            released: watch::Sender::new(()),
            requests: vec![],
            pending: HashMap::new(),
            codes: HashMap::new(),
            access_tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            revoked: vec![],
            issued: vec![],
            allowed: BTreeSet::new(),
            sid: random(),
            picture: None,
        }
    }

    fn routes(&self) -> impl Iterator<Item = (Endpoint, String)> {
        self.provider.routes(self).into_iter().chain([(Endpoint::Picture, "/photo".into())])
    }

    pub fn url(&self, endpoint: Endpoint) -> Option<String> {
        let mut routes = self.routes();
        routes.find(|(held, _)| *held == endpoint).map(|(_, path)| format!("{}{path}", self.base))
    }

    pub fn endpoint(&self, path: &str) -> Option<Endpoint> {
        let mut routes = self.routes();
        routes.find(|(_, held)| held == path).map(|(endpoint, _)| endpoint)
    }

    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// The answer, where nothing is in its way.
    pub fn answer(&mut self, endpoint: Option<Endpoint>, request: &Recorded) -> Reply {
        let provider = self.provider;
        match endpoint {
            Some(Endpoint::Authorization) => authorize::ask(self, request),
            Some(Endpoint::Token) => token::answer(self, request),
            Some(Endpoint::Picture) => self.picture.clone().unwrap_or(Reply::html(404, "<h1>Not Found</h1>")),
            Some(Endpoint::Jwks) => self.jwks(&self.keys),
            Some(endpoint) => provider.answer(self, endpoint, request),
            None if request.path == authorize::DECISION => authorize::decide(self, request),
            None => Reply::json(404, &json!({ "message": "Not Found" })),
        }
    }

    /// These keys as a set.
    pub fn jwks(&self, keys: &[Arc<Key>]) -> Reply {
        let mut all = self.other_keys.clone();
        all.extend(keys.iter().map(|key| self.changed(Part::Jwk, self.provider.jwk(self, key))));
        Reply::json(200, &json!({ "keys": all })).with_header("cache-control", "public, max-age=19800")
    }

    pub fn key(&self) -> Arc<Key> {
        self.keys[0].clone()
    }

    pub fn change(&mut self, part: Part, name: &str, value: Option<Value>) {
        self.changes.push((part, name.into(), value));
    }

    pub fn undo(&mut self, part: Part) {
        self.changes.retain(|(held, ..)| *held != part);
    }

    /// What a test wants changed, changed.
    pub fn changed(&self, part: Part, mut object: Value) -> Value {
        let Some(members) = object.as_object_mut() else { return object };
        for (_, name, value) in self.changes.iter().filter(|(held, ..)| *held == part) {
            match value {
                Some(value) => members.insert(name.clone(), value.clone()),
                None => members.remove(name),
            };
        }
        object
    }

    /// An ID token; `request` is the token request, unless an app gets it by the provider's own library.
    pub fn id_token(&self, grant: &Grant, with: Value, request: Option<&Recorded>) -> String {
        let mut claims = self.provider.claims(self, grant);
        extend(&mut claims, with);
        let signing = self.provider.signing(self, grant, request);
        self.sign(Part::IdToken, signing, json!({}), claims)
    }

    /// Signs these claims, or whatever a test wants to be there in their place.
    pub fn sign(&self, part: Part, signing: Signing, header: Value, claims: Value) -> String {
        let signing = self.signing.clone().unwrap_or(signing);
        let mut whole = signing.header();
        extend(&mut whole, header);
        signing.jws(&self.changed(Part::Header, whole), &self.changed(part, claims))
    }

    /// A fresh access token.
    pub fn access_token(&mut self, prefix: &str, grant: &Grant) -> String {
        let token = format!("{prefix}{}", random());
        self.access_tokens.insert(token.clone(), grant.clone());
        token
    }

    /// A fresh refresh token.
    pub fn refresh_token(&mut self, prefix: &str, grant: &Grant) -> String {
        let token = format!("{prefix}{}", random());
        self.refresh_tokens.insert(token.clone(), grant.clone());
        token
    }

    /// Ends a token, and whatever else came of the same permission, as far as it is told apart; whether it was one.
    pub fn revoke(&mut self, token: &str) -> bool {
        let held = [self.access_tokens.remove(token), self.refresh_tokens.remove(token)];
        let Some(grant) = held.into_iter().flatten().next() else { return false };
        self.revoked.push(token.into());
        let is_of_it =
            |held: &Grant| held.account.subject == grant.account.subject && held.client_id == grant.client_id;
        self.access_tokens.retain(|_, held| !is_of_it(held));
        self.refresh_tokens.retain(|_, held| !is_of_it(held));
        self.allowed.remove(&(grant.account.subject, grant.client_id));
        true
    }
}

pub(super) fn now() -> i64 {
    genkan::clock::Clock::system().now().0
}

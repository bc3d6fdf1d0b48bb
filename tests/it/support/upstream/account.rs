//! Who is signed in at a provider, and what they allowed it to tell.
use super::{Kind, site::now};
use crate::support::Params;
use serde_json::{Map, Value, json};

/// How long an ID token is good for, in seconds.
const HOUR: i64 = 3600;

/// A person as a provider knows them.
#[derive(Clone, Debug)]
pub struct Account {
    /// How the provider names them; digits where it uses numbers.
    pub subject: String,
    /// Where it reaches them.
    pub email: Option<String>,
    /// Whether it has seen that this is theirs, where it says anything of it.
    pub email_verified: bool,
    /// How they are called.
    pub name: Option<String>,
    /// The name that they go by there.
    pub username: Option<String>,
    /// Where their picture is.
    pub picture: Option<String>,
    /// Further claims, or others in place of those above, under the provider's own names: Google's `hd`, Apple's
    /// `is_private_email`, Microsoft's `tid`, `oid` and `xms_edov`, GitHub's `emails`, Instagram's `user_id`.
    pub more: Map<String, Value>,
}

impl Account {
    /// Somebody of whom nothing is known but this.
    pub fn new(subject: &str) -> Self {
        Self {
            subject: subject.into(),
            email: None,
            email_verified: false,
            name: None,
            username: None,
            picture: None,
            more: Map::new(),
        }
    }

    /// Somebody as they are usually known at such a provider.
    pub fn of(kind: Kind) -> Self {
        kind.provider().account()
    }

    /// With this address, which the provider has verified.
    #[must_use]
    pub fn email(self, email: &str) -> Self {
        Self { email: Some(email.into()), email_verified: true, ..self }
    }

    /// With this address, which it has not.
    #[must_use]
    pub fn unverified(self, email: &str) -> Self {
        Self { email: Some(email.into()), email_verified: false, ..self }
    }

    /// Called so.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// With one more claim.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.into(), value.into());
        self
    }

    /// The first and the last name, as those split it who do.
    pub(super) fn names(&self) -> (Option<&str>, Option<&str>) {
        self.name.as_deref().map_or((None, None), |name| match name.split_once(' ') {
            Some((first, last)) => (Some(first), Some(last)),
            None => (Some(name), None),
        })
    }

    /// What OpenID Connect's `profile` tells.
    pub(super) fn profile(&self) -> Value {
        let (first, last) = self.names();
        known(json!({ "name": self.name, "given_name": first, "family_name": last, "picture": self.picture }))
    }

    /// What OpenID Connect's `email` tells.
    pub(super) fn address(&self) -> Value {
        match &self.email {
            Some(email) => json!({ "email": email, "email_verified": self.email_verified }),
            None => json!({}),
        }
    }
}

/// What somebody allowed a client.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub account: Account,
    pub client_id: String,
    /// What was allowed, in the order of the request.
    pub scopes: Vec<String>,
    /// The authorization request; of an app on a device, what it gave to the provider's own library.
    pub request: Params,
    /// When they signed in.
    pub at: i64,
    /// Whether they allowed this client nothing before.
    pub first: bool,
    /// Whether it came about in an app, by the provider's own library.
    pub native: bool,
}

impl Grant {
    pub fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|held| held == scope)
    }

    /// What every ID token says (OpenID Connect Core section 2), and what is told of the person.
    pub fn claims(&self, issuer: &str) -> Value {
        let now = now();
        let mut claims = json!({
            "iss": issuer,
            "sub": self.account.subject,
            "aud": self.client_id,
            "iat": now,
            "exp": now + HOUR,
        });
        if let Some(nonce) = self.request.get("nonce") {
            claims["nonce"] = nonce.into();
        }
        extend(&mut claims, self.person());
        claims
    }

    /// What is told of the person, by the scopes of OpenID Connect.
    pub fn person(&self) -> Value {
        let mut claims = json!({});
        if self.has("email") {
            extend(&mut claims, self.account.address());
        }
        if self.has("profile") {
            extend(&mut claims, self.account.profile());
        }
        extend(&mut claims, Value::Object(self.account.more.clone()));
        claims
    }

    /// The same without any scope: of the person, only what a provider adds by itself.
    pub fn bare(&self) -> Self {
        Self { scopes: vec![], ..self.clone() }
    }

    /// The names of the scopes, with this between them.
    pub fn scope(&self, separator: &str) -> Value {
        self.scopes.join(separator).into()
    }
}

/// Without what is null.
pub(super) fn known(mut object: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    object
}

/// Lays the members of one object over those of another.
pub(super) fn extend(object: &mut Value, with: Value) {
    if let (Value::Object(members), Value::Object(more)) = (object, with) {
        members.extend(more);
    }
}

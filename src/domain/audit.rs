//! The audit trail: who did what, and the chain that shows whether anything of it was changed afterwards.
use super::{ApiKeyId, ClientId, Event, ProviderName, Timestamp, UnknownWord, UserId};
use aws_lc_rs::{constant_time, hmac};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use std::{fmt, str::FromStr};

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Actor {
    /// Somebody of whom nothing is known.
    #[default]
    Anybody,
    /// A person who is signed in, or says who they are.
    Person(UserId),
    /// Whoever has this key to the administration.
    Key(ApiKeyId),
    /// An app by itself.
    Client(ClientId),
    /// Another provider, that tells something.
    Provider(ProviderName),
    /// Whoever works on the machine.
    Command,
    /// Nobody: it was due.
    Genkan,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anybody => f.write_str("anybody"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Key(id) => write!(f, "key:{id}"),
            Self::Client(id) => write!(f, "client:{id}"),
            Self::Provider(name) => write!(f, "provider:{name}"),
            Self::Command => f.write_str("command"),
            Self::Genkan => f.write_str("genkan"),
        }
    }
}

impl FromStr for Actor {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let unknown = || UnknownWord(text.into());
        Ok(match (text, text.split_once(':')) {
            (_, Some(("person", id))) => Self::Person(id.into()),
            (_, Some(("key", id))) => Self::Key(id.into()),
            (_, Some(("client", id))) => Self::Client(id.into()),
            (_, Some(("provider", name))) => Self::Provider(name.parse().map_err(|_| unknown())?),
            ("command", _) => Self::Command,
            ("genkan", _) => Self::Genkan,
            ("anybody", _) => Self::Anybody,
            _ => return Err(unknown()),
        })
    }
}

/// Something that happens, to be written down. No secrets, no tokens.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// What.
    pub event: Event,
    /// By whom.
    pub actor: Actor,
    /// To whose account.
    pub user: Option<UserId>,
    /// Which app has a part in it, or is what it is about.
    pub client: Option<ClientId>,
    /// What else it is about: a kind and a name, such as `provider:google`.
    pub object: Option<String>,
    /// From which address, if it came over the network.
    pub address: Option<String>,
    /// And on what.
    pub user_agent: Option<String>,
    /// By which request, as the log names it.
    pub request_id: Option<String>,
    /// What changed: `before` and `after`, or whatever else there is to say.
    pub details: Option<Value>,
}

impl NewEvent {
    /// An event of which nothing more is known yet.
    #[must_use]
    pub const fn new(event: Event, actor: Actor) -> Self {
        Self {
            event,
            actor,
            user: None,
            client: None,
            object: None,
            address: None,
            user_agent: None,
            request_id: None,
            details: None,
        }
    }

    /// About a person's account.
    #[must_use]
    pub fn about(self, user: &UserId) -> Self {
        Self { user: Some(user.clone()), ..self }
    }

    /// About an app.
    #[must_use]
    pub fn about_client(self, client: &ClientId) -> Self {
        Self { client: Some(client.clone()), ..self }
    }

    /// About something else.
    #[must_use]
    pub fn about_object(self, kind: &str, name: impl fmt::Display) -> Self {
        Self { object: Some(format!("{kind}:{name}")), ..self }
    }

    /// With what there is to say.
    #[must_use]
    pub fn with(self, details: Value) -> Self {
        Self { details: Some(details), ..self }
    }
}

/// A row of the trail, as it is sealed: each of its columns in its order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub struct Recorded {
    /// Its place: one more than the one before.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: Event,
    /// By whom.
    pub actor: String,
    /// To whose account.
    pub user_id: Option<UserId>,
    /// Which app has a part in it.
    pub client_id: Option<ClientId>,
    /// What else it is about.
    pub object: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// On what.
    pub user_agent: Option<String>,
    /// By which request.
    pub request_id: Option<String>,
    /// JSON.
    pub details: Option<String>,
}

impl Recorded {
    /// How somebody signed in, if that is what happened: a word, or `provider:NAME`; else nothing.
    #[must_use]
    pub fn method(&self) -> String {
        if !matches!(self.kind, Event::SignedIn | Event::SignedInAnew) {
            return String::new();
        }
        let details: Value =
            self.details.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        if let Some(provider) = details.get("provider").and_then(Value::as_str) {
            return format!("provider:{provider}");
        }
        let has = |word: &str| {
            details.get("methods").and_then(Value::as_array).is_some_and(|all| all.iter().any(|one| one == word))
        };
        let known = [("hwk", "passkey"), ("swk", "passkey"), ("pwd", "password"), ("email", "email")];
        known.into_iter().find(|(word, _)| has(word)).map_or("other", |(_, method)| method).to_owned()
    }

    /// As programs are told of it, by the API, in exports and by webhooks.
    #[must_use]
    pub fn told(&self) -> Value {
        let details = self.details.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
        let text = |text: &Option<String>| text.clone().map(Value::String);
        let members = [
            ("seq", Some(self.seq.into())),
            ("at", Some(self.at.0.into())),
            ("kind", Some(self.kind.as_str().into())),
            ("actor", Some(self.actor.clone().into())),
            ("user", self.user_id.as_ref().map(|id| id.as_str().into())),
            ("client", self.client_id.as_ref().map(|id| id.as_str().into())),
            ("object", text(&self.object)),
            ("address", text(&self.address)),
            ("user_agent", text(&self.user_agent)),
            ("request_id", text(&self.request_id)),
            ("details", details),
        ];
        members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

/// What seals the trail: a key that is not in the database, so that whoever can write there cannot make a chain of
/// their own.
#[derive(Clone)]
pub struct Chain(hmac::Key);

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chain(…)")
    }
}

impl Chain {
    /// A chain that is sealed by this key.
    #[must_use]
    pub const fn new(key: hmac::Key) -> Self {
        Self(key)
    }

    /// The seal of a row after the one whose seal is `before`.
    #[must_use]
    pub fn seal(&self, before: &str, row: &Recorded) -> String {
        self.tag(&serde_json::json!([before, row]))
    }

    /// What shows that the trail begins after this row.
    #[must_use]
    pub fn mark(&self, base_seq: i64, base_seal: &str) -> String {
        self.tag(&serde_json::json!(["base", base_seq, base_seal]))
    }

    /// Compares what is stored with what it should be, in constant time.
    #[must_use]
    pub fn is(stored: &str, expected: &str) -> bool {
        constant_time::verify_slices_are_equal(stored.as_bytes(), expected.as_bytes()).is_ok()
    }

    fn tag(&self, value: &Value) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, value.to_string().as_bytes()))
    }
}

/// Where the chain does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The beginning is not where Genkan left it.
    #[error("the beginning of the trail was changed: rows before {0} may be missing")]
    Beginning(i64),
    /// A row is missing.
    #[error("row {0} is missing")]
    Missing(i64),
    /// A row is not as it was written.
    #[error("row {0} was changed")]
    Changed(i64),
    /// The end is not where Genkan left it.
    #[error("the trail ends after row {found}, and row {expected} was the last")]
    End {
        /// The last row there is.
        found: i64,
        /// The last that was written.
        expected: i64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_read_as_it_is_written() {
        let all = [
            Actor::Anybody,
            Actor::Person("a".into()),
            Actor::Key("k".into()),
            Actor::Client("c:d".into()),
            Actor::Provider("google".parse().unwrap()),
            Actor::Command,
            Actor::Genkan,
        ];
        for actor in all {
            assert_eq!(actor.to_string().parse(), Ok(actor));
        }
        assert!("person".parse::<Actor>().is_err());
    }

    #[test]
    fn every_column_and_the_row_before_are_sealed() {
        let chain = Chain::new(hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]));
        let row = Recorded {
            seq: 1,
            at: Timestamp(9),
            kind: Event::SignedIn,
            actor: "command".into(),
            user_id: Some("u".into()),
            client_id: None,
            object: None,
            address: None,
            user_agent: None,
            request_id: None,
            details: None,
        };
        let seal = chain.seal("", &row);
        assert_eq!(seal, chain.seal("", &row));
        let others = [
            Recorded { seq: 2, ..row.clone() },
            Recorded { at: Timestamp(8), ..row.clone() },
            Recorded { kind: Event::SignedOut, ..row.clone() },
            Recorded { actor: "genkan".into(), ..row.clone() },
            Recorded { user_id: None, ..row.clone() },
            Recorded { client_id: Some("u".into()), ..row.clone() },
            Recorded { object: Some("u".into()), ..row.clone() },
            Recorded { address: Some("u".into()), ..row.clone() },
            Recorded { user_agent: Some("u".into()), ..row.clone() },
            Recorded { request_id: Some("u".into()), ..row.clone() },
            Recorded { details: Some("{}".into()), ..row.clone() },
        ];
        assert!(others.iter().all(|other| chain.seal("", other) != seal));
        assert_ne!(chain.seal("x", &row), seal);
    }
}

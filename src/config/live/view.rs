//! What counts, key by key, and where it comes from.
use super::{
    super::{Config, SignUp},
    KEYS, Key, Kind, LiveSettings, Stored,
};
use toml::Value;

/// Where the value of a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A variable of the environment, which rules.
    Variable(String),
    /// The settings file, which rules.
    File,
    /// The database.
    Database,
    /// Nothing sets it.
    Default,
}

/// A setting as it counts now.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Which.
    pub key: &'static Key,
    /// Its value; `None` where there is none, and of a secret in any case.
    pub value: Option<Value>,
    /// Whether anything sets it: all that is told of a secret.
    pub is_set: bool,
    /// Where the value comes from.
    pub origin: Origin,
}

impl Entry {
    /// Whether it can be changed here: not where the file or a variable rules.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        matches!(self.origin, Origin::Variable(_) | Origin::File)
    }

    /// The value as a form or a line shows it: a text as it is, a list parted by commas; empty where there is none.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.value {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(items)) => {
                let items: Vec<_> = items.iter().map(|item| item.as_str().unwrap_or_default()).collect();
                items.join(", ")
            }
            Some(value) => value.to_string(),
        }
    }
}

impl Config {
    /// Every setting that can be changed while Genkan runs, as it counts with what the database says.
    #[must_use]
    pub fn entries(&self, stored: &Stored) -> Vec<Entry> {
        let (settings, faults) = self.follow_stored(stored);
        let is_faulty = |key: &Key| faults.iter().any(|fault| fault.key == key.name);
        let entry = |key: &'static Key| {
            let stored = stored.get(key.name).filter(|_| !is_faulty(key));
            let origin = match (self.written.rules(key), self.written.variable(key), stored) {
                (true, Some(variable), _) => Origin::Variable(variable.into()),
                (true, None, _) => Origin::File,
                (false, _, Some(_)) => Origin::Database,
                (false, _, None) => Origin::Default,
            };
            let set = if self.written.rules(key) { self.written.get(key) } else { stored };
            let value = set.map(|value| key.kind.normal(value.clone())).or_else(|| settings.default(key.name));
            Entry { key, value: value.filter(|_| !key.is_secret()), is_set: origin != Origin::Default, origin }
        };
        KEYS.iter().map(entry).collect()
    }
}

impl Kind {
    /// The form that a value has in a file, where it was given as a text. What makes no sense stays as it is, and is a
    /// fault when it is read.
    pub(super) fn normal(self, value: Value) -> Value {
        let Value::String(text) = &value else { return value };
        let text = text.trim();
        match self {
            Self::Number { .. } | Self::Seconds { .. } => text.parse().map_or(value, Value::Integer),
            Self::Truth => text.parse().map_or(value, Value::Boolean),
            Self::Choices(_) | Self::Domains => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Value::Array(items.map(|item| Value::String(item.into())).collect())
            }
            Self::Secret => value,
            _ => Value::String(text.into()),
        }
    }
}

impl LiveSettings {
    /// The value of a key that nothing sets.
    fn default(&self, key: &str) -> Option<Value> {
        let list = |items: Vec<&str>| Value::Array(items.into_iter().map(Into::into).collect());
        Some(match key {
            "sessions.idle" => self.sessions.idle.into(),
            "sessions.absolute" => self.sessions.absolute.into(),
            "sessions.window" => self.sessions.window.into(),
            "second_factor.required" => self.second_factor.required.into(),
            "second_factor.trust" => self.second_factor.trust.into(),
            "tokens.authorization_code" => self.tokens.authorization_code.into(),
            "tokens.access_token" => self.tokens.access_token.into(),
            "tokens.id_token" => self.tokens.id_token.into(),
            "tokens.refresh_token" => self.tokens.refresh_token.into(),
            "tokens.refresh_token_absolute" => self.tokens.refresh_token_absolute.into(),
            "tokens.refresh_retry" => self.tokens.refresh_retry.into(),
            "passwords.min_strength" => i64::from(self.passwords.min_strength).into(),
            "accounts.deletion_grace" => self.accounts.deletion_grace.into(),
            "registration.sign_up" => match self.registration.sign_up {
                SignUp::Open => "open".into(),
                SignUp::Invite => "invite".into(),
                SignUp::Off => "off".into(),
            },
            "registration.verify_email" => self.registration.verify_email.into(),
            "second_factor.required_for" | "registration.allowed_domains" | "registration.blocked_domains" => {
                list(vec![])
            }
            "instance.name" => self.instance.name.as_str().into(),
            "instance.languages" => list(self.instance.languages.iter().map(|language| language.tag()).collect()),
            _ => return None,
        })
    }
}

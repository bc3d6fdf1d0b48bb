//! What would have to change for an instance to be as a manifest says.
use super::super::Fault;
use crate::{
    domain::{GroupKind, NewEvent, words},
    storage::manifest::Row,
};
use serde_json::{Map, Value};

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Makes what is not there.
    Add,
    /// Makes what is there another.
    Change,
    /// Takes away what is there.
    Remove,
}

words!(Action { Add = "add", Change = "change", Remove = "remove" });

/// What a step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A setting, by its whole name.
    Setting,
    /// A group, by its name.
    Group,
    /// A role, likewise.
    Role,
    /// Another provider, by its name here.
    Provider,
    /// An app, by its id.
    Client,
}

words!(Kind { Setting = "setting", Group = "group", Role = "role", Provider = "provider", Client = "client" });

impl From<GroupKind> for Kind {
    fn from(kind: GroupKind) -> Self {
        match kind {
            GroupKind::Group => Self::Group,
            GroupKind::Role => Self::Role,
        }
    }
}

/// One difference. Never a secret: of one there is said that it is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is done about it.
    pub action: Action,
    /// What it is about.
    pub kind: Kind,
    /// Which.
    pub name: String,
    /// What there is, as far as it is to be another.
    pub before: Map<String, Value>,
    /// What is to be.
    pub after: Map<String, Value>,
}

impl Step {
    /// What an event tells.
    pub(super) fn of(action: Action, kind: Kind, name: impl Into<String>, event: &NewEvent) -> Self {
        let told = |word: &str| match event.details.as_ref().and_then(|details| details.get(word)) {
            Some(Value::Object(fields)) => fields.clone(),
            _ => Map::new(),
        };
        let (before, after) = (told("before"), told("after"));
        let only = |these: &Map<String, Value>, those: &Map<String, Value>| -> Map<String, Value> {
            let other = these.iter().filter(|(name, value)| those.get(*name) != Some(value));
            other.map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        Self { action, kind, name: name.into(), before: only(&before, &after), after: only(&after, &before) }
    }

    /// The fields it has a word on, in their order.
    #[must_use]
    pub fn fields(&self) -> Vec<(&str, Option<&Value>, Option<&Value>)> {
        let mut names: Vec<_> = self.before.keys().chain(self.after.keys()).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|name| (name, self.before.get(name), self.after.get(name))).collect()
    }
}

/// All that is to be done, in its order.
#[derive(Debug, Default)]
pub struct Plan {
    /// Step by step.
    pub steps: Vec<Step>,
    /// What there is and the manifest does not name; it stays.
    pub unlisted: Vec<(Kind, String)>,
    /// What whoever applies it should know: a place, and what there is to say.
    pub warnings: Vec<Fault>,
    pub(super) rows: Vec<(Row, NewEvent)>,
}

impl Plan {
    /// How many steps do this.
    #[must_use]
    pub fn count(&self, action: Action) -> usize {
        self.steps.iter().filter(|step| step.action == action).count()
    }
}

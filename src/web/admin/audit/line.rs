//! An event in words.
use super::shown;
use crate::{
    app::App,
    domain::{Actor, Device, Event, Recorded, UserId},
    i18n::Words,
    storage::{self, api_keys, users},
};
use serde_json::Value;
use std::collections::HashMap;
use url::form_urlencoded::byte_serialize;

/// An event of the trail.
#[derive(Clone, Debug)]
pub struct Line {
    pub seq: i64,
    pub when: String,
    pub what: String,
    /// Its word.
    pub kind: Event,
    pub who: Named,
    pub user: Option<Named>,
    pub client: Option<Named>,
    pub object: Option<String>,
    pub address: Option<String>,
    pub device: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: Option<String>,
    pub changes: Vec<Change>,
}

/// Somebody or something that has a page, perhaps.
#[derive(Clone, Debug)]
pub struct Named {
    pub name: String,
    pub href: Option<String>,
}

/// What an event says of one thing: how it was, and how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub field: String,
    pub before: String,
    pub after: String,
}

/// The names of those whom the events of a page are about.
#[derive(Debug, Default)]
pub struct Names {
    people: HashMap<String, String>,
    keys: HashMap<String, String>,
}

impl Names {
    /// Looks them up; who is gone has none.
    pub async fn of(app: &App, rows: &[Recorded]) -> storage::Result<Self> {
        let mut names = Self::default();
        for row in rows {
            let actor = row.actor.parse().unwrap_or(Actor::Anybody);
            let acting = if let Actor::Person(id) = &actor { Some(id) } else { None };
            for id in acting.into_iter().chain(&row.user_id) {
                names.look_up(app, id).await?;
            }
            if let Actor::Key(id) = &actor
                && !names.keys.contains_key(id.as_str())
                && let Some(key) = api_keys::find(&app.db, id).await?
            {
                names.keys.insert(id.to_string(), key.name);
            }
        }
        Ok(names)
    }

    async fn look_up(&mut self, app: &App, id: &UserId) -> storage::Result<()> {
        if !self.people.contains_key(id.as_str()) {
            let found = users::find(&app.db, id).await?;
            let name = found.map_or_else(|| id.to_string(), |user| user.display_name().to_owned());
            self.people.insert(id.to_string(), name);
        }
        Ok(())
    }

    fn person(&self, id: &UserId, linked: bool) -> Named {
        let name = self.people.get(id.as_str()).filter(|name| !name.is_empty());
        Named {
            name: name.cloned().unwrap_or_else(|| id.to_string()),
            href: linked.then(|| format!("/admin/users/{}", segment(id.as_str()))),
        }
    }
}

/// A part of a path.
fn segment(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// The message for an event.
pub fn word(event: Event) -> String {
    format!("event-{}", event.as_str().replace('_', "-"))
}

impl Line {
    /// In the words of the page.
    pub fn new(app: &App, words: Words, row: Recorded, names: &Names, sees_people: bool) -> Self {
        let client = |id: &str| Named {
            name: app.memory().client(id).map_or_else(|| id.to_owned(), |client| words.name_of(client)),
            href: Some(format!("/admin/apps/{}", segment(id))),
        };
        let plain = |name: String| Named { name, href: None };
        let who = match row.actor.parse().unwrap_or(Actor::Anybody) {
            Actor::Anybody => plain(words.get("audit-anybody")),
            Actor::Command => plain(words.get("audit-command")),
            Actor::Genkan => plain(words.get("audit-genkan")),
            Actor::Person(id) => names.person(&id, sees_people),
            Actor::Client(id) => client(id.as_str()),
            Actor::Provider(name) => plain(name.to_string()),
            Actor::Key(id) => {
                let name = names.keys.get(id.as_str()).map_or_else(|| id.as_str(), String::as_str);
                Named { name: words.with("audit-key", &[("name", name)]), href: Some("/admin/api-keys".into()) }
            }
        };
        let device = row.user_agent.as_deref().and_then(|agent| Device::new(agent, String::new()).name());
        Self {
            seq: row.seq,
            when: shown(row.at),
            what: words.get(&word(row.kind)),
            kind: row.kind,
            who,
            user: row.user_id.as_ref().map(|id| names.person(id, sees_people)),
            client: row.client_id.as_ref().map(|id| client(id.as_str())),
            object: row.object,
            device,
            address: row.address,
            user_agent: row.user_agent.filter(|agent| !agent.is_empty()),
            request_id: row.request_id,
            changes: row.details.as_deref().map(changes).unwrap_or_default(),
        }
    }

    /// Whether somebody was refused.
    pub fn is_refusal(&self) -> bool {
        self.kind.is_refusal()
    }
}

/// What there is to say, a line a thing: `before` and `after` side by side, what else there is as it is. What is null is
/// not there, as the `before` of something new.
pub fn changes(details: &str) -> Vec<Change> {
    let Ok(Value::Object(mut details)) = serde_json::from_str(details) else { return vec![] };
    details
        .values_mut()
        .filter_map(Value::as_object_mut)
        .for_each(|members| members.retain(|_, value| !value.is_null()));
    details.retain(|_, value| !value.is_null());
    let members = |name: &str| details.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let (before, after) = (members("before"), members("after"));
    let mut fields: Vec<&String> = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key))).collect();
    fields.sort();
    let text = |value: Option<&Value>| value.map(said).unwrap_or_default();
    let changed = fields.into_iter().filter(|field| before.get(*field) != after.get(*field)).map(|field| Change {
        field: field.clone(),
        before: text(before.get(field)),
        after: text(after.get(field)),
    });
    let others = details
        .iter()
        .filter(|(name, value)| !(["before", "after"].contains(&name.as_str()) && value.is_object()))
        .map(|(name, value)| Change { field: name.clone(), before: String::new(), after: said(value) });
    changed.chain(others).collect()
}

fn said(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(said).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_stands_side_by_side() {
        let change = |field: &str, before: &str, after: &str| Change {
            field: field.into(),
            before: before.into(),
            after: after.into(),
        };
        for (details, expected) in [
            ("x", vec![]),
            ("{}", vec![]),
            (
                r#"{"before":{"name":"a","same":1},"after":{"name":"b","same":1,"uris":["x","y"]}}"#,
                vec![change("name", "a", "b"), change("uris", "", "x, y")],
            ),
            (r#"{"after":{"role":"admin"}}"#, vec![change("role", "", "admin")]),
            (r#"{"before":{"role":"admin"}}"#, vec![change("role", "admin", "")]),
            (r#"{"before":null,"after":{"role":"admin","until":null}}"#, vec![change("role", "", "admin")]),
            (r#"{"before":{"role":null},"after":{"role":"admin"}}"#, vec![change("role", "", "admin")]),
            (r#"{"reason":"expired","before":3}"#, vec![change("before", "", "3"), change("reason", "", "expired")]),
        ] {
            assert_eq!(changes(details), expected, "{details}");
        }
    }
}

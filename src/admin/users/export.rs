//! Copies of the list of people.
use super::told;
use crate::{
    admin::{
        Error, Operator,
        copy::{self, Format, STEP},
    },
    app::App,
    domain::{Event, Timestamp, User},
    storage::{
        audit,
        people::{Cursor, Wanted},
    },
};
use serde_json::{Map, Value, json};

/// What a table begins with.
const COLUMNS: &str = "id,email,email_verified,preferred_username,name,role,created_at,updated_at,disabled_at\r\n";

/// A copy on its way, in the order of the list.
pub struct People {
    format: Format,
    wanted: Wanted,
    search: String,
    after: Option<Cursor>,
    part: Stage,
}

/// How far it is.
#[derive(PartialEq, Eq)]
enum Stage {
    Begins,
    GoesOn,
    Ends,
}

/// Begins a copy of those who are wanted, and writes that down. `search` as it was typed.
pub async fn export(
    app: &App,
    operator: &Operator,
    (wanted, search): (Wanted, &str),
    format: Format,
) -> Result<People, Error> {
    let details = json!({ "format": format, "filter": asked(&wanted, search.trim()) });
    let event = operator.event(Event::UsersExported).with(details);
    audit::insert(&app.db, &app.secrets.audit, event, app.clock.now()).await?;
    Ok(People { format, wanted, search: search.to_owned(), after: None, part: Stage::Begins })
}

impl copy::Copy for People {
    async fn next(&mut self, app: &App) -> Result<Option<String>, Error> {
        if self.part == Stage::Ends {
            return Ok(None);
        }
        let begins = self.part == Stage::Begins && self.format == Format::Csv;
        let mut part = if begins { COLUMNS.to_owned() } else { String::new() };
        let (wanted, search) = (self.wanted.clone(), Some(self.search.as_str()));
        let (people, next) = super::list(app, wanted, search, self.after.as_ref(), STEP).await?;
        for user in &people {
            match self.format {
                Format::JsonLines => {
                    part.push_str(&whole(user).to_string());
                    part.push('\n');
                }
                Format::Csv => part.push_str(&line(user)),
            }
        }
        self.part = if next.is_some() { Stage::GoesOn } else { Stage::Ends };
        self.after = next;
        Ok(Some(part).filter(|part| !part.is_empty()))
    }
}

fn asked(wanted: &Wanted, search: &str) -> Value {
    let members = [
        ("q", Some(search).filter(|text| !text.is_empty()).map(Value::from)),
        ("role", wanted.role.map(|role| role.as_str().into())),
        ("disabled", wanted.disabled.map(Value::from)),
        ("group", wanted.group.as_ref().map(|group| group.as_str().into())),
    ];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect::<Map<_, _>>().into()
}

/// A person as the API tells of them: what is not known is left out.
fn whole(user: &User) -> Value {
    let mut told = told(user);
    let at = |at: Timestamp| Value::from(at.0);
    let more = [
        ("id", Some(user.id.to_string().into())),
        ("role", user.role.map(|role| role.as_str().into())),
        ("created_at", Some(at(user.created_at))),
        ("updated_at", Some(at(user.updated_at))),
        ("disabled_at", user.disabled_at.map(at)),
    ];
    if let Some(members) = told.as_object_mut() {
        members.retain(|_, value| !value.is_null());
        members.extend(more.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    told
}

fn line(user: &User) -> String {
    let text = |text: Option<String>| text.unwrap_or_default();
    copy::row([
        user.id.to_string(),
        text(user.email.as_ref().map(ToString::to_string)),
        user.email_verified_at.is_some().to_string(),
        text(user.username.as_ref().map(ToString::to_string)),
        text(user.name.clone()),
        text(user.role.map(|role| role.to_string())),
        user.created_at.in_rfc3339(),
        user.updated_at.in_rfc3339(),
        text(user.disabled_at.map(Timestamp::in_rfc3339)),
    ])
}

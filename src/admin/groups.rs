//! Groups and roles: what apps are told of many people at once.
use super::{Error, Operator, users};
use crate::{
    app::App,
    domain::{Event, GroupId, GroupKind, NewEvent, UserId, readable},
    storage::{
        self,
        groups::{self, Group},
    },
};
use serde_json::{Value, json};

/// The longest name, and the longest description, in characters.
const LONGEST_NAME: usize = 100;
const LONGEST_DESCRIPTION: usize = 500;

/// One of them.
pub async fn find(app: &App, id: &GroupId) -> Result<Group, Error> {
    groups::find(&app.db, id).await?.ok_or(Error::NotFound)
}

/// Name and description as they are kept, or what is wrong with them.
pub(super) fn read(name: &str, description: &str) -> Result<(String, String), Error> {
    let name = readable(name, LONGEST_NAME).ok().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Error::fault("name", "admin-error-name"))?;
    let description = readable(description, LONGEST_DESCRIPTION);
    Ok((name, description.map_err(|_| Error::fault("description", "admin-error-description"))?))
}

/// Makes one.
pub async fn create(
    app: &App,
    operator: &Operator,
    kind: GroupKind,
    (name, description): (&str, &str),
) -> Result<Group, Error> {
    let (name, description) = read(name, description)?;
    let now = app.clock.now();
    let group = Group { id: GroupId::random(), kind, name, description, version: 1, created_at: now };
    let event = created(operator, &group);
    match groups::insert(&app.db, &app.secrets.audit, group.clone(), event, now).await {
        Err(storage::Error::Conflict) => Err(Error::fault("name", "group-name-taken")),
        outcome => Ok(outcome.map(|()| group)?),
    }
}

/// Gives one another name or description. `version`: the one that the operator has seen, where they say.
pub async fn update(
    app: &App,
    operator: &Operator,
    id: &GroupId,
    (name, description): (Option<&str>, Option<&str>),
    version: Option<i64>,
) -> Result<Group, Error> {
    let before = find(app, id).await?;
    must_be(&before, version)?;
    let (name, description) = read(name.unwrap_or(&before.name), description.unwrap_or(&before.description))?;
    if (&name, &description) == (&before.name, &before.description) {
        return Ok(before);
    }
    let group = Group { name, description, ..before.clone() };
    let event = updated(operator, &before, &group);
    match groups::update(&app.db, &app.secrets.audit, group.clone(), event, app.clock.now()).await {
        Ok(true) => Ok(Group { version: group.version + 1, ..group }),
        Ok(false) => Err(Error::Stale),
        Err(storage::Error::Conflict) => Err(Error::fault("name", "group-name-taken")),
        Err(why) => Err(why.into()),
    }
}

/// Removes one. Nobody belongs to it any more.
pub async fn delete(app: &App, operator: &Operator, id: &GroupId, version: Option<i64>) -> Result<(), Error> {
    let before = find(app, id).await?;
    must_be(&before, version)?;
    let event = deleted(operator, &before);
    let gone = groups::delete(&app.db, &app.secrets.audit, (id.clone(), before.version), event, app.clock.now());
    if gone.await? { Ok(()) } else { Err(Error::Stale) }
}

/// That there is another.
pub(super) fn created(operator: &Operator, group: &Group) -> NewEvent {
    operator.event(Event::GroupCreated).about_object("group", &group.id).with(json!({ "after": told(group) }))
}

/// That one is another.
pub(super) fn updated(operator: &Operator, before: &Group, after: &Group) -> NewEvent {
    let said = |group: &Group| json!({ "name": group.name, "description": group.description });
    let event = operator.event(Event::GroupUpdated).about_object("group", &after.id);
    event.with(json!({ "before": said(before), "after": said(after) }))
}

/// That one is gone.
pub(super) fn deleted(operator: &Operator, group: &Group) -> NewEvent {
    operator.event(Event::GroupDeleted).about_object("group", &group.id).with(json!({ "before": told(group) }))
}

fn told(group: &Group) -> Value {
    json!({ "kind": group.kind, "name": group.name, "description": group.description })
}

fn must_be(group: &Group, version: Option<i64>) -> Result<(), Error> {
    if version.is_none_or(|version| version == group.version) { Ok(()) } else { Err(Error::Stale) }
}

/// Adds somebody to one; who is in it already stays.
pub async fn add(app: &App, operator: &Operator, id: &GroupId, user: &UserId) -> Result<(), Error> {
    let group = find(app, id).await?;
    let user = users::find_to_act_on(app, operator, user).await?;
    let event = operator.event(Event::MemberAdded).about(&user.id).about_object("group", id);
    let event = event.with(json!({ "after": { "kind": group.kind, "name": group.name } }));
    groups::add(&app.db, &app.secrets.audit, (id.clone(), user.id), event, app.clock.now()).await?;
    Ok(())
}

/// Takes somebody from one.
pub async fn remove(app: &App, operator: &Operator, id: &GroupId, user: &UserId) -> Result<(), Error> {
    let group = find(app, id).await?;
    let user = users::find_to_act_on(app, operator, user).await?;
    let event = operator.event(Event::MemberRemoved).about(&user.id).about_object("group", id);
    let event = event.with(json!({ "before": { "kind": group.kind, "name": group.name } }));
    let gone = groups::remove(&app.db, &app.secrets.audit, (id.clone(), user.id), event, app.clock.now());
    if gone.await? { Ok(()) } else { Err(Error::NotFound) }
}

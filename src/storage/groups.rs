//! Groups and roles, and who belongs to them.
use super::{Db, Result, audit};
use crate::domain::{Chain, GroupId, GroupKind, Membership, NewEvent, Scopes, Timestamp, UserId};
use sqlx::AnyConnection;

/// A group, or a role.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Group {
    /// Its name here.
    pub id: GroupId,
    /// Which of the two.
    pub kind: GroupKind,
    /// What apps are told.
    pub name: String,
    /// What people are told.
    pub description: String,
    /// How often it has changed.
    pub version: i64,
    /// Since when it is there.
    pub created_at: Timestamp,
}

/// Those of a person, by name.
pub async fn of_user(db: &Db, user: &UserId) -> Result<Vec<Group>> {
    Ok(sqlx::query_as(
        "SELECT g.id, g.kind, g.name, g.description, g.version, g.created_at
         FROM members m JOIN groups g ON g.id = m.group_id WHERE m.user_id = $1 ORDER BY g.kind, g.name, g.id",
    )
    .bind(user)
    .fetch_all(db.read())
    .await?)
}

/// What apps are told of a person's groups and roles, as far as these scopes ask for it. Where they do not, nothing is
/// looked up.
pub async fn membership(db: &Db, user: &UserId, scopes: &Scopes) -> Result<Membership> {
    let (groups, roles) = (scopes.has("groups"), scopes.has("roles"));
    if !groups && !roles {
        return Ok(Membership::default());
    }
    let all = of_user(db, user).await?;
    let names = |kind| all.iter().filter(|group| group.kind == kind).map(|group| group.name.clone()).collect();
    Ok(Membership { groups: groups.then(|| names(GroupKind::Group)), roles: roles.then(|| names(GroupKind::Role)) })
}

/// One of them.
pub async fn find(db: &Db, id: &GroupId) -> Result<Option<Group>> {
    Ok(sqlx::query_as("SELECT id, kind, name, description, version, created_at FROM groups WHERE id = $1")
        .bind(id)
        .fetch_optional(db.read())
        .await?)
}

/// Some of them, after those whose kind and name were seen.
pub async fn list(db: &Db, after: (&str, &str), limit: i64) -> Result<Vec<Group>> {
    Ok(sqlx::query_as(
        "SELECT id, kind, name, description, version, created_at FROM groups
         WHERE (kind, name) > ($1, $2) ORDER BY kind, name LIMIT $3",
    )
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .fetch_all(db.read())
    .await?)
}

/// All of them.
pub async fn all(db: &Db) -> Result<Vec<Group>> {
    Ok(sqlx::query_as("SELECT id, kind, name, description, version, created_at FROM groups ORDER BY kind, name")
        .fetch_all(db.read())
        .await?)
}

/// Adds one. A name that one of its kind has is a conflict.
pub async fn insert(db: &Db, chain: &Chain, group: Group, event: NewEvent, now: Timestamp) -> Result<()> {
    audit::change(db, chain, event, now, async move |connection| insert_within(connection, group).await).await?;
    Ok(())
}

pub(super) async fn insert_within(connection: &mut AnyConnection, group: Group) -> Result<bool> {
    sqlx::query(
        "INSERT INTO groups (id, kind, name, description, version, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(group.id)
    .bind(group.kind)
    .bind(group.name)
    .bind(group.description)
    .bind(group.version)
    .bind(group.created_at)
    .execute(connection)
    .await?;
    Ok(true)
}

/// Gives one another name and description, if its version is still that of `group`. `false`: it is another.
pub async fn update(db: &Db, chain: &Chain, group: Group, event: NewEvent, now: Timestamp) -> Result<bool> {
    audit::change(db, chain, event, now, async move |connection| update_within(connection, group).await).await
}

pub(super) async fn update_within(connection: &mut AnyConnection, group: Group) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE groups SET name = $2, description = $3, version = version + 1 WHERE id = $1 AND version = $4",
    )
    .bind(group.id)
    .bind(group.name)
    .bind(group.description)
    .bind(group.version)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Removes one, if its version is still that. `false`: it is another.
pub async fn delete(db: &Db, chain: &Chain, row: (GroupId, i64), event: NewEvent, now: Timestamp) -> Result<bool> {
    audit::change(db, chain, event, now, async move |connection| delete_within(connection, row).await).await
}

pub(super) async fn delete_within(connection: &mut AnyConnection, (id, version): (GroupId, i64)) -> Result<bool> {
    let done = sqlx::query("DELETE FROM groups WHERE id = $1 AND version = $2")
        .bind(id)
        .bind(version)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Adds somebody to one. `false`: they are in it, or one of both is gone.
pub async fn add(
    db: &Db,
    chain: &Chain,
    (id, user): (GroupId, UserId),
    event: NewEvent,
    now: Timestamp,
) -> Result<bool> {
    audit::change(db, chain, event, now, async move |connection| {
        let done = sqlx::query(
            "INSERT INTO members (group_id, user_id, added_at)
             SELECT g.id, u.id, $3 FROM groups g CROSS JOIN users u WHERE g.id = $1 AND u.id = $2
             ON CONFLICT (group_id, user_id) DO NOTHING",
        )
        .bind(id)
        .bind(user)
        .bind(now)
        .execute(connection)
        .await?;
        Ok(done.rows_affected() > 0)
    })
    .await
}

/// Takes somebody from one. `false`: they are not in it.
pub async fn remove(
    db: &Db,
    chain: &Chain,
    (id, user): (GroupId, UserId),
    event: NewEvent,
    now: Timestamp,
) -> Result<bool> {
    audit::change(db, chain, event, now, async move |connection| {
        let done = sqlx::query("DELETE FROM members WHERE group_id = $1 AND user_id = $2")
            .bind(id)
            .bind(user)
            .execute(connection)
            .await?;
        Ok(done.rows_affected() > 0)
    })
    .await
}

//! What an instance is configured by, changed as a whole: many rows of several kinds, each with its event, or none.
use super::{Db, Error, Result, audit, clients, groups, groups::Group, providers, settings};
use crate::domain::{Chain, Client, ClientId, GroupId, NewEvent, ProviderName, Timestamp};
use sqlx::AnyConnection;

/// A row as it is to be, and what it has to be until then.
#[derive(Debug)]
pub enum Row {
    /// The settings, made from this version.
    Settings(i64, Vec<u8>),
    /// An app that is not there yet.
    NewClient(Client),
    /// An app that is at this version.
    Client(Client, i64),
    /// No app any more where there is one at this version.
    NoClient(ClientId, i64),
    /// A provider.
    Provider(providers::Row),
    /// No provider any more where it was this.
    NoProvider(ProviderName, Vec<u8>),
    /// A group that is not there yet.
    NewGroup(Group),
    /// A group that is at the version it has.
    Group(Group),
    /// No group any more where there is one at this version.
    NoGroup(GroupId, i64),
}

/// Writes all rows, an event for each, and `sealed` as what was applied last, with the event that closes it. A row that
/// is not any more what it has to be, or is there already, is a conflict, and nothing is written.
pub async fn apply(
    db: &Db,
    chain: &Chain,
    rows: Vec<(Row, NewEvent)>,
    (sealed, event): (Vec<u8>, NewEvent),
    now: Timestamp,
) -> Result<()> {
    let chain = chain.clone();
    db.transaction(async move |connection| {
        let mut events = vec![];
        for (row, event) in rows {
            if !write(connection, row, now).await? {
                return Err(Error::Conflict);
            }
            events.push(event);
        }
        // After all that they tell of: what is written first is held until the end, and the chain is everybody's.
        for event in events.into_iter().chain([event]) {
            audit::append(connection, &chain, event, now).await?;
        }
        keep(connection, sealed, now).await
    })
    .await
}

async fn write(connection: &mut AnyConnection, row: Row, now: Timestamp) -> Result<bool> {
    match row {
        Row::Settings(made_from, sealed) => settings::replace_within(connection, made_from, sealed, now).await,
        Row::NewClient(client) => clients::insert_within(connection, client, now).await,
        Row::Client(client, version) => clients::update_within(connection, &client, version).await,
        Row::NoClient(id, version) => clients::remove_within(connection, (id, version)).await,
        Row::Provider(row) => providers::put_within(connection, row, now).await,
        Row::NoProvider(name, before) => providers::remove_within(connection, (name, before)).await,
        Row::NewGroup(group) => groups::insert_within(connection, group).await,
        Row::Group(group) => groups::update_within(connection, group).await,
        Row::NoGroup(id, version) => groups::delete_within(connection, (id, version)).await,
    }
}

async fn keep(connection: &mut AnyConnection, sealed: Vec<u8>, now: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO manifest (id, sealed, applied_at, seq)
         SELECT 'only', $1, $2, seq FROM audit_chain WHERE id = 'only'
         ON CONFLICT (id) DO UPDATE
         SET sealed = excluded.sealed, applied_at = excluded.applied_at, seq = excluded.seq",
    )
    .bind(sealed)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// What was applied last.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Applied {
    /// The manifest, sealed.
    pub sealed: Vec<u8>,
    /// When.
    pub applied_at: Timestamp,
    /// The event that told of it.
    pub seq: i64,
}

/// What was applied last, if anything ever was.
pub async fn applied(db: &Db) -> Result<Option<Applied>> {
    Ok(sqlx::query_as("SELECT sealed, applied_at, seq FROM manifest WHERE id = 'only'")
        .fetch_optional(db.read())
        .await?)
}

/// How many changes of what a manifest says there have been since it was applied; nothing, where none ever was.
pub async fn changes_since(db: &Db) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT (
             SELECT COUNT(*) FROM audit a WHERE a.seq > m.seq AND a.kind IN (
                 'settings_changed', 'client_created', 'client_updated', 'client_deleted', 'secret_rotated',
                 'provider_saved', 'provider_deleted', 'group_created', 'group_updated', 'group_deleted'
             )
         ) FROM manifest m",
    )
    .fetch_optional(db.read())
    .await?)
}

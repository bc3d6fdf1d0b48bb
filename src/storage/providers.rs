//! Providers that are set up besides those of the settings file: their sections, sealed.
//!
//! Each sealing is another, so that what is stored tells by itself whether somebody has changed it meanwhile.
use super::{Db, Result, audit, versions};
use crate::domain::{Chain, NewEvent, ProviderName, Timestamp};
use sqlx::AnyConnection;

/// All, by name.
pub async fn all(db: &Db) -> Result<Vec<(String, Vec<u8>)>> {
    Ok(sqlx::query_as("SELECT name, sealed FROM providers ORDER BY name").fetch_all(db.read()).await?)
}

/// One.
pub async fn find(db: &Db, name: &ProviderName) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar("SELECT sealed FROM providers WHERE name = $1").bind(name).fetch_optional(db.read()).await?)
}

/// One as it is to be: its name, its section sealed, and as it was before, where there was one.
pub type Row = (ProviderName, Vec<u8>, Option<Vec<u8>>);

/// Sets one up where there is none, or anew where it is still as it was before. `false`: it is not.
pub async fn put(db: &Db, chain: &Chain, row: Row, event: NewEvent, now: Timestamp) -> Result<bool> {
    audit::change(db, chain, event, now, async move |connection| put_within(connection, row, now).await).await
}

pub(super) async fn put_within(
    connection: &mut AnyConnection,
    (name, sealed, before): Row,
    now: Timestamp,
) -> Result<bool> {
    let statement = match before {
        None => sqlx::query(
            "INSERT INTO providers (name, sealed, updated_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(sealed)
        .bind(now),
        Some(before) => {
            sqlx::query("UPDATE providers SET sealed = $2, updated_at = $3 WHERE name = $1 AND sealed = $4")
                .bind(name)
                .bind(sealed)
                .bind(now)
                .bind(before)
        }
    };
    let done = statement.execute(&mut *connection).await?;
    noticed(connection, done.rows_affected()).await
}

/// Removes one that is still as it was before. `false`: it is not.
pub async fn remove(
    db: &Db,
    chain: &Chain,
    row: (ProviderName, Vec<u8>),
    event: NewEvent,
    now: Timestamp,
) -> Result<bool> {
    audit::change(db, chain, event, now, async move |connection| remove_within(connection, row).await).await
}

pub(super) async fn remove_within(
    connection: &mut AnyConnection,
    (name, before): (ProviderName, Vec<u8>),
) -> Result<bool> {
    let removed = sqlx::query("DELETE FROM providers WHERE name = $1 AND sealed = $2")
        .bind(name)
        .bind(before)
        .execute(&mut *connection)
        .await?;
    noticed(connection, removed.rows_affected()).await
}

/// Has every node notice a change, where there was one.
async fn noticed(connection: &mut AnyConnection, changed: u64) -> Result<bool> {
    if changed > 0 {
        versions::bump(connection, "providers").await?;
    }
    Ok(changed > 0)
}

/// How many people can come from each provider that anybody has come from.
pub async fn people(db: &Db) -> Result<Vec<(String, i64)>> {
    Ok(sqlx::query_as(
        "SELECT provider, COUNT(DISTINCT user_id) FROM identities WHERE user_id IS NOT NULL GROUP BY provider",
    )
    .fetch_all(db.read())
    .await?)
}

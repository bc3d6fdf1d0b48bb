//! Providers that are set up besides those of the settings file: their sections, sealed.
use super::{Db, Result, versions};
use crate::domain::{ProviderName, Timestamp};

/// All, by name.
pub async fn all(db: &Db) -> Result<Vec<(String, Vec<u8>)>> {
    Ok(sqlx::query_as("SELECT name, sealed FROM providers ORDER BY name").fetch_all(db.read()).await?)
}

/// Sets one up, or anew.
pub async fn put(db: &Db, name: ProviderName, sealed: Vec<u8>, now: Timestamp) -> Result<()> {
    db.transaction(async move |connection| {
        sqlx::query(
            "INSERT INTO providers (name, sealed, updated_at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at",
        )
        .bind(name)
        .bind(sealed)
        .bind(now)
        .execute(&mut *connection)
        .await?;
        versions::bump(connection, "providers").await
    })
    .await
}

/// Removes one. `false`: there is none of that name.
pub async fn remove(db: &Db, name: ProviderName) -> Result<bool> {
    db.transaction(async move |connection| {
        let removed = sqlx::query("DELETE FROM providers WHERE name = $1").bind(name).execute(&mut *connection).await?;
        versions::bump(connection, "providers").await?;
        Ok(removed.rows_affected() > 0)
    })
    .await
}

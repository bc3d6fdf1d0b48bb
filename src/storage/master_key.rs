//! The proof that a master key is the one this database was sealed with.
use super::{Db, Result};

/// What the right master key opens, if any key was used yet.
pub async fn check_value(db: &Db) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT sealed FROM master_key_check WHERE id = 'only'").fetch_optional(db.read()).await?;
    Ok(row.map(|(sealed,)| sealed))
}

/// Keeps a check value, unless another node was quicker.
pub async fn keep_check_value(db: &Db, sealed: Vec<u8>) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("INSERT INTO master_key_check (id, sealed) VALUES ('only', $1) ON CONFLICT (id) DO NOTHING")
            .bind(sealed)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

//! Signing keys, sealed.
use super::{Db, Result, versions};
use crate::domain::{KeyId, SealedKey, Timestamp};
use sqlx::AnyConnection;

/// Every key there is, oldest first.
pub async fn all(db: &Db) -> Result<Vec<SealedKey>> {
    Ok(sqlx::query_as(
        "SELECT kid, algorithm, sealed, created_at, activated_at FROM signing_keys ORDER BY created_at, kid",
    )
    .fetch_all(db.read())
    .await?)
}

/// Adds keys, unless there is a next one of their kind already (another node was quicker).
pub async fn insert(db: &Db, keys: Vec<SealedKey>) -> Result<()> {
    db.transaction(async move |connection| {
        let mut added = 0;
        for key in keys {
            added += add(connection, key).await?;
        }
        if added > 0 {
            versions::bump(connection, "signing_keys").await?;
        }
        Ok(())
    })
    .await
}

async fn add(connection: &mut AnyConnection, key: SealedKey) -> Result<u64> {
    let inserted = sqlx::query(
        "INSERT INTO signing_keys (kid, algorithm, sealed, created_at, activated_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
    )
    .bind(key.kid)
    .bind(key.algorithm)
    .bind(key.sealed)
    .bind(key.created_at)
    .bind(key.activated_at)
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected())
}

/// Lets the next key sign from `at`, and adds the one after it. Of several callers one wins; the
/// others get `false`.
pub async fn activate(db: &Db, next: KeyId, at: Timestamp, after: SealedKey) -> Result<bool> {
    db.transaction(async move |connection| {
        let activated =
            sqlx::query("UPDATE signing_keys SET activated_at = $2 WHERE kid = $1 AND activated_at IS NULL")
                .bind(next)
                .bind(at)
                .execute(&mut *connection)
                .await?;
        if activated.rows_affected() == 0 {
            return Ok(false);
        }
        add(connection, after).await?;
        versions::bump(connection, "signing_keys").await?;
        Ok(true)
    })
    .await
}

/// Forgets keys whose last token has run out.
pub async fn remove(db: &Db, kids: Vec<KeyId>) -> Result<()> {
    db.transaction(async move |connection| {
        for kid in kids {
            sqlx::query("DELETE FROM signing_keys WHERE kid = $1").bind(kid).execute(&mut *connection).await?;
        }
        versions::bump(connection, "signing_keys").await
    })
    .await
}

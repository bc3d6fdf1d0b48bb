//! The one-time link that creates the owner of a fresh instance.
use super::{Db, Result, users};
use crate::domain::{Digest, Role, Timestamp, User};

/// Whether anybody can administer this instance yet.
pub async fn has_owner(db: &Db) -> Result<bool> {
    let row: Option<(String,)> = sqlx::query_as("SELECT id FROM users WHERE role = $1 OR role = $2 LIMIT 1")
        .bind(Role::Owner)
        .bind(Role::Admin)
        .fetch_optional(db.read())
        .await?;
    Ok(row.is_some())
}

/// Makes a link the only one that is good.
pub async fn offer(db: &Db, digest: Digest, now: Timestamp) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query(
            "INSERT INTO setup_links (id, digest, created_at) VALUES ('owner', $1, $2)
             ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, created_at = excluded.created_at",
        )
        .bind(digest)
        .bind(now)
        .execute(connection)
        .await?;
        Ok(())
    })
    .await
}

/// Whether a link is good now. Opening it changes nothing.
pub async fn is_offered(db: &Db, digest: &Digest) -> Result<bool> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT id FROM setup_links WHERE digest = $1").bind(digest).fetch_optional(db.read()).await?;
    Ok(row.is_some() && !has_owner(db).await?)
}

/// Spends the link and creates the owner. `false`: the link is spent or an owner is there.
pub async fn create_owner(db: &Db, digest: Digest, owner: User, password_hash: String) -> Result<bool> {
    db.transaction(async move |connection| {
        let spent = sqlx::query(
            "DELETE FROM setup_links WHERE id = 'owner' AND digest = $1
                 AND NOT EXISTS (SELECT 1 FROM users WHERE role IS NOT NULL)",
        )
        .bind(digest)
        .execute(&mut *connection)
        .await?;
        if spent.rows_affected() == 0 {
            return Ok(false);
        }
        users::add(connection, &owner, Some(password_hash)).await?;
        Ok(true)
    })
    .await
}

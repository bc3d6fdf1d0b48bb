//! Access tokens that have no grant to revoke (RFC 7009).
use super::{Db, Result};
use crate::domain::Timestamp;

/// Revokes one token, to be remembered until it would have run out.
pub async fn insert(db: &Db, jti: String, expires_at: Timestamp) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("INSERT INTO revoked_tokens (jti, expires_at) VALUES ($1, $2) ON CONFLICT (jti) DO NOTHING")
            .bind(jti)
            .bind(expires_at)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

/// Whether a token was revoked.
pub async fn contains(db: &Db, jti: &str) -> Result<bool> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT jti FROM revoked_tokens WHERE jti = $1").bind(jti).fetch_optional(db.read()).await?;
    Ok(row.is_some())
}

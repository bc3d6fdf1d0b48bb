//! Requests that were sent to other providers: answered once.
use super::{Db, Result};
use crate::domain::{Digest, Timestamp};

/// A request as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// What belongs to it, sealed.
    pub sealed: Vec<u8>,
    /// When it was answered, if it was.
    pub answered_at: Option<Timestamp>,
}

/// Keeps one, by the digest of its state.
pub async fn insert(db: &Db, state: Digest, sealed: Vec<u8>, expires_at: Timestamp) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("INSERT INTO upstream_requests (state, sealed, expires_at) VALUES ($1, $2, $3)")
            .bind(state)
            .bind(sealed)
            .bind(expires_at)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

/// The one of this state, unless it has run out.
pub async fn find(db: &Db, state: &Digest, now: Timestamp) -> Result<Option<Kept>> {
    let row: Option<(Vec<u8>, Option<Timestamp>)> =
        sqlx::query_as("SELECT sealed, answered_at FROM upstream_requests WHERE state = $1 AND expires_at > $2")
            .bind(state)
            .bind(now)
            .fetch_optional(db.read())
            .await?;
    Ok(row.map(|(sealed, answered_at)| Kept { sealed, answered_at }))
}

/// Uses one up. Of several callers one wins.
pub async fn answer(db: &Db, state: Digest, now: Timestamp) -> Result<bool> {
    db.write(async move |connection| {
        let answered = sqlx::query(
            "UPDATE upstream_requests SET answered_at = $2
             WHERE state = $1 AND answered_at IS NULL AND expires_at > $2",
        )
        .bind(state)
        .bind(now)
        .execute(connection)
        .await?;
        Ok(answered.rows_affected() > 0)
    })
    .await
}

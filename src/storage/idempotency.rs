//! Answers to requests that create something, kept for whoever asks again (the draft of the `Idempotency-Key` header).
use super::{Db, Result};
use crate::domain::{Digest, Timestamp};

/// How long a request may take to be answered before its key is free again, in seconds.
const PATIENCE: i64 = 60;

/// What a key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The request that has just brought it.
    New,
    /// A request that is being answered.
    Busy,
    /// Another request.
    Another,
    /// This request, which was answered so, sealed.
    Answered(Vec<u8>),
}

/// Takes a key for a request. Of any number of callers one is told that it is new.
pub async fn take(db: &Db, digest: Digest, request: Digest, now: Timestamp) -> Result<Standing> {
    let (key, asked) = (digest.clone(), request.clone());
    let taken = db
        .write(async move |connection| {
            let taken = sqlx::query(
                "INSERT INTO idempotency (digest, request, expires_at) VALUES ($1, $2, $3)
                 ON CONFLICT (digest) DO UPDATE
                     SET request = excluded.request, sealed = NULL, expires_at = excluded.expires_at
                     WHERE idempotency.expires_at <= $4",
            )
            .bind(key)
            .bind(asked)
            .bind(now.plus(PATIENCE))
            .bind(now)
            .execute(connection)
            .await?;
            Ok(taken.rows_affected() > 0)
        })
        .await?;
    if taken {
        return Ok(Standing::New);
    }
    let row: Option<(Digest, Option<Vec<u8>>)> =
        sqlx::query_as("SELECT request, sealed FROM idempotency WHERE digest = $1")
            .bind(digest)
            .fetch_optional(db.read())
            .await?;
    Ok(match row {
        Some((before, _)) if before != request => Standing::Another,
        Some((_, Some(sealed))) => Standing::Answered(sealed),
        _ => Standing::Busy,
    })
}

/// Keeps the answer.
pub async fn keep(db: &Db, digest: Digest, sealed: Vec<u8>, until: Timestamp) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("UPDATE idempotency SET sealed = $2, expires_at = $3 WHERE digest = $1")
            .bind(digest)
            .bind(sealed)
            .bind(until)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

/// Frees a key whose request came to nothing.
pub async fn release(db: &Db, digest: Digest) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("DELETE FROM idempotency WHERE digest = $1 AND sealed IS NULL")
            .bind(digest)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

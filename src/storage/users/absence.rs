//! People who are away: their account is frozen, or goes after a time of grace.
use crate::{
    domain::{Timestamp, UserId},
    storage::{Db, Result},
};
use sqlx::AnyConnection;

/// Why a person cannot sign in before they say that they come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// They froze their account.
    Frozen,
    /// They are leaving, and are gone at this time.
    Leaving(Timestamp),
}

/// Whether a person is away.
pub async fn absence(db: &Db, id: &UserId) -> Result<Option<Absence>> {
    let row: Option<(Option<Timestamp>, Option<Timestamp>)> =
        sqlx::query_as("SELECT frozen_at, delete_at FROM users WHERE id = $1")
            .bind(id)
            .fetch_optional(db.read())
            .await?;
    let (frozen_at, delete_at) = row.unwrap_or_default();
    Ok(match (frozen_at, delete_at) {
        (_, Some(at)) => Some(Absence::Leaving(at)),
        (Some(_), None) => Some(Absence::Frozen),
        (None, None) => None,
    })
}

/// They are away from now on: gone at that time, or frozen. `false`: they were so before.
pub(in crate::storage) async fn go(
    connection: &mut AnyConnection,
    id: &UserId,
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool> {
    let gone = sqlx::query(
        "UPDATE users SET frozen_at = CASE WHEN $2 IS NULL THEN $3 ELSE frozen_at END, delete_at = $2
         WHERE id = $1 AND delete_at IS NULL AND (frozen_at IS NULL OR $2 IS NOT NULL)",
    )
    .bind(id)
    .bind(at)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(gone.rows_affected() > 0)
}

/// A person who was leaving, or whose account is frozen, comes back. `false`: they were not away, or it is too late.
pub async fn come_back(db: &Db, id: UserId, now: Timestamp) -> Result<bool> {
    db.write(async move |connection| thaw(connection, &id, now).await).await
}

pub(in crate::storage) async fn thaw(connection: &mut AnyConnection, id: &UserId, now: Timestamp) -> Result<bool> {
    let back = sqlx::query(
        "UPDATE users SET frozen_at = NULL, delete_at = NULL
         WHERE id = $1 AND (frozen_at IS NOT NULL OR delete_at > $2)",
    )
    .bind(id)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(back.rows_affected() > 0)
}

/// Removes up to `limit` people whose time of grace is over, with all that is theirs; returns how many.
pub async fn remove_due(db: &Db, now: Timestamp, limit: i64) -> Result<u64> {
    db.write(async move |connection| {
        let removed = sqlx::query(
            "DELETE FROM users WHERE id IN (SELECT id FROM users WHERE delete_at <= $1 LIMIT $2) AND delete_at <= $1",
        )
        .bind(now)
        .bind(limit)
        .execute(connection)
        .await?;
        Ok(removed.rows_affected())
    })
    .await
}

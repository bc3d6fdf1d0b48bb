//! How often somebody has tried to guess, counted before the guess is looked at.
use super::{Db, Result};
use crate::domain::Timestamp;

/// Takes one of `limit` tries that `subject` has within `window` seconds. When there is none left:
/// the seconds until there is.
pub async fn take(db: &Db, subject: String, limit: i64, window: i64, now: Timestamp) -> Result<Option<i64>> {
    db.write(async move |connection| {
        let (tries, expires_at): (i64, Timestamp) = sqlx::query_as(
            "INSERT INTO attempts (subject, tries, expires_at) VALUES ($1, 1, $2 + $3)
             ON CONFLICT (subject) DO UPDATE SET
                 tries = CASE WHEN attempts.expires_at <= $2 THEN 1 ELSE attempts.tries + 1 END,
                 expires_at = CASE WHEN attempts.expires_at <= $2 THEN $2 + $3 ELSE attempts.expires_at END
             RETURNING tries, expires_at",
        )
        .bind(subject)
        .bind(now)
        .bind(window)
        .fetch_one(connection)
        .await?;
        Ok((tries > limit).then(|| expires_at.since(now).max(1)))
    })
    .await
}

/// Gives one try back.
pub async fn give_back(db: &Db, subject: String) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("UPDATE attempts SET tries = tries - 1 WHERE subject = $1 AND tries > 0")
            .bind(subject)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

/// Gives the tries back, after a right guess.
pub async fn forget(db: &Db, subject: String) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("DELETE FROM attempts WHERE subject = $1").bind(subject).execute(connection).await?;
        Ok(())
    })
    .await
}

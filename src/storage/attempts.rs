//! How often somebody has tried to guess, counted before the guess is looked at.
use super::{Db, Result};
use crate::domain::Timestamp;

/// Takes one of `limit` tries that `subject` has within `window` seconds. When there is none left:
/// the seconds until there is.
pub async fn take(db: &Db, subject: String, limit: i64, window: i64, now: Timestamp) -> Result<Option<i64>> {
    take_one(db, subject, limit, window, 1, now).await
}

/// The same, but whoever passed the limit waits twice as long the next time, up to 32 times; until they let a whole
/// window go by within it.
pub async fn take_backing_off(
    db: &Db,
    subject: String,
    limit: i64,
    window: i64,
    now: Timestamp,
) -> Result<Option<i64>> {
    take_one(db, subject, limit, window, 2, now).await
}

/// `growth`: by how much each wait is longer than the one before.
async fn take_one(
    db: &Db,
    subject: String,
    limit: i64,
    window: i64,
    growth: i64,
    now: Timestamp,
) -> Result<Option<i64>> {
    db.write(async move |connection| {
        let (tries, expires_at): (i64, Timestamp) = sqlx::query_as(
            "INSERT INTO attempts (subject, tries, strikes, expires_at) VALUES ($1, 1, 1, $2 + $3)
             ON CONFLICT (subject) DO UPDATE SET
                 tries = CASE WHEN attempts.expires_at > $2 THEN attempts.tries + 1 ELSE 1 END,
                 strikes = CASE WHEN attempts.expires_at > $2 THEN attempts.strikes
                     WHEN attempts.tries <= $4 THEN 1
                     WHEN attempts.strikes >= 32 THEN attempts.strikes
                     ELSE attempts.strikes * $5 END,
                 expires_at = CASE WHEN attempts.expires_at > $2 THEN attempts.expires_at
                     WHEN attempts.tries <= $4 THEN $2 + $3
                     WHEN attempts.strikes >= 32 THEN $2 + $3 * attempts.strikes
                     ELSE $2 + $3 * attempts.strikes * $5 END
             RETURNING tries, expires_at",
        )
        .bind(subject)
        .bind(now)
        .bind(window)
        .bind(limit)
        .bind(growth)
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

//! Browsers and apps in which a person has signed in before.
use super::{Db, Result};
use crate::domain::{Digest, Timestamp, UserId};

/// How well a browser is known in which somebody signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Familiarity {
    /// It is the first of this person.
    First,
    /// They have others, and never signed in in this one.
    New,
    /// They have.
    Known,
}

/// Whether a person has signed in in a browser before, and until when their password is enough in it.
pub async fn find(db: &Db, user: &UserId, digest: &Digest) -> Result<Option<Option<Timestamp>>> {
    let row: Option<(Option<Timestamp>,)> =
        sqlx::query_as("SELECT trusted_until FROM devices WHERE user_id = $1 AND digest = $2")
            .bind(user)
            .bind(digest)
            .fetch_optional(db.read())
            .await?;
    Ok(row.map(|(trusted_until,)| trusted_until))
}

/// Remembers that a person signs in in a browser, and trusts it until then if they wish so; else that stays as it was.
pub async fn remember(
    db: &Db,
    user: UserId,
    digest: Digest,
    trusted_until: Option<Timestamp>,
    now: Timestamp,
) -> Result<Familiarity> {
    db.transaction(async move |connection| {
        let new = sqlx::query(
            "INSERT INTO devices (user_id, digest, created_at, seen_at) VALUES ($1, $2, $3, $3)
             ON CONFLICT (user_id, digest) DO NOTHING",
        )
        .bind(&user)
        .bind(&digest)
        .bind(now)
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "UPDATE devices SET seen_at = $3, trusted_until = COALESCE($4, trusted_until)
             WHERE user_id = $1 AND digest = $2",
        )
        .bind(&user)
        .bind(&digest)
        .bind(now)
        .bind(trusted_until)
        .execute(&mut *connection)
        .await?;
        if new.rows_affected() == 0 {
            return Ok(Familiarity::Known);
        }
        let (all,): (i64,) =
            sqlx::query_as("SELECT count(*) FROM devices WHERE user_id = $1").bind(&user).fetch_one(connection).await?;
        Ok(if all == 1 { Familiarity::First } else { Familiarity::New })
    })
    .await
}

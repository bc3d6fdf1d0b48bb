//! The pictures that people upload.
use super::{Db, Result};
use crate::domain::{Timestamp, UserId};
use sqlx::AnyConnection;

/// A picture as it is served.
#[derive(Debug, sqlx::FromRow)]
pub struct Picture {
    /// Its media type.
    pub kind: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The picture of this id; none of people who may not sign in.
pub async fn find(db: &Db, id: &str) -> Result<Option<Picture>> {
    Ok(sqlx::query_as(
        "SELECT p.kind, p.bytes FROM pictures p JOIN users u ON u.id = p.user_id
         WHERE p.id = $1 AND u.disabled_at IS NULL AND u.frozen_at IS NULL AND u.delete_at IS NULL",
    )
    .bind(id)
    .fetch_optional(db.read())
    .await?)
}

/// Gives a person a picture, under an id that nobody knows yet; the one before is gone.
pub async fn put(db: &Db, user: UserId, id: String, picture: Picture, now: Timestamp) -> Result<()> {
    db.transaction(async move |connection| {
        sqlx::query(
            "INSERT INTO pictures (user_id, id, kind, bytes, updated_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (user_id) DO UPDATE SET id = excluded.id, kind = excluded.kind, bytes = excluded.bytes,
                 updated_at = excluded.updated_at",
        )
        .bind(&user)
        .bind(id)
        .bind(picture.kind)
        .bind(picture.bytes)
        .bind(now)
        .execute(&mut *connection)
        .await?;
        touch(connection, &user, now).await
    })
    .await
}

/// Takes a person's picture away.
pub async fn remove(db: &Db, user: UserId, now: Timestamp) -> Result<()> {
    db.transaction(async move |connection| {
        sqlx::query("DELETE FROM pictures WHERE user_id = $1").bind(&user).execute(&mut *connection).await?;
        touch(connection, &user, now).await
    })
    .await
}

/// What is known of the person has changed: later than before, even within one second.
async fn touch(connection: &mut AnyConnection, user: &UserId, now: Timestamp) -> Result<()> {
    sqlx::query(
        "UPDATE users SET updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at + 1 END WHERE id = $1",
    )
    .bind(user)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

//! The pictures that people upload, and those that come from providers.
use super::{Db, Result};
use crate::domain::{ProviderName, Timestamp, UserId};
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
                 updated_at = excluded.updated_at, provider = NULL, source = NULL",
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

/// Whence a person has their picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// There is none.
    None,
    /// They uploaded it.
    Uploaded,
    /// It was at this address, which a provider told.
    Fetched(String),
}

/// Whence a person has their picture.
pub async fn origin(db: &Db, user: &UserId) -> Result<Origin> {
    let row: Option<(Option<String>,)> =
        sqlx::query_as("SELECT source FROM pictures WHERE user_id = $1").bind(user).fetch_optional(db.read()).await?;
    Ok(match row {
        None => Origin::None,
        Some((None,)) => Origin::Uploaded,
        Some((Some(source),)) => Origin::Fetched(source),
    })
}

/// A picture that comes from a provider.
#[derive(Debug)]
pub struct Fetched {
    /// The picture.
    pub picture: Picture,
    /// The provider.
    pub provider: ProviderName,
    /// Its address there.
    pub source: String,
}

/// Gives a person a picture from a provider. `false`: they have uploaded one.
pub async fn adopt(db: &Db, user: UserId, id: String, fetched: Fetched, now: Timestamp) -> Result<bool> {
    db.transaction(async move |connection| {
        let adopted = sqlx::query(
            "INSERT INTO pictures (user_id, id, kind, bytes, updated_at, provider, source)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (user_id) DO UPDATE SET id = excluded.id, kind = excluded.kind, bytes = excluded.bytes,
                 updated_at = excluded.updated_at, provider = excluded.provider, source = excluded.source
             WHERE pictures.source IS NOT NULL",
        )
        .bind(&user)
        .bind(id)
        .bind(fetched.picture.kind)
        .bind(fetched.picture.bytes)
        .bind(now)
        .bind(fetched.provider)
        .bind(fetched.source)
        .execute(&mut *connection)
        .await?;
        if adopted.rows_affected() == 0 {
            return Ok(false);
        }
        touch(connection, &user, now).await?;
        Ok(true)
    })
    .await
}

/// Takes away what a provider gave.
pub(super) async fn remove_of(connection: &mut AnyConnection, user: &UserId, provider: &ProviderName) -> Result<()> {
    sqlx::query("DELETE FROM pictures WHERE user_id = $1 AND provider = $2")
        .bind(user)
        .bind(provider)
        .execute(connection)
        .await?;
    Ok(())
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

//! Keys to the administration, as digests.
use super::{Db, Result, audit};
use crate::domain::{Actor, ApiKeyId, Chain, Digest, NewEvent, Role, Timestamp, UserId};
use sqlx::AnyConnection;

/// How exactly it is known when a key was last used, in seconds.
const STEP: i64 = 60;

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ApiKey {
    /// Its name here.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: String,
    /// What it permits.
    pub role: Role,
    /// Who made it, as the audit trail names them.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Since when it is worth nothing.
    pub revoked_at: Option<Timestamp>,
}

/// A key that is new.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// All but the secret.
    pub key: ApiKey,
    /// What is kept of that.
    pub digest: Digest,
}

/// Keeps a key.
pub async fn insert(db: &Db, chain: &Chain, new: NewApiKey, event: NewEvent, now: Timestamp) -> Result<()> {
    let NewApiKey { key, digest } = new;
    audit::change(db, chain, event, now, async move |connection| {
        sqlx::query(
            "INSERT INTO api_keys (id, name, digest, role, created_by, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(key.id)
        .bind(key.name)
        .bind(digest)
        .bind(key.role)
        .bind(key.created_by)
        .bind(key.created_at)
        .bind(key.expires_at)
        .execute(connection)
        .await?;
        Ok(true)
    })
    .await
    .map(drop)
}

/// Makes a key worth nothing. `false`: it was before, or there is none.
pub async fn revoke(db: &Db, chain: &Chain, id: ApiKeyId, event: NewEvent, now: Timestamp) -> Result<bool> {
    audit::change(db, chain, event, now, async move |connection| {
        let done = sqlx::query("UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
            .bind(id)
            .bind(now)
            .execute(connection)
            .await?;
        Ok(done.rows_affected() > 0)
    })
    .await
}

/// Makes all keys that a person has made worth nothing.
pub(super) async fn revoke_those_of(connection: &mut AnyConnection, user: &UserId, now: Timestamp) -> Result<()> {
    sqlx::query("UPDATE api_keys SET revoked_at = $2 WHERE created_by = $1 AND revoked_at IS NULL")
        .bind(Actor::Person(user.clone()).to_string())
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// A key.
pub async fn find(db: &Db, id: &ApiKeyId) -> Result<Option<ApiKey>> {
    Ok(sqlx::query_as(
        "SELECT id, name, role, created_by, created_at, expires_at, last_used_at, revoked_at FROM api_keys
         WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(db.read())
    .await?)
}

/// Every key, the newest first.
pub async fn all(db: &Db) -> Result<Vec<ApiKey>> {
    Ok(sqlx::query_as(
        "SELECT id, name, role, created_by, created_at, expires_at, last_used_at, revoked_at FROM api_keys
         ORDER BY created_at DESC, id",
    )
    .fetch_all(db.read())
    .await?)
}

/// A key by its digest, while it is good; its use is noted, at most once a minute.
pub async fn take(db: &Db, digest: Digest, now: Timestamp) -> Result<Option<(ApiKeyId, Role)>> {
    let found: Option<(ApiKeyId, Role, Option<Timestamp>)> = sqlx::query_as(
        "SELECT id, role, last_used_at FROM api_keys
         WHERE digest = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)",
    )
    .bind(digest)
    .bind(now)
    .fetch_optional(db.read())
    .await?;
    let Some((id, role, used)) = found else { return Ok(None) };
    if used.is_none_or(|used| now.since(used) >= STEP) {
        let id = id.clone();
        db.write(async move |connection| {
            sqlx::query("UPDATE api_keys SET last_used_at = $2 WHERE id = $1")
                .bind(id)
                .bind(now)
                .execute(connection)
                .await?;
            Ok(())
        })
        .await?;
    }
    Ok(Some((id, role)))
}

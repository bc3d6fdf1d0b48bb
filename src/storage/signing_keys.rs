//! Signing keys, sealed.
//!
//! What changes them counts their version first: the row of `versions` is what one change waits for another at.
use super::{Db, Result, audit, versions};
use crate::domain::{Algorithm, Chain, KeyId, NewEvent, SealedKey, Timestamp};
use sqlx::AnyConnection;

/// What is counted.
const NAME: &str = "signing_keys";

/// Every key there is, oldest first.
pub async fn all(db: &Db) -> Result<Vec<SealedKey>> {
    Ok(sqlx::query_as(
        "SELECT kid, algorithm, sealed, created_at, activated_at FROM signing_keys ORDER BY created_at, kid",
    )
    .fetch_all(db.read())
    .await?)
}

/// Adds keys, unless there is a next one of their kind already (another node was quicker).
pub async fn insert(db: &Db, keys: Vec<SealedKey>) -> Result<()> {
    db.transaction(async move |connection| {
        versions::bump(connection, NAME).await?;
        for key in keys {
            add(connection, key).await?;
        }
        Ok(())
    })
    .await
}

async fn add(connection: &mut AnyConnection, key: SealedKey) -> Result<()> {
    sqlx::query(
        "INSERT INTO signing_keys (kid, algorithm, sealed, created_at, activated_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
    )
    .bind(key.kid)
    .bind(key.algorithm)
    .bind(key.sealed)
    .bind(key.created_at)
    .bind(key.activated_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets the next key sign from `at`, and adds the one after it. Of several callers one wins; the
/// others get `false`.
pub async fn activate(
    db: &Db,
    chain: &Chain,
    (next, at, after): (KeyId, Timestamp, SealedKey),
    event: NewEvent,
    now: Timestamp,
) -> Result<bool> {
    let chain = chain.clone();
    db.transaction(async move |connection| {
        versions::bump(connection, NAME).await?;
        let activated =
            sqlx::query("UPDATE signing_keys SET activated_at = $2 WHERE kid = $1 AND activated_at IS NULL")
                .bind(next)
                .bind(at)
                .execute(&mut *connection)
                .await?;
        if activated.rows_affected() == 0 {
            return Ok(false);
        }
        add(connection, after).await?;
        audit::append(connection, &chain, event, now).await?;
        Ok(true)
    })
    .await
}

/// Forgets a key at once. Where it signs, whichever was to follow it signs from now on; `after` becomes the next one
/// where there is none. `event` is told who signs then. `false`: there is no such key.
pub async fn retire(
    db: &Db,
    chain: &Chain,
    (kid, after): (KeyId, SealedKey),
    event: impl FnOnce(Option<&KeyId>) -> NewEvent + Send + 'static,
    now: Timestamp,
) -> Result<bool> {
    let chain = chain.clone();
    db.transaction(async move |connection| {
        versions::bump(connection, NAME).await?;
        let gone: Option<(Algorithm, Option<Timestamp>)> =
            sqlx::query_as("DELETE FROM signing_keys WHERE kid = $1 RETURNING algorithm, activated_at")
                .bind(kid)
                .fetch_optional(&mut *connection)
                .await?;
        let Some((algorithm, activated_at)) = gone else { return Ok(false) };
        let follows = match activated_at.filter(|at| *at <= now) {
            Some(since) => follow(connection, algorithm, since, now).await?,
            None => None,
        };
        add(connection, after).await?;
        audit::append(connection, &chain, event(follows.as_ref()), now).await?;
        Ok(true)
    })
    .await
}

/// Lets the key that is to follow sign now, unless one has followed already on the one that signed from `since`.
async fn follow(
    connection: &mut AnyConnection,
    algorithm: Algorithm,
    since: Timestamp,
    now: Timestamp,
) -> Result<Option<KeyId>> {
    Ok(sqlx::query_scalar(
        "UPDATE signing_keys SET activated_at = $2
         WHERE kid = (
             SELECT kid FROM signing_keys WHERE algorithm = $1 AND (activated_at IS NULL OR activated_at > $2)
             ORDER BY CASE WHEN activated_at IS NULL THEN 1 ELSE 0 END, activated_at, created_at LIMIT 1
         ) AND NOT EXISTS (
             SELECT 1 FROM signing_keys WHERE algorithm = $1 AND activated_at >= $3 AND activated_at <= $2
         )
         RETURNING kid",
    )
    .bind(algorithm)
    .bind(now)
    .bind(since)
    .fetch_optional(connection)
    .await?)
}

/// Forgets keys whose last token has run out.
pub async fn remove(db: &Db, kids: Vec<KeyId>) -> Result<()> {
    db.transaction(async move |connection| {
        versions::bump(connection, NAME).await?;
        for kid in kids {
            sqlx::query("DELETE FROM signing_keys WHERE kid = $1").bind(kid).execute(&mut *connection).await?;
        }
        Ok(())
    })
    .await
}

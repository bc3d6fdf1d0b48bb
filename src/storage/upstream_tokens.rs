//! Tokens of providers that are kept, sealed. What is nobody's any more waits here to be given back.
//!
//! A row is worked on by whoever has claimed it, at whichever node: each step after that is one statement that changes
//! nothing unless the claim still stands.
use super::{Db, Result};
use crate::domain::{Digest, IdentityId, ProviderName, Timestamp, UpstreamTokenId, UserId};
use sqlx::AnyConnection;

/// Tokens to keep.
#[derive(Debug, Clone)]
pub struct NewTokens {
    /// Whose.
    pub identity: IdentityId,
    /// Where they are from.
    pub provider: ProviderName,
    /// To which of our names there they were given.
    pub client_id: String,
    /// The access token, sealed.
    pub access: Option<Vec<u8>>,
    /// The refresh token, sealed.
    pub refresh: Option<Vec<u8>>,
    /// By what its provider may name it.
    pub names: Option<Names>,
    /// When the access token runs out.
    pub expires_at: Option<Timestamp>,
}

/// Digests of what a provider names a refresh token by.
#[derive(Debug, Clone)]
pub struct Names {
    /// Of its beginning.
    pub prefix: Digest,
    /// Of its hash.
    pub hash: Digest,
}

/// Tokens as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptTokens {
    /// Their name here.
    pub id: UpstreamTokenId,
    /// Whose; nobody's where they are to be given back.
    pub identity_id: Option<IdentityId>,
    /// Where they are from.
    pub provider: ProviderName,
    /// To which of our names there they were given.
    pub client_id: String,
    /// The access token, sealed.
    pub access: Option<Vec<u8>>,
    /// The refresh token, sealed.
    pub refresh: Option<Vec<u8>>,
    /// When the access token runs out.
    pub expires_at: Option<Timestamp>,
    /// Until when somebody works on them.
    pub claimed_until: Timestamp,
    /// When the provider may be asked again, after it failed to answer.
    pub retry_at: Timestamp,
    /// How many times in a row it did.
    pub failures: i64,
    /// Since when the provider takes them no more.
    pub died_at: Option<Timestamp>,
    /// When they were first to be given back.
    pub released_at: Option<Timestamp>,
    /// Since when there are tokens of this person.
    pub created_at: Timestamp,
    /// When they were last replaced.
    pub updated_at: Timestamp,
}

/// The columns, as `KeptTokens` reads them.
macro_rules! columns {
    () => {
        "id, identity_id, provider, client_id, access, refresh, expires_at, claimed_until, retry_at, failures, died_at,
         released_at, created_at, updated_at"
    };
}

/// Keeps tokens in the place of those before. A refresh token that is not given again is still there, unless it was
/// found dead.
pub async fn keep(db: &Db, new: NewTokens, now: Timestamp) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query(
            "INSERT INTO upstream_tokens
                 (id, identity_id, provider, client_id, access, refresh, expires_at, claimed_until, retry_at, failures,
                  created_at, updated_at, prefix_digest, hash_digest)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, $8, $8, $9, $10)
             ON CONFLICT (identity_id, client_id) DO UPDATE SET
                 access = excluded.access, expires_at = excluded.expires_at, claimed_until = 0, retry_at = 0,
                 failures = 0, died_at = NULL, updated_at = excluded.updated_at,
                 refresh = coalesce(excluded.refresh,
                     CASE WHEN upstream_tokens.died_at IS NULL THEN upstream_tokens.refresh END),
                 prefix_digest = coalesce(excluded.prefix_digest,
                     CASE WHEN upstream_tokens.died_at IS NULL THEN upstream_tokens.prefix_digest END),
                 hash_digest = coalesce(excluded.hash_digest,
                     CASE WHEN upstream_tokens.died_at IS NULL THEN upstream_tokens.hash_digest END)",
        )
        .bind(UpstreamTokenId::random())
        .bind(new.identity)
        .bind(new.provider)
        .bind(new.client_id)
        .bind(new.access)
        .bind(new.refresh)
        .bind(new.expires_at)
        .bind(now)
        .bind(new.names.as_ref().map(|names| names.prefix.clone()))
        .bind(new.names.map(|names| names.hash))
        .execute(connection)
        .await?;
        Ok(())
    })
    .await
}

/// All of a person, the latest first.
pub async fn of_user(db: &Db, user: &UserId) -> Result<Vec<KeptTokens>> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM upstream_tokens WHERE identity_id IN (SELECT id FROM identities WHERE user_id = $1)
          ORDER BY updated_at DESC, id"
    ))
    .bind(user)
    .fetch_all(db.read())
    .await?)
}

/// Those of a person that apps may have of a provider, the latest first. What the provider says is not to be relied on
/// is of no use to them either.
pub async fn to_hand_out(db: &Db, user: &UserId, provider: &ProviderName) -> Result<Vec<KeptTokens>> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM upstream_tokens WHERE provider = $2 AND access IS NOT NULL
              AND identity_id IN (SELECT id FROM identities WHERE user_id = $1 AND suspended_at IS NULL)
          ORDER BY updated_at DESC, id"
    ))
    .bind(user)
    .bind(provider)
    .fetch_all(db.read())
    .await?)
}

/// Claims tokens that run out by `due`, to renew them. Of any number of callers one gets them.
pub async fn claim(
    db: &Db,
    id: UpstreamTokenId,
    due: Timestamp,
    until: Timestamp,
    now: Timestamp,
) -> Result<Option<KeptTokens>> {
    db.write(async move |connection| {
        Ok(sqlx::query_as(concat!(
            "UPDATE upstream_tokens SET claimed_until = $2
             WHERE id = $1 AND claimed_until <= $3 AND retry_at <= $3 AND died_at IS NULL AND expires_at <= $4
               AND identity_id IS NOT NULL
             RETURNING ",
            columns!()
        ))
        .bind(id)
        .bind(until)
        .bind(now)
        .bind(due)
        .fetch_optional(connection)
        .await?)
    })
    .await
}

/// What tokens were renewed by.
#[derive(Debug, Clone)]
pub struct Renewed {
    /// The access token, sealed.
    pub access: Option<Vec<u8>>,
    /// The refresh token, sealed; where there is no new one, the old one stays.
    pub refresh: Option<Vec<u8>>,
    /// By what its provider may name it.
    pub names: Option<Names>,
    /// When the access token runs out.
    pub expires_at: Option<Timestamp>,
    /// Until when the claim goes on.
    pub claimed_until: Timestamp,
}

/// Stores fresh tokens. `false`: others are there meanwhile.
pub async fn renewed(db: &Db, claimed: &KeptTokens, renewed: Renewed, now: Timestamp) -> Result<bool> {
    let (id, claimed_until) = (claimed.id.clone(), claimed.claimed_until);
    db.write(async move |connection| {
        let stored = sqlx::query(
            "UPDATE upstream_tokens SET access = $3, refresh = coalesce($4, refresh), expires_at = $5, updated_at = $6,
                 claimed_until = $7, retry_at = 0, failures = 0,
                 prefix_digest = coalesce($8, prefix_digest), hash_digest = coalesce($9, hash_digest)
             WHERE id = $1 AND claimed_until = $2",
        )
        .bind(id)
        .bind(claimed_until)
        .bind(renewed.access)
        .bind(renewed.refresh)
        .bind(renewed.expires_at)
        .bind(now)
        .bind(renewed.claimed_until)
        .bind(renewed.names.as_ref().map(|names| names.prefix.clone()))
        .bind(renewed.names.map(|names| names.hash))
        .execute(connection)
        .await?;
        Ok(stored.rows_affected() > 0)
    })
    .await
}

/// The provider takes tokens no more: nothing is tried with them again.
pub async fn died(db: &Db, claimed: &KeptTokens, now: Timestamp) -> Result<()> {
    let (id, claimed_until) = (claimed.id.clone(), claimed.claimed_until);
    db.write(async move |connection| {
        sqlx::query("UPDATE upstream_tokens SET died_at = $3, claimed_until = 0 WHERE id = $1 AND claimed_until = $2")
            .bind(id)
            .bind(claimed_until)
            .bind(now)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

/// The provider did not answer, or not to the point: nothing is tried before then.
pub async fn failed(db: &Db, claimed: &KeptTokens, retry_at: Timestamp) -> Result<()> {
    let (id, claimed_until) = (claimed.id.clone(), claimed.claimed_until);
    db.write(async move |connection| {
        sqlx::query(
            "UPDATE upstream_tokens SET retry_at = $3, failures = failures + 1, claimed_until = 0
             WHERE id = $1 AND claimed_until = $2",
        )
        .bind(id)
        .bind(claimed_until)
        .bind(retry_at)
        .execute(connection)
        .await?;
        Ok(())
    })
    .await
}

/// Takes tokens from a person, who wants them given back. `false`: there are none.
pub async fn release(db: &Db, identity: IdentityId, user: UserId) -> Result<bool> {
    db.write(async move |connection| {
        let released = sqlx::query(
            "UPDATE upstream_tokens SET identity_id = NULL, retry_at = 0, failures = 0
             WHERE identity_id IN (SELECT id FROM identities WHERE id = $1 AND user_id = $2)",
        )
        .bind(identity)
        .bind(user)
        .execute(connection)
        .await?;
        Ok(released.rows_affected() > 0)
    })
    .await
}

/// Takes tokens from an identity that is, or was until then, not to be relied on: they are given back.
pub(super) async fn take_from(connection: &mut AnyConnection, identity: &IdentityId, until: Timestamp) -> Result<()> {
    sqlx::query(
        "UPDATE upstream_tokens SET identity_id = NULL, retry_at = 0, failures = 0
         WHERE identity_id = $1 AND (updated_at <= $2
             OR identity_id IN (SELECT id FROM identities WHERE id = $1 AND suspended_at IS NOT NULL))",
    )
    .bind(identity)
    .bind(until)
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes tokens of an identity of which the provider itself says that they are dead: all, or those of this name.
/// `false`: there were none.
pub(super) async fn drop_dead(
    connection: &mut AnyConnection,
    identity: &IdentityId,
    token: Option<&Digest>,
) -> Result<bool> {
    let dropped = sqlx::query(
        "DELETE FROM upstream_tokens
         WHERE identity_id = $1 AND ($2 IS NULL OR prefix_digest = $2 OR hash_digest = $2)",
    )
    .bind(identity)
    .bind(token)
    .execute(connection)
    .await?;
    Ok(dropped.rows_affected() > 0)
}

/// Takes all tokens of a provider from their people; returns how many.
pub async fn release_all(db: &Db, provider: ProviderName) -> Result<u64> {
    db.write(async move |connection| {
        let released = sqlx::query(
            "UPDATE upstream_tokens SET identity_id = NULL, retry_at = 0, failures = 0
             WHERE provider = $1 AND identity_id IS NOT NULL",
        )
        .bind(provider)
        .execute(connection)
        .await?;
        Ok(released.rows_affected())
    })
    .await
}

/// Tokens that are nobody's, to be given back now: theirs whom the person or the operator took them from, and of
/// identities and people who are gone.
pub async fn waiting(db: &Db, now: Timestamp, limit: i64) -> Result<Vec<UpstreamTokenId>> {
    let rows: Vec<(UpstreamTokenId,)> = sqlx::query_as(
        "SELECT id FROM upstream_tokens WHERE identity_id IS NULL AND claimed_until <= $1 AND retry_at <= $1
         ORDER BY retry_at, id LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(db.read())
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Claims tokens to give them back. Of any number of callers one gets them.
pub async fn claim_waiting(
    db: &Db,
    id: UpstreamTokenId,
    until: Timestamp,
    now: Timestamp,
) -> Result<Option<KeptTokens>> {
    db.write(async move |connection| {
        Ok(sqlx::query_as(concat!(
            "UPDATE upstream_tokens SET claimed_until = $2, released_at = coalesce(released_at, $3)
             WHERE id = $1 AND identity_id IS NULL AND claimed_until <= $3 AND retry_at <= $3
             RETURNING ",
            columns!()
        ))
        .bind(id)
        .bind(until)
        .bind(now)
        .fetch_optional(connection)
        .await?)
    })
    .await
}

/// They were given back, or cannot be.
pub async fn remove(db: &Db, claimed: &KeptTokens) -> Result<()> {
    let id = claimed.id.clone();
    db.write(async move |connection| {
        sqlx::query("DELETE FROM upstream_tokens WHERE id = $1 AND identity_id IS NULL")
            .bind(id)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

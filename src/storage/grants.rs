//! Grants: redeeming their codes, rotating their refresh tokens, revoking them.
use super::{Db, Result, columns::to_json, users};
use crate::domain::{ClientId, Device, Digest, Grant, GrantId, NewGrant, Timestamp, User, UserId};
use sqlx::{AnyConnection, FromRow as _, Row as _};

/// The columns of a grant, as `Grant` reads them.
macro_rules! columns {
    () => {
        "id, user_id, client_id, sid, scopes, auth_time, acr, methods, provider, nonce, redirect_uri, code_challenge,
         expires_at"
    };
}

/// Keeps a new grant with its code.
pub async fn insert(db: &Db, new: NewGrant, now: Timestamp) -> Result<()> {
    let idle_expires_at = new.grant.expires_at;
    db.write(async move |connection| add(connection, new, None, idle_expires_at, now).await).await
}

/// Keeps a grant that begins with its tokens, in an app on this device: its code, which nobody has seen, is spent.
/// `false`: the person may not sign in, or is away.
pub async fn begin(
    db: &Db,
    new: NewGrant,
    device: &Device,
    idle_expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let device = to_json(device)?;
    db.transaction(async move |connection| {
        // Held first: whoever goes away at this moment ends the grants that there are, and no other comes after.
        let held = sqlx::query(
            "UPDATE users SET updated_at = updated_at
             WHERE id = $1 AND disabled_at IS NULL AND frozen_at IS NULL AND delete_at IS NULL",
        )
        .bind(&new.grant.user_id)
        .execute(&mut *connection)
        .await?;
        if held.rows_affected() > 0 {
            add(connection, new, Some(device), idle_expires_at, now).await?;
        }
        Ok(held.rows_affected() > 0)
    })
    .await
}

/// With a device there is no browser, and no code that anybody could redeem.
async fn add(
    connection: &mut AnyConnection,
    new: NewGrant,
    device: Option<String>,
    idle_expires_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let NewGrant { grant, code, code_expires_at } = new;
    sqlx::query(
        "INSERT INTO grants
                 (id, user_id, client_id, sid, scopes, auth_time, methods, nonce, redirect_uri, code_challenge, code,
                  code_expires_at, refresh_generation, refresh_rotated_at, refresh_retries, idle_expires_at, expires_at,
                  acr, provider, code_redeemed_at, device)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, 0, $14, $15, $16, $17, $18, $19)",
    )
    .bind(grant.id)
    .bind(grant.user_id)
    .bind(grant.client_id)
    .bind(grant.sid)
    .bind(grant.scopes)
    .bind(grant.auth_time)
    .bind(grant.methods)
    .bind(grant.nonce)
    .bind(grant.redirect_uri)
    .bind(grant.code_challenge)
    .bind(code)
    .bind(code_expires_at)
    .bind(now)
    .bind(idle_expires_at)
    .bind(grant.expires_at)
    .bind(grant.acr)
    .bind(grant.provider)
    .bind(device.is_some().then_some(now))
    .bind(device)
    .execute(connection)
    .await?;
    Ok(())
}

/// Spends a code. Of any number of callers one gets its grant; the rest get `None`, as do all when
/// it has run out, or its grant was revoked, or the person may no longer sign in.
pub async fn redeem(db: &Db, code: Digest, idle_expires_at: Timestamp, now: Timestamp) -> Result<Option<Grant>> {
    db.write(async move |connection| {
        Ok(sqlx::query_as(concat!(
            "UPDATE grants SET code_redeemed_at = $2, idle_expires_at = $3
             WHERE code = $1 AND code_redeemed_at IS NULL AND code_expires_at > $2 AND revoked_at IS NULL
               AND EXISTS (SELECT 1 FROM users u WHERE u.id = grants.user_id AND u.disabled_at IS NULL)
             RETURNING ",
            columns!()
        ))
        .bind(code)
        .bind(now)
        .bind(idle_expires_at)
        .fetch_optional(connection)
        .await?)
    })
    .await
}

/// Revokes what a code was redeemed for, because somebody has come with it again (RFC 6749 section
/// 4.1.2). Returns whose grant it was, when there was one to revoke.
pub async fn revoke_replayed(db: &Db, code: Digest, now: Timestamp) -> Result<Option<UserId>> {
    db.write(async move |connection| {
        let row: Option<(UserId,)> = sqlx::query_as(
            "UPDATE grants SET revoked_at = $2
             WHERE code = $1 AND code_redeemed_at IS NOT NULL AND revoked_at IS NULL RETURNING user_id",
        )
        .bind(code)
        .bind(now)
        .fetch_optional(connection)
        .await?;
        Ok(row.map(|(id,)| id))
    })
    .await
}

/// A refresh token that somebody presents: which grant, which rotation, by whom.
#[derive(Debug, Clone)]
pub struct Presented {
    /// The grant it names.
    pub grant: GrantId,
    /// How many rotations there had been when it was issued.
    pub generation: i64,
    /// Who presents it.
    pub client: ClientId,
}

/// Rotates a refresh token: the presented generation is over, the next one begins. Of any number
/// of callers one gets the grant.
pub async fn rotate(
    db: &Db,
    presented: Presented,
    idle_expires_at: Timestamp,
    now: Timestamp,
) -> Result<Option<Grant>> {
    db.write(async move |connection| {
        Ok(sqlx::query_as(concat!(
            "UPDATE grants SET refresh_generation = refresh_generation + 1, refresh_rotated_at = $4,
                 refresh_retries = 0, idle_expires_at = $5
             WHERE id = $1 AND client_id = $2 AND refresh_generation = $3 AND code_redeemed_at IS NOT NULL
               AND revoked_at IS NULL AND idle_expires_at > $4 AND expires_at > $4
               AND EXISTS (SELECT 1 FROM users u WHERE u.id = grants.user_id AND u.disabled_at IS NULL)
             RETURNING ",
            columns!()
        ))
        .bind(presented.grant)
        .bind(presented.client)
        .bind(presented.generation)
        .bind(now)
        .bind(idle_expires_at)
        .fetch_optional(connection)
        .await?)
    })
    .await
}

/// Answers once more for the rotation that followed the presented generation, when that was the
/// last one, was at most `window` seconds ago, and has been asked for again fewer than `limit` times.
pub async fn retry(db: &Db, presented: Presented, window: i64, limit: i64, now: Timestamp) -> Result<Option<Grant>> {
    db.write(async move |connection| {
        Ok(sqlx::query_as(concat!(
            "UPDATE grants SET refresh_retries = refresh_retries + 1
             WHERE id = $1 AND client_id = $2 AND refresh_generation = $3 + 1 AND refresh_rotated_at > $4 - $5
               AND refresh_retries < $6 AND revoked_at IS NULL AND idle_expires_at > $4 AND expires_at > $4
               AND EXISTS (SELECT 1 FROM users u WHERE u.id = grants.user_id AND u.disabled_at IS NULL)
             RETURNING ",
            columns!()
        ))
        .bind(presented.grant)
        .bind(presented.client)
        .bind(presented.generation)
        .bind(now)
        .bind(window)
        .bind(limit)
        .fetch_optional(connection)
        .await?)
    })
    .await
}

/// Revokes a family because a token of it that was rotated away more than `window` seconds ago has
/// been used again (RFC 9700 section 4.14.2). Returns whose grant it was; `None`: this was no reuse.
pub async fn revoke_reused(db: &Db, presented: Presented, window: i64, now: Timestamp) -> Result<Option<UserId>> {
    db.write(async move |connection| {
        let row: Option<(UserId,)> = sqlx::query_as(
            "UPDATE grants SET revoked_at = $4
             WHERE id = $1 AND client_id = $2 AND revoked_at IS NULL
               AND (refresh_generation > $3 + 1 OR (refresh_generation = $3 + 1 AND refresh_rotated_at <= $4 - $5))
             RETURNING user_id",
        )
        .bind(presented.grant)
        .bind(presented.client)
        .bind(presented.generation)
        .bind(now)
        .bind(window)
        .fetch_optional(connection)
        .await?;
        Ok(row.map(|(user,)| user))
    })
    .await
}

/// Revokes a grant, if it is this client's.
pub async fn revoke(db: &Db, id: GrantId, client: ClientId, now: Timestamp) -> Result<bool> {
    db.write(async move |connection| {
        let done =
            sqlx::query("UPDATE grants SET revoked_at = $3 WHERE id = $1 AND client_id = $2 AND revoked_at IS NULL")
                .bind(id)
                .bind(client)
                .bind(now)
                .execute(connection)
                .await?;
        Ok(done.rows_affected() > 0)
    })
    .await
}

/// A grant as it is now, with how far its refresh tokens have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The grant.
    pub grant: Grant,
    /// The generation of the refresh token that is good now.
    pub generation: i64,
    /// When that is dead unless used before.
    pub idle_expires_at: Timestamp,
}

/// A grant whose tokens are good: redeemed, not revoked, within its time, of a person who may
/// still sign in.
pub async fn find_live(db: &Db, id: &GrantId, now: Timestamp) -> Result<Option<Standing>> {
    let row = sqlx::query(
        "SELECT g.id, g.user_id, g.client_id, g.sid, g.scopes, g.auth_time, g.acr, g.methods, g.provider, g.nonce,
             g.redirect_uri, g.code_challenge, g.expires_at, g.refresh_generation, g.idle_expires_at
         FROM grants g JOIN users u ON u.id = g.user_id
         WHERE g.id = $1 AND g.code_redeemed_at IS NOT NULL AND g.revoked_at IS NULL AND g.expires_at > $2
           AND u.disabled_at IS NULL",
    )
    .bind(id)
    .bind(now)
    .fetch_optional(db.read())
    .await?;
    row.map(|row| {
        Ok(Standing {
            grant: Grant::from_row(&row)?,
            generation: row.try_get("refresh_generation")?,
            idle_expires_at: row.try_get("idle_expires_at")?,
        })
    })
    .transpose()
}

/// The person behind an access token: if its grant is good (see `find_live`) and the token itself,
/// named `jti`, was not revoked. In one statement.
pub async fn find_user(db: &Db, id: &GrantId, jti: &str, now: Timestamp) -> Result<Option<User>> {
    let row: Option<users::Row> = sqlx::query_as(
        "SELECT u.id, u.email, u.email_verified_at, u.username, u.name, u.profile, p.id AS picture, u.role,
                u.created_at, u.updated_at, u.disabled_at
         FROM grants g JOIN users u ON u.id = g.user_id LEFT JOIN pictures p ON p.user_id = u.id
         WHERE g.id = $1 AND g.code_redeemed_at IS NOT NULL AND g.revoked_at IS NULL AND g.expires_at > $2
           AND u.disabled_at IS NULL AND NOT EXISTS (SELECT 1 FROM revoked_tokens r WHERE r.jti = $3)",
    )
    .bind(id)
    .bind(now)
    .bind(jti)
    .fetch_optional(db.read())
    .await?;
    row.map(User::try_from).transpose()
}

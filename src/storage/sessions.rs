//! Browser sessions. The cookie's value is stored as a digest alone.
use super::{
    Db, Result,
    columns::{from_json, to_json},
};
use crate::domain::{Digest, GrantId, Profile, Scopes, SessionId, SignIn, Timestamp, UserId};
use sqlx::AnyConnection;

/// How long a session may be used before that is written down, in seconds; less where sessions are
/// short.
const TOUCH_AFTER: i64 = 60;

/// Keeps a new session until `expires_at`.
pub async fn insert(db: &Db, digest: Digest, sign_in: &SignIn, now: Timestamp, expires_at: Timestamp) -> Result<()> {
    let (sid, user, state) = (sign_in.sid.clone(), sign_in.user.clone(), to_json(sign_in)?);
    db.write(async move |connection| {
        sqlx::query(
            "INSERT INTO sessions (digest, sid, user_id, state, created_at, seen_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $5, $6)",
        )
        .bind(digest)
        .bind(sid)
        .bind(user)
        .bind(state)
        .bind(now)
        .bind(expires_at)
        .execute(connection)
        .await?;
        Ok(())
    })
    .await
}

/// Changes what a session knows. `false`: it has ended meanwhile.
pub async fn update(db: &Db, digest: Digest, sign_in: &SignIn) -> Result<bool> {
    let state = to_json(sign_in)?;
    db.write(async move |connection| {
        let changed = sqlx::query("UPDATE sessions SET state = $2 WHERE digest = $1")
            .bind(digest)
            .bind(state)
            .execute(connection)
            .await?;
        Ok(changed.rows_affected() > 0)
    })
    .await
}

/// The session behind a cookie, if it is alive: within its lifetime, used within the last `idle`
/// seconds, and of a person who may still sign in. With what the person says of themselves.
pub async fn find(db: &Db, digest: &Digest, idle: i64, now: Timestamp) -> Result<Option<(SignIn, Profile)>> {
    let row: Option<(String, Timestamp, String)> = sqlx::query_as(
        "SELECT s.state, s.seen_at, u.profile FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.digest = $1 AND s.expires_at > $2 AND s.seen_at > $2 - $3 AND u.disabled_at IS NULL",
    )
    .bind(digest)
    .bind(now)
    .bind(idle)
    .fetch_optional(db.read())
    .await?;
    let Some((state, seen_at, profile)) = row else { return Ok(None) };
    if now.since(seen_at) >= TOUCH_AFTER.min(idle / 4) {
        touch(db, digest.clone(), now).await?;
    }
    // One that cannot be read was written by another version; the person signs in again.
    let Ok(sign_in) = from_json("a session", &state) else { return Ok(None) };
    Ok(Some((sign_in, from_json("a profile", &profile)?)))
}

async fn touch(db: &Db, digest: Digest, now: Timestamp) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("UPDATE sessions SET seen_at = $2 WHERE digest = $1 AND seen_at < $2")
            .bind(digest)
            .bind(now)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

/// Ends the session behind a cookie.
pub async fn delete(db: &Db, digest: Digest) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("DELETE FROM sessions WHERE digest = $1").bind(digest).execute(connection).await?;
        Ok(())
    })
    .await
}

/// Signs a person out of one browser: ends the session, and the grants that live no longer than it.
pub async fn sign_out(db: &Db, sid: SessionId, user: UserId, now: Timestamp) -> Result<()> {
    db.transaction(async move |connection| {
        sqlx::query("DELETE FROM sessions WHERE sid = $1 AND user_id = $2")
            .bind(&sid)
            .bind(&user)
            .execute(&mut *connection)
            .await?;
        let bound: Vec<Given> = sqlx::query_as(
            "SELECT id, scopes, code_redeemed_at FROM grants
                 WHERE sid = $1 AND user_id = $2 AND revoked_at IS NULL",
        )
        .bind(&sid)
        .bind(&user)
        .fetch_all(&mut *connection)
        .await?;
        revoke_bound(connection, bound, now).await
    })
    .await
}

/// A session as its owner sees it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Who is signed in in it, how and on what.
    pub sign_in: SignIn,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
}

/// The living sessions of a person, the last used first.
pub async fn of_user(db: &Db, user: &UserId, idle: i64, now: Timestamp) -> Result<Vec<Listed>> {
    let rows: Vec<(String, Timestamp)> = sqlx::query_as(
        "SELECT state, seen_at FROM sessions
         WHERE user_id = $1 AND expires_at > $2 AND seen_at > $2 - $3 ORDER BY seen_at DESC, sid",
    )
    .bind(user)
    .bind(now)
    .bind(idle)
    .fetch_all(db.read())
    .await?;
    let listed =
        |(state, seen_at): (String, Timestamp)| Some(Listed { sign_in: from_json("a session", &state).ok()?, seen_at });
    Ok(rows.into_iter().filter_map(listed).collect())
}

/// Signs a person out of every browser but one.
pub async fn sign_out_elsewhere(db: &Db, here: SessionId, user: UserId, now: Timestamp) -> Result<()> {
    db.transaction(async move |connection| {
        sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND sid <> $2")
            .bind(&user)
            .bind(&here)
            .execute(&mut *connection)
            .await?;
        let others: Vec<Given> = sqlx::query_as(
            "SELECT id, scopes, code_redeemed_at FROM grants
             WHERE user_id = $1 AND sid <> $2 AND revoked_at IS NULL",
        )
        .bind(&user)
        .bind(&here)
        .fetch_all(&mut *connection)
        .await?;
        revoke_bound(connection, others, now).await
    })
    .await
}

/// A grant, what for, and when its code was redeemed.
type Given = (GrantId, Scopes, Option<Timestamp>);

/// Revokes those grants that may not go on without the person (`offline_access`, OpenID Connect Core
/// section 11), and those whose code is still on its way.
async fn revoke_bound(connection: &mut AnyConnection, grants: Vec<Given>, now: Timestamp) -> Result<()> {
    let goes_on = |(_, scopes, begun): &Given| scopes.has("offline_access") && begun.is_some();
    for (id, ..) in grants.into_iter().filter(|given| !goes_on(given)) {
        sqlx::query("UPDATE grants SET revoked_at = $2 WHERE id = $1")
            .bind(id)
            .bind(now)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

//! Browser sessions. The cookie's value is stored as a digest alone.
use super::{
    Db, Result,
    columns::{from_json, to_json},
};
use crate::domain::{Digest, Scopes, SessionId, SignIn, Timestamp, UserId};

/// How long a session may be left alone before that is written down, in seconds.
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
/// seconds, and of a person who may still sign in.
pub async fn find(db: &Db, digest: &Digest, idle: i64, now: Timestamp) -> Result<Option<SignIn>> {
    let row: Option<(String, Timestamp)> = sqlx::query_as(
        "SELECT s.state, s.seen_at FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.digest = $1 AND s.expires_at > $2 AND s.seen_at > $2 - $3 AND u.disabled_at IS NULL",
    )
    .bind(digest)
    .bind(now)
    .bind(idle)
    .fetch_optional(db.read())
    .await?;
    let Some((state, seen_at)) = row else { return Ok(None) };
    if now.since(seen_at) >= TOUCH_AFTER {
        touch(db, digest.clone(), now).await?;
    }
    from_json("a session", &state).map(Some)
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

/// Signs a person out of one browser: ends the session, and with it every grant given in it but
/// those that may go on without the person (`offline_access`, OpenID Connect Core section 11).
pub async fn sign_out(db: &Db, sid: SessionId, user: UserId, now: Timestamp) -> Result<()> {
    db.transaction(async move |connection| {
        sqlx::query("DELETE FROM sessions WHERE sid = $1 AND user_id = $2")
            .bind(&sid)
            .bind(&user)
            .execute(&mut *connection)
            .await?;
        let bound: Vec<(String, Scopes)> =
            sqlx::query_as("SELECT id, scopes FROM grants WHERE sid = $1 AND user_id = $2 AND revoked_at IS NULL")
                .bind(&sid)
                .bind(&user)
                .fetch_all(&mut *connection)
                .await?;
        for (id, _) in bound.iter().filter(|(_, scopes)| !scopes.has("offline_access")) {
            sqlx::query("UPDATE grants SET revoked_at = $2 WHERE id = $1")
                .bind(id)
                .bind(now)
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    })
    .await
}

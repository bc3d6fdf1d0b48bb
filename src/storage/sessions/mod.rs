//! Browser sessions: who is signed in, several people to a browser. The cookie's value is stored as a digest alone.
//! `ending.rs` ends them, with what apps got in them.
//!
//! Where an app signed somebody in without a browser, its grant is the session (`device`).
mod ending;
mod listed;

pub(super) use ending::{Abroad, end_abroad, end_all, end_one};
pub use ending::{sign_out, sign_out_elsewhere};
pub use listed::{Listed, of_user};

use super::{
    Db, Result,
    columns::{from_json, to_json},
};
use crate::domain::{Digest, Profile, SessionId, SignIn, Timestamp};
use sqlx::AnyConnection;

/// How long a session may be used before that is written down, in seconds; less where sessions are
/// short.
const TOUCH_AFTER: i64 = 60;

/// Gives a browser a new cookie: what `before` opened, `digest` opens from now on, with `begun` as the sign-in in use.
/// Of the others, those in `kept` that have not ended meanwhile go on, in this order.
pub async fn begin(
    db: &Db,
    before: Option<Digest>,
    digest: Digest,
    begun: &SignIn,
    kept: Vec<SessionId>,
    now: Timestamp,
) -> Result<()> {
    let (sid, user, state, expires_at) = (begun.sid.clone(), begun.user.clone(), to_json(begun)?, begun.expires_at);
    let elsewhere = begun.elsewhere.clone();
    db.transaction(async move |connection| {
        if let Some(before) = before {
            move_others(connection, before, &digest, &kept).await?;
        }
        sqlx::query(
            "INSERT INTO sessions
                 (sid, digest, user_id, state, place, created_at, seen_at, expires_at, identity_id, upstream_sid)
             VALUES ($1, $2, $3, $4, 0, $5, $5, $6, $7, $8)
             ON CONFLICT (sid) DO UPDATE SET digest = excluded.digest, state = excluded.state, place = 0,
                 seen_at = excluded.seen_at, expires_at = excluded.expires_at, identity_id = excluded.identity_id,
                 upstream_sid = excluded.upstream_sid",
        )
        .bind(sid)
        .bind(digest)
        .bind(user)
        .bind(state)
        .bind(now)
        .bind(expires_at)
        .bind(elsewhere.as_ref().map(|elsewhere| elsewhere.identity.clone()))
        .bind(elsewhere.and_then(|elsewhere| elsewhere.sid))
        .execute(connection)
        .await?;
        Ok(())
    })
    .await
}

async fn move_others(
    connection: &mut AnyConnection,
    before: Digest,
    digest: &Digest,
    kept: &[SessionId],
) -> Result<()> {
    for (place, sid) in (1_i64..).zip(kept) {
        sqlx::query("UPDATE sessions SET digest = $3, place = $4 WHERE digest = $1 AND sid = $2")
            .bind(&before)
            .bind(sid)
            .bind(digest)
            .bind(place)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query("DELETE FROM sessions WHERE digest = $1").bind(before).execute(connection).await?;
    Ok(())
}

/// Changes what the sign-ins of a browser know, their order, and which there are. One that has ended meanwhile stays
/// ended.
pub async fn update(db: &Db, digest: Digest, sign_ins: &[SignIn]) -> Result<()> {
    let states = sign_ins.iter().map(|one| Ok((one.sid.clone(), to_json(one)?))).collect::<Result<Vec<_>>>()?;
    db.transaction(async move |connection| {
        // Out of the way first: those that are not listed are gone afterwards.
        sqlx::query("UPDATE sessions SET place = -1 WHERE digest = $1").bind(&digest).execute(&mut *connection).await?;
        for (place, (sid, state)) in (0_i64..).zip(states) {
            sqlx::query("UPDATE sessions SET state = $3, place = $4 WHERE digest = $1 AND sid = $2")
                .bind(&digest)
                .bind(sid)
                .bind(state)
                .bind(place)
                .execute(&mut *connection)
                .await?;
        }
        sqlx::query("DELETE FROM sessions WHERE digest = $1 AND place < 0").bind(&digest).execute(connection).await?;
        Ok(())
    })
    .await
}

/// Who is signed in in the browser behind a cookie, the one in use first: each within its lifetime, used within the
/// last `idle` seconds, and of a person who may still sign in. With what each says of themselves.
pub async fn find(db: &Db, digest: &Digest, idle: i64, now: Timestamp) -> Result<Vec<(SignIn, Profile)>> {
    let rows: Vec<(String, Timestamp, String)> = sqlx::query_as(
        "SELECT s.state, s.seen_at, u.profile FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.digest = $1 AND s.expires_at > $2 AND s.seen_at > $2 - $3
           AND u.disabled_at IS NULL AND u.frozen_at IS NULL AND u.delete_at IS NULL
         ORDER BY s.place, s.sid",
    )
    .bind(digest)
    .bind(now)
    .bind(idle)
    .fetch_all(db.read())
    .await?;
    if rows.iter().any(|(_, seen_at, _)| now.since(*seen_at) >= TOUCH_AFTER.min(idle / 4)) {
        touch(db, digest.clone(), now, idle).await?;
    }
    // One that cannot be read was written by another version; the person signs in again.
    let readable = rows.iter().filter_map(|(state, _, profile)| {
        let sign_in = from_json("a session", state).ok()?;
        Some(from_json("a profile", profile).map(|profile| (sign_in, profile)))
    });
    readable.collect()
}

async fn touch(db: &Db, digest: Digest, now: Timestamp, idle: i64) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("UPDATE sessions SET seen_at = $2 WHERE digest = $1 AND seen_at < $2 AND seen_at > $2 - $3")
            .bind(digest)
            .bind(now)
            .bind(idle)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

/// Ends all sessions behind a cookie.
pub async fn delete(db: &Db, digest: Digest) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("DELETE FROM sessions WHERE digest = $1").bind(digest).execute(connection).await?;
        Ok(())
    })
    .await
}

/// How many sign-ins have not ended.
pub async fn count(db: &Db, now: Timestamp) -> Result<i64> {
    let (sessions,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM sessions WHERE expires_at > $1").bind(now).fetch_one(db.read()).await?;
    Ok(sessions)
}

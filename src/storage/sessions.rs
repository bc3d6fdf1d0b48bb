//! Browser sessions: who is signed in, several people to a browser. The cookie's value is stored as a digest alone.
//!
//! Where an app signed somebody in without a browser, its grant is the session (`device`).
mod listed;

pub use listed::{Listed, of_user};

use super::{
    Db, Result,
    columns::{from_json, to_json},
};
use crate::domain::{
    Digest, Ending, GrantId, IdentityId, Profile, ProviderName, Scopes, SessionId, SignIn, Timestamp, UserId,
};
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

/// Signs a person out of one browser, or of one app: ends the session, and the grants that live no longer than it. `false`: there is
/// no such session of theirs.
pub async fn sign_out(db: &Db, sid: SessionId, user: UserId, now: Timestamp) -> Result<bool> {
    db.transaction(async move |connection| end_one(connection, &sid, &user, now).await).await
}

pub(super) async fn end_one(
    connection: &mut AnyConnection,
    sid: &SessionId,
    user: &UserId,
    now: Timestamp,
) -> Result<bool> {
    let ended = sqlx::query("DELETE FROM sessions WHERE sid = $1 AND user_id = $2")
        .bind(sid)
        .bind(user)
        .execute(&mut *connection)
        .await?;
    let bound: Vec<Given> = sqlx::query_as(
        "SELECT id, scopes, code_redeemed_at, device FROM grants
                 WHERE sid = $1 AND user_id = $2 AND revoked_at IS NULL",
    )
    .bind(sid)
    .bind(user)
    .fetch_all(&mut *connection)
    .await?;
    let is_app = bound.iter().any(|given| given.device.is_some());
    revoke_bound(connection, bound, now).await?;
    Ok(is_app || ended.rows_affected() > 0)
}

/// Signs a person out of every browser but one, and of every app that needed none, and trusts no other browser any more.
pub async fn sign_out_elsewhere(db: &Db, here: SessionId, user: UserId, now: Timestamp) -> Result<()> {
    db.transaction(async move |connection| {
        sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND sid <> $2")
            .bind(&user)
            .bind(&here)
            .execute(&mut *connection)
            .await?;
        distrust(connection, &user).await?;
        let others: Vec<Given> = sqlx::query_as(
            "SELECT id, scopes, code_redeemed_at, device FROM grants
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

/// Ends every session and every grant of a person but what began in the session `here`, whatever the grant was for, and
/// trusts no browser any more: whoever knew the old credential may have begun them.
pub(super) async fn end_all(
    connection: &mut AnyConnection,
    user: &UserId,
    here: Option<&SessionId>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND ($2 IS NULL OR sid <> $2)")
        .bind(user)
        .bind(here)
        .execute(&mut *connection)
        .await?;
    distrust(connection, user).await?;
    sqlx::query(
        "UPDATE grants SET revoked_at = $3 WHERE user_id = $1 AND ($2 IS NULL OR sid <> $2) AND revoked_at IS NULL",
    )
    .bind(user)
    .bind(here)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Whose sessions end because the provider that they came from says so, or is a way in no more.
#[derive(Debug, Clone)]
pub(super) struct Abroad {
    /// The person.
    pub user: UserId,
    /// The identity by which they came.
    pub identity: IdentityId,
    /// Its provider.
    pub provider: ProviderName,
    /// The one session there that it is about; all, where there is none.
    pub session: Option<String>,
    /// What began later goes on.
    pub until: Timestamp,
    /// The one session that goes on in any case.
    pub but: Option<SessionId>,
}

/// Ends what began by an identity: its sessions with what apps got in them, and what apps got by it without a session,
/// or in one that has ended. `false`: there was nothing of it.
pub(super) async fn end_abroad(
    connection: &mut AnyConnection,
    abroad: &Abroad,
    ending: Ending,
    now: Timestamp,
) -> Result<bool> {
    if ending == Ending::Nothing {
        return Ok(false);
    }
    let ended: Vec<(SessionId,)> = sqlx::query_as(
        "DELETE FROM sessions WHERE identity_id = $1 AND created_at <= $2 AND ($3 IS NULL OR upstream_sid = $3)
             AND ($4 IS NULL OR sid <> $4)
         RETURNING sid",
    )
    .bind(&abroad.identity)
    .bind(abroad.until)
    .bind(&abroad.session)
    .bind(&abroad.but)
    .fetch_all(&mut *connection)
    .await?;
    let mut grants = vec![];
    for (sid,) in &ended {
        let bound: Vec<Given> = sqlx::query_as(
            "SELECT id, scopes, code_redeemed_at, device FROM grants WHERE sid = $1 AND user_id = $2 AND revoked_at IS NULL",
        )
        .bind(sid)
        .bind(&abroad.user)
        .fetch_all(&mut *connection)
        .await?;
        grants.extend(bound);
    }
    if abroad.session.is_none() {
        grants.extend(without_session(connection, abroad).await?);
    }
    if ending == Ending::Everything {
        distrust(connection, &abroad.user).await?;
    }
    let over: Vec<Given> = grants.into_iter().filter(|given| ending == Ending::Everything || !goes_on(given)).collect();
    let is_something = !ended.is_empty() || !over.is_empty();
    revoke(connection, over, now).await?;
    Ok(is_something)
}

/// What a person gave apps by a provider's word, and no session that is there belongs to.
async fn without_session(connection: &mut AnyConnection, abroad: &Abroad) -> Result<Vec<Given>> {
    Ok(sqlx::query_as(
        "SELECT id, scopes, code_redeemed_at, device FROM grants
         WHERE user_id = $1 AND provider = $2 AND auth_time <= $3 AND revoked_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.sid = grants.sid)",
    )
    .bind(&abroad.user)
    .bind(&abroad.provider)
    .bind(abroad.until)
    .fetch_all(connection)
    .await?)
}

/// How many sign-ins have not ended.
pub async fn count(db: &Db, now: Timestamp) -> Result<i64> {
    let (sessions,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM sessions WHERE expires_at > $1").bind(now).fetch_one(db.read()).await?;
    Ok(sessions)
}

async fn distrust(connection: &mut AnyConnection, user: &UserId) -> Result<()> {
    sqlx::query("UPDATE devices SET trusted_until = NULL WHERE user_id = $1").bind(user).execute(connection).await?;
    Ok(())
}

/// What a person gave an app.
#[derive(sqlx::FromRow)]
struct Given {
    id: GrantId,
    scopes: Scopes,
    code_redeemed_at: Option<Timestamp>,
    device: Option<String>,
}

/// Whether a grant goes on without the person (`offline_access`, OpenID Connect Core section 11). One whose code is
/// still on its way does not; nor does one that is itself their session in an app.
fn goes_on(given: &Given) -> bool {
    given.scopes.has("offline_access") && given.code_redeemed_at.is_some() && given.device.is_none()
}

/// Revokes those grants that may not go on without the person.
async fn revoke_bound(connection: &mut AnyConnection, grants: Vec<Given>, now: Timestamp) -> Result<()> {
    let bound = grants.into_iter().filter(|given| !goes_on(given)).collect();
    revoke(connection, bound, now).await
}

async fn revoke(connection: &mut AnyConnection, grants: Vec<Given>, now: Timestamp) -> Result<()> {
    for Given { id, .. } in grants {
        sqlx::query("UPDATE grants SET revoked_at = $2 WHERE id = $1")
            .bind(id)
            .bind(now)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

//! How sessions end, and with them what people gave apps.
use crate::{
    domain::{Ending, GrantId, IdentityId, ProviderName, Scopes, SessionId, Timestamp, UserId},
    storage::{Db, Result},
};
use sqlx::AnyConnection;

/// Signs a person out of one browser, or of one app: ends the session, and the grants that live no longer than it. `false`: there is
/// no such session of theirs.
pub async fn sign_out(db: &Db, sid: SessionId, user: UserId, now: Timestamp) -> Result<bool> {
    db.transaction(async move |connection| end_one(connection, &sid, &user, now).await).await
}

pub(in crate::storage) async fn end_one(
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
pub(in crate::storage) async fn end_all(
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
pub(in crate::storage) struct Abroad {
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
pub(in crate::storage) async fn end_abroad(
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

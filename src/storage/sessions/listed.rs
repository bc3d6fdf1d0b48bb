//! Where a person is signed in: in browsers, and in apps that needed none.
use crate::{
    domain::{AuthMethods, ClientId, SessionId, SignIn, Timestamp, UserId},
    storage::{Db, Result, columns::from_json},
};
use std::cmp::Reverse;

/// A session as its owner sees it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Who is signed in in it, how and on what.
    pub sign_in: SignIn,
    /// When it was last used: in a browser to the minute, in an app when it last renewed its tokens.
    pub seen_at: Timestamp,
    /// The app, where it is one that needed no browser.
    pub client: Option<ClientId>,
}

/// The living sessions of a person, the last used first.
pub async fn of_user(db: &Db, user: &UserId, idle: i64, now: Timestamp) -> Result<Vec<Listed>> {
    let mut all = in_browsers(db, user, idle, now).await?;
    all.extend(in_apps(db, user, now).await?);
    all.sort_by_cached_key(|listed| (Reverse(listed.seen_at), listed.sign_in.sid.0.clone()));
    Ok(all)
}

async fn in_browsers(db: &Db, user: &UserId, idle: i64, now: Timestamp) -> Result<Vec<Listed>> {
    let rows: Vec<(String, Timestamp)> = sqlx::query_as(
        "SELECT state, seen_at FROM sessions WHERE user_id = $1 AND expires_at > $2 AND seen_at > $2 - $3",
    )
    .bind(user)
    .bind(now)
    .bind(idle)
    .fetch_all(db.read())
    .await?;
    let listed = |(state, seen_at): (String, Timestamp)| {
        Some(Listed { sign_in: from_json("a session", &state).ok()?, seen_at, client: None })
    };
    Ok(rows.into_iter().filter_map(listed).collect())
}

/// A grant that is a session.
#[derive(sqlx::FromRow)]
struct Native {
    sid: SessionId,
    client_id: ClientId,
    auth_time: Timestamp,
    methods: AuthMethods,
    device: String,
    refresh_rotated_at: Timestamp,
    expires_at: Timestamp,
}

async fn in_apps(db: &Db, user: &UserId, now: Timestamp) -> Result<Vec<Listed>> {
    let rows: Vec<Native> = sqlx::query_as(
        "SELECT sid, client_id, auth_time, methods, device, refresh_rotated_at, expires_at FROM grants
         WHERE user_id = $1 AND device IS NOT NULL AND revoked_at IS NULL AND expires_at > $2 AND idle_expires_at > $2",
    )
    .bind(user)
    .bind(now)
    .fetch_all(db.read())
    .await?;
    let listed = |native: Native| {
        let sign_in = SignIn {
            user: user.clone(),
            sid: native.sid,
            auth_time: native.auth_time,
            methods: native.methods,
            elsewhere: None,
            interaction: None,
            chosen_for: None,
            device: from_json("a device", &native.device)?,
            trusted_until: None,
            expires_at: native.expires_at,
            window: None,
        };
        Ok(Listed { sign_in, seen_at: native.refresh_rotated_at, client: Some(native.client_id) })
    };
    rows.into_iter().map(listed).collect()
}

//! What happened to accounts: written once, never changed.
use super::{Db, Result};
use crate::domain::{ClientId, Event, Timestamp, UserId, random_id};
use std::sync::atomic::{AtomicU64, Ordering};

/// One event, as it is written.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// What.
    pub event: Event,
    /// To whose account.
    pub user: UserId,
    /// By which app, if one has a part in it.
    pub client: Option<ClientId>,
    /// From which address, if it came over the network.
    pub address: Option<String>,
    /// And on what.
    pub user_agent: Option<String>,
}

/// One event, as it is read.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Recorded {
    /// Its name.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: Event,
    /// By which app.
    pub client_id: Option<ClientId>,
    /// From where.
    pub address: Option<String>,
    /// On what.
    pub user_agent: Option<String>,
}

/// What orders the events of one second at one node.
static COUNT: AtomicU64 = AtomicU64::new(0);

/// Writes an event down.
pub async fn insert(db: &Db, new: NewEvent, now: Timestamp) -> Result<()> {
    let id = format!("{:016x}{}", COUNT.fetch_add(1, Ordering::Relaxed), random_id());
    db.write(async move |connection| {
        sqlx::query(
            "INSERT INTO events (id, at, kind, user_id, client_id, address, user_agent)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id)
        .bind(now)
        .bind(new.event)
        .bind(new.user)
        .bind(new.client)
        .bind(new.address)
        .bind(new.user_agent)
        .execute(connection)
        .await?;
        Ok(())
    })
    .await
}

/// The latest events of an account before a time and a name, the last first.
pub async fn of_user(db: &Db, user: &UserId, before: (Timestamp, &str), limit: i64) -> Result<Vec<Recorded>> {
    Ok(sqlx::query_as(
        "SELECT id, at, kind, client_id, address, user_agent FROM events
         WHERE user_id = $1 AND (at < $2 OR (at = $2 AND id < $3)) ORDER BY at DESC, id DESC LIMIT $4",
    )
    .bind(user)
    .bind(before.0)
    .bind(before.1)
    .bind(limit)
    .fetch_all(db.read())
    .await?)
}

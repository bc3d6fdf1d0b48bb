//! Relying parties.
use super::{
    Db, Result,
    columns::{from_json, to_json},
    versions,
};
use crate::domain::{Client, ClientId, Timestamp};

/// Where a client was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// In the settings, which rule: what they no longer name is removed.
    Settings,
    /// By a command.
    Command,
}

impl Source {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Command => "command",
        }
    }
}

/// Registers a client. An id that is taken is a conflict.
pub async fn insert(db: &Db, client: &Client, now: Timestamp) -> Result<()> {
    let (id, metadata) = (client.client_id.clone(), to_json(client)?);
    db.transaction(async move |connection| {
        sqlx::query("INSERT INTO clients (id, source, metadata, created_at) VALUES ($1, $2, $3, $4)")
            .bind(id)
            .bind(Source::Command.as_str())
            .bind(metadata)
            .bind(now)
            .execute(&mut *connection)
            .await?;
        versions::bump(connection, "clients").await
    })
    .await
}

/// Makes the clients of the settings those that are stored, and removes those that the settings no
/// longer name. Several nodes may do so at once.
pub async fn sync(db: &Db, clients: &[Client], now: Timestamp) -> Result<()> {
    let mut rows = Vec::new();
    for client in clients {
        rows.push((client.client_id.clone(), to_json(client)?));
    }
    db.transaction(async move |connection| {
        let mut changed = 0;
        for (id, metadata) in &rows {
            changed += sqlx::query(
                "INSERT INTO clients (id, source, metadata, created_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (id) DO UPDATE SET source = excluded.source, metadata = excluded.metadata
                 WHERE clients.metadata <> excluded.metadata OR clients.source <> excluded.source",
            )
            .bind(id)
            .bind(Source::Settings.as_str())
            .bind(metadata)
            .bind(now)
            .execute(&mut *connection)
            .await?
            .rows_affected();
        }
        let stored: Vec<(String,)> = sqlx::query_as("SELECT id FROM clients WHERE source = $1")
            .bind(Source::Settings.as_str())
            .fetch_all(&mut *connection)
            .await?;
        for (id,) in stored.iter().filter(|(id,)| rows.iter().all(|(named, _)| named.as_str() != id)) {
            changed += sqlx::query("DELETE FROM clients WHERE id = $1 AND source = $2")
                .bind(id)
                .bind(Source::Settings.as_str())
                .execute(&mut *connection)
                .await?
                .rows_affected();
        }
        if changed > 0 {
            versions::bump(connection, "clients").await?;
        }
        Ok(())
    })
    .await
}

/// Every client there is.
pub async fn all(db: &Db) -> Result<Vec<Client>> {
    let rows: Vec<(String,)> = sqlx::query_as("SELECT metadata FROM clients ORDER BY id").fetch_all(db.read()).await?;
    rows.iter().map(|(metadata,)| from_json("a client", metadata)).collect()
}

/// Removes a client that a command registered, and with it all that people gave it. `false`: there
/// is none of this id.
pub async fn remove(db: &Db, id: ClientId) -> Result<bool> {
    db.transaction(async move |connection| {
        let removed = sqlx::query("DELETE FROM clients WHERE id = $1 AND source = $2")
            .bind(id)
            .bind(Source::Command.as_str())
            .execute(&mut *connection)
            .await?;
        versions::bump(connection, "clients").await?;
        Ok(removed.rows_affected() > 0)
    })
    .await
}

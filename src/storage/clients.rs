//! Relying parties.
use super::{
    Db, Result, audit,
    columns::{from_json, to_json},
    pictures::Picture,
    versions,
};
use crate::domain::{Chain, Client, ClientId, NewEvent, Readable, RegisteredUri, Timestamp};
use sqlx::AnyConnection;

/// Where a client was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// In the settings, which rule: what they no longer name is removed.
    Settings,
    /// By a command, or in the administration.
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

/// A client, and what is known of its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The client.
    pub client: Client,
    /// Where it was registered.
    pub source: Source,
    /// How often it has changed.
    pub version: i64,
    /// When it was registered.
    pub created_at: Timestamp,
}

type Row = (String, String, i64, Timestamp);

fn registered((source, metadata, version, created_at): Row) -> Result<Registered> {
    let source = if source == Source::Settings.as_str() { Source::Settings } else { Source::Command };
    Ok(Registered { client: from_json("a client", &metadata)?, source, version, created_at })
}

/// What a client is found by.
fn found_by(client: &Client) -> String {
    let addresses = client.redirect_uris.iter().map(RegisteredUri::as_str);
    let names = client.localized.of(Readable::ClientName).map(|(_, name)| name);
    let own = [client.client_id.as_str(), &client.client_name].into_iter();
    let parts: Vec<_> = own.chain(names).chain(addresses).collect();
    parts.join("\n").to_lowercase()
}

/// Registers a client. An id that is taken is a conflict.
pub async fn insert(db: &Db, chain: &Chain, client: Client, event: NewEvent, now: Timestamp) -> Result<()> {
    audit::change(db, chain, event, now, async move |connection| insert_within(connection, client, now).await).await?;
    Ok(())
}

pub(super) async fn insert_within(connection: &mut AnyConnection, client: Client, now: Timestamp) -> Result<bool> {
    sqlx::query("INSERT INTO clients (id, source, metadata, created_at, found_by) VALUES ($1, $2, $3, $4, $5)")
        .bind(&client.client_id)
        .bind(Source::Command.as_str())
        .bind(to_json(&client)?)
        .bind(now)
        .bind(found_by(&client))
        .execute(&mut *connection)
        .await?;
    versions::bump(connection, "clients").await?;
    Ok(true)
}

/// Changes a client that is as it was when `version` was read. `false`: it is not, or the settings rule it.
pub async fn update(
    db: &Db,
    chain: &Chain,
    (client, version): (Client, i64),
    event: NewEvent,
    now: Timestamp,
) -> Result<bool> {
    audit::change(db, chain, event, now, async move |connection| update_within(connection, &client, version).await)
        .await
}

pub(super) async fn update_within(connection: &mut AnyConnection, client: &Client, version: i64) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE clients SET metadata = $2, found_by = $3, version = version + 1
         WHERE id = $1 AND source = $4 AND version = $5",
    )
    .bind(&client.client_id)
    .bind(to_json(client)?)
    .bind(found_by(client))
    .bind(Source::Command.as_str())
    .bind(version)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() > 0 {
        versions::bump(connection, "clients").await?;
    }
    Ok(done.rows_affected() > 0)
}

/// The same, with the logo that `client.logo` names from now on, or without one.
pub async fn update_logo(
    db: &Db,
    chain: &Chain,
    (client, version, logo): (Client, i64, Option<Picture>),
    event: NewEvent,
    now: Timestamp,
) -> Result<bool> {
    audit::change(db, chain, event, now, async move |connection| {
        if !update_within(connection, &client, version).await? {
            return Ok(false);
        }
        let id = &client.client_id;
        sqlx::query("DELETE FROM client_logos WHERE client_id = $1").bind(id).execute(&mut *connection).await?;
        if let Some((logo_id, logo)) = client.logo.as_ref().zip(logo) {
            sqlx::query("INSERT INTO client_logos (client_id, id, kind, bytes) VALUES ($1, $2, $3, $4)")
                .bind(id)
                .bind(logo_id)
                .bind(logo.kind)
                .bind(logo.bytes)
                .execute(connection)
                .await?;
        }
        Ok(true)
    })
    .await
}

/// The uploaded logo of this id.
pub async fn find_logo(db: &Db, id: &str) -> Result<Option<Picture>> {
    Ok(sqlx::query_as("SELECT kind, bytes FROM client_logos WHERE id = $1").bind(id).fetch_optional(db.read()).await?)
}

/// Makes the clients of the settings those that are stored, and removes those that the settings no
/// longer name. Several nodes may do so at once.
pub async fn sync(db: &Db, clients: &[Client], now: Timestamp) -> Result<()> {
    let mut rows = Vec::new();
    for client in clients {
        rows.push((client.client_id.clone(), to_json(client)?, found_by(client)));
    }
    db.transaction(async move |connection| {
        let mut changed = 0;
        for (id, metadata, found_by) in &rows {
            changed += sqlx::query(
                "INSERT INTO clients (id, source, metadata, created_at, found_by) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (id) DO UPDATE SET source = excluded.source, metadata = excluded.metadata,
                     found_by = excluded.found_by, version = clients.version + 1
                 WHERE clients.metadata <> excluded.metadata OR clients.source <> excluded.source",
            )
            .bind(id)
            .bind(Source::Settings.as_str())
            .bind(metadata)
            .bind(now)
            .bind(found_by)
            .execute(&mut *connection)
            .await?
            .rows_affected();
        }
        let stored: Vec<(String,)> = sqlx::query_as("SELECT id FROM clients WHERE source = $1")
            .bind(Source::Settings.as_str())
            .fetch_all(&mut *connection)
            .await?;
        for (id,) in stored.iter().filter(|(id,)| rows.iter().all(|(named, ..)| named.as_str() != id)) {
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

/// Writes what clients are found by that an earlier version registered.
pub async fn index(db: &Db) -> Result<()> {
    let rows: Vec<(String,)> =
        sqlx::query_as("SELECT metadata FROM clients WHERE found_by = ''").fetch_all(db.read()).await?;
    for (metadata,) in rows {
        let client: Client = from_json("a client", &metadata)?;
        db.write(async move |connection| {
            sqlx::query("UPDATE clients SET found_by = $2 WHERE id = $1 AND found_by = ''")
                .bind(&client.client_id)
                .bind(found_by(&client))
                .execute(connection)
                .await?;
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// Every client there is.
pub async fn all(db: &Db) -> Result<Vec<Client>> {
    let rows: Vec<(String,)> = sqlx::query_as("SELECT metadata FROM clients ORDER BY id").fetch_all(db.read()).await?;
    rows.iter().map(|(metadata,)| from_json("a client", metadata)).collect()
}

/// Every client there is, and what is known of its row.
pub async fn all_registered(db: &Db) -> Result<Vec<Registered>> {
    let rows: Vec<Row> = sqlx::query_as("SELECT source, metadata, version, created_at FROM clients ORDER BY id")
        .fetch_all(db.read())
        .await?;
    rows.into_iter().map(registered).collect()
}

/// A client.
pub async fn find(db: &Db, id: &ClientId) -> Result<Option<Registered>> {
    let row: Option<Row> = sqlx::query_as("SELECT source, metadata, version, created_at FROM clients WHERE id = $1")
        .bind(id)
        .fetch_optional(db.read())
        .await?;
    row.map(registered).transpose()
}

/// Where a page of the list begins: after this client.
pub type After = (Timestamp, ClientId);

/// Clients in whose id, name or addresses this is, the newest first.
pub async fn search(db: &Db, text: Option<&str>, after: Option<After>, limit: i64) -> Result<Vec<Registered>> {
    let plain = |c: char| if matches!(c, '%' | '_' | '!') { vec!['!', c] } else { vec![c] };
    let pattern = text.map(|text| format!("%{}%", text.to_lowercase().chars().flat_map(plain).collect::<String>()));
    let (at, id) = after.unwrap_or((Timestamp(i64::MAX), ClientId(String::new())));
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT source, metadata, version, created_at FROM clients
         WHERE (created_at < $1 OR (created_at = $1 AND id > $2)) AND ($3 IS NULL OR found_by LIKE $3 ESCAPE '!')
         ORDER BY created_at DESC, id LIMIT $4",
    )
    .bind(at)
    .bind(id)
    .bind(pattern)
    .bind(limit)
    .fetch_all(db.read())
    .await?;
    rows.into_iter().map(registered).collect()
}

/// Removes a client that is as it was when `version` was read, and with it all that people gave it. `false`: it is
/// not, or the settings rule it.
pub async fn remove(db: &Db, chain: &Chain, row: (ClientId, i64), event: NewEvent, now: Timestamp) -> Result<bool> {
    audit::change(db, chain, event, now, async move |connection| remove_within(connection, row).await).await
}

pub(super) async fn remove_within(connection: &mut AnyConnection, (id, version): (ClientId, i64)) -> Result<bool> {
    let removed = sqlx::query("DELETE FROM clients WHERE id = $1 AND source = $2 AND version = $3")
        .bind(id)
        .bind(Source::Command.as_str())
        .bind(version)
        .execute(&mut *connection)
        .await?;
    if removed.rows_affected() > 0 {
        versions::bump(connection, "clients").await?;
    }
    Ok(removed.rows_affected() > 0)
}

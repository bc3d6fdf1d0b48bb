//! How often what nodes keep in memory has changed.
use super::{Db, Result};
use sqlx::AnyConnection;

/// The versions of all that nodes keep in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Versions {
    /// Of the clients.
    pub clients: i64,
    /// Of the signing keys.
    pub signing_keys: i64,
    /// Of the providers.
    pub providers: i64,
    /// Of the settings.
    pub settings: i64,
}

/// The versions now.
pub async fn current(db: &Db) -> Result<Versions> {
    let rows: Vec<(String, i64)> = sqlx::query_as("SELECT name, version FROM versions").fetch_all(db.read()).await?;
    let version = |wanted: &str| rows.iter().find(|(name, _)| name == wanted).map_or(0, |(_, version)| *version);
    Ok(Versions {
        clients: version("clients"),
        signing_keys: version("signing_keys"),
        providers: version("providers"),
        settings: version("settings"),
    })
}

/// Makes every node read `name` anew within a second.
pub(super) async fn bump(connection: &mut AnyConnection, name: &'static str) -> Result<()> {
    sqlx::query("UPDATE versions SET version = version + 1 WHERE name = $1").bind(name).execute(connection).await?;
    Ok(())
}

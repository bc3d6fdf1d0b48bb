//! Settings that were changed while Genkan runs: one sealed document.
use super::{Db, Error, Options, Result, audit};
use crate::domain::{Chain, NewEvent, Timestamp};
use sqlx::{AnyConnection, Connection as _};

/// The document, and how often it has changed.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// What a change says that it was made from.
    pub version: i64,
    /// The settings, sealed; none where nothing has been changed yet.
    pub sealed: Option<Vec<u8>>,
    /// When they were changed.
    pub updated_at: Option<Timestamp>,
}

/// One statement, so that version and document belong together.
const SELECT: &str = "SELECT version, sealed, updated_at FROM versions LEFT JOIN settings ON id = 'only'
     WHERE name = 'settings'";

type Row = (i64, Option<Vec<u8>>, Option<Timestamp>);

fn document(row: Option<Row>) -> Document {
    row.map(|(version, sealed, updated_at)| Document { version, sealed, updated_at }).unwrap_or_default()
}

/// The document now.
pub async fn get(db: &Db) -> Result<Document> {
    Ok(document(sqlx::query_as(SELECT).fetch_optional(db.read()).await?))
}

/// Puts another document in the place of the one of version `made_from`, and has every node notice within a second.
/// `false`: somebody else was quicker, and nothing has changed.
pub async fn replace(
    db: &Db,
    chain: &Chain,
    (made_from, sealed): (i64, Vec<u8>),
    event: NewEvent,
    now: Timestamp,
) -> Result<bool> {
    let change = async move |connection: &mut AnyConnection| replace_within(connection, made_from, sealed, now).await;
    audit::change(db, chain, event, now, change).await
}

/// The same, as a step of a transaction that does more.
pub(super) async fn replace_within(
    connection: &mut AnyConnection,
    made_from: i64,
    sealed: Vec<u8>,
    now: Timestamp,
) -> Result<bool> {
    let won = sqlx::query("UPDATE versions SET version = version + 1 WHERE name = 'settings' AND version = $1")
        .bind(made_from)
        .execute(&mut *connection)
        .await?;
    if won.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(
        "INSERT INTO settings (id, sealed, updated_at) VALUES ('only', $1, $2)
         ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at",
    )
    .bind(sealed)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(true)
}

/// The document of a database that is left exactly as it is, its schema too; nothing where there is none, or where its
/// schema does not know of one.
pub async fn peek(options: &Options) -> Result<Document> {
    sqlx::any::install_default_drivers();
    let url = match options.url.reveal().strip_prefix("sqlite:") {
        Some(path) => {
            let path = path.trim_start_matches("//").split('?').next().unwrap_or_default();
            if !std::path::Path::new(path).exists() {
                return Ok(Document::default());
            }
            format!("sqlite:{path}?mode=ro")
        }
        None => options.url.reveal().to_owned(),
    };
    let mut connection = AnyConnection::connect(&url).await?;
    let found = sqlx::query_as(SELECT).fetch_optional(&mut connection).await;
    connection.close().await?;
    match found.map_err(Error::from) {
        Ok(row) => Ok(document(row)),
        // The statement is right: the table is not there yet.
        Err(Error::Failed(_)) => Ok(Document::default()),
        Err(why) => Err(why),
    }
}

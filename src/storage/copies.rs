//! Copies of an embedded database, made and put back while nobody is in the way.
use super::{Db, Error, Result};
use sqlx::{AnyConnection, Connection as _, Executor as _};
use std::path::Path;

impl Db {
    /// How many bytes a copy may come to (SQLite alone).
    pub async fn size(&self) -> Result<u64> {
        let (pages,): (i64,) = sqlx::query_as("PRAGMA page_count").fetch_one(self.read()).await?;
        let (bytes,): (i64,) = sqlx::query_as("PRAGMA page_size").fetch_one(self.read()).await?;
        Ok(pages.unsigned_abs() * bytes.unsigned_abs())
    }

    /// Writes a consistent copy into an empty file while others go on (SQLite alone).
    pub async fn backup(&self, file: &Path) -> Result<()> {
        let copy = file.display().to_string();
        // Not through the writer: VACUUM cannot run inside a transaction, nor on a reader.
        let mut connection = self.pool().acquire().await?.detach();
        connection.execute("PRAGMA query_only = OFF").await?;
        sqlx::query("VACUUM INTO $1").bind(copy).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }
}

/// Checks that a file is a whole SQLite database of Genkan.
pub async fn check(file: &Path) -> Result<()> {
    let mut connection = open(file, "ro").await?;
    let (found,): (String,) = sqlx::query_as("PRAGMA integrity_check").fetch_one(&mut connection).await?;
    if found != "ok" {
        return Err(Error::Failed(found));
    }
    sqlx::query("SELECT count(*) FROM versions").execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// A database that nobody else can open as long as this is held.
#[derive(Debug)]
pub struct Held(AnyConnection);

impl Held {
    /// Takes it; `None` where a process has it open. Fails where the file is no database that can be opened at all.
    pub async fn take(file: &Path) -> Result<Option<Self>> {
        let mut connection = open(file, "rw").await?;
        // Whoever has a database with a write-ahead log open holds a shared lock on it, even between transactions.
        connection.execute("PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE").await?;
        match connection.execute("BEGIN EXCLUSIVE; COMMIT").await.map_err(Error::from) {
            Ok(_) => Ok(Some(Self(connection))),
            Err(Error::Unavailable(_)) => Ok(None),
            Err(why) => Err(why),
        }
    }

    /// Folds its write-ahead log into the file and removes it, so that letting go has nothing left to do.
    pub async fn settle(&mut self) -> Result<()> {
        self.0.execute("PRAGMA journal_mode = DELETE").await?;
        Ok(())
    }

    /// Lets it go.
    pub async fn release(self) -> Result<()> {
        Ok(self.0.close().await?)
    }
}

async fn open(file: &Path, mode: &str) -> Result<AnyConnection> {
    sqlx::any::install_default_drivers();
    Ok(AnyConnection::connect(&format!("sqlite:{}?mode={mode}", file.display())).await?)
}

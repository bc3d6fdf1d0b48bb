//! Opening a database, and the two ways to use it: reading and writing.
use super::{Error, Result, reader::Reader, users, writer::Writer};
use crate::{domain::Secret, telemetry};
use sqlx::{
    AnyConnection, AnyPool, Connection as _, Executor as _,
    any::AnyPoolOptions,
    migrate::{MigrateError, Migrator},
};
use std::{path::Path, time::Duration};
use tracing::Instrument as _;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Each connection waits this long for a lock that another process holds.
const SQLITE_COMMON: &str = "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY";
/// WAL, and each commit on the disk before it is answered. Folding the log into the file waits
/// until it is worth it: 32 MiB.
const SQLITE_WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8000";
/// Readers cannot write by mistake.
const SQLITE_READER: &str = "PRAGMA query_only = ON";

/// How to open a database.
#[derive(Debug, Clone)]
pub struct Options {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: Secret,
    /// Connections to hold at most.
    pub max_connections: u32,
}

/// A database, open and with its schema up to date.
#[derive(Debug, Clone)]
pub struct Db {
    pool: AnyPool,
    /// On SQLite, where the pool only reads.
    writer: Option<Writer>,
}

impl Db {
    /// Opens a database and brings its schema up to date.
    pub async fn open(options: &Options) -> Result<Self> {
        sqlx::any::install_default_drivers();
        match options.url.reveal().strip_prefix("sqlite:") {
            Some(path) => Self::open_sqlite(path.trim_start_matches("//"), options).await,
            None => Self::open_postgres(options).await,
        }
    }

    async fn open_sqlite(path: &str, options: &Options) -> Result<Self> {
        let path = path.split('?').next().unwrap_or_default();
        create_private(Path::new(path))?;
        let mut writer = AnyConnection::connect(&format!("sqlite:{path}?mode=rw")).await?;
        writer.execute(SQLITE_COMMON).await?;
        writer.execute(SQLITE_WRITER).await?;
        MIGRATIONS.run(&mut writer).await.map_err(migration_failed)?;
        users::fill_terms(&mut writer).await?;
        let pool = AnyPoolOptions::new()
            .max_connections(options.max_connections.min(4))
            .acquire_timeout(Duration::from_secs(2))
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute(SQLITE_COMMON).await?;
                    connection.execute(SQLITE_READER).await?;
                    Ok(())
                })
            })
            .connect_lazy(&format!("sqlite:{path}?mode=rw"))?;
        Ok(Self { pool, writer: Some(Writer::start(writer)?) })
    }

    async fn open_postgres(options: &Options) -> Result<Self> {
        // Not through the pool, which would say no more than that it waited in vain.
        let mut first = AnyConnection::connect(options.url.reveal()).await?;
        MIGRATIONS.run(&mut first).await.map_err(migration_failed)?;
        users::fill_terms(&mut first).await?;
        first.close().await?;
        let pool = AnyPoolOptions::new()
            .max_connections(options.max_connections)
            .acquire_timeout(Duration::from_secs(2))
            .test_before_acquire(false)
            .connect_lazy(options.url.reveal())?;
        Ok(Self { pool, writer: None })
    }

    /// Whether it answers now.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// The connections of the pool: in use, idle, and how many there may be.
    #[must_use]
    pub fn connections(&self) -> [i64; 3] {
        let (all, idle) = (i64::from(self.pool.size()), i64::try_from(self.pool.num_idle()).unwrap_or(i64::MAX));
        [(all - idle).max(0), idle, i64::from(self.pool.options().get_max_connections())]
    }

    /// Which kind it is, as traces name it.
    const fn system(&self) -> &'static str {
        if self.writer.is_some() { "sqlite" } else { "postgresql" }
    }

    /// Where statements that change nothing run.
    pub(super) const fn read(&self) -> Reader<'_> {
        Reader::new(&self.pool, self.system())
    }

    /// The connections themselves, of which those of SQLite only read.
    pub(super) const fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Runs one statement that changes something; it is on the disk when this returns.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        let work = async {
            match &self.writer {
                Some(writer) => writer.run(false, work).await,
                None => work(&mut *self.pool.acquire().await?).await,
            }
        };
        work.instrument(telemetry::database("write", self.system())).await
    }

    /// Runs several statements that stand or fall together. The first must be the conditional one:
    /// reading first and writing after loses updates on PostgreSQL.
    pub(super) async fn transaction<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        let work = async {
            match &self.writer {
                Some(writer) => writer.run(true, work).await,
                None => {
                    let mut transaction = self.pool.begin().await?;
                    let outcome = work(&mut transaction).await?;
                    transaction.commit().await?;
                    Ok(outcome)
                }
            }
        };
        work.instrument(telemetry::database("transaction", self.system())).await
    }

    /// Closes every connection of the pool.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Closes all of it, by whoever is alone in using it: on SQLite, the file then has everything, and no log beside it.
    pub async fn settle(self) {
        self.pool.close().await;
        if let Some(writer) = self.writer {
            writer.end().await;
        }
    }
}

fn migration_failed(why: MigrateError) -> Error {
    match why {
        MigrateError::VersionMissing(_) => {
            Error::Failed("a newer version of Genkan has used this database; run that version".into())
        }
        why => Error::Failed(format!("the schema cannot be brought up to date: {why}")),
    }
}

/// Makes the file and its folder, readable by their owner alone, unless they are there.
fn create_private(path: &Path) -> Result<()> {
    let failed = |why: std::io::Error| Error::Failed(format!("{} cannot be created: {why}", path.display()));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(failed)?;
    Ok(())
}

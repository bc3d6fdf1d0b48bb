//! A database of its own for each server.
use sqlx::{Connection as _, PgConnection};
use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

/// Which kind a server stores in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// The embedded one: a file.
    Sqlite,
    /// The server that `GENKAN_TEST_POSTGRES` names.
    Postgres,
}

impl Database {
    /// Makes an empty one; `folder` is where a file may be.
    pub async fn create(self, folder: &Path) -> Created {
        match self {
            Self::Sqlite => Created { url: format!("sqlite:{}", folder.join("genkan.db").display()), name: None },
            Self::Postgres => create_on_postgres().await,
        }
    }
}

/// A database that is gone when this is dropped.
#[derive(Debug)]
pub struct Created {
    /// As `database.url` takes it.
    pub url: String,
    /// On PostgreSQL, what to drop.
    name: Option<String>,
}

impl Drop for Created {
    fn drop(&mut self) {
        let Some(name) = self.name.take() else { return };
        // The test's own runtime cannot wait in here.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(administer(&format!("DROP DATABASE {name} WITH (FORCE)")));
        });
        if dropping.join().is_err() {
            eprintln!("a test database could not be dropped");
        }
    }
}

async fn create_on_postgres() -> Created {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("genkan_test_{}_{count}", std::process::id());
    // A run that was killed may have left one of the same name.
    administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    administer(&format!("CREATE DATABASE {name}")).await;
    let mut url = url::Url::parse(&postgres()).expect("GENKAN_TEST_POSTGRES is a URL");
    url.set_path(&name);
    Created { url: url.into(), name: Some(name) }
}

async fn administer(statement: &str) {
    let mut connection = PgConnection::connect(&postgres()).await.expect("PostgreSQL answers at GENKAN_TEST_POSTGRES");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.expect(statement);
    connection.close().await.unwrap();
}

fn postgres() -> String {
    std::env::var("GENKAN_TEST_POSTGRES").expect(
        "GENKAN_TEST_POSTGRES is not set. `tests/run` starts PostgreSQL and sets it; or give it the URL of a server \
         where databases may be created, such as postgres://postgres@localhost/postgres",
    )
}

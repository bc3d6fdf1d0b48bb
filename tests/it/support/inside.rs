//! What a black box does not show: the rows, the clock, and many requests at the same moment.
use super::{Database, PATIENCE, Server, eventually};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use sqlx::{AnyConnection, Connection as _, Row as _, migrate::Migrator};
use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
    path::Path,
};

const TABLES: &str = "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'";

impl Server {
    /// What it stores in, as `database.url` takes it.
    pub fn database_url(&self) -> &str {
        &self.home.database.url
    }

    /// Which kind of database it stores in.
    pub fn database(&self) -> Database {
        if self.database_url().starts_with("sqlite:") { Database::Sqlite } else { Database::Postgres }
    }

    /// Changes rows behind its back, as another node or an administrator would.
    pub async fn sql(&self, statement: &str) {
        let mut connection = self.connect().await;
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.expect(statement);
        connection.close().await.unwrap();
    }

    /// Lets nobody into its database any more, on PostgreSQL.
    pub async fn cut_off(&self) {
        let mut url = url::Url::parse(self.database_url()).unwrap();
        let name = url.path().trim_start_matches('/').to_owned();
        url.set_path("/postgres");
        let mut connection = AnyConnection::connect(url.as_str()).await.unwrap();
        for statement in [
            format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
            format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
        ] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    }

    /// Sends bytes as they are and nothing after them, and reads what comes back, if anything.
    pub fn raw_cut(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut answer = vec![];
        // The server may hang up at any byte.
        _ = stream.write_all(request);
        _ = stream.shutdown(Shutdown::Write);
        _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The first column of each row, a text.
    pub async fn texts(&self, query: &str) -> Vec<String> {
        let mut connection = self.connect().await;
        let rows = sqlx::query(sqlx::AssertSqlSafe(query.to_owned())).fetch_all(&mut connection).await.expect(query);
        connection.close().await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Gives its database, which is empty, the schema of an earlier version: these migrations alone.
    pub async fn migrate(&self, files: &[&str]) {
        let (all, some) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations"), tempfile::tempdir().unwrap());
        for file in files {
            std::fs::copy(all.join(file), some.path().join(file)).unwrap();
        }
        if let Some(path) = self.database_url().strip_prefix("sqlite:") {
            std::fs::File::create(path).unwrap();
        }
        let mut connection = self.connect().await;
        Migrator::new(some.path()).await.unwrap().run(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// All that is stored, a text for each row, without when something was last seen: for comparing two moments.
    pub async fn rows(&self) -> Vec<String> {
        const SEEN: [&str; 1] = ["seen_at"];
        // What is added up a moment later, by nobody's request.
        const FIGURES: [&str; 2] = ["audit_followers", "audit_hours"];
        let mut rows = vec![];
        for table in self.texts(self.on("SELECT name FROM sqlite_master WHERE type = 'table'", TABLES)).await {
            if FIGURES.contains(&table.as_str()) {
                continue;
            }
            let query = if self.database() == Database::Sqlite {
                let columns = self.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                let columns = columns.iter().filter(|column| !SEEN.contains(&column.as_str()));
                let columns: Vec<_> = columns.map(|column| format!("quote({column})")).collect();
                format!("SELECT {} FROM {table}", columns.join(" || ' ' || "))
            } else {
                format!("SELECT CAST(to_jsonb(t) - '{{{}}}'::text[] AS TEXT) FROM {table} t", SEEN.join(","))
            };
            rows.extend(self.texts(&query).await.into_iter().map(|row| format!("{table}: {row}")));
        }
        rows.sort();
        rows
    }

    fn on<'a>(&self, sqlite: &'a str, postgres: &'a str) -> &'a str {
        if self.database() == Database::Sqlite { sqlite } else { postgres }
    }

    async fn connect(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        AnyConnection::connect(self.database_url()).await.expect("the database answers")
    }

    /// Takes an app out of the settings; holds from the next `restart`.
    pub fn without_client(&mut self, client_id: &str) {
        let clients = self.settings["clients"].as_array_mut().unwrap();
        clients.retain(|client| client["client_id"].as_str() != Some(client_id));
        std::fs::write(&self.config, self.settings.to_string()).unwrap();
    }

    /// Takes somebody's right to sign in.
    pub async fn disable(&self, sub: &str) {
        self.sql(&format!("UPDATE users SET disabled_at = 1 WHERE id = '{sub}'")).await;
    }

    /// The time by its own clock: when it issued the token that it is asked for.
    pub async fn now(&self) -> i64 {
        let svc = self.app("svc").asking_for("api.read");
        claims_of(&svc.token(svc.own_grant()).await.ok()["access_token"])["iat"].as_i64().unwrap()
    }

    /// Waits until so many seconds have passed by its clock.
    pub async fn passes(&self, seconds: i64) {
        let then = self.now().await + seconds;
        eventually("time passes", async || (self.now().await >= then).then_some(())).await;
    }
}

/// The claims of a token, unverified.
#[track_caller]
pub fn claims_of(token: &Value) -> Value {
    part(token, 1)
}

/// The header of a token, unverified.
#[track_caller]
pub fn header_of(token: &Value) -> Value {
    part(token, 0)
}

#[track_caller]
fn part(token: &Value, number: usize) -> Value {
    let part = token.as_str().expect("a token").split('.').nth(number).expect("a JWT");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Does all of this at the same time; what came of each, in order.
pub async fn at_once<F>(tasks: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let running: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut outcomes = vec![];
    for task in running {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

/// How many rounds a test goes: as many as this variable says.
pub fn rounds(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |text| text.parse().expect(variable))
}

//! How quickly those who run a large instance find things: a million people, ten thousand apps, a million events.
use crate::{
    Result,
    http::{Connection, Site},
    report::Report,
    server::Place,
};
use sqlx::{AnyConnection, Connection as _, Executor as _};
use std::time::{Duration, Instant};

/// How often each question is asked.
const TRIES: usize = 300;
const APPS: u64 = 10_000;

/// A question, in which `{n}` is a number of its own each time.
const QUESTIONS: [(&str, &str); 14] = [
    ("people: first page", "/users"),
    ("people: by address", "/users?q=person-{n}@example.com"),
    ("people: by the beginning of an address", "/users?q=person-{n}"),
    ("people: by name", "/users?q=hana%20{n}"),
    ("people: by a common name", "/users?q=hana"),
    ("people: by nothing that there is", "/users?q=nobody-{n}"),
    ("people: those who are disabled", "/users?disabled=true"),
    ("people: those with a role", "/users?role=owner"),
    ("apps: first page", "/apps"),
    ("apps: by name", "/apps?q=app%20{n}"),
    ("audit: first page", "/audit"),
    ("audit: of a person", "/audit?user={hex}"),
    ("audit: of a kind that is rare", "/audit?kind=client_deleted"),
    ("audit: from an address", "/audit?address=192.0.2.{byte}"),
];

/// Fills the database, which no server has open.
pub async fn seed(place: &Place, people: u64) -> Result<()> {
    sqlx::any::install_default_drivers();
    let mut db = AnyConnection::connect(&place.database).await?;
    let is_sqlite = place.database.starts_with("sqlite:");
    let numbers = |last: u64| {
        if is_sqlite {
            format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {last}) ")
        } else {
            format!("WITH n(i) AS (SELECT generate_series(1, {last})) ")
        }
    };
    let hex = if is_sqlite { "printf('%032x', i)" } else { "lpad(to_hex(i), 32, '0')" };
    let insert = |last: u64, into: &str, values: String| {
        if is_sqlite {
            format!("{}INSERT INTO {into} SELECT {values} FROM n", numbers(last))
        } else {
            format!("INSERT INTO {into} {}SELECT {values} FROM n", numbers(last))
        }
    };
    let statements = [
        insert(
            people,
            "users (id, email, email_verified_at, name, profile, created_at, updated_at, disabled_at)",
            format!(
                "{hex}, 'person-' || i || '@example.com', 1700000000, 'Hana ' || i, '{{}}', 1700000000 + i,
                 1700000000 + i, CASE WHEN i % 100000 = 0 THEN 1700000000 END"
            ),
        ),
        insert(
            people,
            "audit (seq, at, kind, actor, user_id, address, seal)",
            format!(
                "i - 2000000000, 1700000000 + i, CASE WHEN i % 200000 = 0 THEN 'client_deleted' ELSE 'signed_in' END,
                 'person:' || {hex}, {hex}, '192.0.2.' || (i % 250), ''"
            ),
        ),
        format!(
            "{}INSERT INTO clients (id, source, metadata, created_at, found_by)
             SELECT 'app-' || i, 'command', replace(replace(metadata, '\"web-ES256\"', '\"app-' || i || '\"'),
                 'Bench ES256', 'App ' || i), 1700000000 + i, 'app-' || i || ' app ' || i FROM clients, n WHERE id = 'web-ES256'",
            numbers(APPS)
        ),
    ];
    for statement in statements {
        db.execute(sqlx::AssertSqlSafe(statement)).await?;
    }
    if !is_sqlite {
        db.execute("ANALYZE").await?;
    }
    db.close().await?;
    Ok(())
}

/// Asks each question so many times, one after the other, and reports the 99th percentile.
pub async fn run(site: &Site, key: &str, people: u64, report: &mut Report) -> Result<()> {
    let mut http = Connection::new(site.address);
    let authorization = format!("Bearer {key}");
    for (name, question) in QUESTIONS {
        let mut times: Vec<Duration> = vec![];
        for n in 0..TRIES as u64 {
            let number = (n * 7919 + 17) % people + 1;
            let question = question
                .replace("{n}", &number.to_string())
                .replace("{hex}", &format!("{number:032x}"))
                .replace("{byte}", &(n % 250).to_string());
            let request = site.get(&format!("/api/admin/v1{question}"), &[("authorization", &authorization)]);
            let from = Instant::now();
            let answer = http.send(&request).await?;
            if answer.status != 200 || !answer.body.contains("\"items\"") {
                return Err(format!("{question}: {} {}", answer.status, answer.body).into());
            }
            times.push(from.elapsed());
        }
        times.sort_unstable();
        report.fact(&format!("{name}, p99"), times[TRIES * 99 / 100].as_secs_f64() * 1000.0, "ms");
    }
    Ok(())
}

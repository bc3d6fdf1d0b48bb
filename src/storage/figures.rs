//! Figures: how much of what has happened in each hour, added up as the audit trail is followed, so that nobody counts
//! millions of rows; and how much there is of what now.
use super::{Db, Result, audit};
use crate::domain::Timestamp;
use std::collections::BTreeMap;

/// Rows of the trail that are added up at once.
const STEP: i64 = 1000;
const HOUR: i64 = 3600;

/// So many events of a kind, by a method, in a span of time.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Count {
    /// Which span: how many of them had passed since 1970.
    pub span: i64,
    /// Of which kind, by its word.
    pub kind: String,
    /// How, where it was a sign-in; else nothing.
    pub method: String,
    /// How many.
    pub events: i64,
}

/// Adds up what has happened since the last time, each row once whichever node does it.
pub async fn follow(db: &Db) -> Result<()> {
    loop {
        let (seq,): (i64,) =
            sqlx::query_as("SELECT seq FROM audit_followers WHERE name = 'hours'").fetch_one(db.read()).await?;
        let rows = audit::after(db, seq, STEP).await?;
        let Some(last) = rows.last().map(|row| row.seq) else { return Ok(()) };
        let mut counts = BTreeMap::<(i64, &str, String), i64>::new();
        for row in &rows {
            *counts.entry((row.at.0.div_euclid(HOUR) * HOUR, row.kind.as_str(), row.method())).or_default() += 1;
        }
        let counts = counts.into_iter().map(|((hour, kind, method), events)| (hour, kind.to_owned(), method, events));
        if !add(db, (seq, last), counts.collect()).await? {
            // Another node was quicker.
            return Ok(());
        }
    }
}

async fn add(db: &Db, seq: (i64, i64), counts: Vec<(i64, String, String, i64)>) -> Result<bool> {
    db.transaction(async move |connection| {
        let done = sqlx::query("UPDATE audit_followers SET seq = $2 WHERE name = 'hours' AND seq = $1")
            .bind(seq.0)
            .bind(seq.1)
            .execute(&mut *connection)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        for (hour, kind, method, events) in counts {
            sqlx::query(
                "INSERT INTO audit_hours (hour, kind, method, events) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (hour, kind, method) DO UPDATE SET events = audit_hours.events + excluded.events",
            )
            .bind(hour)
            .bind(kind)
            .bind(method)
            .bind(events)
            .execute(&mut *connection)
            .await?;
        }
        Ok(true)
    })
    .await
}

/// What happened since a moment, in spans of so many seconds.
pub async fn since(db: &Db, since: Timestamp, seconds: i64) -> Result<Vec<Count>> {
    Ok(sqlx::query_as(
        "SELECT hour / $2 AS span, kind, method, CAST(sum(events) AS BIGINT) AS events FROM audit_hours
         WHERE hour >= $1 GROUP BY 1, kind, method ORDER BY 1, kind, method",
    )
    .bind(since)
    .bind(seconds)
    .fetch_all(db.read())
    .await?)
}

/// How much there is now.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct Now {
    /// Accounts.
    pub users: i64,
    /// Sessions that are good.
    pub sessions: i64,
    /// People who have one.
    pub people: i64,
    /// Letters that wait to be sent.
    pub letters: i64,
    /// Those of them that could not be sent at once.
    pub letters_failing: i64,
    /// When the oldest of them was written.
    pub oldest_letter: Option<Timestamp>,
}

/// Counts what there is now.
pub async fn now(db: &Db, now: Timestamp) -> Result<Now> {
    Ok(sqlx::query_as(
        "SELECT (SELECT count(*) FROM users) AS users,
             (SELECT count(*) FROM sessions WHERE expires_at > $1) AS sessions,
             (SELECT count(DISTINCT user_id) FROM sessions WHERE expires_at > $1) AS people,
             (SELECT count(*) FROM outbox) AS letters,
             (SELECT count(*) FROM outbox WHERE attempts > 1) AS letters_failing,
             (SELECT min(created_at) FROM outbox) AS oldest_letter",
    )
    .bind(now)
    .fetch_one(db.read())
    .await?)
}

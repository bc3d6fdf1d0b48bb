//! Letters on their way out, sealed: kept until they are sent, and claimed by who sends them.
use super::{Db, Result, audit};
use crate::domain::{Chain, NewEvent, Timestamp};
use sqlx::AnyConnection;

/// How long whoever claims a letter has to send it, in seconds. After a crash it goes out again then.
const CLAIM: i64 = 300;

/// A letter as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Claimed {
    /// Its name, to which it is sealed.
    pub id: String,
    /// What it says.
    pub sealed: Vec<u8>,
    /// How often somebody has begun to send it, this time included.
    pub attempts: i64,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is given up.
    pub expires_at: Timestamp,
}

/// When a letter is what.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is to be sent.
    pub due_at: Timestamp,
    /// When it is given up.
    pub expires_at: Timestamp,
}

/// A letter on its way into the outbox.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// Its name, to which it is sealed.
    pub id: String,
    /// What it says.
    pub sealed: Vec<u8>,
    /// When it is what.
    pub times: Times,
}

/// Keeps a letter until it is sent.
pub async fn put(db: &Db, letter: Sealed) -> Result<()> {
    db.write(async move |connection| add(connection, letter).await).await
}

/// Keeps a letter and writes down why it goes, or neither.
pub async fn put_told(db: &Db, chain: &Chain, letter: Sealed, event: NewEvent, now: Timestamp) -> Result<()> {
    let chain = chain.clone();
    db.transaction(async move |connection| {
        add(connection, letter).await?;
        audit::append(connection, &chain, event, now).await
    })
    .await
}

/// The same, beside something else.
pub(super) async fn add(connection: &mut AnyConnection, letter: Sealed) -> Result<()> {
    sqlx::query(
        "INSERT INTO outbox (id, sealed, due_at, claimed_until, attempts, created_at, expires_at)
         VALUES ($1, $2, $3, 0, 0, $4, $5)",
    )
    .bind(letter.id)
    .bind(letter.sealed)
    .bind(letter.times.due_at)
    .bind(letter.times.created_at)
    .bind(letter.times.expires_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// A letter that is due, for the caller alone; `None` when there is none, or another node was quicker.
pub async fn claim(db: &Db, now: Timestamp) -> Result<Option<Claimed>> {
    // Looked for first, so that an empty outbox costs no write.
    let due: Option<(String,)> =
        sqlx::query_as("SELECT id FROM outbox WHERE due_at <= $1 AND claimed_until <= $1 ORDER BY due_at, id LIMIT 1")
            .bind(now)
            .fetch_optional(db.read())
            .await?;
    let Some((id,)) = due else { return Ok(None) };
    db.write(async move |connection| {
        Ok(sqlx::query_as(
            "UPDATE outbox SET claimed_until = $2 + $3, attempts = attempts + 1
             WHERE id = $1 AND due_at <= $2 AND claimed_until <= $2
             RETURNING id, sealed, attempts, created_at, expires_at",
        )
        .bind(id)
        .bind(now)
        .bind(CLAIM)
        .fetch_optional(connection)
        .await?)
    })
    .await
}

/// Forgets a letter that was sent or is given up.
pub async fn remove(db: &Db, id: String) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("DELETE FROM outbox WHERE id = $1").bind(id).execute(connection).await?;
        Ok(())
    })
    .await
}

/// Lets a letter that could not be sent wait until `due_at`.
pub async fn put_back(db: &Db, id: String, due_at: Timestamp) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("UPDATE outbox SET due_at = $2, claimed_until = 0 WHERE id = $1")
            .bind(id)
            .bind(due_at)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

/// How many letters wait.
pub async fn length(db: &Db) -> Result<i64> {
    let (letters,): (i64,) = sqlx::query_as("SELECT count(*) FROM outbox").fetch_one(db.read()).await?;
    Ok(letters)
}

//! The audit trail: written once, never changed, each row sealed with the one before it (`domain::Chain`).
//!
//! `search.rs` finds events, `verify.rs` goes along the chain. The first statement of an append takes the chain's end,
//! so that one row follows another whichever node writes. In a transaction that changes something else, it comes last.
mod search;
mod verify;

pub use search::{Filter, search};
pub use verify::{Checked, Extent, check, verify};

use super::{Db, Result};
use crate::domain::{Chain, NewEvent, Recorded, Timestamp, UserId};
use sqlx::AnyConnection;

/// Writes an event down.
pub async fn insert(db: &Db, chain: &Chain, new: NewEvent, now: Timestamp) -> Result<()> {
    let chain = chain.clone();
    db.transaction(async move |connection| append(connection, &chain, new, now).await).await
}

/// Makes a change and writes its event down, or neither. A change that says `false` has changed nothing: there is no
/// event then.
pub(super) async fn change<F>(db: &Db, chain: &Chain, new: NewEvent, now: Timestamp, change: F) -> Result<bool>
where
    F: AsyncFnOnce(&mut AnyConnection) -> Result<bool> + Send + 'static,
{
    let chain = chain.clone();
    db.transaction(async move |connection| {
        let changed = change(&mut *connection).await?;
        if changed {
            append(connection, &chain, new, now).await?;
        }
        Ok(changed)
    })
    .await
}

/// Writes an event down together with what it is about.
pub(super) async fn append(connection: &mut AnyConnection, chain: &Chain, new: NewEvent, now: Timestamp) -> Result<()> {
    let (seq, before): (i64, String) =
        sqlx::query_as("UPDATE audit_chain SET seq = seq + 1 WHERE id = 'only' RETURNING seq, seal")
            .fetch_one(&mut *connection)
            .await?;
    let row = Recorded {
        seq,
        at: now,
        kind: new.event,
        actor: new.actor.to_string(),
        user_id: new.user,
        client_id: new.client,
        object: new.object,
        address: new.address,
        user_agent: new.user_agent,
        request_id: new.request_id,
        details: new.details.map(|details| details.to_string()),
    };
    let seal = chain.seal(&before, &row);
    sqlx::query(
        "INSERT INTO audit
             (seq, at, kind, actor, user_id, client_id, object, address, user_agent, request_id, details, seal)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(row.seq)
    .bind(row.at)
    .bind(row.kind)
    .bind(row.actor)
    .bind(row.user_id)
    .bind(row.client_id)
    .bind(row.object)
    .bind(row.address)
    .bind(row.user_agent)
    .bind(row.request_id)
    .bind(row.details)
    .bind(&seal)
    .execute(&mut *connection)
    .await?;
    sqlx::query("UPDATE audit_chain SET seal = $1 WHERE id = 'only'").bind(seal).execute(connection).await?;
    Ok(())
}

/// Marks where the trail begins, before anything is written.
pub async fn begin(db: &Db, chain: &Chain) -> Result<()> {
    let Some((seq, seal)) = unmarked(db).await? else { return Ok(()) };
    let mark = chain.mark(seq, &seal);
    db.write(async move |connection| {
        sqlx::query("UPDATE audit_chain SET base_mark = $1 WHERE base_mark IS NULL AND seq = base_seq AND seq = $2")
            .bind(mark)
            .bind(seq)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

async fn unmarked(db: &Db) -> Result<Option<(i64, String)>> {
    Ok(sqlx::query_as("SELECT base_seq, base_seal FROM audit_chain WHERE base_mark IS NULL AND seq = base_seq")
        .fetch_optional(db.read())
        .await?)
}

/// The first events after a place in the trail, the first of them first.
pub async fn after(db: &Db, seq: i64, limit: i64) -> Result<Vec<Recorded>> {
    Ok(sqlx::query_as(
        "SELECT seq, at, kind, actor, user_id, client_id, object, address, user_agent, request_id, details FROM audit
         WHERE seq > $1 ORDER BY seq LIMIT $2",
    )
    .bind(seq)
    .bind(limit)
    .fetch_all(db.read())
    .await?)
}

/// The latest events of an account before a place in the trail, the last first.
pub async fn of_user(db: &Db, user: &UserId, before: i64, limit: i64) -> Result<Vec<Recorded>> {
    Ok(sqlx::query_as(
        "SELECT seq, at, kind, actor, user_id, client_id, object, address, user_agent, request_id, details FROM audit
         WHERE user_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
    )
    .bind(user)
    .bind(before)
    .bind(limit)
    .fetch_all(db.read())
    .await?)
}

/// The seal of a row.
pub async fn seal_of(db: &Db, seq: i64) -> Result<Option<String>> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT seal FROM audit WHERE seq = $1").bind(seq).fetch_optional(db.read()).await?;
    Ok(row.map(|(seal,)| seal))
}

/// Removes up to `limit` of the oldest rows, as far as all of them are older than `before`, and marks the new
/// beginning. Returns how many.
pub async fn forget(db: &Db, chain: &Chain, before: Timestamp, limit: i64) -> Result<u64> {
    let chain = chain.clone();
    db.transaction(async move |connection| {
        // The chain's row first: one at a time moves its beginning.
        let (base, end): (i64, i64) =
            sqlx::query_as("UPDATE audit_chain SET base_seq = base_seq WHERE id = 'only' RETURNING base_seq, seq")
                .fetch_one(&mut *connection)
                .await?;
        let kept: Option<(i64,)> = sqlx::query_as("SELECT seq FROM audit WHERE at >= $1 ORDER BY seq LIMIT 1")
            .bind(before)
            .fetch_optional(&mut *connection)
            .await?;
        let first: Option<(i64,)> =
            sqlx::query_as("SELECT seq FROM audit ORDER BY seq LIMIT 1").fetch_optional(&mut *connection).await?;
        let Some((first,)) = first else { return Ok(0) };
        // The last row stays in any case: it is the chain's end.
        let last = kept.map_or(end, |(seq,)| seq).min(end).min(first + limit) - 1;
        if last < first {
            return Ok(0);
        }
        if last > base {
            let (seal,): (String,) =
                sqlx::query_as("SELECT seal FROM audit WHERE seq = $1").bind(last).fetch_one(&mut *connection).await?;
            let mark = chain.mark(last, &seal);
            sqlx::query("UPDATE audit_chain SET base_seq = $1, base_seal = $2, base_mark = $3 WHERE id = 'only'")
                .bind(last)
                .bind(seal)
                .bind(mark)
                .execute(&mut *connection)
                .await?;
        }
        let removed = sqlx::query("DELETE FROM audit WHERE seq <= $1").bind(last).execute(connection).await?;
        Ok(removed.rows_affected())
    })
    .await
}

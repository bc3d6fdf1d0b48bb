//! Removing what has run out, in small steps that hold no lock for long.
use super::{Db, Result};
use crate::domain::Timestamp;

/// Rows that one statement removes at most.
const STEP: i64 = 500;

/// Each removes up to `$2` rows that ran out before `$1`.
const STATEMENTS: [&str; 12] = [
    "DELETE FROM sessions WHERE digest IN (SELECT digest FROM sessions WHERE expires_at <= $1 LIMIT $2)",
    "DELETE FROM revoked_tokens WHERE jti IN (SELECT jti FROM revoked_tokens WHERE expires_at <= $1 LIMIT $2)",
    // Kept for two days more, so that whoever goes on guessing waits longer and longer.
    "DELETE FROM attempts WHERE subject IN (SELECT subject FROM attempts WHERE expires_at <= $1 - 172800 LIMIT $2)",
    "DELETE FROM spent_challenges WHERE digest IN
         (SELECT digest FROM spent_challenges WHERE expires_at <= $1 LIMIT $2)",
    "DELETE FROM upstream_requests WHERE state IN
         (SELECT state FROM upstream_requests WHERE expires_at <= $1 LIMIT $2)",
    // A month without an account that they belong to.
    "DELETE FROM identities WHERE id IN
         (SELECT id FROM identities WHERE user_id IS NULL AND seen_at <= $1 - 2592000 LIMIT $2)
         AND user_id IS NULL",
    // A year without a visit.
    "DELETE FROM devices WHERE (user_id, digest) IN
         (SELECT user_id, digest FROM devices WHERE seen_at <= $1 - 31536000 LIMIT $2)",
    "DELETE FROM idempotency WHERE digest IN (SELECT digest FROM idempotency WHERE expires_at <= $1 LIMIT $2)",
    "DELETE FROM tickets WHERE id IN (SELECT id FROM tickets WHERE expires_at <= $1 LIMIT $2)",
    // A spent, expired or revoked grant is kept for a day, so that a replay is still seen as one.
    "DELETE FROM grants WHERE id IN (SELECT id FROM grants
         WHERE expires_at <= $1 - 86400 OR idle_expires_at <= $1 - 86400 OR revoked_at <= $1 - 86400
            OR (code_redeemed_at IS NULL AND code_expires_at <= $1 - 86400) LIMIT $2)",
    // Four hundred days: a year, and what it is compared with.
    "DELETE FROM audit_hours WHERE (hour, kind, method) IN
         (SELECT hour, kind, method FROM audit_hours WHERE hour <= $1 - 34560000 LIMIT $2)",
    // A month after it was told, or given up.
    "DELETE FROM deliveries WHERE id IN
         (SELECT id FROM deliveries WHERE due_at IS NULL AND created_at <= $1 - 2592000 LIMIT $2)",
];

/// Removes all that had run out by `now`; returns how many rows that were.
pub async fn run(db: &Db, now: Timestamp) -> Result<u64> {
    let mut removed = 0;
    for statement in STATEMENTS {
        loop {
            let step = db
                .write(async move |connection| {
                    let done = sqlx::query(statement).bind(now).bind(STEP).execute(connection).await?;
                    Ok(done.rows_affected())
                })
                .await?;
            removed += step;
            if step < STEP.unsigned_abs() {
                break;
            }
        }
    }
    Ok(removed)
}

//! Work that one node at a time does. A lease saves work, it guards nothing: whatever is done under one must be right even
//! if two nodes do it at once, as they do when one takes longer than its lease.
use super::{Db, Result};
use crate::domain::Timestamp;

/// Seconds after which a node that took a lease and went silent is taken for dead.
const LIFETIME: i64 = 300;

/// What is leased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Removing what has run out.
    Cleanup,
    /// Making, rotating and removing signing keys.
    Keys,
}

impl Work {
    const fn name(self) -> &'static str {
        match self {
            Self::Cleanup => "cleanup",
            Self::Keys => "keys",
        }
    }
}

/// Takes some work for `holder`, unless another is at it or it was done after `done_before`. Whether it is theirs.
pub async fn take(db: &Db, work: Work, holder: String, done_before: Timestamp, now: Timestamp) -> Result<bool> {
    db.write(async move |connection| {
        let taken = sqlx::query(
            "UPDATE leases SET holder = $2, expires_at = $3 + $4
             WHERE name = $1 AND expires_at <= $3 AND done_at <= $5",
        )
        .bind(work.name())
        .bind(holder)
        .bind(now)
        .bind(LIFETIME)
        .bind(done_before)
        .execute(connection)
        .await?;
        Ok(taken.rows_affected() == 1)
    })
    .await
}

/// Gives it back; `done_at` is when it was done, if it was. Nothing happens where another has it by now.
pub async fn give_back(db: &Db, work: Work, holder: String, done_at: Option<Timestamp>) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query(
            "UPDATE leases SET expires_at = 0, done_at = coalesce($3, done_at) WHERE name = $1 AND holder = $2",
        )
        .bind(work.name())
        .bind(holder)
        .bind(done_at)
        .execute(connection)
        .await?;
        Ok(())
    })
    .await
}

//! What is good once, and was used: challenges, nonces and tokens of others, as digests, until they would be good no
//! longer anyway.
use super::{Db, Result};
use crate::domain::{Digest, Timestamp};
use sqlx::AnyConnection;

/// Uses one thing up. Of several callers one wins.
pub async fn spend(db: &Db, digest: Digest, expires_at: Timestamp) -> Result<bool> {
    db.write(async move |connection| insert(connection, digest, expires_at).await).await
}

/// Uses two things up at once: which of them were not used up before.
pub async fn spend_both(db: &Db, things: [(Digest, Timestamp); 2]) -> Result<[bool; 2]> {
    db.transaction(async move |connection| {
        let [(first, until), (second, then)] = things;
        Ok([insert(connection, first, until).await?, insert(connection, second, then).await?])
    })
    .await
}

/// The same as a part of what it is good for.
pub(super) async fn insert(connection: &mut AnyConnection, digest: Digest, expires_at: Timestamp) -> Result<bool> {
    let spent = sqlx::query("INSERT INTO spent_challenges (digest, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(digest)
        .bind(expires_at)
        .execute(connection)
        .await?;
    Ok(spent.rows_affected() > 0)
}

//! What people have agreed to.
use super::{Db, Result};
use crate::domain::{ClientId, Consent, Scopes, Timestamp, UserId};

/// What a person has agreed to let a client have; nothing, when they were never asked.
pub async fn find(db: &Db, user: &UserId, client: &ClientId) -> Result<Scopes> {
    let row: Option<(Scopes,)> = sqlx::query_as("SELECT scopes FROM consents WHERE user_id = $1 AND client_id = $2")
        .bind(user)
        .bind(client)
        .fetch_optional(db.read())
        .await?;
    Ok(row.map(|(scopes,)| scopes).unwrap_or_default())
}

/// Remembers what a person agrees to, in place of what they agreed to before.
pub async fn remember(db: &Db, consent: Consent, now: Timestamp) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query(
            "INSERT INTO consents (user_id, client_id, scopes, granted_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (user_id, client_id) DO UPDATE SET scopes = excluded.scopes, granted_at = excluded.granted_at",
        )
        .bind(consent.user_id)
        .bind(consent.client_id)
        .bind(consent.scopes)
        .bind(now)
        .execute(connection)
        .await?;
        Ok(())
    })
    .await
}

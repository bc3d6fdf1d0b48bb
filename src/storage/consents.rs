//! What people have agreed to.
use super::{Db, Result};
use crate::domain::{ClientId, Consent, Scopes, Timestamp, UserId};
use sqlx::AnyConnection;

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

/// All that a person has agreed to, with when they last did.
pub async fn of_user(db: &Db, user: &UserId) -> Result<Vec<(Consent, Timestamp)>> {
    let rows: Vec<(ClientId, Scopes, Timestamp)> = sqlx::query_as(
        "SELECT client_id, scopes, granted_at FROM consents WHERE user_id = $1 ORDER BY granted_at DESC, client_id",
    )
    .bind(user)
    .fetch_all(db.read())
    .await?;
    let consent = |(client_id, scopes, at)| (Consent { user_id: user.clone(), client_id, scopes }, at);
    Ok(rows.into_iter().map(consent).collect())
}

/// Takes back what a person has agreed to, and everything that the client got by it. `false`: there was nothing.
pub async fn withdraw(db: &Db, user: UserId, client: ClientId, now: Timestamp) -> Result<bool> {
    db.transaction(async move |connection| take_back(connection, &user, &client, now).await).await
}

pub(super) async fn take_back(
    connection: &mut AnyConnection,
    user: &UserId,
    client: &ClientId,
    now: Timestamp,
) -> Result<bool> {
    let consent = sqlx::query("DELETE FROM consents WHERE user_id = $1 AND client_id = $2")
        .bind(user)
        .bind(client)
        .execute(&mut *connection)
        .await?;
    let grants =
        sqlx::query("UPDATE grants SET revoked_at = $3 WHERE user_id = $1 AND client_id = $2 AND revoked_at IS NULL")
            .bind(user)
            .bind(client)
            .bind(now)
            .execute(connection)
            .await?;
    Ok(consent.rows_affected() + grants.rows_affected() > 0)
}

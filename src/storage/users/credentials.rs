//! What people prove who they are by: passwords; and how all of it is taken away.
use crate::{
    domain::{SessionId, Timestamp, UserId},
    storage::{Db, Result, passkeys, second_factors, sessions, tickets},
};
use sqlx::AnyConnection;

/// The hash of a person's password, if they have one.
pub async fn password_hash(db: &Db, id: &UserId) -> Result<Option<String>> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT hash FROM passwords WHERE user_id = $1").bind(id).fetch_optional(db.read()).await?;
    Ok(row.map(|(hash,)| hash))
}

/// Gives a person a new password. Whatever began in other browsers ends.
pub async fn set_password(db: &Db, id: UserId, hash: String, here: SessionId, now: Timestamp) -> Result<()> {
    db.transaction(async move |connection| {
        put_password(connection, &id, hash, now).await?;
        sessions::end_all(connection, &id, Some(&here), now).await?;
        tickets::kill(connection, &id).await
    })
    .await
}

pub(in crate::storage) async fn put_password(
    connection: &mut AnyConnection,
    id: &UserId,
    hash: String,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO passwords (user_id, hash, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at",
    )
    .bind(id)
    .bind(hash)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

pub(in crate::storage) async fn remove_password(connection: &mut AnyConnection, id: &UserId) -> Result<()> {
    sqlx::query("DELETE FROM passwords WHERE user_id = $1").bind(id).execute(connection).await?;
    Ok(())
}

/// Removes all that signing in takes besides a password.
pub(in crate::storage) async fn remove_factors(connection: &mut AnyConnection, id: &UserId) -> Result<()> {
    passkeys::remove_all(connection, id).await?;
    second_factors::turn_off(connection, id).await?;
    Ok(())
}

/// Removes what of that was set up since then; and asks for no second factor any more where none is left.
pub(in crate::storage) async fn remove_factors_since(
    connection: &mut AnyConnection,
    id: &UserId,
    since: Timestamp,
) -> Result<()> {
    for statement in [
        "DELETE FROM passkeys WHERE user_id = $1 AND created_at >= $2",
        "DELETE FROM totp WHERE user_id = $1 AND created_at >= $2",
        "DELETE FROM two_step WHERE user_id = $1 AND (since >= $2
             OR user_id NOT IN (SELECT user_id FROM passkeys UNION SELECT user_id FROM totp))",
    ] {
        sqlx::query(statement).bind(id).bind(since).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Stores a password's hash made with newer settings, unless the password was changed meanwhile.
pub async fn rehash(db: &Db, id: UserId, old: String, new: String) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("UPDATE passwords SET hash = $3 WHERE user_id = $1 AND hash = $2")
            .bind(id)
            .bind(old)
            .bind(new)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

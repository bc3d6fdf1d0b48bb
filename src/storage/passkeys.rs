//! Passkeys.
use super::{
    Db, Result,
    identities::{self, Ways},
};
use crate::domain::{MOST_PASSKEYS, PasskeyId, PasskeyName, Timestamp, UserId};
use sqlx::AnyConnection;

/// A passkey.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StoredPasskey {
    /// As its owner's pages name it.
    pub id: PasskeyId,
    /// Whose it is.
    pub user_id: UserId,
    /// As its authenticator names it: base64url.
    pub credential_id: String,
    /// What judging its answers takes, as JSON.
    pub credential: String,
    /// How often it has signed; 0 where its authenticator does not count.
    pub counter: i64,
    /// What its owner calls it.
    pub name: PasskeyName,
    /// When it was added.
    pub created_at: Timestamp,
    /// When somebody last signed in, or proved something, by it.
    pub last_used_at: Option<Timestamp>,
}

/// The passkeys of a person, the oldest first.
pub async fn of_user(db: &Db, user: &UserId) -> Result<Vec<StoredPasskey>> {
    Ok(sqlx::query_as(
        "SELECT id, user_id, credential_id, credential, counter, name, created_at, last_used_at
         FROM passkeys WHERE user_id = $1 ORDER BY created_at, id",
    )
    .bind(user)
    .fetch_all(db.read())
    .await?)
}

/// The passkey that an authenticator names, of a person who may sign in.
pub async fn find_to_sign_in(db: &Db, credential_id: &str) -> Result<Option<StoredPasskey>> {
    Ok(sqlx::query_as(
        "SELECT p.id, p.user_id, p.credential_id, p.credential, p.counter, p.name, p.created_at, p.last_used_at
         FROM passkeys p JOIN users u ON u.id = p.user_id WHERE p.credential_id = $1 AND u.disabled_at IS NULL",
    )
    .bind(credential_id)
    .fetch_optional(db.read())
    .await?)
}

/// Adds one. `false`: somebody has it already, or its owner has as many as they may.
pub async fn insert(db: &Db, new: StoredPasskey) -> Result<bool> {
    db.transaction(async move |connection| {
        hold(connection, &new.user_id).await?;
        let added = sqlx::query(
            "INSERT INTO passkeys
                 (id, user_id, credential_id, credential, counter, name, created_at, last_used_at)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE (SELECT count(*) FROM passkeys WHERE user_id = $2) < $9
             ON CONFLICT DO NOTHING",
        )
        .bind(new.id)
        .bind(new.user_id)
        .bind(new.credential_id)
        .bind(new.credential)
        .bind(new.counter)
        .bind(new.name)
        .bind(new.created_at)
        .bind(new.last_used_at)
        .bind(MOST_PASSKEYS)
        .execute(connection)
        .await?;
        Ok(added.rows_affected() > 0)
    })
    .await
}

/// Writes down that a passkey has signed once more. `false`: it has signed as often before, as only a
/// copy of it can, or its owner may not sign in any more.
pub async fn used(db: &Db, id: PasskeyId, credential: String, counter: i64, now: Timestamp) -> Result<bool> {
    db.write(async move |connection| {
        let used = sqlx::query(
            "UPDATE passkeys SET credential = $2, counter = $3, last_used_at = $4
             WHERE id = $1 AND (counter < $3 OR (counter = 0 AND $3 = 0))
               AND user_id IN (SELECT id FROM users WHERE disabled_at IS NULL)",
        )
        .bind(id)
        .bind(credential)
        .bind(counter)
        .bind(now)
        .execute(connection)
        .await?;
        Ok(used.rows_affected() > 0)
    })
    .await
}

/// Gives a person's passkey another name.
pub async fn rename(db: &Db, id: PasskeyId, user: UserId, name: PasskeyName) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("UPDATE passkeys SET name = $3 WHERE id = $1 AND user_id = $2")
            .bind(id)
            .bind(user)
            .bind(name)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

/// What came of removing a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It is gone.
    Done,
    /// The person has none of that id.
    Unknown,
    /// It stays: without it they could not sign in.
    OnlyWayIn,
    /// It stays: they have no other second factor, and are asked for one.
    OnlySecondFactor,
}

/// Removes a person's passkey, unless it is all that they have. `ways`: what else they may sign in with.
pub async fn remove(db: &Db, id: PasskeyId, user: UserId, ways: Ways) -> Result<Removal> {
    db.transaction(async move |connection| take(connection, &id, &user, &ways).await).await
}

pub(super) async fn take(
    connection: &mut AnyConnection,
    id: &PasskeyId,
    user: &UserId,
    ways: &Ways,
) -> Result<Removal> {
    // Of two at once, each of which sees the other, one would be the last.
    hold(connection, user).await?;
    let elsewhere = identities::ways_elsewhere(connection, user, None, ways).await?;
    let removed = sqlx::query(
        "DELETE FROM passkeys WHERE id = $1 AND user_id = $2 AND (
             (SELECT count(*) FROM passkeys WHERE user_id = $2) > 1
             OR (
                 ($2 IN (SELECT user_id FROM passwords) OR $3 > 0)
                 AND ($2 NOT IN (SELECT user_id FROM two_step)
                      OR $2 IN (SELECT user_id FROM totp WHERE confirmed_at IS NOT NULL))
             )
         )",
    )
    .bind(id)
    .bind(user)
    .bind(elsewhere)
    .execute(&mut *connection)
    .await?;
    if removed.rows_affected() > 0 {
        return Ok(Removal::Done);
    }
    let (kept, passwords): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM passkeys WHERE id = $1 AND user_id = $2),
                (SELECT count(*) FROM passwords WHERE user_id = $2)",
    )
    .bind(id)
    .bind(user)
    .fetch_one(connection)
    .await?;
    Ok(match (kept, passwords + elsewhere) {
        (0, _) => Removal::Unknown,
        (_, 0) => Removal::OnlyWayIn,
        _ => Removal::OnlySecondFactor,
    })
}

/// Removes all passkeys of a person, whatever else they have; returns how many.
pub(super) async fn remove_all(connection: &mut AnyConnection, user: &UserId) -> Result<u64> {
    let removed = sqlx::query("DELETE FROM passkeys WHERE user_id = $1").bind(user).execute(connection).await?;
    Ok(removed.rows_affected())
}

/// Holds a person's row, so that what they have is counted by one at a time.
pub(super) async fn hold(connection: &mut AnyConnection, user: &UserId) -> Result<()> {
    sqlx::query("UPDATE users SET updated_at = updated_at WHERE id = $1").bind(user).execute(connection).await?;
    Ok(())
}

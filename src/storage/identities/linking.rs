//! Identities that come to an account: one that is there, or a new one.
use crate::{
    domain::{Chain, IdentityId, NewEvent, ProviderName, Timestamp, User, UserId},
    storage::{Db, Error, Result, audit, sessions, tickets, users},
};
use sqlx::AnyConnection;

/// Gives an identity that is nobody's to a person. `false`: it is somebody's meanwhile, or suspended.
pub async fn link(db: &Db, id: IdentityId, user: UserId, now: Timestamp) -> Result<bool> {
    db.write(async move |connection| join(connection, &id, &user, now).await).await
}

async fn join(connection: &mut AnyConnection, id: &IdentityId, user: &UserId, now: Timestamp) -> Result<bool> {
    let linked = sqlx::query(
        "UPDATE identities SET user_id = $2, created_at = $3 WHERE id = $1 AND user_id IS NULL
             AND suspended_at IS NULL AND $2 IN (SELECT id FROM users WHERE disabled_at IS NULL)",
    )
    .bind(id)
    .bind(user)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(linked.rows_affected() > 0)
}

/// Makes an account for an identity that is nobody's. `false`: it is somebody's meanwhile, or suspended. An address or user name that
/// is taken is a conflict, and nothing is made.
pub async fn create(db: &Db, id: IdentityId, user: User, now: Timestamp) -> Result<bool> {
    db.transaction(async move |connection| {
        // Held before the account is made: of two at once, one makes none.
        let held = sqlx::query(
            "UPDATE identities SET seen_at = $2 WHERE id = $1 AND user_id IS NULL AND suspended_at IS NULL",
        )
        .bind(&id)
        .bind(now)
        .execute(&mut *connection)
        .await?;
        if held.rows_affected() == 0 {
            return Ok(false);
        }
        users::add(connection, &user, None).await?;
        join(connection, &id, &user.id, now).await
    })
    .await
}

/// Adds a person who has signed in elsewhere before, at providers that know them by these subjects. What is somebody's
/// already, an identity or whatever else, is a conflict, and nothing is added.
pub async fn import(
    db: &Db,
    chain: &Chain,
    user: User,
    password_hash: Option<String>,
    identities: Vec<(ProviderName, String)>,
    event: NewEvent,
) -> Result<()> {
    let chain = chain.clone();
    db.transaction(async move |connection| {
        users::add(connection, &user, password_hash).await?;
        for (provider, subject) in identities {
            let added = sqlx::query(
                "INSERT INTO identities (id, provider, subject, user_id, said, created_at, seen_at)
                 VALUES ($1, $2, $3, $4, '{}', $5, $5) ON CONFLICT (provider, subject) DO NOTHING",
            )
            .bind(IdentityId::random())
            .bind(provider)
            .bind(subject)
            .bind(&user.id)
            .bind(user.created_at)
            .execute(&mut *connection)
            .await?;
            if added.rows_affected() == 0 {
                return Err(Error::Conflict);
            }
        }
        audit::append(connection, &chain, event, user.created_at).await
    })
    .await
}

/// Gives an identity to an account whose address nobody had proved, and its provider now has: whatever was set up there
/// before goes, for anybody may have done that. `false`: either has changed meanwhile.
pub async fn take_over(db: &Db, id: IdentityId, user: UserId, now: Timestamp) -> Result<bool> {
    db.transaction(async move |connection| {
        if !users::mark_verified(connection, &user, now).await? || !join(connection, &id, &user, now).await? {
            return Err(Error::Conflict);
        }
        users::remove_password(connection, &user).await?;
        users::remove_factors(connection, &user).await?;
        release(connection, &user, Some(&id)).await?;
        sessions::end_all(connection, &user, None, now).await?;
        tickets::kill(connection, &user).await?;
        Ok(true)
    })
    .await
}

/// Takes all identities from a person but one.
pub(in crate::storage) async fn release(
    connection: &mut AnyConnection,
    user: &UserId,
    but: Option<&IdentityId>,
) -> Result<()> {
    sqlx::query("DELETE FROM identities WHERE user_id = $1 AND ($2 IS NULL OR id <> $2)")
        .bind(user)
        .bind(but)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes those from a person that were linked since then.
pub(in crate::storage) async fn release_since(
    connection: &mut AnyConnection,
    user: &UserId,
    since: Timestamp,
) -> Result<()> {
    sqlx::query("DELETE FROM identities WHERE user_id = $1 AND created_at >= $2")
        .bind(user)
        .bind(since)
        .execute(connection)
        .await?;
    Ok(())
}

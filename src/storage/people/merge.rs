//! Two accounts of one person become one.
use super::{
    acts::{Acted, Target, hold_person},
    effects::delete,
};
use crate::{
    domain::{Chain, NewEvent, Timestamp, User, UserId},
    storage::{Db, Result, audit, columns::to_json, sessions, tickets, users},
};
use sqlx::AnyConnection;

/// What is made one.
#[derive(Debug, Clone)]
pub struct Merger {
    /// The account that goes.
    pub from: Target,
    /// The account that stays.
    pub into: Target,
    /// What is known of the person then.
    pub user: User,
}

/// What two accounts have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct InCommon {
    /// Ways in by other providers that the one that goes has.
    pub identities: i64,
    /// Its passkeys.
    pub passkeys: i64,
    /// Apps that it agreed to, and the other did not.
    pub consents: i64,
    /// Its groups that the other is not in.
    pub groups: i64,
    /// Apps that both agreed to: what the one that stays agreed to holds.
    pub both_consents: i64,
    /// Passkeys of both together.
    pub all_passkeys: i64,
}

/// What would move, and what both have.
pub async fn in_common(db: &Db, from: &UserId, into: &UserId) -> Result<InCommon> {
    Ok(sqlx::query_as(
        "SELECT (SELECT count(*) FROM identities WHERE user_id = $1) AS identities,
             (SELECT count(*) FROM passkeys WHERE user_id = $1) AS passkeys,
             (SELECT count(*) FROM consents c WHERE c.user_id = $1 AND NOT EXISTS (
                 SELECT 1 FROM consents o WHERE o.user_id = $2 AND o.client_id = c.client_id)) AS consents,
             (SELECT count(*) FROM members m WHERE m.user_id = $1 AND NOT EXISTS (
                 SELECT 1 FROM members o WHERE o.user_id = $2 AND o.group_id = m.group_id)) AS groups,
             (SELECT count(*) FROM consents c WHERE c.user_id = $1 AND EXISTS (
                 SELECT 1 FROM consents o WHERE o.user_id = $2 AND o.client_id = c.client_id)) AS both_consents,
             (SELECT count(*) FROM passkeys WHERE user_id = $1 OR user_id = $2) AS all_passkeys",
    )
    .bind(from)
    .bind(into)
    .fetch_one(db.read())
    .await?)
}

/// Makes one account of two. All that has begun in either ends.
pub async fn merge(db: &Db, chain: &Chain, merger: Merger, event: NewEvent, now: Timestamp) -> Result<Acted> {
    let chain = chain.clone();
    db.transaction(async move |connection| {
        let Merger { from, into, user } = merger;
        // In one order, so that two at once do not wait for each other.
        let mut both = [(&from, false), (&into, true)];
        both.sort_by(|one, other| one.0.id.cmp(&other.0.id));
        for (target, is_new) in both {
            if !hold_person(connection, target, is_new, now).await? {
                return Err(crate::storage::Error::Conflict);
            }
        }
        sessions::end_all(connection, &from.id, None, now).await?;
        sessions::end_all(connection, &into.id, None, now).await?;
        tickets::kill(connection, &into.id).await?;
        carry_over(connection, &from.id, &into.id).await?;
        // Gone first: the address or user name may be what the other gets.
        delete(connection, &from.id).await?;
        describe(connection, &user, now).await?;
        audit::append(connection, &chain, event, now).await?;
        Ok(Acted::Done)
    })
    .await
}

async fn carry_over(connection: &mut AnyConnection, from: &UserId, into: &UserId) -> Result<()> {
    for statement in [
        "UPDATE identities SET user_id = $2 WHERE user_id = $1",
        "UPDATE passkeys SET user_id = $2 WHERE user_id = $1",
        "UPDATE consents SET user_id = $2 WHERE user_id = $1 AND client_id NOT IN (
             SELECT client_id FROM consents WHERE user_id = $2)",
        "UPDATE members SET user_id = $2 WHERE user_id = $1 AND group_id NOT IN (
             SELECT group_id FROM members WHERE user_id = $2)",
        "UPDATE passwords SET user_id = $2 WHERE user_id = $1 AND NOT EXISTS (
             SELECT 1 FROM passwords o WHERE o.user_id = $2)",
    ] {
        sqlx::query(statement).bind(from).bind(into).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn describe(connection: &mut AnyConnection, user: &User, now: Timestamp) -> Result<()> {
    sqlx::query(
        "UPDATE users SET email = $2, email_verified_at = $3, username = $4, name = $5, profile = $6 WHERE id = $1",
    )
    .bind(&user.id)
    .bind(&user.email)
    .bind(user.email_verified_at)
    .bind(&user.username)
    .bind(&user.name)
    .bind(to_json(&user.profile)?)
    .execute(&mut *connection)
    .await?;
    users::renew_terms(connection, &user.id, now).await
}

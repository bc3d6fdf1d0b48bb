//! What follows from what is done to somebody.
use super::acts::{Act, Acted, Target};
use crate::{
    domain::{IdentityId, PasskeyId, Timestamp, User, UserId},
    storage::{
        Result, api_keys,
        columns::to_json,
        consents,
        identities::{self, Unlinking, Ways},
        passkeys::{self, Removal},
        second_factors, sessions, tickets, users,
    },
};
use sqlx::AnyConnection;

/// Does it. Whoever calls holds the person.
pub(super) async fn perform(
    connection: &mut AnyConnection,
    target: &Target,
    act: Act,
    now: Timestamp,
) -> Result<Acted> {
    let id = &target.id;
    let done = match act {
        Act::RemovePasskey(passkey, ways) => return remove_passkey(connection, id, &passkey, &ways, now).await,
        Act::Unlink(identity, ways) => return unlink(connection, id, &identity, &ways, now).await,
        act => alter(connection, id, act, now).await?,
    };
    Ok(Acted::done_if(done))
}

async fn remove_passkey(
    connection: &mut AnyConnection,
    id: &UserId,
    passkey: &PasskeyId,
    ways: &Ways,
    now: Timestamp,
) -> Result<Acted> {
    Ok(match passkeys::take(connection, passkey, id, ways).await? {
        Removal::Done => {
            sessions::end_all(connection, id, None, now).await?;
            Acted::Done
        }
        Removal::Unknown => Acted::Nothing,
        Removal::OnlyWayIn => Acted::OnlyWayIn,
        Removal::OnlySecondFactor => Acted::OnlySecondFactor,
    })
}

async fn unlink(
    connection: &mut AnyConnection,
    id: &UserId,
    identity: &IdentityId,
    ways: &Ways,
    now: Timestamp,
) -> Result<Acted> {
    Ok(match identities::take(connection, identity, id, ways, None, now).await? {
        Unlinking::Done => Acted::Done,
        Unlinking::Unknown => Acted::Nothing,
        Unlinking::OnlyWayIn => Acted::OnlyWayIn,
    })
}

/// `false`: nothing was there to be done.
async fn alter(connection: &mut AnyConnection, id: &UserId, act: Act, now: Timestamp) -> Result<bool> {
    match act {
        Act::Describe(user) => describe(connection, &user, now).await?,
        Act::Disable => {
            if !set(connection, id, "UPDATE users SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL", now)
                .await?
            {
                return Ok(false);
            }
            tickets::kill(connection, id).await?;
            end_powers(connection, id, now).await?;
        }
        Act::Enable => {
            let enable = "UPDATE users SET disabled_at = NULL WHERE id = $1 AND disabled_at IS NOT NULL AND $2 > 0";
            return set(connection, id, enable, now).await;
        }
        Act::Verify => {
            let verify = "UPDATE users SET email_verified_at = $2
                          WHERE id = $1 AND email IS NOT NULL AND email_verified_at IS NULL";
            return set(connection, id, verify, now).await;
        }
        Act::RemoveFactors { keep_passkeys } => {
            let was_on = second_factors::turn_off(connection, id).await?;
            let passkeys = if keep_passkeys { 0 } else { passkeys::remove_all(connection, id).await? };
            if !was_on && passkeys == 0 {
                return Ok(false);
            }
            sessions::end_all(connection, id, None, now).await?;
        }
        Act::EndAll => sessions::end_all(connection, id, None, now).await?,
        Act::End(sid) => return sessions::end_one(connection, &sid, id, now).await,
        Act::Withdraw(client) => return consents::take_back(connection, id, &client, now).await,
        Act::SetRole(role) => {
            sqlx::query("UPDATE users SET role = $2 WHERE id = $1")
                .bind(id)
                .bind(role)
                .execute(&mut *connection)
                .await?;
            end_powers(connection, id, now).await?;
        }
        Act::Freeze | Act::Leave(_) => {
            let at = if let Act::Leave(at) = act { Some(at) } else { None };
            if !users::go(connection, id, at, now).await? {
                return Ok(false);
            }
            end_powers(connection, id, now).await?;
        }
        Act::ComeBack => return users::thaw(connection, id, now).await,
        Act::Delete => {
            end_powers(connection, id, now).await?;
            delete(connection, id).await?;
        }
        Act::RemovePasskey(..) | Act::Unlink(..) => return Ok(false),
    }
    Ok(true)
}

async fn set(connection: &mut AnyConnection, id: &UserId, statement: &'static str, now: Timestamp) -> Result<bool> {
    Ok(sqlx::query(statement).bind(id).bind(now).execute(connection).await?.rows_affected() > 0)
}

/// Ends all that a person has begun, and the keys that they have made, for they know these.
async fn end_powers(connection: &mut AnyConnection, id: &UserId, now: Timestamp) -> Result<()> {
    sessions::end_all(connection, id, None, now).await?;
    api_keys::revoke_those_of(connection, id, now).await
}

pub(super) async fn delete(connection: &mut AnyConnection, id: &UserId) -> Result<()> {
    sqlx::query("DELETE FROM users WHERE id = $1").bind(id).execute(connection).await?;
    Ok(())
}

/// Stores what an operator says of somebody. What was mailed to another address is worth nothing any more, not even the
/// way back to it.
async fn describe(connection: &mut AnyConnection, user: &User, now: Timestamp) -> Result<()> {
    let (before,): (Option<String>,) =
        sqlx::query_as("SELECT email FROM users WHERE id = $1").bind(&user.id).fetch_one(&mut *connection).await?;
    let is_another = before.as_deref() != user.email.as_ref().map(crate::domain::Email::as_str);
    if let Some(email) = user.proved_email().filter(|_| is_another) {
        users::yield_email(connection, &user.id, email, now).await?;
    }
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
    users::renew_terms(connection, &user.id, now).await?;
    if is_another {
        tickets::undo_since(connection, &user.id, Timestamp(0), now).await?;
    }
    Ok(())
}

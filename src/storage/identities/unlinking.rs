//! Identities that leave their account: never the last way in, and with all that began by them.
use super::linking::release_since;
use crate::{
    domain::{Digest, Email, Ending, IdentityId, ProviderName, SessionId, TicketPurpose, Timestamp, UserId},
    storage::{
        Db, Result,
        passkeys::hold,
        sessions::{self, Abroad},
        tickets, users,
    },
};
use sqlx::AnyConnection;

/// What came of taking an identity from its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlinking {
    /// It is nobody's.
    Done,
    /// The person has none of that id.
    Unknown,
    /// It stays: without it they could not sign in.
    OnlyWayIn,
}

/// What people can sign in with now, besides what they have themselves.
#[derive(Debug, Clone)]
pub struct Ways {
    /// The providers that they can come from.
    pub providers: Vec<ProviderName>,
    /// Whether a verified address is a way in.
    pub by_mail: bool,
}

/// Takes an identity from its person, who is signed in `here`, unless they could not sign in without it.
pub async fn unlink(
    db: &Db,
    id: IdentityId,
    user: UserId,
    ways: Ways,
    here: SessionId,
    now: Timestamp,
) -> Result<Unlinking> {
    db.transaction(async move |connection| take(connection, &id, &user, &ways, Some(here), now).await).await
}

/// The same, and ends what began by it: whoever has that account may be in. `here` goes on.
pub(in crate::storage) async fn take(
    connection: &mut AnyConnection,
    id: &IdentityId,
    user: &UserId,
    ways: &Ways,
    here: Option<SessionId>,
    now: Timestamp,
) -> Result<Unlinking> {
    // Of two at once, each of which sees the other, one would be the last.
    hold(connection, user).await?;
    let found: Option<(ProviderName,)> =
        sqlx::query_as("SELECT provider FROM identities WHERE id = $1 AND user_id = $2")
            .bind(id)
            .bind(user)
            .fetch_optional(&mut *connection)
            .await?;
    let Some((provider,)) = found else { return Ok(Unlinking::Unknown) };
    if !has_other_way(connection, user, id, ways).await? {
        return Ok(Unlinking::OnlyWayIn);
    }
    let (user, identity) = (user.clone(), id.clone());
    let abroad = Abroad { user, identity, provider, session: None, until: now, but: here };
    sessions::end_abroad(connection, &abroad, Ending::Everything, now).await?;
    delete(connection, id).await?;
    Ok(Unlinking::Done)
}

/// Whether a person can sign in without an identity.
pub(in crate::storage) async fn has_other_way(
    connection: &mut AnyConnection,
    user: &UserId,
    but: &IdentityId,
    ways: &Ways,
) -> Result<bool> {
    let elsewhere = ways_elsewhere(connection, user, Some(but), ways).await?;
    Ok(elsewhere > 0 || has_own_way(connection, user, ways.by_mail).await?)
}

/// With how many identities a person can sign in now. `but`: one that does not count.
pub(in crate::storage) async fn ways_elsewhere(
    connection: &mut AnyConnection,
    user: &UserId,
    but: Option<&IdentityId>,
    ways: &Ways,
) -> Result<i64> {
    let all: Vec<(ProviderName,)> = sqlx::query_as(
        "SELECT provider FROM identities WHERE user_id = $1 AND ($2 IS NULL OR id <> $2) AND suspended_at IS NULL",
    )
    .bind(user)
    .bind(but)
    .fetch_all(connection)
    .await?;
    let good = all.iter().filter(|(provider,)| ways.providers.contains(provider)).count();
    Ok(i64::try_from(good).unwrap_or(i64::MAX))
}

/// Whether a person can sign in here, without any provider.
async fn has_own_way(connection: &mut AnyConnection, user: &UserId, by_mail: bool) -> Result<bool> {
    let (passwords, passkeys, addresses): (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM passwords WHERE user_id = $1),
                (SELECT count(*) FROM passkeys WHERE user_id = $1),
                (SELECT count(*) FROM users WHERE id = $1 AND email IS NOT NULL AND email_verified_at IS NOT NULL)",
    )
    .bind(user)
    .fetch_one(connection)
    .await?;
    Ok(passwords > 0 || passkeys > 0 || by_mail && addresses > 0)
}

/// Deletes an identity. `false`: there is none of that id.
pub(in crate::storage) async fn delete(connection: &mut AnyConnection, id: &IdentityId) -> Result<bool> {
    let deleted = sqlx::query("DELETE FROM identities WHERE id = $1").bind(id).execute(connection).await?;
    Ok(deleted.rows_affected() > 0)
}

/// A link that was undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// Whose account it was.
    pub user: UserId,
    /// Whether its address was another one meanwhile.
    pub moved: bool,
}

/// Undoes a link that its owner did not want: spends the ticket that they were mailed, takes the identity away and ends
/// every session. `None`: the ticket is not good any more. Whoever linked it may have changed the address since, and is
/// not to be mailed the way back: so the account has that again to which the ticket went. One that somebody else has
/// proved meanwhile to be theirs is a conflict, and the ticket stays.
pub async fn undo(db: &Db, digest: Digest, now: Timestamp) -> Result<Option<Undone>> {
    db.transaction(async move |connection| {
        let Some(ticket) = tickets::redeem(connection, TicketPurpose::UndoLink, digest, now).await? else {
            return Ok(None);
        };
        let (Some(user), Some(identity)) = (ticket.user, ticket.data) else { return Ok(None) };
        sqlx::query("DELETE FROM identities WHERE id = $1 AND user_id = $2")
            .bind(identity)
            .bind(&user)
            .execute(&mut *connection)
            .await?;
        // Whoever linked it was in, and may know the password.
        users::remove_password(connection, &user).await?;
        users::remove_factors_since(connection, &user, ticket.created_at).await?;
        release_since(connection, &user, ticket.created_at).await?;
        sessions::end_all(connection, &user, None, now).await?;
        let (current,): (Option<Email>,) =
            sqlx::query_as("SELECT email FROM users WHERE id = $1").bind(&user).fetch_one(&mut *connection).await?;
        let moved = ticket.email.filter(|email| current.as_ref() != Some(email));
        match &moved {
            Some(email) => {
                users::put_email(connection, &user, email, now).await?;
                tickets::undo_since(connection, &user, ticket.created_at, now).await?;
            }
            None => tickets::kill(connection, &user).await?,
        }
        Ok(Some(Undone { user, moved: moved.is_some() }))
    })
    .await
}

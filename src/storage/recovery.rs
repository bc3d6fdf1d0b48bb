//! What a ticket does when it is spent. Each is one transaction, whose first statement spends it: whoever
//! comes second changes nothing.
use super::{Db, Result, identities, sessions, tickets, users};
use crate::domain::{Digest, Email, Ticket, TicketPurpose, Timestamp, UserId};
use sqlx::AnyConnection;

/// A ticket that was spent on an account.
#[derive(Debug)]
pub struct Proved {
    /// Whose account it is.
    pub user: UserId,
    /// What the ticket was.
    pub ticket: Ticket,
    /// Whether nobody had proved the address before: then what could open the account was taken away.
    pub first: bool,
}

/// Spends the ticket of a link on a new password. Whatever had begun with the old one ends.
pub async fn reset_password(db: &Db, digest: Digest, hash: String, now: Timestamp) -> Result<Option<Proved>> {
    db.transaction(async move |connection| {
        let Some(proved) = spend(connection, TicketPurpose::Reset, digest, now).await? else { return Ok(None) };
        users::put_password(connection, &proved.user, hash, now).await?;
        sessions::end_all(connection, &proved.user, None, now).await?;
        tickets::kill(connection, &proved.user).await?;
        Ok(Some(proved))
    })
    .await
}

/// Spends the ticket of a link, or of a code, on signing in.
pub async fn sign_in(db: &Db, digest: Digest, now: Timestamp) -> Result<Option<Proved>> {
    db.transaction(async move |connection| {
        let Some(proved) = spend(connection, TicketPurpose::SignIn, digest, now).await? else { return Ok(None) };
        if proved.first {
            users::remove_password(connection, &proved.user).await?;
            sessions::end_all(connection, &proved.user, None, now).await?;
            tickets::kill(connection, &proved.user).await?;
        }
        Ok(Some(proved))
    })
    .await
}

/// Spends the ticket of a link that opens nothing: on showing that mail reaches the address, or on using a frozen account
/// again.
pub async fn spend_quietly(db: &Db, purpose: TicketPurpose, digest: Digest, now: Timestamp) -> Result<Option<UserId>> {
    db.transaction(async move |connection| {
        let Some(ticket) = tickets::redeem(connection, purpose, digest, now).await? else { return Ok(None) };
        let Some(user) = ticket.user else { return Ok(None) };
        if purpose == TicketPurpose::Unfreeze {
            users::thaw(connection, &user, now).await?;
        } else {
            users::mark_verified(connection, &user, now).await?;
        }
        Ok(Some(user))
    })
    .await
}

/// Spends a ticket that proves its person's address. Where nobody had done so before, anybody may have
/// made the account with somebody else's address, and set it up: so passkeys, second factor, recovery
/// codes and what it was linked with go.
async fn spend(
    connection: &mut AnyConnection,
    purpose: TicketPurpose,
    digest: Digest,
    now: Timestamp,
) -> Result<Option<Proved>> {
    let Some(ticket) = tickets::redeem(connection, purpose, digest, now).await? else { return Ok(None) };
    let Some(user) = ticket.user.clone() else { return Ok(None) };
    let first = users::mark_verified(connection, &user, now).await?;
    if first {
        users::remove_factors(connection, &user).await?;
        identities::release(connection, &user, None).await?;
    }
    Ok(Some(Proved { user, ticket, first }))
}

/// Spends the ticket of a link, or of a code, on agreeing that an account gets another address: whose, and which. So
/// far it gets none.
pub async fn approve_email(db: &Db, digest: Digest, now: Timestamp) -> Result<Option<(UserId, Email)>> {
    db.write(async move |connection| {
        let Some(ticket) = tickets::redeem(connection, TicketPurpose::ApproveEmail, digest, now).await? else {
            return Ok(None);
        };
        Ok(ticket.user.zip(ticket.data.and_then(|new| Email::parse(&new).ok())))
    })
    .await
}

/// Spends the ticket of a link, or of a code, on making the address that it was sent to that of the account.
/// An address that somebody else has proved to be theirs is a conflict, and the ticket stays.
pub async fn change_email(db: &Db, digest: Digest, now: Timestamp) -> Result<Option<UserId>> {
    db.transaction(async move |connection| {
        let Some(ticket) = tickets::redeem(connection, TicketPurpose::ChangeEmail, digest, now).await? else {
            return Ok(None);
        };
        let (Some(user), Some(email)) = (ticket.user, ticket.email) else { return Ok(None) };
        users::put_email(connection, &user, &email, now).await?;
        tickets::kill(connection, &user).await?;
        Ok(Some(user))
    })
    .await
}

/// Spends the ticket of a link on giving an account its earlier address back. Whoever changed it may still be
/// in, and know the password: so everything ends, and what they may have set up since is taken away.
pub async fn restore_email(db: &Db, digest: Digest, now: Timestamp) -> Result<Option<UserId>> {
    db.transaction(async move |connection| {
        let Some(ticket) = tickets::redeem(connection, TicketPurpose::UndoEmail, digest, now).await? else {
            return Ok(None);
        };
        let (Some(user), Some(email)) = (ticket.user, ticket.email) else { return Ok(None) };
        users::put_email(connection, &user, &email, now).await?;
        users::remove_password(connection, &user).await?;
        users::remove_factors_since(connection, &user, ticket.created_at).await?;
        identities::release_since(connection, &user, ticket.created_at).await?;
        sessions::end_all(connection, &user, None, now).await?;
        tickets::undo_since(connection, &user, ticket.created_at, now).await?;
        Ok(Some(user))
    })
    .await
}

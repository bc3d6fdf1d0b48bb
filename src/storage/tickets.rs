//! Tickets: one-time links and codes. Neither is stored; only their digests are.
use super::{Db, Result};
use crate::domain::{Digest, Email, NewTicket, Secret, Ticket, TicketPurpose, Timestamp, UserId, random_id};
use sqlx::AnyConnection;

/// Guesses at the code of a ticket.
const TRIES: i64 = 5;

/// A ticket as a row.
#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    user_id: Option<UserId>,
    email: Option<Email>,
    data: Option<String>,
    browser: Option<Digest>,
    created_at: Timestamp,
}

impl From<Row> for Ticket {
    fn from(row: Row) -> Self {
        let Row { id, user_id, email, data, browser, created_at } = row;
        Self { id, user: user_id, email, data, browser, created_at }
    }
}

/// Keeps a ticket, in place of the one that its holder had for the same purpose.
pub async fn issue(db: &Db, ticket: NewTicket) -> Result<()> {
    db.write(async move |connection| put(connection, ticket).await).await
}

/// The same, beside something else.
pub(super) async fn put(connection: &mut AnyConnection, ticket: NewTicket) -> Result<()> {
    let holder = match (&ticket.user, &ticket.email) {
        (Some(user), _) if !ticket.purpose.stands_for_itself() => user.to_string(),
        (None, Some(email)) if !ticket.purpose.stands_for_itself() => email.to_string(),
        _ => ticket.id.clone(),
    };
    sqlx::query(
        "INSERT INTO tickets
                 (id, purpose, holder, digest, code_digest, user_id, email, data, browser, tries, created_at,
                  expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11)
             ON CONFLICT (purpose, holder) DO UPDATE SET
                 id = excluded.id, digest = excluded.digest, code_digest = excluded.code_digest,
                 user_id = excluded.user_id, email = excluded.email, data = excluded.data,
                 browser = excluded.browser, tries = 0, created_at = excluded.created_at,
                 expires_at = excluded.expires_at, spent_at = NULL",
    )
    .bind(ticket.id)
    .bind(ticket.purpose.as_str())
    .bind(holder)
    .bind(ticket.digest)
    .bind(ticket.code)
    .bind(ticket.user)
    .bind(ticket.email)
    .bind(ticket.data)
    .bind(ticket.browser)
    .bind(ticket.created_at)
    .bind(ticket.expires_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// The ticket of a link, while it is good. Looking changes nothing.
pub async fn find(db: &Db, purpose: TicketPurpose, digest: &Digest, now: Timestamp) -> Result<Option<Ticket>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT t.id, t.user_id, t.email, t.data, t.browser, t.created_at
         FROM tickets t LEFT JOIN users u ON u.id = t.user_id
         WHERE t.purpose = $1 AND t.digest = $2 AND t.spent_at IS NULL AND t.expires_at > $3
             AND u.disabled_at IS NULL AND (t.user_id IS NULL OR $4 = 0 OR u.email = t.email)
             AND ($5 = 0 OR NOT EXISTS (
                 SELECT 1 FROM tickets undone WHERE undone.user_id = t.user_id AND undone.purpose = 'undo-email'
                     AND undone.created_at <= t.created_at AND undone.spent_at >= t.created_at))",
    )
    .bind(purpose.as_str())
    .bind(digest)
    .bind(now)
    .bind(i64::from(purpose.is_of_the_accounts_address()))
    .bind(i64::from(purpose.is_about_another_address()))
    .fetch_optional(db.read())
    .await?;
    Ok(row.map(Into::into))
}

/// Spends the ticket of a link. Of any number of callers one gets it.
pub(super) async fn redeem(
    connection: &mut AnyConnection,
    purpose: TicketPurpose,
    digest: Digest,
    now: Timestamp,
) -> Result<Option<Ticket>> {
    let row: Option<Row> = sqlx::query_as(
        "UPDATE tickets SET spent_at = $3
         WHERE purpose = $1 AND digest = $2 AND spent_at IS NULL AND expires_at > $3
             AND (user_id IS NULL OR EXISTS (
                 SELECT 1 FROM users u WHERE u.id = tickets.user_id AND u.disabled_at IS NULL
                     AND ($4 = 0 OR u.email = tickets.email)))
             AND ($5 = 0 OR NOT EXISTS (
                 SELECT 1 FROM tickets undone WHERE undone.user_id = tickets.user_id AND undone.purpose = 'undo-email'
                     AND undone.created_at <= tickets.created_at AND undone.spent_at >= tickets.created_at))
         RETURNING id, user_id, email, data, browser, created_at",
    )
    .bind(purpose.as_str())
    .bind(digest)
    .bind(now)
    .bind(i64::from(purpose.is_of_the_accounts_address()))
    .bind(i64::from(purpose.is_about_another_address()))
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Into::into))
}

/// Takes a try at the code of a ticket: the digest of its link, when the code is right. What is wrong
/// stays counted, and the sixth guess is not looked at.
pub async fn guess(
    db: &Db,
    purpose: TicketPurpose,
    id: String,
    code: Digest,
    now: Timestamp,
) -> Result<Option<Digest>> {
    db.write(async move |connection| {
        let row: Option<(Digest, Option<Digest>)> = sqlx::query_as(
            "UPDATE tickets SET tries = tries + 1
             WHERE purpose = $1 AND id = $2 AND tries < $4 AND spent_at IS NULL AND expires_at > $3
             RETURNING digest, code_digest",
        )
        .bind(purpose.as_str())
        .bind(id)
        .bind(now)
        .bind(TRIES)
        .fetch_optional(connection)
        .await?;
        // Compared in constant time.
        Ok(row.filter(|(_, right)| right.as_ref() == Some(&code)).map(|(digest, _)| digest))
    })
    .await
}

/// Makes the tickets of a person worth nothing: whoever could use them may not be who should. The ways back, to an
/// earlier address and from a link that was added, stay, for they are against just that.
pub(super) async fn kill(connection: &mut AnyConnection, user: &UserId) -> Result<()> {
    sqlx::query("DELETE FROM tickets WHERE user_id = $1 AND purpose NOT IN ($2, $3)")
        .bind(user)
        .bind(TicketPurpose::UndoEmail.as_str())
        .bind(TicketPurpose::UndoLink.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// The same, and the ways back from what began only since then. What was asked for since and waits in
/// the outbox, perhaps because a mail server of whoever asked holds it back, is worth nothing when it goes out: a way
/// back that is spent says from when until when.
pub(super) async fn undo_since(
    connection: &mut AnyConnection,
    user: &UserId,
    since: Timestamp,
    now: Timestamp,
) -> Result<()> {
    const PURPOSE: TicketPurpose = TicketPurpose::UndoEmail;
    sqlx::query("DELETE FROM tickets WHERE user_id = $1 AND (purpose NOT IN ($2, $3) OR created_at >= $4)")
        .bind(user)
        .bind(PURPOSE.as_str())
        .bind(TicketPurpose::UndoLink.as_str())
        .bind(since)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO tickets (id, purpose, holder, digest, user_id, tries, created_at, expires_at, spent_at)
         VALUES ($1, $2, $1, $3, $4, 0, $5, $6, $7)",
    )
    .bind(random_id())
    .bind(PURPOSE.as_str())
    .bind(Secret::random().digest())
    .bind(user)
    .bind(since)
    // A letter waits so long at most, and its link is good as long again.
    .bind(now.plus(2 * PURPOSE.lifetime()))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

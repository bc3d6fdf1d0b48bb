//! Tickets that are spent on a new account: of those who show that an address is theirs, and of those who were invited.
use super::{Db, Error, Result, audit, columns::from_json, tickets, users};
use crate::domain::{
    Applicant, Chain, Digest, Email, Invitee, NewEvent, NewTicket, TicketPurpose, Timestamp, User, UserId,
};

/// Who has just got an account.
#[derive(Debug)]
pub struct Registered {
    /// The account.
    pub user: UserId,
    /// The browser that asked for it.
    pub browser: Option<Digest>,
    /// What they were about there.
    pub errand: String,
}

/// Spends the ticket of somebody who wanted an account, on that account. An address that has one meanwhile is a
/// conflict, and spends nothing.
pub async fn sign_up(db: &Db, digest: Digest, now: Timestamp) -> Result<Option<Registered>> {
    db.transaction(async move |connection| {
        let Some(ticket) = tickets::redeem(connection, TicketPurpose::SignUp, digest, now).await? else {
            return Ok(None);
        };
        let (Some(email), Some(data)) = (ticket.email, ticket.data) else { return Ok(None) };
        let applicant: Applicant = from_json("an applicant", &data)?;
        let user = applicant.user(email, now);
        users::add(connection, &user, Some(applicant.password_hash)).await?;
        Ok(Some(Registered { user: user.id, browser: ticket.browser, errand: applicant.errand }))
    })
    .await
}

/// Keeps an invitation.
pub async fn invite(db: &Db, digest: Digest, email: Option<Email>, invitee: &Invitee, now: Timestamp) -> Result<()> {
    tickets::issue(db, invitation(digest, email, invitee, now)?).await
}

/// The same, by an operator.
pub async fn invite_by(
    db: &Db,
    chain: &Chain,
    (digest, email): (Digest, Option<Email>),
    invitee: &Invitee,
    event: NewEvent,
    now: Timestamp,
) -> Result<()> {
    let (chain, ticket) = (chain.clone(), invitation(digest, email, invitee, now)?);
    db.transaction(async move |connection| {
        tickets::put(connection, ticket).await?;
        audit::append(connection, &chain, event, now).await
    })
    .await
}

fn invitation(digest: Digest, email: Option<Email>, invitee: &Invitee, now: Timestamp) -> Result<NewTicket> {
    Ok(NewTicket {
        id: crate::domain::random_id(),
        purpose: TicketPurpose::Invite,
        digest,
        code: None,
        user: None,
        email,
        data: Some(super::columns::to_json(invitee)?),
        browser: None,
        created_at: now,
        expires_at: now.plus(TicketPurpose::Invite.lifetime()),
    })
}

/// Whom an invitation is for, by what belongs to its ticket.
pub fn invitee(data: Option<&str>) -> Result<Invitee> {
    from_json("an invitation", data.unwrap_or("{}"))
}

/// Spends an invitation on an account, and writes that down. `false`: it was spent before.
pub async fn accept(
    db: &Db,
    chain: &Chain,
    digest: Digest,
    (user, password_hash): (User, String),
    events: Vec<NewEvent>,
    now: Timestamp,
) -> Result<bool> {
    let chain = chain.clone();
    db.transaction(async move |connection| {
        let spent = tickets::redeem(connection, TicketPurpose::Invite, digest, now).await?;
        if spent.is_none() {
            return Ok(false);
        }
        users::add(connection, &user, Some(password_hash)).await?;
        for event in events {
            audit::append(connection, &chain, event, now).await?;
        }
        Ok::<_, Error>(true)
    })
    .await
}

//! Who people are at other providers, and whose account that opens.
use super::{
    Db, Error, Result, audit,
    columns::{from_json, to_json},
    passkeys::hold,
    sessions::{self, Abroad},
    tickets, users,
};
use crate::domain::{
    Chain, Digest, Email, Ending, Identity, IdentityId, Namesake, NewEvent, ProviderName, Role, Said, SessionId,
    TicketPurpose, Timestamp, User, UserId,
};
use sqlx::AnyConnection;

#[derive(sqlx::FromRow)]
struct Row {
    id: IdentityId,
    provider: ProviderName,
    subject: String,
    user_id: Option<UserId>,
    said: String,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    suspended_at: Option<Timestamp>,
    mail_stopped_at: Option<Timestamp>,
}

impl TryFrom<Row> for Identity {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            provider: row.provider,
            subject: row.subject,
            user: row.user_id,
            said: from_json("what a provider said", &row.said)?,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            suspended_at: row.suspended_at,
            mail_stopped_at: row.mail_stopped_at,
        })
    }
}

/// An identity as `Row` reads it, by a condition.
macro_rules! identity_where {
    ($condition:literal) => {
        concat!(
            "SELECT id, provider, subject, user_id, said, created_at, last_used_at, suspended_at, mail_stopped_at
             FROM identities WHERE ",
            $condition
        )
    };
}

/// Somebody has come from a provider, which says this of them: takes note of it, for the first time or once more. What
/// is not said again is kept.
pub async fn seen(db: &Db, provider: ProviderName, subject: String, said: Said, now: Timestamp) -> Result<Identity> {
    db.transaction(async move |connection| {
        // The row is there from now on, and held: of two at once, one waits for the other.
        sqlx::query(
            "INSERT INTO identities (id, provider, subject, said, created_at, seen_at) VALUES ($1, $2, $3, '{}', $4, $4)
             ON CONFLICT (provider, subject) DO UPDATE SET seen_at = excluded.seen_at",
        )
        .bind(IdentityId::random())
        .bind(&provider)
        .bind(&subject)
        .bind(now)
        .execute(&mut *connection)
        .await?;
        let row: Row = sqlx::query_as(identity_where!("provider = $1 AND subject = $2"))
            .bind(&provider)
            .bind(&subject)
            .fetch_one(&mut *connection)
            .await?;
        let mut identity = Identity::try_from(row)?;
        identity.said = said.merged(&identity.said);
        sqlx::query("UPDATE identities SET said = $2 WHERE id = $1")
            .bind(&identity.id)
            .bind(to_json(&identity.said)?)
            .execute(connection)
            .await?;
        Ok(identity)
    })
    .await
}

/// The identity of this id.
pub async fn find(db: &Db, id: &IdentityId) -> Result<Option<Identity>> {
    let row: Option<Row> = sqlx::query_as(identity_where!("id = $1")).bind(id).fetch_optional(db.read()).await?;
    row.map(Identity::try_from).transpose()
}

/// The identity of this name at a provider.
pub async fn find_by_subject(db: &Db, provider: &ProviderName, subject: &str) -> Result<Option<Identity>> {
    let row: Option<Row> = sqlx::query_as(identity_where!("provider = $1 AND subject = $2"))
        .bind(provider)
        .bind(subject)
        .fetch_optional(db.read())
        .await?;
    row.map(Identity::try_from).transpose()
}

/// All that a person can sign in with elsewhere, the oldest first.
pub async fn of_user(db: &Db, user: &UserId) -> Result<Vec<Identity>> {
    let rows: Vec<Row> =
        sqlx::query_as(identity_where!("user_id = $1 ORDER BY created_at, id")).bind(user).fetch_all(db.read()).await?;
    rows.into_iter().map(Identity::try_from).collect()
}

/// Whose account has an address.
pub async fn namesake(db: &Db, email: &Email) -> Result<Option<Namesake>> {
    let row: Option<(UserId, Option<Timestamp>, Option<Role>)> =
        sqlx::query_as("SELECT id, email_verified_at, role FROM users WHERE email = $1")
            .bind(email)
            .fetch_optional(db.read())
            .await?;
    Ok(row.map(|(user, verified_at, role)| Namesake {
        user,
        verified: verified_at.is_some(),
        operates: role.is_some(),
    }))
}

/// Somebody signs in with an identity. `false`: it is not that person's any more, or is suspended, or they may not sign
/// in.
pub async fn used(db: &Db, id: IdentityId, user: UserId, now: Timestamp) -> Result<bool> {
    db.write(async move |connection| {
        let used = sqlx::query(
            "UPDATE identities SET last_used_at = $3 WHERE id = $1 AND user_id = $2 AND suspended_at IS NULL
                 AND user_id IN (SELECT id FROM users WHERE disabled_at IS NULL)",
        )
        .bind(id)
        .bind(user)
        .bind(now)
        .execute(connection)
        .await?;
        Ok(used.rows_affected() > 0)
    })
    .await
}

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
pub(super) async fn release(connection: &mut AnyConnection, user: &UserId, but: Option<&IdentityId>) -> Result<()> {
    sqlx::query("DELETE FROM identities WHERE user_id = $1 AND ($2 IS NULL OR id <> $2)")
        .bind(user)
        .bind(but)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes those from a person that were linked since then.
pub(super) async fn release_since(connection: &mut AnyConnection, user: &UserId, since: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM identities WHERE user_id = $1 AND created_at >= $2")
        .bind(user)
        .bind(since)
        .execute(connection)
        .await?;
    Ok(())
}

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
pub(super) async fn take(
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
pub(super) async fn has_other_way(
    connection: &mut AnyConnection,
    user: &UserId,
    but: &IdentityId,
    ways: &Ways,
) -> Result<bool> {
    let elsewhere = ways_elsewhere(connection, user, Some(but), ways).await?;
    Ok(elsewhere > 0 || has_own_way(connection, user, ways.by_mail).await?)
}

/// With how many identities a person can sign in now. `but`: one that does not count.
pub(super) async fn ways_elsewhere(
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
pub(super) async fn delete(connection: &mut AnyConnection, id: &IdentityId) -> Result<bool> {
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

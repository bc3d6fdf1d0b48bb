//! What those who run the instance do to somebody: one transaction, whose first statements hold the person as the
//! operator saw them, and whose last writes it down. Nobody is acted on who has another role by then.
use super::effects::perform;
use crate::{
    domain::{Actor, Chain, ClientId, IdentityId, NewEvent, PasskeyId, Role, SessionId, Timestamp, User, UserId},
    storage::{Db, Result, audit, identities::Ways, outbox, users},
};
use sqlx::AnyConnection;

/// Whom it is done to, as the operator saw them.
#[derive(Debug, Clone)]
pub struct Target {
    /// Who.
    pub id: UserId,
    /// What they may do in the administration.
    pub role: Option<Role>,
    /// Their version, where the operator names it.
    pub version: Option<Timestamp>,
}

/// What is done.
#[derive(Debug, Clone)]
pub enum Act {
    /// Address, user name, name and profile are as here. Another address is known to be theirs, or not, as it says.
    Describe(Box<User>),
    /// Nobody gets in any more; all that has begun ends.
    Disable,
    /// They may come in again.
    Enable,
    /// The address is known to be theirs.
    Verify,
    /// Second step and passkeys are gone, or the second step alone, and all that has begun ends.
    RemoveFactors {
        /// Whether they keep their passkeys.
        keep_passkeys: bool,
    },
    /// A passkey is gone, and all that has begun ends: whoever has found it may be in.
    RemovePasskey(PasskeyId, Ways),
    /// An account elsewhere opens nothing here any more, and what began by it ends.
    Unlink(IdentityId, Ways),
    /// All that has begun ends.
    EndAll,
    /// One session ends.
    End(SessionId),
    /// What they agreed to is taken back.
    Withdraw(ClientId),
    /// What they may do in the administration.
    SetRole(Option<Role>),
    /// Nobody gets in until they say so.
    Freeze,
    /// They are gone at that time.
    Leave(Timestamp),
    /// They stay, or are no longer frozen.
    ComeBack,
    /// They are gone, with all that is theirs.
    Delete,
}

impl Act {
    /// Whether it takes from somebody with this role that they look after the instance, or might.
    const fn weakens(&self, role: Role) -> bool {
        match self {
            Self::SetRole(Some(Role::Owner)) => false,
            Self::SetRole(Some(Role::Admin)) => matches!(role, Role::Owner),
            Self::SetRole(_)
            | Self::Disable
            | Self::RemoveFactors { .. }
            | Self::Freeze
            | Self::Leave(_)
            | Self::Delete => role.rules(),
            _ => false,
        }
    }

    /// Whether what is known of the person is another afterwards.
    const fn changes(&self) -> bool {
        matches!(self, Self::Describe(_) | Self::Disable | Self::Enable | Self::Verify | Self::SetRole(_))
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acted {
    /// It is done, and written down.
    Done,
    /// It was so before, or there is no such thing of theirs.
    Nothing,
    /// They are not as the operator saw them any more.
    Stale,
    /// Nobody would be left who can do all that they can.
    Last,
    /// It stays: without it they could not sign in.
    OnlyWayIn,
    /// It stays: they have no other second factor, and are asked for one.
    OnlySecondFactor,
}

impl Acted {
    pub(super) const fn done_if(done: bool) -> Self {
        if done { Self::Done } else { Self::Nothing }
    }
}

/// What is told of it: to the trail, and to whom it is done.
#[derive(Debug, Clone)]
pub struct Told {
    /// For the trail.
    pub event: NewEvent,
    /// For the person; goes out if it is done.
    pub letter: Option<outbox::Sealed>,
}

impl From<NewEvent> for Told {
    fn from(event: NewEvent) -> Self {
        Self { event, letter: None }
    }
}

impl Told {
    async fn tell(self, connection: &mut AnyConnection, chain: &Chain, now: Timestamp) -> Result<()> {
        if let Some(letter) = self.letter {
            outbox::add(connection, letter).await?;
        }
        audit::append(connection, chain, self.event, now).await
    }
}

/// Adds somebody whom an operator makes. An id, address or user name that is taken is a conflict.
pub async fn insert(
    db: &Db,
    chain: &Chain,
    user: User,
    hash: Option<String>,
    told: impl Into<Told>,
    now: Timestamp,
) -> Result<()> {
    let (chain, told) = (chain.clone(), told.into());
    db.transaction(async move |connection| {
        users::add(connection, &user, hash).await?;
        told.tell(connection, &chain, now).await
    })
    .await
}

/// Does something to somebody.
pub async fn act(
    db: &Db,
    chain: &Chain,
    target: Target,
    act: Act,
    told: impl Into<Told>,
    now: Timestamp,
) -> Result<Acted> {
    let (chain, told) = (chain.clone(), told.into());
    db.transaction(async move |connection| {
        // Whoever works on the machine helps the last one in again, too.
        let is_command = told.event.actor == Actor::Command;
        if let Some(why_not) = hold(connection, &target, &act, is_command, now).await? {
            return Ok(why_not);
        }
        let acted = perform(connection, &target, act, now).await?;
        if acted == Acted::Done {
            told.tell(connection, &chain, now).await?;
        }
        Ok(acted)
    })
    .await
}

async fn hold(
    connection: &mut AnyConnection,
    target: &Target,
    act: &Act,
    is_command: bool,
    now: Timestamp,
) -> Result<Option<Acted>> {
    let weakens = !is_command && target.role.is_some_and(|role| act.weakens(role));
    if weakens && is_last(connection, target).await? {
        return Ok(Some(Acted::Last));
    }
    Ok((!hold_person(connection, target, act.changes(), now).await?).then_some(Acted::Stale))
}

/// Holds a person who is as the operator saw them; `is_new`: what is known of them is about to change.
pub(super) async fn hold_person(
    connection: &mut AnyConnection,
    target: &Target,
    is_new: bool,
    now: Timestamp,
) -> Result<bool> {
    let held = sqlx::query(
        "UPDATE users SET updated_at =
             CASE WHEN $4 = 0 THEN updated_at WHEN updated_at < $5 THEN $5 ELSE updated_at + 1 END
         WHERE id = $1 AND coalesce(role, '') = $2 AND ($3 IS NULL OR updated_at = $3)",
    )
    .bind(&target.id)
    .bind(target.role.map_or("", Role::as_str))
    .bind(target.version)
    .bind(i64::from(is_new))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(held.rows_affected() > 0)
}

/// Whether nobody else who may come in can do all that they can. Of two who ask, the second waits for the first.
async fn is_last(connection: &mut AnyConnection, target: &Target) -> Result<bool> {
    sqlx::query("UPDATE versions SET version = version WHERE name = 'rulers'").execute(&mut *connection).await?;
    let other: Option<(UserId,)> = sqlx::query_as(
        "SELECT id FROM users WHERE id <> $1 AND role IN ('owner', $2)
             AND disabled_at IS NULL AND frozen_at IS NULL AND delete_at IS NULL LIMIT 1",
    )
    .bind(&target.id)
    .bind(target.role.map_or("owner", Role::as_str))
    .fetch_optional(connection)
    .await?;
    Ok(other.is_none())
}

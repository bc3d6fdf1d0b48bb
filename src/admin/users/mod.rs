//! People: what those who run the instance do to them.
//!
//! Whatever it is, the person must not be above the operator (`Operator::must_be_able_to_act_on`), and must still have
//! the role that was looked at when it is done: so nobody rises by being quick. Nor can it leave the instance without
//! anybody who rules it.
mod changes;
mod export;
mod merge;
mod newcomers;
mod ways_in;

pub use changes::Changes;
pub use export::{People, export};
pub use merge::{Preview, merge, preview};
pub use newcomers::{Invitation, Invited, NewPerson, add, create, invite, invited, made, role_of};
pub use ways_in::{Taken, remove_factors, remove_passkey, remove_second_step, take_factors, unlink, ways};

use super::{Change, Error, Operator};
use crate::{
    app::App,
    domain::{ClientId, Email, Event, NewEvent, Permission, Role, SessionId, TicketPurpose, Timestamp, User, UserId},
    i18n::Language,
    mail::{Letter, TicketLetter, To},
    storage::{
        self, outbox,
        people::{self, Act, Acted, Cursor, Target, Told, Wanted},
        users::{self, Login},
    },
};
use serde_json::{Value, json};

/// A page of a list: somebody whose id was asked for alone, or all whom a text finds. `search` as it was typed.
pub async fn list(
    app: &App,
    wanted: Wanted,
    search: Option<&str>,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<(Vec<User>, Option<Cursor>), Error> {
    let search = search.map(str::trim).filter(|text| !text.is_empty());
    if let (Some(id), None) = (search, after)
        && let Some(user) = users::find(&app.db, &UserId::from(id)).await?
    {
        return Ok((vec![user], None));
    }
    let term = search.map(crate::domain::folded);
    Ok(people::list(&app.db, &Wanted { term, ..wanted }, after, limit).await?)
}

/// Somebody.
pub async fn find(app: &App, id: &UserId) -> Result<User, Error> {
    users::find(&app.db, id).await?.ok_or(Error::NotFound)
}

/// Somebody by their id, user name or address. An address counts once it is verified: anybody can have claimed it.
pub async fn named(app: &App, text: &str) -> Result<User, Error> {
    let text = text.trim();
    // The id goes first: a user name may look like that of somebody else.
    if let Some(user) = users::find(&app.db, &UserId::from(text)).await? {
        return Ok(user);
    }
    let login = Login::parse(text).ok_or(Error::NotFound)?;
    let found = users::find_by_login(&app.db, &login).await?;
    found.filter(|user| matches!(login, Login::Username(_)) || user.proved_email().is_some()).ok_or(Error::NotFound)
}

/// Somebody whom the operator may act on.
pub async fn find_to_act_on(app: &App, operator: &Operator, id: &UserId) -> Result<User, Error> {
    let user = find(app, id).await?;
    operator.must_be_able_to_act_on(user.role)?;
    Ok(user)
}

/// Does something to somebody.
async fn act(
    app: &App,
    operator: &Operator,
    user: &User,
    what: (Act, Option<Timestamp>),
    event: NewEvent,
) -> Result<(), Error> {
    perform(Change::by(operator, app), user, what, event).await
}

/// The same, without all of the app.
async fn perform(
    change: Change<'_>,
    user: &User,
    (what, version): (Act, Option<Timestamp>),
    told: impl Into<Told>,
) -> Result<(), Error> {
    let Change { db, chain, operator, now } = change;
    operator.must_be_able_to_act_on(user.role)?;
    let target = Target { id: user.id.clone(), role: user.role, version };
    let Told { event, letter } = told.into();
    let told = Told { event: event.about(&user.id), letter };
    match people::act(db, chain, target, what, told, now).await? {
        Acted::Done => Ok(()),
        Acted::Nothing => Err(Error::Impossible("admin-error-so-already")),
        Acted::Stale => Err(Error::Stale),
        Acted::Last => Err(Error::Impossible("admin-error-last")),
        Acted::OnlyWayIn => Err(Error::Impossible("admin-error-only-way-in")),
        Acted::OnlySecondFactor => Err(Error::Impossible("admin-error-only-second-factor")),
    }
}

/// Says something else of somebody: `changed` is `user` with it, as `version` was.
pub async fn describe(change: Change<'_>, user: &User, changed: User, version: Option<Timestamp>) -> Result<(), Error> {
    if changed == *user {
        return Ok(());
    }
    let (before, after) = (told(user), told(&changed));
    let part = |of: &Value, other: &Value| -> Value {
        let members = of.as_object().into_iter().flatten();
        let differing = members.filter(|(name, value)| other.get(name.as_str()) != Some(*value));
        differing.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let details = json!({ "before": part(&before, &after), "after": part(&after, &before) });
    let event = change.operator.event(Event::UserUpdated).with(details);
    let is_another = changed.email != user.email;
    match perform(change, user, (Act::Describe(Box::new(changed)), version), event).await {
        Err(Error::Storage(storage::Error::Conflict)) => Err(taken(is_another)),
        outcome => outcome,
    }
}

/// What the trail tells of a person.
fn told(user: &User) -> Value {
    json!({
        "email": user.email,
        "email_verified": user.email_verified_at.is_some(),
        "preferred_username": user.username,
        "name": user.name,
        "profile": user.profile,
    })
}

fn taken(email: bool) -> Error {
    if email {
        Error::fault("email", "admin-error-email-taken")
    } else {
        Error::fault("preferred_username", "username-taken")
    }
}

/// Keeps somebody out: all that they have begun ends at once, and so do the keys that they have made.
pub async fn disable(app: &App, operator: &Operator, id: &UserId, version: Option<Timestamp>) -> Result<(), Error> {
    let user = find(app, id).await?;
    act(app, operator, &user, (Act::Disable, version), operator.event(Event::UserDisabled)).await
}

/// Lets somebody in again.
pub async fn enable(app: &App, operator: &Operator, id: &UserId, version: Option<Timestamp>) -> Result<(), Error> {
    let user = find(app, id).await?;
    act(app, operator, &user, (Act::Enable, version), operator.event(Event::UserEnabled)).await
}

/// Says that somebody's address is known to be theirs.
pub async fn verify(app: &App, operator: &Operator, id: &UserId) -> Result<(), Error> {
    let user = find(app, id).await?;
    let details = json!({ "before": { "email_verified": false }, "after": { "email_verified": true } });
    act(app, operator, &user, (Act::Verify, None), operator.event(Event::UserUpdated).with(details)).await
}

/// Ends one session of somebody, or all that they have begun.
pub async fn end_sessions(
    app: &App,
    operator: &Operator,
    id: &UserId,
    session: Option<SessionId>,
) -> Result<(), Error> {
    let user = find(app, id).await?;
    let event = operator.event(Event::AccessRevoked);
    match session {
        None => act(app, operator, &user, (Act::EndAll, None), event.about_object("sessions", "all")).await,
        Some(sid) => {
            let event = event.about_object("session", &sid);
            there(act(app, operator, &user, (Act::End(sid), None), event).await)
        }
    }
}

/// Takes back what somebody has agreed to let an app have.
pub async fn withdraw(app: &App, operator: &Operator, id: &UserId, client: ClientId) -> Result<(), Error> {
    let user = find(app, id).await?;
    let event = operator.event(Event::AccessRevoked).about_client(&client);
    there(act(app, operator, &user, (Act::Withdraw(client), None), event).await)
}

/// What is not there of theirs is not found.
fn there(outcome: Result<(), Error>) -> Result<(), Error> {
    match outcome {
        Err(Error::Impossible("admin-error-so-already")) => Err(Error::NotFound),
        outcome => outcome,
    }
}

/// Says what somebody may do in the administration. All that they have begun ends, so that nothing goes on by the role
/// of before, and so do the keys that they have made.
pub async fn set_role(
    app: &App,
    operator: &Operator,
    id: &UserId,
    role: Option<Role>,
    version: Option<Timestamp>,
) -> Result<(), Error> {
    must_be_able_to_set(operator, role)?;
    let user = find(app, id).await?;
    if user.role == role {
        return operator.must_be_able_to_act_on(user.role);
    }
    let event =
        operator.event(Event::RoleChanged).with(json!({ "before": { "role": user.role }, "after": { "role": role } }));
    act(app, operator, &user, (Act::SetRole(role), version), event).await
}

/// Refuses a role that is not theirs to give; to take one away, too, they must be among those who give.
fn must_be_able_to_set(operator: &Operator, role: Option<Role>) -> Result<(), Error> {
    match role {
        _ if !operator.may(Permission::RolesWrite) => Err(Error::Forbidden("admin-error-role-not-yours")),
        Some(role) => operator.must_be_able_to_give(role),
        None => Ok(()),
    }
}

/// Removes somebody at once.
pub async fn delete(app: &App, operator: &Operator, id: &UserId, version: Option<Timestamp>) -> Result<(), Error> {
    let user = find(app, id).await?;
    let event = operator.event(Event::UserDeleted).with(json!({ "before": told(&user) }));
    act(app, operator, &user, (Act::Delete, version), event).await
}

/// Signs somebody out who is removed after the time of grace.
pub async fn delete_later(app: &App, operator: &Operator, id: &UserId) -> Result<(), Error> {
    let user = find(app, id).await?;
    let at = app.clock.now().plus(app.settings().accounts.deletion_grace);
    let event = operator.event(Event::DeletionScheduled).with(json!({ "after": { "delete_at": at } }));
    act(app, operator, &user, (Act::Leave(at), None), event).await
}

/// Keeps somebody who is leaving, or has frozen their account.
pub async fn keep(app: &App, operator: &Operator, id: &UserId) -> Result<(), Error> {
    bring_back(Change::by(operator, app), &find(app, id).await?).await
}

/// The same, without all of the app.
pub async fn bring_back(change: Change<'_>, user: &User) -> Result<(), Error> {
    let (delete_at, frozen_at) = people::away(change.db, &user.id).await?;
    let what = if delete_at.is_some() { Event::DeletionCancelled } else { Event::Unfrozen };
    let before = json!({ "before": { "delete_at": delete_at, "frozen_at": frozen_at } });
    perform(change, user, (Act::ComeBack, None), change.operator.event(what).with(before)).await
}

/// Sends somebody a link by which they choose a password.
pub async fn send_reset(app: &App, operator: &Operator, id: &UserId) -> Result<(), Error> {
    let user = find_to_act_on(app, operator, id).await?;
    if !app.mailer.is_on() {
        return Err(Error::Impossible("admin-error-no-mail"));
    }
    if user.email.is_none() || user.disabled_at.is_some() {
        return Err(Error::Impossible("admin-error-no-address"));
    }
    // Mail may be off by now.
    let letter = reset_letter(app, &user)?.ok_or(Error::Impossible("admin-error-no-mail"))?;
    let event = operator.event(Event::ResetSent).about(id);
    Ok(outbox::put_told(&app.db, &app.secrets.audit, letter, event, app.clock.now()).await?)
}

fn reset_letter(app: &App, user: &User) -> Result<Option<outbox::Sealed>, Error> {
    let letter = TicketLetter::new(TicketPurpose::Reset, To::Person(user.id.clone()), language(user));
    Ok(app.mailer.seal(&Letter::Ticket(letter), app.clock.now())?)
}

/// The language that somebody reads.
fn language(user: &User) -> Language {
    user.profile.locale().and_then(Language::of_tag).unwrap_or_default()
}

/// Reads an address that an operator wrote; empty is none.
fn email(typed: &str) -> Result<Option<Email>, Error> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    Email::parse(typed).map(Some).map_err(|_| Error::fault("email", "email-invalid"))
}

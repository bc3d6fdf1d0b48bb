//! What those who run the instance do: one home for it, whether they come by the pages, by the API or by a command.
//!
//! Whether somebody may do a thing at all is decided before, by the route (`web/admin` and `web/api` have a table each);
//! on whom they may do it is decided here, by `Operator`. Each change writes one event, in the transaction of the change.
pub mod api_keys;
pub mod apps;
pub mod audit;
pub mod copy;
pub mod groups;
pub mod manifest;
pub mod providers;
pub mod settings;
pub mod signing_keys;
pub mod users;
pub mod webhooks;

use crate::{
    app::App,
    domain::{Actor, Chain, Event, NewEvent, Permission, Role, Timestamp, UserId},
    i18n::Message,
    keys, mail,
    storage::{self, Db},
};

/// Somebody who runs the instance, or a program that does so for them, at one request.
#[derive(Debug, Clone)]
pub struct Operator {
    /// Who, as the audit trail has it.
    pub actor: Actor,
    /// What they may do.
    pub role: Role,
    /// Whether they have come to read alone, whatever else they might.
    pub reads_only: bool,
    /// From which address, if over the network.
    pub address: Option<String>,
    /// On what.
    pub user_agent: Option<String>,
    /// By which request.
    pub request_id: Option<String>,
}

impl Operator {
    /// Whoever works on the machine itself.
    #[must_use]
    pub const fn command() -> Self {
        Self {
            actor: Actor::Command,
            role: Role::Owner,
            reads_only: false,
            address: None,
            user_agent: None,
            request_id: None,
        }
    }

    /// Whether they may do such a thing at all.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.role.may(permission) && (permission.is_read() || !self.reads_only)
    }

    /// Whether it is this person.
    #[must_use]
    pub fn is(&self, user: &UserId) -> bool {
        self.actor == Actor::Person(user.clone())
    }

    /// Refuses to act on somebody who is above them.
    pub fn must_be_able_to_act_on(&self, role: Option<Role>) -> Result<(), Error> {
        if self.role.may_act_on(role) { Ok(()) } else { Err(Error::Forbidden("admin-error-above-you")) }
    }

    /// Refuses to give somebody, or a key, a role that is not theirs to give.
    pub fn must_be_able_to_give(&self, role: Role) -> Result<(), Error> {
        if self.role.may_give(role) { Ok(()) } else { Err(Error::Forbidden("admin-error-role-not-yours")) }
    }

    /// Something that they do, to be completed and written down.
    #[must_use]
    pub fn event(&self, event: Event) -> NewEvent {
        NewEvent {
            address: self.address.clone(),
            user_agent: self.user_agent.clone(),
            request_id: self.request_id.clone(),
            ..NewEvent::new(event, self.actor.clone())
        }
    }
}

/// One change, by somebody; without all that a running server has, so that commands make it, too.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The database.
    pub db: &'a Db,
    /// What seals the audit trail.
    pub chain: &'a Chain,
    /// Who.
    pub operator: &'a Operator,
    /// When.
    pub now: Timestamp,
}

impl<'a> Change<'a> {
    /// One that somebody makes now.
    #[must_use]
    pub fn by(operator: &'a Operator, app: &'a App) -> Self {
        Self { db: &app.db, chain: &app.secrets.audit, operator, now: app.clock.now() }
    }
}

/// What is wrong with one field of what was sent.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The field's name, as the API and the form have it.
    pub field: String,
    /// What is wrong, and what to write instead.
    pub message: Message,
}

impl Fault {
    /// A fault of a field.
    pub fn new(field: impl Into<String>, message: impl Into<Message>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// Why something was not done. The words are keys of the message catalogue.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing of that name.
    #[error("there is no such thing")]
    NotFound,
    /// It is not theirs to do.
    #[error("not permitted: {0}")]
    Forbidden(&'static str),
    /// It cannot be done as things are, such as removing the last owner.
    #[error("not possible now: {0}")]
    Impossible(&'static str),
    /// Somebody else changed it meanwhile.
    #[error("it was changed meanwhile")]
    Stale,
    /// What was sent has faults; all of them.
    #[error("{} faults", .0.len())]
    Invalid(Vec<Fault>),
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] keys::Error),
    /// Mail.
    #[error(transparent)]
    Mail(#[from] mail::Error),
}

impl Error {
    /// One fault alone.
    pub fn fault(field: impl Into<String>, message: impl Into<Message>) -> Self {
        Self::Invalid(vec![Fault::new(field, message)])
    }
}

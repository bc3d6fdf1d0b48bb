//! People whom an operator brings in: by an account that is made for them, or by an invitation.
use super::{Changes, email, must_be_able_to_set, reset_letter, taken, told};
use crate::{
    admin::{Change, Error, Operator},
    app::App,
    domain::{
        Actor, ApiKeyId, Email, Event, Invitee, NAME_LENGTH, NewEvent, Role, Secret, TicketPurpose, Timestamp, User,
        UserId, readable,
    },
    mail::Letter,
    storage::{
        self, api_keys, outbox,
        people::{self, Told},
        registration, users,
    },
};
use serde_json::json;

/// An account to be made.
#[derive(Debug, Clone, Default)]
pub struct NewPerson {
    /// What is known of them.
    pub known: Changes,
    /// What they may do in the administration.
    pub role: Option<Role>,
    /// Whether they are sent a link by which they choose a password.
    pub mail: bool,
}

/// Makes an account.
pub async fn create(app: &App, operator: &Operator, new: NewPerson) -> Result<User, Error> {
    if new.role.is_some() {
        must_be_able_to_set(operator, new.role)?;
    }
    let now = app.clock.now();
    let user = User { role: new.role, ..new.known.apply(&User::new(now), now)? };
    if user.email.is_none() && (new.mail || user.username.is_none()) {
        return Err(Error::fault("email", "required"));
    }
    if new.mail && !app.mailer.is_on() {
        return Err(Error::Impossible("admin-error-no-mail"));
    }
    let letter = if new.mail { reset_letter(app, &user)? } else { None };
    add(Change::by(operator, app), &user, None, letter).await?;
    Ok(user)
}

/// Adds somebody who is made, and sends them their letter if there is one.
pub async fn add(
    change: Change<'_>,
    user: &User,
    hash: Option<String>,
    letter: Option<outbox::Sealed>,
) -> Result<(), Error> {
    let Change { db, chain, operator, now } = change;
    let told = Told { event: made(operator, user), letter };
    match people::insert(db, chain, user.clone(), hash, told, now).await {
        Err(storage::Error::Conflict) => {
            let is_taken = match &user.email {
                Some(email) => users::is_taken(db, email).await?,
                None => false,
            };
            Err(taken(is_taken))
        }
        outcome => Ok(outcome?),
    }
}

/// What the trail has of somebody who is made.
#[must_use]
pub fn made(operator: &Operator, user: &User) -> NewEvent {
    let details = json!({ "after": { "known": told(user), "role": user.role } });
    operator.event(Event::UserCreated).about(&user.id).with(details)
}

/// An invitation to be made.
#[derive(Debug, Clone, Default)]
pub struct Invitation {
    /// The address of whoever is invited; without it they choose one.
    pub email: String,
    /// How they are called, as far as it is known.
    pub name: String,
    /// What they may do in the administration.
    pub role: Option<Role>,
    /// Whether the link goes to the address, rather than to the operator.
    pub mail: bool,
}

/// An invitation.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The link, unless it was mailed.
    pub link: Option<String>,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// Invites somebody to make an account.
pub async fn invite(app: &App, operator: &Operator, invitation: Invitation) -> Result<Invited, Error> {
    if invitation.role.is_some() {
        must_be_able_to_set(operator, invitation.role)?;
    }
    let email = email(&invitation.email)?;
    let name = readable(&invitation.name, NAME_LENGTH).map_err(|_| Error::fault("name", "admin-error-name"))?;
    if let Some(email) = &email
        && users::is_taken(&app.db, email).await?
    {
        return Err(taken(true));
    }
    let invitee = Invitee {
        role: invitation.role,
        name: Some(name).filter(|name| !name.is_empty()),
        was_mailed: invitation.mail,
        by: Some(operator.actor.to_string()),
    };
    let now = app.clock.now();
    let expires_at = now.plus(TicketPurpose::Invite.lifetime());
    let event = invited(operator, email.as_ref(), &invitee);
    if invitation.mail {
        let email = email.ok_or_else(|| Error::fault("email", "required"))?;
        if !app.mailer.is_on() {
            return Err(Error::Impossible("admin-error-no-mail"));
        }
        let letter = app.mailer.seal(&Letter::Invite { email, invitee }, now)?;
        let letter = letter.ok_or(Error::Impossible("admin-error-no-mail"))?;
        outbox::put_told(&app.db, &app.secrets.audit, letter, event, now).await?;
        return Ok(Invited { link: None, expires_at });
    }
    let token = Secret::random();
    registration::invite_by(&app.db, &app.secrets.audit, (token.digest(), email), &invitee, event, now).await?;
    let link = format!("{}?token={}", app.config.issuer.url(TicketPurpose::Invite.path()), token.reveal());
    Ok(Invited { link: Some(link), expires_at })
}

/// What the trail has of somebody who is invited.
#[must_use]
pub fn invited(operator: &Operator, email: Option<&Email>, invitee: &Invitee) -> NewEvent {
    let Invitee { role, was_mailed, .. } = invitee;
    operator.event(Event::UserInvited).with(json!({ "after": { "email": email, "role": role, "mailed": was_mailed } }))
}

/// The role that somebody gets who was invited with one: none any more, where whoever invited them could not give it by
/// now. Else a link kept back would outlive the power it came from.
pub async fn role_of(app: &App, invitee: &Invitee) -> Result<Option<Role>, storage::Error> {
    let (Some(role), Some(by)) = (invitee.role, &invitee.by) else { return Ok(invitee.role) };
    let giver = match by.parse() {
        Ok(Actor::Person(id)) => role_of_person(app, &id).await?,
        Ok(Actor::Key(id)) => role_of_key(app, &id).await?,
        Ok(Actor::Client(id)) => app.memory().client(id.as_str()).map(|_| Role::Admin),
        Ok(Actor::Command) => Some(Role::Owner),
        _ => None,
    };
    Ok(Some(role).filter(|role| giver.is_some_and(|giver| giver.may_give(*role))))
}

async fn role_of_person(app: &App, id: &UserId) -> Result<Option<Role>, storage::Error> {
    let user = users::find(&app.db, id).await?;
    Ok(user.filter(|user| user.disabled_at.is_none()).and_then(|user| user.role))
}

async fn role_of_key(app: &App, id: &ApiKeyId) -> Result<Option<Role>, storage::Error> {
    let now = app.clock.now();
    let key = api_keys::find(&app.db, id).await?;
    let key = key.filter(|key| key.revoked_at.is_none() && key.expires_at.is_none_or(|at| at > now));
    Ok(key.map(|key| key.role))
}

//! Somebody whom a provider knows, until it is clear which account is theirs (`domain/identity.rs` decides): the same
//! for those who come by a page and for those who come by an app.
use super::picture;
use crate::{
    config::SignUp,
    domain::{Arrival, Event, Identity, Profile, Said, TicketPurpose, User, UserId, arrive as decide},
    mail::{Letter, Notice, TicketLetter, To},
    storage::{self, identities, users},
    upstream::{Newcomer, Tokens, Upstream},
    vault,
    web::{error::PageError, ticket::send_verification, visit::Visit},
};
use serde_json::{Map, Value};

/// Somebody, with what their provider gave.
pub struct Came {
    /// Who.
    pub newcomer: Newcomer,
    /// The tokens.
    pub tokens: Tokens,
    /// For which of our names there.
    pub client_id: String,
}

/// Who comes.
pub struct Stranger<'a> {
    /// Their request.
    pub visit: &'a Visit,
    /// The provider.
    pub upstream: &'a Upstream,
    /// Who they are there.
    pub identity: Identity,
    /// Their session there.
    pub session: Option<String>,
}

impl<'a> Stranger<'a> {
    /// Takes note of somebody, and of what their provider says.
    pub async fn seen(visit: &'a Visit, upstream: &'a Upstream, came: Came) -> Result<Self, PageError> {
        let (app, provider) = (&visit.app, upstream.provider.name.clone());
        let Newcomer { subject, said, session } = came.newcomer;
        let identity = identities::seen(&app.db, provider, subject, said, app.clock.now()).await?;
        vault::keep(app, upstream, &identity.id, came.tokens, &came.client_id).await?;
        Ok(Self { visit, upstream, identity, session })
    }

    /// What becomes of them.
    pub async fn arrival(&self) -> Result<Arrival, PageError> {
        let namesake = match &self.identity.said.email {
            Some(email) => identities::namesake(&self.visit.app.db, &email.address).await?,
            None => None,
        };
        let provider = &self.upstream.provider;
        Ok(decide(&self.identity, namesake.as_ref(), provider.on_unknown(), provider.link()))
    }

    /// They use the account that is theirs. `false`: it is not any more, or it may not be used.
    pub async fn enter(&self, user: &UserId) -> Result<bool, PageError> {
        let (app, now) = (&self.visit.app, self.visit.app.clock.now());
        if !identities::used(&app.db, self.identity.id.clone(), user.clone(), now).await? {
            return Ok(false);
        }
        self.refresh(user).await?;
        if let Some(address) = self.identity.said.profile.get("picture").and_then(Value::as_str) {
            picture::follow(app, self.upstream, user, address);
        }
        Ok(true)
    }

    /// The identity joins an account at once: both sides have verified the address. The owner is told, and can undo it.
    pub async fn join(&self, user: &UserId) -> Result<(), PageError> {
        let app = &self.visit.app;
        if identities::link(&app.db, self.identity.id.clone(), user.clone(), app.clock.now()).await? {
            linked(self.visit, user, &self.identity).await?;
        }
        Ok(())
    }

    /// It takes an account that somebody made with its address and never proved.
    pub async fn take_over(&self, user: &UserId) -> Result<(), PageError> {
        let app = &self.visit.app;
        match identities::take_over(&app.db, self.identity.id.clone(), user.clone(), app.clock.now()).await {
            Ok(_) => {
                self.visit.record(user, Event::EmailVerified).await?;
                self.visit.notify(user, Notice::Reclaimed).await;
                linked(self.visit, user, &self.identity).await
            }
            // Somebody proved the address meanwhile: then this is a sign-in like any other, begun anew.
            Err(storage::Error::Conflict) => Err(PageError::UpstreamState),
            Err(why) => Err(why.into()),
        }
    }

    /// Whether people may get an account by themselves, and this one may: as by the page of sign-up. Where that is for
    /// some domains alone, an address of theirs is needed, and proved where one that is typed would have to be.
    pub fn may_sign_up(&self) -> bool {
        let registration = &self.visit.app.settings().registration;
        let is_admitted = match &self.identity.said.email {
            Some(email) => {
                let is_proof = email.verified || !registration.verify_email || !registration.is_limited();
                registration.admits(&email.address) && is_proof
            }
            None => !registration.is_limited(),
        };
        registration.sign_up == SignUp::Open && is_admitted
    }

    /// The account that they would get.
    pub fn account(&self) -> User {
        let (said, now) = (&self.identity.said, self.visit.app.clock.now());
        let email = said.email.as_ref();
        User {
            email: email.map(|email| email.address.clone()),
            email_verified_at: email.filter(|email| email.verified).map(|_| now),
            name: said.name.clone(),
            profile: profile_of(said),
            ..User::new(now)
        }
    }

    /// Makes the account. Who comes twice at the same moment has one: then it is the one that was made first.
    pub async fn make(&self, mut user: User) -> Result<UserId, PageError> {
        let (app, now) = (&self.visit.app, self.visit.app.clock.now());
        let (id, identity) = (user.id.clone(), &self.identity.id);
        // An address that is somebody else's is not claimed; who can read its mail may claim it later.
        if let Some(email) = &user.email
            && identities::namesake(&app.db, email).await?.is_some()
        {
            (user.email, user.email_verified_at) = (None, None);
        }
        let made = match identities::create(&app.db, identity.clone(), user.clone(), now).await {
            // It has become somebody else's at this very moment.
            Err(storage::Error::Conflict) => {
                (user.email, user.email_verified_at) = (None, None);
                identities::create(&app.db, identity.clone(), user.clone(), now).await?
            }
            made => made?,
        };
        if !made {
            let now_known = identities::find(&app.db, identity).await?;
            return now_known.and_then(|identity| identity.user).ok_or(PageError::UpstreamState);
        }
        let is_unproved = user.email.is_some() && user.email_verified_at.is_none();
        self.visit.record(&id, Event::SignedUp).await?;
        if is_unproved && app.mailer.is_on() {
            send_verification(self.visit, &id).await?;
        }
        Ok(id)
    }

    /// Takes over what the provider says and the account does not know yet, or all of it where the operator wants that.
    /// Nothing is made empty.
    async fn refresh(&self, user: &UserId) -> Result<(), PageError> {
        let (app, said) = (&self.visit.app, &self.identity.said);
        let Some(user) = users::find(&app.db, user).await? else { return Ok(()) };
        let overrides = self.upstream.provider.settings.update_profile;
        let (told, known) = (profile_of(said), user.profile.clone());
        let profile = if overrides { known.with(&told) } else { told.with(&known) };
        let (first, second) = if overrides { (&said.name, &user.name) } else { (&user.name, &said.name) };
        let name = first.clone().or(second.clone());
        if profile != user.profile || name != user.name {
            let before = user.updated_at;
            // Whoever changes it at the same time has the last word.
            users::describe(&app.db, User { name, profile, ..user }, before, app.clock.now()).await?;
        }
        Ok(())
    }
}

/// What a provider says, as far as accounts have it. A user name is not theirs to take here, for others have others.
fn profile_of(said: &Said) -> Profile {
    let claims: Map<_, _> = said.profile.clone().into_iter().filter(|(name, _)| name != "preferred_username").collect();
    Profile::from_claims(claims).unwrap_or_default()
}

/// An account has another way in: its owner is told, with a way back.
pub async fn linked(visit: &Visit, user: &UserId, identity: &Identity) -> Result<(), PageError> {
    let app = &visit.app;
    visit.record(user, Event::IdentityLinked).await?;
    if app.mailer.is_on() {
        let language = visit.frame(None).words.language();
        let letter = TicketLetter::new(TicketPurpose::UndoLink, To::Person(user.clone()), language);
        let letter = letter.with(Some(identity.id.to_string()));
        app.mailer.send(&app.db, &Letter::Ticket(letter), app.clock.now()).await?;
    }
    Ok(())
}

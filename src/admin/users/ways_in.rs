//! By what somebody gets in: taken away by those who run the instance, who may have to do it for whoever has lost it.
use super::{find, find_to_act_on, language, perform, there};
use crate::{
    admin::{Change, Error, Operator},
    app::App,
    domain::{Event, IdentityId, PasskeyId, User, UserId},
    mail::{Letter, Notice, Occasion},
    storage::{
        identities::{self, Ways},
        outbox, passkeys,
        people::{Act, Told},
        second_factors,
    },
};
use serde_json::json;

/// Takes two-step verification and passkeys from somebody, and tells them.
pub async fn remove_factors(app: &App, operator: &Operator, id: &UserId) -> Result<(), Error> {
    let (user, change) = (find(app, id).await?, Change::by(operator, app));
    let letter = notice(app, &user, Notice::SecondFactorOff)?;
    take_factors(change, &user, false, letter).await.map(|_| ())
}

/// Takes two-step verification from somebody, and leaves them their passkeys.
pub async fn remove_second_step(app: &App, operator: &Operator, id: &UserId) -> Result<(), Error> {
    let (user, change) = (find(app, id).await?, Change::by(operator, app));
    let letter = notice(app, &user, Notice::SecondFactorOff)?;
    take_factors(change, &user, true, letter).await.map(|_| ())
}

/// Takes a passkey from somebody, and tells them. One that is another's is not found.
pub async fn remove_passkey(app: &App, operator: &Operator, id: &UserId, passkey: PasskeyId) -> Result<(), Error> {
    let user = find_to_act_on(app, operator, id).await?;
    let all = passkeys::of_user(&app.db, &user.id).await?;
    let found = all.into_iter().find(|one| one.id == passkey).ok_or(Error::NotFound)?;
    let before = json!({ "name": found.name.as_str(), "created_at": found.created_at });
    let event = operator.event(Event::PasskeyRemoved).about_object("passkey", &passkey);
    let letter = notice(app, &user, Notice::PasskeyRemoved)?;
    let told = Told { event: event.with(json!({ "before": before })), letter };
    there(perform(Change::by(operator, app), &user, (Act::RemovePasskey(passkey, ways(app)), None), told).await)
}

/// Takes an account elsewhere from somebody, and tells them. One that is another's is not found.
pub async fn unlink(app: &App, operator: &Operator, id: &UserId, identity: IdentityId) -> Result<(), Error> {
    let user = find_to_act_on(app, operator, id).await?;
    let found = identities::find(&app.db, &identity).await?;
    let found = found.filter(|one| one.user.as_ref() == Some(&user.id)).ok_or(Error::NotFound)?;
    let before = json!({ "provider": found.provider, "subject": found.subject, "created_at": found.created_at });
    let event = operator.event(Event::IdentityUnlinked).about_object("identity", &identity);
    let letter = notice(app, &user, Notice::IdentityUnlinked)?;
    let told = Told { event: event.with(json!({ "before": before })), letter };
    let act = Act::Unlink(identity, ways(app));
    there(perform(Change::by(operator, app), &user, (act, None), told).await)
}

/// What people can sign in with now, besides what they have themselves.
#[must_use]
pub fn ways(app: &App) -> Ways {
    let providers = app.memory().upstreams.iter().map(|upstream| upstream.provider.name.clone()).collect();
    Ways { providers, by_mail: app.mailer.is_on() }
}

/// What somebody had, and has no longer.
#[derive(Debug)]
pub struct Taken {
    /// Whether they were asked for a second factor.
    pub second_step: bool,
    /// How many passkeys are gone.
    pub passkeys: usize,
}

/// Takes two-step verification from somebody, and passkeys, unless they keep those. Whoever has found what they have
/// lost may be signed in, so all that has begun ends.
pub async fn take_factors(
    change: Change<'_>,
    user: &User,
    keep_passkeys: bool,
    letter: Option<outbox::Sealed>,
) -> Result<Taken, Error> {
    let second_step = second_factors::is_on(change.db, &user.id).await?;
    let passkeys = if keep_passkeys { vec![] } else { passkeys::of_user(change.db, &user.id).await? };
    let names: Vec<_> = passkeys.iter().map(|passkey| passkey.name.as_str()).collect();
    let event = change
        .operator
        .event(Event::FactorsRemoved)
        .with(json!({ "before": { "second_step": second_step, "passkeys": names } }));
    perform(change, user, (Act::RemoveFactors { keep_passkeys }, None), Told { event, letter }).await?;
    Ok(Taken { second_step, passkeys: passkeys.len() })
}

/// A letter that tells somebody what was done to their account by those who run the instance: from no device of theirs.
fn notice(app: &App, user: &User, notice: Notice) -> Result<Option<outbox::Sealed>, Error> {
    let at = app.clock.now();
    let occasion = Occasion { at, device: None, language: language(user).tag().into(), provider: None };
    Ok(app.mailer.seal(&Letter::Notice { user: user.id.clone(), notice, occasion }, at)?)
}

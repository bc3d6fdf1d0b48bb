//! Keys to the administration, for programs: printed once, kept as digests, revocable.
use super::{Error, Operator};
use crate::{
    app::App,
    domain::{Actor, ApiKeyId, Chain, Event, Role, Secret, Timestamp},
    storage::{
        Db,
        api_keys::{self, ApiKey, NewApiKey},
    },
};
use serde_json::json;

/// How every key begins, so that people and scanners of leaked secrets know what it is.
pub const PREFIX: &str = "genkan_";
/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

/// Makes a key that is good until `expires_at`, or until it is revoked. The secret is told here alone.
pub async fn create(
    db: &Db,
    chain: &Chain,
    operator: &Operator,
    (name, role, expires_at): (&str, Role, Option<Timestamp>),
    now: Timestamp,
) -> Result<(ApiKey, Secret), Error> {
    operator.must_be_able_to_give(role)?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Error::fault("name", "admin-error-name"));
    }
    if expires_at.is_some_and(|at| at <= now) {
        return Err(Error::fault("expires_at", "admin-error-past"));
    }
    let secret = Secret::from(format!("{PREFIX}{}", Secret::random().reveal()));
    let key = ApiKey {
        id: ApiKeyId::random(),
        name: name.into(),
        role,
        created_by: operator.actor.to_string(),
        created_at: now,
        expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    let event = operator
        .event(Event::ApiKeyCreated)
        .about_object("api_key", &key.id)
        .with(json!({ "after": { "name": key.name, "role": role, "expires_at": expires_at } }));
    let new = NewApiKey { key: key.clone(), digest: secret.digest() };
    api_keys::insert(db, chain, new, event, now).await?;
    Ok((key, secret))
}

/// Makes a key worth nothing, at once.
pub async fn revoke(db: &Db, chain: &Chain, operator: &Operator, id: &ApiKeyId, now: Timestamp) -> Result<(), Error> {
    let found = api_keys::find(db, id).await?.filter(|key| key.revoked_at.is_none()).ok_or(Error::NotFound)?;
    operator.must_be_able_to_act_on(Some(found.role))?;
    let event = operator
        .event(Event::ApiKeyRevoked)
        .about_object("api_key", id)
        .with(json!({ "before": { "name": found.name, "role": found.role } }));
    if api_keys::revoke(db, chain, id.clone(), event, now).await? { Ok(()) } else { Err(Error::NotFound) }
}

/// Who has this key, while it is good.
pub async fn operator(app: &App, presented: &str) -> Result<Option<(Actor, Role)>, Error> {
    if !presented.starts_with(PREFIX) {
        return Ok(None);
    }
    let found = api_keys::take(&app.db, Secret::from(presented).digest(), app.clock.now()).await?;
    Ok(found.map(|(id, role)| (Actor::Key(id), role)))
}

//! Apps that sign people in here, and machines that get tokens for themselves.
//!
//! What the settings register, the settings alone change. A secret is told once, by whatever made it.
pub use super::Change;
use super::{Error, Fault, Operator};
use crate::{
    domain::{Client, ClientAuthMethod, ClientId, Event, NewEvent, PreviousSecret, Secret, random_id},
    protocol::registration::{ClientMetadata, MetadataFault, register, revise},
    storage::{
        self, Db,
        clients::{self, Registered, Source},
        pictures::Picture,
    },
};
use serde_json::{Map, Value, json};

/// How long the secret before may be good beside a new one, in seconds.
pub const LONGEST_OVERLAP: i64 = 30 * 86_400;
/// How often a change is tried anew that another one overtakes, where whoever asks has not seen a version.
const TRIES: usize = 5;

/// An app, and its secret where there is a new one.
#[derive(Debug)]
pub struct Told {
    /// The app as it is now.
    pub app: Registered,
    /// Told here alone.
    pub secret: Option<Secret>,
}

impl From<MetadataFault> for Fault {
    fn from(fault: MetadataFault) -> Self {
        Self::new(fault.field, fault.problem)
    }
}

fn invalid(faults: Vec<MetadataFault>) -> Error {
    Error::Invalid(faults.into_iter().map(Into::into).collect())
}

/// An app.
pub async fn find(db: &Db, id: &ClientId) -> Result<Registered, Error> {
    clients::find(db, id).await?.ok_or(Error::NotFound)
}

/// Whether an app that says so of itself shares a secret with us.
#[must_use]
pub fn needs_secret(metadata: &ClientMetadata) -> bool {
    let method = metadata.token_endpoint_auth_method.as_deref().map_or(Ok(ClientAuthMethod::default()), str::parse);
    method.is_ok_and(ClientAuthMethod::is_by_secret)
}

/// Registers an app. One that can keep a secret gets one, unless it comes with its own.
pub async fn create(change: Change<'_>, metadata: ClientMetadata) -> Result<Told, Error> {
    let Change { db, chain, operator, now } = change;
    let secret = (needs_secret(&metadata) && metadata.client_secret.is_none()).then(Secret::random);
    let client_secret = metadata.client_secret.or_else(|| secret.clone());
    let client = register(ClientMetadata { client_secret, ..metadata }).map_err(invalid)?;
    let event = registered(operator, &client);
    match clients::insert(db, chain, client.clone(), event, now).await {
        Ok(()) => {
            let app = Registered { client, source: Source::Command, version: 1, created_at: now };
            Ok(Told { app, secret })
        }
        Err(storage::Error::Conflict) => Err(Error::fault("client_id", "app-error-taken")),
        Err(why) => Err(why.into()),
    }
}

/// Changes all that is known of an app but its id and its secret. `expected`: the version that was looked at. One that
/// is to keep a secret and has none gets one.
pub async fn update(
    change: Change<'_>,
    id: &ClientId,
    expected: Option<i64>,
    metadata: ClientMetadata,
) -> Result<Told, Error> {
    if metadata.client_id.as_ref().is_some_and(|named| named != id.as_str()) {
        return Err(Error::fault("client_id", "app-error-id"));
    }
    if metadata.client_secret.is_some() {
        return Err(Error::fault("client_secret", "app-error-secret"));
    }
    let secret = Secret::random();
    let needs_secret = needs_secret(&metadata);
    let make = |before: &Client| {
        let client_secret = (needs_secret && before.secret_digest.is_none()).then(|| secret.clone());
        revise(before, ClientMetadata { client_secret, ..metadata.clone() }).map_err(invalid)
    };
    let app = apply(change, (id, expected), Event::ClientUpdated, make).await?;
    let is_new = app.client.secret_digest == Some(secret.digest());
    Ok(Told { app, secret: is_new.then_some(secret) })
}

/// Gives an app a new secret. The one until now is good for `overlap` seconds more, and one before it no longer.
pub async fn rotate(change: Change<'_>, id: &ClientId, expected: Option<i64>, overlap: i64) -> Result<Told, Error> {
    if !(0..=LONGEST_OVERLAP).contains(&overlap) {
        return Err(Error::fault("overlap", "app-error-overlap"));
    }
    let secret = Secret::random();
    let until = change.now.plus(overlap);
    let make = |before: &Client| {
        if before.is_public() {
            return Err(Error::Impossible("app-error-public"));
        }
        if before.signs() {
            return Err(Error::Impossible("app-error-signs"));
        }
        let kept = before.secret_digest.clone().filter(|_| overlap > 0);
        let previous_secret = kept.map(|digest| PreviousSecret { digest, until });
        Ok(Client { secret_digest: Some(secret.digest()), previous_secret, ..before.clone() })
    };
    let app = apply(change, (id, expected), Event::SecretRotated, make).await?;
    Ok(Told { app, secret: Some(secret) })
}

/// Makes the secret before worth nothing, at once.
pub async fn revoke_previous(change: Change<'_>, id: &ClientId, expected: Option<i64>) -> Result<Registered, Error> {
    let make = |before: &Client| Ok(Client { previous_secret: None, ..before.clone() });
    apply(change, (id, expected), Event::SecretRotated, make).await
}

/// Removes an app, and with it all that people gave it.
pub async fn delete(change: Change<'_>, id: &ClientId, expected: Option<i64>) -> Result<(), Error> {
    let Change { db, chain, operator, now } = change;
    for _ in 0..TRIES {
        let before = current(db, id, expected).await?;
        let event = removed(operator, &before.client);
        if clients::remove(db, chain, (id.clone(), before.version), event, now).await? {
            return Ok(());
        }
    }
    Err(Error::Stale)
}

/// Gives an app a logo of its own here, or takes it away.
pub async fn set_logo(change: Change<'_>, id: &ClientId, logo: Option<Picture>) -> Result<Registered, Error> {
    let Change { db, chain, operator, now } = change;
    let before = current(db, id, None).await?;
    let client = Client { logo: logo.as_ref().map(|_| random_id()), ..before.client.clone() };
    let event = revised(operator, Event::ClientUpdated, &before.client, &client);
    if clients::update_logo(db, chain, (client.clone(), before.version, logo), event, now).await? {
        Ok(Registered { client, version: before.version + 1, ..before })
    } else {
        Err(Error::Stale)
    }
}

/// An app that can be changed, as it is now.
async fn current(db: &Db, id: &ClientId, expected: Option<i64>) -> Result<Registered, Error> {
    let before = find(db, id).await?;
    if before.source == Source::Settings {
        return Err(Error::Impossible("app-error-settings"));
    }
    if expected.is_some_and(|expected| expected != before.version) {
        return Err(Error::Stale);
    }
    Ok(before)
}

/// Makes an app another, and writes down how.
async fn apply(
    Change { db, chain, operator, now }: Change<'_>,
    (id, expected): (&ClientId, Option<i64>),
    event: Event,
    make: impl Fn(&Client) -> Result<Client, Error>,
) -> Result<Registered, Error> {
    for _ in 0..TRIES {
        let before = current(db, id, expected).await?;
        let client = make(&before.client)?;
        if client == before.client {
            return Ok(before);
        }
        let event = revised(operator, event, &before.client, &client);
        if clients::update(db, chain, (client.clone(), before.version), event, now).await? {
            return Ok(Registered { client, version: before.version + 1, ..before });
        }
    }
    Err(Error::Stale)
}

/// That there is another app.
pub(super) fn registered(operator: &Operator, client: &Client) -> NewEvent {
    operator.event(Event::ClientCreated).about_client(&client.client_id).with(json!({ "after": told(client) }))
}

/// That an app is another.
pub(super) fn revised(operator: &Operator, event: Event, before: &Client, after: &Client) -> NewEvent {
    operator.event(event).about_client(&after.client_id).with(difference(before, after))
}

/// That an app is gone.
pub(super) fn removed(operator: &Operator, client: &Client) -> NewEvent {
    operator.event(Event::ClientDeleted).about_client(&client.client_id).with(json!({ "before": told(client) }))
}

/// What may be told of an app: all but its secrets, of which there is said whether there is one, and until when.
#[must_use]
pub fn told(client: &Client) -> Map<String, Value> {
    let Ok(Value::Object(mut told)) = serde_json::to_value(client) else { return Map::new() };
    told.remove("secret_digest");
    told.remove("previous_secret");
    if let Some(previous) = &client.previous_secret {
        told.insert("previous_secret_until".into(), previous.until.0.into());
    }
    told
}

/// What is not the same in two states of an app.
fn difference(before: &Client, after: &Client) -> Value {
    let (old, new) = (told(before), told(after));
    let only = |these: &Map<String, Value>, those: &Map<String, Value>| -> Map<String, Value> {
        these
            .iter()
            .filter(|(key, value)| those.get(*key) != Some(value))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    };
    json!({ "before": only(&old, &new), "after": only(&new, &old) })
}

//! Webhooks: who else is told of events, of which, and by which secret.
use super::{Error, Fault, Operator};
use crate::{
    app::App,
    domain::{Delivery, DeliveryId, Disabled, Event, NewEvent, Secret, Timestamp, Webhook, WebhookId, WebhookSettings},
    storage::{deliveries, webhooks as stored},
    webhooks::Secrets,
};
use serde_json::{Value, json};

/// How many there may be: each is told everything one by one.
const MOST: usize = 50;
/// The longest name, in characters, and the longest address.
const LONGEST_NAME: usize = 100;
const LONGEST_URL: usize = 2000;

/// Makes one, which is told of what happens from now on. The secret is told here alone, and when it is renewed.
pub async fn create(app: &App, operator: &Operator, settings: WebhookSettings) -> Result<(Webhook, Secret), Error> {
    let settings = checked(app, settings)?;
    if stored::all(&app.db).await?.len() >= MOST {
        return Err(Error::Impossible("webhook-error-too-many"));
    }
    let (id, (secrets, secret)) = (WebhookId::random(), Secrets::new());
    let sealed = secrets.seal(&app.secrets.webhooks, &id)?;
    let event = event(operator, Event::WebhookCreated, &id).with(json!({ "after": said(&settings, None) }));
    stored::insert(&app.db, &app.secrets.audit, (id.clone(), &settings, sealed), event, app.clock.now()).await?;
    Ok((find(app, &id).await?, secret))
}

/// A webhook.
pub async fn find(app: &App, id: &WebhookId) -> Result<Webhook, Error> {
    stored::find(&app.db, id).await?.ok_or(Error::NotFound)
}

/// Changes one that nobody has changed since this version. Enabled again, it is told of what it missed.
pub async fn update(
    app: &App,
    operator: &Operator,
    (id, version): (&WebhookId, i64),
    settings: WebhookSettings,
    enabled: bool,
) -> Result<Webhook, Error> {
    let before = find(app, id).await?;
    if before.version != version {
        return Err(Error::Stale);
    }
    let (settings, now) = (checked(app, settings)?, app.clock.now());
    let disabled = if enabled { None } else { before.disabled.or(Some((now, Disabled::ByOperator))) };
    let details = json!({
        "before": said(&before.settings, before.disabled), "after": said(&settings, disabled),
    });
    let event = event(operator, Event::WebhookUpdated, id).with(details);
    let changed = Webhook { settings, disabled, ..before };
    if !stored::update(&app.db, &app.secrets.audit, &changed, event, now).await? {
        return Err(Error::Stale);
    }
    find(app, id).await
}

/// Gives one another secret; messages are signed with both for a day.
pub async fn rotate(app: &App, operator: &Operator, id: &WebhookId) -> Result<Secret, Error> {
    let (sealed, now) = (stored::sealed(&app.db, id).await?.ok_or(Error::NotFound)?, app.clock.now());
    let (secrets, secret) = match Secrets::open(&app.secrets.webhooks, id, &sealed) {
        Some(before) => before.rotated(now),
        None => Secrets::new(),
    };
    let sealed = secrets.seal(&app.secrets.webhooks, id)?;
    let event = event(operator, Event::WebhookUpdated, id).with(json!({ "secret": "rotated" }));
    let done = stored::seal(&app.db, &app.secrets.audit, (id.clone(), sealed), event, now).await?;
    if done { Ok(secret) } else { Err(Error::NotFound) }
}

/// Removes one, with all that waits for it.
pub async fn remove(app: &App, operator: &Operator, id: &WebhookId) -> Result<(), Error> {
    let before = find(app, id).await?;
    let details = json!({ "before": said(&before.settings, before.disabled) });
    let event = event(operator, Event::WebhookDeleted, id).with(details);
    let done = stored::remove(&app.db, &app.secrets.audit, id.clone(), event, app.clock.now()).await?;
    if done { Ok(()) } else { Err(Error::NotFound) }
}

/// Tells one something, to show that it is told anything at all.
pub async fn test(app: &App, id: &WebhookId) -> Result<DeliveryId, Error> {
    let webhook = find(app, id).await?;
    if webhook.disabled.is_some() {
        return Err(Error::Impossible("webhook-error-disabled"));
    }
    let delivery = Delivery::test(id, app.clock.now());
    let name = delivery.id.clone();
    deliveries::insert(&app.db, id, delivery).await?;
    Ok(name)
}

/// Tells one something anew.
pub async fn replay(app: &App, id: &WebhookId, delivery: &DeliveryId) -> Result<(), Error> {
    let done = deliveries::again(&app.db, id, delivery, app.clock.now()).await?;
    if done { Ok(()) } else { Err(Error::NotFound) }
}

/// Tells one everything anew that has happened since a moment.
pub async fn replay_since(app: &App, operator: &Operator, id: &WebhookId, since: Timestamp) -> Result<(), Error> {
    let now = app.clock.now();
    if since > now {
        return Err(Error::fault("since", "webhook-error-since"));
    }
    let event = event(operator, Event::WebhookUpdated, id).with(json!({ "replayed_since": since.in_rfc3339() }));
    let done = stored::rewind(&app.db, &app.secrets.audit, (id.clone(), since), event, now).await?;
    if done { Ok(()) } else { Err(Error::NotFound) }
}

fn event(operator: &Operator, event: Event, id: &WebhookId) -> NewEvent {
    operator.event(event).about_object("webhook", id)
}

/// What the trail says of one: the address without what may be secret in it.
fn said(settings: &WebhookSettings, disabled: Option<(Timestamp, Disabled)>) -> Value {
    let end = settings.url.find(['?', '#']).unwrap_or(settings.url.len());
    json!({
        "name": settings.name,
        "url": &settings.url[..end],
        "kinds": settings.kinds,
        "disabled": disabled.map(|(_, why)| why),
    })
}

fn checked(app: &App, settings: WebhookSettings) -> Result<WebhookSettings, Error> {
    let WebhookSettings { name, url, mut kinds } = settings;
    let (name, url) = (name.trim().to_owned(), url.trim().to_owned());
    let mut faults = vec![];
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        faults.push(Fault::new("name", "admin-error-name"));
    }
    if url.len() > LONGEST_URL || app.fetcher.check(&url).is_err() {
        faults.push(Fault::new("url", "webhook-error-url"));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    kinds.sort_by_key(|event| event.as_str());
    kinds.dedup();
    Ok(WebhookSettings { name, url, kinds })
}

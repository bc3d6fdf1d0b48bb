//! Sending what is written down. Each webhook is served by itself, by one node at a time: whoever answers slowly, or
//! not at all, delays nobody else.
use super::Secrets;
use crate::{
    app::App,
    domain::{Actor, Delivery, Disabled, Event, NewEvent, Outcome, Timestamp, Webhook, WebhookId, random_id},
    fetch::{self, Request},
    protocol::webhook::signatures,
    storage::{self, deliveries, webhooks},
};
use serde_json::json;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How long one node serves a webhook before others may, in seconds.
const TURN: i64 = 30;
/// How long nobody else does, should it die, in seconds: longer than a message takes, since it is renewed for each.
const LEASE: i64 = 15;
/// What is read of an answer, in bytes.
const ANSWER: usize = 64 * 1024;
/// The longest rest after messages that were not taken, in seconds.
const LONGEST_REST: i64 = 60;

/// Which webhooks this node serves, and which it lets rest.
#[derive(Debug, Default, Clone)]
pub struct Senders(Arc<Mutex<HashMap<WebhookId, Sender>>>);

#[derive(Debug, Default, Clone, Copy)]
struct Sender {
    serving: bool,
    failures: u32,
    rests_until: i64,
}

impl Senders {
    fn map(&self) -> MutexGuard<'_, HashMap<WebhookId, Sender>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this node may begin to serve it.
    fn begin(&self, id: &WebhookId, now: Timestamp) -> bool {
        let mut map = self.map();
        let sender = map.entry(id.clone()).or_default();
        let may = !sender.serving && sender.rests_until <= now.0;
        sender.serving |= may;
        may
    }

    /// It has done so; `failed`: and something was not taken.
    fn end(&self, id: &WebhookId, failed: bool, now: Timestamp) {
        let mut map = self.map();
        let sender = map.entry(id.clone()).or_default();
        let failures = if failed { sender.failures + 1 } else { 0 };
        let rest = if failed { LONGEST_REST.min(1 << failures.min(6)) } else { 0 };
        *sender = Sender { serving: false, failures, rests_until: now.0 + rest };
    }

    fn keep(&self, all: &[Webhook]) {
        self.map().retain(|id, sender| sender.serving || all.iter().any(|webhook| webhook.id == *id));
    }
}

/// Begins to send to each of these what is due, apart from each other.
pub async fn send(app: &Arc<App>, senders: &Senders, all: Vec<Webhook>) -> storage::Result<()> {
    senders.keep(&all);
    for webhook in all {
        let now = app.clock.now();
        if deliveries::next(&app.db, &webhook.id, now).await?.is_none() || !senders.begin(&webhook.id, now) {
            continue;
        }
        let (app, senders) = (app.clone(), senders.clone());
        tokio::spawn(async move {
            let failed = serve(&app, &webhook.id).await.unwrap_or_else(|why| {
                tracing::error!(%why, webhook = %webhook.id, "a webhook cannot be served");
                true
            });
            senders.end(&webhook.id, failed, app.clock.now());
        });
    }
    Ok(())
}

/// Sends what is due, until nothing is, something is not taken, or it is another's turn. Whether something was not
/// taken.
async fn serve(app: &App, id: &WebhookId) -> storage::Result<bool> {
    let (me, begun) = (random_id(), app.clock.now());
    let mut failed = false;
    loop {
        let now = app.clock.now();
        let is_over = failed || now.since(begun) >= TURN;
        if is_over || !webhooks::claim(&app.db, id.clone(), me.clone(), now, now.plus(LEASE)).await? {
            break;
        }
        // Read anew each time: it may have been changed or removed.
        let (Some(webhook), Some(delivery)) =
            (webhooks::find(&app.db, id).await?, deliveries::next(&app.db, id, now).await?)
        else {
            break;
        };
        failed = !tell(app, &webhook, delivery).await?;
    }
    webhooks::release(&app.db, id.clone(), me).await?;
    Ok(failed)
}

/// Sends one message, and writes down what came of it. Whether it was taken.
async fn tell(app: &App, webhook: &Webhook, delivery: Delivery) -> storage::Result<bool> {
    let (status, said) = match post(app, webhook, &delivery).await {
        Ok(status) => (Some(status), status.to_string()),
        Err(word) => (None, word.to_owned()),
    };
    let now = app.clock.now();
    let outcome = Outcome::of(status, delivery.attempts + 1, now);
    let due_at = if let Outcome::Again(at) = outcome { Some(at) } else { None };
    let taken = outcome == Outcome::Taken;
    deliveries::end(&app.db, &delivery, said, due_at, taken.then_some(now)).await?;
    match outcome {
        Outcome::Gone => disable(app, webhook, Disabled::Gone).await?,
        Outcome::GivenUp if !deliveries::any_taken_since(&app.db, &webhook.id, delivery.created_at).await? => {
            disable(app, webhook, Disabled::Failed).await?;
        }
        _ => {}
    }
    Ok(taken)
}

/// The status of the answer, or a word for why there is none.
async fn post(app: &App, webhook: &Webhook, delivery: &Delivery) -> Result<u16, &'static str> {
    let unreadable = |_| "database";
    let sealed = webhooks::sealed(&app.db, &webhook.id).await.map_err(unreadable)?.ok_or("removed")?;
    let secrets = Secrets::open(&app.secrets.webhooks, &webhook.id, &sealed).ok_or("sealed")?;
    let now = app.clock.now();
    let request = Request::message(&webhook.settings.url, delivery.body.clone(), ANSWER)
        .with("webhook-id", delivery.id.as_str())
        .with("webhook-timestamp", now.0.to_string())
        .with("webhook-signature", signatures(secrets.good(now), delivery.id.as_str(), now, &delivery.body));
    match app.fetcher.send(request).await {
        Ok(answer) => Ok(answer.status),
        Err(why) => {
            tracing::warn!(%why, webhook = %webhook.id, "a webhook cannot be told of an event");
            Err(match why {
                fetch::Error::Refused(..) | fetch::Error::Settings(_) => "refused",
                fetch::Error::TooSlow(_) => "too_slow",
                fetch::Error::Unreachable(..) | fetch::Error::TooLong(_) => "unreachable",
            })
        }
    }
}

async fn disable(app: &App, webhook: &Webhook, why: Disabled) -> storage::Result<()> {
    tracing::error!(webhook = %webhook.id, %why, "a webhook is told nothing any more");
    let event = NewEvent::new(Event::WebhookUpdated, Actor::Genkan).about_object("webhook", &webhook.id);
    let event = event.with(json!({ "before": { "disabled": null }, "after": { "disabled": why } }));
    webhooks::disable(&app.db, &app.secrets.audit, (webhook.id.clone(), why), event, app.clock.now()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_nothing_rests_longer_and_longer() {
        let (senders, id) = (Senders::default(), WebhookId::random());
        let mut now = Timestamp(0);
        for rest in [2, 4, 8, 16, 32, 60, 60] {
            assert!(senders.begin(&id, now) && !senders.begin(&id, now));
            senders.end(&id, true, now);
            assert!(!senders.begin(&id, now.plus(rest - 1)));
            now = now.plus(rest);
        }
        assert!(senders.begin(&id, now));
        senders.end(&id, false, now);
        assert!(senders.begin(&id, now));
        // What is served is not forgotten.
        senders.keep(&[]);
        assert!(!senders.begin(&id, now));
    }
}

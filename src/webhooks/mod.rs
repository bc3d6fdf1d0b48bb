//! Telling others of events as they happen, by the Standard Webhooks specification.
//!
//! The audit trail is the queue: `follow` goes along it and writes down what each webhook is to be told, in the same
//! transaction in which it moves on, so that nothing is left out however a node ends. `send.rs` sends what is written
//! down, one webhook apart from the other, and tries again what is not taken.
mod secrets;
mod send;

pub use secrets::Secrets;
pub use send::{Senders, send};

use crate::{
    app::App,
    domain::{Delivery, Webhook},
    storage::{self, audit, deliveries, webhooks},
};

/// Rows of the trail that are looked at at once.
const STEP: i64 = 200;
/// What may wait for one webhook: for the rest, the trail is followed no further until that is told or given up.
const MOST_WAITING: i64 = 1000;

/// Writes down what webhooks are to be told of what has happened. Returns those that are told anything.
pub async fn follow(app: &App) -> storage::Result<Vec<Webhook>> {
    let mut all = webhooks::all(&app.db).await?;
    all.retain(|webhook| webhook.disabled.is_none());
    for webhook in &all {
        follow_for(app, webhook).await?;
    }
    Ok(all)
}

async fn follow_for(app: &App, webhook: &Webhook) -> storage::Result<()> {
    let mut seq = webhook.seq;
    loop {
        let rows = audit::after(&app.db, seq, STEP).await?;
        let Some(last) = rows.last().map(|row| row.seq) else { return Ok(()) };
        if deliveries::waiting(&app.db, &webhook.id).await?.0 >= MOST_WAITING {
            return Ok(());
        }
        let now = app.clock.now();
        let wanted = rows.iter().filter(|row| webhook.settings.wants(row.kind));
        let new = wanted.map(|row| Delivery::of(&webhook.id, row, now)).collect();
        if !deliveries::follow(&app.db, &webhook.id, (seq, last), new).await? {
            return Ok(());
        }
        seq = last;
    }
}

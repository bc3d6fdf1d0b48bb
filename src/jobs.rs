//! What happens without anybody asking: following the other nodes, sending mail, cleaning up, giving tokens back
//! to providers, rotating keys.
mod turns;

use crate::{
    app::App,
    storage::{self, audit, cleanup, figures, leases::Work, users},
    vault, webhooks,
};
use actix_web::web::Data;
use std::{fmt::Display, sync::Arc, time::Duration};
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{interval, sleep},
};
use turns::Turns;

/// How often a node looks whether another, or a command, has changed what it keeps in memory.
const FOLLOW: Duration = Duration::from_millis(400);
/// How often a node looks into the outbox. Nothing wakes it sooner: whoever asks for a mail could tell from the time
/// the next answer takes whether one was written.
const LOOK_FOR_MAIL: Duration = Duration::from_secs(1);
/// How many mails a node sends at once.
const MAILS_AT_ONCE: usize = 8;
/// How often a node looks for tokens to give back to their provider.
const GIVE_BACK: Duration = Duration::from_secs(2);
const CLEAN_UP: Duration = Duration::from_mins(5);
/// People who are removed at a time at most; each takes all their rows along.
const LEAVING: i64 = 100;
/// Events that are removed at a time at most.
const EVENTS: i64 = 500;
/// How often a node looks whether there is anything to tell webhooks.
const TELL: Duration = Duration::from_millis(500);
/// How often what has happened is added up.
const ADD_UP: Duration = Duration::from_secs(2);
const MAINTAIN_KEYS: Duration = Duration::from_mins(30);

/// Starts all jobs; they end when what is returned is dropped.
pub fn start(app: &Data<App>) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    jobs.spawn(follow(app.clone()));
    jobs.spawn(send_mail(app.clone()));
    jobs.spawn(clean_up(app.clone()));
    jobs.spawn(give_back(app.clone()));
    jobs.spawn(maintain_keys(app.clone()));
    jobs.spawn(tell_webhooks(app.clone()));
    jobs.spawn(add_up(app.clone()));
    jobs
}

async fn follow(app: Data<App>) {
    let mut every = interval(FOLLOW);
    let mut failing = false;
    loop {
        every.tick().await;
        let outcome = app.refresh_memory().await;
        // Said when it begins and when it ends, not twice a second.
        match (&outcome, failing) {
            (Err(why), false) => tracing::error!(%why, "changes cannot be followed"),
            (Ok(()), true) => tracing::info!("changes can be followed again"),
            _ => {}
        }
        failing = outcome.is_err();
    }
}

async fn send_mail(app: Data<App>) {
    let places = Arc::new(Semaphore::new(MAILS_AT_ONCE));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        match app.mailer.next(&app.db, app.clock.now()).await {
            Ok(Some(letter)) => {
                let app = app.clone();
                tokio::spawn(async move {
                    if let Err(why) = app.mailer.deliver(&app.db, letter, app.clock.now()).await {
                        tracing::error!(%why, "a letter could not be put back or away");
                    }
                    drop(place);
                });
                continue;
            }
            Ok(None) => {}
            Err(why) => tracing::error!(%why, "the outbox cannot be read"),
        }
        drop(place);
        sleep(LOOK_FOR_MAIL).await;
    }
}

async fn clean_up(app: Data<App>) {
    let mut turns = Turns::new(Work::Cleanup, CLEAN_UP);
    loop {
        turns.mine(&app).await;
        let is_done = clean_up_once(&app).await;
        turns.end(&app, is_done).await;
    }
}

/// Whether all of it was done.
async fn clean_up_once(app: &Data<App>) -> bool {
    let left = users::remove_due(&app.db, app.clock.now(), LEAVING).await;
    let left = told("accounts whose time of grace is over", left, |removed| {
        tracing::info!(target: "audit", removed, "accounts whose time of grace is over are gone");
    });
    let let_go = told("tokens that are not to be kept", vault::let_go(app).await, |tokens| {
        tracing::info!(target: "audit", tokens, "tokens of providers are not to be kept any more");
    });
    let forgotten = told("old events", forget_events(app).await, |removed| {
        tracing::info!(target: "audit", removed, "events that are old enough are gone");
    });
    let cleaned = told("what has run out", cleanup::run(&app.db, app.clock.now()).await, |removed| {
        tracing::debug!(removed, "what had run out was removed");
    });
    left && let_go && forgotten && cleaned
}

/// Says what was done, if there was anything to do. Whether it succeeded.
fn told<N: PartialEq + Default>(what: &str, outcome: Result<N, impl Display>, tell: impl FnOnce(N)) -> bool {
    match outcome {
        Ok(done) if done == N::default() => true,
        Ok(done) => {
            tell(done);
            true
        }
        Err(why) => {
            tracing::error!(%why, what, "it cannot be removed");
            false
        }
    }
}

/// Removes events that are older than the settings keep them, in small steps.
async fn forget_events(app: &App) -> storage::Result<u64> {
    let (retention, mut removed) = (app.config.audit.retention, 0);
    if retention == 0 {
        return Ok(0);
    }
    let before = app.clock.now().plus(-retention);
    loop {
        let step = audit::forget(&app.db, &app.secrets.audit, before, EVENTS).await?;
        removed += step;
        if step < EVENTS.unsigned_abs() {
            return Ok(removed);
        }
    }
}

async fn give_back(app: Data<App>) {
    let mut every = interval(GIVE_BACK);
    loop {
        every.tick().await;
        if let Err(why) = vault::give_back(&app).await {
            tracing::error!(%why, "tokens to be given back cannot be looked up");
        }
    }
}

async fn tell_webhooks(app: Data<App>) {
    let (mut every, senders) = (interval(TELL), webhooks::Senders::default());
    let app = app.into_inner();
    loop {
        every.tick().await;
        let outcome = match webhooks::follow(&app).await {
            Ok(all) => webhooks::send(&app, &senders, all).await,
            Err(why) => Err(why),
        };
        if let Err(why) = outcome {
            tracing::error!(%why, "webhooks cannot be told");
        }
    }
}

async fn add_up(app: Data<App>) {
    let mut every = interval(ADD_UP);
    loop {
        every.tick().await;
        if let Err(why) = figures::follow(&app.db).await {
            tracing::error!(%why, "what has happened cannot be added up");
        }
    }
}

async fn maintain_keys(app: Data<App>) {
    let mut turns = Turns::new(Work::Keys, MAINTAIN_KEYS);
    loop {
        turns.mine(&app).await;
        let outcome = app.maintain_keys(app.clock.now()).await;
        if let Err(why) = &outcome {
            tracing::error!(%why, "signing keys cannot be maintained");
        }
        turns.end(&app, outcome.is_ok()).await;
    }
}

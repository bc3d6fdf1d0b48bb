//! Work that one node at a time does: at the start of each, and from then on whenever none has done it for so long.
use crate::{
    app::App,
    domain::random_id,
    storage::leases::{self, Work},
};
use std::time::Duration;
use tokio::time::{Interval, interval};

/// This node's turns at some work.
pub struct Turns {
    work: Work,
    /// What this node is called among those who take turns.
    holder: String,
    every: Interval,
    /// How long nobody may have done it, in seconds.
    pause: i64,
    is_first: bool,
}

impl Turns {
    /// To be done about so often.
    pub fn new(work: Work, pause: Duration) -> Self {
        // A node whose turn comes a moment early does not wait for a whole pause more.
        let seconds = i64::try_from(pause.as_secs()).unwrap_or(i64::MAX / 10) * 9 / 10;
        Self { work, holder: random_id(), every: interval(pause), pause: seconds, is_first: true }
    }

    /// Waits for one.
    pub async fn mine(&mut self, app: &App) {
        loop {
            self.every.tick().await;
            let (work, now) = (self.work, app.clock.now());
            let done_before = if self.is_first { now } else { now.plus(-self.pause) };
            match leases::take(&app.db, work, self.holder.clone(), done_before, now).await {
                Ok(true) => break,
                Ok(false) => tracing::debug!(?work, "left to another node"),
                Err(why) => tracing::error!(%why, ?work, "it cannot be told whose turn it is"),
            }
        }
        self.is_first = false;
    }

    /// Ends it; the work is done, or to be tried again soon, by whoever comes.
    pub async fn end(&self, app: &App, is_done: bool) {
        let done_at = is_done.then(|| app.clock.now());
        if let Err(why) = leases::give_back(&app.db, self.work, self.holder.clone(), done_at).await {
            tracing::warn!(%why, work = ?self.work, "others wait longer than they need to");
        }
    }
}

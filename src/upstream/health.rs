//! How a provider fares: when it last did what was asked of it, and when it last did not, as this node saw it.
use crate::domain::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};

/// Kept in memory: each node knows what it saw since it began.
#[derive(Debug, Default)]
pub struct Health {
    succeeded_at: AtomicI64,
    failed_at: AtomicI64,
}

impl Health {
    /// It did what was asked of it, or not.
    pub fn note(&self, succeeded: bool, now: Timestamp) {
        let at = if succeeded { &self.succeeded_at } else { &self.failed_at };
        at.store(now.0, Ordering::Relaxed);
    }

    /// When it last did, and when it last did not.
    #[must_use]
    pub fn last(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let read = |at: &AtomicI64| Some(Timestamp(at.load(Ordering::Relaxed))).filter(|at| at.0 > 0);
        (read(&self.succeeded_at), read(&self.failed_at))
    }
}

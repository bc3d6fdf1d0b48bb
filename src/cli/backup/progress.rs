//! How far a copy is: on standard error, for whoever waits.
use std::io::{IsTerminal, Write};

/// What is told of a copy on its way.
pub struct Progress {
    what: &'static str,
    /// In bytes, as far as it is known.
    total: u64,
    /// Whether one line is written over and over.
    is_terminal: bool,
    /// What was told last, in percent.
    told: Option<u64>,
}

impl Progress {
    /// Of something that is so long.
    pub fn new(what: &'static str, total: u64) -> Self {
        Self { what, total, is_terminal: std::io::stderr().is_terminal(), told: None }
    }

    /// So many bytes are done.
    pub fn at(&mut self, done: u64) {
        let percent = done.min(self.total) * 100 / self.total.max(1);
        let step = if self.is_terminal { 1 } else { 25 };
        if self.told.is_some_and(|told| percent / step == told / step) {
            return;
        }
        self.told = Some(percent);
        let (what, total) = (self.what, self.total);
        // Whether it can be shown is of no matter to the copy.
        let mut out = std::io::stderr().lock();
        let (before, after) = if self.is_terminal { ("\r", "") } else { ("", "\n") };
        let _ = write!(out, "{before}{what}: {percent} % of {total} bytes{after}").and_then(|()| out.flush());
    }

    /// It is done.
    pub fn end(mut self) {
        self.at(self.total);
        if self.is_terminal {
            eprintln!();
        }
    }
}

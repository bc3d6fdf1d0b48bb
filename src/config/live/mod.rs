//! Settings that can be changed while Genkan runs: what pages and commands edit, and the database keeps.
//!
//! | file       | what it owns |
//! |------------|--------------|
//! | `keys.rs`  | which they are: name, kind, whether secret |
//! | `merge.rs` | what the database says, laid under what the file and the environment say |
//! | `view.rs`  | what counts, key by key, and where it comes from |
//!
//! What the file or a variable sets, rules; what the database says comes under it; the defaults come last. The three
//! make one table, read by the very same code as the file at the start, with the very same faults. All of it is pure:
//! `storage/settings.rs` keeps what the database says, and `app/settings.rs` brings the two together.
mod keys;
mod merge;
mod view;

pub use keys::{KEYS, Key, Kind};
pub(super) use merge::unknown;
pub use merge::{Change, Changed, Judged, Stored, Written};
pub use view::{Entry, Origin};

use super::{
    Accounts, Instance, Mail, MailWay, PasswordRules, Passwords, Registration, SecondFactor, Sessions, Tokens,
    reader::Section,
};
use crate::domain::Issuer;
use std::path::PathBuf;

/// The settings that may change while Genkan runs, as they are at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSettings {
    /// How long a sign-in lasts.
    pub sessions: Sessions,
    /// Who must have a second factor.
    pub second_factor: SecondFactor,
    /// How long codes and tokens live.
    pub tokens: Tokens,
    /// Which passwords may be chosen.
    pub passwords: PasswordRules,
    /// What becomes of accounts.
    pub accounts: Accounts,
    /// Who may make an account.
    pub registration: Registration,
    /// What people see.
    pub instance: Instance,
    /// How mail is sent.
    pub mail: Mail,
}

/// What stands in the same sections, and is fixed at the start.
pub(super) struct AtStart {
    /// What hashing a password costs, and the list of those that leaked.
    pub passwords: Passwords,
    /// Where addresses are.
    pub places_file: Option<PathBuf>,
}

impl LiveSettings {
    /// Reads the sections. Without an issuer, which has its fault then, mail is taken to stay on this machine.
    pub(super) fn read(root: &mut Section, issuer: Option<&Issuer>) -> (Self, AtStart) {
        let (sessions, places_file) = root.section("sessions", Sessions::read);
        let second_factor = root.section("second_factor", SecondFactor::read);
        let tokens = root.section("tokens", Tokens::read);
        let (passwords, rules) = root.section("passwords", Passwords::read);
        let accounts = root.section("accounts", Accounts::read);
        let instance = root.section("instance", Instance::read);
        let mail = root.section("mail", Mail::read);
        let way = issuer.map_or(MailWay::Local, |issuer| mail.way(issuer));
        let registration = root.section("registration", |section| Registration::read(section, way));
        let live = Self { sessions, second_factor, tokens, passwords: rules, accounts, registration, instance, mail };
        (live, AtStart { passwords, places_file })
    }
}

//! Settings of what people and apps may do: lifetimes, passwords, sign-up, limits.
use super::{
    MailWay,
    mail_domains::MailDomains,
    reader::{Section, YEARS, it_is, one_is},
};
use crate::{
    domain::{Assurance, Email, Role},
    i18n::Message,
};
use std::path::PathBuf;

/// How long a sign-in lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sessions {
    /// Seconds without a visit after which it ends; at most `absolute`.
    pub idle: i64,
    /// Seconds after which it ends in any case.
    pub absolute: i64,
    /// The same for whoever does not wish to stay signed in: it ends with the browser, and after this many seconds.
    pub window: i64,
}

impl Sessions {
    /// And the MaxMind DB that tells where an address is; it could be opened when the settings were read.
    pub(super) fn read(section: &mut Section) -> (Self, Option<PathBuf>) {
        let idle = section.seconds("idle", 604_800, 1..=YEARS);
        let absolute = section.seconds("absolute", 2_592_000, 1..=YEARS);
        if idle > absolute && section.is_sound("idle") && section.is_sound("absolute") {
            let why = Message::new("fault-idle").with("most", absolute.to_string());
            section.fault("idle", it_is(why, idle.to_string()));
        }
        let window = section.seconds("window", 43_200, 1..=YEARS);
        (Self { idle, absolute, window }, section.readable_file("places_file", "fault-file-mmdb"))
    }
}

/// Who must have a second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// Whether everybody must.
    pub required: bool,
    /// Whose role demands it.
    pub required_for: Vec<Role>,
    /// Seconds that a browser may be trusted; 0 is never.
    pub trust: i64,
}

impl SecondFactor {
    pub(super) fn read(section: &mut Section) -> Self {
        let mut required_for = vec![];
        for word in section.list("required_for").unwrap_or_default() {
            match word.parse() {
                Ok(role) => required_for.push(role),
                Err(_) => section.fault("required_for", one_is("fault-roles", &word)),
            }
        }
        Self {
            required: section.truth("required").unwrap_or(false),
            required_for,
            trust: section.seconds("trust", 2_592_000, 0..=YEARS),
        }
    }

    /// How sure the instance must be of somebody with this role.
    #[must_use]
    pub fn assurance(&self, role: Option<Role>) -> Assurance {
        let is_required = self.required || role.is_some_and(|role| self.required_for.contains(&role));
        if is_required { Assurance::MultiFactor } else { Assurance::OneFactor }
    }
}

/// How long codes and tokens live, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    /// An authorization code.
    pub authorization_code: i64,
    /// An access token.
    pub access_token: i64,
    /// An ID token.
    pub id_token: i64,
    /// A refresh token that nobody uses.
    pub refresh_token: i64,
    /// A family of refresh tokens, however much they are used.
    pub refresh_token_absolute: i64,
    /// How long after its use a refresh token may be used again by a client that lost the response; 0 is never.
    pub refresh_retry: i64,
}

impl Tokens {
    pub(super) fn read(section: &mut Section) -> Self {
        Self {
            authorization_code: section.seconds("authorization_code", 60, 1..=600),
            access_token: section.seconds("access_token", 900, 1..=YEARS),
            id_token: section.seconds("id_token", 3600, 1..=YEARS),
            refresh_token: section.seconds("refresh_token", 2_592_000, 1..=YEARS),
            refresh_token_absolute: section.seconds("refresh_token_absolute", 31_536_000, 1..=YEARS),
            refresh_retry: section.seconds("refresh_retry", 10, 0..=60),
        }
    }
}

/// When signing keys change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    /// Seconds a key signs before the next one does; 0 when that waits for the operator.
    pub rotate_after: i64,
}

impl Keys {
    pub(super) fn read(section: &mut Section) -> Self {
        Self { rotate_after: section.seconds("rotate_after", 7_776_000, 0..=YEARS) }
    }
}

/// What hashing a password with argon2id costs (RFC 9106 section 3.1), and which have leaked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passwords {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
    /// How many are hashed at once; 0 is one for each processor core.
    pub workers: usize,
    /// How many more may wait before people are asked to come back later.
    pub queue: usize,
    /// A list of passwords that have leaked, which nobody may choose; it could be opened when the settings were read.
    pub breached_file: Option<PathBuf>,
}

/// Which passwords may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordRules {
    /// How hard to guess a new password must be, by zxcvbn's score: 0 (anything) to 4.
    pub min_strength: u8,
}

/// Memory and passes that OWASP's Password Storage Cheat Sheet holds for equally strong, and the least it advises.
const OWASP_MINIMUM: [(u32, u32); 5] = [(47_104, 1), (19_456, 2), (12_288, 3), (9216, 4), (7168, 5)];

impl Passwords {
    pub(super) fn read(section: &mut Section) -> (Self, PasswordRules) {
        let memory_kib = section.number("memory_kib", 19_456, 8..=4_194_304);
        let iterations = section.number("iterations", 2, 1..=100);
        let parallelism = section.number("parallelism", 1, 1..=64);
        let sound = ["memory_kib", "iterations", "parallelism"].iter().all(|key| section.is_sound(key));
        if sound && memory_kib < 8 * parallelism {
            let why = Message::new("fault-memory").with("least", (8 * parallelism).to_string());
            section.fault("memory_kib", it_is(why, memory_kib.to_string()));
        } else if sound && !OWASP_MINIMUM.iter().any(|(memory, passes)| memory_kib >= *memory && iterations >= *passes)
        {
            section.warn(
                "memory_kib",
                "passwords would be hashed more weakly than OWASP advises; use at least 19456 with 2 iterations",
            );
        }
        let (workers, queue) = (section.number("workers", 0, 0..=1024), section.number("queue", 64, 1..=100_000));
        let rules = PasswordRules { min_strength: section.number("min_strength", 2, 0..=4) };
        let breached_file = section.readable_file("breached_file", "fault-file-readable");
        (Self { memory_kib, iterations, parallelism, workers, queue, breached_file }, rules)
    }
}

/// What becomes of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accounts {
    /// Seconds in which somebody who deletes their account may still come back.
    pub deletion_grace: i64,
}

impl Accounts {
    pub(super) fn read(section: &mut Section) -> Self {
        Self { deletion_grace: section.seconds("deletion_grace", 1_209_600, 0..=YEARS) }
    }
}

/// Who may make an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Whether people make their own.
    pub sign_up: SignUp,
    /// Whether they show by mail that an address is theirs before they have an account; then nobody learns from
    /// sign-up who has one.
    pub verify_email: bool,
    /// The domains of the addresses that people may have; any, where there is none.
    allowed_domains: MailDomains,
    /// Those they may not have, whatever else is said.
    blocked_domains: MailDomains,
}

/// Whether people make their own account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUp {
    /// Anybody may.
    Open,
    /// Whoever has an invitation.
    Invite,
    /// The operator makes them.
    Off,
}

impl Registration {
    pub(super) fn read(section: &mut Section, mail: MailWay) -> Self {
        let ways = [("open", SignUp::Open), ("invite", SignUp::Invite), ("off", SignUp::Off)];
        let sign_up = section.word("sign_up", SignUp::Open, &ways);
        let verify_email = section.truth("verify_email").unwrap_or(mail == MailWay::Smtp);
        if verify_email && mail == MailWay::Off {
            section.fault("verify_email", "fault-no-mail");
        }
        Self {
            sign_up,
            verify_email,
            allowed_domains: MailDomains::read(section, "allowed_domains"),
            blocked_domains: MailDomains::read(section, "blocked_domains"),
        }
    }

    /// Whether accounts are for addresses of some domains alone.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        !self.allowed_domains.is_empty()
    }

    /// Whether somebody may have this address here: at sign-up, and as a new address later. What the
    /// operator gives people is not asked about.
    #[must_use]
    pub fn admits(&self, email: &Email) -> bool {
        let domain = email.domain();
        (self.allowed_domains.is_empty() || self.allowed_domains.cover(domain)) && !self.blocked_domains.cover(domain)
    }
}

/// How often somebody may try to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Whether there are limits at all.
    pub enabled: bool,
    /// Failed attempts at one account within `window`.
    pub attempts_per_account: u32,
    /// Attempts from one address within `window`; whoever gets the password right has not used one up.
    pub attempts_per_address: u32,
    /// Seconds over which attempts are counted.
    pub window: i64,
}

impl Limits {
    pub(super) fn read(section: &mut Section) -> Self {
        Self {
            enabled: section.truth("enabled").unwrap_or(true),
            attempts_per_account: section.number("attempts_per_account", 10, 1..=1_000_000),
            attempts_per_address: section.number("attempts_per_address", 20, 1..=1_000_000),
            window: section.seconds("window", 600, 1..=86_400),
        }
    }
}

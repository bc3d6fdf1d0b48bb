//! Which settings can be changed while Genkan runs. A test compares kinds and bounds with what the sections accept.

/// A setting that can be changed while Genkan runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its section and its name in it: `instance.name`.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
}

/// What a setting takes, so that a form can ask for it. Whatever the kind, a text is taken as well: numbers and truths
/// as they are written, the items of a list parted by commas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A line of text.
    Text,
    /// An address on the web.
    WebAddress,
    /// A colour, as `#17587a`.
    Colour,
    /// Who sends mail, as `Example <no-reply@example.com>`.
    Mailbox,
    /// The path of a folder on the server, on every node.
    Folder,
    /// A secret: it can be given, and is never shown.
    Secret,
    /// Yes or no.
    Truth,
    /// A whole number.
    Number {
        /// No less.
        least: i64,
        /// No more.
        most: i64,
    },
    /// A time in whole seconds.
    Seconds {
        /// No less.
        least: i64,
        /// No more.
        most: i64,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Any of these words.
    Choices(&'static [&'static str]),
    /// A list of mail domains.
    Domains,
}

const YEARS: i64 = super::super::reader::YEARS;

const fn key(name: &'static str, kind: Kind) -> Key {
    Key { name, kind }
}

const fn seconds(name: &'static str, least: i64, most: i64) -> Key {
    key(name, Kind::Seconds { least, most })
}

/// All of them, by sections, in the order of `config.example.toml`.
pub const KEYS: [Key; 28] = [
    seconds("sessions.idle", 1, YEARS),
    seconds("sessions.absolute", 1, YEARS),
    seconds("sessions.window", 1, YEARS),
    key("second_factor.required", Kind::Truth),
    key("second_factor.required_for", Kind::Choices(&["owner", "admin"])),
    seconds("second_factor.trust", 0, YEARS),
    seconds("tokens.authorization_code", 1, 600),
    seconds("tokens.access_token", 1, YEARS),
    seconds("tokens.id_token", 1, YEARS),
    seconds("tokens.refresh_token", 1, YEARS),
    seconds("tokens.refresh_token_absolute", 1, YEARS),
    seconds("tokens.refresh_retry", 0, 60),
    key("passwords.min_strength", Kind::Number { least: 0, most: 4 }),
    seconds("accounts.deletion_grace", 0, YEARS),
    key("registration.sign_up", Kind::Choice(&["open", "invite", "off"])),
    key("registration.verify_email", Kind::Truth),
    key("registration.allowed_domains", Kind::Domains),
    key("registration.blocked_domains", Kind::Domains),
    key("instance.name", Kind::Text),
    key("instance.logo_uri", Kind::WebAddress),
    key("instance.accent", Kind::Colour),
    key("instance.languages", Kind::Choices(&["en", "ja"])),
    key("instance.words", Kind::Folder),
    key("instance.terms_uri", Kind::WebAddress),
    key("instance.policy_uri", Kind::WebAddress),
    key("mail.smtp_url", Kind::Secret),
    key("mail.from", Kind::Mailbox),
    key("mail.footer", Kind::Text),
];

impl Key {
    /// The setting of this name, if it can be changed while Genkan runs.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// Its section: `instance`.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.name.split_once('.').map_or("", |(section, _)| section)
    }

    /// Its name in the section: `name`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(_, field)| field)
    }

    /// Whether its value is never shown.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret)
    }
}

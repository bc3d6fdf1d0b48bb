//! What a letter says: to whom, and what about.
use crate::{
    domain::{Applicant, Device, Digest, Email, Invitee, TicketPurpose, Timestamp, UserId, random_id, words},
    i18n::Language,
};
use serde::{Deserialize, Serialize};

/// A letter that waits to become a mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Letter {
    /// A one-time link, and perhaps a code.
    Ticket(TicketLetter),
    /// Somebody wants an account of this address, or seems to.
    SignUp(SignUpLetter),
    /// Somebody is invited to make an account.
    Invite {
        /// Where the invitation goes.
        email: Email,
        /// Whom it is for.
        invitee: Invitee,
    },
    /// Something happened with an account.
    Notice {
        /// Whose.
        user: UserId,
        /// What.
        notice: Notice,
        /// When, and from where.
        occasion: Occasion,
    },
}

/// How long news of an account are worth sending, in seconds.
const NEWS: i64 = 259_200;

impl Letter {
    /// How long it is tried to send it, in seconds.
    #[must_use]
    pub const fn lifetime(&self) -> i64 {
        match self {
            Self::Ticket(letter) => letter.purpose.lifetime(),
            Self::SignUp(_) => TicketPurpose::SignUp.lifetime(),
            Self::Invite { .. } | Self::Notice { .. } => NEWS,
        }
    }
}

/// A letter that brings a ticket, which is made when the mail is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TicketLetter {
    /// What the ticket is good for.
    pub purpose: TicketPurpose,
    /// Its name.
    pub ticket: String,
    /// Who gets it.
    pub to: To,
    /// The browser that asked.
    pub browser: Option<Digest>,
    /// What belongs to the ticket.
    pub data: Option<String>,
    /// The language of the page that asked; a BCP 47 tag.
    pub language: String,
}

impl TicketLetter {
    /// One for whoever it is to, asked for in this language.
    #[must_use]
    pub fn new(purpose: TicketPurpose, to: To, language: Language) -> Self {
        let language = language.tag().to_owned();
        Self { purpose, ticket: random_id(), to, browser: None, data: None, language }
    }

    /// Bound to the browser that asked.
    #[must_use]
    pub fn from(self, browser: Digest) -> Self {
        Self { browser: Some(browser), ..self }
    }

    /// With something that belongs to the ticket.
    #[must_use]
    pub fn with(self, data: Option<String>) -> Self {
        Self { data, ..self }
    }
}

/// A letter to an address for which an account is wanted. Whoever has one already is told that instead.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignUpLetter {
    /// The ticket's name.
    pub ticket: String,
    /// The address.
    pub email: Email,
    /// What the account is to be.
    pub applicant: Applicant,
    /// The browser that asked.
    pub browser: Digest,
    /// The language of the page that asked; a BCP 47 tag.
    pub language: String,
}

/// Who gets a letter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum To {
    /// Whoever has an account of this address, if anybody.
    Holder(Email),
    /// A person, at their address.
    Person(UserId),
    /// A person, at an address that is not theirs yet, or no longer.
    At(UserId, Email),
}

/// When something happened, and from where.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Occasion {
    /// When.
    pub at: Timestamp,
    /// On what; nothing when it was no browser.
    pub device: Option<Device>,
    /// The language of the page on which it happened; a BCP 47 tag.
    pub language: String,
    /// The provider that told of it, if one did.
    #[serde(default)]
    pub provider: Option<String>,
}

/// What people are told of their account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Somebody signed in on a device that is not known.
    NewDevice,
    /// The password was changed.
    PasswordChanged,
    /// A second factor was turned on.
    SecondFactorOn,
    /// It was turned off.
    SecondFactorOff,
    /// There are new recovery codes.
    RecoveryCodesRenewed,
    /// One was used.
    RecoveryCodeUsed,
    /// There is one more passkey.
    PasskeyAdded,
    /// There is one less.
    PasskeyRemoved,
    /// There is one account elsewhere less that opens this one.
    IdentityUnlinked,
    /// A provider said that an account there is not to be relied on, and it opens nothing here now.
    IdentitySuspended,
    /// A provider said that others may know the password there.
    IdentityDoubted,
    /// A provider said that an account there is gone, or taken back; it was removed here.
    IdentityWithdrawn,
    /// The address is another now.
    EmailChanged,
    /// The address was proved for the first time, which took away what others may have set up.
    Reclaimed,
    /// The account is frozen.
    Frozen,
    /// The account is going to be deleted.
    DeletionScheduled,
}

words!(Notice {
    NewDevice = "new-device",
    PasswordChanged = "password-changed",
    SecondFactorOn = "second-factor-on",
    SecondFactorOff = "second-factor-off",
    RecoveryCodesRenewed = "recovery-codes-renewed",
    RecoveryCodeUsed = "recovery-code-used",
    PasskeyAdded = "passkey-added",
    PasskeyRemoved = "passkey-removed",
    IdentityUnlinked = "identity-unlinked",
    IdentitySuspended = "identity-suspended",
    IdentityDoubted = "identity-doubted",
    IdentityWithdrawn = "identity-withdrawn",
    EmailChanged = "email-changed",
    Reclaimed = "reclaimed",
    Frozen = "frozen",
    DeletionScheduled = "deletion-scheduled",
});

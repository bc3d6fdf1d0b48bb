//! Tickets: one-time links, and codes beside them, that go out by mail. A ticket is good for one thing,
//! once, for a while.
use super::{
    Digest, Email, Timestamp, UserId,
    secret::{Secret, random_bytes},
    words,
};
use std::fmt;

/// What a ticket is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketPurpose {
    /// Choosing a new password.
    Reset,
    /// Showing that mail reaches an address.
    Verify,
    /// Signing in.
    SignIn,
    /// Making an account, for whoever shows that the address is theirs.
    SignUp,
    /// Making an account, for whoever is invited.
    Invite,
    /// Using a frozen account again.
    Unfreeze,
    /// Agreeing that an account gets another address than this one.
    ApproveEmail,
    /// Making an address that of an account.
    ChangeEmail,
    /// Going back to the address before.
    UndoEmail,
    /// Taking away a way to sign in elsewhere that was linked.
    UndoLink,
}

words!(TicketPurpose {
    Reset = "reset",
    Verify = "verify",
    SignIn = "sign-in",
    SignUp = "sign-up",
    Invite = "invite",
    Unfreeze = "unfreeze",
    ApproveEmail = "approve-email",
    ChangeEmail = "change-email",
    UndoEmail = "undo-email",
    UndoLink = "undo-link",
});

impl TicketPurpose {
    /// How long a ticket is good, in seconds.
    #[must_use]
    pub const fn lifetime(self) -> i64 {
        match self {
            Self::Reset | Self::ApproveEmail | Self::ChangeEmail | Self::SignUp | Self::Unfreeze => 3600,
            Self::Verify => 86_400,
            Self::SignIn => 900,
            Self::UndoEmail | Self::UndoLink | Self::Invite => 604_800,
        }
    }

    /// Where its link leads.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Reset => "/reset",
            Self::Verify => "/verify",
            Self::SignIn => "/login/mail/link",
            Self::SignUp => "/signup/link",
            Self::Invite => "/invite",
            Self::Unfreeze => "/unfreeze",
            Self::ApproveEmail => "/account/email/approve",
            Self::ChangeEmail => "/account/email/confirm",
            Self::UndoEmail => "/account/email/undo",
            Self::UndoLink => "/account/ways-in/undo",
        }
    }

    /// Whether a code goes with the link, for the browser that asked.
    #[must_use]
    pub const fn has_code(self) -> bool {
        matches!(self, Self::SignIn | Self::SignUp | Self::ApproveEmail | Self::ChangeEmail)
    }

    /// Whether it is worth nothing once the account has another address than the one it was sent to.
    #[must_use]
    pub const fn is_of_the_accounts_address(self) -> bool {
        matches!(self, Self::Reset | Self::Verify | Self::SignIn | Self::Unfreeze | Self::ApproveEmail)
    }

    /// Whether it has to do with another address for an account: undoing a change of that undoes all such that was asked
    /// for meanwhile.
    #[must_use]
    pub const fn is_about_another_address(self) -> bool {
        matches!(self, Self::ApproveEmail | Self::ChangeEmail | Self::UndoEmail)
    }

    /// Whether each stands for itself, rather than in place of the one before: whoever changes an
    /// address twice must not take away the way back from the first time, nor may anybody who types
    /// somebody's address take away what that one has begun.
    #[must_use]
    pub const fn stands_for_itself(self) -> bool {
        matches!(self, Self::UndoEmail | Self::UndoLink | Self::SignUp | Self::Invite)
    }
}

/// A ticket to be kept. Its link's secret and its code are kept as digests alone.
#[derive(Debug, Clone)]
pub struct NewTicket {
    /// Its name, which is no secret.
    pub id: String,
    /// What it is good for.
    pub purpose: TicketPurpose,
    /// Of the link's secret.
    pub digest: Digest,
    /// Of the code.
    pub code: Option<Digest>,
    /// Whose it is.
    pub user: Option<UserId>,
    /// Where it was sent.
    pub email: Option<Email>,
    /// What else belongs to it.
    pub data: Option<String>,
    /// The browser that asked for it.
    pub browser: Option<Digest>,
    /// When somebody asked for it.
    pub created_at: Timestamp,
    /// When it runs out.
    pub expires_at: Timestamp,
}

/// A ticket that is good, or was until it was spent just now.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its name.
    pub id: String,
    /// Whose it is.
    pub user: Option<UserId>,
    /// Where it was sent.
    pub email: Option<Email>,
    /// What else belongs to it.
    pub data: Option<String>,
    /// The browser that asked for it.
    pub browser: Option<Digest>,
    /// When somebody asked for it.
    pub created_at: Timestamp,
}

impl Ticket {
    /// Where it was sent, to be shown; empty where that is not known.
    #[must_use]
    pub fn address(&self) -> String {
        self.email.as_ref().map(ToString::to_string).unwrap_or_default()
    }
}

/// Six digits that are typed in the browser that asked for them. They cannot be printed by mistake.
#[derive(Clone, PartialEq, Eq)]
pub struct MailCode(String);

impl MailCode {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(format!("{:06}", u128::from_ne_bytes(random_bytes()) % 1_000_000))
    }

    /// What somebody typed; nothing that is not six digits is one.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        match super::TypedCode::parse(typed) {
            Some(super::TypedCode::Totp(digits)) => Some(Self(digits)),
            _ => None,
        }
    }

    /// For the mail.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What its digest is made of: it is good for one ticket, in one browser.
    #[must_use]
    pub fn of(&self, ticket: &str, browser: &Digest) -> Secret {
        Secret::from(format!("{ticket} {} {}", browser.as_str(), self.0))
    }
}

impl fmt::Debug for MailCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits_however_it_is_typed() {
        let code = MailCode::random();
        assert_eq!((code.reveal().len(), format!("{code:?}")), (6, "MailCode(…)".into()));
        assert_eq!(MailCode::parse(&format!(" {} {} ", &code.0[..3], &code.0[3..])), Some(code));
        assert_eq!(MailCode::parse("０１２３４５").map(|code| code.0), Some("012345".into()));
        for typed in ["", "12345", "1234567", "1234567890123456", "12345a"] {
            assert_eq!(MailCode::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_code_is_bound_to_its_ticket_and_its_browser() {
        let (code, here, there) = (MailCode("012345".into()), Digest::of("here"), Digest::of("there"));
        assert_eq!(code.of("a", &here), code.of("a", &here));
        assert_ne!(code.of("a", &here), code.of("b", &here));
        assert_ne!(code.of("a", &here), code.of("a", &there));
    }
}

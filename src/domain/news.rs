//! What providers tell of a person by themselves, and what follows here (`docs/upstream-events.md` has it as a table).
use super::Event;

/// What a provider tells of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// They signed out there (OpenID Connect Back-Channel Logout 1.0).
    SignedOut,
    /// Their sessions there were ended (RISC).
    SessionsRevoked,
    /// All tokens that it gave for them are dead (RISC).
    TokensRevoked,
    /// One of those is (RISC).
    TokenRevoked,
    /// Somebody else got hold of their account there, which was closed therefore (RISC).
    Hijacked,
    /// Their account there was closed for another reason (RISC).
    Disabled,
    /// It was opened again (RISC).
    Enabled,
    /// Their password there may be known to others (RISC).
    CredentialsDoubted,
    /// They take back what they allowed (Apple).
    ConsentRevoked,
    /// There is no such account any more (Apple, RISC).
    AccountGone,
    /// Its relay forwards no mail to them (Apple).
    MailStopped,
    /// It does again (Apple).
    MailResumed,
    /// They take the app away (Meta).
    Deauthorized,
    /// They want what it told to be deleted (Meta).
    DeletionAsked,
}

/// What ends of what began by an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nothing.
    Nothing,
    /// The sessions, and what apps got in them; but for access that goes on without the person (`offline_access`).
    Sessions,
    /// That, too.
    Everything,
}

/// What becomes of an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It stays as it is.
    Nothing,
    /// Its stored tokens are dropped, for they are dead.
    TokensDropped,
    /// It opens nothing until it is resumed, and its stored tokens are given back.
    Suspended,
    /// It opens its account again.
    Resumed,
    /// It is deleted, and its tokens are given back. The account stays, and so does its profile.
    Unlinked,
    /// The same, and what the account's profile has of it is deleted, too. The account stays.
    Erased,
    /// Mail by it does not reach the person.
    MailStopped,
    /// It does again.
    MailResumed,
}

/// What follows from news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consequences {
    /// What ends.
    pub ending: Ending,
    /// What becomes of the identity.
    pub change: Change,
    /// What the person reads of it in their activity.
    pub event: Option<Event>,
}

impl News {
    /// Decides what follows. Whoever controls an identity no longer, or may not, loses what it opened; an account is
    /// never deleted for it, for it is not the provider's.
    #[must_use]
    pub const fn consequences(self) -> Consequences {
        let (ending, change, event) = match self {
            Self::SignedOut | Self::SessionsRevoked => {
                (Ending::Sessions, Change::Nothing, Some(Event::SignedOutByProvider))
            }
            Self::TokensRevoked => (Ending::Sessions, Change::TokensDropped, Some(Event::SignedOutByProvider)),
            Self::TokenRevoked => (Ending::Nothing, Change::TokensDropped, None),
            Self::Hijacked => (Ending::Everything, Change::Suspended, Some(Event::IdentitySuspended)),
            Self::Disabled => (Ending::Sessions, Change::Suspended, Some(Event::IdentitySuspended)),
            Self::Enabled => (Ending::Nothing, Change::Resumed, Some(Event::IdentityResumed)),
            Self::CredentialsDoubted => (Ending::Nothing, Change::Nothing, Some(Event::IdentityDoubted)),
            Self::ConsentRevoked | Self::AccountGone => {
                (Ending::Everything, Change::Unlinked, Some(Event::IdentityWithdrawn))
            }
            // Meta asks for the deletion after the app was taken away: by then nothing is left to tell what came of it.
            Self::Deauthorized | Self::DeletionAsked => {
                (Ending::Everything, Change::Erased, Some(Event::IdentityWithdrawn))
            }
            Self::MailStopped => (Ending::Nothing, Change::MailStopped, Some(Event::RelayStopped)),
            Self::MailResumed => (Ending::Nothing, Change::MailResumed, Some(Event::RelayResumed)),
        };
        Consequences { ending, change, event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_what_a_provider_tells() {
        use {Change as C, Ending as E, Event as V};
        for (news, ending, change, event) in [
            (News::SignedOut, E::Sessions, C::Nothing, Some(V::SignedOutByProvider)),
            (News::SessionsRevoked, E::Sessions, C::Nothing, Some(V::SignedOutByProvider)),
            (News::TokensRevoked, E::Sessions, C::TokensDropped, Some(V::SignedOutByProvider)),
            (News::TokenRevoked, E::Nothing, C::TokensDropped, None),
            (News::Hijacked, E::Everything, C::Suspended, Some(V::IdentitySuspended)),
            (News::Disabled, E::Sessions, C::Suspended, Some(V::IdentitySuspended)),
            (News::Enabled, E::Nothing, C::Resumed, Some(V::IdentityResumed)),
            (News::CredentialsDoubted, E::Nothing, C::Nothing, Some(V::IdentityDoubted)),
            (News::ConsentRevoked, E::Everything, C::Unlinked, Some(V::IdentityWithdrawn)),
            (News::AccountGone, E::Everything, C::Unlinked, Some(V::IdentityWithdrawn)),
            (News::MailStopped, E::Nothing, C::MailStopped, Some(V::RelayStopped)),
            (News::MailResumed, E::Nothing, C::MailResumed, Some(V::RelayResumed)),
            (News::Deauthorized, E::Everything, C::Erased, Some(V::IdentityWithdrawn)),
            (News::DeletionAsked, E::Everything, C::Erased, Some(V::IdentityWithdrawn)),
        ] {
            assert_eq!(news.consequences(), Consequences { ending, change, event }, "{news:?}");
        }
    }
}

//! The nouns of Genkan: what it knows about. No I/O, no clock, no SQL, no framework.
mod address;
mod applicant;
mod assurance;
mod audit;
mod claim;
mod client;
mod client_key;
mod colour;
mod credential;
mod device_app;
mod email;
mod event;
mod grant;
mod id;
mod identity;
mod issuer;
mod localized;
mod news;
mod passkey;
mod password;
mod profile;
mod provider;
mod redirect_uri;
mod role;
mod scope;
mod search;
mod second_factor;
mod secret;
mod session;
mod signing_key;
mod ticket;
mod time;
mod user;
mod username;
mod webhook;

pub use applicant::{Applicant, Invitee};
pub use assurance::Assurance;
pub use audit::{Actor, Broken, Chain, NewEvent, Recorded};
pub use claim::{Claim, ClaimFault, is_unseen, readable, zones};
pub use client::{ApplicationType, Client, ClientAuthMethod, GrantType, PreviousSecret};
pub use client_key::{ClientAlgorithm, ClientKey, ClientKeys, InvalidKey};
pub use colour::{Colour, InvalidColour};
pub use credential::Credential;
pub use device_app::{AndroidApp, Fingerprint, InvalidDeviceApp, IosAppId, PackageName};
pub use email::{Email, InvalidEmail};
pub use event::Event;
pub use grant::{Consent, Grant, NewGrant};
pub use id::{
    ApiKeyId, ClientId, DeliveryId, GrantId, GroupId, IdentityId, KeyId, PasskeyId, SessionId, UpstreamTokenId, UserId,
    WebhookId,
};
pub use identity::{Arrival, Identity, LinkPolicy, Namesake, OnUnknown, SUBJECT_LENGTH, Said, SaidEmail, arrive};
pub use issuer::{InvalidIssuer, Issuer};
pub use localized::{InvalidLanguageTag, LanguageTag, Localized, Readable};
pub use news::{Change, Consequences, Ending, News};
pub use passkey::{Aaguid, MOST_PASSKEYS, PasskeyName};
pub use password::{PASSWORD_LENGTH, Password, PasswordFault, PasswordProblem, Weakness};
pub use provider::{InvalidProviderName, ProviderKind, ProviderName};
pub use redirect_uri::{InvalidRedirectUri, RedirectUri, RegisteredUri};
pub use role::{Permission, Role};
pub use scope::{InvalidScope, LINE_FRIEND, Scopes};
pub use search::{GroupKind, Membership, folded, terms};
pub use second_factor::{RecoveryCode, TotpSecret, TypedCode};
pub(crate) use secret::random_bytes;
pub use secret::{Digest, Secret, random_id};
pub use session::{AuthMethod, AuthMethods, Device, Elsewhere, SignIn};
pub use signing_key::{Algorithm, SealedKey};
pub use ticket::{MailCode, NewTicket, Ticket, TicketPurpose};
pub use time::Timestamp;
pub use user::{InvalidClaim, NAME_LENGTH, PICTURES, Profile, User, UserClaims};
pub use username::{InvalidUsername, Username};
pub use webhook::{Delivery, Disabled, Outcome, Webhook, WebhookSettings};

/// A word that is not one of those an enumeration knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not known here")]
pub struct UnknownWord(pub String);

/// Gives an enumeration its names on the wire, in the database and in the settings.
macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $type {
            /// Every value there is.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word for it in specifications, database and settings.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl std::str::FromStr for $type {
            type Err = $crate::domain::UnknownWord;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    other => Err($crate::domain::UnknownWord(other.into())),
                }
            }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let word = std::borrow::Cow::<'de, str>::deserialize(d)?;
                word.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use words;

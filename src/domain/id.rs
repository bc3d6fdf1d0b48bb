//! Names of things, each its own type, so that one cannot stand for another.
use super::secret::random_id;
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(
            Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type, serde::Serialize, serde::Deserialize,
        )]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// A new one: 128 random bits.
            #[must_use]
            pub fn random() -> Self {
                Self(random_id())
            }

            /// As written on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+ };
}

ids! {
    /// A person, as apps know them: the `sub` claim, never reused.
    UserId,
    /// A relying party: `client_id`.
    ClientId,
    /// What one authorization allows one client; its tokens name it.
    GrantId,
    /// A browser session, as apps know it: the `sid` claim. Not the cookie.
    SessionId,
    /// A signing key: `kid`.
    KeyId,
    /// Somebody as a provider knows them. Not the provider's name for them.
    IdentityId,
    /// Tokens of a provider that are kept. Not the tokens.
    UpstreamTokenId,
    /// A key to the administration. Not the key.
    ApiKeyId,
    /// A group, or a role. Not its name, which apps are told.
    GroupId,
    /// Somebody else who is told of events.
    WebhookId,
    /// Something that they are told. The `webhook-id` of the message.
    DeliveryId,
    /// A passkey, as its owner's pages name it. Not the authenticator's name for it.
    PasskeyId,
}

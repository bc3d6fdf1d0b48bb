//! How a provider is spoken to.
use crate::domain::{Secret, words};
use jsonwebtoken::EncodingKey;
use openidconnect::core::CoreJwsSigningAlgorithm;
use std::fmt;

/// By which protocol it tells who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// By an ID token.
    OpenIdConnect,
    /// By an answer of its own, to whoever has an access token.
    OAuth2,
}

/// How our secret goes to the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// HTTP Basic.
    Basic,
    /// In the form.
    Post,
    /// There is none.
    None,
}

words!(ClientAuth { Basic = "client_secret_basic", Post = "client_secret_post", None = "none" });

/// Our secret at a provider.
#[derive(Clone)]
pub enum ClientSecret {
    /// There is none.
    None,
    /// A text.
    Text(Secret),
    /// A key that signs a secret for each request.
    Apple {
        /// The team.
        team_id: String,
        /// The name of the key.
        key_id: String,
        /// The key.
        key: Box<EncodingKey>,
    },
}

impl ClientSecret {
    /// The text, where it is one.
    #[must_use]
    pub const fn text(&self) -> Option<&Secret> {
        match self {
            Self::Text(secret) => Some(secret),
            Self::None | Self::Apple { .. } => None,
        }
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

/// Declares the addresses of a provider, each by the name of its setting.
macro_rules! endpoints {
    ($($(#[$doc:meta])* $field:ident = $name:literal),+ $(,)?) => {
        /// Where a provider is.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Endpoints { $($(#[$doc])* pub $field: Option<String>),+ }

        impl Endpoints {
            /// The settings that name them.
            pub const NAMES: &[&str] = &[$($name),+];

            /// The address that a setting names.
            pub fn set(&mut self, name: &str, url: &str) {
                match name {
                    $($name => self.$field = Some(url.to_owned()),)+
                    _ => {}
                }
            }

            /// The address of a setting.
            pub fn get(&self, name: &str) -> Option<&str> {
                match name {
                    $($name => self.$field.as_deref(),)+
                    _ => None,
                }
            }

            /// Those of `others` where there is none of ours.
            pub fn or(&self, others: &Self) -> Self {
                Self { $($field: self.$field.clone().or_else(|| others.$field.clone())),+ }
            }
        }
    };
}

endpoints! {
    /// Its name in ID tokens.
    issuer = "issuer",
    /// Where people sign in.
    authorization = "authorization_endpoint",
    /// Where codes are redeemed.
    token = "token_endpoint",
    /// Where it tells who somebody is.
    userinfo = "userinfo_endpoint",
    /// Its keys.
    jwks = "jwks_uri",
    /// Where tokens are given back (RFC 7009).
    revocation = "revocation_endpoint",
    /// Where people sign out (OpenID Connect RP-Initiated Logout).
    end_session = "end_session_endpoint",
    /// GitHub: all addresses of a person.
    emails = "emails_endpoint",
    /// LINE and Facebook: whose an access token is, and for which app.
    verify = "verify_endpoint",
    /// LINE: who somebody is, to whoever has an access token from an app.
    profile = "profile_endpoint",
    /// LINE: whether the person is a friend of the channel.
    friendship = "friendship_endpoint",
    /// Instagram: where a token is traded for one that lives longer.
    long_lived = "long_lived_endpoint",
    /// Instagram: where such a token is made to live longer still.
    refresh = "refresh_endpoint",
    /// Facebook: the keys of Limited Login.
    limited_jwks = "limited_jwks_uri",
}

/// What a native app may bring from a provider's SDK.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Native {
    /// An ID token.
    pub id_token: bool,
    /// An access token of which the provider says for which app it is.
    pub access_token: bool,
    /// A code that we redeem.
    pub code: bool,
}

/// How a kind of provider is spoken to, unless the operator says otherwise.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "they say what a provider does, each for itself")]
pub struct Preset {
    /// By which protocol.
    pub protocol: Protocol,
    /// Where.
    pub endpoints: Endpoints,
    /// Whether the rest is in its discovery document.
    pub discovers: bool,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// How our secret is sent.
    pub client_auth: ClientAuth,
    /// How its ID tokens are signed.
    pub algorithms: Vec<CoreJwsSigningAlgorithm>,
    /// Whether PKCE is used, S256 always (RFC 7636).
    pub pkce: bool,
    /// Whether it takes a nonce, and gives it back in the ID token.
    pub nonce: bool,
    /// Whether it answers by a form that the browser posts.
    pub form_post: bool,
    /// Whether an ID token that says too little is made up for at the userinfo endpoint.
    pub reads_userinfo: bool,
    /// Whether an address that it calls verified is believed to be.
    pub trusts_email: bool,
    /// What a native app may bring.
    pub native: Native,
}

impl Preset {
    /// A provider that speaks OpenID Connect.
    #[must_use]
    pub fn oidc(endpoints: Endpoints, scopes: &[&str]) -> Self {
        Self {
            protocol: Protocol::OpenIdConnect,
            endpoints,
            discovers: false,
            scopes: scopes.iter().map(ToString::to_string).collect(),
            client_auth: ClientAuth::Post,
            algorithms: vec![CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256],
            pkce: true,
            nonce: true,
            form_post: false,
            reads_userinfo: false,
            trusts_email: false,
            native: Native::default(),
        }
    }

    /// A provider that speaks OAuth 2.0.
    #[must_use]
    pub fn oauth2(endpoints: Endpoints, scopes: &[&str]) -> Self {
        Self { protocol: Protocol::OAuth2, nonce: false, algorithms: vec![], ..Self::oidc(endpoints, scopes) }
    }
}

/// An address that is always there.
#[expect(clippy::unnecessary_wraps, reason = "an endpoint is an option, which most kinds have")]
pub(super) fn at(url: &str) -> Option<String> {
    Some(url.to_owned())
}

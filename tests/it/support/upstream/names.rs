//! The names that tests use: which provider, what of it, and what about that.
use super::{apple, facebook, github, google, instagram, line, microsoft, oauth2, oidc, provider::Provider, x};

/// Which provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Google.
    Google,
    /// Apple.
    Apple,
    /// LINE.
    Line,
    /// GitHub.
    GitHub,
    /// Microsoft.
    Microsoft,
    /// Facebook.
    Facebook,
    /// X.
    X,
    /// Instagram.
    Instagram,
    /// Any that speaks OpenID Connect.
    Oidc,
    /// Any that speaks OAuth 2.0.
    OAuth2,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Google,
        Self::Apple,
        Self::Line,
        Self::GitHub,
        Self::Microsoft,
        Self::Facebook,
        Self::X,
        Self::Instagram,
        Self::Oidc,
        Self::OAuth2,
    ];

    /// What Genkan's settings call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Apple => "apple",
            Self::Line => "line",
            Self::GitHub => "github",
            Self::Microsoft => "microsoft",
            Self::Facebook => "facebook",
            Self::X => "x",
            Self::Instagram => "instagram",
            Self::Oidc => "oidc",
            Self::OAuth2 => "oauth2",
        }
    }

    pub(super) fn provider(self) -> &'static dyn Provider {
        match self {
            Self::Google => &google::Google,
            Self::Apple => &apple::Apple,
            Self::Line => &line::Line,
            Self::GitHub => &github::GitHub,
            Self::Microsoft => &microsoft::Microsoft,
            Self::Facebook => &facebook::Facebook,
            Self::X => &x::X,
            Self::Instagram => &instagram::Instagram,
            Self::Oidc => &oidc::Oidc,
            Self::OAuth2 => &oauth2::OAuth2,
        }
    }
}

/// What there is to ask at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    /// The document that names the others.
    Discovery,
    /// Where people go.
    Authorization,
    /// Where codes are redeemed.
    Token,
    /// Who somebody is.
    Userinfo,
    /// The keys.
    Jwks,
    /// Where tokens are given back (RFC 7009, or nearly).
    Revocation,
    /// Where people sign out.
    EndSession,
    /// GitHub's list of addresses.
    Emails,
    /// What a token is worth: Google's `tokeninfo`, LINE's `verify`, Facebook's `debug_token`.
    Verify,
    /// LINE: whether somebody has befriended the channel's account.
    Friendship,
    /// LINE: who somebody is, in the older way.
    Profile,
    /// Facebook: the keys of Limited Login.
    LimitedJwks,
    /// GitHub: whether a token is this app's, and where it is ended.
    Applications,
    /// Facebook: where what somebody allowed is taken back.
    Permissions,
    /// Instagram: a token that lasts, for one that does not.
    LongLived,
    /// Instagram: a token that lasts longer.
    Refresh,
    /// Google: the document about the events that it sends.
    Risc,
    /// Where a picture of somebody may be.
    Picture,
}

impl Endpoint {
    /// What Genkan's settings call it.
    pub(super) fn setting(self) -> Option<&'static str> {
        Some(match self {
            Self::Authorization => "authorization_endpoint",
            Self::Token => "token_endpoint",
            Self::Userinfo => "userinfo_endpoint",
            Self::Jwks => "jwks_uri",
            // In a way of their own.
            Self::Revocation | Self::Applications | Self::Permissions => "revocation_endpoint",
            Self::EndSession => "end_session_endpoint",
            Self::Emails => "emails_endpoint",
            Self::Verify => "verify_endpoint",
            Self::Friendship => "friendship_endpoint",
            Self::LimitedJwks => "limited_jwks_uri",
            Self::Profile => "profile_endpoint",
            Self::LongLived => "long_lived_endpoint",
            Self::Refresh => "refresh_endpoint",
            Self::Discovery | Self::Risc | Self::Picture => return None,
        })
    }
}

/// What a test may have say something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The claims of an ID token.
    IdToken,
    /// The header of whatever is signed.
    Header,
    /// What is told of a person.
    Userinfo,
    /// What the token endpoint answers.
    TokenResponse,
    /// What comes back with the browser.
    Callback,
    /// The discovery document.
    Discovery,
    /// What a token is said to be worth.
    Verification,
    /// Each of the published keys.
    Jwk,
    /// The claims of what it sends by itself.
    Event,
}

/// What a provider does, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// It names itself when it leads back (RFC 9207).
    Iss,
    /// LINE: the channel may see addresses. GitHub: the app may, where it is a GitHub App.
    Email,
    /// LINE: everybody has befriended the channel's account.
    Friend,
    /// GitHub: the client is a GitHub App and no OAuth app.
    GithubApp,
    /// Instagram: the token response is in an array `data`, as it is documented and not as it has been seen.
    InData,
}

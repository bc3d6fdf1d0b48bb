//! Which settings a kind of provider has, and how each is typed.
use crate::domain::ProviderKind;
use Shape::{Choice, LongSecret, Pairs, Secret, Text, Truth};

/// How a setting is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line.
    Text,
    /// A line that is never shown.
    Secret,
    /// Several lines that are never shown.
    LongSecret,
    /// Several words.
    List,
    /// Lines, each a name, `=` and a value.
    Pairs,
    /// Yes, no, or what is usual.
    Truth,
    /// One of these, or what is usual.
    Choice(&'static [&'static str]),
}

/// A setting, and how it is typed.
pub type Field = (&'static str, Shape);

/// What every kind has, besides what is its own.
const COMMON: [Field; 18] = [
    ("scopes", Shape::List),
    ("on_unknown", Choice(&["create", "ask", "refuse"])),
    ("link", Choice(&["ask", "auto"])),
    ("trust_email", Truth),
    ("update_profile", Truth),
    ("store_tokens", Truth),
    ("token_clients", Shape::List),
    ("audiences", Shape::List),
    ("authorized_parties", Shape::List),
    ("native_nonce", Choice(&["required", "optional"])),
    ("authorization_params", Pairs),
    ("pkce", Truth),
    ("token_endpoint_auth_method", Choice(&["client_secret_basic", "client_secret_post", "none"])),
    ("id_token_signed_response_alg", Choice(&["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "HS256"])),
    ("claims", Pairs),
    ("client_secret", Secret),
    ("label", Text),
    ("order", Text),
];

/// Where every kind is.
const ADDRESSES: [&str; 7] = [
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "revocation_endpoint",
    "end_session_endpoint",
];

/// What else there is to address of a kind.
const fn own_addresses(kind: ProviderKind) -> &'static [&'static str] {
    match kind {
        ProviderKind::GitHub => &["emails_endpoint"],
        ProviderKind::Line => &["verify_endpoint", "profile_endpoint", "friendship_endpoint"],
        ProviderKind::Facebook => &["verify_endpoint", "limited_jwks_uri"],
        ProviderKind::Instagram => &["long_lived_endpoint", "refresh_endpoint"],
        ProviderKind::Microsoft => &["base_url"],
        ProviderKind::Google | ProviderKind::Apple | ProviderKind::X | ProviderKind::Oidc | ProviderKind::OAuth2 => &[],
    }
}

/// What a kind asks for first.
const fn main(kind: ProviderKind) -> &'static [Field] {
    match kind {
        ProviderKind::Google => {
            &[("client_id", Text), ("client_secret", Secret), ("hosted_domains", Shape::List), ("label", Text)]
        }
        ProviderKind::Apple => &[
            ("client_id", Text),
            ("team_id", Text),
            ("key_id", Text),
            ("private_key", LongSecret),
            ("android_packages", Shape::List),
            ("label", Text),
        ],
        ProviderKind::Line => &[
            ("client_id", Text),
            ("client_secret", Secret),
            ("bot_prompt", Choice(&["normal", "aggressive"])),
            ("label", Text),
        ],
        ProviderKind::GitHub => &[("client_id", Text), ("client_secret", Secret), ("base_url", Text), ("label", Text)],
        ProviderKind::Microsoft => &[
            ("client_id", Text),
            ("client_secret", Secret),
            ("tenant", Text),
            ("allowed_tenants", Shape::List),
            ("label", Text),
        ],
        ProviderKind::Facebook | ProviderKind::Instagram => {
            &[("client_id", Text), ("client_secret", Secret), ("api_version", Text), ("label", Text)]
        }
        ProviderKind::X => &[("client_id", Text), ("client_secret", Secret), ("label", Text)],
        ProviderKind::Oidc => &[("label", Text), ("issuer", Text), ("client_id", Text), ("client_secret", Secret)],
        ProviderKind::OAuth2 => &[
            ("label", Text),
            ("client_id", Text),
            ("client_secret", Secret),
            ("authorization_endpoint", Text),
            ("token_endpoint", Text),
            ("userinfo_endpoint", Text),
            ("claims", Pairs),
        ],
    }
}

/// The settings that a kind is shown with: those it asks for first, all others, and its addresses.
pub fn fields(kind: ProviderKind) -> [Vec<Field>; 3] {
    let main = main(kind).to_vec();
    let is_more = |name: &str| {
        let has_no_secret = kind == ProviderKind::Apple && name == "client_secret";
        !has_no_secret && main.iter().all(|(other, _)| *other != name)
    };
    let more = COMMON.into_iter().filter(|(name, _)| is_more(name)).collect();
    let addresses = ADDRESSES.into_iter().chain(own_addresses(kind).iter().copied()).filter(|name| is_more(name));
    let addresses = addresses.map(|name| (name, Text)).collect();
    [main, more, addresses]
}

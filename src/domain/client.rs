//! Relying parties, by the names of RFC 7591 section 2 and OpenID Connect Dynamic Client
//! Registration section 2.
use super::{
    Algorithm, AndroidApp, Assurance, ClientAlgorithm, ClientId, ClientKeys, Digest, IosAppId, Localized, PICTURES,
    ProviderName, Readable, RedirectUri, RegisteredUri, Scopes, Timestamp, words,
};
use serde::{Deserialize, Serialize};

/// How a client proves who it is at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClientAuthMethod {
    /// HTTP Basic (RFC 6749 section 2.3.1).
    #[default]
    Basic,
    /// `client_secret` in the body.
    Post,
    /// An assertion that it signs with a key of its own (OpenID Connect Core section 9).
    PrivateKeyJwt,
    /// Not at all: a public client.
    None,
}

words!(ClientAuthMethod {
    Basic = "client_secret_basic",
    Post = "client_secret_post",
    PrivateKeyJwt = "private_key_jwt",
    None = "none",
});

impl ClientAuthMethod {
    /// Whether it is by a secret that the client shares with us.
    #[must_use]
    pub const fn is_by_secret(self) -> bool {
        matches!(self, Self::Basic | Self::Post)
    }
}

/// What a client may ask the token endpoint for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantType {
    /// RFC 6749 section 4.1.
    AuthorizationCode,
    /// RFC 6749 section 6.
    RefreshToken,
    /// RFC 6749 section 4.4.
    ClientCredentials,
    /// RFC 8693: tokens for what an app has from a provider's SDK.
    TokenExchange,
}

words!(GrantType {
    AuthorizationCode = "authorization_code",
    RefreshToken = "refresh_token",
    ClientCredentials = "client_credentials",
    TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange",
});

/// Where a client runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ApplicationType {
    /// On a web server or in a web page.
    #[default]
    Web,
    /// Installed on a person's device: its loopback redirects may use any port.
    Native,
}

words!(ApplicationType { Web = "web", Native = "native" });

/// The secret before the present one, while it is good as well: so that an app can go over without a gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousSecret {
    /// Its digest.
    pub digest: Digest,
    /// When it is worth nothing.
    pub until: Timestamp,
}

/// A relying party, right by construction: `protocol::registration` makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its name in the protocol.
    pub client_id: ClientId,
    /// Its name on pages.
    pub client_name: String,
    /// The digest of its secret; a public client has none, nor has one that signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_digest: Option<Digest>,
    /// The secret before, after a rotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_secret: Option<PreviousSecret>,
    /// Where responses may go.
    pub redirect_uris: Vec<RegisteredUri>,
    /// Where a browser may go after sign-out.
    pub post_logout_redirect_uris: Vec<RegisteredUri>,
    /// How it proves who it is.
    pub token_endpoint_auth_method: ClientAuthMethod,
    /// How the assertions are signed that prove who it is; as its keys allow, where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<ClientAlgorithm>,
    /// Its keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<ClientKeys>,
    /// Where its keys are, in place of `jwks`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// What it may ask the token endpoint for.
    pub grant_types: Vec<GrantType>,
    /// Where it runs.
    pub application_type: ApplicationType,
    /// What it may ask for.
    pub scope: Scopes,
    /// How its ID tokens are signed.
    pub id_token_signed_response_alg: Algorithm,
    /// How its access tokens are signed.
    pub access_token_signed_response_alg: Algorithm,
    /// Seconds after which a sign-in is too old for it, unless the request says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<i64>,
    /// How sure we must be of whoever signs in to it, whatever it asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_acr: Option<Assurance>,
    /// The ways in by which people may come to it: providers, and `local` for those of Genkan's own. Empty is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_providers: Vec<String>,
    /// Its apps for iOS, which its https redirect URIs open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ios_app_ids: Vec<IosAppId>,
    /// Its apps for Android, likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub android_apps: Vec<AndroidApp>,
    /// Its home page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// Its logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// The id of a logo that was uploaded; it goes before `logo_uri`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// Its privacy policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// Its terms of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// Its name, links and logo in other languages.
    #[serde(flatten)]
    pub localized: Localized,
    /// Whom to ask about it: addresses, for those who run this instance.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    /// What its maker calls this software, the same in all places it runs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    /// And its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    /// Seconds that its access tokens are good for, unless as all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token_lifetime: Option<i64>,
    /// Seconds that its refresh tokens are good for without use, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token_lifetime: Option<i64>,
    /// Whether it must use PKCE; a public client must in any case.
    pub require_pkce: bool,
    /// Whether people are not asked: for apps of the same house.
    pub skip_consent: bool,
}

impl Client {
    /// Whether it cannot keep a secret (RFC 6749 section 2.1).
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.token_endpoint_auth_method == ClientAuthMethod::None
    }

    /// Whether it proves who it is by assertions that it signs.
    #[must_use]
    pub fn signs(&self) -> bool {
        self.token_endpoint_auth_method == ClientAuthMethod::PrivateKeyJwt
    }

    /// Its name, for who reads this language.
    #[must_use]
    pub fn name_in(&self, language: &str) -> &str {
        self.localized.find(Readable::ClientName, language).unwrap_or(&self.client_name)
    }

    /// What it says of itself, for who reads this language.
    #[must_use]
    pub fn told_in(&self, language: &str, member: Readable) -> Option<&str> {
        self.localized.find(member, language).or_else(|| match member {
            Readable::ClientName => Some(&self.client_name),
            Readable::ClientUri => self.client_uri.as_deref(),
            Readable::LogoUri => self.logo_uri.as_deref(),
            Readable::PolicyUri => self.policy_uri.as_deref(),
            Readable::TosUri => self.tos_uri.as_deref(),
        })
    }

    /// Whether a secret with this digest is its own now. Each there is is compared, so that the time tells nothing.
    #[must_use]
    pub fn has_secret(&self, presented: &Digest, now: Timestamp) -> bool {
        let is_present = self.secret_digest.as_ref().is_some_and(|digest| digest == presented);
        let before = self.previous_secret.as_ref();
        let is_previous = before.is_some_and(|before| {
            let is_same = before.digest == *presented;
            is_same && before.until > now
        });
        is_present | is_previous
    }

    /// Where the logo is that was uploaded.
    #[must_use]
    pub fn logo_path(&self) -> Option<String> {
        self.logo.as_ref().map(|id| format!("{PICTURES}/{id}"))
    }

    /// The same, but that its responses go to this place alone, which it has not registered: for trying it out.
    #[must_use]
    pub fn returning_to(&self, place: RegisteredUri) -> Self {
        Self { redirect_uris: vec![place], ..self.clone() }
    }

    /// Whether it may use this grant type.
    #[must_use]
    pub fn may(&self, grant_type: GrantType) -> bool {
        self.grant_types.contains(&grant_type)
    }

    /// Whether people may come to it who signed in at this provider, or here where there is none.
    #[must_use]
    pub fn admits(&self, provider: Option<&ProviderName>) -> bool {
        let name = provider.map_or(ProviderName::LOCAL, ProviderName::as_str);
        self.allowed_providers.is_empty() || self.allowed_providers.iter().any(|allowed| allowed == name)
    }

    /// The requested redirect URI, when it is registered.
    #[must_use]
    pub fn redirect_uri(&self, requested: &str) -> Option<RedirectUri> {
        let any_port = self.application_type == ApplicationType::Native;
        self.redirect_uris.iter().find_map(|registered| registered.matches(requested, any_port))
    }

    /// The requested place after sign-out, when it is registered (RP-Initiated Logout section 3).
    #[must_use]
    pub fn post_logout_redirect_uri(&self, requested: &str) -> Option<RedirectUri> {
        let any_port = self.application_type == ApplicationType::Native;
        self.post_logout_redirect_uris.iter().find_map(|registered| registered.matches(requested, any_port))
    }
}

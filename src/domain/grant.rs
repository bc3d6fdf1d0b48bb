//! What a person let a client do.
use super::{Assurance, AuthMethods, ClientId, Digest, GrantId, ProviderName, Scopes, SessionId, Timestamp, UserId};

/// One authorization: it begins as a code, lives as a refresh token family, and every token that
/// comes from it dies with it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Grant {
    /// Its name; access and refresh tokens carry it.
    pub id: GrantId,
    /// Who gave it.
    pub user_id: UserId,
    /// To whom.
    pub client_id: ClientId,
    /// In which session: a browser's, or the app's own.
    pub sid: SessionId,
    /// What for.
    pub scopes: Scopes,
    /// When the person had proved who they are (`auth_time`).
    pub auth_time: Timestamp,
    /// How sure that made us, as the client is told (`acr`).
    pub acr: Option<Assurance>,
    /// And by what (`amr`).
    pub methods: AuthMethods,
    /// The provider that the person came from, if they did.
    pub provider: Option<ProviderName>,
    /// The `nonce` of the authorization request.
    pub nonce: Option<String>,
    /// The `redirect_uri` of the authorization request.
    pub redirect_uri: String,
    /// The S256 `code_challenge` of the authorization request.
    pub code_challenge: Option<String>,
    /// When no token of it is renewed any more, whatever its use.
    pub expires_at: Timestamp,
}

/// A grant with the code that is good for it.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// The grant.
    pub grant: Grant,
    /// The digest of its authorization code.
    pub code: Digest,
    /// Until when the code is good.
    pub code_expires_at: Timestamp,
}

/// What a person has agreed to let a client have, so that they are not asked again.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Consent {
    /// Who agreed.
    pub user_id: UserId,
    /// Whom it lets in.
    pub client_id: ClientId,
    /// To what.
    pub scopes: Scopes,
}

//! Signing keys as they are stored.
use super::{KeyId, Timestamp, words};

/// How tokens are signed (RFC 7518 section 3.1, RFC 8037 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Algorithm {
    /// RSA PKCS#1 v1.5 with SHA-256: what every client understands.
    #[default]
    Rs256,
    /// ECDSA P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

words!(Algorithm { Rs256 = "RS256", Es256 = "ES256", EdDsa = "EdDSA" });

/// A signing key. Its state follows from time alone: *next* until it is activated, *active* until
/// a later one of the same algorithm is, *retired* from then on.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SealedKey {
    /// RFC 7638 thumbprint.
    pub kid: KeyId,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// PKCS#8, sealed under the master key (AES-256-GCM).
    pub sealed: Vec<u8>,
    /// When it was made and so first published.
    pub created_at: Timestamp,
    /// When it signs, or will; a key that has none is next.
    pub activated_at: Option<Timestamp>,
}

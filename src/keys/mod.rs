//! Keys: the master key that seals what is secret, and the signing keys of tokens.
//!
//! | file            | what it owns |
//! |-----------------|--------------|
//! | `master.rs`     | the master key: sealing (AES-256-GCM) and the keys derived from it (HKDF) |
//! | `signing_key.rs`| one key pair: making, sealing, signing, its public half as a JWK |
//! | `ring.rs`       | all signing keys in memory: who signs now, who verifies, the published set |
//! | `rotation.rs`   | their life: made, next, active, retired, removed |
//! | `lives.rs`      | what operators see of it, and the sudden end of a key |
mod lives;
mod master;
mod ring;
mod rotation;
mod signing_key;

pub use lives::{Life, lives, retire};
pub use master::Sealer;
pub use master::{MasterKey, Purpose};
pub use ring::{KeyRing, Verified};
pub use rotation::{KEY_SET_LIFETIME, Rotated, State, ensure, load, maintain, prove, rotate, state, unlock};

/// What can go wrong with keys.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The master key is not the one that sealed this database.
    #[error(
        "the master key does not open this database: it was sealed with another one. Put the right key back \
         (secrets.master_key_file or secrets.master_key); nothing was changed"
    )]
    WrongMasterKey,
    /// The master key is gone.
    #[error(
        "there is no master key at {0}, but this database was sealed with one. Put the file back, from a backup if \
         need be; nothing was changed"
    )]
    LostMasterKey(String),
    /// The master key cannot be read or is not one.
    #[error("the master key at {place} cannot be used: {why}")]
    BadMasterKey {
        /// Where it was looked for.
        place: String,
        /// What is wrong with it.
        why: String,
    },
    /// Another rotation has not come into force yet.
    #[error("a rotation is under way: key {kid} signs in {seconds} s, when every cached key set knows it")]
    RotationUnderWay {
        /// The key that is about to sign.
        kid: String,
        /// Until then.
        seconds: i64,
    },
    /// There is no key to sign with.
    #[error("there is no active {0} key")]
    NoActiveKey(crate::domain::Algorithm),
    /// Cryptography failed; it does not say why.
    #[error("a key could not be used: {0}")]
    Crypto(&'static str),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] crate::storage::Error),
}

//! Which hashes can be checked: argon2 of our own making, and what other systems made, for people
//! who come from there.
use super::Error;
use argon2::password_hash::{PasswordVerifier, phc::Decimal};
use argon2::{Algorithm, Params, PasswordHash};

/// The most memory that checking one hash may take, in KiB: an imported one must not take it all.
const MOST_MEMORY_KIB: u32 = 256 * 1024;

/// A stored hash, by the scheme that made it.
pub enum Stored {
    /// Argon2d, argon2i or argon2id, as a PHC string.
    Argon2(PasswordHash),
    /// Scrypt (RFC 7914), as a PHC string.
    Scrypt(PasswordHash),
    /// PBKDF2 (RFC 8018) with SHA-256 or SHA-512, as a PHC string.
    Pbkdf2(PasswordHash),
    /// Bcrypt, in the form that all its implementations share (`$2b$…`).
    Bcrypt(String),
}

impl Stored {
    /// Reads a hash; refused is one that is not known, not whole, or would cost too much to check.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if ["$2a$", "$2b$", "$2x$", "$2y$"].iter().any(|prefix| text.starts_with(prefix)) {
            let parts: bcrypt::HashParts = text.parse().map_err(|_| Error::Failed)?;
            return if parts.get_cost() <= 16 { Ok(Self::Bcrypt(text.into())) } else { Err(Error::Failed) };
        }
        let hash = PasswordHash::new(text).map_err(|_| Error::Failed)?;
        if hash.salt.is_none() || hash.hash.is_none() {
            return Err(Error::Failed);
        }
        let number = |name: &str| hash.params.get_decimal(name);
        match hash.algorithm.as_str() {
            "scrypt" if is_modest_scrypt(number("ln"), number("r"), number("p")) => Ok(Self::Scrypt(hash)),
            "pbkdf2-sha256" | "pbkdf2-sha512" if number("i").is_some_and(|rounds| rounds <= 10_000_000) => {
                Ok(Self::Pbkdf2(hash))
            }
            name if Algorithm::try_from(name).is_ok() => {
                let params = Params::try_from(&hash).map_err(|_| Error::Failed)?;
                let modest = params.m_cost() <= MOST_MEMORY_KIB && params.t_cost() <= 100;
                if modest { Ok(Self::Argon2(hash)) } else { Err(Error::Failed) }
            }
            _ => Err(Error::Failed),
        }
    }
}

/// RFC 7914 section 6: it takes 128 · 2^ln · r bytes.
fn is_modest_scrypt(ln: Option<Decimal>, r: Option<Decimal>, p: Option<Decimal>) -> bool {
    let (Some(ln), Some(r), Some(p)) = (ln, r, p) else { return false };
    ln < 32 && r <= 64 && p <= 16 && (128_u64 << ln) * u64::from(r) <= u64::from(MOST_MEMORY_KIB) * 1024
}

/// Checks a password against a hash that is not argon2's.
pub fn verify_foreign(password: &[u8], stored: &Stored) -> Result<bool, Error> {
    match stored {
        Stored::Argon2(_) => Err(Error::Failed),
        Stored::Scrypt(hash) => Ok(scrypt::Scrypt::default().verify_password(password, hash).is_ok()),
        Stored::Pbkdf2(hash) => Ok(pbkdf2::Pbkdf2::default().verify_password(password, hash).is_ok()),
        Stored::Bcrypt(text) => bcrypt::verify(password, text).map_err(|_| Error::Failed),
    }
}

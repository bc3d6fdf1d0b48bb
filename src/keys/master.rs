//! The master key: 256 random bits outside the database, under which all secrets in it are sealed.
use super::Error;
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hkdf, hmac, rand,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{fmt, io::Write, path::Path};

/// What a key derived from the master key is good for; each is independent of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Sealing signing keys.
    SigningKeys,
    /// Sealing interactions that browsers carry.
    Interactions,
    /// Authenticating refresh tokens.
    RefreshTokens,
    /// Authenticating form tokens.
    Forms,
    /// Signing session cookies.
    Cookies,
    /// Sealing the secrets of second factors.
    SecondFactors,
    /// Making the digests of recovery codes.
    RecoveryCodes,
    /// Sealing letters that wait to be sent.
    Letters,
    /// Making the digests of codes that were mailed.
    MailCodes,
    /// Sealing the settings of providers, and the tokens that they gave.
    Providers,
    /// Authenticating nonces of native sign-in.
    NativeNonces,
    /// Sealing the audit trail.
    Audit,
    /// Sealing answers of the administration's API that may be asked for again.
    Answers,
    /// Sealing the settings that the database keeps.
    Settings,
    /// Sealing the secrets of webhooks.
    Webhooks,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::SigningKeys => b"genkan signing keys v1",
            Self::Interactions => b"genkan interactions v1",
            Self::RefreshTokens => b"genkan refresh tokens v1",
            Self::Forms => b"genkan forms v1",
            Self::Cookies => b"genkan cookies v1",
            Self::SecondFactors => b"genkan second factors v1",
            Self::RecoveryCodes => b"genkan recovery codes v1",
            Self::Letters => b"genkan letters v1",
            Self::MailCodes => b"genkan mail codes v1",
            Self::Providers => b"genkan providers v1",
            Self::NativeNonces => b"genkan native nonces v1",
            Self::Audit => b"genkan audit v1",
            Self::Answers => b"genkan answers v1",
            Self::Settings => b"genkan settings v1",
            Self::Webhooks => b"genkan webhooks v1",
        }
    }
}

/// The master key. It cannot be printed.
#[derive(Clone)]
pub struct MasterKey(hkdf::Prk);

impl MasterKey {
    /// Reads a key as it is written: base64 of 32 bytes.
    pub fn parse(place: &str, text: &str) -> Result<Self, Error> {
        let bad = |why: &str| Error::BadMasterKey { place: place.into(), why: why.into() };
        let bytes = STANDARD.decode(text.trim()).map_err(|_| bad("it is not base64"))?;
        if bytes.len() != 32 {
            return Err(bad("it must be 32 bytes in base64; `openssl rand -base64 32` makes one"));
        }
        Ok(Self(hkdf::Salt::new(hkdf::HKDF_SHA256, b"genkan master key v1").extract(&bytes)))
    }

    /// Reads the key in a file; `None` when there is no file.
    pub fn read(file: &Path) -> Result<Option<Self>, Error> {
        let place = file.display().to_string();
        match std::fs::read_to_string(file) {
            Ok(text) => Self::parse(&place, &text).map(Some),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(Error::BadMasterKey { place, why: why.to_string() }),
        }
    }

    /// Makes a key and keeps it in a new file that only its owner can read.
    pub fn create(file: &Path) -> Result<Self, Error> {
        let place = file.display().to_string();
        let failed = |why: std::io::Error| Error::BadMasterKey { place: place.clone(), why: why.to_string() };
        let mut bytes = [0; 32];
        rand::fill(&mut bytes).map_err(|_| Error::Crypto("no randomness"))?;
        let text = STANDARD.encode(bytes);
        if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut written = options.open(file).map_err(failed)?;
        writeln!(written, "{text}").map_err(failed)?;
        // Before anything is sealed with it.
        written.sync_all().map_err(failed)?;
        Self::parse(&place, &text)
    }

    /// A key of `N` bytes for one purpose (RFC 5869).
    pub fn derive<const N: usize>(&self, purpose: Purpose) -> Result<[u8; N], Error> {
        struct Length(usize);
        impl hkdf::KeyType for Length {
            fn len(&self) -> usize {
                self.0
            }
        }
        let mut key = [0; N];
        self.0
            .expand(&[purpose.label()], Length(N))
            .and_then(|okm| okm.fill(&mut key))
            .map_err(|_| Error::Crypto("derivation"))?;
        Ok(key)
    }

    /// A key for one purpose, ready to authenticate messages.
    pub fn hmac(&self, purpose: Purpose) -> Result<hmac::Key, Error> {
        Ok(hmac::Key::new(hmac::HMAC_SHA256, &self.derive::<32>(purpose)?))
    }

    /// A key for one purpose, ready to seal.
    pub fn sealer(&self, purpose: Purpose) -> Result<Sealer, Error> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.derive::<32>(purpose)?)
            .map(Sealer)
            .map_err(|_| Error::Crypto("sealing"))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// Seals and opens texts (AES-256-GCM, random nonce first).
pub struct Sealer(RandomizedNonceKey);

impl Sealer {
    /// Seals `plain`, bound to `context`: it opens only with the same.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let mut sealed = plain.to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(context.as_bytes()), &mut sealed)
            .map_err(|_| Error::Crypto("sealing"))?;
        Ok([nonce.as_ref().as_slice(), &sealed].concat())
    }

    /// Opens what was sealed in the same context; `None` when it was not, or was tampered with.
    #[must_use]
    pub fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut plain = sealed.to_vec();
        let length = self.0.open_in_place(nonce, Aad::from(context.as_bytes()), &mut plain).ok()?.len();
        plain.truncate(length);
        Some(plain)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master() -> MasterKey {
        MasterKey::parse("here", &STANDARD.encode([7; 32])).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_own_context_alone() {
        let sealer = master().sealer(Purpose::SigningKeys).unwrap();
        let mut sealed = sealer.seal("a", b"secret").unwrap();
        assert_eq!(sealer.open("a", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(sealer.open("b", &sealed), None);
        assert_eq!(master().sealer(Purpose::Interactions).unwrap().open("a", &sealed), None);
        sealed[14] ^= 1;
        assert_eq!(sealer.open("a", &sealed), None);
        assert_eq!(sealer.open("a", b"short"), None);
    }

    #[test]
    fn a_bad_key_is_named_with_its_place() {
        let told = MasterKey::parse("data/master.key", "c2hvcnQ=").unwrap_err().to_string();
        assert!(told.contains("data/master.key") && told.contains("32 bytes"), "{told}");
    }

    #[test]
    fn a_key_file_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new").join("master.key");
        assert!(MasterKey::read(&file).unwrap().is_none());
        let made = MasterKey::create(&file).unwrap();
        let read = MasterKey::read(&file).unwrap().unwrap();
        assert_eq!(made.derive::<32>(Purpose::Forms).unwrap(), read.derive::<32>(Purpose::Forms).unwrap());
        assert!(MasterKey::create(&file).is_err());
    }
}

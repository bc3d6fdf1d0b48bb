//! Passwords that have been in a data leak (NIST SP 800-63B section 3.1.1.2): a list on this machine,
//! a few bytes a password, that is asked without telling anybody.
//!
//! It holds fingerprints of SHA-1 hashes, not passwords, in binary fuse filters: what is in it is
//! always found, and one in 65,536 of what is not in it is found as well.
mod build;
mod file;

pub use build::{Builder, Form};

use crate::domain::Password;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use std::{fs::File, io, path::Path};
use xorf::{BinaryFuse16, Filter};

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system says no.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Something else.
    #[error("it is no list that `genkan passwords build` wrote")]
    Foreign,
    /// A list that a later version wrote.
    #[error("it was written by another version of Genkan; build it again with this one")]
    OtherVersion,
    /// Its end is missing, or some of it is not as it was written.
    #[error("it is damaged or not whole; build or copy it again")]
    Damaged,
}

/// A list, in memory.
#[derive(Debug)]
pub struct Breached {
    /// Each holds the passwords whose hashes begin with its number; there are 2 to the power of some.
    shards: Vec<BinaryFuse16>,
    entries: u64,
}

impl Breached {
    /// Reads a list; all of it is known to be as it was written.
    pub fn open(file: &Path) -> Result<Self, Error> {
        file::read(File::open(file)?)
    }

    /// Whether a password is in it.
    #[must_use]
    pub fn has(&self, password: &Password) -> bool {
        let key = key(password);
        self.shards[shard_of(key, self.shards.len())].contains(&key)
    }

    /// How many passwords are in it.
    #[must_use]
    pub const fn entries(&self) -> u64 {
        self.entries
    }
}

/// What stands for a password: the first 8 bytes of its SHA-1, the hash that public lists use.
fn key(password: &Password) -> u64 {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    hash.as_ref().iter().take(8).fold(0, |key, byte| (key << 8) | u64::from(*byte))
}

/// Which of `shards`, a power of two, holds a key: its leading bits say.
fn shard_of(key: u64, shards: usize) -> usize {
    // With one shard all bits are shifted out.
    let number = key.checked_shr(u64::BITS - shards.trailing_zeros()).unwrap_or_default();
    usize::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const WORDS: &str = "password\ncorrect horse\n\nパスワード123\r\npassword\n";

    fn password(text: &str) -> Password {
        Password::attempt(text).unwrap()
    }

    fn built(text: &str, form: Option<Form>) -> Result<Breached, Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("list");
        let mut builder = Builder::new(0, None);
        builder.take(text.as_bytes(), form)?;
        builder.write(&file)?;
        Ok(Breached::open(&file)?)
    }

    #[test]
    fn what_is_in_it_is_found_and_little_else() {
        let list = built(WORDS, None).unwrap();
        assert_eq!(list.entries(), 3);
        for known in ["password", "correct horse", "パスワード123", "ﾊﾟｽﾜｰﾄﾞ123"] {
            assert!(list.has(&password(known)), "{known}");
        }
        let found = (0..1000).filter(|n| list.has(&password(&format!("{n} horses")))).count();
        assert!(found < 10, "{found} of 1000");
        assert!(!built("", None).unwrap().has(&password("password")));
    }

    #[test]
    fn hashes_are_taken_as_the_public_lists_have_them() {
        // SHA-1 of "password" and of "correct horse".
        let hashes = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:52256179\r\n\
                      5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8\n\
                      7c4a8d09ca3762af61e59520943dc26494f8941b:7";
        let list = built(hashes, None).unwrap();
        assert_eq!(list.entries(), 2);
        assert!(list.has(&password("password")) && list.has(&password("123456")));
        for bad in ["5BAA61E4:1", "nothing", "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:many"] {
            let failure = built(&format!("{hashes}\n{bad}"), None).unwrap_err();
            assert!(failure.to_string().starts_with("line 4"), "{failure}");
        }
        // Words that look like hashes are words where that is said.
        let words = built("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8", Some(Form::Plain)).unwrap();
        assert!(words.has(&password("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8")) && !words.has(&password("password")));
    }

    #[test]
    fn the_most_frequent_are_kept_of_hashes_and_the_first_of_words() {
        let line = |n: u32| format!("{n:040X}:{n}\n");
        let mut builder = Builder::new(11, Some(100));
        builder.take((0..1000).map(line).collect::<String>().as_bytes(), None).unwrap();
        let kept = builder.keys();
        assert_eq!(kept, [0], "the first 8 bytes of all these are the same");

        let words = (0..1000).map(|n| format!("word number {n}")).collect::<Vec<_>>().join("\n");
        let mut builder = Builder::new(11, Some(100));
        builder.take(words.as_bytes(), None).unwrap();
        let kept = builder.keys();
        assert_eq!(kept.len(), 100);
        assert!((0..100).all(|n| kept.contains(&key(&password(&format!("word number {n}"))))));

        let line = |n: u32| format!("{n:08X}{:032X}:{n}\n", 0);
        let mut builder = Builder::new(950, Some(100));
        builder.take((0..1000).rev().map(line).collect::<String>().as_bytes(), None).unwrap();
        assert_eq!(builder.keys(), (950..1000).map(|n| n << 32).collect::<Vec<u64>>());
    }

    #[test]
    fn a_large_list_is_in_parts() {
        assert_eq!((shard_of(u64::MAX, 1), shard_of(u64::MAX, 4), shard_of(1 << 62, 4)), (0, 3, 1));
        let keys: Vec<u64> = (0..3000_u64).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        let mut bytes = vec![];
        file::write(&mut bytes, &build::sorted(keys.clone()), 16).unwrap();
        let list = file::read_from(bytes.as_slice(), bytes.len() as u64).unwrap();
        assert_eq!((list.shards.len(), list.entries()), (16, 3000));
        assert!(keys.iter().all(|key| list.shards[shard_of(*key, 16)].contains(key)));
    }

    #[test]
    fn a_file_that_is_wrong_is_refused_whatever_is_wrong_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list");
        let mut builder = Builder::new(0, None);
        builder.take(WORDS.as_bytes(), None).unwrap();
        builder.write(&file).unwrap();
        let good = fs::read(&file).unwrap();
        let refused = |bytes: &[u8]| {
            fs::write(&file, bytes).unwrap();
            Breached::open(&file).unwrap_err()
        };
        for byte in 0..good.len() {
            let mut bad = good.clone();
            bad[byte] ^= 0x80;
            refused(&bad);
            refused(&good[..byte]);
        }
        assert!(matches!(refused(b"password\n123456\n"), Error::Foreign));
        assert!(matches!(refused(&[&good[..], b"\n"].concat()), Error::Damaged));
        let mut later = good.clone();
        later[8] = 2;
        assert!(matches!(refused(&later), Error::OtherVersion));
        fs::write(&file, good).unwrap();
        assert!(Breached::open(&file).is_ok());
    }
}

//! Password hashing (argon2id, RFC 9106) on threads of its own, so that it never slows anything
//! else down and never takes more memory than planned, whatever the load.
//!
//! Each thread hashes one password after the other in one buffer that it reuses. What waits is
//! bounded; more is told to come back later. Work that is taken is finished even if nobody waits
//! for it any more, and only then makes room.
mod scheme;

use crate::{domain::Password, metrics, telemetry};
use argon2::{
    Algorithm, Argon2, Block, Params, PasswordHash, Version,
    password_hash::phc::{Output, ParamsString, Salt},
};
use aws_lc_rs::constant_time;
use scheme::{Stored, verify_foreign};
use std::{
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::Duration,
};
use tokio::sync::oneshot;
use tracing::Instrument as _;

/// A thread that has nothing to do for so long gives its buffer back.
const IDLE: Duration = Duration::from_secs(10);

/// How passwords are hashed.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
    /// Threads; 0 means one a core.
    pub workers: usize,
    /// Passwords that may wait.
    pub queue: usize,
}

/// Why a password was not hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Too many wait already.
    #[error("too many passwords are waiting to be checked")]
    Busy,
    /// The hash that is stored cannot be used, or the settings cannot.
    #[error("the password cannot be hashed")]
    Failed,
}

/// What came of checking a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is not the one.
    Wrong,
    /// It is the one. With a new hash to store, when the old was made by other settings.
    Right(Option<String>),
}

type Job = Box<dyn FnOnce(&mut Vec<Block>) + Send>;

/// The hashing threads.
#[derive(Clone, Debug)]
pub struct Hasher {
    jobs: mpsc::SyncSender<Job>,
    params: Params,
    /// Stands in for the password of somebody who has none, so that they take as long to refuse.
    decoy: Arc<PasswordHash>,
}

impl Hasher {
    /// Starts the threads.
    pub fn start(settings: Settings) -> Result<Self, Error> {
        let Settings { memory_kib, iterations, parallelism, workers, queue } = settings;
        let params = Params::new(memory_kib, iterations, parallelism, None).map_err(|_| Error::Failed)?;
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let workers = if workers == 0 { cores() } else { workers };
        metrics::hashing_limit(queue);
        let (sender, receiver) = mpsc::sync_channel::<Job>(queue);
        let receiver = Arc::new(Mutex::new(receiver));
        for n in 0..workers {
            let receiver = receiver.clone();
            std::thread::Builder::new()
                .name(format!("argon2-{n}"))
                .spawn(move || work(&receiver))
                .map_err(|_| Error::Failed)?;
        }
        let decoy = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params).map_err(|_| Error::Failed)?,
            salt: Some(Salt::generate()),
            hash: Some(Output::new(&[0; 32]).map_err(|_| Error::Failed)?),
        };
        Ok(Self { jobs: sender, params, decoy: Arc::new(decoy) })
    }

    /// Hashes a new password, as a PHC string.
    pub async fn hash(&self, password: Password) -> Result<String, Error> {
        let params = self.params.clone();
        self.run(move |buffer| create(buffer, &password, &params)).await?
    }

    /// Checks a password against a stored hash. Without one it takes as long, and is wrong.
    pub async fn verify(&self, password: Password, stored: Option<&str>) -> Result<Verdict, Error> {
        let stored = stored.map(Stored::parse).transpose()?;
        let (params, decoy) = (self.params.clone(), self.decoy.clone());
        self.run(move |buffer| {
            let Some(stored) = stored else {
                recompute(buffer, &password, &decoy)?;
                return Ok(Verdict::Wrong);
            };
            if !is_right(buffer, &password, &stored)? {
                return Ok(Verdict::Wrong);
            }
            let renewed = if is_current(&stored, &params) { None } else { Some(create(buffer, &password, &params)?) };
            Ok(Verdict::Right(renewed))
        })
        .await?
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |buffer| {
            metrics::hashing_begins();
            // Nobody listens when the caller has gone.
            let _ = sender.send(work(buffer));
        });
        metrics::hashing_waits();
        if self.jobs.try_send(job).is_err() {
            metrics::hashing_refused();
            return Err(Error::Busy);
        }
        let waiting = receiver.instrument(telemetry::work("hash a password"));
        waiting.await.map_err(|_| Error::Failed)
    }
}

/// Whether a stored hash is one that passwords can be checked against.
pub fn is_usable_hash(text: &str) -> bool {
    Stored::parse(text).is_ok()
}

fn is_right(buffer: &mut Vec<Block>, password: &Password, stored: &Stored) -> Result<bool, Error> {
    let Stored::Argon2(hash) = stored else { return verify_foreign(password.as_bytes(), stored) };
    let (expected, found) = (hash.hash.ok_or(Error::Failed)?, recompute(buffer, password, hash)?);
    Ok(constant_time::verify_slices_are_equal(expected.as_bytes(), found.as_bytes()).is_ok())
}

/// Whether a hash was made by today's settings.
fn is_current(stored: &Stored, params: &Params) -> bool {
    let Stored::Argon2(hash) = stored else { return false };
    hash.algorithm == Algorithm::Argon2id.ident()
        && ParamsString::try_from(params).is_ok_and(|params| params == hash.params)
}

fn work(jobs: &Mutex<mpsc::Receiver<Job>>) {
    let mut buffer = Vec::new();
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(IDLE);
        match next {
            Ok(job) => job(&mut buffer),
            Err(mpsc::RecvTimeoutError::Timeout) => buffer = Vec::new(),
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn create(buffer: &mut Vec<Block>, password: &Password, params: &Params) -> Result<String, Error> {
    let mut hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(|_| Error::Failed)?,
        salt: Some(Salt::generate()),
        hash: None,
    };
    hash.hash = Some(recompute(buffer, password, &hash)?);
    Ok(hash.to_string())
}

/// Hashes a password as `like` says: with its algorithm, settings and salt.
fn recompute(buffer: &mut Vec<Block>, password: &Password, like: &PasswordHash) -> Result<Output, Error> {
    let params = Params::try_from(like).map_err(|_| Error::Failed)?;
    let algorithm = Algorithm::try_from(like.algorithm.as_str()).map_err(|_| Error::Failed)?;
    let version = like.version.map_or(Ok(Version::V0x13), Version::try_from).map_err(|_| Error::Failed)?;
    let salt = like.salt.ok_or(Error::Failed)?;
    let length = like.hash.map_or(Params::DEFAULT_OUTPUT_LEN, |hash| hash.len());
    if buffer.len() < params.block_count() {
        buffer.resize(params.block_count(), Block::new());
    }
    let mut out = [0; Output::MAX_LENGTH];
    let out = out.get_mut(..length).ok_or(Error::Failed)?;
    let memory = &mut buffer[..params.block_count()];
    Argon2::new(algorithm, version, params)
        .hash_password_into_with_memory(password.as_bytes(), &salt, out, memory)
        .map_err(|_| Error::Failed)?;
    Output::new(out).map_err(|_| Error::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Settings = Settings { memory_kib: 64, iterations: 1, parallelism: 1, workers: 1, queue: 1 };

    const FOREIGN: [&str; 5] = [
        "$2b$04$.0xBXM2m0KccKKv8jTuIEO7.DAj.c9S1LDSsqrLZDu.zb3B4vAkF.",
        "$scrypt$ln=10,r=8,p=1$c29tZXNhbHQxMjM0NTY3OA$/YMs48sDZgpnop3PE7oyFJZKtY6WcvetA75ejH0GJd4",
        "$pbkdf2-sha256$i=1000,l=32$c29tZXNhbHQxMjM0NTY3OA$UVU0bBjn23nqieo6m4O1vg6ncz2xffKg6dXMzXCtZ4E",
        "$pbkdf2-sha512$i=1000,l=32$c29tZXNhbHQxMjM0NTY3OA$3rR/v0MMKEa6IoobirvnRg2w+QjhpOU8D/JuOAK4T6k",
        "$argon2i$v=19$m=64,t=2,p=1$c29tZXNhbHQ$mJ2mVFjovhRArlVdCzyKw6ZYTg0ikLncyRWminHkHB4",
    ];

    fn password(text: &str) -> Password {
        Password::attempt(text).unwrap()
    }

    #[tokio::test]
    async fn the_right_password_alone_is_right() {
        let hasher = Hasher::start(CHEAP).unwrap();
        let hash = hasher.hash(password("correct horse")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        let verify = async |text, hash| hasher.verify(password(text), hash).await.unwrap();
        assert_eq!(verify("correct horse", Some(&hash)).await, Verdict::Right(None));
        assert_eq!(verify("Correct horse", Some(&hash)).await, Verdict::Wrong);
        assert_eq!(verify("correct horse", None).await, Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_hash_of_other_settings_is_made_anew() {
        let old = Hasher::start(CHEAP).unwrap().hash(password("correct horse")).await.unwrap();
        let hasher = Hasher::start(Settings { iterations: 2, ..CHEAP }).unwrap();
        let Verdict::Right(Some(new)) = hasher.verify(password("correct horse"), Some(&old)).await.unwrap() else {
            panic!("it must be right and be made anew");
        };
        assert!(new.contains("t=2"), "{new}");
        assert_eq!(hasher.verify(password("correct horse"), Some(&new)).await, Ok(Verdict::Right(None)));
    }

    /// The vector of RFC 9106 section 5.3 needs a secret and associated data; this one is of the
    /// reference implementation's own tests.
    #[tokio::test]
    async fn the_reference_implementation_agrees() {
        let hasher = Hasher::start(CHEAP).unwrap();
        let reference = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let verdict = hasher.verify(password("password"), Some(reference)).await.unwrap();
        assert!(matches!(verdict, Verdict::Right(Some(_))), "{verdict:?}");
    }

    /// The password is `password` in each; made by other implementations (OpenSSL, the reference
    /// implementation of argon2, and bcrypt in Rust by way of Python).
    #[tokio::test]
    async fn hashes_of_other_systems_are_checked_and_made_anew() {
        let hasher = Hasher::start(CHEAP).unwrap();
        for made_elsewhere in FOREIGN {
            assert!(is_usable_hash(made_elsewhere), "{made_elsewhere}");
            let right = hasher.verify(password("password"), Some(made_elsewhere)).await.unwrap();
            let Verdict::Right(Some(renewed)) = right else { panic!("{made_elsewhere}: {right:?}") };
            assert!(renewed.starts_with("$argon2id$"));
            let wrong = hasher.verify(password("Password"), Some(made_elsewhere)).await.unwrap();
            assert_eq!(wrong, Verdict::Wrong, "{made_elsewhere}");
        }
        for unusable in [
            "",
            "password",
            "$1$abc$def",
            "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$AAAA",
            "$scrypt$ln=30,r=8,p=1$c29tZXNhbHQ$AAAA",
        ] {
            assert!(!is_usable_hash(unusable), "{unusable}");
        }
    }

    #[tokio::test]
    async fn what_finds_no_room_is_told_to_come_back() {
        let hasher = Hasher::start(CHEAP).unwrap();
        let (release, hold) = mpsc::channel::<()>();
        let (started, is_running) = oneshot::channel();
        let running = hasher.run(move |_| {
            started.send(()).unwrap();
            hold.recv().unwrap();
        });
        let refused = async {
            is_running.await.unwrap();
            hasher.jobs.try_send(Box::new(|_| ())).unwrap();
            let outcome = hasher.run(|_| ()).await;
            release.send(()).unwrap();
            outcome
        };
        assert_eq!(tokio::join!(running, refused), (Ok(()), Err(Error::Busy)));
    }
}

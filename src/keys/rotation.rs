//! The life of signing keys. A key is published long before it signs and stays published as long
//! as its tokens live, so that no verifier ever meets a key it could not know.
use super::{Error, KeyRing, MasterKey, Purpose, master::Sealer, signing_key::generate};
use crate::{
    domain::{Algorithm, Chain, KeyId, NewEvent, SealedKey, Timestamp},
    storage::{Db, master_key, signing_keys},
};
use serde_json::json;
use std::path::Path;

/// Verifiers may keep a key set this long (its `Cache-Control`), in seconds; a key signs only
/// after it has been published as long.
pub const KEY_SET_LIFETIME: i64 = 300;

const CHECK: &str = "master key check";

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Published, not signing yet.
    Next,
    /// Signing.
    Active,
    /// Not signing any more; its tokens still verify.
    Retired,
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retired => "retired",
        })
    }
}

/// The state of a key among all keys.
#[must_use]
pub fn state(key: &SealedKey, all: &[SealedKey], now: Timestamp) -> State {
    if key.activated_at.is_none_or(|at| at > now) {
        State::Next
    } else if superseded_at(key, all).is_some_and(|at| at <= now) {
        State::Retired
    } else {
        State::Active
    }
}

/// When the key that follows in its algorithm takes over, or took over.
pub(super) fn superseded_at(key: &SealedKey, all: &[SealedKey]) -> Option<Timestamp> {
    let order = |key: &SealedKey| (key.activated_at, key.created_at);
    all.iter()
        .filter(|other| other.algorithm == key.algorithm && other.activated_at.is_some() && order(other) > order(key))
        .filter_map(|other| other.activated_at)
        .min()
}

/// The master key, proven to be the one of this database. Where neither has one yet, it is made.
pub async fn unlock(db: &Db, file: &Path) -> Result<MasterKey, Error> {
    let check = master_key::check_value(db).await?;
    let master = match MasterKey::read(file)? {
        Some(master) => master,
        None if check.is_some() => return Err(Error::LostMasterKey(file.display().to_string())),
        None => MasterKey::create(file)?,
    };
    prove(db, &master).await?;
    Ok(master)
}

/// Proves that a master key is the one of this database; a database without one takes it.
pub async fn prove(db: &Db, master: &MasterKey) -> Result<(), Error> {
    let sealer = master.sealer(Purpose::SigningKeys)?;
    if master_key::check_value(db).await?.is_none() {
        master_key::keep_check_value(db, sealer.seal(CHECK, CHECK.as_bytes())?).await?;
    }
    // Read again: another node may have been quicker, with another key.
    let check = master_key::check_value(db).await?.unwrap_or_default();
    if sealer.open(CHECK, &check).is_some() { Ok(()) } else { Err(Error::WrongMasterKey) }
}

/// Makes the keys that are missing: of each algorithm one active and one next.
pub async fn ensure(db: &Db, master: &MasterKey, now: Timestamp) -> Result<(), Error> {
    let sealer = master.sealer(Purpose::SigningKeys)?;
    let stored = signing_keys::all(db).await?;
    let mut made = vec![];
    for algorithm in Algorithm::ALL {
        let of_kind = || stored.iter().filter(|key| key.algorithm == *algorithm);
        let next_is_missing = of_kind().all(|key| key.activated_at.is_some());
        // The next one first: of several nodes that start at once, one alone gets to add it.
        if next_is_missing {
            made.push(generate(&sealer, *algorithm, now, None)?);
        }
        if of_kind().all(|key| key.activated_at.is_none()) {
            // A second ago, so that a rotation in this very second is later.
            made.push(generate(&sealer, *algorithm, now, Some(now.plus(-1)))?);
        }
    }
    if !made.is_empty() {
        signing_keys::insert(db, made).await?;
    }
    Ok(())
}

/// Reads all keys into memory.
pub async fn load(db: &Db, master: &MasterKey) -> Result<KeyRing, Error> {
    KeyRing::open(&master.sealer(Purpose::SigningKeys)?, &signing_keys::all(db).await?)
}

/// A rotation that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// Of which kind.
    pub algorithm: Algorithm,
    /// The key that takes over.
    pub kid: KeyId,
    /// When.
    pub at: Timestamp,
}

/// Lets the next key of each algorithm take over, at once or as soon as every cached key set knows
/// it, and makes the one after it. `event`: who does so; what is done is added, for each of them.
pub async fn rotate(
    db: &Db,
    master: &MasterKey,
    (chain, event): (&Chain, &NewEvent),
    now: Timestamp,
) -> Result<Vec<Rotated>, Error> {
    let sealer = master.sealer(Purpose::SigningKeys)?;
    let mut rotated = vec![];
    for algorithm in Algorithm::ALL {
        rotated.push(rotate_one(db, &sealer, (chain, event), *algorithm, now).await?);
    }
    Ok(rotated)
}

async fn rotate_one(
    db: &Db,
    sealer: &Sealer,
    (chain, event): (&Chain, &NewEvent),
    algorithm: Algorithm,
    now: Timestamp,
) -> Result<Rotated, Error> {
    let stored: Vec<_> = signing_keys::all(db).await?.into_iter().filter(|key| key.algorithm == algorithm).collect();
    if let Some(pending) = stored.iter().find(|key| key.activated_at.is_some_and(|at| at > now)) {
        let seconds = pending.activated_at.map_or(0, |at| at.since(now));
        return Err(Error::RotationUnderWay { kid: pending.kid.to_string(), seconds });
    }
    let next = stored.iter().find(|key| key.activated_at.is_none()).ok_or(Error::NoActiveKey(algorithm))?;
    let at = takes_over_at(next, &stored, now);
    let after = generate(sealer, algorithm, now, None)?;
    let before = stored.iter().find(|key| state(key, &stored, now) == State::Active).map(|key| &key.kid);
    let event = event.clone().about_object("key", &next.kid).with(json!({
        "algorithm": algorithm, "before": { "signs": before }, "after": { "signs": next.kid, "from": at },
    }));
    if signing_keys::activate(db, chain, (next.kid.clone(), at, after), event, now).await? {
        Ok(Rotated { algorithm, kid: next.kid.clone(), at })
    } else {
        Err(Error::RotationUnderWay { kid: next.kid.to_string(), seconds: at.since(now) })
    }
}

/// When every cached key set knows a next key. The first one has been in every set there ever was:
/// it was made with the key that signs, and none has taken over since.
fn takes_over_at(next: &SealedKey, all: &[SealedKey], now: Timestamp) -> Timestamp {
    let made_first = all.iter().all(|key| key.created_at >= next.created_at);
    let is_first = made_first && all.iter().filter(|key| key.activated_at.is_some()).count() == 1;
    let known_at = if is_first { now } else { next.created_at.plus(KEY_SET_LIFETIME) };
    // Never at the same second as the one before it: which of the two signs would be left to chance.
    let before = all.iter().filter_map(|key| key.activated_at).max();
    now.max(known_at).max(before.map_or(now, |at| at.plus(1)))
}

/// Rotates keys that are older than `rotate_after` seconds (0: never), and removes those retired
/// for longer than `token_lifetime` seconds. Any number of nodes may do so at any time.
pub async fn maintain(
    db: &Db,
    master: &MasterKey,
    (chain, event): (&Chain, &NewEvent),
    (rotate_after, token_lifetime): (i64, i64),
    now: Timestamp,
) -> Result<(), Error> {
    let sealer = master.sealer(Purpose::SigningKeys)?;
    let stored = signing_keys::all(db).await?;
    for key in stored.iter().filter(|key| state(key, &stored, now) == State::Active) {
        // The first key signs from before it was made.
        let age = key.activated_at.map_or(0, |at| now.since(at.max(key.created_at)));
        if rotate_after > 0 && age >= rotate_after {
            match rotate_one(db, &sealer, (chain, event), key.algorithm, now).await {
                Ok(done) => tracing::info!(kid = %done.kid, algorithm = %done.algorithm, "a signing key takes over"),
                Err(Error::RotationUnderWay { .. }) => {}
                Err(why) => return Err(why),
            }
        }
    }
    let spent: Vec<KeyId> = stored
        .iter()
        .filter(|key| superseded_at(key, &stored).is_some_and(|at| now.since(at) > token_lifetime + KEY_SET_LIFETIME))
        .map(|key| key.kid.clone())
        .collect();
    if !spent.is_empty() {
        signing_keys::remove(db, spent).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kid: &str, created_at: i64, activated_at: Option<i64>) -> SealedKey {
        SealedKey {
            kid: kid.into(),
            algorithm: Algorithm::Es256,
            sealed: vec![],
            created_at: Timestamp(created_at),
            activated_at: activated_at.map(Timestamp),
        }
    }

    #[test]
    fn state_follows_from_time_alone() {
        let all = [key("a", 0, Some(0)), key("b", 0, Some(1000)), key("c", 900, None)];
        let states = |now| all.each_ref().map(|key| state(key, &all, Timestamp(now)));
        assert_eq!(states(999), [State::Active, State::Next, State::Next]);
        assert_eq!(states(1000), [State::Retired, State::Active, State::Next]);
    }

    #[test]
    fn a_key_signs_only_when_every_cached_set_knows_it() {
        let all = [key("a", 0, Some(0)), key("b", 0, None)];
        assert_eq!(takes_over_at(&all[1], &all, Timestamp(5)), Timestamp(5));
        assert_eq!(takes_over_at(&all[1], &all, Timestamp(0)), Timestamp(1), "never two at the same second");
        let all = [key("a", 0, Some(-1)), key("b", 0, Some(0)), key("c", 0, None)];
        assert_eq!(takes_over_at(&all[2], &all, Timestamp(0)), Timestamp(KEY_SET_LIFETIME), "all in one second");
        let all = [key("a", 0, Some(0)), key("b", 0, Some(5)), key("c", 5, None)];
        assert_eq!(takes_over_at(&all[2], &all, Timestamp(6)), Timestamp(5 + KEY_SET_LIFETIME));
        assert_eq!(takes_over_at(&all[2], &all, Timestamp(4000)), Timestamp(4000));
    }
}

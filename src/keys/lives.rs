//! What operators see of signing keys and their lives, and the end of one that somebody else may have.
use super::{
    Error, KEY_SET_LIFETIME, MasterKey, Purpose, State,
    rotation::{state, superseded_at},
    signing_key::generate,
};
use crate::{
    domain::{Algorithm, Chain, KeyId, NewEvent, SealedKey, Timestamp},
    storage::{Db, signing_keys},
};
use serde_json::json;

/// A key, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// Its name.
    pub kid: KeyId,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// Where it is.
    pub state: State,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it signs, or from when.
    pub activated_at: Option<Timestamp>,
    /// When its state changes by itself, as far as that is known: a next one signs, an active one makes way, a retired
    /// one is removed.
    pub changes_at: Option<Timestamp>,
}

/// Every key, by algorithm; of each, the one that signs first. `rotate_after` and `token_lifetime` as `maintain` has
/// them.
pub async fn lives(db: &Db, (rotate_after, token_lifetime): (i64, i64), now: Timestamp) -> Result<Vec<Life>, Error> {
    let stored = signing_keys::all(db).await?;
    let mut lives: Vec<_> = stored.iter().map(|key| life(key, &stored, (rotate_after, token_lifetime), now)).collect();
    let place = |state| match state {
        State::Active => 0,
        State::Next => 1,
        State::Retired => 2,
    };
    lives.sort_by_key(|life| (life.algorithm, place(life.state), life.created_at));
    Ok(lives)
}

fn life(key: &SealedKey, all: &[SealedKey], (rotate_after, token_lifetime): (i64, i64), now: Timestamp) -> Life {
    let (state, superseded_at) = (state(key, all, now), superseded_at(key, all));
    let changes_at = match state {
        State::Next => key.activated_at,
        State::Active => {
            let due = key.activated_at.map(|at| at.max(key.created_at).plus(rotate_after));
            superseded_at.or(due.filter(|_| rotate_after > 0))
        }
        State::Retired => superseded_at.map(|at| at.plus(token_lifetime + KEY_SET_LIFETIME)),
    };
    let SealedKey { kid, algorithm, created_at, activated_at, .. } = key.clone();
    Life { kid, algorithm, state, created_at, activated_at, changes_at }
}

/// Ends a key at once, whatever its tokens: it is neither published nor accepted any more. Where it signs, the next one
/// does from now on, although some cached key sets may not know it yet. `false`: there is no such key.
pub async fn retire(
    db: &Db,
    master: &MasterKey,
    (chain, event): (&Chain, NewEvent),
    kid: &KeyId,
    now: Timestamp,
) -> Result<bool, Error> {
    let stored = signing_keys::all(db).await?;
    let Some(key) = stored.iter().find(|key| key.kid == *kid) else { return Ok(false) };
    let (algorithm, state) = (key.algorithm, state(key, &stored, now));
    let after = generate(&master.sealer(Purpose::SigningKeys)?, algorithm, now, None)?;
    let event = event.about_object("key", kid);
    let event = move |signs: Option<&KeyId>| {
        let after = json!({ "signs": signs });
        event.with(json!({ "algorithm": algorithm, "before": { "state": state.to_string() }, "after": after }))
    };
    Ok(signing_keys::retire(db, chain, (kid.clone(), after), event, now).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_when_a_key_changes() {
        let key = |kid: &str, activated_at: Option<i64>| SealedKey {
            kid: kid.into(),
            algorithm: Algorithm::Es256,
            sealed: vec![],
            created_at: Timestamp(100),
            activated_at: activated_at.map(Timestamp),
        };
        let all = [key("a", Some(99)), key("b", Some(500)), key("c", Some(900)), key("d", None)];
        let changes = |rotate_after, now| {
            all.each_ref().map(|key| life(key, &all, (rotate_after, 60), Timestamp(now)).changes_at.map(|at| at.0))
        };
        assert_eq!(changes(1000, 600), [Some(500 + 60 + KEY_SET_LIFETIME), Some(900), Some(900), None]);
        assert_eq!(changes(1000, 1000)[2], Some(1900));
        assert_eq!(changes(0, 1000)[2], None);
    }
}

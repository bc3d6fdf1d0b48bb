//! The signing keys: rotating them, and ending one that somebody else may have.
use super::{Error, Operator};
use crate::{
    domain::{Chain, Event, KeyId, Timestamp},
    keys::{self, MasterKey, Rotated},
    storage::Db,
};

/// The next key of each algorithm takes over, at once or as soon as every cached key set knows it.
pub async fn rotate(
    db: &Db,
    (master, chain): (&MasterKey, &Chain),
    operator: &Operator,
    now: Timestamp,
) -> Result<Vec<Rotated>, Error> {
    let event = operator.event(Event::KeyRotated);
    keys::rotate(db, master, (chain, &event), now).await.map_err(|why| match why {
        keys::Error::RotationUnderWay { .. } => Error::Impossible("admin-error-rotation-under-way"),
        other => other.into(),
    })
}

/// Ends a key at once, and with it every token that it signed.
pub async fn retire(
    db: &Db,
    (master, chain): (&MasterKey, &Chain),
    operator: &Operator,
    kid: &KeyId,
    now: Timestamp,
) -> Result<(), Error> {
    let event = operator.event(Event::KeyRetired);
    if keys::retire(db, master, (chain, event), kid, now).await? { Ok(()) } else { Err(Error::NotFound) }
}

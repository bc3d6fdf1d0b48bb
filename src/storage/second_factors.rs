//! Second factors: whether a person is asked for one, secrets shared with authenticator apps, sealed,
//! and digests of recovery codes.
use super::{Db, Result, passkeys::hold};
use crate::domain::{Digest, Timestamp, UserId};
use sqlx::AnyConnection;

/// A secret as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StoredTotp {
    /// Sealed, bound to the person.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a code showed that an app has it; until then it is asked for nowhere.
    pub confirmed_at: Option<Timestamp>,
}

/// A person's secret, in force or not yet.
pub async fn find(db: &Db, user: &UserId) -> Result<Option<StoredTotp>> {
    Ok(sqlx::query_as("SELECT sealed, created_at, confirmed_at FROM totp WHERE user_id = $1")
        .bind(user)
        .fetch_optional(db.read())
        .await?)
}

/// Two-step verification of a person who has turned it on.
#[derive(Debug, Clone)]
pub struct TwoStep {
    /// When they did.
    pub since: Timestamp,
    /// The secret that their authenticator app has, if they use one.
    pub totp: Option<StoredTotp>,
}

type TwoStepRow = (Timestamp, Option<Vec<u8>>, Option<Timestamp>, Option<Timestamp>);

impl From<TwoStepRow> for TwoStep {
    fn from((since, sealed, created_at, confirmed_at): TwoStepRow) -> Self {
        let totp = sealed.zip(created_at).map(|(sealed, created_at)| StoredTotp { sealed, created_at, confirmed_at });
        Self { since, totp }
    }
}

/// A person's two-step verification, if it is on.
pub async fn in_force(db: &Db, user: &UserId) -> Result<Option<TwoStep>> {
    let row: Option<TwoStepRow> = sqlx::query_as(
        "SELECT s.since, t.sealed, t.created_at, t.confirmed_at
         FROM two_step s LEFT JOIN totp t ON t.user_id = s.user_id AND t.confirmed_at IS NOT NULL
         WHERE s.user_id = $1",
    )
    .bind(user)
    .fetch_optional(db.read())
    .await?;
    Ok(row.map(Into::into))
}

/// Whether a person is asked for a second factor.
pub async fn is_on(db: &Db, user: &UserId) -> Result<bool> {
    Ok(in_force(db, user).await?.is_some())
}

/// When the newest was set up of all that a person can prove besides a password; nothing where there is none.
pub async fn newest(db: &Db, user: &UserId) -> Result<Option<Timestamp>> {
    let (newest,) = sqlx::query_as(
        "SELECT max(f.at) FROM (
             SELECT since AS at FROM two_step WHERE user_id = $1
             UNION ALL SELECT confirmed_at FROM totp WHERE user_id = $1
             UNION ALL SELECT created_at FROM passkeys WHERE user_id = $1
         ) f",
    )
    .bind(user)
    .fetch_one(db.read())
    .await?;
    Ok(newest)
}

/// The two-step verification of a person who proved their first factor at `since`: unless they may not
/// sign in any more, or have got another password since.
pub async fn find_to_sign_in(db: &Db, user: &UserId, since: Timestamp) -> Result<Option<TwoStep>> {
    let row: Option<TwoStepRow> = sqlx::query_as(
        "SELECT s.since, t.sealed, t.created_at, t.confirmed_at
         FROM two_step s JOIN users u ON u.id = s.user_id
              LEFT JOIN passwords p ON p.user_id = s.user_id
              LEFT JOIN totp t ON t.user_id = s.user_id AND t.confirmed_at IS NOT NULL
         WHERE s.user_id = $1 AND u.disabled_at IS NULL AND (p.changed_at IS NULL OR p.changed_at <= $2)",
    )
    .bind(user)
    .bind(since)
    .fetch_optional(db.read())
    .await?;
    Ok(row.map(Into::into))
}

/// Keeps a new secret until it is confirmed. One that is in force stays: `false`.
pub async fn begin(db: &Db, user: UserId, sealed: Vec<u8>, now: Timestamp) -> Result<bool> {
    db.write(async move |connection| {
        let begun = sqlx::query(
            "INSERT INTO totp (user_id, sealed, created_at, last_step) VALUES ($1, $2, $3, 0)
             ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at
             WHERE totp.confirmed_at IS NULL",
        )
        .bind(user)
        .bind(sealed)
        .bind(now)
        .execute(connection)
        .await?;
        Ok(begun.rows_affected() > 0)
    })
    .await
}

/// What came of confirming a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// It is in force already, or has given way to another.
    TooLate,
    /// It has turned two-step verification on; the recovery codes hold.
    TurnedOn,
    /// It is one more factor; the recovery codes from before still hold.
    Added,
}

/// Puts the secret in force that a code of `step` was shown for, with recovery codes where it is the
/// first factor.
pub async fn confirm(
    db: &Db,
    user: UserId,
    sealed: Vec<u8>,
    step: i64,
    codes: Vec<Digest>,
    now: Timestamp,
) -> Result<Confirmed> {
    db.transaction(async move |connection| {
        let confirmed = sqlx::query(
            "UPDATE totp SET confirmed_at = $4, last_step = $3
             WHERE user_id = $1 AND sealed = $2 AND confirmed_at IS NULL",
        )
        .bind(&user)
        .bind(sealed)
        .bind(step)
        .bind(now)
        .execute(&mut *connection)
        .await?;
        if confirmed.rows_affected() == 0 {
            return Ok(Confirmed::TooLate);
        }
        let turned_on =
            sqlx::query("INSERT INTO two_step (user_id, since) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING")
                .bind(&user)
                .bind(now)
                .execute(&mut *connection)
                .await?;
        if turned_on.rows_affected() == 0 {
            return Ok(Confirmed::Added);
        }
        add_codes(connection, &user, codes).await?;
        Ok(Confirmed::TurnedOn)
    })
    .await
}

/// Turns two-step verification on for a person who has passkeys, with the first recovery codes.
/// `false`: it is on already, or they have none.
pub async fn turn_on_by_passkey(db: &Db, user: UserId, codes: Vec<Digest>, now: Timestamp) -> Result<bool> {
    db.transaction(async move |connection| {
        // So that nobody removes the last one meanwhile.
        hold(connection, &user).await?;
        let turned_on = sqlx::query(
            "INSERT INTO two_step (user_id, since) SELECT $1, $2 WHERE $1 IN (SELECT user_id FROM passkeys)
             ON CONFLICT (user_id) DO NOTHING",
        )
        .bind(&user)
        .bind(now)
        .execute(&mut *connection)
        .await?;
        if turned_on.rows_affected() == 0 {
            return Ok(false);
        }
        add_codes(connection, &user, codes).await?;
        Ok(true)
    })
    .await
}

/// Uses a step up. Of several callers one wins, and no earlier step is good any more.
pub async fn claim_step(db: &Db, user: UserId, step: i64) -> Result<bool> {
    db.write(async move |connection| {
        let claimed = sqlx::query(
            "UPDATE totp SET last_step = $2 WHERE user_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL",
        )
        .bind(user)
        .bind(step)
        .execute(connection)
        .await?;
        Ok(claimed.rows_affected() > 0)
    })
    .await
}

/// Uses a recovery code up. Of several callers one wins.
pub async fn spend(db: &Db, user: UserId, code: Digest) -> Result<bool> {
    db.write(async move |connection| {
        let spent = sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1 AND digest = $2")
            .bind(user)
            .bind(code)
            .execute(connection)
            .await?;
        Ok(spent.rows_affected() > 0)
    })
    .await
}

/// How many recovery codes a person has left.
pub async fn codes_left(db: &Db, user: &UserId) -> Result<i64> {
    let (left,) = sqlx::query_as("SELECT count(*) FROM recovery_codes WHERE user_id = $1")
        .bind(user)
        .fetch_one(db.read())
        .await?;
    Ok(left)
}

/// Replaces all recovery codes. `false`: there is no second factor in force.
pub async fn replace_codes(db: &Db, user: UserId, codes: Vec<Digest>) -> Result<bool> {
    db.transaction(async move |connection| {
        // Holds the row, so that of two sets at once one remains.
        let held = sqlx::query("UPDATE two_step SET since = since WHERE user_id = $1")
            .bind(&user)
            .execute(&mut *connection)
            .await?;
        if held.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1").bind(&user).execute(&mut *connection).await?;
        add_codes(connection, &user, codes).await?;
        Ok(true)
    })
    .await
}

async fn add_codes(connection: &mut AnyConnection, user: &UserId, codes: Vec<Digest>) -> Result<()> {
    for code in codes {
        sqlx::query("INSERT INTO recovery_codes (user_id, digest) VALUES ($1, $2)")
            .bind(user)
            .bind(code)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Forgets a secret that is not in force yet.
pub async fn cancel(db: &Db, user: UserId) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("DELETE FROM totp WHERE user_id = $1 AND confirmed_at IS NULL")
            .bind(user)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}

/// Turns two-step verification off: forgets a person's secret and recovery codes; passkeys stay.
/// `false`: it was not on.
pub async fn remove(db: &Db, user: UserId) -> Result<bool> {
    db.transaction(async move |connection| turn_off(connection, &user).await).await
}

pub(super) async fn turn_off(connection: &mut AnyConnection, user: &UserId) -> Result<bool> {
    // The recovery codes go with it.
    let removed = sqlx::query("DELETE FROM two_step WHERE user_id = $1").bind(user).execute(&mut *connection).await?;
    sqlx::query("DELETE FROM totp WHERE user_id = $1").bind(user).execute(connection).await?;
    Ok(removed.rows_affected() > 0)
}

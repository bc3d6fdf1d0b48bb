//! Who people are at other providers, and whose account that opens. `linking.rs` gives one to an account, `unlinking.rs`
//! takes it away.
mod linking;
mod unlinking;

pub use linking::{create, import, link, take_over};
pub(super) use linking::{release, release_since};
pub use unlinking::{Undone, Unlinking, Ways, undo, unlink};
pub(super) use unlinking::{delete, has_other_way, take, ways_elsewhere};

use super::{
    Db, Error, Result,
    columns::{from_json, to_json},
};
use crate::domain::{Email, Identity, IdentityId, Namesake, ProviderName, Role, Said, Timestamp, UserId};

#[derive(sqlx::FromRow)]
struct Row {
    id: IdentityId,
    provider: ProviderName,
    subject: String,
    user_id: Option<UserId>,
    said: String,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    suspended_at: Option<Timestamp>,
    mail_stopped_at: Option<Timestamp>,
}

impl TryFrom<Row> for Identity {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            provider: row.provider,
            subject: row.subject,
            user: row.user_id,
            said: from_json("what a provider said", &row.said)?,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            suspended_at: row.suspended_at,
            mail_stopped_at: row.mail_stopped_at,
        })
    }
}

/// An identity as `Row` reads it, by a condition.
macro_rules! identity_where {
    ($condition:literal) => {
        concat!(
            "SELECT id, provider, subject, user_id, said, created_at, last_used_at, suspended_at, mail_stopped_at
             FROM identities WHERE ",
            $condition
        )
    };
}

/// Somebody has come from a provider, which says this of them: takes note of it, for the first time or once more. What
/// is not said again is kept.
pub async fn seen(db: &Db, provider: ProviderName, subject: String, said: Said, now: Timestamp) -> Result<Identity> {
    db.transaction(async move |connection| {
        // The row is there from now on, and held: of two at once, one waits for the other.
        sqlx::query(
            "INSERT INTO identities (id, provider, subject, said, created_at, seen_at) VALUES ($1, $2, $3, '{}', $4, $4)
             ON CONFLICT (provider, subject) DO UPDATE SET seen_at = excluded.seen_at",
        )
        .bind(IdentityId::random())
        .bind(&provider)
        .bind(&subject)
        .bind(now)
        .execute(&mut *connection)
        .await?;
        let row: Row = sqlx::query_as(identity_where!("provider = $1 AND subject = $2"))
            .bind(&provider)
            .bind(&subject)
            .fetch_one(&mut *connection)
            .await?;
        let mut identity = Identity::try_from(row)?;
        identity.said = said.merged(&identity.said);
        sqlx::query("UPDATE identities SET said = $2 WHERE id = $1")
            .bind(&identity.id)
            .bind(to_json(&identity.said)?)
            .execute(connection)
            .await?;
        Ok(identity)
    })
    .await
}

/// The identity of this id.
pub async fn find(db: &Db, id: &IdentityId) -> Result<Option<Identity>> {
    let row: Option<Row> = sqlx::query_as(identity_where!("id = $1")).bind(id).fetch_optional(db.read()).await?;
    row.map(Identity::try_from).transpose()
}

/// The identity of this name at a provider.
pub async fn find_by_subject(db: &Db, provider: &ProviderName, subject: &str) -> Result<Option<Identity>> {
    let row: Option<Row> = sqlx::query_as(identity_where!("provider = $1 AND subject = $2"))
        .bind(provider)
        .bind(subject)
        .fetch_optional(db.read())
        .await?;
    row.map(Identity::try_from).transpose()
}

/// All that a person can sign in with elsewhere, the oldest first.
pub async fn of_user(db: &Db, user: &UserId) -> Result<Vec<Identity>> {
    let rows: Vec<Row> =
        sqlx::query_as(identity_where!("user_id = $1 ORDER BY created_at, id")).bind(user).fetch_all(db.read()).await?;
    rows.into_iter().map(Identity::try_from).collect()
}

/// Whose account has an address.
pub async fn namesake(db: &Db, email: &Email) -> Result<Option<Namesake>> {
    let row: Option<(UserId, Option<Timestamp>, Option<Role>)> =
        sqlx::query_as("SELECT id, email_verified_at, role FROM users WHERE email = $1")
            .bind(email)
            .fetch_optional(db.read())
            .await?;
    Ok(row.map(|(user, verified_at, role)| Namesake {
        user,
        verified: verified_at.is_some(),
        operates: role.is_some(),
    }))
}

/// Somebody signs in with an identity. `false`: it is not that person's any more, or is suspended, or they may not sign
/// in.
pub async fn used(db: &Db, id: IdentityId, user: UserId, now: Timestamp) -> Result<bool> {
    db.write(async move |connection| {
        let used = sqlx::query(
            "UPDATE identities SET last_used_at = $3 WHERE id = $1 AND user_id = $2 AND suspended_at IS NULL
                 AND user_id IN (SELECT id FROM users WHERE disabled_at IS NULL)",
        )
        .bind(id)
        .bind(user)
        .bind(now)
        .execute(connection)
        .await?;
        Ok(used.rows_affected() > 0)
    })
    .await
}

//! People: who there is, and how they are found.
mod absence;
mod credentials;
mod terms;

pub use absence::{Absence, absence, come_back, remove_due};
pub(super) use absence::{go, thaw};
pub use credentials::{password_hash, rehash, set_password};
pub(super) use credentials::{put_password, remove_factors, remove_factors_since, remove_password};
pub(super) use terms::{fill_terms, renew_terms};

use super::{
    Db, Error, Result,
    columns::{from_json, to_json},
};
use crate::domain::{Email, Profile, Role, Timestamp, User, UserId, Username};
use sqlx::AnyConnection;

/// A person as `Row` reads them, by a condition on `u`.
macro_rules! person_where {
    ($condition:literal) => {
        concat!(
            "SELECT u.id, u.email, u.email_verified_at, u.username, u.name, u.profile, p.id AS picture, u.role,
                    u.created_at, u.updated_at, u.disabled_at
             FROM users u LEFT JOIN pictures p ON p.user_id = u.id WHERE ",
            $condition
        )
    };
}

/// A person as a row.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: UserId,
    email: Option<Email>,
    email_verified_at: Option<Timestamp>,
    username: Option<Username>,
    name: Option<String>,
    profile: String,
    picture: Option<String>,
    role: Option<Role>,
    created_at: Timestamp,
    updated_at: Timestamp,
    disabled_at: Option<Timestamp>,
}

impl TryFrom<Row> for User {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let profile: Profile = from_json("a profile", &row.profile)?;
        Ok(Self {
            id: row.id,
            email: row.email,
            email_verified_at: row.email_verified_at,
            username: row.username,
            name: row.name,
            profile,
            picture: row.picture,
            role: row.role,
            created_at: row.created_at,
            updated_at: row.updated_at,
            disabled_at: row.disabled_at,
        })
    }
}

/// What somebody signs in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// Whatever has an `@`.
    Email(Email),
    /// Anything else.
    Username(Username),
}

impl Login {
    /// Reads what somebody typed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.contains('@') {
            Email::parse(text).ok().map(Self::Email)
        } else {
            Username::parse(text).ok().map(Self::Username)
        }
    }

    fn parts(&self) -> (Option<&Email>, Option<&Username>) {
        match self {
            Self::Email(email) => (Some(email), None),
            Self::Username(username) => (None, Some(username)),
        }
    }
}

/// Adds a person. An id, email or user name that is taken is a conflict.
pub async fn insert(db: &Db, user: User, password_hash: Option<String>) -> Result<()> {
    db.transaction(async move |connection| add(connection, &user, password_hash).await).await
}

pub(super) async fn add(connection: &mut AnyConnection, user: &User, password_hash: Option<String>) -> Result<()> {
    sqlx::query(
        "INSERT INTO users
             (id, email, email_verified_at, username, name, profile, role, created_at, updated_at, disabled_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&user.id)
    .bind(&user.email)
    .bind(user.email_verified_at)
    .bind(&user.username)
    .bind(&user.name)
    .bind(to_json(&user.profile)?)
    .bind(user.role)
    .bind(user.created_at)
    .bind(user.updated_at)
    .bind(user.disabled_at)
    .execute(&mut *connection)
    .await?;
    if let Some(hash) = password_hash {
        sqlx::query("INSERT INTO passwords (user_id, hash, changed_at) VALUES ($1, $2, $3)")
            .bind(&user.id)
            .bind(hash)
            .bind(user.created_at)
            .execute(&mut *connection)
            .await?;
    }
    terms::put(connection, user, user.created_at).await
}

/// The person with this id.
pub async fn find(db: &Db, id: &UserId) -> Result<Option<User>> {
    let row: Option<Row> = sqlx::query_as(person_where!("u.id = $1")).bind(id).fetch_optional(db.read()).await?;
    row.map(User::try_from).transpose()
}

/// The person with this address, if they may sign in.
pub async fn find_by_email(db: &Db, email: &Email) -> Result<Option<User>> {
    let row: Option<Row> = sqlx::query_as(person_where!("u.email = $1 AND u.disabled_at IS NULL"))
        .bind(email)
        .fetch_optional(db.read())
        .await?;
    row.map(User::try_from).transpose()
}

/// The person who signs in with this, whether or not they may.
pub async fn find_by_login(db: &Db, login: &Login) -> Result<Option<User>> {
    let (email, username) = login.parts();
    let row: Option<Row> = sqlx::query_as(person_where!("u.email = $1 OR u.username = $2"))
        .bind(email)
        .bind(username)
        .fetch_optional(db.read())
        .await?;
    row.map(User::try_from).transpose()
}

/// Whether anybody has this address, whether or not they may sign in.
pub async fn is_taken(db: &Db, email: &Email) -> Result<bool> {
    let row: Option<(UserId,)> =
        sqlx::query_as("SELECT id FROM users WHERE email = $1").bind(email).fetch_optional(db.read()).await?;
    Ok(row.is_some())
}

/// Somebody who is about to sign in.
#[derive(Debug, sqlx::FromRow)]
pub struct Candidate {
    /// Who.
    pub id: UserId,
    /// The hash of their password, if they have one.
    pub hash: Option<String>,
    /// Since when they may not.
    pub disabled_at: Option<Timestamp>,
}

/// A person by what they sign in with, whether or not they may.
pub async fn find_to_sign_in(db: &Db, login: &Login) -> Result<Option<Candidate>> {
    let (email, username) = login.parts();
    Ok(sqlx::query_as(
        "SELECT u.id, p.hash, u.disabled_at FROM users u LEFT JOIN passwords p ON p.user_id = u.id
         WHERE u.email = $1 OR u.username = $2",
    )
    .bind(email)
    .bind(username)
    .fetch_optional(db.read())
    .await?)
}

/// Stores what a person says of themselves, and nothing else of `user`, unless anything of them has
/// changed since `before`: then `false`. A user name that is taken is a conflict.
pub async fn describe(db: &Db, user: User, before: Timestamp, now: Timestamp) -> Result<bool> {
    let profile = to_json(&user.profile)?;
    db.transaction(async move |connection| {
        let changed = sqlx::query(
            "UPDATE users SET username = $3, name = $4, profile = $5,
                 updated_at = CASE WHEN updated_at < $6 THEN $6 ELSE updated_at + 1 END
             WHERE id = $1 AND updated_at = $2",
        )
        .bind(&user.id)
        .bind(before)
        .bind(user.username)
        .bind(user.name)
        .bind(profile)
        .bind(now)
        .execute(&mut *connection)
        .await?;
        if changed.rows_affected() > 0 {
            renew_terms(connection, &user.id, now).await?;
        }
        Ok(changed.rows_affected() > 0)
    })
    .await
}

/// Gives a person an address that they have just shown to be theirs. Where another account claims it without
/// having shown so, it loses it; unless that is of somebody who runs the instance.
pub(super) async fn put_email(
    connection: &mut AnyConnection,
    id: &UserId,
    email: &Email,
    now: Timestamp,
) -> Result<()> {
    yield_email(connection, id, email, now).await?;
    sqlx::query("UPDATE users SET email = $2, email_verified_at = $3, updated_at = $3 WHERE id = $1")
        .bind(id)
        .bind(email)
        .bind(now)
        .execute(&mut *connection)
        .await?;
    renew_terms(connection, id, now).await
}

/// Takes an address from another account that claims it without having shown that it is theirs.
pub(super) async fn yield_email(
    connection: &mut AnyConnection,
    to: &UserId,
    email: &Email,
    now: Timestamp,
) -> Result<()> {
    let other: Option<(UserId,)> = sqlx::query_as(
        "UPDATE users SET email = NULL, updated_at = $3
         WHERE email = $2 AND id <> $1 AND email_verified_at IS NULL AND role IS NULL RETURNING id",
    )
    .bind(to)
    .bind(email)
    .bind(now)
    .fetch_optional(&mut *connection)
    .await?;
    match other {
        Some((other,)) => renew_terms(connection, &other, now).await,
        None => Ok(()),
    }
}

/// Notes that the person has shown that mail reaches them. `false`: they had before.
pub(super) async fn mark_verified(connection: &mut AnyConnection, id: &UserId, now: Timestamp) -> Result<bool> {
    let marked = sqlx::query(
        "UPDATE users SET email_verified_at = $2, updated_at = $2 WHERE id = $1 AND email_verified_at IS NULL",
    )
    .bind(id)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(marked.rows_affected() > 0)
}

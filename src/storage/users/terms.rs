//! What people are found by (`domain::terms`), kept beside them in the order of its bytes.
use super::Result;
use crate::domain::{Email, Timestamp, User, UserId, Username, terms};
use sqlx::{AnyConnection, Connection as _};

/// People whose terms are made in one transaction.
const STEP: i64 = 1000;

/// Who somebody is, as far as they are found by it.
type Known = (UserId, Option<Email>, Option<Username>, Option<String>);

/// Keeps the terms of somebody who is new.
pub(super) async fn put(connection: &mut AnyConnection, user: &User, now: Timestamp) -> Result<()> {
    let terms = terms(user.email.as_ref(), user.username.as_ref(), user.name.as_deref());
    keep(connection, &user.id, terms, now).await
}

/// Keeps somebody's terms as they are by now, in the place of those before.
pub(in crate::storage) async fn renew_terms(connection: &mut AnyConnection, id: &UserId, now: Timestamp) -> Result<()> {
    let known: Option<Known> = sqlx::query_as("SELECT id, email, username, name FROM users WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut *connection)
        .await?;
    let Some((id, email, username, name)) = known else { return Ok(()) };
    sqlx::query("DELETE FROM user_terms WHERE user_id = $1").bind(&id).execute(&mut *connection).await?;
    keep(connection, &id, terms(email.as_ref(), username.as_ref(), name.as_deref()), now).await
}

/// Makes the terms of everybody who has none, because they were there before.
pub(in crate::storage) async fn fill_terms(connection: &mut AnyConnection) -> Result<()> {
    loop {
        let mut transaction = connection.begin().await?;
        let known: Vec<(UserId, Timestamp)> =
            sqlx::query_as("SELECT id, created_at FROM users WHERE terms_at IS NULL ORDER BY id LIMIT $1")
                .bind(STEP)
                .fetch_all(&mut *transaction)
                .await?;
        for (id, created_at) in &known {
            renew_terms(&mut transaction, id, *created_at).await?;
        }
        transaction.commit().await?;
        if known.is_empty() {
            return Ok(());
        }
    }
}

async fn keep(connection: &mut AnyConnection, id: &UserId, terms: Vec<String>, now: Timestamp) -> Result<()> {
    for term in terms {
        // Another node may do the same at this moment.
        sqlx::query("INSERT INTO user_terms (user_id, term) VALUES ($1, $2) ON CONFLICT (user_id, term) DO NOTHING")
            .bind(id)
            .bind(term.into_bytes())
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query("UPDATE users SET terms_at = $2 WHERE id = $1").bind(id).bind(now).execute(connection).await?;
    Ok(())
}

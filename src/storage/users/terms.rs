//! What people are found by (`domain::terms`), kept beside them in the order of its bytes.
use super::Result;
use crate::domain::{Email, Timestamp, User, UserId, Username, terms};
use sqlx::{AnyConnection, Connection as _};
use std::sync::LazyLock;

/// People whose terms are made in one transaction.
const STEP: i64 = 1000;

/// Rows that one statement inserts at most.
const ROWS: usize = 100;

// Another node may do the same at this moment.
const INSERT_ONE: &str =
    "INSERT INTO user_terms (user_id, term) VALUES ($1, $2) ON CONFLICT (user_id, term) DO NOTHING";
static INSERT_MANY: LazyLock<String> = LazyLock::new(|| {
    let rows: Vec<_> = (0..ROWS).map(|row| format!("(${}, ${})", 2 * row + 1, 2 * row + 2)).collect();
    INSERT_ONE.replace("($1, $2)", &rows.join(", "))
});

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
        // Taken and read at once, so that no other node changes somebody in between.
        let known: Vec<Known> = sqlx::query_as(
            "UPDATE users SET terms_at = created_at
             WHERE terms_at IS NULL AND id IN (SELECT id FROM users WHERE terms_at IS NULL ORDER BY id LIMIT $1)
             RETURNING id, email, username, name",
        )
        .bind(STEP)
        .fetch_all(&mut *transaction)
        .await?;
        let none = known.is_empty();
        let rows = known.into_iter().flat_map(|(id, email, username, name)| {
            let terms = terms(email.as_ref(), username.as_ref(), name.as_deref());
            terms.into_iter().map(move |term| (id.clone(), term))
        });
        insert(&mut transaction, rows.collect()).await?;
        transaction.commit().await?;
        if none {
            return Ok(());
        }
    }
}

async fn keep(connection: &mut AnyConnection, id: &UserId, terms: Vec<String>, now: Timestamp) -> Result<()> {
    insert(connection, terms.into_iter().map(|term| (id.clone(), term)).collect()).await?;
    sqlx::query("UPDATE users SET terms_at = $2 WHERE id = $1").bind(id).bind(now).execute(connection).await?;
    Ok(())
}

/// Many rows by few statements, each of a length of its own, so that a prepared one serves again.
async fn insert(connection: &mut AnyConnection, mut rows: Vec<(UserId, String)>) -> Result<()> {
    while !rows.is_empty() {
        let many = if rows.len() >= ROWS { ROWS } else { 1 };
        let mut statement = sqlx::query(if many == ROWS { INSERT_MANY.as_str() } else { INSERT_ONE });
        for (id, term) in rows.drain(..many) {
            statement = statement.bind(id).bind(term.into_bytes());
        }
        statement.execute(&mut *connection).await?;
    }
    Ok(())
}

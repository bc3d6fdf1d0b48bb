//! People as those who run the instance see them: lists that stay quick however many there are, and what is done to
//! people (`acts.rs` with `effects.rs`, `merge.rs`).
//!
//! A list goes on after the last row that was seen, by an index: nothing is counted, nothing is skipped. What there are
//! fewest of leads: those with a role, then those whom a search finds, then those of a group.
mod acts;
mod effects;
mod merge;

pub use acts::{Act, Acted, Target, Told, act, insert};
pub use merge::{InCommon, Merger, in_common, merge};

use super::{Db, Error, Result, users};
use crate::domain::{GroupId, Role, Timestamp, User, UserId};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Whom a list is to have; what is `None` is not asked about.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Whose address, user name or name begins so, as `domain::folded` writes it.
    pub term: Option<String>,
    /// Who has this role in the administration.
    pub role: Option<Role>,
    /// Who may not sign in, or who may.
    pub disabled: Option<bool>,
    /// Who belongs to this group or role.
    pub group: Option<GroupId>,
}

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cursor {
    at: i64,
    term: String,
    id: String,
}

impl Cursor {
    /// As programs and addresses have it.
    #[must_use]
    pub fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads it; what is none is `None`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let cursor: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let is_clean = !cursor.term.contains('\0') && !cursor.id.contains('\0');
        is_clean.then_some(cursor)
    }
}

/// A person, and by what they were found.
#[derive(sqlx::FromRow)]
struct Found {
    #[sqlx(flatten)]
    row: users::Row,
    term: Option<Vec<u8>>,
}

/// A list of people: where from, and on which condition and in which order. $1 to $6 are the same in each.
macro_rules! list {
    ($term:literal, $from:literal, $rest:literal) => {
        concat!(
            "SELECT u.id, u.email, u.email_verified_at, u.username, u.name, u.profile, p.id AS picture, u.role,
                 u.created_at, u.updated_at, u.disabled_at, ",
            $term,
            " AS term FROM ",
            $from,
            " LEFT JOIN pictures p ON p.user_id = u.id
             WHERE ($1 IS NULL OR u.role = $1)
                 AND ($2 IS NULL OR ($2 = 1 AND u.disabled_at IS NOT NULL) OR ($2 = 0 AND u.disabled_at IS NULL))
                 AND ($3 IS NULL OR EXISTS (
                     SELECT 1 FROM members b WHERE b.group_id = $3 AND b.user_id = u.id))
                 AND ($4 IS NULL OR EXISTS (
                     SELECT 1 FROM user_terms t WHERE t.user_id = u.id AND t.term >= $4 AND t.term < $5))
                 AND ",
            $rest,
            " LIMIT $6"
        )
    };
}

const BY_ROLE: &str = list!(
    "NULL",
    "users u",
    "u.role IS NOT NULL AND u.role = $1 AND (u.created_at, u.id) < ($7, $8) ORDER BY u.created_at DESC, u.id DESC"
);
const DISABLED: &str = list!(
    "NULL",
    "users u",
    "u.disabled_at IS NOT NULL AND (u.created_at, u.id) < ($7, $8) ORDER BY u.created_at DESC, u.id DESC"
);
const EVERYBODY: &str =
    list!("NULL", "users u", "(u.created_at, u.id) < ($7, $8) ORDER BY u.created_at DESC, u.id DESC");
// Whoever is found by several terms is listed by the first of them.
const BY_TERM: &str = list!(
    "s.term",
    "user_terms s CROSS JOIN users u",
    "u.id = s.user_id AND (s.term, s.user_id) > ($7, $8) AND s.term < $5
         AND NOT EXISTS (SELECT 1 FROM user_terms o WHERE o.user_id = s.user_id AND o.term >= $4 AND o.term < s.term)
     ORDER BY s.term, s.user_id"
);
const BY_GROUP: &str = list!(
    "NULL",
    "members m CROSS JOIN users u",
    "u.id = m.user_id AND m.group_id = $3 AND m.user_id > $7 ORDER BY m.user_id"
);

/// People, and where the list goes on if there are more. Found ones are in the order of what they were found by, all
/// others have the newest first.
pub async fn list(db: &Db, wanted: &Wanted, after: Option<&Cursor>, limit: i64) -> Result<(Vec<User>, Option<Cursor>)> {
    let term = wanted.term.as_ref().map(|term| term.clone().into_bytes());
    // No byte of UTF-8 is 0xFF: so this is after whatever begins with the term.
    let end = term.clone().map(|term| [term, vec![0xFF]].concat());
    let at = after.map_or(i64::MAX, |after| after.at);
    let id = after.map(|after| after.id.clone()).unwrap_or_default();
    let seen = after.map(|after| after.term.clone().into_bytes()).unwrap_or_default();
    let statement = match wanted {
        Wanted { role: Some(_), .. } => BY_ROLE,
        Wanted { term: Some(_), .. } => BY_TERM,
        Wanted { group: Some(_), .. } => BY_GROUP,
        Wanted { disabled: Some(true), .. } => DISABLED,
        _ => EVERYBODY,
    };
    let query = sqlx::query_as(statement)
        .bind(wanted.role)
        .bind(wanted.disabled.map(i64::from))
        .bind(&wanted.group)
        .bind(term.clone())
        .bind(end)
        .bind(limit + 1);
    let query = match statement {
        BY_GROUP => query.bind(id),
        BY_TERM => query.bind(term.unwrap_or_default().max(seen)).bind(id),
        _ => query.bind(at).bind(id),
    };
    let mut rows: Vec<Found> = query.fetch_all(db.read()).await?;
    let is_more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if is_more {
        rows.pop();
    }
    let last = rows.last().and_then(|last| last.term.clone()).unwrap_or_default();
    let last = String::from_utf8(last).map_err(|why| Error::unreadable("a term", why))?;
    let people = rows.into_iter().map(|found| User::try_from(found.row)).collect::<Result<Vec<_>>>()?;
    let next = people.last().filter(|_| is_more).map(|user| Cursor {
        at: user.created_at.0,
        term: last,
        id: user.id.to_string(),
    });
    Ok((people, next))
}

/// Until when somebody's account is there who is leaving, and since when it is frozen.
pub async fn away(db: &Db, id: &UserId) -> Result<(Option<Timestamp>, Option<Timestamp>)> {
    let row = sqlx::query_as("SELECT delete_at, frozen_at FROM users WHERE id = $1");
    Ok(row.bind(id).fetch_optional(db.read()).await?.unwrap_or_default())
}

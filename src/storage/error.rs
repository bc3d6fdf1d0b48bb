//! What can go wrong with the database.

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row with this key exists already.
    #[error("it exists already")]
    Conflict,
    /// The database cannot be reached or cannot write now; trying again later may help.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// Something is wrong with a statement or with what is stored.
    #[error("the database failed: {0}")]
    Failed(String),
}

/// What storage functions return.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What is stored cannot be read.
    pub(super) fn unreadable(what: &str, why: impl std::fmt::Display) -> Self {
        Self::Failed(format!("{what} is stored in a form that cannot be read: {why}"))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(e) if e.is_unique_violation() => Self::Conflict,
            sqlx::Error::Database(e) if e.code().is_some_and(|code| is_passing(&code)) => {
                Self::Unavailable(error.to_string())
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// Whether a code stands for a state that may pass. SQLite: primary result codes busy, locked,
/// readonly, I/O error, full, cannot open. PostgreSQL: classes 08, 53, 57, 58, deadlock and
/// serialization failures, read-only transaction.
fn is_passing(code: &str) -> bool {
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 6 | 8 | 10 | 13 | 14),
        _ => ["08", "40", "53", "57", "58", "25006"].iter().any(|class| code.starts_with(class)),
    }
}

//! Somebody who wants an account and has yet to show that the address is theirs.
use super::{Email, Role, Timestamp, User};
use serde::{Deserialize, Serialize};

/// What they typed; it becomes an account when the mail that went to the address is answered.
#[derive(Clone, Serialize, Deserialize)]
pub struct Applicant {
    /// How they want to be called.
    pub name: String,
    /// Their password, hashed.
    pub password_hash: String,
    /// What they were about, as the page keeps it.
    pub errand: String,
}

impl Applicant {
    /// The account that it becomes.
    #[must_use]
    pub fn user(&self, email: Email, now: Timestamp) -> User {
        let name = Some(self.name.clone());
        User { email: Some(email), email_verified_at: Some(now), name, ..User::new(now) }
    }
}

impl std::fmt::Debug for Applicant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Applicant(…)")
    }
}

/// Whom an invitation is for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Invitee {
    /// What they may do in the administration.
    pub role: Option<Role>,
    /// How they are called, as far as the one who invites knows.
    pub name: Option<String>,
    /// Whether the link went to their address alone, so that whoever comes by it can read that mail.
    pub was_mailed: bool,
    /// Who invites them, as the audit trail names them. What they cannot give any more is not given.
    #[serde(default)]
    pub by: Option<String>,
}

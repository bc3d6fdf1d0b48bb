//! Which passwords may be chosen.
use crate::{
    breached::{self, Breached},
    config::{self, PasswordRules},
    domain::{Password, PasswordProblem},
};

/// Which passwords may be chosen; every door through which one is set asks here.
#[derive(Debug)]
pub(crate) struct PasswordPolicy {
    breached: Option<Breached>,
}

impl PasswordPolicy {
    /// Reads the list of those that leaked, where there is one.
    pub fn open(settings: &config::Passwords) -> Result<Self, breached::Error> {
        let breached = settings.breached_file.as_deref().map(Breached::open).transpose()?;
        Ok(Self { breached })
    }

    /// Reads a password that somebody chooses. `about`: what others know of them.
    pub fn judge(&self, rules: PasswordRules, typed: &str, about: &[&str]) -> Result<Password, PasswordProblem> {
        let password = Password::choose(typed)?;
        if let Some(weakness) = password.weakness(about, rules.min_strength) {
            return Err(PasswordProblem::Weak(weakness));
        }
        let leaked = self.breached.as_ref().is_some_and(|breached| breached.has(&password));
        if leaked { Err(PasswordProblem::Leaked) } else { Ok(password) }
    }
}

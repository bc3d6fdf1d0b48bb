//! How often somebody may try to guess. A try is taken before it is looked at, so that any number
//! at once count as many.
use super::{error::PageError, peer};
use crate::{app::App, domain::Digest, storage::attempts};
use actix_web::HttpRequest;

/// What was tried.
pub enum Tried<'a> {
    /// A password, for an account by what was typed.
    Password(&'a str),
    /// Creating an account.
    SignUp,
}

/// Takes a try from the account and from the address. When either has none left: the seconds to
/// wait.
pub async fn take(app: &App, request: &HttpRequest, tried: &Tried<'_>) -> Result<Option<i64>, PageError> {
    let limits = &app.config.limits;
    if !limits.enabled {
        return Ok(None);
    }
    let now = app.clock.now();
    let take =
        async |subject: String, limit: u32| attempts::take(&app.db, subject, limit.into(), limits.window, now).await;
    let by_address = format!("address {}", peer::address(app, request));
    if let Some(seconds) = take(by_address, limits.attempts_per_address).await? {
        return Ok(Some(seconds));
    }
    match tried {
        Tried::Password(account) => Ok(take(subject(account), limits.attempts_per_account).await?),
        Tried::SignUp => Ok(None),
    }
}

/// Gives an account its tries back, after the right password.
pub async fn forget(app: &App, account: &str) -> Result<(), PageError> {
    if app.config.limits.enabled {
        attempts::forget(&app.db, subject(account)).await?;
    }
    Ok(())
}

/// An account is counted by its id, one that there is not by what was typed; stored as a digest, for
/// people mistype passwords there.
fn subject(account: &str) -> String {
    let digest = Digest::of(&account.trim().to_lowercase());
    format!("account {}", digest.as_str())
}

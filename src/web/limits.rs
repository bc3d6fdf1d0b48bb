//! How often somebody may try to guess. A try is taken before it is looked at, so that any number
//! at once count as many.
use super::{browser::Device, error::PageError, peer, second_factor::LIFETIME};
use crate::{
    app::App,
    domain::{Digest, TicketPurpose, UserId},
    storage::{self, attempts, devices},
};
use actix_web::HttpRequest;

/// Wrong codes of one person's second factor in a day, whatever the settings say: of a million codes
/// three are right at any time.
const CODES_A_DAY: i64 = 50;
const DAY: i64 = 86_400;
const HOUR: i64 = 3600;
/// Mails of one kind to one reader in an hour, and mails that one address may ask for.
const MAILS_TO_READER: i64 = 3;
const MAILS_BY_ADDRESS: i64 = 30;
/// How often people may be sent to providers from one address within the window: an office has many.
const SENT_ELSEWHERE: i64 = 300;
/// How often apps at one address may bring something from a provider's SDK, or get a nonce for it, within the window.
const NATIVE: i64 = 300;
/// Messages of providers that are not good, by one address within the window.
const MESSAGES: i64 = 60;
const MESSAGES_FROM: &str = "messages from";
/// Codes to one proof of the password.
const CODES_A_CHALLENGE: i64 = 5;

/// What was tried.
pub enum Tried<'a> {
    /// A password, for an account by what was typed.
    Password(&'a str),
    /// A code of a person's second factor.
    SecondFactor(&'a UserId),
    /// A code that was mailed to this address.
    MailedCode(&'a str),
    /// Creating an account.
    SignUp,
    /// Signing in elsewhere, which takes room until it is done.
    Elsewhere,
    /// What an app has from a provider's SDK.
    Native,
    /// What a provider sends by itself, or seems to.
    Message,
    /// A passkey, which cannot be guessed but costs time to judge.
    Passkey,
}

/// Takes a try from the account and from the address. When either has none left: the seconds to
/// wait. From a browser in which the account's owner has signed in before, the tries are that browser's own: whoever
/// guesses elsewhere does not keep the owner out.
pub async fn take(app: &App, request: &HttpRequest, tried: &Tried<'_>) -> Result<Option<i64>, PageError> {
    let limits = &app.config.limits;
    if !limits.enabled {
        return Ok(None);
    }
    let now = app.clock.now();
    let (window, per_account) = (limits.window, limits.attempts_per_account.into());
    let own = match tried {
        Tried::Elsewhere => Some(("sent elsewhere from", SENT_ELSEWHERE)),
        Tried::Native => Some(("native sign-in from", NATIVE)),
        Tried::Message => Some((MESSAGES_FROM, MESSAGES)),
        _ => None,
    };
    if let Some((what, limit)) = own {
        let by_address = format!("{what} {}", peer::network(app, request));
        return Ok(attempts::take(&app.db, by_address, limit, window, now).await?);
    }
    let by_address = format!("address {}", peer::network(app, request));
    if let Some(seconds) = attempts::take(&app.db, by_address, limits.attempts_per_address.into(), window, now).await? {
        return Ok(Some(seconds));
    }
    let take = async |subject| attempts::take_backing_off(&app.db, subject, per_account, window, now).await;
    match tried {
        Tried::Password(account) => Ok(take(subject(app, request, account).await?).await?),
        Tried::SecondFactor(user) => match take(codes(user)).await? {
            None => Ok(attempts::take(&app.db, codes_of_day(user), CODES_A_DAY, DAY, now).await?),
            throttled => Ok(throttled),
        },
        Tried::MailedCode(email) => match take(mailed_codes(email)).await? {
            None => {
                let of_day = format!("{} of a day", mailed_codes(email));
                Ok(attempts::take(&app.db, of_day, CODES_A_DAY, DAY, now).await?)
            }
            throttled => Ok(throttled),
        },
        Tried::SignUp | Tried::Passkey | Tried::Elsewhere | Tried::Native | Tried::Message => Ok(None),
    }
}

/// Takes one of the tries that a challenge has; `false` when it has none left.
pub async fn take_of_challenge(app: &App, challenge: &str) -> Result<bool, PageError> {
    let (limits, subject) = (&app.config.limits, format!("challenge {challenge}"));
    if !limits.enabled {
        return Ok(true);
    }
    Ok(attempts::take(&app.db, subject, CODES_A_CHALLENGE, LIFETIME, app.clock.now()).await?.is_none())
}

/// Takes one of the mails that somebody may have sent to a reader for a purpose, and that an address may ask
/// for at all; `false` when there are none left.
pub async fn take_mail(
    app: &App,
    request: &HttpRequest,
    purpose: TicketPurpose,
    reader: &str,
) -> Result<bool, PageError> {
    if !app.config.limits.enabled {
        return Ok(true);
    }
    let now = app.clock.now();
    let take = async |subject, limit| attempts::take(&app.db, subject, limit, HOUR, now).await;
    let by_address = format!("mails for address {}", peer::network(app, request));
    let by_reader = format!("mails {purpose} {}", Digest::of(reader).as_str());
    // Both in any case, so that which one is used up shows in nothing.
    let (address, reader) = (take(by_address, MAILS_BY_ADDRESS).await?, take(by_reader, MAILS_TO_READER).await?);
    Ok(address.is_none() && reader.is_none())
}

/// Gives an address back what it took for a message that was good: however much a provider has to tell, it is heard.
pub async fn give_message_back(app: &App, request: &HttpRequest) -> storage::Result<()> {
    if app.config.limits.enabled {
        attempts::give_back(&app.db, format!("{MESSAGES_FROM} {}", peer::network(app, request))).await?;
    }
    Ok(())
}

/// Gives an address its tries back, after the right code; those of the day that were wrong stay counted.
pub async fn forget_mailed_code(app: &App, email: &str) -> Result<(), PageError> {
    if app.config.limits.enabled {
        attempts::forget(&app.db, mailed_codes(email)).await?;
        attempts::give_back(&app.db, format!("{} of a day", mailed_codes(email))).await?;
    }
    Ok(())
}

/// Gives a person's tries back, after the right code; those of the day that were wrong stay counted.
pub async fn forget_second_factor(app: &App, user: &UserId) -> Result<(), PageError> {
    if app.config.limits.enabled {
        attempts::forget(&app.db, codes(user)).await?;
        attempts::give_back(&app.db, codes_of_day(user)).await?;
    }
    Ok(())
}

fn mailed_codes(email: &str) -> String {
    format!("mailed codes {}", Digest::of(email).as_str())
}

fn codes(user: &UserId) -> String {
    format!("second factor {user}")
}

fn codes_of_day(user: &UserId) -> String {
    format!("second factor of a day {user}")
}

/// Gives an account its tries back, after the right password, and the address the one that was no guess: however many
/// people sign in from an office, it is not taken for an attack.
pub async fn forget(app: &App, request: &HttpRequest, account: &str) -> Result<(), PageError> {
    if app.config.limits.enabled {
        attempts::give_back(&app.db, format!("address {}", peer::network(app, request))).await?;
        attempts::forget(&app.db, subject(app, request, account).await?).await?;
    }
    Ok(())
}

/// An account is counted by its id, one that there is not by what was typed; stored as a digest, for
/// people mistype passwords there.
async fn subject(app: &App, request: &HttpRequest, account: &str) -> Result<String, PageError> {
    let digest = Digest::of(&account.trim().to_lowercase());
    let Some(device) = Device::of(app, request).map(|device| device.digest()) else {
        return Ok(format!("account {} elsewhere", digest.as_str()));
    };
    // Looked up for an account that there is not as well, so that it takes as long.
    let known = devices::find(&app.db, &UserId::from(account), &device).await?.is_some();
    let from = if known { device.as_str() } else { "elsewhere" };
    Ok(format!("account {} {from}", digest.as_str()))
}

//! Taking letters out of the outbox and sending them; trying again where that fails.
use super::{Error, Letter, Mail, Mailer, REMEMBERED, Way, context};
use crate::{
    domain::Timestamp,
    metrics,
    storage::{
        Db,
        outbox::{self, Claimed},
    },
};
use lettre::AsyncTransport;
use std::sync::PoisonError;

/// Seconds until the second try; each further one waits twice as long,
const FIRST_PAUSE: i64 = 30;
/// up to this.
const LONGEST_PAUSE: i64 = 3600;

impl Mailer {
    /// A letter that is due, for the caller to deliver.
    pub async fn next(&self, db: &Db, now: Timestamp) -> Result<Option<Claimed>, Error> {
        if !self.is_on() {
            return Ok(None);
        }
        Ok(outbox::claim(db, now).await?)
    }

    /// Sends a letter, or has it wait for another try, or gives it up. Nothing here tells an address.
    pub async fn deliver(&self, db: &Db, claimed: Claimed, now: Timestamp) -> Result<(), Error> {
        let Claimed { id, sealed, attempts, created_at, expires_at } = claimed;
        if expires_at <= now {
            metrics::mail("given_up");
            tracing::error!(letter = id, attempts, "a mail is given up: it could not be sent in time");
            return Ok(outbox::remove(db, id).await?);
        }
        let why = match self.try_to_send(db, (&id, &sealed), created_at, now).await {
            Ok(()) => {
                metrics::mail("sent");
                return Ok(outbox::remove(db, id).await?);
            }
            Err(why) => why,
        };
        if !may_pass(&why) {
            metrics::mail("given_up");
            tracing::error!(letter = id, %why, "a mail is given up");
            return Ok(outbox::remove(db, id).await?);
        }
        let pause = pause(attempts);
        metrics::mail("put_back");
        tracing::warn!(letter = id, attempts, pause, %why, "a mail waits to be sent again");
        Ok(outbox::put_back(db, id, now.plus(pause)).await?)
    }

    async fn try_to_send(
        &self,
        db: &Db,
        (id, sealed): (&str, &[u8]),
        asked_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), Error> {
        let plain = self.letters.open(&context(id), sealed);
        let letter: Option<Letter> = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
        let letter = letter.ok_or_else(|| Error::Composing("the letter cannot be read".into()))?;
        match self.write(db, letter, asked_at, now).await? {
            Some(mail) => self.hand_over(mail).await,
            None => Ok(()),
        }
    }

    pub(super) async fn hand_over(&self, mail: Mail) -> Result<(), Error> {
        match &*self.way.load_full() {
            Way::Smtp(server) => {
                server.send(self.message(&mail)?).await?;
            }
            Way::Local => {
                tracing::info!(to = %mail.to, subject = mail.subject, "a mail, which goes no further than this log");
                for line in mail.text.lines().filter(|line| !line.trim().is_empty()) {
                    tracing::info!("| {}", line.trim_end());
                }
                let mut mails = self.local.lock().unwrap_or_else(PoisonError::into_inner);
                mails.push_front(mail);
                mails.truncate(REMEMBERED);
            }
            Way::Off => {}
        }
        Ok(())
    }
}

/// Seconds until the next try, after so many.
fn pause(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts - 1).unwrap_or_default().min(16);
    (FIRST_PAUSE << doublings).min(LONGEST_PAUSE)
}

/// Whether another try may do better: not where there is no such mailbox (RFC 5321 section 4.2.1, 55x), nor
/// where there is no mail to send.
fn may_pass(why: &Error) -> bool {
    match why {
        Error::Sending(why) => why.status().is_none_or(|code| !code.to_string().starts_with("55")),
        Error::Composing(_) => false,
        Error::Storage(_) | Error::Keys(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pause_is_twice_the_one_before_up_to_an_hour() {
        let pauses: Vec<_> = (1..=9).map(pause).collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert_eq!(pause(10_000), 3600);
    }
}

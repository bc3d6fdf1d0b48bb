//! Mail: letters, the outbox they wait in, and the three ways out of it.
//!
//! | file         | what it owns |
//! |--------------|--------------|
//! | `letter.rs`  | what a letter says: to whom, and what about. No mail yet, and no link |
//! | `writing.rs` | from a letter to what its mail says: the person, a fresh ticket, words |
//! | `compose.rs` | from there to a mail: text, HTML, headers |
//! | `delivery.rs`| taking letters out of the outbox, sending, trying again |
//!
//! A request only puts a letter into the outbox: one insert, whether or not anybody is there to get
//! it. All that takes longer for some than for others happens afterwards.
mod compose;
mod delivery;
mod letter;
#[cfg(test)]
mod tests;
mod writing;

pub use compose::Mail;
pub use letter::{Letter, Notice, Occasion, SignUpLetter, TicketLetter, To};

use crate::{
    config::{Accent, Config, LiveSettings, MailWay},
    domain::{Digest, Email, Issuer, MailCode, Timestamp, random_id},
    i18n::Words,
    keys::{self, MasterKey, Purpose, Sealer},
    storage::{self, Db, outbox},
};
use arc_swap::ArcSwap;
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lettre::{AsyncSmtpTransport, Tokio1Executor, message::Mailbox};
use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// How many mails the page at `/mail` remembers.
const REMEMBERED: usize = 50;
/// How long a letter waits at least, in seconds: so that the work on it, which is more where there is somebody to write
/// to, falls on no request in particular, least of all on the one that asked.
const MOMENT: i64 = 1;
/// How long the other server may take for each step.
const SLOWEST: Duration = Duration::from_secs(20);

/// What can go wrong with mail.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] keys::Error),
    /// A letter cannot be read, or a mail not be made of it.
    #[error("a mail cannot be made: {0}")]
    Composing(String),
    /// The server that should take it did not.
    #[error("the mail server did not take a mail: {0}")]
    Sending(#[from] lettre::transport::smtp::Error),
}

/// By which way mail goes.
enum Way {
    /// By the server that the settings name.
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    /// Nowhere: into the log, and on to a page for this machine alone.
    Local,
    /// There is none.
    Off,
}

/// What is the same in all mails.
#[derive(Debug)]
struct Letterhead {
    issuer: Issuer,
    instance: String,
    from: Mailbox,
    logo: Option<String>,
    accent: Option<Accent>,
    footer: Option<String>,
}

/// Takes letters, and sends them, as the settings say at that moment.
pub struct Mailer {
    way: ArcSwap<Way>,
    head: ArcSwap<Letterhead>,
    /// Mails that went no further than this machine, the newest first.
    local: Mutex<VecDeque<Mail>>,
    letters: Sealer,
    codes: hmac::Key,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailer")
    }
}

impl Mailer {
    /// The one that the settings describe.
    pub fn new(config: &Config, master: &MasterKey) -> Result<Self, Error> {
        let (way, head) = (way(&config.issuer, &config.live)?, head(&config.issuer, &config.live));
        let (letters, codes) = (master.sealer(Purpose::Letters)?, master.hmac(Purpose::MailCodes)?);
        let (way, head) = (ArcSwap::from_pointee(way), ArcSwap::from_pointee(head));
        Ok(Self { way, head, local: Mutex::default(), letters, codes })
    }

    /// Goes on as the settings say from now on. What is being sent goes the way it began.
    pub fn follow(&self, issuer: &Issuer, settings: &LiveSettings) -> Result<(), Error> {
        self.way.store(Arc::new(way(issuer, settings)?));
        self.head.store(Arc::new(head(issuer, settings)));
        Ok(())
    }

    fn head(&self) -> Arc<Letterhead> {
        self.head.load_full()
    }

    /// Whether there is mail at all. Where not, nothing that needs it is offered.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !matches!(**self.way.load(), Way::Off)
    }

    /// How mail goes, in a few words for the operator.
    #[must_use]
    pub fn way(&self) -> &'static str {
        match **self.way.load() {
            Way::Smtp(_) => "by the server at mail.smtp_url",
            Way::Local => "no further than the log and /mail (set mail.smtp_url to send it)",
            Way::Off => "off (mail.smtp_url is not set): nothing that needs mail is offered",
        }
    }

    /// The last mails, newest first, where they go no further than this machine.
    #[must_use]
    pub fn local(&self) -> Option<Vec<Mail>> {
        let is_local = matches!(**self.way.load(), Way::Local);
        is_local.then(|| self.local.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect())
    }

    /// Sends a mail at once, so that whoever asks sees what the server answers.
    pub async fn try_out(&self, to: Email, words: Words, now: Timestamp) -> Result<(), Error> {
        if !self.is_on() {
            return Err(Error::Composing("mail.smtp_url is not set".into()));
        }
        let content = compose::Content {
            subject: words.with("admin-try-mail-subject", &[("instance", self.head().instance.as_str())]),
            greeting: None,
            text: vec![words.get("admin-try-mail-text")],
            code: None,
            button: None,
            facts: vec![],
            asides: vec![],
        };
        let mail = self.compose(&to, words, &content, now)?;
        self.hand_over(mail).await
    }

    /// Puts a letter into the outbox; without mail it is dropped.
    pub async fn send(&self, db: &Db, letter: &Letter, now: Timestamp) -> Result<(), Error> {
        if let Some(letter) = self.seal(letter, now)? {
            outbox::put(db, letter).await?;
        }
        Ok(())
    }

    /// A letter as the outbox takes it, for those who put it there together with something else; without mail, none.
    pub fn seal(&self, letter: &Letter, now: Timestamp) -> Result<Option<outbox::Sealed>, Error> {
        if !self.is_on() {
            return Ok(None);
        }
        let id = random_id();
        let plain = serde_json::to_vec(letter).map_err(|why| Error::Composing(why.to_string()))?;
        let sealed = self.letters.seal(&context(&id), &plain)?;
        let times =
            outbox::Times { created_at: now, due_at: now.plus(MOMENT), expires_at: now.plus(letter.lifetime()) };
        Ok(Some(outbox::Sealed { id, sealed, times }))
    }

    /// What is stored of a code: of this ticket, for this browser. Without the master key it cannot be
    /// guessed from that.
    #[must_use]
    pub fn code_digest(&self, code: &MailCode, ticket: &str, browser: &Digest) -> Digest {
        let tag = hmac::sign(&self.codes, code.of(ticket, browser).reveal().as_bytes());
        Digest::of(&URL_SAFE_NO_PAD.encode(tag))
    }
}

/// The way that the settings name.
fn way(issuer: &Issuer, settings: &LiveSettings) -> Result<Way, Error> {
    Ok(match (settings.mail.way(issuer), &settings.mail.smtp_url) {
        (MailWay::Smtp, Some(url)) => {
            let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.reveal())?.timeout(Some(SLOWEST));
            Way::Smtp(Box::new(server.build()))
        }
        (MailWay::Local, _) => Way::Local,
        (MailWay::Smtp | MailWay::Off, _) => Way::Off,
    })
}

fn head(issuer: &Issuer, LiveSettings { instance, mail, .. }: &LiveSettings) -> Letterhead {
    Letterhead {
        issuer: issuer.clone(),
        instance: instance.name.clone(),
        from: mail.sender(&instance.name, issuer),
        logo: instance.logo_uri.clone(),
        accent: instance.accent,
        footer: mail.footer.clone(),
    }
}

/// What a letter is sealed for.
fn context(id: &str) -> String {
    format!("letter {id}")
}

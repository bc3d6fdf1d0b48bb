//! From what a mail says to the mail: text and HTML side by side (RFC 2046 section 5.1.4), and its headers
//! (RFC 5322).
use super::{Error, Letterhead, Mailer};
use crate::{
    domain::{Colour, Email, Timestamp, random_id},
    i18n::Words,
};
use askama::Template;
use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use std::time::{Duration, SystemTime};

/// The accent that `static/genkan.css` has, and text upon it.
const ACCENT: (Colour, Colour) = (Colour::new(0x17, 0x58, 0x7a), Colour::WHITE);

/// A mail, worded.
#[derive(Debug, Clone)]
pub struct Mail {
    /// To whom; to nobody else.
    pub to: Email,
    /// What about.
    pub subject: String,
    /// All of it in plain text.
    pub text: String,
    /// The same in HTML.
    pub html: String,
    /// When it was made.
    pub at: Timestamp,
}

/// What a mail says, in parts.
#[derive(Debug, Clone)]
pub(super) struct Content {
    pub subject: String,
    pub greeting: Option<String>,
    pub text: Vec<String>,
    pub code: Option<String>,
    pub button: Option<Button>,
    /// What it is about, in pairs.
    pub facts: Vec<(String, String)>,
    /// In small print.
    pub asides: Vec<String>,
}

/// The one thing to do.
#[derive(Debug, Clone)]
pub(super) struct Button {
    pub label: String,
    pub href: String,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    words: Words,
    head: &'a Letterhead,
    content: &'a Content,
    accent: Colour,
    on_accent: Colour,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct Text<'a> {
    words: Words,
    head: &'a Letterhead,
    content: &'a Content,
}

impl Mailer {
    /// Puts what a mail says into text and HTML.
    pub(super) fn compose(&self, to: &Email, words: Words, content: &Content, now: Timestamp) -> Result<Mail, Error> {
        let head = &*self.head();
        let (accent, on_accent) = head.accent.map_or(ACCENT, |accent| (accent.light.accent, accent.light.on));
        let failed = |why: askama::Error| Error::Composing(why.to_string());
        Ok(Mail {
            to: to.clone(),
            subject: one_line(&content.subject),
            text: Text { words, head, content }.render().map_err(failed)?,
            html: Html { words, head, content, accent, on_accent }.render().map_err(failed)?,
            at: now,
        })
    }

    /// The message as servers hand it on.
    pub(super) fn message(&self, mail: &Mail) -> Result<Message, Error> {
        let (head, (local, domain)) = (self.head(), mail.to.as_str().rsplit_once('@').unwrap_or_default());
        // Not parsed again: `Email` lets through what carriers in Japan gave out, such as `a..b@`.
        let to = Mailbox::new(None, Address::new_dangerous(local, domain));
        let seconds = Duration::from_secs(mail.at.0.try_into().unwrap_or_default());
        let envelope = Envelope::new(Some(head.from.email.clone()), vec![to.email.clone()]);
        Message::builder()
            // One recipient, whatever the headers say.
            .envelope(envelope.map_err(|why| Error::Composing(why.to_string()))?)
            .from(head.from.clone())
            .to(to)
            .subject(mail.subject.clone())
            .date(SystemTime::UNIX_EPOCH + seconds)
            .message_id(Some(format!("<{}@{}>", random_id(), head.issuer.host())))
            // No out-of-office replies (RFC 3834 section 5).
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()))
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(|why| Error::Composing(why.to_string()))
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

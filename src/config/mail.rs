//! Settings of mail: by which way it goes, and whose name is on it.
use super::reader::{Section, it_is};
use crate::{
    domain::{Issuer, Secret},
    i18n::Message,
};
use lettre::{Address, AsyncSmtpTransport, Tokio1Executor, message::Mailbox};
use std::net::IpAddr;
use url::Url;

/// How mail is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The server that takes it: `smtps://USER:PASSWORD@HOST` or `smtp://…`; secret, for its password.
    pub smtp_url: Option<Secret>,
    /// Who sends it.
    pub from: Option<Mailbox>,
    /// A line at the end of every mail.
    pub footer: Option<String>,
}

/// By which way mail goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailWay {
    /// By the server that the settings name.
    Smtp,
    /// No further than this machine: for development on it.
    Local,
    /// There is none.
    Off,
}

/// The longest footer, in characters.
const LONGEST_FOOTER: usize = 300;

impl Mail {
    pub(super) fn read(section: &mut Section) -> Self {
        let smtp_url = section.secret("smtp_url");
        if let Some(url) = &smtp_url {
            check_url(section, url);
        }
        let from = section.text("from").and_then(|text| {
            let mailbox = text.parse::<Mailbox>().ok().filter(|_| !text.chars().any(char::is_control));
            if mailbox.is_none() {
                section.fault("from", it_is("fault-mailbox", format!("{text:?}")));
            }
            mailbox
        });
        let footer = section.text("footer").filter(|text| !text.trim().is_empty());
        if footer
            .as_ref()
            .is_some_and(|text| text.chars().count() > LONGEST_FOOTER || text.chars().any(char::is_control))
        {
            section.fault("footer", Message::new("fault-footer").with("most", LONGEST_FOOTER.to_string()));
        }
        Self { smtp_url, from, footer }
    }

    /// By which way it goes. Http is for this machine alone (`Issuer::parse`).
    #[must_use]
    pub fn way(&self, issuer: &Issuer) -> MailWay {
        match &self.smtp_url {
            Some(_) => MailWay::Smtp,
            None if issuer.is_https() => MailWay::Off,
            None => MailWay::Local,
        }
    }

    /// Who sends mail: what the settings say, or a name made from the instance's and the issuer's.
    #[must_use]
    pub fn sender(&self, instance: &str, issuer: &Issuer) -> Mailbox {
        self.from.clone().unwrap_or_else(|| {
            let address = Address::new_dangerous("no-reply", issuer.host());
            Mailbox::new(Some(instance.to_owned()), address)
        })
    }
}

/// The faults never show the URL, which holds a password.
fn check_url(section: &mut Section, url: &Secret) {
    const FORMS: &str = "fault-smtp-url";
    let key = if section.is_sound("smtp_url") { "smtp_url" } else { return };
    let Ok(parsed) = Url::parse(url.reveal()) else { return section.fault(key, FORMS) };
    let known = ["smtp", "smtps"].contains(&parsed.scheme()) && parsed.query_pairs().all(|(name, _)| name == "tls");
    if !known || AsyncSmtpTransport::<Tokio1Executor>::from_url(url.reveal()).is_err() {
        return section.fault(key, FORMS);
    }
    let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    let is_here = is_loopback || host == "localhost" || host.ends_with(".localhost");
    let is_safe = parsed.scheme() == "smtps" || parsed.query_pairs().any(|(_, tls)| tls == "required");
    if !is_here && !is_safe {
        section.warn(key, "mail, with the links that open accounts, would go unencrypted; add ?tls=required");
    }
}

//! What mails say and how they look from outside. With `GENKAN_RENDER_TO=DIR` set they are also written
//! there, to be looked at.
use super::{
    Letter, Mailer, Notice, Occasion, TicketLetter, To,
    compose::{Button, Content, Mail},
};
use crate::{
    config::Config,
    domain::{Digest, Email, MailCode, TicketPurpose, Timestamp, User},
    i18n::{Language, Words},
    keys::MasterKey,
};
use base64::{Engine, engine::general_purpose::STANDARD};

const NOW: Timestamp = Timestamp(1_795_500_000);
const HOSTILE: &str = "Mallory\r\nBcc: victim@example.com\r\n\r\n.\r\n\"><svg onload=alert(1)>";

fn mailer(settings: &[(&str, &str)]) -> Mailer {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config = Config::load(None, settings).unwrap();
    Mailer::new(&config, &MasterKey::parse("here", &STANDARD.encode([7; 32])).unwrap()).unwrap()
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn person(name: &str) -> User {
    let (name, address) = (Some(name.to_owned()), Some(email("hana@example.com")));
    User { name, email: address, email_verified_at: Some(NOW), ..User::new(NOW) }
}

/// The mail of a ticket.
fn ticket(mailer: &Mailer, purpose: TicketPurpose, user: &User, language: Language) -> Mail {
    let letter = TicketLetter::new(purpose, To::Person(user.id.clone()), language);
    let (to, words) = (email("hana@example.com"), Words::new(language));
    let code = purpose.has_code().then(|| MailCode::parse("012345").unwrap());
    let link = format!("https://id.example.com{}?token=rpb1gIIcFBu5jdMUYVnJvQ", purpose.path());
    let content = mailer.ticket_content(words, &letter, user, &to, link, code.as_ref());
    mailer.compose(&to, words, &content, NOW).unwrap()
}

fn render(name: &str, html: &str) {
    if let Some(folder) = std::env::var_os("GENKAN_RENDER_TO") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(std::path::Path::new(&folder).join(name), html).unwrap();
    }
}

#[test]
fn every_ticket_has_a_mail_in_every_language() {
    let mailer = mailer(&[
        ("GENKAN_ISSUER", "https://id.example.com"),
        ("GENKAN_MAIL__SMTP_URL", "smtps://user:pass@smtp.example.com"),
        ("GENKAN_INSTANCE__ACCENT", "#5b21b6"),
        ("GENKAN_MAIL__FOOTER", "Example Ltd & Co"),
    ]);
    for language in Language::ALL {
        for purpose in TicketPurpose::ALL {
            for user in [person("Hana Sato"), User { email_verified_at: None, ..person("Hana Sato") }] {
                let mail = ticket(&mailer, *purpose, &user, language);
                for part in [&mail.subject, &mail.text, &mail.html] {
                    assert!(!part.contains("mail-") && !part.contains("{$"), "{purpose} {language}: {part}");
                }
                assert!(mail.text.contains("https://id.example.com") && mail.text.contains("Example Ltd & Co"));
                assert!(mail.html.contains("background:#5b21b6") && mail.html.contains("Example Ltd &#38; Co"));
                assert_eq!(mail.text.contains("012345"), purpose.has_code());
                // Whoever has not shown that the address is theirs does not write on our paper.
                assert_eq!(mail.text.contains("Hana Sato"), user.email_verified_at.is_some());
                render(&format!("letter-{purpose}.{language}.html"), &mail.html);
            }
        }
    }
}

#[test]
fn every_notice_has_words_in_every_language() {
    for words in Language::ALL.map(Words::new) {
        for notice in Notice::ALL {
            for part in ["subject", "text"] {
                assert!(words.find(&format!("mail-{notice}-{part}")).is_some(), "{notice} {part}");
            }
        }
    }
}

/// `security.md` XS-04.
#[test]
fn a_name_cannot_write_headers_or_markup() {
    let mailer = mailer(&[("GENKAN_INSTANCE__NAME", "Mal, \"Ory\" <b@example.com>")]);
    let mail = ticket(&mailer, TicketPurpose::Reset, &person(HOSTILE), Language::En);
    assert!(!mail.html.contains("<svg"), "{}", mail.html);
    let content = Content {
        subject: format!("Re: {HOSTILE}"),
        greeting: Some(HOSTILE.into()),
        text: vec![HOSTILE.into()],
        code: Some(HOSTILE.into()),
        button: Some(Button { label: HOSTILE.into(), href: "https://id.example.com/\"onclick=".into() }),
        facts: vec![(HOSTILE.into(), HOSTILE.into())],
        asides: vec![HOSTILE.into()],
    };
    let hostile = mailer.compose(&email("hana@example.com"), Words::new(Language::Ja), &content, NOW).unwrap();
    assert!(!hostile.html.contains("<svg") && !hostile.html.contains("\"onclick"), "{}", hostile.html);
    for mail in [mail, hostile] {
        let message = mailer.message(&mail).unwrap();
        assert_eq!(message.envelope().to().iter().map(ToString::to_string).collect::<Vec<_>>(), ["hana@example.com"]);
        let formatted = String::from_utf8(message.formatted()).unwrap();
        let (headers, _) = formatted.split_once("\r\n\r\n").unwrap();
        let names: Vec<_> = headers.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])).collect();
        let count = |name: &str| names.iter().filter(|line| line.to_ascii_lowercase().starts_with(name)).count();
        for (name, times) in [("to:", 1), ("from:", 1), ("subject:", 1), ("date:", 1), ("message-id:", 1), ("bcc:", 0)]
        {
            assert_eq!(count(name), times, "{name} {headers}");
        }
        assert!(headers.contains("Auto-Submitted: auto-generated") && headers.contains("@localhost>"), "{headers}");
        assert!(headers.contains("multipart/alternative"), "{headers}");
    }
}

/// What carriers in Japan gave out is no address by the book.
#[test]
fn an_odd_address_is_written_to_as_it_is() {
    let mailer = mailer(&[]);
    let content = Content {
        subject: "s".into(),
        greeting: None,
        text: vec![],
        code: None,
        button: None,
        facts: vec![],
        asides: vec![],
    };
    let mail = mailer.compose(&email("a..b.@docomo.ne.jp"), Words::default(), &content, NOW).unwrap();
    let message = mailer.message(&mail).unwrap();
    assert_eq!(message.envelope().to()[0].to_string(), "a..b.@docomo.ne.jp");
}

#[test]
fn there_is_mail_where_it_can_go_somewhere() {
    assert!(mailer(&[]).is_on() && mailer(&[]).local().is_some());
    let https = ("GENKAN_ISSUER", "https://id.example.com");
    assert!(!mailer(&[https]).is_on() && mailer(&[https]).local().is_none());
    let sent = mailer(&[https, ("GENKAN_MAIL__SMTP_URL", "smtp://mail.example.com?tls=required")]);
    assert!(sent.is_on() && sent.local().is_none());
}

#[test]
fn a_letter_is_read_as_it_was_written() {
    let letter = TicketLetter::new(TicketPurpose::SignIn, To::Holder(email("hana@example.com")), Language::Ja)
        .from(Digest::of("browser"))
        .with(Some("data".into()));
    let occasion = Occasion { at: NOW, device: None, language: "ja".into(), provider: None };
    for letter in
        [Letter::Ticket(letter), Letter::Notice { user: "u".into(), notice: Notice::PasswordChanged, occasion }]
    {
        let written = serde_json::to_string(&letter).unwrap();
        let read: Letter = serde_json::from_str(&written).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), written);
        assert!(letter.lifetime() > 0);
    }
}

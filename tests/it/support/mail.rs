//! Mails as they arrive: at a mail server (RFC 5321) of the test's own, or on the page that shows them.
use super::{Answer, Server, eventually};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use scraper::{ElementRef, Html, Selector};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

/// A mail that arrived.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// Whom the envelope names; where there was none, the header.
    pub to: Vec<String>,
    /// All of it, as it came over the wire; empty where it did not.
    pub raw: String,
    /// What about.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

impl Mail {
    /// The one-time link in it.
    #[track_caller]
    pub fn link(&self) -> String {
        let mut words = self.text.split_whitespace();
        words.find(|word| word.contains("?token=")).unwrap_or_else(|| panic!("no link in {self:?}")).to_owned()
    }

    /// The six digits in it.
    #[track_caller]
    pub fn code(&self) -> String {
        let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|c| c.is_ascii_digit());
        let mut lines = self.text.lines().map(str::trim);
        lines.find(is_code).unwrap_or_else(|| panic!("no code in {self:?}")).to_owned()
    }

    /// A header field, unfolded, as it came.
    pub fn header(&self, name: &str) -> Option<String> {
        header(self.raw.split_once("\r\n\r\n")?.0, name)
    }
}

/// A mail server, which takes everything, and hands it to the test.
#[derive(Clone, Debug)]
pub struct Inbox {
    address: SocketAddr,
    mails: Arc<Mutex<Vec<Mail>>>,
    refusals: Arc<AtomicUsize>,
}

impl Inbox {
    /// Starts one; it ends with the tests.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let inbox = Self { address: listener.local_addr().unwrap(), mails: Arc::default(), refusals: Arc::default() };
        let served = inbox.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let inbox = served.clone();
                std::thread::spawn(move || inbox.talk(stream));
            }
        });
        inbox
    }

    /// What makes a server send its mail here.
    pub fn settings(&self) -> String {
        format!("mail.smtp_url = 'smtp://{}'\nmail.from = 'Genkan <no-reply@id.test>'\n", self.address)
    }

    /// Refuses so many mails, for now (451).
    pub fn refuse(&self, times: usize) {
        self.refusals.store(times, Ordering::SeqCst);
    }

    /// How many refusals are left.
    pub fn refusals_left(&self) -> usize {
        self.refusals.load(Ordering::SeqCst)
    }

    /// Takes the next mail to this address out, once it is there.
    pub async fn next(&self, to: &str) -> Mail {
        eventually(&format!("a mail to {to} arrives"), async || {
            let mut mails = self.mails.lock().unwrap();
            let at = mails.iter().position(|mail| mail.to.iter().any(|address| address == to))?;
            Some(mails.remove(at))
        })
        .await
    }

    /// All that arrived and was not taken out.
    pub fn all(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    /// One conversation. Whoever hangs up ends it.
    fn talk(&self, stream: TcpStream) {
        let mut writer = stream.try_clone().unwrap();
        let mut say = |line: &str| writer.write_all(format!("{line}\r\n").as_bytes()).is_ok();
        let mut lines = BufReader::new(stream);
        let (mut line, mut to) = (String::new(), vec![]);
        say("220 inbox.test");
        while lines
            .read_line({
                line.clear();
                &mut line
            })
            .is_ok_and(|read| read > 0)
        {
            let command = line.trim_end().to_ascii_uppercase();
            if command.starts_with("EHLO") {
                say("250-inbox.test\r\n250-8BITMIME\r\n250 SMTPUTF8");
            } else if command.starts_with("MAIL FROM") && self.is_refused() {
                say("451 not now");
            } else if command.starts_with("RCPT TO:<") {
                to.push(line.trim_end()[9..].trim_end_matches('>').to_owned());
                say("250 ok");
            } else if command == "DATA" {
                say("354 go on");
                let raw = data(&mut lines);
                self.mails.lock().unwrap().push(parse(std::mem::take(&mut to), raw));
                say("250 ok");
            } else if command == "QUIT" {
                say("221 bye");
                return;
            } else {
                say("250 ok");
            }
        }
    }

    fn is_refused(&self) -> bool {
        self.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }
}

impl Server {
    /// The mails that it shows on the page for its own machine, the newest first.
    pub async fn mails(&self) -> Vec<Mail> {
        let page = self.http.get("/mail").await;
        assert_eq!(page.status, 200, "{page}");
        let mut mails = shown(&page);
        for (number, mail) in mails.iter_mut().enumerate() {
            mail.html = self.http.get(&format!("/mail/{number}")).await.body;
        }
        mails
    }
}

fn shown(page: &Answer) -> Vec<Mail> {
    let select = |selector: &str| Selector::parse(selector).unwrap();
    let text = |mail: ElementRef, selector: &str| {
        mail.select(&select(selector)).next().unwrap().text().collect::<String>().trim().to_owned()
    };
    let read = |mail: ElementRef| Mail {
        to: vec![text(mail, ".soft").split(" · ").next().unwrap().to_owned()],
        subject: text(mail, "h2"),
        text: text(mail, "pre"),
        ..Mail::default()
    };
    Html::parse_document(&page.body).select(&select("article.mail")).map(read).collect()
}

/// What follows DATA, without the dots that protect its lines (RFC 5321 section 4.5.2).
fn data(lines: &mut BufReader<TcpStream>) -> String {
    let (mut raw, mut line) = (String::new(), String::new());
    while lines
        .read_line({
            line.clear();
            &mut line
        })
        .is_ok_and(|read| read > 0)
        && line != ".\r\n"
    {
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
    raw
}

fn parse(to: Vec<String>, raw: String) -> Mail {
    let (head, body) = raw.split_once("\r\n\r\n").expect("headers and a body");
    let kind = header(head, "content-type").expect("a content type");
    let boundary = kind.split("boundary=").nth(1).expect("parts").trim_matches('"');
    let border = format!("--{boundary}");
    let part = |kind: &str| {
        let mut parts = body.split(&border).filter_map(|part| part.split_once("\r\n\r\n"));
        let (head, body) =
            parts.find(|(head, _)| header(head, "content-type").is_some_and(|its| its.starts_with(kind)))?;
        Some(decode(header(head, "content-transfer-encoding").as_deref().unwrap_or("7bit"), body))
    };
    let subject = words(&header(head, "subject").unwrap_or_default());
    let (text, html) = (part("text/plain").expect("a plain part"), part("text/html").expect("an HTML part"));
    Mail { to, raw, subject, text, html }
}

/// A header field, unfolded.
fn header(head: &str, name: &str) -> Option<String> {
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    unfolded.lines().find_map(|line| {
        let (its, value) = line.split_once(':')?;
        its.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// Undoes a transfer encoding (RFC 2045 section 6).
fn decode(encoding: &str, body: &str) -> String {
    let bytes = match encoding {
        "base64" => STANDARD.decode(body.split_whitespace().collect::<String>()).unwrap(),
        "quoted-printable" => {
            let joined = body.replace("=\r\n", "");
            let mut parts = joined.split('=');
            let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
            for part in parts {
                bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
                bytes.extend(&part.as_bytes()[2..]);
            }
            bytes
        }
        _ => body.as_bytes().to_vec(),
    };
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

/// Undoes the encoded words of a header field (RFC 2047), as long as they are base64.
fn words(field: &str) -> String {
    let word = |word: &str| {
        let inside = word.strip_prefix("=?utf-8?b?").and_then(|rest| rest.strip_suffix("?="));
        inside.map(|inside| String::from_utf8(STANDARD.decode(inside).unwrap()).unwrap())
    };
    let mut text = String::new();
    let mut after_encoded = true;
    for part in field.split(' ') {
        let decoded = word(part);
        // Nothing is between two encoded words.
        if !(text.is_empty() || after_encoded && decoded.is_some()) {
            text.push(' ');
        }
        after_encoded = decoded.is_some();
        text.push_str(decoded.as_deref().unwrap_or(part));
    }
    text
}

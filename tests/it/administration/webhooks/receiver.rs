//! Somebody who is told of events, and what came to them.
use crate::support::{PATIENCE, eventually};
use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Message {
    pub head: BTreeMap<String, String>,
    pub body: String,
}

impl Message {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Which of these secrets it is signed with, in the order of its signatures (Standard Webhooks 1.0.0).
    pub fn signed_by(&self, secrets: &[&str]) -> Vec<usize> {
        let signed = format!("{}.{}.{}", self.head["webhook-id"], self.head["webhook-timestamp"], self.body);
        let tag = |secret: &str| {
            let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
            format!("v1,{}", STANDARD.encode(tag))
        };
        let tags: Vec<_> = secrets.iter().map(|secret| tag(secret)).collect();
        let signatures = self.head["webhook-signature"].split(' ');
        signatures.map(|signature| tags.iter().position(|tag| tag == signature).expect("a good signature")).collect()
    }
}

/// How a receiver answers.
#[derive(Clone, Debug)]
pub enum Manner {
    Says(u16),
    Redirects(String),
    Stalls,
    Floods,
}

/// Somebody who is told of events.
pub struct Receiver {
    pub url: String,
    pub taken: Arc<Mutex<Vec<Message>>>,
    pub manner: Arc<Mutex<Manner>>,
}

impl Receiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (taken, manner) = (Arc::<Mutex<Vec<_>>>::default(), Arc::new(Mutex::new(Manner::Says(204))));
        let this = Self { url, taken: taken.clone(), manner: manner.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, taken, manner) = (stream.unwrap(), taken.clone(), manner.clone());
                std::thread::spawn(move || answer(stream, &taken, &manner));
            }
        });
        this
    }

    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    pub fn taken(&self) -> Vec<Message> {
        self.taken.lock().unwrap().clone()
    }

    pub async fn first(&self, wanted: impl Fn(&Message) -> bool) -> Message {
        eventually("the message comes", async || self.taken().into_iter().find(&wanted)).await
    }

    pub async fn of_type(&self, kind: &str) -> Message {
        self.first(|message| message.json()["type"] == kind).await
    }
}

fn answer(mut stream: TcpStream, taken: &Mutex<Vec<Message>>, manner: &Mutex<Manner>) {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    while let Some(message) = read(&mut stream) {
        taken.lock().unwrap().push(message);
        let manner = manner.lock().unwrap().clone();
        let head = match manner {
            Manner::Says(status) => format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n"),
            Manner::Redirects(to) => format!("HTTP/1.1 307 X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"),
            Manner::Stalls => {
                // Until whoever waits has had enough.
                _ = stream.read(&mut [0]);
                return;
            }
            Manner::Floods => format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n", 1_u64 << 30),
        };
        let flood = head.contains("content-length: 1073741824");
        if stream.write_all(head.as_bytes()).is_err() {
            return;
        }
        if flood {
            while stream.write_all(&[b'x'; 4096]).is_ok() {}
            return;
        }
    }
}

fn read(stream: &mut TcpStream) -> Option<Message> {
    let mut bytes = vec![];
    let end = loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&part[..count]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let fields = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let head: BTreeMap<_, _> = fields.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let length: usize = head["content-length"].parse().unwrap();
    let mut body = bytes[end + 4..].to_vec();
    let have = body.len();
    body.resize(length, 0);
    stream.read_exact(&mut body[have..]).ok()?;
    Some(Message { head, body: String::from_utf8(body).unwrap() })
}

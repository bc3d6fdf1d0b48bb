//! The least of HTTP/1.1 that puts load on a server: one connection that is kept, and costs little.
use crate::Result;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// No answer may take longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// One connection; it is made at the first request, and again after a failure.
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// What a server answered.
pub struct Response<'a> {
    pub status: u16,
    head: &'a str,
    pub body: &'a str,
}

impl Connection {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None, buffer: Vec::with_capacity(16 * 1024) }
    }

    /// Sends a whole request and waits for the whole answer.
    pub async fn send(&mut self, request: &[u8]) -> Result<Response<'_>> {
        let outcome =
            timeout(PATIENCE, self.exchange(request)).await.unwrap_or_else(|_| Err("no answer in time".into()));
        if outcome.is_err() {
            self.stream = None;
        }
        let head_end = outcome?;
        let head = std::str::from_utf8(&self.buffer[..head_end])?;
        let body = std::str::from_utf8(&self.buffer[head_end..])?;
        let response = Response { status: status(head)?, head, body };
        if response.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            self.stream = None;
        }
        Ok(response)
    }

    /// Where the head ends in the buffer; the rest of it is the body.
    async fn exchange(&mut self, request: &[u8]) -> Result<usize> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            self.stream = Some(stream);
        }
        let stream = self.stream.as_mut().ok_or("not connected")?;
        stream.write_all(request).await?;
        self.buffer.clear();
        let head_end = loop {
            more(stream, &mut self.buffer).await?;
            if let Some(at) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let whole = head_end + body_length(std::str::from_utf8(&self.buffer[..head_end])?)?;
        while self.buffer.len() < whole {
            more(stream, &mut self.buffer).await?;
        }
        Ok(head_end)
    }
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<()> {
    match stream.read_buf(buffer).await? {
        0 => Err("the server closed the connection".into()),
        _ => Ok(()),
    }
}

fn status(head: &str) -> Result<u16> {
    Ok(head.split(' ').nth(1).ok_or("not HTTP")?.parse()?)
}

fn body_length(head: &str) -> Result<usize> {
    match headers(head, "content-length").next() {
        Some(length) => Ok(length.parse()?),
        None if matches!(status(head)?, 204 | 304) => Ok(0),
        None => Err("an answer without a content length".into()),
    }
}

fn headers<'a>(head: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let named = move |line: &'a str| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    };
    head.lines().skip(1).filter_map(named)
}

impl<'a> Response<'a> {
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers(name).next()
    }

    pub fn headers(&self, name: &str) -> impl Iterator<Item = &'a str> {
        headers(self.head, name)
    }

    /// An error that tells what came instead of what was expected.
    pub fn unexpected(&self) -> Box<dyn std::error::Error> {
        let place = self.header("location").map(|to| format!(" to {to}")).unwrap_or_default();
        let body: String = self.body.chars().take(200).collect();
        format!("{}{place}: {body}", self.status).into()
    }
}

/// `application/x-www-form-urlencoded`.
pub fn encode(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Makes requests to one server.
#[derive(Clone)]
pub struct Site {
    pub address: SocketAddr,
    pub issuer: String,
}

impl Site {
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
        let mut request = self.start("GET", path, headers);
        request += "\r\n";
        request.into_bytes()
    }

    pub fn post(&self, path: &str, headers: &[(&str, &str)], form: &[(&str, &str)]) -> Vec<u8> {
        let body = encode(form);
        let mut request = self.start("POST", path, headers);
        request += "content-type: application/x-www-form-urlencoded\r\n";
        request.extend(["content-length: ", &body.len().to_string(), "\r\n\r\n", &body]);
        request.into_bytes()
    }

    fn start(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> String {
        let host = self.issuer.trim_start_matches("http://");
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\n");
        for (name, value) in headers {
            request.extend([name, ": ", value, "\r\n"]);
        }
        request
    }
}

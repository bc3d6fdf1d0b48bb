//! Providers as nobody wants them: token endpoints that fail in every way, and addresses that swallow all.
use crate::Result;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    task::spawn_local,
    time::{sleep, timeout},
};

/// What a token endpoint does, each under a path of this name: a word of its own and what people would call it.
pub const FAULTS: [(&str, &str); 8] = [
    ("fails", "500"),
    ("stalls", "answers after 30 s"),
    ("holds", "never answers"),
    ("drips", "a byte a second"),
    ("floods", "1 GiB"),
    ("html", "HTML"),
    ("broken", "broken JSON"),
    ("refuses", "200 with an error"),
];

/// Begins to serve them on this machine.
pub async fn start() -> Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Whoever is not answered hangs up at some time.
            spawn_local(async move { answer(stream).await.ok() });
        }
    });
    Ok(address)
}

async fn answer(mut stream: TcpStream) -> Result<()> {
    let mut request = vec![];
    let path = loop {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= length(head)
        {
            break head.split(' ').nth(1).unwrap_or_default().to_owned();
        }
    };
    let json = "application/json";
    match path.trim_start_matches('/').split('/').next().unwrap_or_default() {
        "fails" => send(&mut stream, "500 Internal Server Error", "text/html", "<h1>Sorry</h1>").await,
        "html" => send(&mut stream, "200 OK", "text/html", "<h1>Please sign in to the Wi-Fi</h1>").await,
        "broken" => send(&mut stream, "200 OK", json, "{").await,
        "refuses" => send(&mut stream, "200 OK", json, r#"{"error":"invalid_grant"}"#).await,
        "stalls" => {
            sleep(Duration::from_secs(30)).await;
            send(&mut stream, "200 OK", json, r#"{"access_token":"late","token_type":"Bearer"}"#).await
        }
        "drips" => drip(&mut stream).await,
        "floods" => flood(&mut stream).await,
        _ => {
            // Until the other side gives up.
            while stream.read_buf(&mut request).await? > 0 {}
            Ok(())
        }
    }
}

fn length(head: &str) -> usize {
    let value = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    };
    head.lines().find_map(value).unwrap_or(0)
}

async fn send(stream: &mut TcpStream, status: &str, kind: &str, body: &str) -> Result<()> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n");
    Ok(stream.write_all(format!("{head}\r\n{body}").as_bytes()).await?)
}

/// An answer whose end nobody is told of before it comes.
async fn begin(stream: &mut TcpStream) -> Result<()> {
    Ok(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n").await?)
}

async fn drip(stream: &mut TcpStream) -> Result<()> {
    begin(stream).await?;
    loop {
        stream.write_all(b" ").await?;
        sleep(Duration::from_secs(1)).await;
    }
}

async fn flood(stream: &mut TcpStream) -> Result<()> {
    static SPACES: [u8; 1 << 16] = [b' '; 1 << 16];
    begin(stream).await?;
    for _ in 0..1 << 14 {
        stream.write_all(&SPACES).await?;
    }
    Ok(())
}

/// An address that swallows what is sent there: not even a connection is made, as where a firewall drops it.
pub struct BlackHole {
    pub address: SocketAddr,
    _held: (TcpListener, Vec<TcpStream>),
}

impl BlackHole {
    /// Makes a queue of those who want to be let in, lets nobody in, and fills it.
    pub async fn dig() -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(([127, 0, 0, 1], 0).into())?;
        let listener = socket.listen(1)?;
        let (address, mut waiting) = (listener.local_addr()?, vec![]);
        while let Ok(stream) = timeout(Duration::from_millis(300), TcpStream::connect(address)).await {
            waiting.push(stream?);
            if waiting.len() > 64 {
                return Err("the queue has no end: there is no black hole here".into());
            }
        }
        Ok(Self { address, _held: (listener, waiting) })
    }
}

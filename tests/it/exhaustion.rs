//! More than there is room for: passwords, slow senders, large and packed bodies, beginnings without end
//! (`security.md` DO).
use crate::support::{Answer, Database, PATIENCE, Params, Server, at_once, eventually, on_each_database};
use reqwest::{Method, header::COOKIE};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

on_each_database!(
    more_passwords_than_can_wait_are_sent_away_and_nothing_else_waits,
    a_password_that_nobody_waits_for_any_more_makes_room,
    whoever_dawdles_is_cut_off,
    what_is_too_large_is_refused_before_it_is_read,
    what_is_packed_is_not_unpacked,
    beginning_to_sign_in_stores_nothing,
);

/// One slow thread, and few who may wait for it.
const SLOW_HASHES: &str = "[passwords]\nworkers = 1\nqueue = 4\niterations = 40\nmemory_kib = 4096";

/// A sign-in as it is sent: the head and the body, with the token and the cookie of a browser.
async fn sign_in(server: &Server, username: &str, password: &str) -> (String, String) {
    let browser = server.browser();
    let form = browser.open("/login").await.form("login-submit");
    let body = form.fill("username", username).fill("password", password).fields.encoded();
    let cookies: Vec<_> = browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let head = format!(
        "POST /login HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n",
        server.address,
        cookies.join("; ")
    );
    (head, body)
}

fn is_fine(server: &Server) -> impl Future<Output = ()> {
    let (http, begun) = (server.http.clone(), Instant::now());
    async move {
        assert_eq!(http.get("/healthz").await.status, 200);
        assert!(begun.elapsed() < PATIENCE);
    }
}

/// `security.md` DO-02: how it is under load for minutes, `cargo bench -- flood` shows.
async fn more_passwords_than_can_wait_are_sent_away_and_nothing_else_waits(database: Database) {
    let server = Server::start(database, SLOW_HASHES).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    let form = browser.open("/login").await.form("login-submit").fill("username", &alice.email);
    let tries = (0..60).map(|n| {
        let (browser, form) = (browser.clone(), form.clone().fill("password", &format!("wrong password {n}")));
        async move { browser.submit(&form).await }
    });
    let (answers, ()) = tokio::join!(at_once(tries), is_fine(&server));
    let (mut wrong, mut busy) = (0, 0);
    for answer in &answers {
        match answer.status {
            422 => wrong += 1,
            503 => {
                assert!(answer.header("retry-after").is_some_and(|wait| wait.parse::<u32>().is_ok()), "{answer}");
                busy += 1;
            }
            _ => panic!("{answer}"),
        }
    }
    assert!(wrong >= 5 && busy >= 20, "{wrong} were looked at, {busy} sent away");
    let good = form.fill("password", &alice.password);
    assert_eq!(browser.submit(&good).await.status, 303);
}

/// `security.md` DO-09, in short.
async fn a_password_that_nobody_waits_for_any_more_makes_room(database: Database) {
    let server = Server::start(database, SLOW_HASHES).await;
    let alice = server.user("Alice");
    let (head, body) = sign_in(&server, &alice.email, "wrong password").await;
    let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    for _ in 0..300 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
    }
    is_fine(&server).await;
    let browser = server.browser();
    let form = browser.open("/login").await.form("login-submit");
    let form = form.fill("username", &alice.email).fill("password", &alice.password);
    eventually("there is room again", async || (browser.submit(&form).await.status == 303).then_some(())).await;
}

/// Sends this, then a byte now and then, and reads nothing but the end: whether that came from the server.
async fn dawdle(address: std::net::SocketAddr, start: Vec<u8>) -> bool {
    let Ok(mut stream) = TcpStream::connect(address).await else { return true };
    _ = stream.write_all(&start).await;
    let (begun, mut heard) = (Instant::now(), [0; 4096]);
    while begun.elapsed() < PATIENCE {
        let read = tokio::time::timeout(Duration::from_millis(500), stream.read(&mut heard)).await;
        if matches!(read, Ok(Ok(0) | Err(_))) || stream.write_all(b"a").await.is_err() {
            return true;
        }
    }
    false
}

/// `security.md` DO-03, in short: heads that never end, and bodies of a length that never comes.
async fn whoever_dawdles_is_cut_off(database: Database) {
    let server = Server::start(database, "").await;
    let (head, body) = sign_in(&server, "alice@people.test", "wrong password").await;
    let host = format!("Host: {}\r\n", server.address);
    let starts = [
        String::new(),
        format!("GET /login HTTP/1.1\r\n{host}X-Slow: "),
        format!("{head}Content-Length: 20000\r\n\r\n{body}"),
        format!(
            "POST /token HTTP/1.1\r\n{host}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 20000\r\n\r\na="
        ),
        // What nobody waits for any more, and what comes after a request that was quick.
        format!("{head}Transfer-Encoding: chunked\r\n\r\n4000\r\n{body}"),
        format!("GET /healthz HTTP/1.1\r\n{host}\r\nGET /login HTTP/1.1\r\n{host}X-Slow: "),
    ];
    let slow = (0..300).map(|n| dawdle(server.address, starts[n % starts.len()].clone().into_bytes()));
    let others = async {
        for _ in 0..20 {
            is_fine(&server).await;
            assert_eq!(server.browser().open("/login").await.status, 200);
        }
    };
    let (cut_off, ()) = tokio::join!(at_once(slow), others);
    for (n, start) in starts.iter().enumerate() {
        let left = cut_off.iter().skip(n).step_by(starts.len()).filter(|cut_off| !**cut_off).count();
        assert_eq!(left, 0, "of those that begin with {start:?}");
    }
}

/// `security.md` DO-01 and DO-04.
async fn what_is_too_large_is_refused_before_it_is_read(database: Database) {
    let server = Server::start(database, "").await;
    let (head, body) = sign_in(&server, "alice@people.test", &"x".repeat(70_000)).await;
    let host = format!("Host: {}\r\nConnection: close\r\n", server.address);
    let chunk = format!("{:x}\r\n{}\r\n", 32 * 1024, "a".repeat(32 * 1024));
    for (what, request, statuses) in [
        (
            "a header of 64 KiB",
            format!("GET /login HTTP/1.1\r\n{host}X-Long: {}\r\n\r\n", "x".repeat(65_536)),
            &[400, 431][..],
        ),
        (
            "a thousand headers",
            format!("GET /login HTTP/1.1\r\n{host}{}\r\n", "X-Filler: y\r\n".repeat(1000)),
            &[400, 431],
        ),
        ("a long password", format!("{head}Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len()), &[413]),
        ("one of 100 MiB", format!("{head}Connection: close\r\nContent-Length: 104857600\r\n\r\npassword="), &[413]),
        (
            "chunks",
            format!("{head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n", chunk.repeat(3)),
            &[413],
        ),
    ] {
        let answer = server.raw_cut(request.as_bytes());
        let status = answer.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
        assert!(status.is_some_and(|status| statuses.contains(&status)), "{what}: {answer}");
    }
    is_fine(&server).await;
}

/// `security.md` DO-10: a bomb stays what it is.
async fn what_is_packed_is_not_unpacked(database: Database) {
    // The heads of each kind, and zeros.
    const GZIP: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xed, 0xc1, 1, 1];
    const BROTLI: &[u8] = &[0x5b, 0xff, 0xff, 0x3f, 0, 0x24];
    const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd, 0xa4, 0, 0, 0, 0x40];
    let server = Server::start(database, "").await;
    for (encoding, bytes) in [("gzip", GZIP), ("br", BROTLI), ("zstd", ZSTD), ("deflate", GZIP), ("gzip, gzip", GZIP)] {
        for path in ["/login", "/signup", "/token", "/introspect", "/revoke", "/authorize", "/logout"] {
            let body = [bytes, &[0; 1000]].concat();
            let request = server.http.request(Method::POST, path).header("content-encoding", encoding);
            let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
            let answer = Answer::of(request).await;
            assert!([400, 401, 415].contains(&answer.status), "{encoding} {path}: {answer}");
        }
    }
    is_fine(&server).await;
}

/// `security.md` DO-08: by however many, however often.
async fn beginning_to_sign_in_stores_nothing(database: Database) {
    let server = Server::start(database, "").await;
    let (web, before) = (server.app("web"), server.rows().await);
    let url = web.authorize_url();
    for _ in 0..20 {
        let visits = (0..50).map(|n| {
            let (http, url) = (server.http.clone(), url.clone());
            async move {
                let begun =
                    Answer::of(http.request(Method::GET, url.as_str()).header("user-agent", n.to_string())).await;
                let login = begun.location().unwrap();
                let cookie = begun.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
                let page = Answer::of(http.request(Method::GET, login.as_str()).header(COOKIE, cookie)).await;
                assert!(page.has("login-submit"), "{page}");
                http.get(&login.as_str().replace("/login", "/signup")).await.status
            }
        });
        at_once(visits).await;
    }
    server.http.post("/login", &Params::new(&[("username", "x")]), reqwest::header::HeaderMap::new()).await;
    assert_eq!(server.rows().await, before);
}

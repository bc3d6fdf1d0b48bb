//! Bad bytes in every parameter of every endpoint, and odd HTTP (`security.md` AZ-16, XS-02, UN-03, PR).
use crate::support::{Answer, Database, Params, Server, basic, on_each_database};
use reqwest::{Method, header::HeaderMap};

on_each_database!(odd_http_is_refused_or_answered_once, one_host_is_answered, random_bytes_do_no_harm);

/// What goes in place of a value, encoded as it is sent.
const HOSTILE: [(&str, &str); 14] = [
    ("NUL", "%00"),
    ("NUL inside", "a%00b"),
    ("a header", "x%0d%0aSet-Cookie:a=b"),
    ("not UTF-8", "%ff"),
    ("overlong", "%c0%af"),
    ("a surrogate", "%ed%a0%80"),
    ("cut short", "%e3%81"),
    ("no hex", "%zz%"),
    ("markup", "%22%3E%3Csvg%20onload%3Dalert(1)%3E"),
    ("a script", "%3C/script%3E%3Cscript%3Ealert(1)%3C/script%3E"),
    ("SQL", "%27%20OR%201%3D1%20--"),
    ("an escape", "%1b%5B31m"),
    ("bidi", "%e2%80%ae%e2%80%8b"),
    ("empty", ""),
];

/// Each endpoint with what it takes.
const ENDPOINTS: [(&str, &str, &[&str]); 16] = [
    ("GET", "/authorize", AUTHORIZE),
    ("POST", "/authorize", AUTHORIZE),
    (
        "POST",
        "/token",
        &[
            "grant_type",
            "code",
            "redirect_uri",
            "code_verifier",
            "refresh_token",
            "scope",
            "client_id",
            "client_secret",
        ],
    ),
    ("POST", "/introspect", &["token", "token_type_hint", "client_id"]),
    ("POST", "/revoke", &["token", "token_type_hint", "client_id"]),
    ("GET", "/userinfo", &["access_token"]),
    ("POST", "/userinfo", &["access_token"]),
    ("GET", "/logout", LOGOUT),
    ("POST", "/logout", LOGOUT),
    ("GET", "/login", &["interaction", "ui_locales"]),
    ("POST", "/login", &["csrf", "interaction", "username", "password"]),
    ("POST", "/signup", &["csrf", "interaction", "email", "name", "password"]),
    ("GET", "/setup", &["token"]),
    ("POST", "/setup", &["csrf", "token", "email", "name", "password"]),
    ("POST", "/consent", &["csrf", "interaction", "decision"]),
    ("POST", "/select-account", &["csrf", "interaction", "choice"]),
];
const AUTHORIZE: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "prompt",
    "max_age",
    "ui_locales",
    "id_token_hint",
    "login_hint",
    "acr_values",
    "code_challenge",
    "code_challenge_method",
    "request",
    "x",
];
const LOGOUT: &[&str] = &["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales", "csrf"];

/// `security.md` AZ-16, XS-02 and UN-03: on both databases the same, in Japanese and in English.
#[tokio::test]
async fn bad_bytes_get_the_same_refusal_everywhere() {
    let [one, other] = [Database::Sqlite, Database::Postgres].map(|database| Server::start(database, ""));
    let (one, other) = tokio::join!(one, other);
    let (there, elsewhere) = (Sender::new(&one).await, Sender::new(&other).await);
    for (method, path, names) in ENDPOINTS {
        for name in names {
            for (kind, value) in HOSTILE {
                let (answer, same) = tokio::join!(
                    there.send(method, path, names, name, value),
                    elsewhere.send(method, path, names, name, value)
                );
                let what = format!("{kind} in {name} of {method} {path}");
                assert_eq!(answer.status, same.status, "{what}: {answer} {same}");
                assert_eq!(answer.error(), same.error(), "{what}");
                assert!(answer.status < 500, "{what}: {answer}");
                assert!(!answer.body.contains("<svg") && !answer.body.contains("<script>alert"), "{what}: {answer}");
                let cookies = answer.headers.get_all("set-cookie");
                assert!(cookies.iter().all(|cookie| !cookie.to_str().unwrap().starts_with("a=b")), "{what}");
                if answer.status == 400 && path != "/userinfo" {
                    assert!(answer.error().is_some(), "{what} has a code: {answer}");
                }
            }
        }
    }
}

/// Sends good requests but for one value.
struct Sender<'a> {
    server: &'a Server,
    good: Params,
    cookies: String,
}

impl<'a> Sender<'a> {
    async fn new(server: &'a Server) -> Self {
        let (browser, web) = (server.browser(), server.app("web"));
        let alice = server.user("Alice");
        let tokens = web.tokens(&browser, &alice).await;
        let page = browser.open(web.authorize_url_of(&web.authorization().with("prompt", "login"))).await;
        let form = page.form("login-submit").fields;
        let hint = tokens["id_token"].as_str().unwrap();
        let good = web.authorization().with("email", "new@people.test").with("name", "New").with("token", hint);
        let good = good.with("csrf", form.get("csrf").unwrap()).with("interaction", form.get("interaction").unwrap());
        let good = good.with("username", &alice.email).with("password", &alice.password).with("code", "x");
        let good = good.with("grant_type", "authorization_code").with("code_verifier", &web.verifier);
        let good = good.with("post_logout_redirect_uri", "https://app.test/out").with("ui_locales", "ja");
        let cookies = browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        Self { server, good, cookies: cookies.join("; ") }
    }

    async fn send(&self, method: &str, path: &str, names: &[&str], bad: &str, value: &str) -> Answer {
        let encoded = names.iter().filter_map(|name| {
            let value = if *name == bad { value.to_owned() } else { encode(self.good.get(name)?) };
            Some(format!("{name}={value}"))
        });
        let encoded = encoded.collect::<Vec<_>>().join("&");
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let path = if method == Method::GET { format!("{path}?{encoded}") } else { path.to_owned() };
        let mut request = self.server.http.request(method.clone(), &path).header("cookie", &self.cookies);
        if path.starts_with("/introspect")
            || path.starts_with("/revoke")
            || (path.starts_with("/token") && bad != "client_id")
        {
            request = request.headers(basic("web", self.server.app("web").secret.as_deref().unwrap()));
        }
        if method == Method::POST {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(encoded);
        }
        Answer::of(request).await
    }
}

fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// `security.md` PR-01 to PR-03 and DO-04.
async fn odd_http_is_refused_or_answered_once(database: Database) {
    let server = Server::start(database, "").await;
    let host = format!("Host: {}\r\nConnection: close\r\n", server.address);
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let headers = "X-Filler: y\r\n".repeat(1000);
    for (what, request, statuses) in [
        (
            "two lengths",
            format!("POST /token HTTP/1.1\r\n{host}{form}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
            &[400][..],
        ),
        (
            "length and chunks",
            format!(
                "POST /token HTTP/1.1\r\n{host}{form}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
            &[400],
        ),
        (
            "odd chunks",
            format!("POST /token HTTP/1.1\r\n{host}{form}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
            &[400, 501],
        ),
        ("a space before the colon", format!("GET / HTTP/1.1\r\n{host}X-A : b\r\n\r\n"), &[400]),
        ("a folded header", format!("GET / HTTP/1.1\r\n{host}X-A: b\r\n c\r\n\r\n"), &[400]),
        ("a negative length", format!("POST /token HTTP/1.1\r\n{host}{form}Content-Length: -1\r\n\r\n"), &[400]),
        ("a NUL", format!("GET /\0 HTTP/1.1\r\n{host}\r\n"), &[400]),
        ("no version", "GET /\r\n\r\n".to_owned(), &[400]),
        ("nonsense", "\u{16}\u{3}\u{1}\r\n\r\n".to_owned(), &[400]),
        ("HTTP/1.0 without a host", "GET /healthz HTTP/1.0\r\n\r\n".to_owned(), &[400]),
        ("TRACE", format!("TRACE /login HTTP/1.1\r\n{host}X-Secret: s\r\n\r\n"), &[405]),
        ("an unknown method", format!("BREW /login HTTP/1.1\r\n{host}\r\n"), &[405, 501]),
        ("OPTIONS *", format!("OPTIONS * HTTP/1.1\r\n{host}\r\n"), &[400, 404, 405]),
        ("another authority", format!("GET http://evil.test/login HTTP/1.1\r\n{host}\r\n"), &[400, 421]),
        ("a thousand headers", format!("GET /healthz HTTP/1.1\r\n{host}{headers}\r\n"), &[400, 431]),
        (
            "a body that is too long",
            format!("POST /token HTTP/1.1\r\n{host}{form}Content-Length: 99999999\r\n\r\nx"),
            &[413],
        ),
    ] {
        let answer = server.raw(request.as_bytes());
        let status = answer.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
        assert!(status.is_some_and(|status| statuses.contains(&status)), "{what}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count() + answer.matches("HTTP/1.0 ").count(), 1, "{what}: {answer}");
        assert!(!answer.contains("X-Secret") && !answer.contains("evil.test"), "{what}: {answer}");
    }
    assert_eq!(server.http.get("/healthz").await.status, 200);
}

/// `security.md` PR-02: whoever asks elsewhere is told where we are; a health check may ask by any name.
async fn one_host_is_answered(database: Database) {
    let server = Server::start(database, "").await;
    let (here, port) = (server.address.to_string(), server.address.port());
    for (line, hosts, status) in [
        ("GET /login HTTP/1.1", vec![here.clone()], 200),
        ("GET /login HTTP/1.0", vec![here.clone()], 200),
        ("GET /login HTTP/1.1", vec!["127.0.0.1".into()], 200),
        (&format!("GET {}/login HTTP/1.1", server.issuer), vec![here.clone()], 200),
        ("GET /login HTTP/1.1", vec![], 400),
        ("GET /login HTTP/1.0", vec![], 400),
        ("GET /healthz HTTP/1.1", vec![], 400),
        ("GET /login HTTP/1.1", vec![here.clone(), here.clone()], 400),
        ("GET /login HTTP/1.1", vec![here.clone(), "evil.test".into()], 400),
        ("GET /login HTTP/1.1", vec!["evil.test".into()], 421),
        ("GET /login HTTP/1.1", vec![format!("localhost:{port}")], 200),
        ("GET /login HTTP/1.1", vec!["10.0.0.1".into()], 421),
        ("GET /login HTTP/1.1", vec![format!("{here}.evil.test")], 421),
        ("GET /login HTTP/1.1", vec![format!("evil.test@{here}")], 421),
        ("GET /login HTTP/1.1", vec![format!("{here}, evil.test")], 421),
        ("GET /.well-known/openid-configuration HTTP/1.1", vec!["evil.test".into()], 421),
        ("POST /token HTTP/1.1", vec!["evil.test".into()], 421),
        ("GET http://evil.test/login HTTP/1.1", vec![here.clone()], 421),
        (&format!("GET {}/login HTTP/1.1", server.issuer), vec!["evil.test".into()], 421),
        ("GET http://evil.test/healthz HTTP/1.1", vec!["evil.test".into()], 421),
        ("GET /healthz HTTP/1.1", vec!["10.1.2.3:8080".into()], 200),
        ("GET /readyz HTTP/1.1", vec!["node-7".into()], 200),
    ] {
        let hosts = hosts.iter().fold(String::new(), |hosts, host| hosts + "Host: " + host + "\r\n");
        let answer = server.raw(format!("{line}\r\n{hosts}Connection: close\r\nContent-Length: 0\r\n\r\n").as_bytes());
        assert_eq!(answer.split(' ').nth(1), Some(status.to_string().as_str()), "{line} {hosts}: {answer}");
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let told = body.contains(&format!("href=\"{}\"", server.issuer));
        assert!(status == 200 || told || status == 400 && body.is_empty(), "{answer}");
        assert!(!answer.contains("evil"), "{answer}");
    }
}

/// `security.md` PR-04, modestly: good requests with some bytes changed.
async fn random_bytes_do_no_harm(database: Database) {
    let server = Server::start(database, "").await;
    let body = "grant_type=client_credentials&client_id=svc&client_secret=x";
    let host = server.address;
    let requests = [
        format!(
            "GET /authorize?client_id=web&state=a%20b HTTP/1.1\r\nHost: {host}\r\nCookie: genkan-session=abc; a=b\r\nConnection: close\r\n\r\n"
        ),
        format!(
            "POST /token HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nAuthorization: Basic d2ViOng=\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ),
    ];
    for n in 0..150 {
        let mut bytes = requests[n % 2].clone().into_bytes();
        let mut noise = [0; 9];
        aws_lc_rs::rand::fill(&mut noise).unwrap();
        for [high, low, byte] in noise.as_chunks().0 {
            let at = (usize::from(*high) << 8 | usize::from(*low)) % bytes.len();
            bytes[at] = *byte;
        }
        // Cut off, so that the server does not wait for the rest.
        let answer = server.raw_cut(&bytes);
        let status = answer.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok()).unwrap_or(400);
        assert!(status < 500 || status == 505, "{}: {answer}", String::from_utf8_lossy(&bytes));
    }
    assert_eq!(server.http.post("/token", &Params::default(), HeaderMap::new()).await.status, 401);
}

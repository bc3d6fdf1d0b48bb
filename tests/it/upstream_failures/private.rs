//! No address that somebody else supplies leads into the network that Genkan is in, unless the operator allows it.
use super::try_to_come;
use crate::{
    linking::{start, turned_back},
    support::{Database, Endpoint, Kind, Params, Reply, Server, Upstream, on_each_database},
};
use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddrV4, TcpListener},
};

on_each_database!(no_redirect_is_followed);

/// `security.md` SS-01, SS-02, SS-03 and SS-05; `providers.md` bug 50: nothing arrives, however the address is written.
#[tokio::test]
async fn nothing_goes_to_a_private_network() {
    // An address of this process alone, in the network that never leaves the machine.
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let ip = Ipv4Addr::new(127, 77, high, low.max(2));
    let (secure, plain) = (TcpListener::bind((ip, 8443)).unwrap(), TcpListener::bind((ip, 0)).unwrap());
    let number = u32::from(ip);
    let [a, b, c, d] = ip.octets();
    let port = plain.local_addr().unwrap().port();
    let secure_hosts = [
        ip.to_string(),
        number.to_string(),
        format!("0x{number:08x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("{a}.{}", number & 0x00ff_ffff),
        format!("[::ffff:{ip}]"),
        format!("[::ffff:{:x}:{:x}]", number >> 16, number & 0xffff),
        format!("[::{ip}]"),
        format!("[64:ff9b::{ip}]"),
        format!("{ip}."),
    ];
    let mut bases: Vec<_> = secure_hosts.iter().map(|host| format!("https://{host}:8443")).collect();
    bases.extend([
        format!("http://{}", SocketAddrV4::new(ip, port)),
        format!("https://{}", SocketAddrV4::new(ip, port)),
        "https://localhost:8443".into(),
        "https://localhost.:8443".into(),
        "https://a.localhost:8443".into(),
        "https://metadata.google.internal".into(),
        "https://printer.local".into(),
        "https://169.254.169.254".into(),
        "https://10.0.0.1".into(),
        "https://172.16.0.1".into(),
        "https://192.168.0.1".into(),
        "https://100.64.0.1".into(),
        "https://0.0.0.0".into(),
        "https://[::1]:8443".into(),
        "https://[fc00::1]".into(),
        "https://[fe80::1]".into(),
        format!("https://user:password@{ip}:8443"),
        "https://example.com:22".into(),
        "https://example.com:6379".into(),
    ]);
    let mut settings = String::new();
    for (n, base) in bases.iter().enumerate() {
        let client = "client_id = 'a'\nclient_secret = 'b'\n";
        let oidc = format!("[providers.a{n}]\nkind = 'oidc'\nissuer = '{base}'\n{client}");
        // One whose pages are anywhere, and whose other endpoints are there.
        let oauth2 = format!(
            "[providers.b{n}]\nkind = 'oauth2'\nauthorization_endpoint = 'https://example.com/authorize'\n\
             token_endpoint = '{base}/token'\nuserinfo_endpoint = '{base}/me'\n{client}"
        );
        settings += &oidc;
        settings += &oauth2;
    }
    let server = Server::start(Database::Sqlite, &settings).await;
    let browser = server.browser();
    for (n, base) in bases.iter().enumerate() {
        let page = browser.open(format!("/login/a{n}")).await;
        assert!(turned_back(&page, "trouble"), "{base}: {page}");
        let there = browser.get(&format!("/login/b{n}")).await.location().unwrap();
        assert_eq!(there.host_str(), Some("example.com"));
        let state = there.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let answer = Params::new(&[("state", &state), ("code", "c")]).encoded();
        let page = browser.open(format!("/callback/b{n}?{answer}")).await;
        assert!(turned_back(&page, "trouble"), "{base}: {page}");
    }
    for listener in [secure, plain] {
        listener.set_nonblocking(true).unwrap();
        let arrived = listener.accept().map_err(|why| why.kind());
        assert_eq!(arrived.map(|(_, from)| from), Err(ErrorKind::WouldBlock));
    }
    let log = server.log();
    let refusals = log.matches("may not be fetched").count();
    assert_eq!(refusals, 2 * bases.len(), "each of them was refused, and none has failed otherwise");
    // What is no address of a page is no setting.
    for url in
        ["file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "unix:/run/docker.sock", "//example.com"]
    {
        let section = format!(
            "[providers.oidc]\nissuer = 'https://example.com'\nclient_id = 'a'\nclient_secret = 'b'\njwks_uri = '{url}'"
        );
        let (status, told, _) = Server::prepare(Database::Sqlite, &section).await.try_cli(&["check"], "");
        assert!(!status.success() && told.contains("jwks_uri"), "{url}: {told}");
    }
}

/// `security.md` SS-04.
async fn no_redirect_is_followed(database: Database) {
    let (oidc, other) = (Upstream::start(Kind::Oidc), Upstream::start(Kind::Oidc));
    let endpoints = [Endpoint::Discovery, Endpoint::Token, Endpoint::Jwks, Endpoint::Userinfo];
    let names = super::names(endpoints.len() * 3);
    let providers: Vec<_> = names.iter().map(|name| (name.as_str(), &oidc, "")).collect();
    let server = start(database, "", &providers).await;
    oidc.omit(crate::support::Part::IdToken, "email");
    let mut names = names.iter();
    for endpoint in endpoints {
        for status in [301, 302, 307] {
            let there = other.url(endpoint);
            oidc.answer_with(endpoint, Reply::json(status, &serde_json::json!({})).with_header("location", &there));
            let page = try_to_come(&server, &oidc, names.next().unwrap()).await;
            assert!(turned_back(&page, "trouble"), "{endpoint:?} {status}: {page}");
            oidc.recover(endpoint);
        }
        assert_eq!(other.count(endpoint), 0, "{endpoint:?}");
    }
}

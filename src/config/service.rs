//! Settings of the process: where it listens, stores and logs.
use super::reader::{Section, YEARS, it_is, one_is};
use crate::{
    domain::{Issuer, Secret},
    fetch,
    i18n::Message,
};
use base64::{
    Engine,
    alphabet::STANDARD as ALPHABET,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use ipnet::IpNet;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};
use tracing::Level;
use url::Url;

/// Where it listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Address and port.
    pub listen: SocketAddr,
    /// Certificate and key, when it speaks TLS itself.
    pub tls: Option<Tls>,
    /// Whose forwarded headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Seconds between being told to stop, and taking no more connections.
    pub drain_seconds: u64,
}

/// PEM files, relative to the working directory; they could be opened when the settings were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The certificate, and those that lead to its root.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl Server {
    pub(super) fn read(section: &mut Section, issuer: Option<&Issuer>) -> Option<Self> {
        let listen = section.parsed("listen", "127.0.0.1:8080", address);
        let tls = tls(section);
        let trusted_proxies = trusted_proxies(section);
        let drain_seconds = section.number("drain_seconds", 0, 0..=300);
        let plain = issuer.is_some_and(|issuer| !issuer.is_https());
        if plain && listen.is_some_and(|listen| !listen.ip().is_loopback()) {
            section.fault("listen", "fault-plain-listen");
        }
        if plain && tls.is_some() {
            section.fault("tls_cert", "fault-plain-tls");
        }
        Some(Self { listen: listen?, tls, trusted_proxies, drain_seconds })
    }
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    let port = text.strip_prefix("localhost:").and_then(|port| port.parse().ok());
    port.map(|port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .or_else(|| text.parse().ok())
        .ok_or("fault-listen")
}

fn tls(section: &mut Section) -> Option<Tls> {
    let [cert, key] = ["tls_cert", "tls_key"].map(|key| section.readable_file(key, "fault-file-pem"));
    match (cert, key) {
        (Some(cert), Some(key)) => Some(Tls { cert, key }),
        (Some(_), None) if section.is_sound("tls_key") => {
            section.fault("tls_key", "fault-tls-key");
            None
        }
        (None, Some(_)) if section.is_sound("tls_cert") => {
            section.fault("tls_cert", "fault-tls-cert");
            None
        }
        _ => None,
    }
}

fn trusted_proxies(section: &mut Section) -> Vec<IpNet> {
    let mut nets = vec![];
    for text in section.list("trusted_proxies").unwrap_or_default() {
        match text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)) {
            Ok(net) => nets.push(net.trunc()),
            Err(_) => section.fault("trusted_proxies", one_is("fault-networks", &text)),
        }
    }
    nets
}

/// Where it stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// `sqlite:PATH` (relative to the working directory) or `postgres://…`: secret, for its password.
    pub url: Secret,
    /// How many connections at most.
    pub max_connections: u32,
}

impl Database {
    pub(super) fn read(section: &mut Section) -> Self {
        let url = section.secret("url").unwrap_or_else(|| "sqlite:data/genkan.db".into());
        if !["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.reveal().starts_with(scheme)) {
            section.fault("url", "fault-database-url");
        }
        Self { url, max_connections: section.number("max_connections", 16, 1..=500) }
    }
}

/// Where the 32 bytes come from that seal signing keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MasterKeySource {
    /// A file, relative to the working directory; it need not exist yet.
    File(PathBuf),
    /// Themselves, in base64 with padding.
    Value(Secret),
}

impl MasterKeySource {
    pub(super) fn read(section: &mut Section) -> Self {
        let file = section.path("master_key_file");
        let value = section.secret_text("master_key");
        if file.is_some() && value.is_some() {
            section.fault("master_key", Message::new("fault-both").with("other", "secrets.master_key_file"));
        }
        let Some(value) = value else {
            return Self::File(file.unwrap_or_else(|| "data/master.key".into()));
        };
        let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let bytes = GeneralPurpose::new(&ALPHABET, lenient).decode(value.reveal().trim()).unwrap_or_default();
        if bytes.len() != 32 {
            section.fault("master_key", "fault-master-key");
        }
        Self::Value(STANDARD.encode(bytes).into())
    }
}

/// What may be fetched from elsewhere.
pub(super) fn fetch(section: &mut Section) -> fetch::Settings {
    fetch::Settings {
        extra_ca: section.readable_file("extra_ca", "fault-file-certificates"),
        allow_private_networks: section.truth("allow_private_networks").unwrap_or(false),
    }
}

/// What becomes of the audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audit {
    /// Seconds that an event is kept; 0 is for good.
    pub retention: i64,
}

impl Audit {
    pub(super) fn read(section: &mut Section) -> Self {
        Self { retention: section.seconds("retention", 31_536_000, 0..=YEARS) }
    }
}

/// Who may read what is counted; without both, nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metrics {
    /// A listener for it alone.
    pub listen: Option<SocketAddr>,
    /// What must be shown to read it.
    pub token: Option<Secret>,
}

impl Metrics {
    pub(super) fn read(section: &mut Section) -> Self {
        let listen = section.text("listen").and_then(|text| {
            address(&text).map_err(|why| section.fault("listen", it_is(why, format!("{text:?}")))).ok()
        });
        let token = section.secret("token");
        if token.as_ref().is_some_and(|token| token.reveal().len() < 16) {
            section.fault("token", "fault-metrics-token");
        }
        if token.is_none() && listen.is_some_and(|listen| !listen.ip().is_loopback()) {
            section.warn("listen", "whoever reaches it may read metrics, as metrics.token is not set");
        }
        Self { listen, token }
    }

    /// Whether it is read where everything else is.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        self.listen.is_none() && self.token.is_some()
    }
}

/// Where traces go; nowhere without an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telemetry {
    /// The collector's address, which takes OTLP over HTTP.
    pub otlp_endpoint: Option<String>,
    /// Of how many requests in a hundred.
    pub sample_percent: u8,
}

impl Telemetry {
    pub(super) fn read(section: &mut Section) -> Self {
        let otlp_endpoint = section.text("otlp_endpoint");
        let is_address = |text: &String| Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if otlp_endpoint.as_ref().is_some_and(|text| !is_address(text)) {
            section.fault("otlp_endpoint", "fault-collector");
        }
        Self { otlp_endpoint, sample_percent: section.number("sample_percent", 100, 0..=100) }
    }
}

/// What the operator sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// How a line is written.
    pub format: LogFormat,
    /// The least important level that is written.
    pub level: Level,
    /// Whether each request has a line.
    pub requests: bool,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

impl Log {
    pub(super) fn read(section: &mut Section) -> Self {
        let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
        let levels = [
            ("error", Level::ERROR),
            ("warn", Level::WARN),
            ("info", Level::INFO),
            ("debug", Level::DEBUG),
            ("trace", Level::TRACE),
        ];
        Self {
            format: section.word("format", LogFormat::Text, &formats),
            level: section.word("level", Level::INFO, &levels),
            requests: section.truth("requests").unwrap_or(true),
        }
    }
}

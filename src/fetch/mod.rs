//! The one way out: every request to an address that somebody else supplied goes through here.
//!
//! A fetch reaches public addresses alone (`address.rs`), unless the settings allow private networks; it follows no
//! redirect, takes no proxy from the environment, and ends after a few seconds or at a size, whichever comes first
//! (`security.md` SS).
mod address;
mod export;
mod guarded;
mod message;

pub use export::Exporter;
pub use message::{Answer, Error, LONGEST_ANSWER, Request};

use crate::{metrics, telemetry};
use guarded::{Guarded, NOT_PUBLIC};
use message::Body;
use reqwest::{Certificate, Client, ClientBuilder, redirect::Policy};
use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;
use tracing::Instrument as _;
use url::{Host, Url};

/// How long a fetch may take, from the look-up of the name to the last byte.
const DEADLINE: Duration = Duration::from_secs(5);
const CONNECT: Duration = Duration::from_secs(3);

/// How much of each answer is read however many come at once, in bytes; and of how many the rest is, of one provider.
const SHORT: usize = 16 * 1024;
const LONG_ONES: usize = 4;

/// Ports that a fetch may go to where private networks are not allowed.
const PORTS: [u16; 2] = [443, 8443];

/// What may be fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Certificates to trust besides those of the system: a PEM file.
    pub extra_ca: Option<PathBuf>,
    /// Whether addresses that are not public may be reached, and http spoken.
    pub allow_private_networks: bool,
}

/// What fetches. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client,
    /// Reaches public addresses alone.
    strict: Client,
    allow_private: bool,
    /// For whom it asks, as it is counted.
    asks_for: Arc<str>,
    /// For answers that are not short; and for those that come from where people chose, who take none of it.
    room: Arc<Semaphore>,
    strict_room: Arc<Semaphore>,
}

impl Fetcher {
    /// Reads the certificates.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let allow_private = settings.allow_private_networks;
        let client = |allow_private| {
            let client = builder(settings)?.dns_resolver(Guarded { allow_private }).build();
            client.map_err(|why| Error::Settings(format!("the client cannot be made: {why}")))
        };
        let strict = client(false)?;
        let client = if allow_private { client(true)? } else { strict.clone() };
        Ok(Self { client, strict, allow_private, asks_for: "none".into(), room: room(), strict_room: room() })
    }

    /// The same, counted as asking this provider, which takes no room from others.
    #[must_use]
    pub fn of(&self, provider: &str) -> Self {
        Self { asks_for: provider.into(), room: room(), strict_room: room(), ..self.clone() }
    }

    /// The same for addresses that people may have chosen: it reaches the public internet alone, whatever the settings
    /// say.
    #[must_use]
    pub fn strict(&self) -> Self {
        let (client, room) = (self.strict.clone(), self.strict_room.clone());
        Self { client, room, allow_private: false, ..self.clone() }
    }

    /// Whether this address may be fetched, as far as can be told without asking for its name.
    pub fn check(&self, url: &str) -> Result<Url, Error> {
        let shown = shown(url);
        let refused = |why| Error::Refused(shown.clone(), why);
        let url = Url::parse(url).map_err(|_| refused("it is not an address"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("it has a name or password in it"));
        }
        match url.scheme() {
            "https" => {}
            "http" if self.allow_private => {}
            _ => return Err(refused("it is not https")),
        }
        if self.allow_private {
            return Ok(url);
        }
        if !url.port_or_known_default().is_some_and(|port| PORTS.contains(&port)) {
            return Err(refused("its port is neither 443 nor 8443 (fetch.allow_private_networks lifts that)"));
        }
        let is_public = match url.host() {
            Some(Host::Ipv4(ip)) => address::is_public(ip.into()),
            Some(Host::Ipv6(ip)) => address::is_public(ip.into()),
            Some(Host::Domain(name)) => !address::is_local_name(name),
            None => false,
        };
        if is_public { Ok(url) } else { Err(refused(NOT_PUBLIC)) }
    }

    /// Asks, and waits for the whole answer.
    pub async fn send(&self, request: Request) -> Result<Answer, Error> {
        let url = self.check(&request.url)?;
        let shown = shown(&request.url);
        let (begun, span) = (Instant::now(), telemetry::call(&self.asks_for, request.method.as_str()));
        let answer = tokio::time::timeout(DEADLINE, self.exchange(url, request, &shown)).instrument(span).await;
        let answer = answer.unwrap_or(Err(Error::TooSlow(shown)));
        metrics::called(&self.asks_for, outcome(&answer), begun.elapsed());
        answer
    }

    async fn exchange(&self, url: Url, request: Request, shown: &str) -> Result<Answer, Error> {
        let unreachable = |why: reqwest::Error| Error::Unreachable(shown.to_owned(), cause(&why.without_url()));
        let asking = self.client.request(request.method, url);
        let mut asking = match request.body {
            Body::Nothing => asking,
            Body::Form(form) => asking.form(&form),
            Body::Json(json) => asking.body(json.to_string()),
            Body::Text(text) => asking.body(text),
        };
        for (name, value) in request.headers {
            asking = asking.header(name, value);
        }
        let mut response = asking.send().await.map_err(unreachable)?;
        let field = |name: &str| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (status, content_type, link) = (response.status().as_u16(), field("content-type"), field("link"));
        if request.at_most.is_none() && response.content_length().is_some_and(|length| length > LONGEST_ANSWER as u64) {
            return Err(Error::TooLong(shown.to_owned()));
        }
        let (mut body, mut room) = (vec![], None);
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if request.at_most.is_some_and(|most| body.len() + chunk.len() > most) {
                break;
            }
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(Error::TooLong(shown.to_owned()));
            }
            if body.len() + chunk.len() > SHORT && room.is_none() {
                // So many that have no end take no more memory than a few.
                room = self.room.acquire().await.ok();
                body.reserve_exact(LONGEST_ANSWER - body.len());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, content_type, link, body })
    }
}

fn room() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(LONG_ONES))
}

/// What all our clients have in common.
fn builder(settings: &Settings) -> Result<ClientBuilder, Error> {
    let mut client = Client::builder()
        .user_agent(concat!("genkan/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .no_proxy()
        .http1_only()
        .connect_timeout(CONNECT);
    if let Some(file) = &settings.extra_ca {
        let failed = |why: &dyn std::fmt::Display| Error::Settings(format!("{}: {why}", file.display()));
        let pem = std::fs::read(file).map_err(|why| failed(&why))?;
        let more = Certificate::from_pem_bundle(&pem).map_err(|why| failed(&why))?;
        client = client.tls_certs_merge(more);
    }
    Ok(client)
}

/// How a request went, as it is counted.
const fn outcome(answer: &Result<Answer, Error>) -> &'static str {
    match answer {
        Ok(Answer { status: 200..300, .. }) => "good",
        Ok(Answer { status: 400..500, .. }) => "refused",
        Ok(_) => "failed",
        Err(Error::TooSlow(_)) => "too_slow",
        Err(_) => "unreachable",
    }
}

/// An address as it may be logged: without query and fragment.
fn shown(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    url[..end].chars().take(200).collect()
}

/// The innermost reason: the outer ones say only that there is one.
fn cause(why: &dyn std::error::Error) -> String {
    let mut inner = why;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::dns::Resolve;

    fn fetcher(allow_private_networks: bool) -> Fetcher {
        Fetcher::new(&Settings { allow_private_networks, ..Settings::default() }).unwrap()
    }

    /// `security.md` SS-01, SS-02 and SS-05.
    #[test]
    fn nothing_but_https_to_a_public_address_is_fetched() {
        let guarded = fetcher(false);
        for url in [
            "http://example.com/",
            "file:///etc/passwd",
            "ftp://example.com/",
            "gopher://example.com/",
            "https://user:password@example.com/",
            "https://example.com:22/",
            "https://example.com:6379/",
            "https://localhost/",
            "https://localhost./",
            "https://printer.local/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://169.254.169.254/latest/meta-data",
            "not an address",
        ] {
            assert!(matches!(guarded.check(url), Err(Error::Refused(..))), "{url}");
        }
        for url in ["https://example.com/a?b=c", "https://example.com:8443/", "https://8.8.8.8/"] {
            assert!(guarded.check(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn private_networks_are_reached_where_the_settings_say_so() {
        let open = fetcher(true);
        for url in ["http://127.0.0.1:4000/", "https://10.0.0.1:9443/", "http://keycloak:8080/"] {
            assert!(open.check(url).is_ok(), "{url}");
        }
        assert!(open.check("ftp://127.0.0.1/").is_err());
    }

    /// `security.md` SS-01: what the operator lets providers reach, people who name an address do not.
    #[tokio::test]
    async fn an_address_that_people_choose_is_public() {
        let strict = fetcher(true).strict();
        for url in ["http://127.0.0.1:4000/", "https://10.0.0.1/", "https://keycloak/"] {
            assert!(strict.send(Request::get(url)).await.is_err(), "{url}");
        }
        assert!(matches!(strict.check("https://10.0.0.1/"), Err(Error::Refused(..))));
        assert!(strict.check("https://example.com/").is_ok());
    }

    /// `security.md` SS-03: whatever a name means, a private address is not connected to.
    #[tokio::test]
    async fn a_name_of_a_private_address_is_not_connected_to() {
        let resolved = Guarded { allow_private: false }.resolve("localhost".parse().unwrap()).await;
        assert!(resolved.is_err());
        let resolved = Guarded { allow_private: true }.resolve("localhost".parse().unwrap()).await;
        assert!(resolved.is_ok_and(|mut found| found.next().is_some()));
    }

    #[test]
    fn what_is_logged_has_no_query() {
        assert_eq!(shown("https://example.com/token?client_secret=s#f"), "https://example.com/token");
    }
}

//! The issuer identifier (OpenID Connect Core section 2, RFC 8414 section 2).
use std::fmt;
use url::{Host, Url};

/// The URL that names this provider, without a trailing slash: byte for byte what tokens carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    text: String,
    https: bool,
}

/// Why a text is not an issuer. What to write instead is in the catalogue of messages, by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIssuer {
    /// Not an absolute URL.
    NotAUrl,
    /// Plain http to a host other than this machine.
    NotHttps,
    /// Something after the host.
    Path,
}

super::words!(InvalidIssuer { NotAUrl = "not-a-url", NotHttps = "not-https", Path = "path" });

impl Issuer {
    /// Reads an issuer from the settings.
    pub fn parse(text: &str) -> Result<Self, InvalidIssuer> {
        let url = Url::parse(text).map_err(|_| InvalidIssuer::NotAUrl)?;
        let host = url.host().ok_or(InvalidIssuer::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if is_this_machine(&host) => {}
            _ => return Err(InvalidIssuer::NotHttps),
        }
        // The parser's own spelling of the origin, so that no second spelling can exist.
        if url.origin().ascii_serialization() != text {
            return Err(InvalidIssuer::Path);
        }
        Ok(Self { text: text.into(), https: url.scheme() == "https" })
    }

    /// As tokens carry it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether people reach it over TLS, so that `Secure` cookies work.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// The URL of a path that begins with a slash.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// The host alone.
    #[must_use]
    pub fn host(&self) -> &str {
        let authority = self.authority();
        let port = authority.rfind(':').filter(|at| !authority[*at..].contains(']'));
        port.map_or(authority, |at| &authority[..at])
    }

    /// Host and port, as a `Host` header names it.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.text.split_once("://").map_or("", |(_, authority)| authority)
    }
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_has_one_spelling() {
        for good in ["https://id.example.com", "http://localhost:8080", "http://127.0.0.1:9", "http://[::1]:8080"] {
            assert_eq!(Issuer::parse(good).map(|issuer| issuer.text), Ok(good.into()));
        }
        for (text, host) in [
            ("https://id.example.com", "id.example.com"),
            ("http://localhost:8080", "localhost"),
            ("http://[::1]:8080", "[::1]"),
            ("http://[::1]", "[::1]"),
        ] {
            assert_eq!(Issuer::parse(text).unwrap().host(), host);
        }
        for (bad, why) in [
            ("id.example.com", InvalidIssuer::NotAUrl),
            ("http://id.example.com", InvalidIssuer::NotHttps),
            ("ftp://id.example.com", InvalidIssuer::NotHttps),
            ("https://id.example.com/", InvalidIssuer::Path),
            ("https://id.example.com/auth", InvalidIssuer::Path),
            ("https://id.example.com?x", InvalidIssuer::Path),
            ("https://ID.example.com", InvalidIssuer::Path),
            ("https://id.example.com:443", InvalidIssuer::Path),
            ("https://user@id.example.com", InvalidIssuer::Path),
        ] {
            assert_eq!(Issuer::parse(bad), Err(why), "{bad}");
        }
    }
}

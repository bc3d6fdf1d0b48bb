//! Where a browser may be sent with a response (RFC 6749 section 3.1.2, RFC 8252 section 7).
use std::{fmt, net::Ipv4Addr, net::Ipv6Addr};
use url::{Host, Url};

/// A redirect URI as a client registered it: matched by the byte, never normalised.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct RegisteredUri(String);

/// Why a URI cannot be registered. What to write instead is in the catalogue of messages, by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRedirectUri {
    /// Not an absolute URI in its plain spelling.
    NotAUri,
    /// A fragment, which responses may need.
    Fragment,
    /// A name or password before the host.
    UserInfo,
    /// `.` or `..` in the path.
    DotSegments,
    /// A pattern.
    Wildcard,
    /// Plain http to another machine.
    NotHttps,
    /// A scheme that no app owns.
    Scheme,
}

super::words!(InvalidRedirectUri {
    NotAUri = "not-a-uri",
    Fragment = "fragment",
    UserInfo = "user-info",
    DotSegments = "dot-segments",
    Wildcard = "wildcard",
    NotHttps = "not-https",
    Scheme = "scheme",
});

impl RegisteredUri {
    /// Reads a redirect URI that a client registers.
    pub fn parse(text: &str) -> Result<Self, InvalidRedirectUri> {
        use InvalidRedirectUri as Fault;
        if text.len() > 2048 || text.bytes().any(|c| !c.is_ascii_graphic() || matches!(c, b'\\' | b'"' | b'<' | b'>')) {
            return Err(Fault::NotAUri);
        }
        let url = Url::parse(text).map_err(|_| Fault::NotAUri)?;
        if text.contains('#') {
            return Err(Fault::Fragment);
        }
        if text.contains('*') {
            return Err(Fault::Wildcard);
        }
        if has_dot_segments(text) {
            return Err(Fault::DotSegments);
        }
        match url.scheme() {
            // The slashes are asked for because the parser forgives `https:host`.
            "http" | "https" if !text.contains("://") => return Err(Fault::NotAUri),
            "https" => {}
            "http" if url.host().is_some_and(|host| is_this_machine(&host)) => {}
            "http" => return Err(Fault::NotHttps),
            scheme if scheme.contains('.') && text.starts_with(scheme) => {}
            _ => return Err(Fault::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
            return Err(Fault::UserInfo);
        }
        Ok(Self(text.into()))
    }

    /// As registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether only an app installed on a person's own device can receive it (RFC 8252 section 7).
    #[must_use]
    pub fn is_native(&self) -> bool {
        !self.0.starts_with("http") || loopback(&self.0).is_some()
    }

    /// The requested URI, when it is this one: equal to the byte, but for the port of a loopback
    /// address where `any_port` holds (RFC 8252 section 7.3).
    #[must_use]
    pub fn matches(&self, requested: &str, any_port: bool) -> Option<RedirectUri> {
        let equal = self.0 == requested
            || any_port && loopback(&self.0).is_some_and(|registered| loopback(requested) == Some(registered));
        equal.then(|| RedirectUri(requested.into()))
    }
}

/// Host and all that follows the port of `http://127.0.0.1…` and `http://[::1]…`.
fn loopback(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let host = ["127.0.0.1", "[::1]"].into_iter().find(|host| rest.starts_with(host))?;
    let rest = &rest[host.len()..];
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (port, rest) = rest.split_at(end);
    match port.strip_prefix(':') {
        None if port.is_empty() => Some((host, rest)),
        // In its plain spelling, so that every parser reads the same port.
        Some(digits) if digits.parse::<u16>().is_ok_and(|port| port > 0 && port.to_string() == digits) => {
            Some((host, rest))
        }
        _ => None,
    }
}

fn authority(uri: &str) -> &str {
    let rest = uri.split_once("://").map_or("", |(_, rest)| rest);
    &rest[..rest.find(['/', '?']).unwrap_or(rest.len())]
}

fn has_dot_segments(uri: &str) -> bool {
    let path = uri.split('?').next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    path.split('/').any(|segment| matches!(segment, "." | ".."))
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => *address == Ipv4Addr::LOCALHOST,
        Host::Ipv6(address) => *address == Ipv6Addr::LOCALHOST,
    }
}

/// A URI that a browser may be sent to. It can only come from matching a registered one, so that
/// an open redirect does not type-check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// As requested.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URI with these parameters added to its query (RFC 6749 section 4.1.2).
    #[must_use]
    pub fn with_query(&self, parameters: &[(&str, String)]) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        if query.is_empty() {
            return self.0.clone();
        }
        let joint = match self.0.split_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some(_) => "&",
        };
        format!("{}{joint}{query}", self.0)
    }

    /// What names its place in a Content-Security-Policy: the origin, or the scheme of an app.
    #[must_use]
    pub fn csp_source(&self) -> String {
        match Url::parse(&self.0) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url.origin().ascii_serialization(),
            Ok(url) => format!("{}:", url.scheme()),
            Err(_) => "'none'".into(),
        }
    }

    /// The host (or the scheme of an app), to tell a person where they are going.
    #[must_use]
    pub fn place(&self) -> String {
        match Url::parse(&self.0) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url.host_str().unwrap_or_default().into(),
            Ok(url) => url.scheme().into(),
            Err(_) => String::new(),
        }
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(registered: &str, requested: &str, any_port: bool) -> bool {
        RegisteredUri::parse(registered).unwrap().matches(requested, any_port).is_some()
    }

    #[test]
    fn what_no_app_owns_cannot_be_registered() {
        use InvalidRedirectUri as Fault;
        for (bad, why) in [
            ("", Fault::NotAUri),
            ("/cb", Fault::NotAUri),
            ("https:app.test/cb", Fault::NotAUri),
            ("https:\\\\app.test\\cb", Fault::NotAUri),
            (" https://app.test/cb", Fault::NotAUri),
            ("https://app.test/c\tb", Fault::NotAUri),
            ("https://app.test/あ", Fault::NotAUri),
            ("https://app.test/cb#", Fault::Fragment),
            ("https://app.test/cb#x", Fault::Fragment),
            ("https://*.app.test/cb", Fault::NotAUri),
            ("https://app.test/*", Fault::Wildcard),
            ("https://app.test/a/../cb", Fault::DotSegments),
            ("https://app.test/%2e%2E/cb", Fault::DotSegments),
            ("https://u@app.test/cb", Fault::UserInfo),
            ("https://u:p@app.test/cb", Fault::UserInfo),
            ("https://@app.test/cb", Fault::UserInfo),
            ("http://app.test/cb", Fault::NotHttps),
            ("http://localhost.evil.test/cb", Fault::NotHttps),
            ("http://127.0.0.2/cb", Fault::NotHttps),
            ("javascript:alert(1)", Fault::Scheme),
            ("JavaScript:alert(1)", Fault::Scheme),
            ("data:text/html,x", Fault::Scheme),
            ("file:///etc/passwd", Fault::Scheme),
            ("blob:https://a.test/x", Fault::Scheme),
            ("myapp:/cb", Fault::Scheme),
        ] {
            let outcome = RegisteredUri::parse(bad);
            assert!(outcome.is_err(), "{bad}");
            if !bad.contains("*.") {
                assert_eq!(outcome, Err(why), "{bad}");
            }
        }
        for good in [
            "https://app.test/cb",
            "https://app.test",
            "https://app.test/cb?a=b",
            "http://127.0.0.1/cb",
            "http://[::1]:9/cb",
            "http://localhost:3000/cb",
            "com.example.app:/cb",
            "com.example.app://cb/x",
        ] {
            assert!(RegisteredUri::parse(good).is_ok(), "{good}");
        }
    }

    /// `security.md` AZ-01 to AZ-08.
    #[test]
    fn only_the_registered_bytes_match() {
        let registered = "https://app.test/cb";
        assert!(matches(registered, registered, true));
        for other in [
            "https://app.test/cbX",
            "https://app.test/cb/",
            "https://app.test/cb/extra",
            "https://app.test/cb.evil.test",
            "https://app.test.evil.test/cb",
            "https://evil-app.test/cb",
            "https://sub.app.test/cb",
            "https://app.test@evil.test/cb",
            "https://app.test/cb/../evil",
            "https://app.test/cb#x",
            "https://app.test/cb#",
            "https://app.test/cb?a=b",
            "HTTPS://app.test/cb",
            "https://APP.test/cb",
            "https://app.test:443/cb",
            "https://app.test./cb",
            "https://app.test/%63b",
            "https://app.test\\@evil.test/cb",
            " https://app.test/cb",
            "https://app.test/cb\n",
            "",
        ] {
            assert!(!matches(registered, other, true), "{other}");
        }
        for other in [
            "https://app.test/cb",
            "https://app.test/cb?a=bc",
            "https://app.test/cb?a=b&c=d",
            "https://app.test/cb?c=d&a=b",
            "https://app.test/cb?a",
        ] {
            assert!(!matches("https://app.test/cb?a=b", other, true), "{other}");
        }
        for other in ["com.example.app://evil/cb", "com.example.app:/cb2", "com.example.application:/cb"] {
            assert!(!matches("com.example.app:/cb", other, true), "{other}");
        }
    }

    /// RFC 8252 section 7.3; `security.md` AZ-09 and AZ-10.
    #[test]
    fn a_native_app_takes_any_loopback_port() {
        for port in [1, 1024, 49152, 65535] {
            assert!(matches("http://127.0.0.1/cb", &format!("http://127.0.0.1:{port}/cb"), true));
            assert!(matches("http://[::1]:7/cb", &format!("http://[::1]:{port}/cb"), true));
            assert!(!matches("http://127.0.0.1/cb", &format!("http://127.0.0.1:{port}/cb"), false));
        }
        for other in [
            "http://127.0.0.1:0/cb",
            "http://127.0.0.1:65536/cb",
            "http://127.0.0.1:+80/cb",
            "http://127.0.0.1:08080/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:80/other",
            "https://127.0.0.1:80/cb",
            "http://localhost:1/cb",
            "http://127.0.0.2:80/cb",
            "http://127.0.0.1:8080@evil.test/cb",
            "http://127.0.0.1.evil.test/cb",
        ] {
            assert!(!matches("http://127.0.0.1/cb", other, true), "{other}");
        }
        assert!(!matches("http://localhost/cb", "http://localhost:1/cb", true));
    }

    #[test]
    fn parameters_join_a_query_that_is_there() {
        let with = |uri: &str| RedirectUri(uri.into()).with_query(&[("state", "a b&c".into())]);
        assert_eq!(with("https://a.test/cb"), "https://a.test/cb?state=a+b%26c");
        assert_eq!(with("https://a.test/cb?x=y"), "https://a.test/cb?x=y&state=a+b%26c");
        assert_eq!(with("com.example.app:/cb"), "com.example.app:/cb?state=a+b%26c");
    }

    proptest! {
        /// Against a naive reference: whatever matches is the registered text, or differs in digits alone.
        #[test]
        fn a_match_never_leaves_the_registered_place(requested in "(http://127\\.0\\.0\\.1|http://\\[::1\\]|https://a\\.test)[:0-9a-z/@.?#-]{0,12}") {
            let registered = "http://127.0.0.1/cb";
            if matches(registered, &requested, true) {
                let port = requested.strip_prefix("http://127.0.0.1").and_then(|rest| rest.strip_suffix("/cb")).unwrap();
                prop_assert!(port.is_empty() || port[1..].bytes().all(|c| c.is_ascii_digit()));
            }
        }

        #[test]
        fn reading_never_panics(text in "\\PC{0,80}") {
            let _ = RegisteredUri::parse(&text);
        }
    }
}

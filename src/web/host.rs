//! Requests that are for this host (RFC 9110 sections 4.3.3 and 7.2, RFC 9112 section 3.2): what names another, none or
//! several is refused before anything looks at it, and so are header fields without end.
use super::error::{self, PageError};
use crate::{app::App, domain::Issuer};
use actix_web::{
    HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{header, uri::Authority},
    middleware::Next,
    web::Data,
};
use std::net::IpAddr;

/// Header fields longer than this in all are refused (RFC 6585 section 5), in bytes.
const LONGEST_HEAD: usize = 32 * 1024;
/// What health checks ask for by a node's own address, and what a page of any host looks like.
const OF_ANY_HOST: [&str; 3] = ["/healthz", "/readyz", "/static/"];

/// Lets requests through that are for this host.
pub async fn check(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match fault(&app.config.issuer, request.request()) {
        None => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
        Some(why) => {
            let page = error::page(&app, request.request(), &why);
            Ok(request.into_response(page))
        }
    }
}

fn fault(issuer: &Issuer, request: &HttpRequest) -> Option<PageError> {
    let headers = request.headers();
    if headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() > LONGEST_HEAD {
        return Some(PageError::HeadTooLarge);
    }
    let mut named = headers.get_all(header::HOST);
    let (Some(host), None) = (named.next(), named.next()) else { return Some(PageError::NoHost) };
    let authority = request.uri().authority().map(Authority::as_str);
    let is_ours = |named: &str| is_authority(issuer, named) || is_this_machine(named);
    if host.to_str().is_ok_and(is_ours) && authority.is_none_or(is_ours) {
        return None;
    }
    let any = authority.is_none() && OF_ANY_HOST.iter().any(|path| request.path().starts_with(path));
    if any { None } else { Some(PageError::OtherHost) }
}

/// Whether this names the issuer's host. Proxies are free to leave its port out.
fn is_authority(issuer: &Issuer, named: &str) -> bool {
    let ours = issuer.authority();
    let name = ours.rsplit_once(':').filter(|(_, port)| port.bytes().all(|c| c.is_ascii_digit()));
    let name = name.map_or(ours, |(name, _)| name);
    let usual = if issuer.is_https() { ":443" } else { ":80" };
    named.eq_ignore_ascii_case(ours)
        || named.eq_ignore_ascii_case(name)
        || ours == name && named.strip_suffix(usual).is_some_and(|named| named.eq_ignore_ascii_case(ours))
}

/// Whether this names whichever machine it is used on: nobody can be lured by such a name, and what runs beside us may
/// call us by it.
fn is_this_machine(named: &str) -> bool {
    let Ok(authority) = named.parse::<Authority>() else { return false };
    let host = authority.host();
    // What parses as an authority may still have anything for a port.
    let port = named.strip_prefix(host).is_some_and(|port| port.is_empty() || authority.port_u16().is_some());
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    port && (host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `security.md` PR-02.
    #[test]
    fn a_host_is_ours_by_name_and_port() {
        for (issuer, ours, others) in [
            (
                "https://id.test",
                &["id.test", "ID.Test", "id.test:443"][..],
                &["", "id.test.", "id.test:80", "id.test:", "evil.test", "id.test.evil.test", "id.test@evil.test"][..],
            ),
            ("https://id.test:8443", &["id.test:8443", "id.test"], &["id.test:443", "id.test:84433"]),
            (
                "http://localhost:8080",
                &["localhost:8080", "localhost"],
                &["127.0.0.1:8080", "localhost:80", "[::1]:8080"],
            ),
            ("http://[::1]:8080", &["[::1]:8080", "[::1]"], &["[::1", "::1", "[::2]:8080"]),
            ("http://[::1]", &["[::1]", "[::1]:80"], &["[::1]:8080", "[:", ":1]"]),
        ] {
            let issuer = Issuer::parse(issuer).unwrap();
            for named in ours {
                assert!(is_authority(&issuer, named), "{named} is {}", issuer.as_str());
            }
            for named in others {
                assert!(!is_authority(&issuer, named), "{named} is not {}", issuer.as_str());
            }
        }
    }

    #[test]
    fn this_machine_is_called_by_its_own_names_alone() {
        for named in ["localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:80", "[::1]:8080", "127.1.2.3"] {
            assert!(is_this_machine(named), "{named}");
        }
        for named in [
            "",
            "localhost:80.evil.test",
            "127.0.0.1:8080.evil.test",
            "localhost:x",
            "localhost.evil.test",
            "evil.test@localhost",
            "127.0.0.1.evil.test",
            "10.0.0.1",
            "::1",
            "localhost, evil.test",
        ] {
            assert!(!is_this_machine(named), "{named}");
        }
    }
}

//! Where a request comes from.
use crate::app::App;
use actix_web::HttpRequest;
use ipnet::{IpNet, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr};

/// Whether a proxy that we trust hands this request on.
pub fn is_from_proxy(app: &App, request: &HttpRequest) -> bool {
    let socket = request.peer_addr().map(|peer| peer.ip().to_canonical());
    let trusted = &app.config.server.trusted_proxies;
    socket.is_some_and(|socket| trusted.iter().any(|proxies| proxies.contains(&socket)))
}

/// The address of whoever sent a request: the socket's, or, where that is a proxy we trust, the
/// nearest in `X-Forwarded-For` that is not.
pub fn address(app: &App, request: &HttpRequest) -> IpAddr {
    let socket = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip()).to_canonical();
    let trusted = &app.config.server.trusted_proxies;
    let is_proxy = |address: &IpAddr| trusted.iter().any(|proxies| proxies.contains(address));
    if !is_proxy(&socket) {
        return socket;
    }
    let headers: Vec<&str> =
        request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    let hops = headers.iter().rev().flat_map(|header| header.rsplit(','));
    let mut nearest = socket;
    for hop in hops {
        // What cannot be read was not written by a proxy of ours.
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        nearest = address.to_canonical();
        if !is_proxy(&nearest) {
            break;
        }
    }
    nearest
}

/// The network of whoever sent a request, as tries are counted: one address of IPv4, and of IPv6 the 64 bits that a
/// subscriber gets at least (RFC 6177 section 2), for all the rest of it is theirs to choose.
pub fn network(app: &App, request: &HttpRequest) -> IpNet {
    match address(app, request) {
        address @ IpAddr::V4(_) => address.into(),
        IpAddr::V6(address) => Ipv6Net::new_assert(address, 64).trunc().into(),
    }
}

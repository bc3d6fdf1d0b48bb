//! Looking names up, so that what they mean is checked where it is used.
use super::address;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;

/// Why an address that is not public is refused.
pub const NOT_PUBLIC: &str = "it is not on the public internet (fetch.allow_private_networks lifts that)";

/// Looks names up, and lets a connection be made only to what it has checked: a name that means another address a
/// moment later is of no use.
pub struct Guarded {
    /// Whether addresses that are not public are good as well.
    pub allow_private: bool,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let good: Vec<SocketAddr> = found.filter(|found| allow_private || address::is_public(found.ip())).collect();
            if good.is_empty() {
                return Err(NOT_PUBLIC.into());
            }
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

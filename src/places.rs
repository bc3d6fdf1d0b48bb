//! Where an address is, in words: by a MaxMind DB on this machine (GeoLite2 or DB-IP, City or
//! Country), which is asked without telling anybody.
use crate::i18n::{Language, Words};
use maxminddb::{
    Reader,
    geoip2::{self, Names},
};
use std::{net::IpAddr, path::Path};

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read, or not as a MaxMind DB.
    #[error("it must be a MaxMind DB file (.mmdb) that can be read: {0}")]
    Unreadable(#[from] maxminddb::MaxMindDbError),
    /// It is one of something else.
    #[error("it must be a MaxMind DB of cities or countries; this one is of type {0:?}")]
    Foreign(String),
}

/// What is known of where addresses are.
#[derive(Debug, Default)]
pub struct Places(Option<Reader<Vec<u8>>>);

impl Places {
    /// Reads a file into memory; without one, only addresses that are nowhere have a place.
    pub fn open(file: Option<&Path>) -> Result<Self, Error> {
        let Some(file) = file else { return Ok(Self::default()) };
        let reader = Reader::open_readfile(file)?;
        let kind = &reader.metadata().database_type;
        if !kind.contains("City") && !kind.contains("Country") {
            return Err(Error::Foreign(kind.clone()));
        }
        Ok(Self(Some(reader)))
    }

    /// An address that was written down, with its place before it where that is known.
    #[must_use]
    pub fn with_place(&self, address: String, language: Language) -> String {
        match address.parse().ok().and_then(|address| self.find(address, language)) {
            Some(place) => format!("{place} · {address}"),
            None => address,
        }
    }

    /// The city, as far as it is known, and the country of an address; for one that leads no further
    /// than this network, that.
    #[must_use]
    pub fn find(&self, address: IpAddr, language: Language) -> Option<String> {
        let (address, words) = (address.to_canonical(), Words::new(language));
        if address.is_loopback() {
            return Some(words.get("place-this-machine"));
        }
        if is_local(address) {
            return Some(words.get("place-this-network"));
        }
        let found = self.0.as_ref()?.lookup(address).and_then(|found| found.decode::<geoip2::City>());
        let place = found.inspect_err(|why| tracing::warn!(%why, "a place cannot be read")).ok()??;
        let country = name(&place.country.names, language).or(place.country.iso_code)?;
        Some(match name(&place.city.names, language) {
            // Singapore, Singapore
            Some(city) if city != country => words.with("place-city", &[("city", city), ("country", country)]),
            _ => country.to_owned(),
        })
    }
}

/// The name in a language, or in English.
fn name<'a>(names: &Names<'a>, language: Language) -> Option<&'a str> {
    let own = match language {
        Language::En => None,
        Language::Ja => names.japanese,
    };
    own.or(names.english)
}

/// Whether an address is of a network that ends before the Internet begins (RFC 1918, 3927, 4193 and
/// 4291 section 2.5.6).
const fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GeoLite2-City as it is, but of four networks: see `tests/fixtures/places.py`.
    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/places.mmdb");

    fn find(places: &Places, address: &str, language: Language) -> Option<String> {
        places.find(address.parse().unwrap(), language)
    }

    #[test]
    fn a_place_is_named_in_the_language_of_the_reader() {
        let places = Places::open(Some(Path::new(FILE))).unwrap();
        for (address, en, ja) in [
            ("203.0.113.7", Some("Kyoto, Japan"), Some("日本 京都市")),
            ("::ffff:203.0.113.7", Some("Kyoto, Japan"), Some("日本 京都市")),
            ("2001:db8::1", Some("Kyoto, Japan"), Some("日本 京都市")),
            // What has no Japanese name, what has no city, and what has the same name twice.
            ("198.51.100.1", Some("Springfield, United States"), Some("アメリカ Springfield")),
            ("198.51.100.129", Some("United States"), Some("アメリカ")),
            ("192.0.2.1", Some("Singapore"), Some("シンガポール")),
            ("192.0.2.129", None, None),
            ("127.0.0.1", Some("This machine"), Some("このコンピューター")),
            ("::1", Some("This machine"), Some("このコンピューター")),
            ("10.1.2.3", Some("This network"), Some("このネットワーク内")),
            ("fd00::1", Some("This network"), Some("このネットワーク内")),
            ("fe80::1", Some("This network"), Some("このネットワーク内")),
        ] {
            assert_eq!(find(&places, address, Language::En).as_deref(), en, "{address}");
            assert_eq!(find(&places, address, Language::Ja).as_deref(), ja, "{address}");
        }
    }

    #[test]
    fn without_a_file_only_what_is_near_has_a_place() {
        let places = Places::open(None).unwrap();
        assert_eq!(find(&places, "203.0.113.7", Language::En), None);
        assert_eq!(find(&places, "192.168.0.1", Language::En).as_deref(), Some("This network"));
    }

    #[test]
    fn a_file_that_is_something_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("places");
        let good = std::fs::read(FILE).unwrap();
        for bad in [&b""[..], b"no database", &good[..good.len() - 40]] {
            std::fs::write(&file, bad).unwrap();
            assert!(Places::open(Some(&file)).is_err());
        }
        // As many bytes, another type.
        let at = good.windows(4).position(|bytes| bytes == b"City").unwrap();
        let other = [&good[..at], b"Asns", &good[at + 4..]].concat();
        std::fs::write(&file, other).unwrap();
        assert!(matches!(Places::open(Some(&file)), Err(Error::Foreign(_))));
        assert!(Places::open(Some(Path::new("/nowhere/places.mmdb"))).is_err());
    }
}

//! Request parameters (RFC 6749 sections 3.1 and 3.2, appendix B).
use super::{Error, error::invalid_request};
use percent_encoding::percent_decode;

/// The longest query or body that is read, in bytes.
pub const LONGEST: usize = 16 * 1024;
/// The most parameters that are read.
const MOST: usize = 100;

/// Parameters as sent: an empty one counts as absent, and one that is repeated is known to be.
#[derive(Debug, Clone, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads form-encoded parameters. Refused are bytes that are not UTF-8, control characters
    /// (line breaks among them), and whatever is too long or too many.
    pub fn parse(encoded: &[u8]) -> Result<Self, Error> {
        Self::parse_by(encoded, false)
    }

    /// The same, of a form with fields of several lines, whose breaks are kept as line feeds, and tabs as spaces.
    pub fn parse_lines(encoded: &[u8]) -> Result<Self, Error> {
        Self::parse_by(encoded, true)
    }

    fn parse_by(encoded: &[u8], lines: bool) -> Result<Self, Error> {
        if encoded.len() > LONGEST {
            return Err(invalid_request("the request is too long"));
        }
        let mut pairs = vec![];
        for pair in encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let middle = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let (name, value) = pair.split_at(middle);
            pairs.push((decode(name, false)?, decode(value.get(1..).unwrap_or_default(), lines)?));
            if pairs.len() > MOST {
                return Err(invalid_request("there are too many parameters"));
            }
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter, unless it is absent or empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, value)| n == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that may occur once.
    pub fn once(&self, name: &str) -> Result<Option<&str>, Error> {
        match self.0.iter().filter(|(n, _)| n == name).count() {
            0 | 1 => Ok(self.get(name)),
            _ => Err(invalid_request("a parameter is repeated")),
        }
    }

    /// All values of a parameter, but empty ones.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(n, value)| n == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Fails when any parameter occurs twice (RFC 6749 section 3.1).
    pub fn none_repeated(&self) -> Result<(), Error> {
        self.none_repeated_but(&[])
    }

    /// The same, but for those that may.
    pub fn none_repeated_but(&self, may: &[&str]) -> Result<(), Error> {
        let others: Vec<_> = self.0.iter().map(|(name, _)| name).filter(|name| !may.contains(&name.as_str())).collect();
        let repeated = others.iter().enumerate().any(|(n, name)| others[..n].contains(name));
        if repeated { Err(invalid_request("a parameter is repeated")) } else { Ok(()) }
    }

    /// The value of a parameter that must be there.
    pub fn require(&self, name: &str, missing: &'static str) -> Result<&str, Error> {
        self.get(name).ok_or(invalid_request(missing))
    }

    /// These and those of another source; what is in both is repeated.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }
}

fn decode(encoded: &[u8], lines: bool) -> Result<String, Error> {
    let spaced: Vec<u8> = encoded.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let text = String::from_utf8(percent_decode(&spaced).collect())
        .map_err(|_| invalid_request("a parameter is not in UTF-8"))?;
    let text = if lines { text.replace("\r\n", "\n").replace('\t', " ") } else { text };
    if text.chars().any(|c| c.is_control() && !(lines && c == '\n')) {
        return Err(invalid_request("a parameter has a control character"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parameters_are_decoded_once() {
        let params = Params::parse(b"a=1+2%2B3&b=%E3%81%82&c=&d&=x&e=%2541").unwrap();
        let got: Vec<_> = ["a", "b", "c", "d", "e", "f"].map(|name| params.get(name)).into();
        assert_eq!(got, [Some("1 2+3"), Some("あ"), None, None, Some("%41"), None]);
    }

    /// `security.md` AZ-16.
    #[test]
    fn hostile_bytes_are_refused() {
        for hostile in
            ["a=%00", "a=%0d%0aSet-Cookie:x", "a=%ff", "a=%c0%af", "a=%ed%a0%80", "a=%e3%81", "%00=a", "a=%7f"]
        {
            assert!(Params::parse(hostile.as_bytes()).is_err(), "{hostile}");
        }
        assert!(Params::parse(&vec![b'a'; LONGEST + 1]).is_err());
        assert!(Params::parse("a=b&".repeat(MOST + 1).as_bytes()).is_err());
    }

    #[test]
    fn a_field_of_several_lines_has_breaks_and_no_other_control_characters() {
        let lines = |text: &str| Params::parse_lines(text.as_bytes()).map(|params| params.get("a").map(str::to_owned));
        assert_eq!(lines("a=1%0d%0a%092%0a3"), Ok(Some("1\n 2\n3".into())));
        assert!(lines("a=%00").is_err() && lines("a=%0d").is_err() && lines("a=%1b").is_err());
    }

    #[test]
    fn what_is_repeated_is_known() {
        let params = Params::parse(b"a=1&a=1&b=2").unwrap();
        assert!(params.none_repeated().is_err() && params.once("a").is_err());
        assert_eq!(params.once("b"), Ok(Some("2")));
        let both = Params::parse(b"a=1").unwrap().and(Params::parse(b"a=2").unwrap());
        assert!(both.none_repeated().is_err());
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_never_yields_control_characters(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(params) = Params::parse(&bytes) {
                prop_assert!(params.0.iter().all(|(name, value)| !name.chars().chain(value.chars()).any(char::is_control)));
            }
        }
    }
}

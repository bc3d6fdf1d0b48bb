//! Apps on people's devices, as the makers of the devices name them.
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An app for Apple's systems: the team that signs it, a dot, its bundle id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IosAppId(String);

/// An Android package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PackageName(String);

/// The SHA-256 of the certificate that an Android app is signed with: 32 bytes in hexadecimal, a colon between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint(String);

/// An app for Android, with those who may have signed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AndroidApp {
    /// The package.
    pub package_name: PackageName,
    /// The certificates.
    pub sha256_cert_fingerprints: Vec<Fingerprint>,
}

/// A text that names no app, or no certificate. What to write instead is in the catalogue of messages, by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDeviceApp {
    /// No app for Apple's systems.
    IosAppId,
    /// No package.
    PackageName,
    /// No certificate.
    Fingerprint,
}

super::words!(InvalidDeviceApp { IosAppId = "ios-app-id", PackageName = "package-name", Fingerprint = "fingerprint" });

/// Words of letters, digits and these, at least two, with dots between them.
fn is_dotted(text: &str, more: &[u8]) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_alphanumeric() || more.contains(&c));
    text.len() <= 255 && text.contains('.') && text.split('.').all(is_word)
}

impl FromStr for IosAppId {
    type Err = InvalidDeviceApp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_team =
            |team: &str| team.len() == 10 && team.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        let is_good = text.split_once('.').is_some_and(|(team, bundle)| is_team(team) && is_dotted(bundle, b"-"));
        if is_good { Ok(Self(text.to_owned())) } else { Err(InvalidDeviceApp::IosAppId) }
    }
}

impl FromStr for PackageName {
    type Err = InvalidDeviceApp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let begins_well = text.split('.').all(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
        let is_good = begins_well && is_dotted(text, b"_");
        if is_good { Ok(Self(text.to_owned())) } else { Err(InvalidDeviceApp::PackageName) }
    }
}

impl FromStr for Fingerprint {
    type Err = InvalidDeviceApp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_byte = |byte: &str| byte.len() == 2 && byte.bytes().all(|c| c.is_ascii_hexdigit());
        let is_good = text.split(':').count() == 32 && text.split(':').all(is_byte);
        // As Android compares it.
        if is_good { Ok(Self(text.to_ascii_uppercase())) } else { Err(InvalidDeviceApp::Fingerprint) }
    }
}

/// Gives a type of text its two ways in and out.
macro_rules! texts {
    ($($type:ident),+) => {$(
        impl TryFrom<String> for $type {
            type Error = InvalidDeviceApp;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.0
            }
        }

        impl $type {
            /// As written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

texts!(IosAppId, PackageName, Fingerprint);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_has_the_name_that_its_system_gives_it() {
        for (text, good) in [
            ("A1B2C3D4E5.com.example.app", true),
            ("A1B2C3D4E5.com.example-two.App", true),
            ("A1B2C3D4E5.app", false),
            ("com.example.app", false),
            ("a1b2c3d4e5.com.example.app", false),
            ("A1B2C3D4E5.com..app", false),
            ("A1B2C3D4E5.*", false),
        ] {
            assert_eq!(text.parse::<IosAppId>().is_ok(), good, "{text}");
        }
        for (text, good) in [
            ("com.example.app", true),
            ("com.example_2.app", true),
            ("app", false),
            ("com.2example.app", false),
            ("com.example-two.app", false),
            ("com.example.app;scheme=https", false),
            ("com.example.", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<PackageName>().is_ok(), good, "{text}");
        }
    }

    #[test]
    fn a_fingerprint_is_told_in_capitals() {
        let lower = vec!["ab"; 32].join(":");
        assert_eq!(lower.parse::<Fingerprint>().map(|found| found.to_string()), Ok(lower.to_uppercase()));
        for bad in [lower.replace(':', ""), lower[3..].to_owned(), lower.replace("ab:", "a:"), lower.replace('b', "g")]
        {
            assert_eq!(bad.parse::<Fingerprint>(), Err(InvalidDeviceApp::Fingerprint), "{bad}");
        }
    }
}

//! Who is signed in, in one browser.
use super::{Assurance, Digest, IdentityId, ProviderName, SessionId, Timestamp, UserId, words};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// How somebody proved who they are (RFC 8176).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuthMethod {
    /// A password.
    Password,
    /// A code of an authenticator app.
    Otp,
    /// A link or a code that came by mail, for which RFC 8176 has no word.
    Email,
    /// A key that cannot leave its device.
    HardwareKey,
    /// A key that may be copied to other devices of its owner.
    SoftwareKey,
    /// Somebody was there.
    UserPresence,
    /// More than one factor.
    MultiFactor,
    /// Another provider's word; RFC 8176 has no word for it either.
    Federated,
}

words!(AuthMethod {
    Password = "pwd",
    Otp = "otp",
    Email = "email",
    HardwareKey = "hwk",
    SoftwareKey = "swk",
    UserPresence = "user",
    MultiFactor = "mfa",
    Federated = "fed",
});

/// The `amr` claim: space-delimited where stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthMethods(BTreeSet<AuthMethod>);

impl AuthMethods {
    /// A password alone.
    #[must_use]
    pub fn password() -> Self {
        Self([AuthMethod::Password].into())
    }

    /// A code of an authenticator app, after something else.
    #[must_use]
    pub fn totp() -> Self {
        Self([AuthMethod::Otp, AuthMethod::MultiFactor].into())
    }

    /// A recovery code, after something else; RFC 8176 has no word of its own for it.
    #[must_use]
    pub fn recovery_code() -> Self {
        Self([AuthMethod::MultiFactor].into())
    }

    /// A passkey: the key, which `may_be_copied` or not, and, where the authenticator `verified` its
    /// owner (by finger, face or PIN), that, too.
    #[must_use]
    pub fn passkey(may_be_copied: bool, verified: bool) -> Self {
        let key = if may_be_copied { AuthMethod::SoftwareKey } else { AuthMethod::HardwareKey };
        let second = verified.then_some(AuthMethod::MultiFactor);
        Self([key, AuthMethod::UserPresence].into_iter().chain(second).collect())
    }

    /// What was proved by these and by those.
    #[must_use]
    pub fn and(&self, others: &Self) -> Self {
        Self(self.0.union(&others.0).copied().collect())
    }

    /// Whether this was among it.
    #[must_use]
    pub fn has(&self, method: AuthMethod) -> bool {
        self.0.contains(&method)
    }

    /// How sure it makes us of who somebody is.
    #[must_use]
    pub fn assurance(&self) -> Assurance {
        let has_key = self.has(AuthMethod::HardwareKey) || self.has(AuthMethod::SoftwareKey);
        match (self.has(AuthMethod::MultiFactor), has_key) {
            (true, true) => Assurance::PhishingResistant,
            (true, false) => Assurance::MultiFactor,
            (false, _) => Assurance::OneFactor,
        }
    }

    /// A link or a code that came by mail.
    #[must_use]
    pub fn email() -> Self {
        Self([AuthMethod::Email].into())
    }

    /// Another provider's word.
    #[must_use]
    pub fn federated() -> Self {
        Self([AuthMethod::Federated].into())
    }

    /// The words of the `amr` claim.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        self.0.iter().map(|method| method.as_str()).collect()
    }
}

impl fmt::Display for AuthMethods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join(" "))
    }
}

impl FromStr for AuthMethods {
    type Err = super::UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_ascii_whitespace().map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl serde::Serialize for AuthMethods {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for AuthMethods {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A person signed in, in one browser.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SignIn {
    /// Who.
    pub user: UserId,
    /// The session as apps know it; it stays the same when the same person signs in again.
    pub sid: SessionId,
    /// When they last proved who they are.
    pub auth_time: Timestamp,
    /// How.
    pub methods: AuthMethods,
    /// Where, if it was not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Elsewhere>,
    /// The interaction during which they last did: it is what satisfies its `prompt=login`.
    pub interaction: Option<String>,
    /// The interaction for which they chose this account (`prompt=select_account`).
    pub chosen_for: Option<String>,
    /// On what.
    pub device: Device,
    /// Whether the second factor was not asked for because the browser is trusted, and until when that holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted_until: Option<Timestamp>,
    /// When it ends, however much it is used.
    pub expires_at: Timestamp,
    /// The browser's own session that it ends with, unless the person wants to stay signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Digest>,
}

/// The identity by which somebody signed in, and their session at its provider.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Elsewhere {
    /// The provider.
    pub provider: ProviderName,
    /// The identity.
    pub identity: IdentityId,
    /// The provider's name for the session (`sid`), where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
}

/// What a browser, or an app that needs none, told of itself when somebody signed in in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Device {
    /// Its `User-Agent`, cut short.
    pub user_agent: String,
    /// Where the request came from.
    pub address: String,
    /// The name of the app, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
}

impl Device {
    /// The longest `User-Agent` that is kept, in characters.
    const LONGEST: usize = 300;

    /// Keeps what a request said.
    #[must_use]
    pub fn new(user_agent: &str, address: String) -> Self {
        Self { user_agent: user_agent.chars().take(Self::LONGEST).collect(), address, app: None }
    }

    /// The same, of an app of this name.
    #[must_use]
    pub fn of_app(self, name: &str) -> Self {
        Self { app: Some(name.to_owned()), ..self }
    }

    /// The programs that it says it is, without their versions and remarks: what stays when it is updated.
    #[must_use]
    pub fn family(&self) -> String {
        let mut depth = 0_u32;
        let mut is_outside = |c: char| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        };
        let programs: String = self.user_agent.chars().filter(|c| is_outside(*c)).collect();
        let names = programs.split_whitespace().filter_map(|program| program.split('/').next());
        names.collect::<Vec<_>>().join(" ")
    }

    /// Browser or app, and system, as far as they can be told.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let first = |names: &[(&str, &'static str)]| {
            names.iter().find(|(mark, _)| self.user_agent.contains(mark)).map(|(_, name)| *name)
        };
        // In this order, because most claim to be others too.
        let browser = first(&[
            ("Edg", "Edge"),
            ("OPR/", "Opera"),
            ("SamsungBrowser", "Samsung Internet"),
            ("Line/", "LINE"),
            ("Firefox", "Firefox"),
            ("FxiOS", "Firefox"),
            ("CriOS", "Chrome"),
            ("Chrome", "Chrome"),
            ("Safari", "Safari"),
        ]);
        let system = first(&[
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Android", "Android"),
            ("Windows", "Windows"),
            ("Mac OS X", "Mac"),
            ("CrOS", "ChromeOS"),
            ("Linux", "Linux"),
        ]);
        match (self.app.as_deref().or(browser), system) {
            (Some(program), Some(system)) => Some(format!("{program} · {system}")),
            (one, other) => one.or(other).map(Into::into),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_proved_is_said_and_nothing_more() {
        assert_eq!(AuthMethods::password().to_string(), "pwd");
        let password_and = |more| AuthMethods::password().and(&more);
        assert_eq!(password_and(AuthMethods::totp()).to_string(), "pwd otp mfa");
        assert_eq!(password_and(AuthMethods::recovery_code()).to_string(), "pwd mfa");
        assert_eq!(AuthMethods::passkey(false, true).to_string(), "hwk user mfa");
        assert_eq!(AuthMethods::passkey(true, true).to_string(), "swk user mfa");
        assert_eq!(AuthMethods::passkey(true, false).to_string(), "swk user");
        assert_eq!(password_and(AuthMethods::passkey(false, true)).to_string(), "pwd hwk user mfa");
        assert_eq!("pwd otp mfa".parse(), Ok(password_and(AuthMethods::totp())));
        assert_eq!(AuthMethods::password().assurance(), Assurance::OneFactor);
        assert_eq!(password_and(AuthMethods::totp()).assurance(), Assurance::MultiFactor);
        assert_eq!(AuthMethods::passkey(true, true).assurance(), Assurance::PhishingResistant);
        assert_eq!(password_and(AuthMethods::passkey(false, true)).assurance(), Assurance::PhishingResistant);
        assert_eq!(AuthMethods::passkey(false, false).assurance(), Assurance::OneFactor);
    }

    #[test]
    fn a_device_is_named_by_what_it_is_and_not_by_what_it_claims_too() {
        let name = |user_agent: &str| Device::new(user_agent, String::new()).name();
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";
        assert_eq!(name(&format!("{windows} Chrome/156.0 Safari/537.36")).as_deref(), Some("Chrome · Windows"));
        assert_eq!(name(&format!("{windows} Chrome/156.0 Safari/537.36 Edg/156.0")).as_deref(), Some("Edge · Windows"));
        let iphone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1";
        assert_eq!(name(iphone).as_deref(), Some("Safari · iPhone"));
        assert_eq!(name("curl/8"), None);
        let app = |user_agent: &str| Device::new(user_agent, String::new()).of_app("Phone").name();
        assert_eq!(
            app("Phone/2 (com.example.phone; iOS 19.0; iPhone17,1) Alamofire/6").as_deref(),
            Some("Phone · iPhone")
        );
        assert_eq!(app("okhttp/5.1.0").as_deref(), Some("Phone"));
        assert_eq!(Device::new(&"あ".repeat(400), String::new()).user_agent.chars().count(), 300);
    }

    #[test]
    fn an_update_makes_no_other_family() {
        for (user_agent, family) in [
            ("Phone/2.1 CFNetwork/1568.200.51 Darwin/24.1.0", "Phone CFNetwork Darwin"),
            ("Phone/3 (com.example.phone; build:7 (beta); iOS 19.0) Alamofire/6.0", "Phone Alamofire"),
            ("Dart/3.9 (dart:io)", "Dart"),
            ("okhttp/5.1.0", "okhttp"),
            ("a) b (c", "a b"),
            ("(", ""),
            ("", ""),
        ] {
            assert_eq!(Device::new(user_agent, String::new()).family(), family, "{user_agent}");
        }
    }
}

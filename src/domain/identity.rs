//! Identities: what a person is at a provider, and what becomes of one that signs in (`providers.md` section 12).
use super::{Email, IdentityId, ProviderName, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// The longest subject, in bytes (OpenID Connect Core section 2).
pub const SUBJECT_LENGTH: usize = 255;

/// Somebody as a provider knows them. `(provider, subject)` is the key, never an address or a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its name here.
    pub id: IdentityId,
    /// The provider.
    pub provider: ProviderName,
    /// The provider's name for the person: a text, whatever it looks like.
    pub subject: String,
    /// Whose it is; nobody's while an account is not yet made or proved.
    pub user: Option<UserId>,
    /// What the provider last said of them.
    pub said: Said,
    /// When it was linked, or first seen.
    pub created_at: Timestamp,
    /// When somebody last signed in with it.
    pub last_used_at: Option<Timestamp>,
    /// Since when it opens nothing, because its provider said that it is not to be relied on.
    pub suspended_at: Option<Timestamp>,
    /// Since when its provider forwards no mail to the person.
    pub mail_stopped_at: Option<Timestamp>,
}

/// What a provider says of a person. Known to be well-formed, not to be true.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// An address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<SaidEmail>,
    /// The full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Other standard claims, texts all.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub profile: serde_json::Map<String, serde_json::Value>,
    /// LINE: whether they are a friend of the channel's official account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub friend: Option<bool>,
}

/// An address that a provider tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidEmail {
    /// The address.
    pub address: Email,
    /// Whether the provider has made sure, in a way that may be believed, that the person reads it.
    pub verified: bool,
    /// Whether it forwards to another (Apple's relay): good for mail, never to find anybody by.
    #[serde(default)]
    pub relay: bool,
}

impl Said {
    /// What is known once this was said again: what is not said this time stays.
    #[must_use]
    pub fn merged(&self, before: &Self) -> Self {
        let mut profile = before.profile.clone();
        profile.extend(self.profile.clone());
        Self {
            email: self.email.clone().or_else(|| before.email.clone()),
            name: self.name.clone().or_else(|| before.name.clone()),
            profile,
            friend: self.friend.or(before.friend),
        }
    }

    /// What to call the person on a page: by what they would know the account at the provider.
    #[must_use]
    pub fn known_as(&self) -> Option<&str> {
        let username = || self.profile.get("preferred_username").and_then(|name| name.as_str());
        self.email.as_ref().map(|email| email.address.as_str()).or_else(username).or(self.name.as_deref())
    }
}

/// What becomes of somebody unknown who comes from a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUnknown {
    /// They get an account.
    #[default]
    Create,
    /// They say whether they want a new account, or to use this way for the one they have.
    Ask,
    /// They are sent away.
    Refuse,
}

super::words!(OnUnknown { Create = "create", Ask = "ask", Refuse = "refuse" });

/// What becomes of an identity whose address is that of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkPolicy {
    /// The person proves first that the account is theirs.
    #[default]
    Ask,
    /// It joins where both sides have verified the address.
    Auto,
}

super::words!(LinkPolicy { Ask = "ask", Auto = "auto" });

/// The account that has the address which a provider tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namesake {
    /// Whose it is.
    pub user: UserId,
    /// Whether they proved that they read it.
    pub verified: bool,
    /// Whether they run the instance: nothing joins theirs unasked.
    pub operates: bool,
}

/// What comes next for an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// It is somebody's: they are signed in.
    Known(UserId),
    /// It joins this account at once.
    Join(UserId),
    /// It joins this account, whose address nobody has proved so far: what was set up there goes.
    TakeOver(UserId),
    /// The person proves first that this account is theirs.
    ProveFirst(UserId),
    /// They say whether they are new.
    Ask,
    /// They get an account.
    Create,
    /// They are sent away.
    Refuse,
    /// They are sent away until the provider says that it is to be relied on again.
    Suspended,
}

/// Decides what comes of an identity. `namesake`: who has the address, where there is one. It is only ever asked for
/// by an address that the provider has verified and that is no relay.
#[must_use]
pub fn arrive(identity: &Identity, namesake: Option<&Namesake>, on_unknown: OnUnknown, link: LinkPolicy) -> Arrival {
    if identity.suspended_at.is_some() {
        return Arrival::Suspended;
    }
    if let Some(user) = &identity.user {
        return Arrival::Known(user.clone());
    }
    let is_proof = identity.said.email.as_ref().is_some_and(|email| email.verified && !email.relay);
    match namesake.filter(|_| is_proof) {
        Some(Namesake { user, verified: false, operates: false }) => Arrival::TakeOver(user.clone()),
        Some(Namesake { user, verified: true, operates: false }) if link == LinkPolicy::Auto => {
            Arrival::Join(user.clone())
        }
        Some(Namesake { user, .. }) => Arrival::ProveFirst(user.clone()),
        None => match on_unknown {
            OnUnknown::Create => Arrival::Create,
            OnUnknown::Ask => Arrival::Ask,
            OnUnknown::Refuse => Arrival::Refuse,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(user: Option<&str>, email: Option<(bool, bool)>) -> Identity {
        let address = Email::parse("hana@people.test").unwrap();
        Identity {
            id: IdentityId::from("i"),
            provider: "google".parse().unwrap(),
            subject: "1".into(),
            user: user.map(UserId::from),
            said: Said {
                email: email.map(|(verified, relay)| SaidEmail { address, verified, relay }),
                ..Said::default()
            },
            created_at: Timestamp(0),
            last_used_at: None,
            suspended_at: None,
            mail_stopped_at: None,
        }
    }

    fn namesake(verified: bool, operates: bool) -> Namesake {
        Namesake { user: "hana".into(), verified, operates }
    }

    /// `security.md` LK-01, LK-02, LK-06, LK-09.
    #[test]
    fn an_identity_joins_an_account_only_by_proof() {
        use {LinkPolicy as Link, OnUnknown as New};
        let hana = || UserId::from("hana");
        let verified = Some((true, false));
        for (identity, namesake, new, link, expected) in [
            (
                identity(Some("eve"), verified),
                Some(namesake(true, false)),
                New::Refuse,
                Link::Ask,
                Arrival::Known("eve".into()),
            ),
            (identity(None, verified), None, New::Create, Link::Ask, Arrival::Create),
            (identity(None, verified), None, New::Ask, Link::Auto, Arrival::Ask),
            (identity(None, verified), None, New::Refuse, Link::Auto, Arrival::Refuse),
            (
                identity(None, verified),
                Some(namesake(true, false)),
                New::Create,
                Link::Ask,
                Arrival::ProveFirst(hana()),
            ),
            (
                identity(None, verified),
                Some(namesake(true, false)),
                New::Refuse,
                Link::Ask,
                Arrival::ProveFirst(hana()),
            ),
            (identity(None, verified), Some(namesake(true, false)), New::Create, Link::Auto, Arrival::Join(hana())),
            (
                identity(None, verified),
                Some(namesake(true, true)),
                New::Create,
                Link::Auto,
                Arrival::ProveFirst(hana()),
            ),
            (identity(None, verified), Some(namesake(false, false)), New::Create, Link::Ask, Arrival::TakeOver(hana())),
            (
                identity(None, verified),
                Some(namesake(false, true)),
                New::Create,
                Link::Auto,
                Arrival::ProveFirst(hana()),
            ),
            (
                identity(None, Some((false, false))),
                Some(namesake(true, false)),
                New::Create,
                Link::Auto,
                Arrival::Create,
            ),
            (identity(None, Some((true, true))), Some(namesake(true, false)), New::Create, Link::Auto, Arrival::Create),
            (identity(None, None), Some(namesake(false, false)), New::Create, Link::Auto, Arrival::Create),
        ] {
            assert_eq!(arrive(&identity, namesake.as_ref(), new, link), expected, "{identity:?} {namesake:?}");
        }
    }

    #[test]
    fn a_suspended_identity_opens_nothing() {
        for user in [None, Some("hana")] {
            let suspended = Identity { suspended_at: Some(Timestamp(1)), ..identity(user, Some((true, false))) };
            for namesake in [None, Some(namesake(true, false)), Some(namesake(false, false))] {
                let arrival = arrive(&suspended, namesake.as_ref(), OnUnknown::Create, LinkPolicy::Auto);
                assert_eq!(arrival, Arrival::Suspended);
            }
        }
    }

    #[test]
    fn what_is_not_said_again_is_not_forgotten() {
        let before = Said { name: Some("Hana".into()), ..identity(None, Some((true, false))).said };
        assert_eq!(Said::default().merged(&before), before);
        let before = Said { friend: Some(true), ..before };
        let renamed = Said { name: Some("Hanako".into()), ..Said::default() };
        assert_eq!(renamed.merged(&before), Said { name: Some("Hanako".into()), ..before.clone() });
        let blocked = Said { friend: Some(false), ..Said::default() };
        assert_eq!(blocked.merged(&before).friend, Some(false));
    }
}

//! People and what is known about them (OpenID Connect Core section 5.1).
use super::{Email, Issuer, Membership, Role, Timestamp, UserId, Username};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest name that is kept, in characters.
pub const NAME_LENGTH: usize = 200;

/// Below which path the pictures are that people upload.
pub const PICTURES: &str = "/picture";

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The `sub` claim.
    pub id: UserId,
    /// Where mail reaches them.
    pub email: Option<Email>,
    /// When they proved that it does.
    pub email_verified_at: Option<Timestamp>,
    /// What they may sign in with instead (`preferred_username`).
    pub username: Option<Username>,
    /// The full name, as they want it shown.
    pub name: Option<String>,
    /// The other standard claims.
    pub profile: Profile,
    /// The id of the picture they uploaded.
    pub picture: Option<String>,
    /// What they may do in the administration.
    pub role: Option<Role>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When any of this last changed (`updated_at`).
    pub updated_at: Timestamp,
    /// Since when they may not sign in.
    pub disabled_at: Option<Timestamp>,
}

impl User {
    /// A new person of whom nothing is known yet.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            id: UserId::random(),
            email: None,
            email_verified_at: None,
            username: None,
            name: None,
            profile: Profile::default(),
            picture: None,
            role: None,
            created_at: now,
            updated_at: now,
            disabled_at: None,
        }
    }

    /// Their address, where they have proved that it is theirs.
    #[must_use]
    pub fn proved_email(&self) -> Option<&Email> {
        self.email.as_ref().filter(|_| self.email_verified_at.is_some())
    }

    /// Where the picture is that they uploaded.
    #[must_use]
    pub fn picture_path(&self) -> Option<String> {
        self.picture.as_ref().map(|id| format!("{PICTURES}/{id}"))
    }

    /// What to call them on a page.
    #[must_use]
    pub fn display_name(&self) -> &str {
        let candidates = [
            self.name.as_deref(),
            self.username.as_ref().map(Username::as_str),
            self.email.as_ref().map(Email::as_str),
        ];
        candidates.into_iter().flatten().next().unwrap_or(self.id.as_str())
    }
}

/// Standard claims that Genkan only hands on; stored as one JSON text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profile(pub(super) serde_json::Map<String, Value>);

/// A claim that is not one of the standard ones, or not of their form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}: it is not a standard claim, or not of its form")]
pub struct InvalidClaim(pub String);

/// The claims of a profile that the scope `profile` reveals; each is a text.
const PROFILE: [&str; 11] = [
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
];

impl Profile {
    /// Takes standard claims, each of its form (section 5.1); empty ones are left out.
    pub fn from_claims(claims: serde_json::Map<String, Value>) -> Result<Self, InvalidClaim> {
        let mut profile = Self::default();
        for (name, value) in claims {
            let good = match (name.as_str(), &value) {
                (_, Value::Null) => continue,
                ("address", Value::Object(members)) => members.values().all(Value::is_string),
                ("phone_number_verified", Value::Bool(_)) | ("phone_number", Value::String(_)) => true,
                (name, Value::String(_)) => PROFILE.contains(&name),
                _ => false,
            };
            if !good {
                return Err(InvalidClaim(name));
            }
            if value.as_str() != Some("") {
                profile.0.insert(name, value);
            }
        }
        Ok(profile)
    }

    /// These claims, and those others in the place of what both have.
    #[must_use]
    pub fn with(&self, others: &Self) -> Self {
        let mut all = self.0.clone();
        all.extend(others.0.clone());
        Self(all)
    }

    /// Without those that are as others have them.
    #[must_use]
    pub fn without(&self, others: &serde_json::Map<String, Value>) -> Self {
        let kept = self.0.iter().filter(|(name, value)| others.get(*name) != Some(value));
        Self(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    fn claim(&self, name: &str) -> Option<Value> {
        self.0.get(name).cloned()
    }
}

/// The standard claims of a person that a set of scopes reveals (section 5.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserClaims(pub serde_json::Map<String, Value>);

impl UserClaims {
    /// Names of all claims that can come out of here, for discovery.
    pub fn supported() -> impl Iterator<Item = &'static str> {
        [
            "sub",
            "name",
            "preferred_username",
            "updated_at",
            "email",
            "email_verified",
            "address",
            "phone_number",
            "phone_number_verified",
        ]
        .into_iter()
        .chain(PROFILE)
    }

    /// With the person's groups and roles.
    #[must_use]
    pub fn telling(mut self, membership: Membership) -> Self {
        let named = [("groups", membership.groups), ("roles", membership.roles)];
        self.0.extend(named.into_iter().filter_map(|(name, names)| Some((name.to_owned(), names?.into()))));
        self
    }

    /// What `scopes` reveal of `user`; what is not known is left out, never null or empty.
    #[must_use]
    pub fn reveal(user: &User, scopes: &super::Scopes, issuer: &Issuer) -> Self {
        let mut claims = serde_json::Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                claims.insert(name.into(), value);
            }
        };
        put("sub", Some(user.id.as_str().into()));
        let profile = |name: &str| user.profile.claim(name);
        if scopes.has("profile") {
            put("name", user.name.clone().map(Value::from));
            put("preferred_username", user.username.as_ref().map(|name| name.as_str().into()));
            put("updated_at", Some(user.updated_at.0.into()));
            for name in PROFILE {
                put(name, profile(name));
            }
            // Before one that is kept elsewhere.
            put("picture", user.picture_path().map(|path| issuer.url(&path).into()));
        }
        if scopes.has("email")
            && let Some(email) = &user.email
        {
            put("email", Some(email.as_str().into()));
            put("email_verified", Some(user.email_verified_at.is_some().into()));
        }
        if scopes.has("address") {
            put("address", profile("address"));
        }
        if scopes.has("phone") {
            put("phone_number", profile("phone_number"));
            put("phone_number_verified", profile("phone_number").and(profile("phone_number_verified")));
        }
        Self(claims)
    }
}

//! A person as the API writes and reads them.
use crate::{
    admin::users::{Changes, NewPerson},
    app::App,
    domain::{self, Claim, Role, Timestamp},
    storage::{self, people},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    /// The `sub` claim.
    id: String,
    /// Where mail reaches them.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Whether they have shown that it does.
    email_verified: bool,
    /// What they may sign in with instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_username: Option<String>,
    /// The full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Other standard claims; those of the address beside the rest.
    profile: BTreeMap<String, String>,
    /// Where their picture is.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    /// What they may do in the administration: owner, admin, support or auditor.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    /// Since when they are here, in seconds since 1970.
    created_at: i64,
    /// When any of this last changed.
    updated_at: i64,
    /// Since when they may not sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_at: Option<i64>,
    /// Since when they have frozen their account; where one person is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    frozen_at: Option<i64>,
    /// When they are removed who are leaving; where one person is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    delete_at: Option<i64>,
}

impl User {
    /// All but whether they are away.
    pub fn of(app: &App, user: &domain::User) -> Self {
        let claim = |claim: &Claim| Some((claim.to_string(), user.profile.get(*claim)?.to_owned()));
        let mut profile: BTreeMap<_, _> = Claim::ALL.iter().filter_map(claim).collect();
        profile.extend(user.profile.locale().map(|tag| ("locale".to_owned(), tag.to_owned())));
        let elsewhere = || user.profile.picture().map(Into::into);
        Self {
            id: user.id.to_string(),
            email: user.email.as_ref().map(ToString::to_string),
            email_verified: user.email_verified_at.is_some(),
            preferred_username: user.username.as_ref().map(ToString::to_string),
            name: user.name.clone(),
            profile,
            picture: user.picture_path().map(|path| app.config.issuer.url(&path)).or_else(elsewhere),
            role: user.role,
            created_at: user.created_at.0,
            updated_at: user.updated_at.0,
            disabled_at: user.disabled_at.map(|at| at.0),
            frozen_at: None,
            delete_at: None,
        }
    }

    /// All.
    pub async fn with_absence(app: &App, user: &domain::User) -> Result<Self, storage::Error> {
        let (delete_at, frozen_at) = people::away(&app.db, &user.id).await?;
        let seconds = |at: Timestamp| at.0;
        Ok(Self { delete_at: delete_at.map(seconds), frozen_at: frozen_at.map(seconds), ..Self::of(app, user) })
    }
}

/// What is to be known of a person: members that are not there stay as they are.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChanges {
    /// Where mail reaches them; empty for nowhere.
    email: Option<String>,
    /// Whether it is known to be theirs. Another address is not, unless this says so.
    email_verified: Option<bool>,
    /// What they may sign in with instead; empty for nothing.
    preferred_username: Option<String>,
    /// The full name; empty for none.
    name: Option<String>,
    /// Other standard claims by name, those of the address beside the rest; empty takes one away.
    #[serde(default)]
    profile: BTreeMap<String, String>,
}

impl From<UserChanges> for Changes {
    fn from(changes: UserChanges) -> Self {
        Self {
            email: changes.email,
            email_verified: changes.email_verified,
            username: changes.preferred_username,
            name: changes.name,
            profile: changes.profile,
        }
    }
}

/// A person to be created.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Where mail reaches them.
    email: Option<String>,
    /// Whether it is known to be theirs.
    #[serde(default)]
    email_verified: bool,
    /// What they may sign in with instead.
    preferred_username: Option<String>,
    /// The full name.
    name: Option<String>,
    /// Other standard claims by name, those of the address beside the rest.
    #[serde(default)]
    profile: BTreeMap<String, String>,
    /// What they may do in the administration; needs the permission `roles:write`.
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    /// Whether they are sent a link by which they choose a password.
    #[serde(default)]
    mail: bool,
}

impl From<NewUser> for NewPerson {
    fn from(new: NewUser) -> Self {
        let known = Changes {
            email: new.email,
            email_verified: Some(new.email_verified),
            username: new.preferred_username,
            name: new.name,
            profile: new.profile,
        };
        Self { known, role: new.role, mail: new.mail }
    }
}

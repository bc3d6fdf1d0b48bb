//! The account pages: where a person sees and changes what is theirs.
pub mod activity;
pub mod apps;
pub mod email;
pub mod export;
pub mod kept_access;
pub mod leave;
pub mod overview;
pub mod passkeys;
pub mod password;
pub mod profile;
pub mod sessions;
pub mod two_step;
pub mod ways_in;

use super::{error::PageError, interaction::Interaction, pages::render::see_other, visit::Visit};
use crate::{
    domain::{SignIn, User, words},
    storage::users,
};
use actix_web::HttpResponse;

/// How long after proving who they are a person may change what matters, in seconds.
const RECENT: i64 = 600;

/// The pages to which signing in may lead back; no other address does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// What there is.
    Overview,
    /// What they say of themselves.
    Profile,
    /// Changing the password.
    Password,
    /// Passkeys.
    Passkeys,
    /// Another address.
    Email,
    /// Signing in elsewhere.
    WaysIn,
    /// A second factor.
    TwoStep,
    /// Where the person is signed in.
    Sessions,
    /// What apps may have.
    Apps,
    /// What happened lately.
    Activity,
    /// A copy of everything, freezing and deleting the account.
    Leave,
    /// Running the instance.
    Admin,
    /// The first steps of whoever runs a new instance.
    FirstSteps,
}

words!(Place {
    Overview = "/account",
    Profile = "/account/profile",
    Password = "/account/password",
    Passkeys = "/account/passkeys",
    Email = "/account/email",
    WaysIn = "/account/ways-in",
    TwoStep = "/account/two-step",
    Sessions = "/account/sessions",
    Apps = "/account/apps",
    Activity = "/account/activity",
    Leave = "/account/leave",
    Admin = "/admin",
    FirstSteps = "/admin/first-steps",
});

impl Place {
    /// The message that names it.
    const fn title(self) -> &'static str {
        match self {
            Self::Overview => "account-title",
            Self::Profile => "profile-title",
            Self::Password => "password-title",
            Self::Passkeys => "passkeys-title",
            Self::Email => "change-email-title",
            Self::WaysIn => "ways-in-title",
            Self::TwoStep => "two-step-title",
            Self::Sessions => "sessions-title",
            Self::Apps => "apps-title",
            Self::Activity => "activity-title",
            Self::Leave => "leave-title",
            Self::Admin => "admin-title",
            Self::FirstSteps => "first-steps",
        }
    }
}

/// Who looks at an account page: the session and the person.
pub struct Person {
    /// In this browser.
    pub sign_in: SignIn,
    /// Whose account it is.
    pub user: User,
}

impl Visit {
    /// The person who is signed in; who is not signs in and comes back to `place`.
    pub async fn person(&self, place: Place) -> Result<Person, PageError> {
        let first = || PageError::SignInFirst { place, interaction: None };
        let sign_in = self.sign_in().ok_or_else(first)?;
        let user = users::find(&self.app.db, &sign_in.user).await?.ok_or_else(first)?;
        Ok(Person { sign_in, user })
    }

    /// The same, before anything that matters: who has not proved it lately does so again.
    pub async fn recent_person(&self, place: Place) -> Result<Person, PageError> {
        self.recent_person_within(place, None).await
    }

    /// The same, on the way to an app.
    pub async fn recent_person_within(
        &self,
        place: Place,
        interaction: Option<&Interaction>,
    ) -> Result<Person, PageError> {
        let first = || {
            let interaction = interaction.map(|interaction| interaction.sealed.clone());
            PageError::SignInFirst { place, interaction }
        };
        let person = self.person(place).await.map_err(|why| match why {
            PageError::SignInFirst { .. } => first(),
            why => why,
        })?;
        let is_recent = self.app.clock.now().since(person.sign_in.auth_time) <= RECENT;
        if is_recent { Ok(person) } else { Err(first()) }
    }
}

/// `GET /`.
pub async fn home() -> HttpResponse {
    see_other(Place::Overview.as_str())
}

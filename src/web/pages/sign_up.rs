//! The page that creates an account: anybody's, or the owner's of a fresh instance.

use askama::Template;

use super::page::{ClientView, FieldError, Page};

#[derive(Clone, Debug, Template)]
#[template(path = "sign_up.html")]
pub struct SignUpPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub client: Option<ClientView>,
    pub email: String,
    pub name: String,
    /// One for a field that is not in the form is shown above it.
    pub errors: Vec<FieldError>,
    /// Where those go who have an account.
    pub sign_in: String,
    /// Whether this is the first account, which owns the instance.
    pub owner: bool,
    /// The one-time token that allows creating the owner's account.
    pub setup: Option<String>,
}

/// The fields, from top to bottom.
const FIELDS: [&str; 3] = ["name", "email", "password"];

impl SignUpPage {
    fn title(&self) -> String {
        if self.owner {
            let instance = self.page.instance.as_str();
            self.page.words.with("owner-title", &[("instance", instance)])
        } else {
            self.page.words.get("sign-up-title")
        }
    }

    fn problem(&self, field: &str) -> Option<String> {
        let error = self.errors.iter().find(|error| error.field == field)?;
        Some(self.page.words.say(&error.message))
    }

    /// What is wrong with none of the fields, such as too many attempts.
    fn problems_elsewhere(&self) -> Vec<String> {
        let errors = self.errors.iter();
        let errors = errors.filter(|error| !FIELDS.contains(&error.field.as_str()));
        errors.map(|error| self.page.words.say(&error.message)).collect()
    }

    /// Whether the cursor belongs here: in the first field that is wrong, else in the first.
    fn starts_at(&self, field: &str) -> bool {
        let mut fields = FIELDS.into_iter();
        let first_wrong = fields.find(|field| self.errors.iter().any(|e| e.field == *field));
        first_wrong.unwrap_or("name") == field
    }
}

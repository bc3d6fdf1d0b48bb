//! `/account/profile`: what a person says of themselves, and their picture.
mod form;
pub mod picture;

pub use form::{Form, Group};

use super::{Person, Place};
use crate::{
    domain::{Event, User},
    i18n::Language,
    storage::{self, users},
    web::{
        error::PageError,
        forms::{PageForm, PageQuery},
        pages::{
            page::{AccountView, Page},
            render::{remember_language, see_other},
        },
        visit::Visit,
    },
};
use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "profile.html")]
pub struct ProfilePage {
    pub page: Page,
    pub action: String,
    pub picture_action: String,
    pub csrf: String,
    pub account: AccountView,
    /// Whether there is a picture to be removed.
    pub has_picture: bool,
    pub form: Form,
    /// What was done just now: the message that says so.
    pub done: Option<&'static str>,
}

impl ProfilePage {
    fn problem(&self, field: &str) -> Option<String> {
        self.form.problem(field).map(|message| self.page.words.say(message))
    }

    /// The message of a field.
    fn word(&self, field: &str, part: &str) -> String {
        self.page.words.get(&format!("claim-{field}{part}"))
    }

    fn groups(&self) -> Vec<Group> {
        self.form.groups(self.page.words.language())
    }
}

/// What can be done here, and the message that says that it was.
const DONE: [(&str, &str); 3] =
    [("profile", "profile-saved"), ("picture", "picture-saved"), ("no-picture", "picture-removed")];

/// `GET /account/profile`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let Person { user, .. } = visit.person(Place::Profile).await?;
    let done = DONE.iter().find(|(what, _)| query.0.get("done") == Some(what)).map(|(_, message)| *message);
    Ok(show(&visit, &user, Form::of(&user), done))
}

/// `POST /account/profile`. Of all that a form can say, what a person may say of themselves is read.
pub async fn post(visit: Visit, params: PageForm) -> Result<HttpResponse, PageError> {
    let Person { user, .. } = visit.person(Place::Profile).await?;
    let mut form = Form::read(&params.0);
    let Some(changed) = form.apply(&user) else { return Ok(refused(&visit, &user, form)) };
    if changed == user {
        return Ok(saved(&visit, &changed));
    }
    match users::describe(&visit.app.db, changed.clone(), form.before, visit.app.clock.now()).await {
        Ok(true) => {
            visit.record(&user.id, Event::ProfileChanged).await?;
            return Ok(saved(&visit, &changed));
        }
        Ok(false) => form.wrong("form", "profile-changed-meanwhile"),
        Err(storage::Error::Conflict) => form.wrong("preferred_username", "username-taken"),
        Err(why) => return Err(why.into()),
    }
    // Whoever sees what is there now, and sends the form again, means it.
    form.before = user.updated_at;
    Ok(refused(&visit, &user, form))
}

/// Says that all is kept, in the language that was set.
fn saved(visit: &Visit, user: &User) -> HttpResponse {
    let mut response = done("profile");
    if let Some(language) = user.profile.locale().and_then(Language::of_tag) {
        remember_language(&visit.app, &mut response, language);
    }
    response
}

/// Back to the page, which says what was done.
fn done(what: &str) -> HttpResponse {
    see_other(&format!("{}?done={what}", Place::Profile))
}

fn refused(visit: &Visit, user: &User, form: Form) -> HttpResponse {
    let mut response = show(visit, user, form, None);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}

fn show(visit: &Visit, user: &User, form: Form, done: Option<&'static str>) -> HttpResponse {
    let frame = visit.frame(None);
    let page = ProfilePage {
        page: frame.page(Place::Profile.as_str()),
        action: Place::Profile.to_string(),
        picture_action: picture::PATH.into(),
        csrf: visit.form_token(),
        account: user.into(),
        has_picture: user.picture.is_some() || user.profile.picture().is_some(),
        form,
        done,
    };
    visit.show(&frame, &page, None)
}

//! `/account/password`: a new password.
use super::{Person, Place};
use crate::{
    domain::{Email, Event, Password, User},
    hashing::Verdict,
    i18n::Message,
    mail::Notice,
    protocol::params::Params,
    storage::users,
    web::{
        error::PageError,
        forms::PageForm,
        limits::{self, Tried},
        pages::{
            page::{FieldError, Page},
            sign_up::password_problem,
        },
        visit::Visit,
    },
};
use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "password.html")]
pub struct PasswordPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    /// For the password manager.
    pub username: String,
    /// Whether there is one to be changed.
    pub has_one: bool,
    pub errors: Vec<FieldError>,
    pub done: bool,
}

impl PasswordPage {
    fn problem(&self, field: &str) -> Option<String> {
        let error = self.errors.iter().find(|error| error.field == field)?;
        Some(self.page.words.say(&error.message))
    }
}

/// `GET /account/password`.
pub async fn get(visit: Visit) -> Result<HttpResponse, PageError> {
    let person = visit.recent_person(Place::Password).await?;
    show(&visit, &person.user, vec![], false).await
}

/// `POST /account/password`. The other sessions end.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, Person { sign_in, user }) = (&visit.app, visit.recent_person(Place::Password).await?);
    let mut errors = vec![];
    if let Some(problem) = current_problem(&visit, &user, &form.0).await? {
        errors.push(FieldError::new("current", problem));
    }
    let about = [user.email.as_ref().map(Email::as_str), user.name.as_deref()].map(Option::unwrap_or_default);
    match password_problem(app, form.0.get("password"), &about) {
        Err(problem) => errors.push(FieldError::new("password", problem)),
        Ok(password) if errors.is_empty() => {
            let hash = app.hasher.hash(password).await?;
            users::set_password(&app.db, user.id.clone(), hash, sign_in.sid.clone(), app.clock.now()).await?;
            // A new cookie for this one too, in case somebody has read the old one.
            visit.session.begin(&sign_in)?;
            visit.record(&user.id, Event::PasswordChanged).await?;
            visit.notify(&user.id, Notice::PasswordChanged).await;
            return show(&visit, &user, vec![], true).await;
        }
        Ok(_) => {}
    }
    let mut response = show(&visit, &user, errors, false).await?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// What is wrong with the password that is to be changed. It is guessed at no other rate than at
/// sign-in.
async fn current_problem(visit: &Visit, user: &User, form: &Params) -> Result<Option<Message>, PageError> {
    let app = &visit.app;
    let Some(hash) = users::password_hash(&app.db, &user.id).await? else { return Ok(None) };
    if let Some(seconds) = limits::take(app, &visit.request, &Tried::Password(user.id.as_str())).await? {
        return Err(PageError::TooManyRequests(seconds));
    }
    let Ok(typed) = Password::attempt(form.get("current").unwrap_or_default()) else {
        return Ok(Some("password-current-wrong".into()));
    };
    match app.hasher.verify(typed, Some(&hash)).await? {
        Verdict::Wrong => {
            visit.record(&user.id, Event::PasswordWrong).await?;
            Ok(Some("password-current-wrong".into()))
        }
        Verdict::Right(_) => {
            limits::forget(app, &visit.request, user.id.as_str()).await?;
            Ok(None)
        }
    }
}

async fn show(visit: &Visit, user: &User, errors: Vec<FieldError>, done: bool) -> Result<HttpResponse, PageError> {
    let frame = visit.frame(None);
    let username = user.email.as_ref().map(ToString::to_string).or(user.username.as_ref().map(ToString::to_string));
    let page = PasswordPage {
        page: frame.page(Place::Password.as_str()),
        action: Place::Password.to_string(),
        csrf: visit.form_token(),
        username: username.unwrap_or_default(),
        has_one: users::password_hash(&visit.app.db, &user.id).await?.is_some(),
        errors,
        done,
    };
    Ok(visit.show(&frame, &page, None))
}

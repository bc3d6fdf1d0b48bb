//! `/account/leave`: a copy of everything, freezing the account, and deleting it.
use super::{Person, Place, export};
use crate::{
    domain::Event,
    i18n::Message,
    mail::Notice,
    storage::users::{self, Absence},
    web::{
        error::PageError,
        forms::PageForm,
        pages::{page::Page, render::see_other, signed_out::SignedOutPage},
        visit::Visit,
    },
};
use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "leave.html")]
pub struct LeavePage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    /// Days until an account that is deleted is gone.
    pub grace_days: i64,
    pub error: Option<Message>,
}

/// `GET /account/leave`.
pub async fn get(visit: Visit) -> Result<HttpResponse, PageError> {
    visit.recent_person(Place::Leave).await?;
    Ok(show(&visit, None))
}

/// `POST /account/leave`.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let person = visit.recent_person(Place::Leave).await?;
    let (now, grace) = (visit.app.clock.now(), visit.app.settings().accounts.deletion_grace);
    let is_sure = form.0.get("sure").is_some();
    match form.0.get("action") {
        Some("export") => export_all(&visit, &person).await,
        Some("freeze" | "delete") if is_last(&visit, &person).await? => Ok(refused(&visit, "leave-last-operator")),
        Some("freeze") if is_sure => go(&visit, person, Absence::Frozen, Event::Frozen).await,
        Some("delete") if is_sure => {
            go(&visit, person, Absence::Leaving(now.plus(grace)), Event::DeletionScheduled).await
        }
        Some("freeze" | "delete") => Ok(refused(&visit, "leave-sure-needed")),
        _ => Ok(see_other(Place::Leave.as_str())),
    }
}

/// Whether nobody could run the instance without them.
async fn is_last(visit: &Visit, person: &Person) -> Result<bool, PageError> {
    let runs_it = person.user.role.is_some();
    Ok(runs_it && !users::has_other_operators(&visit.app.db, &person.user.id).await?)
}

fn refused(visit: &Visit, why: &str) -> HttpResponse {
    let mut response = show(visit, Some(why.into()));
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}

async fn export_all(visit: &Visit, person: &Person) -> Result<HttpResponse, PageError> {
    visit.record(&person.user.id, Event::DataExported).await?;
    let everything = export::everything(visit, &person.user).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"account.json\""))
        .json(everything))
}

/// Signs the person out everywhere, and here.
async fn go(visit: &Visit, person: Person, absence: Absence, event: Event) -> Result<HttpResponse, PageError> {
    let (app, user) = (&visit.app, person.user.id);
    if users::leave(&app.db, user.clone(), absence, app.clock.now()).await? {
        visit.record(&user, event).await?;
        let notice = if event == Event::Frozen { Notice::Frozen } else { Notice::DeletionScheduled };
        visit.notify(&user, notice).await;
    }
    visit.session.end(&person.sign_in.sid)?;
    let frame = visit.frame(None);
    let notice = match absence {
        Absence::Frozen => Message::new("leave-frozen"),
        Absence::Leaving(at) => Message::new("leave-leaving").with("when", at.in_utc()),
    };
    let page = SignedOutPage { page: frame.page(""), client: None, continue_to: None, notice: Some(notice) };
    Ok(visit.show(&frame, &page, None))
}

fn show(visit: &Visit, error: Option<Message>) -> HttpResponse {
    let frame = visit.frame(None);
    let page = LeavePage {
        page: frame.page(Place::Leave.as_str()),
        action: Place::Leave.to_string(),
        csrf: visit.form_token(),
        grace_days: (visit.app.settings().accounts.deletion_grace + 43_200) / 86_400,
        error,
    };
    visit.show(&frame, &page, None)
}

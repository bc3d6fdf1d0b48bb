//! `/account/leave`: a copy of everything, freezing the account, and deleting it.
use super::{Person, Place, export};
use crate::{
    domain::{Event, Timestamp},
    i18n::Message,
    mail::Notice,
    storage::people::{self, Act, Acted, Target},
    web::{
        error::PageError,
        forms::PageForm,
        pages::{page::Page, render::see_other, signed_out::SignedOutPage},
        record::{self, told},
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
        Some("freeze") if is_sure => go(&visit, person, None).await,
        Some("delete") if is_sure => go(&visit, person, Some(now.plus(grace))).await,
        Some("freeze" | "delete") => Ok(refused(&visit, "leave-sure-needed")),
        _ => Ok(see_other(Place::Leave.as_str())),
    }
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

/// Signs the person out everywhere, and here; frozen, or gone at that time. Whoever rules the instance alone stays.
async fn go(visit: &Visit, person: Person, at: Option<Timestamp>) -> Result<HttpResponse, PageError> {
    let (app, user) = (&visit.app, person.user.id);
    let (act, event, notice) = match at {
        None => (Act::Freeze, Event::Frozen, Notice::Frozen),
        Some(at) => (Act::Leave(at), Event::DeletionScheduled, Notice::DeletionScheduled),
    };
    let target = Target { id: user.clone(), role: person.user.role, version: None };
    let event = told(app, &visit.request, Some(&user), event);
    match people::act(&app.db, &app.secrets.audit, target, act, event.clone(), app.clock.now()).await? {
        Acted::Done => {
            record::log(&event);
            visit.notify(&user, notice).await;
        }
        Acted::Last => return Ok(refused(visit, "leave-last-operator")),
        // They have another role by now.
        Acted::Stale => return Ok(see_other(Place::Leave.as_str())),
        _ => {}
    }
    visit.session.end(&person.sign_in.sid)?;
    let frame = visit.frame(None);
    let notice = match at {
        None => Message::new("leave-frozen"),
        Some(at) => Message::new("leave-leaving").with("when", at.in_utc()),
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

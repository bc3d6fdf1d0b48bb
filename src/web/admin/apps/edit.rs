//! Registering an app by a template, and changing one.
use super::{
    PLACE,
    fields::{Group, Input},
    form::{Form, metadata_of},
    href,
    kind::Kind,
    start::StartPage,
};
use crate::{
    admin::{self, apps},
    domain::ClientId,
    i18n::Message,
    protocol::registration::ClientMetadata,
    storage::clients::{Registered, Source},
    web::{
        admin::{AdminPage, Desk},
        error::PageError,
        forms::{LinesForm, PageQuery},
        pages::render::{Frame, see_other},
    },
};
use actix_web::{HttpResponse, http::StatusCode, web::Path};
use askama::Template;

/// Where an app is registered; not below the apps, one of which may have any name.
const NEW: &str = "/admin/new-app";

#[derive(Clone, Debug, Template)]
#[template(path = "admin/app_kinds.html")]
pub struct KindsPage {
    pub admin: AdminPage,
    pub kinds: Vec<Kind>,
}

#[derive(Clone, Debug, Template)]
#[template(path = "admin/app_form.html")]
pub struct AppFormPage {
    pub admin: AdminPage,
    /// The app's name; nothing where it is new.
    pub name: Option<String>,
    pub action: String,
    pub back: String,
    /// The template that a new one is made by.
    pub kind: Option<Kind>,
    pub version: i64,
    pub groups: Vec<Group>,
    /// What is wrong, and belongs to no field.
    pub problems: Vec<Message>,
    /// What is there now, where somebody else changed it meanwhile: names of fields, and what is in them.
    pub meanwhile: Vec<(Message, String)>,
}

/// `GET /admin/new-app`: which kind; `?kind=web`: its form.
pub async fn choose(desk: Desk, query: PageQuery) -> Result<HttpResponse, PageError> {
    let frame = desk.visit.frame(None);
    match query.0.get("kind").and_then(|word| word.parse().ok()) {
        Some(kind) => Ok(desk.show(&frame, &new_page(&desk, &frame, kind, &Kind::metadata(kind).into()))),
        None => {
            let page = KindsPage { admin: desk.page(&frame, PLACE, NEW), kinds: Kind::ALL.to_vec() };
            Ok(desk.show(&frame, &page))
        }
    }
}

fn new_page(desk: &Desk, frame: &Frame, kind: Kind, form: &Form) -> AppFormPage {
    AppFormPage {
        admin: desk.page(frame, PLACE, &format!("{NEW}?kind={kind}")),
        name: None,
        action: NEW.into(),
        back: PLACE.into(),
        kind: Some(kind),
        version: 0,
        groups: form.groups(&desk.providers(), true),
        problems: form.stray().into_iter().cloned().collect(),
        meanwhile: vec![],
    }
}

/// `POST /admin/new-app`.
pub async fn create(desk: Desk, sent: LinesForm) -> Result<HttpResponse, PageError> {
    let kind = sent.0.get("kind").and_then(|word| word.parse().ok()).unwrap_or(Kind::Web);
    let form = Form::read(&sent.0);
    let outcome = match form.metadata() {
        Ok(metadata) => apps::create(desk.change(), metadata).await,
        Err(faults) => Err(admin::Error::Invalid(faults)),
    };
    let frame = desk.visit.frame(None);
    match outcome {
        Ok(told) => {
            desk.refresh().await;
            Ok(desk.show(&frame, &StartPage::new(&desk, &frame, &told.app.client, kind, told.secret.as_ref())))
        }
        Err(admin::Error::Invalid(faults)) => {
            Ok(desk.show_faults(&frame, &new_page(&desk, &frame, kind, &form.with(faults))))
        }
        Err(why) => Err(why.into()),
    }
}

/// `GET /admin/apps/{id}/edit`.
pub async fn get(desk: Desk, id: Path<String>) -> Result<HttpResponse, PageError> {
    let app = apps::find(&desk.visit.app.db, &ClientId(id.into_inner())).await?;
    if app.source == Source::Settings {
        return Ok(see_other(&href(&app.client.client_id)));
    }
    let frame = desk.visit.frame(None);
    Ok(desk.show(&frame, &page(&desk, &frame, &app, &metadata_of(&app.client).into())))
}

fn page(desk: &Desk, frame: &Frame, app: &Registered, form: &Form) -> AppFormPage {
    let id = &app.client.client_id;
    let action = format!("{}/edit", href(id));
    AppFormPage {
        admin: desk.page(frame, PLACE, &action),
        name: Some(frame.words.name_of(&app.client)),
        action,
        back: href(id),
        kind: None,
        version: app.version,
        groups: form.groups(&desk.providers(), false),
        problems: form.stray().into_iter().cloned().collect(),
        meanwhile: vec![],
    }
}

/// `POST /admin/apps/{id}/edit`.
pub async fn post(desk: Desk, id: Path<String>, sent: LinesForm) -> Result<HttpResponse, PageError> {
    let id = ClientId(id.into_inner());
    let form = Form::read(&sent.0);
    let version = sent.0.get("version").and_then(|version| version.parse().ok()).unwrap_or(-1);
    let outcome = match form.metadata() {
        Ok(metadata) => {
            let metadata = ClientMetadata { client_id: None, ..metadata };
            apps::update(desk.change(), &id, Some(version), metadata).await
        }
        Err(faults) => Err(admin::Error::Invalid(faults)),
    };
    let frame = desk.visit.frame(None);
    match outcome {
        Ok(told) => {
            desk.refresh().await;
            let client = &told.app.client;
            let Some(secret) = &told.secret else { return Ok(see_other(&href(&id))) };
            Ok(desk.show(&frame, &StartPage::new(&desk, &frame, client, Kind::of(client), Some(secret))))
        }
        Err(admin::Error::Invalid(faults)) => {
            let app = apps::find(&desk.visit.app.db, &id).await?;
            // What was looked at stays what a later save is compared with.
            let page = AppFormPage { version, ..page(&desk, &frame, &app, &form.with(faults)) };
            Ok(desk.show_faults(&frame, &page))
        }
        Err(admin::Error::Stale) => stale(&desk, &frame, &id, &form).await,
        Err(why) => Err(why.into()),
    }
}

/// Somebody else was quicker: what they made of it is shown beside what was typed, which is saved by another press.
async fn stale(desk: &Desk, frame: &Frame, id: &ClientId, form: &Form) -> Result<HttpResponse, PageError> {
    let app = apps::find(&desk.visit.app.db, id).await?;
    let (providers, stored) = (desk.providers(), Form::from(metadata_of(&app.client)));
    let fields = |form: &Form| form.groups(&providers, false).into_iter().flat_map(|group| group.fields);
    let differs = fields(&stored).zip(fields(form)).filter(|(now, typed)| now.shown() != typed.shown());
    let meanwhile = differs.map(|(now, _)| (now.label(), now.shown())).collect();
    let mut response = desk.show(frame, &AppFormPage { meanwhile, ..page(desk, frame, &app, form) });
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}

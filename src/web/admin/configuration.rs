//! `/admin/configuration`: the file that the instance is configured by, and what has been changed since.
use super::{AdminPage, Desk};
use crate::{
    admin::manifest::{Action, Configuration, Kind, Step},
    app::App,
    web::{error::PageError, forms::PageForm},
};
use actix_web::{HttpResponse, http::header};
use askama::Template;
use serde_json::Value;

const PLACE: &str = "/admin/configuration";

#[derive(Clone, Debug, Template)]
#[template(path = "admin/configuration.html")]
pub struct ConfigurationPage {
    pub admin: AdminPage,
    /// When a file was applied; nothing, where none ever was.
    pub applied_at: Option<String>,
    /// Whether what was applied can be compared.
    pub readable: bool,
    pub differences: Vec<Difference>,
    /// What there is and the file does not name: a message, and a name.
    pub unlisted: Vec<(String, String)>,
}

/// Something that is not as the file says.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The message that names what it is.
    pub kind: String,
    pub name: String,
    /// Where it is changed, if it is there.
    pub href: Option<String>,
    /// The message that says what happened to it.
    pub what: &'static str,
    pub fields: Vec<Field>,
}

/// A value that is another.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub now: String,
    pub in_file: String,
}

/// `GET /admin/configuration`.
pub async fn get(desk: Desk) -> Result<HttpResponse, PageError> {
    let (app, frame) = (&desk.visit.app, desk.visit.frame(None));
    let drift = Configuration::from(app.as_ref()).drift(desk.operator(), app.clock.now()).await?;
    let applied_at = drift.as_ref().map(|drift| drift.applied_at.in_utc());
    let plan = drift.and_then(|drift| drift.plan);
    let page = ConfigurationPage {
        admin: desk.page(&frame, PLACE, PLACE),
        applied_at,
        readable: plan.is_some(),
        differences: plan.iter().flat_map(|plan| &plan.steps).map(difference).collect(),
        unlisted: plan.iter().flat_map(|plan| &plan.unlisted).map(|(kind, name)| (key(*kind), name.clone())).collect(),
    };
    Ok(desk.show(&frame, &page))
}

/// What a plan of the file has to do, seen from the instance: what it would add is gone.
fn difference(step: &Step) -> Difference {
    let field = |(name, now, in_file): (&str, Option<&Value>, Option<&Value>)| Field {
        name: name.to_owned(),
        now: shown(now),
        in_file: shown(in_file),
    };
    let (what, fields) = match step.action {
        Action::Add => ("configuration-gone", vec![]),
        Action::Remove => ("configuration-new", vec![]),
        Action::Change => ("configuration-other", step.fields().into_iter().map(field).collect()),
    };
    Difference { kind: key(step.kind), name: step.name.clone(), href: href(step), what, fields }
}

fn key(kind: Kind) -> String {
    format!("configuration-{kind}")
}

fn href(step: &Step) -> Option<String> {
    (step.action != Action::Add).then_some(())?;
    match step.kind {
        Kind::Client => Some(format!("/admin/apps/{}", step.name)),
        Kind::Provider => Some(format!("/admin/providers/{}", step.name)),
        Kind::Group | Kind::Role => Some("/admin/groups".into()),
        Kind::Setting => Some("/admin/settings".into()),
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "–".into(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => items.iter().map(|item| shown(Some(item))).collect::<Vec<_>>().join(", "),
        Some(value) => value.to_string(),
    }
}

/// `POST /admin/configuration/export`: the instance as a file.
pub async fn export(desk: Desk, _form: PageForm) -> Result<HttpResponse, PageError> {
    Ok(file(&desk.visit.app).await?)
}

/// The file, to be kept.
pub async fn file(app: &App) -> Result<HttpResponse, crate::admin::Error> {
    let text = Configuration::from(app).export().await?;
    Ok(HttpResponse::Ok()
        .content_type("application/toml")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"instance.toml\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text))
}

//! `/admin/providers`: where else people sign in.
mod edit;
mod fields;
mod shapes;

pub use edit::{add, check, edit, new, save};

use super::{AdminPage, Desk};
use crate::{
    admin::{
        self,
        providers::{Entry, Expected, Place, Register},
    },
    domain::{Permission, ProviderKind, ProviderName},
    protocol::params::Params,
    upstream::kinds,
    web::{error::PageError, forms::PageForm, pages::render::see_other},
};
use actix_web::{HttpResponse, web::Path};
use askama::Template;
use toml::Value;

const PLACE: &str = "/admin/providers";

#[derive(Clone, Debug, Template)]
#[template(path = "admin/providers.html")]
pub struct ProvidersPage {
    pub admin: AdminPage,
    pub providers: Vec<ProviderLine>,
    pub kinds: Vec<KindChoice>,
    pub may_write: bool,
}

/// A provider in the list.
#[derive(Clone, Debug)]
pub struct ProviderLine {
    pub name: String,
    pub label: String,
    /// Nothing where it cannot be read any more.
    pub kind: Option<KindChoice>,
    pub in_file: bool,
    pub enabled: bool,
    pub order: i64,
    pub people: i64,
}

/// A kind of provider, by its name or a message that names it.
#[derive(Clone, Debug)]
pub struct KindChoice {
    pub word: &'static str,
    pub title: &'static str,
}

impl KindChoice {
    /// How a kind is shown.
    pub fn of(kind: ProviderKind) -> Self {
        Self { word: kind.as_str(), title: kinds::of(kind).title() }
    }
}

/// `GET /admin/providers`.
pub async fn list(desk: Desk) -> Result<HttpResponse, PageError> {
    let frame = desk.visit.frame(None);
    let all = Register::from(desk.visit.app.as_ref()).all().await?;
    let page = ProvidersPage {
        admin: desk.page(&frame, PLACE, PLACE),
        providers: all.iter().map(line).collect(),
        kinds: ProviderKind::ALL.iter().map(|kind| KindChoice::of(*kind)).collect(),
        may_write: desk.operator().may(Permission::ProvidersWrite),
    };
    Ok(desk.show(&frame, &page))
}

fn line(entry: &Entry) -> ProviderLine {
    let provider = entry.provider.as_ref();
    ProviderLine {
        name: entry.name.to_string(),
        label: provider.map_or_else(|| entry.name.to_string(), |provider| provider.label().to_owned()),
        kind: provider.map(|provider| KindChoice::of(provider.kind.kind())),
        in_file: entry.place == Place::File,
        enabled: provider.is_some_and(|provider| provider.settings.enabled),
        order: provider.map_or(0, |provider| provider.settings.order),
        people: entry.people,
    }
}

/// `POST /admin/providers`: puts their buttons in another order. One of another number than before is saved.
pub async fn order(desk: Desk, form: PageForm) -> Result<HttpResponse, PageError> {
    let app = &desk.visit.app;
    let register = Register::from(app.as_ref());
    for entry in register.all().await? {
        let Some(provider) = entry.provider.as_ref().filter(|_| entry.place == Place::Database) else { continue };
        let typed = form.0.get(&format!("order-{}", entry.name)).and_then(|text| text.trim().parse::<i64>().ok());
        let Some(order) = typed.filter(|order| *order != provider.settings.order) else { continue };
        change(&desk, &register, &entry, ("order", Value::Integer(order))).await?;
    }
    Ok(see_other(PLACE))
}

/// `POST /admin/providers/{name}/state`: lets people come from it, or not.
pub async fn state(desk: Desk, name: Path<String>, form: PageForm) -> Result<HttpResponse, PageError> {
    let app = &desk.visit.app;
    let register = Register::from(app.as_ref());
    let entry = register.find(&parsed(&name)?).await?;
    let enabled = form.0.get("enabled") == Some("true");
    change(&desk, &register, &entry, ("enabled", Value::Boolean(enabled))).await?;
    Ok(see_other(PLACE))
}

/// `POST /admin/providers/{name}/remove`.
pub async fn remove(desk: Desk, name: Path<String>, form: PageForm) -> Result<HttpResponse, PageError> {
    let app = &desk.visit.app;
    let (register, expected) = (Register::from(app.as_ref()), seen(&form.0));
    register.remove(desk.operator(), &parsed(&name)?, &expected, app.clock.now()).await?;
    Ok(see_other(PLACE))
}

/// Changes one setting of a provider that is as it was read.
async fn change(
    desk: &Desk,
    register: &Register<'_>,
    entry: &Entry,
    (key, value): (&str, Value),
) -> Result<(), admin::Error> {
    let mut section = entry.section();
    section.insert(key.to_owned(), value);
    let (tag, now) = (entry.tag.clone(), desk.visit.app.clock.now());
    let expected = tag.map_or(Expected::Anything, Expected::Tag);
    register.save(desk.operator(), entry.name.as_str(), &section, &expected, now).await.map(|_| ())
}

/// What the form says that whoever filled it in had seen.
fn seen(params: &Params) -> Expected {
    params.get("seen").map_or(Expected::Anything, |tag| Expected::Tag(tag.to_owned()))
}

fn parsed(name: &str) -> Result<ProviderName, PageError> {
    name.parse().map_err(|_| PageError::NotFound)
}

//! `/admin/add-provider` and `/admin/providers/{name}`: the form of one provider, and what checking it found.
use super::{
    super::{AdminPage, Desk},
    KindChoice, PLACE,
    fields::{self, FieldView},
    parsed, seen,
};
use crate::{
    admin::{
        self, Fault,
        providers::{self, Entry, Expected, Place, Register},
    },
    domain::{Permission, ProviderKind},
    i18n::Message,
    protocol::params::Params,
    upstream::{Checked, callback_path, event_paths},
    web::{
        error::PageError,
        forms::{LinesForm, PageForm, PageQuery},
        pages::render::{Frame, see_other},
    },
};
use actix_web::{HttpResponse, web::Path};
use askama::Template;
use toml::Table;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/provider.html")]
pub struct ProviderPage {
    pub admin: AdminPage,
    /// What is there; nothing while it is being added.
    pub there: Option<There>,
    pub name: String,
    pub name_error: Option<Message>,
    pub kind: KindChoice,
    /// Where it is registered, if that is known.
    pub console: Option<&'static str>,
    pub main: Vec<FieldView>,
    pub more: Vec<FieldView>,
    pub addresses: Vec<FieldView>,
    pub faults: Vec<Message>,
    pub may_write: bool,
    pub checked: Vec<CheckLine>,
}

impl ProviderPage {
    fn is_in_file(&self) -> bool {
        self.there.as_ref().is_some_and(|there| there.in_file)
    }

    fn more_is_open(&self) -> bool {
        self.more.iter().any(|field| field.error.is_some())
    }

    fn addresses_are_open(&self) -> bool {
        self.addresses.iter().any(|field| field.error.is_some() || !field.value.is_empty())
    }
}

/// A provider that is set up.
#[derive(Clone, Debug)]
pub struct There {
    pub label: String,
    pub in_file: bool,
    pub enabled: bool,
    pub people: i64,
    pub seen: String,
    pub redirect_uri: String,
    /// A message that names each, and where it is.
    pub events: Vec<(String, String)>,
}

/// What was looked at.
#[derive(Clone, Debug)]
pub struct CheckLine {
    pub what: String,
    pub good: bool,
    pub detail: Message,
}

impl From<Checked> for CheckLine {
    fn from(checked: Checked) -> Self {
        Self {
            what: format!("admin-provider-check-{}", checked.what),
            good: checked.outcome.is_ok(),
            detail: checked.outcome.unwrap_or_else(|why| why),
        }
    }
}

/// Where each kind is registered.
const fn console(kind: ProviderKind) -> Option<&'static str> {
    Some(match kind {
        ProviderKind::Google => "https://console.cloud.google.com/auth/clients",
        ProviderKind::Apple => "https://developer.apple.com/account",
        ProviderKind::Line => "https://developers.line.biz/console/",
        ProviderKind::GitHub => "https://github.com/settings/developers",
        ProviderKind::Microsoft => "https://entra.microsoft.com",
        ProviderKind::Facebook | ProviderKind::Instagram => "https://developers.facebook.com/apps/",
        ProviderKind::X => "https://console.x.com",
        ProviderKind::Oidc | ProviderKind::OAuth2 => return None,
    })
}

fn kind(params: &Params) -> Result<ProviderKind, PageError> {
    params.get("kind").and_then(|word| word.parse().ok()).ok_or(PageError::NotFound)
}

/// `GET /admin/add-provider?kind=…`; without a kind, where one is chosen.
pub async fn new(desk: Desk, query: PageQuery) -> Result<HttpResponse, PageError> {
    let Ok(kind) = kind(&query.0) else { return Ok(see_other(PLACE)) };
    let frame = desk.visit.frame(None);
    let values = Values { kind, name: kind.to_string(), section: Table::new(), faults: vec![], entry: None };
    Ok(desk.show(&frame, &page(&desk, &frame, &values)))
}

/// `POST /admin/add-provider`.
pub async fn add(desk: Desk, form: LinesForm) -> Result<HttpResponse, PageError> {
    let kind = kind(&form.0)?;
    let (app, section) = (&desk.visit.app, fields::section(kind, Table::new(), &form.0));
    let name = form.0.get("name").unwrap_or_default().trim().to_owned();
    let register = Register::from(app.as_ref());
    let saved = register.save(desk.operator(), &name, &section, &Expected::Nothing, app.clock.now()).await;
    let faults = match saved {
        Ok(entry) => return Ok(see_other(&format!("{PLACE}/{}", entry.name))),
        Err(admin::Error::Invalid(faults)) => faults,
        // There is one of that name.
        Err(admin::Error::Stale | admin::Error::Impossible(_)) => {
            vec![Fault::new("name", "admin-error-provider-taken")]
        }
        Err(why) => return Err(why.into()),
    };
    let frame = desk.visit.frame(None);
    let values = Values { kind, name, section, faults, entry: None };
    Ok(desk.show_faults(&frame, &page(&desk, &frame, &values)))
}

/// `GET /admin/providers/{name}`.
pub async fn edit(desk: Desk, name: Path<String>) -> Result<HttpResponse, PageError> {
    let entry = Register::from(desk.visit.app.as_ref()).find(&parsed(&name)?).await?;
    let frame = desk.visit.frame(None);
    Ok(desk.show(&frame, &page(&desk, &frame, &Values::of(entry))))
}

/// `POST /admin/providers/{name}`.
pub async fn save(desk: Desk, name: Path<String>, form: LinesForm) -> Result<HttpResponse, PageError> {
    let app = &desk.visit.app;
    let register = Register::from(app.as_ref());
    let before = Values::of(register.find(&parsed(&name)?).await?);
    let section = fields::section(before.kind, before.section.clone(), &form.0);
    let saved = register.save(desk.operator(), &name, &section, &seen(&form.0), app.clock.now()).await;
    match saved {
        Ok(entry) => Ok(see_other(&format!("{PLACE}/{}", entry.name))),
        Err(admin::Error::Invalid(faults)) => {
            let frame = desk.visit.frame(None);
            let values = Values { section, faults, ..before };
            Ok(desk.show_faults(&frame, &page(&desk, &frame, &values)))
        }
        Err(why) => Err(why.into()),
    }
}

/// `POST /admin/providers/{name}/check`: looks whether it can be signed in with.
pub async fn check(desk: Desk, name: Path<String>, _form: PageForm) -> Result<HttpResponse, PageError> {
    let app = &desk.visit.app;
    let entry = Register::from(app.as_ref()).find(&parsed(&name)?).await?;
    let provider = entry.provider.clone().ok_or(PageError::Stale)?;
    let checked = providers::check(&app.fetcher, provider, app.clock.now()).await;
    let frame = desk.visit.frame(None);
    let checked = checked.into_iter().map(CheckLine::from).collect();
    let page = ProviderPage { checked, ..page(&desk, &frame, &Values::of(entry)) };
    Ok(desk.show(&frame, &page))
}

/// What the form shows.
struct Values {
    kind: ProviderKind,
    name: String,
    section: Table,
    faults: Vec<Fault>,
    entry: Option<Entry>,
}

impl Values {
    fn of(entry: Entry) -> Self {
        let kind = entry.provider.as_ref().map(|provider| provider.kind.kind());
        let by_name = entry.name.as_str().parse().ok();
        Self {
            kind: kind.or(by_name).unwrap_or(ProviderKind::Oidc),
            name: entry.name.to_string(),
            section: entry.section(),
            faults: vec![],
            entry: Some(entry),
        }
    }
}

fn page(desk: &Desk, frame: &Frame, values: &Values) -> ProviderPage {
    let Values { kind, name, section, faults, entry } = values;
    let value = |name: &'static str, shape| fields::typed(section, name, shape);
    let [main, more, addresses] = fields::views(*kind, value, entry.as_ref(), faults);
    let href = match entry {
        Some(entry) => format!("{PLACE}/{}", entry.name),
        None => format!("/admin/add-provider?kind={kind}"),
    };
    let name_error = faults.iter().find(|fault| fault.field == "name").map(|fault| fault.message.clone());
    ProviderPage {
        admin: desk.page(frame, PLACE, &href),
        there: entry.as_ref().map(|entry| there(desk, entry)),
        name: name.clone(),
        name_error,
        kind: KindChoice::of(*kind),
        console: console(*kind),
        main,
        more,
        addresses,
        faults: fields::others(*kind, faults),
        may_write: desk.operator().may(Permission::ProvidersWrite),
        checked: vec![],
    }
}

fn there(desk: &Desk, entry: &Entry) -> There {
    let url = |path: &str| desk.visit.app.config.issuer.url(path);
    let provider = entry.provider.as_ref();
    let events = provider.map(event_paths).unwrap_or_default();
    There {
        label: provider.map_or_else(|| entry.name.to_string(), |provider| provider.label().to_owned()),
        in_file: entry.place == Place::File,
        enabled: provider.is_some_and(|provider| provider.settings.enabled),
        people: entry.people,
        seen: entry.tag.clone().unwrap_or_default(),
        redirect_uri: url(&callback_path(&entry.name)),
        events: events.into_iter().map(|(what, path)| (format!("admin-provider-uri-{what}"), url(&path))).collect(),
    }
}

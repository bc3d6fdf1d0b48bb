//! `/providers`: where else people sign in.
use super::{Caller, Problem, body::Json, conditions::etag, problem::Details, provider_section::ProviderSection};
use crate::{
    admin::{
        self,
        providers::{self, Entry, Expected, Place, Register},
    },
    domain::ProviderName,
    upstream::{callback_path, event_paths},
};
use actix_web::{HttpResponse, web::Path};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A provider, without its secrets.
#[derive(Debug, Serialize, ToSchema)]
pub struct Provider {
    /// Its name here.
    name: String,
    /// What it is; nothing where its settings cannot be read any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// `file`: it is in the settings file, and to be changed there; `database`: here.
    source: &'static str,
    /// What its section says.
    settings: ProviderSection,
    /// Which of its secrets there are.
    secrets: BTreeMap<&'static str, bool>,
    /// What to register there.
    redirect_uri: String,
    /// What to register there for events, by what it is called.
    event_uris: BTreeMap<&'static str, String>,
    /// How many people can come from it.
    people: i64,
}

impl Provider {
    fn of(caller: &Caller, entry: &Entry) -> Self {
        let url = |path: &str| caller.app.config.issuer.url(path);
        let provider = entry.provider.as_ref();
        let events = provider.map(event_paths).unwrap_or_default();
        Self {
            name: entry.name.to_string(),
            kind: provider.map(|provider| provider.kind.kind().to_string()),
            source: if entry.place == Place::File { "file" } else { "database" },
            settings: entry.section().try_into().unwrap_or_default(),
            secrets: providers::SECRETS.into_iter().map(|secret| (secret, entry.has(secret))).collect(),
            redirect_uri: url(&callback_path(&entry.name)),
            event_uris: events.into_iter().map(|(what, path)| (what, url(&path))).collect(),
            people: entry.people,
        }
    }
}

/// Every provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct Providers {
    /// In the order of their buttons.
    items: Vec<Provider>,
}

/// What was looked at, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checks {
    /// Whether nothing is wrong.
    good: bool,
    /// What to register at the provider, letter by letter.
    redirect_uri: String,
    /// One for each thing that can be looked at without a person.
    items: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct Check {
    /// `discovery`, `keys` or `secret`.
    what: &'static str,
    /// Whether it is as it should be.
    good: bool,
    /// What was found, or what is wrong.
    detail: String,
}

fn answer(caller: &Caller, entry: &Entry, mut response: actix_web::HttpResponseBuilder) -> HttpResponse {
    if let Some(tag) = &entry.tag {
        response.insert_header(etag(tag));
    }
    response.json(Provider::of(caller, entry))
}

fn name(path: &Path<String>) -> Result<ProviderName, Problem> {
    path.parse().map_err(|_| Problem::not_found())
}

/// Every provider
#[utoipa::path(get, path = "/providers", tag = "Providers", responses((status = 200, body = Providers)))]
pub async fn list(caller: Caller) -> Result<HttpResponse, Problem> {
    let all = Register::from(caller.app.as_ref()).all().await?;
    Ok(HttpResponse::Ok().json(Providers { items: all.iter().map(|entry| Provider::of(&caller, entry)).collect() }))
}

/// A provider
#[utoipa::path(get, path = "/providers/{name}", tag = "Providers", params(("name" = String, Path)),
    responses((status = 200, body = Provider), (status = 404, body = Details)))]
pub async fn read(caller: Caller, path: Path<String>) -> Result<HttpResponse, Problem> {
    let entry = Register::from(caller.app.as_ref()).find(&name(&path)?).await?;
    Ok(answer(&caller, &entry, HttpResponse::Ok()))
}

/// Set a provider up, or anew
///
/// What is left out is the kind's own; secrets that are left out stay what they were. `If-Match` takes the `ETag` that
/// was read, `If-None-Match: *` sets one up only where there is none.
#[utoipa::path(put, path = "/providers/{name}", tag = "Providers", params(("name" = String, Path)),
    request_body = ProviderSection,
    responses((status = 200, body = Provider), (status = 409, body = Details), (status = 412, body = Details),
        (status = 422, body = Details)))]
pub async fn put(
    caller: Caller,
    path: Path<String>,
    expected: Expected,
    body: Json<ProviderSection>,
) -> Result<HttpResponse, Problem> {
    let section = toml::Table::try_from(&body.0).map_err(|why| Problem::invalid(format!("The body: {why}.")))?;
    let (register, now) = (Register::from(caller.app.as_ref()), caller.app.clock.now());
    let entry = register.save(&caller.operator, &path, &section, &expected, now).await?;
    Ok(answer(&caller, &entry, HttpResponse::Ok()))
}

/// Remove a provider
///
/// Accounts keep their identities, which open nothing while there is no provider of the name.
#[utoipa::path(delete, path = "/providers/{name}", tag = "Providers", params(("name" = String, Path)),
    responses((status = 204), (status = 404, body = Details), (status = 409, body = Details),
        (status = 412, body = Details)))]
pub async fn remove(caller: Caller, path: Path<String>, expected: Expected) -> Result<HttpResponse, Problem> {
    let (register, now) = (Register::from(caller.app.as_ref()), caller.app.clock.now());
    register.remove(&caller.operator, &name(&path)?, &expected, now).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Look whether a provider can be signed in with
///
/// Discovery, keys and secret, without a person.
#[utoipa::path(post, path = "/providers/{name}/check", tag = "Providers", params(("name" = String, Path)),
    responses((status = 200, body = Checks), (status = 404, body = Details)))]
pub async fn check(caller: Caller, path: Path<String>) -> Result<HttpResponse, Problem> {
    let app = &caller.app;
    let entry = Register::from(app.as_ref()).find(&name(&path)?).await?;
    let provider = entry.provider.ok_or(admin::Error::Impossible("admin-error-provider-unreadable"))?;
    let checked = providers::check(&app.fetcher, provider, app.clock.now()).await;
    let items: Vec<_> = checked
        .into_iter()
        .map(|checked| Check {
            what: checked.what,
            good: checked.outcome.is_ok(),
            detail: checked.outcome.unwrap_or_else(|why| why).to_string(),
        })
        .collect();
    let redirect_uri = app.config.issuer.url(&callback_path(&entry.name));
    Ok(HttpResponse::Ok().json(Checks { good: items.iter().all(|check| check.good), redirect_uri, items }))
}

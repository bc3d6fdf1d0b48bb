//! `/settings`: what can be changed while Genkan runs.
use super::{Caller, Problem, body::Json, conditions::etag, problem::Details};
use crate::{
    admin::{providers::Expected, settings::Office},
    config::live::{Change, Entry, Origin},
};
use actix_web::HttpResponse;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A setting as it counts now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Setting {
    /// Its section and its name in it, such as `instance.name`.
    key: &'static str,
    /// Its value; of a secret, none.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    /// Whether anything sets it: all that is told of a secret.
    set: bool,
    /// Where the value comes from: `file`, `variable`, `database` or `default`. What the file or a variable sets,
    /// cannot be changed here.
    source: &'static str,
}

impl From<&Entry> for Setting {
    fn from(entry: &Entry) -> Self {
        Self {
            key: entry.key.name,
            value: entry.value.as_ref().and_then(|value| serde_json::to_value(value).ok()),
            set: entry.is_set,
            source: match entry.origin {
                Origin::Variable(_) => "variable",
                Origin::File => "file",
                Origin::Database => "database",
                Origin::Default => "default",
            },
        }
    }
}

/// Every setting that can be changed while Genkan runs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Settings {
    /// In the order of `config.example.toml`.
    items: Vec<Setting>,
}

async fn answer(caller: &Caller) -> Result<HttpResponse, Problem> {
    let opened = Office::from(caller.app.as_ref()).read().await?;
    let items = caller.app.config.entries(&opened.stored).iter().map(Setting::from).collect();
    Ok(HttpResponse::Ok().insert_header(etag(opened.version)).json(Settings { items }))
}

/// Every setting
#[utoipa::path(get, path = "/settings", tag = "Settings", responses((status = 200, body = Settings)))]
pub async fn read(caller: Caller) -> Result<HttpResponse, Problem> {
    answer(&caller).await
}

/// Change settings
///
/// A member for each setting that is to change, by its key: its value, or null for its default. All of them change, or
/// none. `If-Match` takes the `ETag` that was read.
#[utoipa::path(patch, path = "/settings", tag = "Settings", request_body = BTreeMap<String, Value>,
    responses((status = 200, body = Settings), (status = 412, body = Details), (status = 422, body = Details)))]
pub async fn change(
    caller: Caller,
    expected: Expected,
    body: Json<BTreeMap<String, Option<Value>>>,
) -> Result<HttpResponse, Problem> {
    let made_from = match expected {
        Expected::Tag(tag) => Some(tag.parse().map_err(|_| crate::admin::Error::Stale)?),
        Expected::Nothing => return Err(crate::admin::Error::Stale.into()),
        Expected::Anything | Expected::Something => None,
    };
    let change = |(key, value): (String, Option<Value>)| {
        let value = value.map(toml::Value::try_from).transpose();
        value.map(|value| Change { key, value }).map_err(|why| Problem::invalid(format!("The body: {why}.")))
    };
    let changes: Vec<_> = body.0.into_iter().map(change).collect::<Result<_, _>>()?;
    let app = &caller.app;
    Office::from(app.as_ref()).save(&caller.operator, &changes, made_from, app.clock.now()).await?;
    app.follow().await;
    answer(&caller).await
}

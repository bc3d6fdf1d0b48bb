//! `/configuration`: the file that the instance is configured by, and what has been changed since.
use super::{Caller, Problem};
use crate::{
    admin::manifest::{Configuration, Step},
    web::admin::configuration_file,
};
use actix_web::HttpResponse;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What is not as the file says: what applying it again would do about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Difference {
    /// `add`, `change` or `remove`.
    action: &'static str,
    /// `setting`, `group`, `role`, `provider` or `client`.
    kind: &'static str,
    /// Which of them.
    name: String,
    /// What there is now, as far as it is another; of a secret, a word.
    #[schema(value_type = Object)]
    before: Map<String, Value>,
    /// What the file says.
    #[schema(value_type = Object)]
    after: Map<String, Value>,
}

impl From<Step> for Difference {
    fn from(step: Step) -> Self {
        let Step { action, kind, name, before, after } = step;
        Self { action: action.as_str(), kind: kind.as_str(), name, before, after }
    }
}

/// Something that there is and the file does not name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unlisted {
    /// `setting`, `group`, `role`, `provider` or `client`.
    kind: &'static str,
    /// Which of them.
    name: String,
}

/// How the instance differs from the file that was applied last.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Drift {
    /// When that was, in seconds since 1970; nothing, where none ever was.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_at: Option<i64>,
    /// By whom, as in the audit trail.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_by: Option<String>,
    /// What is not as it says; nothing, where it cannot be compared any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    differences: Option<Vec<Difference>>,
    /// What it does not name, and was left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    unlisted: Option<Vec<Unlisted>>,
}

/// What has changed since a file was applied
#[utoipa::path(get, path = "/configuration", tag = "Configuration", responses((status = 200, body = Drift)))]
pub async fn read(caller: Caller) -> Result<HttpResponse, Problem> {
    let app = &caller.app;
    let drift = Configuration::from(app.as_ref()).drift(&caller.operator, app.clock.now()).await?;
    let Some(drift) = drift else { return Ok(HttpResponse::Ok().json(Drift::default())) };
    let (steps, unlisted) = drift.plan.map(|plan| (plan.steps, plan.unlisted)).unzip();
    let unlisted =
        unlisted.map(|all| all.into_iter().map(|(kind, name)| Unlisted { kind: kind.as_str(), name }).collect());
    Ok(HttpResponse::Ok().json(Drift {
        applied_at: Some(drift.applied_at.0),
        applied_by: Some(drift.actor),
        differences: steps.map(|steps| steps.into_iter().map(Into::into).collect()),
        unlisted,
    }))
}

/// The instance as a file for `genkan apply`
#[utoipa::path(get, path = "/configuration/export", tag = "Configuration",
    responses((status = 200, content_type = "application/toml", body = String)))]
pub async fn export(caller: Caller) -> Result<HttpResponse, Problem> {
    Ok(configuration_file(&caller.app).await?)
}

//! `/audit`: the audit trail.
use super::{Caller, Problem, body::Query, problem::Details};
use crate::{
    admin::copy::Format,
    domain::{Recorded, Timestamp},
    storage::audit::{self, Filter},
    web::admin::export,
};
use actix_web::HttpResponse;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// An event.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEvent {
    /// Its place in the trail.
    seq: i64,
    /// When, in seconds since 1970.
    at: i64,
    /// What, such as `signed_in`.
    kind: String,
    /// By whom, such as `person:SUB`, `key:ID` or `command`.
    actor: String,
    /// To whose account.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    /// With which app.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    /// About what else, such as `provider:google`.
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<String>,
    /// From which address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// On what.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    /// By which request.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// What changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Value>,
}

impl From<Recorded> for AuditEvent {
    fn from(row: Recorded) -> Self {
        Self {
            seq: row.seq,
            at: row.at.0,
            kind: row.kind.to_string(),
            actor: row.actor,
            user: row.user_id.map(|id| id.to_string()),
            client: row.client_id.map(|id| id.to_string()),
            object: row.object,
            address: row.address,
            user_agent: row.user_agent,
            request_id: row.request_id,
            details: row.details.and_then(|text| serde_json::from_str(&text).ok()),
        }
    }
}

/// A page of the trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// The last first.
    items: Vec<AuditEvent>,
    /// What to send as `before` for those earlier; nothing where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<i64>,
}

/// Events, the last first
#[utoipa::path(get, path = "/audit", tag = "Audit",
    params(
        ("kind" = Option<String>, Query, description = "Of this kind alone"),
        ("actor" = Option<String>, Query, description = "By this actor alone"),
        ("user" = Option<String>, Query, description = "To this person's account alone"),
        ("client" = Option<String>, Query, description = "With this app alone"),
        ("object" = Option<String>, Query, description = "About this alone"),
        ("address" = Option<String>, Query, description = "From this address alone"),
        ("request_id" = Option<String>, Query, description = "By this request alone"),
        ("since" = Option<i64>, Query, description = "Not earlier, in seconds since 1970"),
        ("until" = Option<i64>, Query, description = "Earlier, in seconds since 1970"),
        ("before" = Option<i64>, Query, description = "Before this place in the trail"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 200, description = "50, where it is not said"),
    ),
    responses((status = 200, body = AuditPage), (status = 400, body = Details)))]
pub async fn list(caller: Caller, query: Query) -> Result<HttpResponse, Problem> {
    let limit = query.limit()?;
    let filter = filter(&query)?;
    let before = query.number("before")?.unwrap_or(i64::MAX);
    let rows = audit::search(&caller.app.db, &filter, before, limit).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|rows| rows == limit);
    let next = rows.last().map(|row| row.seq).filter(|_| is_full);
    Ok(HttpResponse::Ok().json(AuditPage { items: rows.into_iter().map(Into::into).collect(), next }))
}

fn filter(query: &Query) -> Result<Filter, Problem> {
    Ok(Filter {
        kind: query.text("kind"),
        actor: query.text("actor"),
        user: query.text("user"),
        client: query.text("client"),
        object: query.text("object"),
        address: query.text("address"),
        request_id: query.text("request_id"),
        since: query.number("since")?.map(Timestamp),
        until: query.number("until")?.map(Timestamp),
    })
}

/// A copy of events, the last first
#[utoipa::path(get, path = "/audit/export", tag = "Audit",
    params(
        ("format" = Option<String>, Query, description = "jsonl, an event a line; or csv"),
        ("kind" = Option<String>, Query, description = "Of this kind alone"),
        ("actor" = Option<String>, Query, description = "By this actor alone"),
        ("user" = Option<String>, Query, description = "To this person's account alone"),
        ("client" = Option<String>, Query, description = "With this app alone"),
        ("object" = Option<String>, Query, description = "About this alone"),
        ("address" = Option<String>, Query, description = "From this address alone"),
        ("request_id" = Option<String>, Query, description = "By this request alone"),
        ("since" = Option<i64>, Query, description = "Not earlier, in seconds since 1970"),
        ("until" = Option<i64>, Query, description = "Earlier, in seconds since 1970"),
    ),
    responses((status = 200, content_type = "application/jsonl", body = String), (status = 400, body = Details)))]
pub async fn copy(caller: Caller, query: Query) -> Result<HttpResponse, Problem> {
    let format = query.text("format").map_or(Ok(Format::JsonLines), |word| word.parse());
    let format = format.map_err(|_| Problem::invalid("format must be jsonl or csv."))?;
    Ok(export(&caller.app, &caller.operator, filter(&query)?, format).await?)
}

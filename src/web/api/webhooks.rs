//! `/webhooks`: who else is told of events.
use super::{
    Caller, Problem,
    body::{Json, Query},
    problem::Details,
};
use crate::{
    admin::webhooks,
    domain::{self, DeliveryId, Event, Timestamp, WebhookId, WebhookSettings},
    storage::{deliveries, webhooks as stored},
};
use actix_web::{HttpResponse, http::header, web::Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhook {
    /// Its name here.
    id: String,
    /// What people call it.
    name: String,
    /// Where it is told.
    url: String,
    /// The kinds of events it is told of; all where there are none.
    #[schema(value_type = Vec<String>)]
    kinds: Vec<Event>,
    /// How often it has changed; to be sent along with a change.
    version: i64,
    /// When it was made, in seconds since 1970.
    created_at: i64,
    /// Whether it is told anything.
    enabled: bool,
    /// Why not: `by_operator`, `gone` or `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_for: Option<&'static str>,
    /// Since when not.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_at: Option<i64>,
    /// What its messages are signed with, in the answer to its creation alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<domain::Webhook> for Webhook {
    fn from(webhook: domain::Webhook) -> Self {
        let WebhookSettings { name, url, kinds } = webhook.settings;
        Self {
            id: webhook.id.to_string(),
            name,
            url,
            kinds,
            version: webhook.version,
            created_at: webhook.created_at.0,
            enabled: webhook.disabled.is_none(),
            disabled_for: webhook.disabled.map(|(_, why)| why.as_str()),
            disabled_at: webhook.disabled.map(|(at, _)| at.0),
            secret: None,
        }
    }
}

/// Every webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhooks {
    /// The oldest first.
    items: Vec<Webhook>,
}

/// A webhook to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// What people call it.
    name: String,
    /// Where it is told.
    url: String,
    /// The kinds of events it is told of; all where there are none.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    kinds: Vec<Event>,
}

/// What a webhook is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedWebhook {
    /// What people call it.
    name: String,
    /// Where it is told.
    url: String,
    /// The kinds of events it is told of; all where there are none.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    kinds: Vec<Event>,
    /// Whether it is told anything. Enabled again, it is told of what it missed.
    enabled: bool,
    /// The version that was read before.
    version: i64,
}

/// What its messages are signed with.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookSecret {
    /// `whsec_` and 256 bits in base64.
    secret: String,
}

/// From when on everything is told anew.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaySince {
    /// In seconds since 1970.
    since: i64,
}

/// Something that a webhook is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDelivery {
    /// The `webhook-id` of the message.
    id: String,
    /// Of which kind of event it tells.
    kind: String,
    /// When it was written, in seconds since 1970.
    created_at: i64,
    /// How often it was sent.
    attempts: i64,
    /// How that ended the last time: a status, or a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    /// When it is sent next.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<i64>,
    /// When it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<i64>,
}

/// Some of what a webhook is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeliveries {
    /// The last first.
    items: Vec<WebhookDelivery>,
    /// What to send as `before` for those earlier; nothing where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Every webhook
#[utoipa::path(get, path = "/webhooks", tag = "Webhooks", responses((status = 200, body = Webhooks)))]
pub async fn list(caller: Caller) -> Result<HttpResponse, Problem> {
    let items = stored::all(&caller.app.db).await?.into_iter().map(Webhook::from).collect();
    Ok(HttpResponse::Ok().json(Webhooks { items }))
}

/// A webhook
#[utoipa::path(get, path = "/webhooks/{id}", tag = "Webhooks", params(("id" = String, Path)),
    responses((status = 200, body = Webhook), (status = 404, body = Details)))]
pub async fn read(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let found = webhooks::find(&caller.app, &WebhookId(id.into_inner())).await?;
    Ok(HttpResponse::Ok().json(Webhook::from(found)))
}

/// Make a webhook
#[utoipa::path(post, path = "/webhooks", tag = "Webhooks", request_body = NewWebhook,
    responses((status = 201, body = Webhook), (status = 422, body = Details)))]
pub async fn create(caller: Caller, body: Json<NewWebhook>) -> Result<HttpResponse, Problem> {
    let NewWebhook { name, url, kinds } = body.0;
    let (made, secret) = webhooks::create(&caller.app, &caller.operator, WebhookSettings { name, url, kinds }).await?;
    let body = Webhook { secret: Some(secret.reveal().to_owned()), ..made.into() };
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(body))
}

/// Change a webhook
#[utoipa::path(put, path = "/webhooks/{id}", tag = "Webhooks", params(("id" = String, Path)),
    request_body = ChangedWebhook,
    responses((status = 200, body = Webhook), (status = 404, body = Details), (status = 412, body = Details),
        (status = 422, body = Details)))]
pub async fn update(caller: Caller, id: Path<String>, body: Json<ChangedWebhook>) -> Result<HttpResponse, Problem> {
    let (id, ChangedWebhook { name, url, kinds, enabled, version }) = (WebhookId(id.into_inner()), body.0);
    let settings = WebhookSettings { name, url, kinds };
    let changed = webhooks::update(&caller.app, &caller.operator, (&id, version), settings, enabled).await?;
    Ok(HttpResponse::Ok().json(Webhook::from(changed)))
}

/// Remove a webhook
#[utoipa::path(delete, path = "/webhooks/{id}", tag = "Webhooks", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Details)))]
pub async fn remove(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    webhooks::remove(&caller.app, &caller.operator, &WebhookId(id.into_inner())).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Renew the secret of a webhook
///
/// Messages are signed with the new secret and with the one until now, for a day.
#[utoipa::path(post, path = "/webhooks/{id}/secret", tag = "Webhooks", params(("id" = String, Path)),
    responses((status = 200, body = WebhookSecret), (status = 404, body = Details)))]
pub async fn rotate(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let secret = webhooks::rotate(&caller.app, &caller.operator, &WebhookId(id.into_inner())).await?;
    let body = WebhookSecret { secret: secret.reveal().to_owned() };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body))
}

/// Send a test message
#[utoipa::path(post, path = "/webhooks/{id}/test", tag = "Webhooks", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Details), (status = 409, body = Details)))]
pub async fn test(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    webhooks::test(&caller.app, &WebhookId(id.into_inner())).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Tell everything anew since a moment
#[utoipa::path(post, path = "/webhooks/{id}/replay", tag = "Webhooks", params(("id" = String, Path)),
    request_body = ReplaySince,
    responses((status = 204), (status = 404, body = Details), (status = 422, body = Details)))]
pub async fn replay_since(caller: Caller, id: Path<String>, body: Json<ReplaySince>) -> Result<HttpResponse, Problem> {
    let since = Timestamp(body.0.since);
    webhooks::replay_since(&caller.app, &caller.operator, &WebhookId(id.into_inner()), since).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What a webhook was told, the last first
#[utoipa::path(get, path = "/webhooks/{id}/deliveries", tag = "Webhooks",
    params(
        ("id" = String, Path),
        ("before" = Option<String>, Query, description = "Before this one: `next` of the page before"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 200, description = "50, where it is not said"),
    ),
    responses((status = 200, body = WebhookDeliveries), (status = 404, body = Details)))]
pub async fn deliveries(caller: Caller, id: Path<String>, query: Query) -> Result<HttpResponse, Problem> {
    let (id, limit) = (WebhookId(id.into_inner()), query.limit()?);
    webhooks::find(&caller.app, &id).await?;
    let before = query.text("before").map(|text| place(&text)).transpose()?;
    let found = deliveries::of_webhook(&caller.app.db, &id, before.as_ref(), limit).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|rows| rows == limit);
    let next = found.last().filter(|_| is_full).map(|last| format!("{}.{}", last.created_at.0, last.id));
    let items = found.into_iter().map(|delivery| WebhookDelivery {
        id: delivery.id.to_string(),
        kind: delivery.kind,
        created_at: delivery.created_at.0,
        attempts: delivery.attempts,
        outcome: delivery.outcome,
        due_at: delivery.due_at.map(|at| at.0),
        delivered_at: delivery.delivered_at.map(|at| at.0),
    });
    Ok(HttpResponse::Ok().json(WebhookDeliveries { items: items.collect(), next }))
}

fn place(text: &str) -> Result<(Timestamp, DeliveryId), Problem> {
    let place = text.split_once('.').and_then(|(at, id)| Some((Timestamp(at.parse().ok()?), DeliveryId(id.into()))));
    place.ok_or_else(|| Problem::invalid("before must be the next of a page."))
}

/// Tell something anew
#[utoipa::path(post, path = "/webhooks/{id}/deliveries/{delivery}/replay", tag = "Webhooks",
    params(("id" = String, Path), ("delivery" = String, Path)),
    responses((status = 204), (status = 404, body = Details)))]
pub async fn replay(caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (id, delivery) = path.into_inner();
    webhooks::replay(&caller.app, &WebhookId(id), &DeliveryId(delivery)).await?;
    Ok(HttpResponse::NoContent().finish())
}

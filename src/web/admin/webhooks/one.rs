//! `/admin/webhooks/{id}`: one webhook, and what it was told.
use super::{Fields, PLACE, disabled_key, settings};
use crate::{
    admin::{self, Fault, webhooks},
    domain::{Delivery, DeliveryId, Permission, Timestamp, Webhook, WebhookId},
    i18n::Message,
    protocol::params::Params,
    storage::deliveries,
    web::{
        admin::{AdminPage, Desk},
        error::PageError,
        forms::{PageForm, PageQuery},
        pages::render::{Frame, see_other},
    },
};
use actix_web::{HttpResponse, web::Path};
use askama::Template;

/// Deliveries on one page.
const PAGE: i64 = 50;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/webhook.html")]
pub struct WebhookPage {
    pub admin: AdminPage,
    /// Where it is.
    pub place: String,
    pub name: String,
    pub url: String,
    pub version: i64,
    pub created_at: String,
    pub enabled: bool,
    /// Since when it is told nothing, and the message that says why.
    pub disabled: Option<(String, String)>,
    /// Whether the operator may change it.
    pub may_write: bool,
    pub fields: Fields,
    pub deliveries: Vec<DeliveryLine>,
    /// Where those before are.
    pub earlier: Option<String>,
    /// The secret that was just made: shown here alone.
    pub secret: Option<String>,
    /// What was typed of the time since when everything is told anew, and what is wrong with it.
    pub since: String,
    pub since_fault: Option<Message>,
}

/// Something that it was told.
#[derive(Clone, Debug)]
pub struct DeliveryLine {
    pub id: String,
    pub kind: String,
    pub created_at: String,
    pub attempts: i64,
    pub outcome: Option<String>,
    pub due_at: Option<String>,
    pub delivered_at: Option<String>,
}

/// `GET /admin/webhooks/{id}?before=…`.
pub async fn get(desk: Desk, id: Path<String>, query: PageQuery) -> Result<HttpResponse, PageError> {
    let before = query.0.get("before").and_then(|text| text.split_once('.'));
    let before = before.and_then(|(at, id)| Some((Timestamp(at.parse().ok()?), DeliveryId(id.into()))));
    let frame = desk.visit.frame(None);
    let page = page(&desk, &frame, &WebhookId(id.into_inner()), before).await?;
    Ok(desk.show(&frame, &page))
}

/// `POST /admin/webhooks/{id}`: changes it.
pub async fn post(desk: Desk, id: Path<String>, form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, id, frame) = (&desk.visit.app, WebhookId(id.into_inner()), desk.visit.frame(None));
    let (settings, version) = (settings(&form.0), version(&form.0));
    let enabled = webhooks::find(app, &id).await?.disabled.is_none();
    match webhooks::update(app, desk.operator(), (&id, version), settings.clone(), enabled).await {
        Ok(_) => Ok(see_other(&format!("{PLACE}/{id}"))),
        Err(admin::Error::Invalid(faults)) => {
            let fields = Fields::new(&frame, &settings, faults);
            let page = WebhookPage { fields, ..page(&desk, &frame, &id, None).await? };
            Ok(desk.show_faults(&frame, &page))
        }
        Err(why) => Err(why.into()),
    }
}

/// `POST /admin/webhooks/{id}/{act}`.
pub async fn act(desk: Desk, path: Path<(String, String)>, form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, operator, (id, act)) = (&desk.visit.app, desk.operator(), path.into_inner());
    let id = WebhookId(id);
    match act.as_str() {
        "secret" => {
            let (secret, frame) = (webhooks::rotate(app, operator, &id).await?, desk.visit.frame(None));
            let page =
                WebhookPage { secret: Some(secret.reveal().to_owned()), ..page(&desk, &frame, &id, None).await? };
            return Ok(desk.show(&frame, &page));
        }
        "enable" | "disable" => {
            let Webhook { settings, .. } = webhooks::find(app, &id).await?;
            webhooks::update(app, operator, (&id, version(&form.0)), settings, act == "enable").await?;
        }
        "delete" => {
            webhooks::remove(app, operator, &id).await?;
            return Ok(see_other(PLACE));
        }
        "test" => _ = webhooks::test(app, &id).await?,
        "replay" => {
            let delivery = DeliveryId(form.0.get("delivery").unwrap_or_default().to_owned());
            webhooks::replay(app, &id, &delivery).await?;
        }
        "replay-since" => return replay_since(&desk, &id, &form.0).await,
        _ => return Err(PageError::NotFound),
    }
    Ok(see_other(&format!("{PLACE}/{id}")))
}

async fn replay_since(desk: &Desk, id: &WebhookId, form: &Params) -> Result<HttpResponse, PageError> {
    let since = form.get("since").unwrap_or_default();
    let outcome = match Timestamp::parse_utc(since) {
        Some(at) => webhooks::replay_since(&desk.visit.app, desk.operator(), id, at).await,
        None => Err(admin::Error::Invalid(vec![Fault::new("since", "audit-error-time")])),
    };
    match outcome {
        Ok(()) => Ok(see_other(&format!("{PLACE}/{id}"))),
        Err(admin::Error::Invalid(faults)) => {
            let frame = desk.visit.frame(None);
            let page = WebhookPage {
                since: since.to_owned(),
                since_fault: faults.into_iter().next().map(|fault| fault.message),
                ..page(desk, &frame, id, None).await?
            };
            Ok(desk.show_faults(&frame, &page))
        }
        Err(why) => Err(why.into()),
    }
}

/// The version that the form shows; one that there never is, where it shows none.
fn version(form: &Params) -> i64 {
    form.get("version").and_then(|version| version.parse().ok()).unwrap_or(0)
}

async fn page(
    desk: &Desk,
    frame: &Frame,
    id: &WebhookId,
    before: Option<(Timestamp, DeliveryId)>,
) -> Result<WebhookPage, PageError> {
    let app = &desk.visit.app;
    let webhook = webhooks::find(app, id).await?;
    let place = format!("{PLACE}/{id}");
    let found = deliveries::of_webhook(&app.db, id, before.as_ref(), PAGE).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|rows| rows == PAGE);
    let last = found.last().filter(|_| is_full);
    Ok(WebhookPage {
        admin: desk.page(frame, PLACE, &place),
        earlier: last.map(|last| format!("{place}?before={}.{}", last.created_at.0, last.id)),
        name: webhook.settings.name.clone(),
        url: webhook.settings.url.clone(),
        version: webhook.version,
        created_at: webhook.created_at.in_utc(),
        enabled: webhook.disabled.is_none(),
        disabled: webhook.disabled.map(|(at, why)| (at.in_utc(), disabled_key(why))),
        may_write: desk.operator().may(Permission::WebhooksWrite),
        fields: Fields::new(frame, &webhook.settings, vec![]),
        deliveries: found.into_iter().map(line).collect(),
        secret: None,
        since: String::new(),
        since_fault: None,
        place,
    })
}

fn line(delivery: Delivery) -> DeliveryLine {
    DeliveryLine {
        id: delivery.id.to_string(),
        kind: delivery.kind,
        created_at: delivery.created_at.in_utc(),
        attempts: delivery.attempts,
        outcome: delivery.outcome,
        due_at: delivery.due_at.map(Timestamp::in_utc),
        delivered_at: delivery.delivered_at.map(Timestamp::in_utc),
    }
}

//! `/admin/webhooks`: who else is told of events.
mod one;

pub use one::{act, get as one, post as change};

use super::{AdminPage, Desk, audit::word};
use crate::{
    admin::{self, Fault, webhooks},
    domain::{Disabled, Event, Permission, Webhook, WebhookSettings},
    i18n::Message,
    protocol::params::Params,
    storage::{deliveries, webhooks as stored},
    web::{
        error::PageError,
        forms::PageForm,
        pages::{page::FieldError, render::Frame},
    },
};
use actix_web::HttpResponse;
use askama::Template;

const PLACE: &str = "/admin/webhooks";

#[derive(Clone, Debug, Template)]
#[template(path = "admin/webhooks.html")]
pub struct WebhooksPage {
    pub admin: AdminPage,
    pub webhooks: Vec<WebhookLine>,
    /// What is asked for of a new one; nothing where the operator makes none.
    pub fields: Option<Fields>,
    /// The secret of the one that was just made: shown here alone.
    pub secret: Option<String>,
}

/// A webhook in the list.
#[derive(Clone, Debug)]
pub struct WebhookLine {
    pub id: String,
    pub name: String,
    pub url: String,
    /// How many kinds of events it is told of; all where it is none.
    pub kinds: usize,
    pub waiting: i64,
    pub failing: i64,
    /// The message that says why it is told nothing.
    pub disabled: Option<String>,
}

/// The fields of a form for a webhook, as they were typed.
#[derive(Clone, Debug)]
pub struct Fields {
    pub name: String,
    pub url: String,
    /// Each kind with its words, and whether it is chosen.
    pub kinds: Vec<(Event, String, bool)>,
    pub errors: Vec<FieldError>,
}

impl Fields {
    /// Whether some kinds are chosen, and not all.
    pub fn chooses(&self) -> bool {
        self.kinds.iter().any(|(.., chosen)| *chosen)
    }

    fn new(frame: &Frame, settings: &WebhookSettings, faults: Vec<Fault>) -> Self {
        let kind = |event: &Event| (*event, frame.words.get(&word(*event)), settings.kinds.contains(event));
        Self {
            name: settings.name.clone(),
            url: settings.url.clone(),
            kinds: Event::ALL.iter().map(kind).collect(),
            errors: faults.into_iter().map(|fault| FieldError::new(fault.field, fault.message)).collect(),
        }
    }

    fn fault(&self, field: &str) -> Option<&Message> {
        self.errors.iter().find(|error| error.field == field).map(|error| &error.message)
    }
}

/// Reads a form: a field for each kind, of those that are chosen.
fn settings(form: &Params) -> WebhookSettings {
    let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let chosen = |event: &&Event| form.get(&format!("kind_{event}")).is_some();
    WebhookSettings { name: text("name"), url: text("url"), kinds: Event::ALL.iter().filter(chosen).copied().collect() }
}

/// The message that says why one is told nothing.
fn disabled_key(why: Disabled) -> String {
    format!("webhook-disabled-{}", why.as_str().replace('_', "-"))
}

/// `GET /admin/webhooks`.
pub async fn get(desk: Desk) -> Result<HttpResponse, PageError> {
    let frame = desk.visit.frame(None);
    let page = page(&desk, &frame).await?;
    Ok(desk.show(&frame, &page))
}

/// `POST /admin/webhooks`: makes one.
pub async fn post(desk: Desk, form: PageForm) -> Result<HttpResponse, PageError> {
    let (frame, settings) = (desk.visit.frame(None), settings(&form.0));
    match webhooks::create(&desk.visit.app, desk.operator(), settings.clone()).await {
        Ok((_, secret)) => {
            let page = WebhooksPage { secret: Some(secret.reveal().to_owned()), ..page(&desk, &frame).await? };
            Ok(desk.show(&frame, &page))
        }
        Err(admin::Error::Invalid(faults)) => {
            let fields = Some(Fields::new(&frame, &settings, faults));
            Ok(desk.show_faults(&frame, &WebhooksPage { fields, ..page(&desk, &frame).await? }))
        }
        Err(why) => Err(why.into()),
    }
}

async fn page(desk: &Desk, frame: &Frame) -> Result<WebhooksPage, PageError> {
    let app = &desk.visit.app;
    let mut lines = vec![];
    for Webhook { id, settings, disabled, .. } in stored::all(&app.db).await? {
        let (waiting, failing) = deliveries::waiting(&app.db, &id).await?;
        lines.push(WebhookLine {
            id: id.to_string(),
            name: settings.name,
            url: settings.url,
            kinds: settings.kinds.len(),
            waiting,
            failing,
            disabled: disabled.map(|(_, why)| disabled_key(why)),
        });
    }
    let blank = WebhookSettings { name: String::new(), url: String::new(), kinds: vec![] };
    let may_write = desk.operator().may(Permission::WebhooksWrite);
    Ok(WebhooksPage {
        admin: desk.page(frame, PLACE, PLACE),
        webhooks: lines,
        fields: may_write.then(|| Fields::new(frame, &blank, vec![])),
        secret: None,
    })
}

//! Writing down what happens: a row of the audit trail, and a line of the log.
use super::{error::PageError, peer, request_id, visit::Visit};
use crate::{
    app::App,
    domain::{Actor, ClientId, Device, Event, NewEvent, ProviderName, UserId},
    metrics,
    storage::{self, audit},
};
use actix_web::{HttpRequest, http::header, web::Data};
use serde_json::json;
use std::sync::PoisonError;

/// Something happens to a person's account by a request, in which an app may have a part.
pub async fn record(
    app: &App,
    request: &HttpRequest,
    user: &UserId,
    event: Event,
    client: Option<&ClientId>,
) -> storage::Result<()> {
    let new = NewEvent { client: client.cloned(), ..told(app, request, Some(user), event) };
    write(app, new).await
}

/// Something happens to a person's account because a provider tells it: from no device of theirs.
pub async fn told_by_provider(app: &App, provider: &ProviderName, user: &UserId, event: Event) -> storage::Result<()> {
    write(app, NewEvent::new(event, Actor::Provider(provider.clone())).about(user)).await
}

/// Writes an event down that is no part of another change.
pub async fn write(app: &App, new: NewEvent) -> storage::Result<()> {
    log(&new);
    audit::insert(&app.db, &app.secrets.audit, new, app.clock.now()).await
}

/// Writes an event down while the answer is on its way.
pub fn write_later(app: &Data<App>, new: NewEvent) {
    let app = app.clone();
    // On the runtime itself: a connection to the database can be given back even while a worker ends.
    tokio::spawn(async move {
        if let Err(why) = write(&app, new).await {
            tracing::error!(%why, "an event could not be written down");
        }
    });
}

/// How often the same is written down where nothing else limits how often it happens, in seconds.
const OFTEN: i64 = 60;

/// Whether so long has passed since the same was written down: so a flood does not fill the trail. `what`: one of few.
pub fn is_due(app: &App, what: String) -> bool {
    let now = app.clock.now();
    let mut lately = app.written_lately.lock().unwrap_or_else(PoisonError::into_inner);
    let is_due = lately.get(&what).is_none_or(|before| now.since(*before) >= OFTEN);
    if is_due {
        lately.insert(what, now);
    }
    is_due
}

/// The line of the log.
pub fn log(new: &NewEvent) {
    metrics::happened(new.event);
    let NewEvent { event, actor, user, client, object, address, request_id, .. } = new;
    tracing::info!(
        target: "audit",
        %event,
        %actor,
        user = user.as_ref().map(UserId::as_str),
        client = client.as_ref().map(ClientId::as_str),
        object,
        address,
        request_id,
    );
}

/// What a request tells of an event. Whoever is refused has not shown who they are.
pub fn told(app: &App, request: &HttpRequest, user: Option<&UserId>, event: Event) -> NewEvent {
    let device = device(app, request);
    let actor = user.filter(|_| !event.is_refusal()).map_or(Actor::Anybody, |user| Actor::Person(user.clone()));
    NewEvent {
        user: user.cloned(),
        address: Some(device.address),
        user_agent: Some(device.user_agent),
        request_id: Some(request_id::of(request)),
        ..NewEvent::new(event, actor)
    }
}

/// What a request tells of where it comes from.
pub fn device(app: &App, request: &HttpRequest) -> Device {
    let user_agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Device::new(user_agent.unwrap_or_default(), peer::address(app, request).to_string())
}

impl Visit {
    /// Something happens to a person's account.
    pub async fn record(&self, user: &UserId, event: Event) -> Result<(), PageError> {
        Ok(record(&self.app, &self.request, user, event, None).await?)
    }

    /// The same, written while the answer is on its way: it takes no longer where there is an account than where there
    /// is none. Nobody: whoever was meant has no account.
    pub fn record_later(&self, user: Option<&UserId>, event: Event) {
        write_later(&self.app, told(&self.app, &self.request, user, event));
    }

    /// Somebody does not get an account, for this reason.
    pub fn sign_up_refused(&self, reason: &str, provider: Option<&ProviderName>) {
        let is_limited = matches!(reason, "domain" | "taken");
        if is_limited || is_due(&self.app, format!("sign-up {reason}")) {
            self.refused(None, Event::SignUpRefused, reason, (provider, None));
        }
    }

    /// Somebody is refused, for this reason; where they come from a provider, which; and on the way to which app.
    /// Written while the answer is on its way.
    pub fn refused(
        &self,
        user: Option<&UserId>,
        event: Event,
        reason: &str,
        (provider, client): (Option<&ProviderName>, Option<&ClientId>),
    ) {
        let new = told(&self.app, &self.request, user, event).with(json!({ "reason": reason }));
        let new = NewEvent { client: client.cloned(), ..new };
        write_later(&self.app, provider.map_or(new.clone(), |provider| new.about_object("provider", provider)));
    }

    /// The same, with the app that has a part in it.
    pub async fn record_with(&self, user: &UserId, event: Event, client: Option<&ClientId>) -> Result<(), PageError> {
        Ok(record(&self.app, &self.request, user, event, client).await?)
    }
}

//! Writing down what happens to an account: a row for its owner, and a line of the log.
use super::{error::PageError, peer, visit::Visit};
use crate::{
    app::App,
    domain::{ClientId, Device, Event, UserId},
    storage::{
        self,
        events::{self, NewEvent},
    },
};
use actix_web::{HttpRequest, http::header};

/// Something happens to a person's account by a request, in which an app may have a part.
pub async fn record(
    app: &App,
    request: &HttpRequest,
    user: &UserId,
    event: Event,
    client: Option<&ClientId>,
) -> storage::Result<()> {
    events::insert(&app.db, told(app, request, user, event, client), app.clock.now()).await
}

/// Something happens to a person's account because a provider tells it: from no device of theirs.
pub async fn told_by_provider(app: &App, user: &UserId, event: Event) -> storage::Result<()> {
    tracing::info!(target: "audit", %user, %event);
    let new = NewEvent { event, user: user.clone(), client: None, address: None, user_agent: None };
    events::insert(&app.db, new, app.clock.now()).await
}

/// The line of the log, and what is to be the row.
fn told(app: &App, request: &HttpRequest, user: &UserId, event: Event, client: Option<&ClientId>) -> NewEvent {
    let device = device(app, request);
    tracing::info!(target: "audit", %user, %event, address = %device.address, client = client.map(ClientId::as_str));
    NewEvent {
        event,
        user: user.clone(),
        client: client.cloned(),
        address: Some(device.address),
        user_agent: Some(device.user_agent),
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
    /// is none.
    pub fn record_later(&self, user: &UserId, event: Event) {
        let (app, now) = (self.app.clone(), self.app.clock.now());
        let new = told(&app, &self.request, user, event, None);
        // On the runtime itself: a connection to the database can be given back even while a worker ends.
        tokio::spawn(async move {
            if let Err(why) = events::insert(&app.db, new, now).await {
                tracing::error!(%why, "an event could not be written down");
            }
        });
    }

    /// The same, with the app that has a part in it.
    pub async fn record_with(&self, user: &UserId, event: Event, client: Option<&ClientId>) -> Result<(), PageError> {
        Ok(record(&self.app, &self.request, user, event, client).await?)
    }
}

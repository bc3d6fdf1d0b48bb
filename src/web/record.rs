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
    let device = device(app, request);
    tracing::info!(target: "audit", %user, %event, address = %device.address, client = client.map(ClientId::as_str));
    let new = NewEvent {
        event,
        user: user.clone(),
        client: client.cloned(),
        address: Some(device.address),
        user_agent: Some(device.user_agent),
    };
    events::insert(&app.db, new, app.clock.now()).await
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

    /// The same, with the app that has a part in it.
    pub async fn record_with(&self, user: &UserId, event: Event, client: Option<&ClientId>) -> Result<(), PageError> {
        Ok(record(&self.app, &self.request, user, event, client).await?)
    }
}

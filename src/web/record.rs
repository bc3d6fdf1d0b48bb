//! Writing down what happens to an account: a row for its owner, and a line of the log.
use super::{error::PageError, visit::Visit};
use crate::{
    domain::{ClientId, Event, UserId},
    storage::events::{self, NewEvent},
};

impl Visit {
    /// Something happens to a person's account, by this request.
    pub async fn record(&self, user: &UserId, event: Event) -> Result<(), PageError> {
        self.record_with(user, event, None).await
    }

    /// The same, with the app that has a part in it.
    pub async fn record_with(&self, user: &UserId, event: Event, client: Option<&ClientId>) -> Result<(), PageError> {
        let device = self.device();
        tracing::info!(target: "audit", %user, %event, address = %device.address, client = client.map(ClientId::as_str));
        let new = NewEvent {
            event,
            user: user.clone(),
            client: client.cloned(),
            address: Some(device.address),
            user_agent: Some(device.user_agent),
        };
        Ok(events::insert(&self.app.db, new, self.app.clock.now()).await?)
    }
}

//! Telling people what happens to their account.
use super::visit::Visit;
use crate::{
    domain::{Device, UserId},
    mail::{Letter, Notice, Occasion},
};

impl Visit {
    /// Tells a person by mail what has been done with their account by this request. It has been done,
    /// whether or not they can be told.
    pub async fn notify(&self, user: &UserId, notice: Notice) {
        self.notify_of(user, notice, self.device()).await;
    }

    /// The same of what was done on this device.
    pub async fn notify_of(&self, user: &UserId, notice: Notice, device: Device) {
        let (app, at) = (&self.app, self.app.clock.now());
        let language = self.frame(None).words.language().tag().to_owned();
        let occasion = Occasion { at, device: Some(device), language, provider: None };
        let letter = Letter::Notice { user: user.clone(), notice, occasion };
        if let Err(why) = app.mailer.send(&app.db, &letter, at).await {
            tracing::error!(%user, %notice, %why, "a person could not be told");
        }
    }
}

//! What providers send here by themselves, without a browser: `/callback/PROVIDER/…`.
//!
//! Each such request is counted for its sender's address before anything is judged, then judged by the keys or the
//! secret of the provider that the address names, then acted on, once (`storage/news.rs`). `pushed.rs` takes what Apple
//! and Google push, `signed.rs` what Meta signs, `logout.rs` logout tokens.
pub mod logout;
pub mod pushed;
pub mod signed;

use super::ways;
use crate::{
    app::App,
    domain::{Digest, Event, Timestamp, UserId},
    i18n::Language,
    mail::{Letter, Notice, Occasion},
    storage::news::{self, Item, Outcome},
    upstream::{Message, Provider, Tells, Told, Upstream},
    web::{
        error::ApiError,
        limits::{self, Tried},
        record,
    },
};
use actix_web::HttpRequest;
use std::sync::Arc;

/// The provider that an address names, if it tells things in this way, and may still ask.
async fn sender(app: &App, request: &HttpRequest, name: &str, ways: &[Tells]) -> Result<Arc<Upstream>, ApiError> {
    let name = name.parse().map_err(|_| ApiError::not_found())?;
    let found = app.memory().upstreams.get(&name).cloned();
    let upstream = found.filter(|found| ways.contains(&found.provider.kind.tells())).ok_or_else(ApiError::not_found)?;
    match limits::take(app, request, &Tried::Message).await? {
        Some(seconds) => Err(ApiError::too_many(seconds)),
        None => Ok(upstream),
    }
}

/// Acts on a message whose token was good.
async fn heard(app: &App, request: &HttpRequest, provider: &Provider, message: Message) -> Result<Outcome, ApiError> {
    let once = Digest::of(&format!("message of {}: {}", provider.name, message.id));
    act(app, request, provider, Some((once, message.expires_at)), &message.told).await
}

/// Acts on what a provider tells, and tells those to whom it happens. Whoever sends what is good is not counted.
async fn act(
    app: &App,
    request: &HttpRequest,
    provider: &Provider,
    once: Option<(Digest, Timestamp)>,
    told: &[Told],
) -> Result<Outcome, ApiError> {
    limits::give_message_back(app, request).await?;
    let item = |told: &Told| Item {
        subject: told.subject.clone(),
        token: told.token.clone(),
        session: told.session.clone(),
        at: told.at,
        consequences: told.news.consequences(),
    };
    for told in told {
        tracing::info!(provider = %provider.name, news = ?told.news, "a provider told something");
    }
    let message = news::Message { provider: provider.name.clone(), once, items: told.iter().map(item).collect() };
    let outcome = news::act(&app.db, message, ways(app), app.clock.now()).await?;
    if let Outcome::Acted(happened) = &outcome {
        for (user, event) in happened {
            record::told_by_provider(app, &provider.name, user, *event).await?;
            notify(app, provider, user, *event).await;
        }
    }
    Ok(outcome)
}

/// Tells a person by mail, where they should know. It has happened, whether or not they can be told.
async fn notify(app: &App, provider: &Provider, user: &UserId, event: Event) {
    let notice = match event {
        Event::IdentitySuspended => Notice::IdentitySuspended,
        Event::IdentityDoubted => Notice::IdentityDoubted,
        Event::IdentityWithdrawn => Notice::IdentityWithdrawn,
        _ => return,
    };
    let at = app.clock.now();
    let language = Language::default().tag().to_owned();
    let occasion = Occasion { at, device: None, language, provider: Some(provider.label().to_owned()) };
    let letter = Letter::Notice { user: user.clone(), notice, occasion };
    if let Err(why) = app.mailer.send(&app.db, &letter, at).await {
        tracing::error!(%user, %notice, %why, "a person could not be told");
    }
}

//! The endpoints of the protocol, a file each. Each reads, looks up, lets `protocol` decide, stores,
//! and answers.
pub mod authorize;
pub mod introspect;
pub mod native_nonce;
pub mod revoke;
pub mod token;
pub mod token_exchange;
mod upstream_token;
pub mod userinfo;

use super::error::ApiError;
use crate::{
    app::App,
    domain::{Client, ClientId, Event, NewEvent},
    protocol::{client_auth::Credentials, error::invalid_client, params::Params},
    web::record::{told, write_later},
};
use actix_web::{HttpRequest, http::header, web::Data};
use std::sync::{Arc, PoisonError};

/// The client that sends a request, once it has proved that it is.
fn authenticate(app: &Data<App>, request: &HttpRequest, params: &Params) -> Result<Arc<Client>, ApiError> {
    let unreadable = invalid_client("the Authorization header cannot be read");
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let header = headers.next().map(|value| value.to_str().map_err(|_| unreadable)).transpose()?;
    if headers.next().is_some() {
        return Err(unreadable.into());
    }
    let credentials = Credentials::parse(header, params)?;
    let client = app.memory().client(credentials.client_id.as_str()).cloned();
    if let Err(why) = credentials.check(client.as_deref(), app.clock.now()) {
        refused(app, request, client.as_deref());
        return Err(why.into());
    }
    client.ok_or_else(|| unreadable.into())
}

/// How often it is written down that the same client is refused, in seconds.
const OFTEN: i64 = 60;

/// Writes down that somebody has not proved to be this client: once a minute, so that a flood does not fill the trail.
/// What a stranger calls themselves is not written down.
fn refused(app: &Data<App>, request: &HttpRequest, client: Option<&Client>) {
    let client = client.map(|client| client.client_id.clone());
    let (name, now) = (client.clone().unwrap_or_else(|| ClientId::from("")), app.clock.now());
    let before = app.refused_clients.lock().unwrap_or_else(PoisonError::into_inner).get(&name).copied();
    if before.is_some_and(|before| now.since(before) < OFTEN) {
        return;
    }
    app.refused_clients.lock().unwrap_or_else(PoisonError::into_inner).insert(name, now);
    let event = NewEvent { client, ..told(app, request, None, Event::ClientRefused) };
    write_later(app, event.about_object("endpoint", request.path()));
}

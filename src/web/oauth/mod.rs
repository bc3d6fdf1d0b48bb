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
    web::record::{is_due, told, write_later},
};
use actix_web::{HttpRequest, http::header, web::Data};
use std::sync::Arc;

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

/// Writes down that somebody has not proved to be this client: once a minute, so that a flood does not fill the trail.
/// What a stranger calls themselves is not written down.
fn refused(app: &Data<App>, request: &HttpRequest, client: Option<&Client>) {
    let client = client.map(|client| client.client_id.clone());
    if !is_due(app, format!("client {}", client.as_ref().map_or("", ClientId::as_str))) {
        return;
    }
    let event = NewEvent { client, ..told(app, request, None, Event::ClientRefused) };
    write_later(app, event.about_object("endpoint", request.path()));
}

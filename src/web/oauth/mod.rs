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
    domain::Client,
    protocol::{client_auth::Credentials, error::invalid_client, params::Params},
};
use actix_web::{HttpRequest, http::header};
use std::sync::Arc;

/// The client that sends a request, once it has proved that it is.
fn authenticate(app: &App, request: &HttpRequest, params: &Params) -> Result<Arc<Client>, ApiError> {
    let unreadable = invalid_client("the Authorization header cannot be read");
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let header = headers.next().map(|value| value.to_str().map_err(|_| unreadable)).transpose()?;
    if headers.next().is_some() {
        return Err(unreadable.into());
    }
    let credentials = Credentials::parse(header, params)?;
    let client = app.memory().client(credentials.client_id.as_str()).cloned();
    credentials.check(client.as_deref(), app.clock.now())?;
    client.ok_or_else(|| unreadable.into())
}

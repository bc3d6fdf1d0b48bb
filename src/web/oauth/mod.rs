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
    protocol::{
        Code,
        client_assertion::{Assertion, USED},
        client_auth::{Credentials, Proof},
        error::invalid_client,
        params::Params,
    },
    storage::spent,
    web::record::{is_due, told, write_later},
};
use actix_web::{HttpRequest, http::header, web::Data};
use std::sync::Arc;

/// The client that sends a request, once it has proved that it is.
async fn authenticate(app: &Data<App>, request: &HttpRequest, params: &Params) -> Result<Arc<Client>, ApiError> {
    let unreadable = invalid_client("the Authorization header cannot be read");
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let header = headers.next().map(|value| value.to_str().map_err(|_| unreadable)).transpose()?;
    if headers.next().is_some() {
        return Err(unreadable.into());
    }
    let credentials = Credentials::parse(header, params)?;
    let client = app.memory().client(credentials.client_id.as_str()).cloned();
    let proven = match &credentials.proof {
        Proof::Assertion(assertion) => signed(app, request.path(), client.as_deref(), assertion).await,
        _ => credentials.check(client.as_deref(), app.clock.now()).map_err(Into::into),
    };
    if let Err(why) = proven {
        if why.error().code == Code::InvalidClient {
            refused(app, request, client.as_deref());
        }
        return Err(why);
    }
    client.ok_or_else(|| unreadable.into())
}

/// Whether a client has signed this assertion, for us and now, and has not used it before. Its claims first: for what is
/// not for us, nothing is fetched; and its name last, so that nobody but the client uses it up.
async fn signed(app: &App, path: &str, client: Option<&Client>, assertion: &Assertion) -> Result<(), ApiError> {
    let now = app.clock.now();
    assertion.check_claims(&app.config.issuer, path, now)?;
    let client = client.filter(|client| client.signs());
    let published = client.and_then(|client| Some((client, app.memory().published_keys(client)?.clone())));
    match published {
        Some((client, keys)) => keys.check(client, assertion, now).await?,
        None => {
            let keys = client.and_then(|client| client.jwks.as_ref()).map_or(&[][..], |set| &set.keys);
            assertion.check_signature(client, keys)?;
        }
    }
    let (digest, until) = assertion.once();
    if spent::spend(&app.db, digest, until).await? { Ok(()) } else { Err(USED.into()) }
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

//! An authorization request on its way through the steps.
//!
//! The browser carries it, sealed: so anybody may begin as many as they like, and none takes room
//! in the database. It is bound to the browser in which it began, and runs out.
use super::{browser::Browser, error::PageError};
use crate::{
    app::App,
    domain::{Client, Digest, RedirectUri, RegisteredUri, Timestamp, random_id},
    protocol::{
        Code, Error,
        authorize::{self, AuthorizationRequest, Rejection},
        params::Params,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How long a person may take, in seconds.
const LIFETIME: i64 = 3600;
/// How long an operator may take who tries a client out.
const TRIAL_LIFETIME: i64 = 600;
const CONTEXT: &str = "interaction";

#[derive(Serialize, Deserialize)]
struct Carried {
    id: String,
    browser: Digest,
    began_at: Timestamp,
    query: String,
    /// Where a trial's response goes, which is a place of ours and registered for no app. Nothing from outside sets it:
    /// all of this is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trial: Option<RegisteredUri>,
}

impl Carried {
    fn unseal(app: &App, sealed: &str) -> Option<Self> {
        let plain = app.secrets.interactions.open(CONTEXT, &URL_SAFE_NO_PAD.decode(sealed).ok()?)?;
        serde_json::from_slice(&plain).ok()
    }
}

/// An interaction: its name, its request, and whose it is.
pub struct Interaction {
    /// Its name; what a session remembers having done during it.
    pub id: String,
    /// As the browser carries it.
    pub sealed: String,
    /// What the client asks for.
    pub request: AuthorizationRequest,
    /// The client.
    pub client: Arc<Client>,
    /// The languages that the client wishes for.
    pub ui_locales: Option<String>,
    /// Whether an operator tries the client out: then the response comes to us, and what is granted lasts minutes.
    pub is_trial: bool,
}

impl Interaction {
    /// Begins one for a request that was read from `query`.
    pub fn begin(
        app: &App,
        browser: &Browser,
        query: &str,
        request: AuthorizationRequest,
        client: Arc<Client>,
    ) -> Result<Self, PageError> {
        let carried = Carried {
            id: random_id(),
            browser: browser.digest(),
            began_at: app.clock.now(),
            query: query.to_owned(),
            trial: None,
        };
        Self::carry(app, carried, request, client)
    }

    /// Begins one by which an operator tries a client out; its response goes to `place`, whatever is registered.
    pub fn begin_trial(
        app: &App,
        browser: &Browser,
        query: &str,
        client: &Client,
        place: RegisteredUri,
    ) -> Result<Self, Rejection> {
        let params = Params::parse(query.as_bytes()).map_err(Rejection::Page)?;
        let client = client.returning_to(place.clone());
        let request = authorize::parse(&params, Some(&client))?;
        let carried = Carried {
            id: random_id(),
            browser: browser.digest(),
            began_at: app.clock.now(),
            query: query.to_owned(),
            trial: Some(place),
        };
        let server_error = Error::new(Code::ServerError, "the request cannot be kept");
        Self::carry(app, carried, request, Arc::new(client)).map_err(|_| Rejection::Page(server_error))
    }

    fn carry(
        app: &App,
        carried: Carried,
        request: AuthorizationRequest,
        client: Arc<Client>,
    ) -> Result<Self, PageError> {
        let plain =
            serde_json::to_vec(&carried).map_err(|_| PageError::Internal("an interaction cannot be written"))?;
        let sealed = URL_SAFE_NO_PAD.encode(app.secrets.interactions.seal(CONTEXT, &plain)?);
        let ui_locales = Params::parse(carried.query.as_bytes())?.get("ui_locales").map(Into::into);
        Ok(Self { id: carried.id, sealed, request, client, ui_locales, is_trial: carried.trial.is_some() })
    }

    /// Opens one that this browser carries.
    pub fn open(app: &App, browser: &Browser, sealed: &str) -> Result<Self, PageError> {
        let carried = Carried::unseal(app, sealed).ok_or(PageError::OtherBrowser)?;
        let longest = if carried.trial.is_some() { TRIAL_LIFETIME } else { LIFETIME };
        if carried.browser != browser.digest() || app.clock.now().since(carried.began_at) > longest {
            return Err(PageError::OtherBrowser);
        }
        Self::read(app, carried, sealed.to_owned())
    }

    /// The query of a request that some browser carries, for it to begin again in another one.
    pub fn query(app: &App, sealed: &str) -> Option<String> {
        Carried::unseal(app, sealed).map(|carried| carried.query)
    }

    /// Where a request that some browser carries leads in the end.
    pub fn leads_to(app: &App, sealed: &str) -> Option<RedirectUri> {
        let interaction = Self::read(app, Carried::unseal(app, sealed)?, sealed.to_owned()).ok()?;
        Some(interaction.request.return_to.redirect_uri)
    }

    /// The request is read each time anew: the client may have changed meanwhile.
    fn read(app: &App, carried: Carried, sealed: String) -> Result<Self, PageError> {
        let params = Params::parse(carried.query.as_bytes())?;
        let client = app.memory().client(authorize::client_id(&params)?).cloned();
        let is_trial = carried.trial.is_some();
        let client = match carried.trial {
            Some(place) => client.map(|client| Arc::new(client.returning_to(place))),
            None => client,
        };
        let request = authorize::parse(&params, client.as_deref()).map_err(PageError::from)?;
        let client = client.ok_or(PageError::OtherBrowser)?;
        let ui_locales = params.get("ui_locales").map(Into::into);
        Ok(Self { id: carried.id, sealed, request, client, ui_locales, is_trial })
    }

    /// The address of a step.
    pub fn step(&self, path: &str) -> String {
        format!("{path}?interaction={}", self.sealed)
    }
}

//! Who is signed in: `actix-session` on a store of our own.
//!
//! The cookie holds 256 random bits, encrypted; the database holds their digest. A browser in which
//! nobody is signed in has no session.
use super::{browser::cookie_name, error::PageError};
use crate::{
    app::App,
    domain::{Digest, Secret, SignIn},
    storage::{self, sessions},
};
use actix_session::{
    Session, SessionExt, SessionMiddleware,
    config::{CookieContentSecurity, PersistentSession},
    storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError},
};
use actix_web::{
    HttpRequest,
    cookie::{Key, SameSite, time::Duration},
    web::Data,
};
use std::collections::HashMap;

const SIGN_IN: &str = "sign_in";
/// What the person has set as their language: read with the session, never kept in it.
const LOCALE: &str = "locale";

type State = HashMap<String, String>;

/// The session of a request.
pub struct CurrentSession(Session);

impl CurrentSession {
    /// The session of a request.
    pub fn of(request: &HttpRequest) -> Self {
        Self(request.get_session())
    }

    /// Who is signed in.
    pub fn sign_in(&self) -> Option<SignIn> {
        // What cannot be read was written by another version; the person signs in again.
        self.0.get(SIGN_IN).ok().flatten()
    }

    /// The language that whoever is signed in has set.
    pub fn locale(&self) -> Option<String> {
        self.0.get(LOCALE).ok().flatten()
    }

    /// Somebody has proved who they are: a new session, so that no one can have prepared it.
    pub fn begin(&self, sign_in: &SignIn) -> Result<(), PageError> {
        self.0.renew();
        self.write(sign_in)
    }

    /// Changes what the session knows.
    pub fn write(&self, sign_in: &SignIn) -> Result<(), PageError> {
        self.0.insert(SIGN_IN, sign_in).map_err(|_| PageError::Internal("a session cannot be written"))
    }

    /// Ends the session.
    pub fn end(&self) {
        self.0.purge();
    }
}

/// Reads the session of each request, and keeps it.
pub fn middleware(app: &Data<App>) -> SessionMiddleware<Store> {
    let lifetime = Duration::seconds(app.config.sessions.absolute);
    SessionMiddleware::builder(Store(app.clone()), Key::from(&app.secrets.cookies))
        .cookie_name(cookie_name(app, "session"))
        .cookie_secure(app.config.issuer.is_https())
        .cookie_same_site(SameSite::Lax)
        .cookie_http_only(true)
        .cookie_path("/".into())
        .cookie_content_security(CookieContentSecurity::Private)
        .session_lifecycle(PersistentSession::default().session_ttl(lifetime))
        .build()
}

/// Sessions in the database.
pub struct Store(Data<App>);

/// What the store reports; the middleware wraps it.
fn failed(why: &storage::Error) -> std::io::Error {
    tracing::error!(%why, "a session cannot be read or kept");
    std::io::Error::other("the session store failed")
}

fn sign_in_of(state: &State) -> Result<SignIn, std::io::Error> {
    let text = state.get(SIGN_IN).ok_or_else(|| std::io::Error::other("a session without a person"))?;
    serde_json::from_str(text).map_err(std::io::Error::other)
}

fn digest_of(key: &SessionKey) -> Digest {
    Digest::of(key.as_ref())
}

impl SessionStore for Store {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let Self(app) = self;
        let found = sessions::find(&app.db, &digest_of(key), app.config.sessions.idle, app.clock.now()).await;
        let Some((sign_in, profile)) = found.map_err(|why| LoadError::Other(failed(&why).into()))? else {
            return Ok(None);
        };
        let text = |value: serde_json::Result<String>| value.map_err(|why| LoadError::Deserialization(why.into()));
        let mut state = State::from([(SIGN_IN.to_owned(), text(serde_json::to_string(&sign_in))?)]);
        if let Some(locale) = profile.locale() {
            state.insert(LOCALE.to_owned(), text(serde_json::to_string(locale))?);
        }
        Ok(Some(state))
    }

    async fn save(&self, state: State, _: &Duration) -> Result<SessionKey, SaveError> {
        let Self(app) = self;
        let sign_in = sign_in_of(&state).map_err(|why| SaveError::Serialization(why.into()))?;
        let (key, now) = (Secret::random(), app.clock.now());
        let expires_at = now.plus(app.config.sessions.absolute);
        sessions::insert(&app.db, key.digest(), &sign_in, now, expires_at)
            .await
            .map_err(|why| SaveError::Other(failed(&why).into()))?;
        key.reveal().to_owned().try_into().map_err(|_| SaveError::Other(std::io::Error::other("a key").into()))
    }

    async fn update(&self, key: SessionKey, state: State, ttl: &Duration) -> Result<SessionKey, UpdateError> {
        let Self(app) = self;
        let sign_in = sign_in_of(&state).map_err(|why| UpdateError::Serialization(why.into()))?;
        let kept = sessions::update(&app.db, digest_of(&key), &sign_in).await;
        if kept.map_err(|why| UpdateError::Other(failed(&why).into()))? {
            return Ok(key);
        }
        // It has run out meanwhile.
        self.save(state, ttl).await.map_err(|why| UpdateError::Other(std::io::Error::other(why.to_string()).into()))
    }

    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        // `load` keeps track of use; the absolute limit does not move.
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        sessions::delete(&self.0.db, digest_of(key)).await.map_err(|why| failed(&why).into())
    }
}

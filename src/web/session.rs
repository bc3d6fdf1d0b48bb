//! Who is signed in: `actix-session` on a store of our own.
//!
//! The cookie holds 256 random bits, encrypted; the database holds their digest. Several people may be signed in in one
//! browser; the first of them is the one in use. A browser in which nobody is signed in has no session.
use super::{
    browser::{Browser, cookie_name},
    error::PageError,
};
use crate::{
    app::App,
    domain::{Digest, Secret, SessionId, SignIn, UserId},
    storage::{self, sessions},
};
use actix_session::{
    Session, SessionExt, SessionMiddleware,
    config::{CookieContentSecurity, PersistentSession},
    storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError},
};
use actix_web::{
    HttpRequest,
    body::MessageBody,
    cookie::{Cookie, Key, SameSite, time::Duration},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderValue, SET_COOKIE},
    middleware::Next,
    web::Data,
};
use std::collections::HashMap;

/// Who is signed in, the one in use first.
const SIGN_INS: &str = "sign_ins";
/// What each of them has set as their language: read with the sign-ins, never kept with them.
const LOCALES: &str = "locales";
/// The sign-in that has just begun, on account of which the browser gets a new cookie.
const BEGUN: &str = "begun";
/// How many people may be signed in in one browser; the one not used for longest makes room.
const MOST: usize = 8;

type State = HashMap<String, String>;

/// The session of a request.
pub struct CurrentSession {
    session: Session,
    window: Digest,
}

impl CurrentSession {
    /// The session of a request, in a browser.
    pub fn of(request: &HttpRequest, browser: &Browser) -> Self {
        Self { session: request.get_session(), window: browser.digest() }
    }

    /// Who is signed in, the one in use first. A sign-in that was to end with the browser's own session does.
    pub fn sign_ins(&self) -> Vec<SignIn> {
        // What cannot be read was written by another version; the person signs in again.
        let mut sign_ins: Vec<SignIn> = self.session.get(SIGN_INS).ok().flatten().unwrap_or_default();
        sign_ins.retain(|one| one.window.as_ref().is_none_or(|window| *window == self.window));
        sign_ins
    }

    /// The language that whoever is signed in and in use has set.
    pub fn locale(&self) -> Option<String> {
        let mut locales: HashMap<SessionId, String> = self.session.get(LOCALES).ok().flatten()?;
        locales.remove(&self.sign_in()?.sid)
    }

    /// Who is signed in and in use.
    pub fn sign_in(&self) -> Option<SignIn> {
        self.sign_ins().into_iter().next()
    }

    /// The sign-in of a person, in use or not.
    pub fn of_user(&self, user: &UserId) -> Option<SignIn> {
        self.sign_ins().into_iter().find(|one| one.user == *user)
    }

    /// Somebody has proved who they are: a new cookie, so that no one can have prepared it. The others go on.
    pub fn begin(&self, sign_in: &SignIn) -> Result<(), PageError> {
        self.keep_first(sign_in)?;
        self.session.insert(BEGUN, &sign_in.sid).map_err(|_| UNWRITABLE)
    }

    /// Puts a sign-in in use, as it is now.
    pub fn keep_first(&self, sign_in: &SignIn) -> Result<(), PageError> {
        let mut sign_ins = self.sign_ins();
        sign_ins.retain(|one| one.user != sign_in.user);
        sign_ins.insert(0, sign_in.clone());
        sign_ins.truncate(MOST);
        self.session.insert(SIGN_INS, sign_ins).map_err(|_| UNWRITABLE)
    }

    /// Ends a sign-in; whoever else is signed in stays so.
    pub fn end(&self, sid: &SessionId) -> Result<(), PageError> {
        let mut sign_ins = self.sign_ins();
        sign_ins.retain(|one| one.sid != *sid);
        if sign_ins.is_empty() {
            self.session.purge();
            return Ok(());
        }
        self.session.insert(SIGN_INS, sign_ins).map_err(|_| UNWRITABLE)
    }
}

const UNWRITABLE: PageError = PageError::Internal("a session cannot be written");

/// How long browsers keep a cookie at most (RFC 6265bis section 5.5). `middleware` gives ours this, and `last` what the
/// settings say at that moment.
const LONGEST: Duration = Duration::days(400);

/// Has the browser keep the cookie of a session as long as a session may last, by the settings as they are now.
pub async fn last(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut response = next.call(request).await?;
    let Some(app) = response.request().app_data::<Data<App>>().cloned() else { return Ok(response) };
    let name = cookie_name(&app, "session");
    let ours = |value: &HeaderValue| {
        let cookie = Cookie::parse(value.to_str().ok()?).ok()?;
        (cookie.name() == name && cookie.max_age() == Some(LONGEST)).then(|| cookie.into_owned())
    };
    let cookies: Vec<_> = response.response().headers().get_all(SET_COOKIE).cloned().collect();
    if !cookies.iter().any(|value| ours(value).is_some()) {
        return Ok(response);
    }
    let lifetime = Duration::seconds(app.settings().sessions.absolute);
    let headers = response.headers_mut();
    headers.remove(SET_COOKIE);
    for value in cookies {
        let lasting = ours(&value).map(|mut cookie| {
            cookie.set_max_age(lifetime);
            HeaderValue::from_str(&cookie.to_string())
        });
        headers.append(SET_COOKIE, lasting.and_then(Result::ok).unwrap_or(value));
    }
    Ok(response)
}

/// Reads the session of each request, and keeps it.
pub fn middleware(app: &Data<App>) -> SessionMiddleware<Store> {
    SessionMiddleware::builder(Store(app.clone()), Key::from(&app.secrets.cookies))
        .cookie_name(cookie_name(app, "session"))
        .cookie_secure(app.config.issuer.is_https())
        .cookie_same_site(SameSite::Lax)
        .cookie_http_only(true)
        .cookie_path("/".into())
        .cookie_content_security(CookieContentSecurity::Private)
        .session_lifecycle(PersistentSession::default().session_ttl(LONGEST))
        .build()
}

/// Sessions in the database.
pub struct Store(Data<App>);

/// What the store reports; the middleware wraps it.
fn failed(why: &storage::Error) -> std::io::Error {
    tracing::error!(%why, "a session cannot be read or kept");
    std::io::Error::other("the session store failed")
}

fn parsed<T: serde::de::DeserializeOwned>(state: &State, key: &str) -> Result<Option<T>, std::io::Error> {
    state.get(key).map(|text| serde_json::from_str(text)).transpose().map_err(std::io::Error::other)
}

fn digest_of(key: &SessionKey) -> Digest {
    Digest::of(key.as_ref())
}

impl Store {
    /// Keeps what has begun, under a new key.
    async fn begin(&self, before: Option<Digest>, state: &State) -> Result<Option<SessionKey>, std::io::Error> {
        let Self(app) = self;
        let Some(begun) = parsed::<SessionId>(state, BEGUN)? else { return Ok(None) };
        let sign_ins: Vec<SignIn> = parsed(state, SIGN_INS)?.unwrap_or_default();
        let (begun, others): (Vec<_>, Vec<_>) = sign_ins.into_iter().partition(|one| one.sid == begun);
        let begun = begun.first().ok_or_else(|| std::io::Error::other("a session without a person"))?;
        let kept = others.into_iter().map(|other| other.sid).collect();
        let key = Secret::random();
        sessions::begin(&app.db, before, key.digest(), begun, kept, app.clock.now())
            .await
            .map_err(|why| failed(&why))?;
        key.reveal().to_owned().try_into().map(Some).map_err(|_| std::io::Error::other("a session without a name"))
    }
}

impl SessionStore for Store {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let Self(app) = self;
        let found = sessions::find(&app.db, &digest_of(key), app.settings().sessions.idle, app.clock.now()).await;
        let found = found.map_err(|why| LoadError::Other(failed(&why).into()))?;
        if found.is_empty() {
            return Ok(None);
        }
        let locales: HashMap<_, _> =
            found.iter().filter_map(|(one, profile)| Some((one.sid.clone(), profile.locale()?.to_owned()))).collect();
        let sign_ins: Vec<_> = found.iter().map(|(one, _)| one).collect();
        let text = |value: serde_json::Result<String>| value.map_err(|why| LoadError::Deserialization(why.into()));
        let (sign_ins, locales) = (text(serde_json::to_string(&sign_ins))?, text(serde_json::to_string(&locales))?);
        Ok(Some([(SIGN_INS.to_owned(), sign_ins), (LOCALES.to_owned(), locales)].into()))
    }

    async fn save(&self, state: State, _: &Duration) -> Result<SessionKey, SaveError> {
        let begun = self.begin(None, &state).await.map_err(|why| SaveError::Other(why.into()))?;
        begun.ok_or_else(|| SaveError::Other(std::io::Error::other("nobody has signed in").into()))
    }

    async fn update(&self, key: SessionKey, state: State, _: &Duration) -> Result<SessionKey, UpdateError> {
        let (Self(app), before) = (self, digest_of(&key));
        let other = |why: std::io::Error| UpdateError::Other(why.into());
        if let Some(new) = self.begin(Some(before.clone()), &state).await.map_err(other)? {
            return Ok(new);
        }
        let sign_ins: Vec<SignIn> = parsed(&state, SIGN_INS).map_err(other)?.unwrap_or_default();
        sessions::update(&app.db, before, &sign_ins).await.map_err(|why| other(failed(&why)))?;
        Ok(key)
    }

    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        // `load` keeps track of use; the absolute limit does not move.
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        sessions::delete(&self.0.db, digest_of(key)).await.map_err(|why| failed(&why).into())
    }
}

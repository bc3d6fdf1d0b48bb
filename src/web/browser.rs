//! One browser, before anybody signs in: a random name in a cookie, to which forms and interactions
//! are bound (RFC 6749 section 10.12).
use super::error::PageError;
use crate::{
    app::App,
    domain::{Digest, Secret, random_id},
};
use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// A cookie of this instance. Over https its name begins with `__Host-`, so that no other host can
/// have set it (RFC 6265bis section 4.1.3.2).
pub fn cookie_name(app: &App, name: &str) -> String {
    if app.config.issuer.is_https() { format!("__Host-genkan-{name}") } else { format!("genkan-{name}") }
}

/// A cookie that scripts cannot read and other sites cannot send along but by a link.
pub fn cookie(app: &App, name: &str, value: String) -> Cookie<'static> {
    Cookie::build(cookie_name(app, name), value)
        .path("/")
        .http_only(true)
        .secure(app.config.issuer.is_https())
        .same_site(SameSite::Lax)
        .finish()
}

/// A cookie that outlives the browser's own session, by a year.
pub fn lasting_cookie(app: &App, name: &str, value: String) -> Cookie<'static> {
    let mut cookie = cookie(app, name, value);
    cookie.set_max_age(Duration::days(365));
    cookie
}

/// The value of a cookie.
pub fn cookie_value(app: &App, request: &HttpRequest, name: &str) -> Option<String> {
    request.cookie(&cookie_name(app, name)).map(|cookie| cookie.value().to_owned())
}

/// The lasting name of a browser in which somebody has signed in: by it they are known there, though nobody is signed in.
pub struct Device(Secret);

impl Device {
    const COOKIE: &str = "device";

    /// The name that a request carries.
    pub fn of(app: &App, request: &HttpRequest) -> Option<Self> {
        let value = cookie_value(app, request, Self::COOKIE)?;
        (value.len() == Secret::LENGTH).then(|| Self(value.into()))
    }

    /// A new name.
    pub fn new() -> Self {
        Self(Secret::random())
    }

    /// What is stored of it.
    pub fn digest(&self) -> Digest {
        self.0.digest()
    }

    /// Makes the browser keep it, for a year from now.
    pub fn remember(&self, app: &App, response: &mut HttpResponse) {
        if let Err(why) = response.add_cookie(&lasting_cookie(app, Self::COOKIE, self.0.reveal().to_owned())) {
            tracing::error!(%why, "a cookie cannot be set");
        }
    }
}

/// The browser that sent a request.
#[derive(Debug)]
pub struct Browser {
    id: String,
    /// Whether the answer is to name it.
    is_new: bool,
}

impl Browser {
    const COOKIE: &str = "browser";

    /// The browser of a request; one that has no name yet gets one. Not by a form: one of another site comes without
    /// the name that there is (`SameSite`), and a new one would end what is bound to that.
    pub fn of(app: &App, request: &HttpRequest) -> Self {
        let is_name = |id: &String| id.len() == 32 && id.bytes().all(|c| c.is_ascii_hexdigit());
        match cookie_value(app, request, Self::COOKIE).filter(is_name) {
            Some(id) => Self { id, is_new: false },
            None => Self { id: random_id(), is_new: request.method().is_safe() },
        }
    }

    /// Gives the browser its name.
    pub fn remember(&self, app: &App, mut response: HttpResponse) -> HttpResponse {
        if self.is_new
            && let Err(why) = response.add_cookie(&cookie(app, Self::COOKIE, self.id.clone()))
        {
            tracing::error!(%why, "a cookie cannot be set");
        }
        response
    }

    /// What an interaction is bound to.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.id)
    }

    /// What every form carries, so that no other site can make this browser send it.
    pub fn form_token(&self, app: &App) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&app.secrets.forms, self.id.as_bytes()))
    }

    /// Checks what a form carries.
    pub fn check_form_token(&self, app: &App, token: Option<&str>) -> Result<(), PageError> {
        let tag = token.and_then(|token| URL_SAFE_NO_PAD.decode(token).ok()).unwrap_or_default();
        hmac::verify(&app.secrets.forms, self.id.as_bytes(), &tag).map_err(|_| PageError::FormExpired)
    }
}

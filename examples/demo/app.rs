//! The rest of the app: its routes, and who visits it. What it knows of a visitor is in memory, by
//! a cookie that holds nothing but a random name.
use crate::{
    pages::{self, Notice},
    relying_party::{Pending, RelyingParty, Response, Tokens},
};
use actix_web::{
    HttpRequest, HttpResponse, Result,
    cookie::{Cookie, SameSite},
    error::ErrorInternalServerError,
    http::header,
    web::{Data, Query, ServiceConfig, get, post},
};
use genkan::clock::Clock;
use openidconnect::{CsrfToken, core::CoreUserInfoClaims};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

const COOKIE: &str = "demo";

/// The app.
pub struct Demo {
    party: RelyingParty,
    issuer: String,
    clock: Clock,
    visits: Mutex<HashMap<String, Visit>>,
}

/// What the app knows of a visitor.
#[derive(Default)]
struct Visit {
    pending: Option<Pending>,
    tokens: Option<Arc<Tokens>>,
    userinfo: Option<CoreUserInfoClaims>,
    notice: Option<Notice>,
}

impl Demo {
    pub fn new(party: RelyingParty, issuer: &str) -> Self {
        Self { party, issuer: issuer.into(), clock: Clock::system(), visits: Mutex::default() }
    }

    fn visits(&self) -> MutexGuard<'_, HashMap<String, Visit>> {
        self.visits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads or changes what is known of a visitor, if anything is.
    fn visit<T>(&self, request: &HttpRequest, act: impl FnOnce(&mut Visit) -> Option<T>) -> Option<T> {
        let cookie = request.cookie(COOKIE)?;
        self.visits().get_mut(cookie.value()).and_then(act)
    }

    /// Keeps a visit under a new name, so that no one can have prepared it; sends the browser on.
    fn begin(&self, visit: Visit, to: &str) -> HttpResponse {
        let name = CsrfToken::new_random_len(32).into_secret();
        let cookie = Cookie::build(COOKIE, name.clone()).path("/").http_only(true).same_site(SameSite::Lax).finish();
        self.visits().insert(name, visit);
        let mut response = see_other(to);
        // The name is a cookie's by construction, so this cannot fail.
        let _ = response.add_cookie(&cookie);
        response
    }

    fn tell(&self, request: &HttpRequest, notice: Notice) -> HttpResponse {
        self.visit(request, |visit| visit.notice.replace(notice));
        see_other("/")
    }
}

/// The routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/", get().to(home))
        .route("/sign-in", get().to(sign_in))
        .route("/callback", get().to(callback))
        .route("/refresh", post().to(refresh))
        .route("/userinfo", post().to(userinfo))
        .route("/sign-out", post().to(sign_out))
        .route("/signed-out", get().to(signed_out))
        .route("/demo.css", get().to(style));
}

async fn home(demo: Data<Demo>, request: HttpRequest) -> Result<HttpResponse> {
    let known = demo.visit(&request, |visit| Some((visit.notice.take(), visit.tokens.clone(), visit.userinfo.clone())));
    let (notice, tokens, userinfo) = known.unwrap_or_default();
    let html = match tokens {
        Some(tokens) => pages::tokens(&demo.issuer, &tokens, userinfo.as_ref(), notice, demo.clock.now()),
        None => pages::welcome(&demo.issuer, notice),
    };
    // Forms lead to Genkan and back.
    let policy = format!("default-src 'none'; style-src 'self'; form-action 'self' {}", demo.issuer);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .body(html.map_err(ErrorInternalServerError)?))
}

async fn sign_in(demo: Data<Demo>) -> HttpResponse {
    let (url, pending) = demo.party.sign_in();
    demo.begin(Visit { pending: Some(pending), ..Visit::default() }, url.as_str())
}

async fn callback(demo: Data<Demo>, request: HttpRequest, response: Query<Response>) -> HttpResponse {
    let Some(pending) = demo.visit(&request, |visit| visit.pending.take()) else {
        let notice = Notice::bad("This browser has not asked to sign in, or has been answered already.");
        return demo.begin(Visit { notice: Some(notice), ..Visit::default() }, "/");
    };
    match demo.party.finish(pending, response.into_inner()).await {
        Ok(tokens) => demo.begin(Visit { tokens: Some(tokens.into()), ..Visit::default() }, "/"),
        Err(why) => demo.tell(&request, failed("You are not signed in", &*why)),
    }
}

async fn refresh(demo: Data<Demo>, request: HttpRequest) -> HttpResponse {
    let Some(old) = demo.visit(&request, |visit| visit.tokens.clone()) else { return see_other("/") };
    let notice = match demo.party.refresh(&old).await {
        Ok(new) => {
            demo.visit(&request, |visit| visit.tokens.replace(new.into()));
            Notice::good("All tokens are new. The refresh token that was used is spent.")
        }
        Err(why) => failed("The tokens cannot be refreshed", &*why),
    };
    demo.tell(&request, notice)
}

async fn userinfo(demo: Data<Demo>, request: HttpRequest) -> HttpResponse {
    let Some(tokens) = demo.visit(&request, |visit| visit.tokens.clone()) else { return see_other("/") };
    match demo.party.userinfo(&tokens).await {
        Ok(claims) => {
            demo.visit(&request, |visit| visit.userinfo.replace(claims));
            see_other("/")
        }
        Err(why) => demo.tell(&request, failed("Userinfo is not answered", &*why)),
    }
}

async fn sign_out(demo: Data<Demo>, request: HttpRequest) -> HttpResponse {
    let tokens = demo.visit(&request, |visit| std::mem::take(visit).tokens);
    see_other(tokens.map_or_else(|| "/".into(), |tokens| String::from(demo.party.sign_out(&tokens))))
}

async fn signed_out(demo: Data<Demo>) -> HttpResponse {
    let notice = Notice::good("You are signed out, here and at Genkan.");
    demo.begin(Visit { notice: Some(notice), ..Visit::default() }, "/")
}

/// What all of it looks like.
pub async fn style() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8")).body(include_str!("demo.css"))
}

/// Sends the browser elsewhere.
pub fn see_other(to: impl AsRef<str>) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to.as_ref()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// What went wrong, with every reason behind it.
fn failed(what: &str, why: &(dyn std::error::Error + 'static)) -> Notice {
    let reasons = std::iter::successors(Some(why), |why| why.source()).map(ToString::to_string);
    Notice::bad(&format!("{what}: {}", reasons.collect::<Vec<_>>().join(": ")))
}

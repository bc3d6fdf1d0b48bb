//! The page that asks before signing out.

use super::{
    page::{AccountView, ClientView, Page},
    render::{Frame, see_other},
    signed_out::SignedOutPage,
};
use crate::{
    app::App,
    domain::{Client, RedirectUri},
    protocol::{
        discovery::path,
        id_token::IdToken,
        logout::{Logout, LogoutRequest, decide},
        params::Params,
    },
    storage::sessions,
    web::{
        browser::Browser,
        error::PageError,
        forms::{PageForm, PageQuery},
        session::CurrentSession,
    },
};
use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;
use std::sync::Arc;

#[derive(Clone, Debug, Template)]
#[template(path = "sign_out.html")]
pub struct SignOutPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub account: Option<AccountView>,
    /// The app that asks for it.
    pub client: Option<ClientView>,
    /// The request's parameters, kept over the question.
    pub hidden: Vec<(String, String)>,
}

/// `GET /logout`: by a person or on behalf of an app (RP-Initiated Logout section 2).
pub async fn get(
    app: Data<App>,
    request: HttpRequest,
    session: CurrentSession,
    query: PageQuery,
) -> Result<HttpResponse, PageError> {
    let (logout, client) = read(&app, &session, &query.0)?;
    if !logout.confirm {
        return sign_out(&app, &request, &session, logout, client.as_deref()).await;
    }
    let browser = Browser::of(&app, &request);
    let frame = Frame::new(&app, &request, query.0.get("ui_locales"));
    let account = match session.sign_in() {
        Some(sign_in) => Some(AccountView::of(&app, &sign_in).await?),
        None => None,
    };
    let kept = LogoutRequest::NAMES.iter().filter_map(|name| Some(((*name).to_owned(), query.0.get(name)?.to_owned())));
    let hidden: Vec<_> = kept.collect();
    let page = SignOutPage {
        page: frame.page(&again(&hidden)),
        action: path::LOGOUT.into(),
        csrf: browser.form_token(&app),
        account,
        client: client.as_deref().map(Into::into),
        hidden,
    };
    Ok(frame.render(&app, &browser, &page, logout.redirect.as_ref().map(|(to, _)| to)))
}

/// `POST /logout`: what our own page sends is confirmed; what an app sends is like a GET.
pub async fn post(
    app: Data<App>,
    request: HttpRequest,
    session: CurrentSession,
    form: PageForm,
) -> Result<HttpResponse, PageError> {
    let Some(token) = form.0.get("csrf") else {
        let kept =
            LogoutRequest::NAMES.iter().filter_map(|name| Some(((*name).to_owned(), form.0.get(name)?.to_owned())));
        // From another site it comes without the person's cookies; the redirect comes with them.
        return Ok(see_other(&again(&kept.collect::<Vec<_>>())));
    };
    Browser::of(&app, &request).check_form_token(&app, Some(token))?;
    let (logout, client) = read(&app, &session, &form.0)?;
    sign_out(&app, &request, &session, logout, client.as_deref()).await
}

/// The address that asks for the same.
fn again(parameters: &[(String, String)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    if query.is_empty() { path::LOGOUT.into() } else { format!("{}?{query}", path::LOGOUT) }
}

fn read(app: &App, session: &CurrentSession, params: &Params) -> Result<(Logout, Option<Arc<Client>>), PageError> {
    let asked = LogoutRequest::parse(params)?;
    let memory = app.memory();
    let hint = asked.id_token_hint.as_deref().and_then(|hint| memory.keys.verify::<IdToken>(hint));
    let hint = hint.filter(|hint| hint.claims.is_hint(hint.typ.as_deref(), &app.config.issuer)).map(|hint| hint.claims);
    let named = hint.as_ref().map(|hint| hint.aud.as_str()).or(asked.client_id.as_deref());
    let client = named.and_then(|id| memory.client(id)).cloned();
    let logout = decide(&asked, hint.as_ref(), client.as_deref(), session.sign_in().as_ref())?;
    Ok((logout, client))
}

async fn sign_out(
    app: &App,
    request: &HttpRequest,
    session: &CurrentSession,
    logout: Logout,
    client: Option<&Client>,
) -> Result<HttpResponse, PageError> {
    if let Some(sign_in) = session.sign_in() {
        sessions::sign_out(&app.db, sign_in.sid, sign_in.user, app.clock.now()).await?;
        session.end();
    }
    if let Some((to, state)) = logout.redirect {
        return Ok(see_other(&back(&to, state)));
    }
    let frame = Frame::new(app, request, None);
    let page = SignedOutPage { page: frame.page("/login"), client: client.map(Into::into), continue_to: None };
    Ok(frame.render(app, &Browser::of(app, request), &page, None))
}

fn back(to: &RedirectUri, state: Option<String>) -> String {
    let state: Vec<_> = state.map(|state| ("state", state)).into_iter().collect();
    to.with_query(&state)
}

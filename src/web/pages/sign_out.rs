//! The page that asks before signing out.

use super::{
    page::{AccountView, ClientView, Page},
    render::{Frame, see_other},
    signed_out::SignedOutPage,
};
use crate::{
    domain::Client,
    protocol::{
        discovery::path,
        id_token::IdToken,
        logout::{Logout, LogoutRequest, decide},
        params::Params,
    },
    storage::sessions,
    web::{
        error::PageError,
        forms::{AnyForm, PageQuery},
        visit::Visit,
    },
};
use actix_web::HttpResponse;
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
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let (logout, client) = read(&visit, &query.0)?;
    if !logout.confirm {
        return sign_out(&visit, logout, client.as_deref()).await;
    }
    let frame = Frame::new(&visit.app, &visit.request, query.0.get("ui_locales"));
    let account = match visit.sign_in() {
        Some(sign_in) => Some(AccountView::of(&visit, &sign_in).await?),
        None => None,
    };
    let page = SignOutPage {
        page: frame.page(&again(&query.0)),
        action: path::LOGOUT.into(),
        csrf: visit.form_token(),
        account,
        client: client.as_deref().map(Into::into),
        hidden: kept(&query.0),
    };
    Ok(visit.show(&frame, &page, logout.redirect.as_ref().map(|(to, _)| to)))
}

/// `POST /logout`: what our own page sends is confirmed; what an app sends is like a GET.
pub async fn post(visit: Visit, form: AnyForm) -> Result<HttpResponse, PageError> {
    let Some(token) = form.0.get("csrf") else {
        // From another site it comes without the person's cookies; the redirect comes with them.
        return Ok(see_other(&again(&form.0)));
    };
    visit.browser.check_form_token(&visit.app, Some(token))?;
    let (logout, client) = read(&visit, &form.0)?;
    sign_out(&visit, logout, client.as_deref()).await
}

/// The parameters of the request, as they are to be asked again.
fn kept(params: &Params) -> Vec<(String, String)> {
    let pair = |name: &&str| Some(((*name).to_owned(), params.get(name)?.to_owned()));
    LogoutRequest::NAMES.iter().filter_map(pair).collect()
}

/// The address that asks for the same.
fn again(params: &Params) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept(params)).finish();
    if query.is_empty() { path::LOGOUT.into() } else { format!("{}?{query}", path::LOGOUT) }
}

fn read(visit: &Visit, params: &Params) -> Result<(Logout, Option<Arc<Client>>), PageError> {
    let asked = LogoutRequest::parse(params)?;
    let (memory, issuer) = (visit.app.memory(), &visit.app.config.issuer);
    let hint = asked.id_token_hint.as_deref().and_then(|hint| memory.keys.verify::<IdToken>(hint));
    let hint = hint.filter(|hint| hint.claims.is_hint(hint.typ.as_deref(), issuer)).map(|hint| hint.claims);
    let named = hint.as_ref().map(|hint| hint.aud.as_str()).or(asked.client_id.as_deref());
    let client = named.and_then(|id| memory.client(id)).cloned();
    let logout = decide(&asked, hint.as_ref(), client.as_deref(), visit.sign_in().as_ref())?;
    Ok((logout, client))
}

async fn sign_out(visit: &Visit, logout: Logout, client: Option<&Client>) -> Result<HttpResponse, PageError> {
    let app = &visit.app;
    if let Some(sign_in) = visit.sign_in() {
        sessions::sign_out(&app.db, sign_in.sid, sign_in.user, app.clock.now()).await?;
        visit.session.end();
    }
    if let Some((to, state)) = logout.redirect {
        let state: Vec<_> = state.map(|state| ("state", state)).into_iter().collect();
        return Ok(see_other(&to.with_query(&state)));
    }
    let frame = visit.frame(None);
    let page = SignedOutPage { page: frame.page("/login"), client: client.map(Into::into), continue_to: None };
    Ok(visit.show(&frame, &page, None))
}

//! The page that asks before signing out.

use super::{
    page::{AccountView, ClientView, Page},
    render::{Frame, see_other},
    signed_out::SignedOutPage,
};
use crate::{
    domain::{Client, Event, SignIn},
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
        upstream::start::signed_out,
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
    /// Whether others are signed in here, too.
    pub others: bool,
    /// The app that asks for it.
    pub client: Option<ClientView>,
    /// The request's parameters, kept over the question.
    pub hidden: Vec<(String, String)>,
}

/// `GET /logout`: by a person or on behalf of an app (RP-Initiated Logout section 2).
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let asked = read(&visit, &query.0)?;
    if !asked.logout.confirm {
        return sign_out(&visit, asked, false).await;
    }
    let Asked { logout, client, meant } = asked;
    let frame = Frame::new(&visit.app, &visit.request, query.0.get("ui_locales"), visit.session.locale());
    let account = match meant {
        Some(sign_in) => Some(AccountView::of(&visit, &sign_in).await?),
        None => None,
    };
    let page = SignOutPage {
        page: frame.page(&again(&query.0)),
        action: path::LOGOUT.into(),
        csrf: visit.form_token(),
        account,
        others: visit.session.sign_ins().len() > 1,
        client: client.as_deref().map(|client| ClientView::new(frame.words, client)),
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
    let asked = read(&visit, &form.0)?;
    sign_out(&visit, asked, form.0.get("who") == Some("everybody")).await
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

/// What is asked for, by which app, and who is meant.
struct Asked {
    logout: Logout,
    client: Option<Arc<Client>>,
    meant: Option<SignIn>,
}

fn read(visit: &Visit, params: &Params) -> Result<Asked, PageError> {
    let asked = LogoutRequest::parse(params)?;
    let (memory, issuer) = (visit.app.memory(), &visit.app.config.issuer);
    let hint = asked.id_token_hint.as_deref().and_then(|hint| memory.keys.verify::<IdToken>(hint));
    let hint = hint.filter(|hint| hint.claims.is_hint(hint.typ.as_deref(), issuer)).map(|hint| hint.claims);
    let named = hint.as_ref().map(|hint| hint.aud.as_str()).or(asked.client_id.as_deref());
    let client = named.and_then(|id| memory.client(id)).cloned();
    // Of several people who are signed in here, the one whom the app means.
    let sign_ins = visit.session.sign_ins();
    let meant = hint.as_ref().and_then(|hint| sign_ins.iter().find(|sign_in| sign_in.sid == hint.sid));
    let meant = meant.or(sign_ins.first()).cloned();
    let logout = decide(&asked, hint.as_ref(), client.as_deref(), meant.as_ref())?;
    Ok(Asked { logout, client, meant })
}

async fn sign_out(visit: &Visit, asked: Asked, everybody: bool) -> Result<HttpResponse, PageError> {
    let (app, Asked { logout, client, meant }) = (&visit.app, asked);
    let out = if everybody { visit.session.sign_ins() } else { meant.into_iter().collect() };
    for sign_in in out {
        sessions::sign_out(&app.db, sign_in.sid.clone(), sign_in.user.clone(), app.clock.now()).await?;
        visit.record_with(&sign_in.user, Event::SignedOut, client.as_deref().map(|client| &client.client_id)).await?;
        visit.session.end(&sign_in.sid)?;
    }
    if let Some((to, state)) = logout.redirect {
        let state: Vec<_> = state.map(|state| ("state", state)).into_iter().collect();
        return Ok(signed_out(visit, see_other(&to.with_query(&state))));
    }
    let frame = visit.frame(None);
    let page = SignedOutPage {
        page: frame.page("/login"),
        client: client.as_deref().map(|client| ClientView::new(frame.words, client)),
        continue_to: None,
        notice: None,
    };
    Ok(signed_out(visit, visit.show(&frame, &page, None)))
}

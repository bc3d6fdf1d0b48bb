//! The page that asks whether to go on with the account signed in.

use super::page::{AccountView, ClientView, Page};
use crate::{
    domain::SignIn,
    web::{
        error::PageError,
        forms::{PageForm, PageQuery},
        visit::{Visit, destination},
    },
};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "select_account.html")]
pub struct SelectAccountPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub client: Option<ClientView>,
    pub account: AccountView,
}

/// `GET /select-account`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let interaction = visit.needed_interaction(&query.0)?;
    let Some(sign_in) = visit.sign_in() else { return Ok(visit.go(&interaction, "/resume")) };
    let frame = visit.frame(Some(&interaction));
    let page = SelectAccountPage {
        page: frame.page(&interaction.step("/select-account")),
        action: "/select-account".into(),
        csrf: visit.form_token(),
        interaction: Some(interaction.sealed.clone()),
        client: Some(interaction.client.as_ref().into()),
        account: AccountView::of(&visit, &sign_in).await?,
    };
    Ok(visit.show(&frame, &page, destination(Some(&interaction))))
}

/// `POST /select-account`.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let interaction = visit.needed_interaction(&form.0)?;
    if form.0.get("choice") != Some("continue") {
        return Ok(visit.go(&interaction, "/login"));
    }
    if let Some(sign_in) = visit.sign_in() {
        visit.session.write(&SignIn { chosen_for: Some(interaction.id.clone()), ..sign_in })?;
    }
    Ok(visit.go(&interaction, "/resume"))
}

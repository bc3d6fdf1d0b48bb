//! The page that asks whether to go on with the account signed in.

use super::{
    page::{AccountView, ClientView, Page},
    render::{Frame, see_other},
};
use crate::{
    app::App,
    domain::SignIn,
    web::{
        browser::Browser,
        error::PageError,
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        session::CurrentSession,
    },
};
use actix_web::{HttpRequest, HttpResponse, web::Data};
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
pub async fn get(
    app: Data<App>,
    request: HttpRequest,
    session: CurrentSession,
    query: PageQuery,
) -> Result<HttpResponse, PageError> {
    let browser = Browser::of(&app, &request);
    let interaction = Interaction::of(&app, &browser, &query.0)?.ok_or(PageError::OtherBrowser)?;
    let Some(sign_in) = session.sign_in() else { return Ok(see_other(&interaction.step("/resume"))) };
    let frame = Frame::new(&app, &request, interaction.ui_locales.as_deref());
    let page = SelectAccountPage {
        page: frame.page(&interaction.step("/select-account")),
        action: "/select-account".into(),
        csrf: browser.form_token(&app),
        interaction: Some(interaction.sealed.clone()),
        client: Some(interaction.client.as_ref().into()),
        account: AccountView::of(&app, &sign_in).await?,
    };
    Ok(frame.render(&app, &browser, &page, Some(&interaction.request.return_to.redirect_uri)))
}

/// `POST /select-account`.
pub async fn post(
    app: Data<App>,
    request: HttpRequest,
    session: CurrentSession,
    form: PageForm,
) -> Result<HttpResponse, PageError> {
    let browser = Browser::of(&app, &request);
    browser.check_form_token(&app, form.0.get("csrf"))?;
    let interaction = Interaction::of(&app, &browser, &form.0)?.ok_or(PageError::OtherBrowser)?;
    if form.0.get("choice") != Some("continue") {
        return Ok(see_other(&interaction.step("/login")));
    }
    if let Some(sign_in) = session.sign_in() {
        session.write(&SignIn { chosen_for: Some(interaction.id.clone()), ..sign_in })?;
    }
    Ok(see_other(&interaction.step("/resume")))
}

//! The page that asks with which of the accounts signed in here to go on.

use super::page::{AccountView, ClientView, Page};
use crate::{
    domain::{SessionId, SignIn},
    storage::users,
    web::{
        account::Place,
        error::PageError,
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        pages::render::see_other,
        visit::{Visit, address, address_with, destination},
    },
};
use actix_web::HttpResponse;
use askama::Template;

/// Where it is.
pub const PATH: &str = "/select-account";

#[derive(Clone, Debug, Template)]
#[template(path = "select_account.html")]
pub struct SelectAccountPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub client: Option<ClientView>,
    /// The one in use first.
    pub accounts: Vec<AccountChoice>,
}

/// An account that is signed in.
#[derive(Clone, Debug)]
pub struct AccountChoice {
    pub sid: String,
    pub account: AccountView,
}

/// `GET /select-account`: on the way to an app, or to the account pages.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let interaction = visit.interaction(&query.0)?;
    let mut accounts = vec![];
    for sign_in in visit.session.sign_ins() {
        if let Some(user) = users::find(&visit.app.db, &sign_in.user).await? {
            accounts.push(AccountChoice { sid: sign_in.sid.0, account: (&user).into() });
        }
    }
    if accounts.is_empty() {
        return Ok(onward(&visit, interaction.as_ref()));
    }
    let frame = visit.frame(interaction.as_ref());
    let page = SelectAccountPage {
        page: frame.page(&address(PATH, interaction.as_ref())),
        action: PATH.into(),
        csrf: visit.form_token(),
        interaction: interaction.as_ref().map(|interaction| interaction.sealed.clone()),
        client: interaction.as_ref().map(|interaction| ClientView::new(frame.words, &interaction.client)),
        accounts,
    };
    Ok(visit.show(&frame, &page, destination(interaction.as_ref())))
}

/// `POST /select-account`.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let interaction = visit.interaction(&form.0)?;
    let choice = form.0.get("choice").unwrap_or("other");
    let mut sign_ins = visit.session.sign_ins().into_iter();
    let chosen = match choice {
        // What scripts written for one account say.
        "continue" => sign_ins.next(),
        sid => sign_ins.find(|sign_in| sign_in.sid == SessionId::from(sid)),
    };
    let Some(sign_in) = chosen else {
        return Ok(see_other(&address_with("/login", interaction.as_ref(), "other=1")));
    };
    let chosen_for = interaction.as_ref().map(|interaction| interaction.id.clone()).or(sign_in.chosen_for.clone());
    visit.session.keep_first(&SignIn { chosen_for, ..sign_in })?;
    Ok(onward(&visit, interaction.as_ref()))
}

fn onward(visit: &Visit, interaction: Option<&Interaction>) -> HttpResponse {
    interaction.map_or_else(|| see_other(Place::Overview.as_str()), |interaction| visit.go(interaction, "/resume"))
}

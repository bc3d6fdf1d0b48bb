//! `/forgot`: a mail with a link for a new password, to whoever has an account of an address.
use super::page::{ClientView, Page};
use crate::{
    domain::{Email, TicketPurpose},
    i18n::Message,
    mail::{TicketLetter, To},
    web::{
        error::PageError,
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        ticket::{self, Errand, needs_mail},
        visit::{Visit, address, destination},
    },
};
use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "forgot.html")]
pub struct ForgotPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub client: Option<ClientView>,
    pub email: String,
    pub error: Option<Message>,
    /// Whether a mail is on its way, if anybody is there.
    pub sent: bool,
    /// Back to signing in.
    pub sign_in: String,
}

/// `GET /forgot`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let interaction = visit.interaction(&query.0)?;
    let hint = interaction.as_ref().and_then(|interaction| interaction.request.login_hint.clone());
    let hint = hint.filter(|hint| hint.contains('@')).unwrap_or_default();
    Ok(show(&visit, interaction.as_ref(), hint, None, false))
}

/// `POST /forgot`. The answer is the same whoever is there.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let interaction = visit.interaction(&form.0)?;
    let typed = form.0.get("email").unwrap_or_default();
    let Ok(email) = Email::parse(typed) else {
        let mut page = show(&visit, interaction.as_ref(), typed.to_owned(), Some("email-invalid".into()), false);
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(page);
    };
    let language = visit.frame(interaction.as_ref()).words.language();
    let letter = TicketLetter::new(TicketPurpose::Reset, To::Holder(email), language)
        .from(visit.browser.digest())
        .with(Some(Errand::data(interaction.as_ref(), None)?));
    ticket::mail(&visit, letter).await?;
    Ok(show(&visit, interaction.as_ref(), String::new(), None, true))
}

fn show(
    visit: &Visit,
    interaction: Option<&Interaction>,
    email: String,
    error: Option<Message>,
    sent: bool,
) -> HttpResponse {
    let frame = visit.frame(interaction);
    let page = ForgotPage {
        page: frame.page(&address("/forgot", interaction)),
        action: "/forgot".into(),
        csrf: visit.form_token(),
        interaction: interaction.map(|interaction| interaction.sealed.clone()),
        client: interaction.map(|interaction| ClientView::new(frame.words, &interaction.client)),
        email,
        error,
        sent,
        sign_in: address("/login", interaction),
    };
    visit.show(&frame, &page, destination(interaction))
}

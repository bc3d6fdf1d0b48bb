//! The page that asks whether an app may have what it asks for.

use super::{
    page::{AccountView, ClientView, Page},
    render::{Frame, see_other},
};
use crate::{
    app::App,
    domain::{Consent, SignIn},
    i18n::Words,
    protocol::{Code, Error, decision::Next},
    storage::{consents, users},
    web::{
        browser::Browser,
        error::PageError,
        flow::{issue, next, respond},
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        session::CurrentSession,
    },
};
use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "consent.html")]
pub struct ConsentPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub client: ClientView,
    /// Where the answer will be sent.
    pub redirect_host: String,
    pub account: AccountView,
    pub scopes: Vec<ScopeLine>,
}

/// One thing the app asks for, worded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeLine {
    pub title: String,
    pub detail: String,
}

impl ScopeLine {
    /// A scope in words; one that has none is shown by its name.
    #[must_use]
    pub fn new(words: Words, scope: &str) -> Self {
        let key = format!("scope-{}", scope.replace('_', "-"));
        match (words.find(&format!("{key}-title")), words.find(&format!("{key}-detail"))) {
            (Some(title), Some(detail)) => Self { title, detail },
            _ => Self { title: scope.to_owned(), detail: words.get("scope-unknown-detail") },
        }
    }
}

/// `GET /consent`.
pub async fn get(
    app: Data<App>,
    request: HttpRequest,
    session: CurrentSession,
    query: PageQuery,
) -> Result<HttpResponse, PageError> {
    let browser = Browser::of(&app, &request);
    let interaction = Interaction::of(&app, &browser, &query.0)?.ok_or(PageError::OtherBrowser)?;
    let Some(sign_in) = asked(&app, &session, &interaction).await? else {
        return Ok(see_other(&interaction.step("/resume")));
    };
    let account = AccountView::of(&app, &sign_in).await?;
    let frame = Frame::new(&app, &request, interaction.ui_locales.as_deref());
    let to = &interaction.request.return_to.redirect_uri;
    // That the app learns who signs in goes without saying.
    let scopes = interaction.request.scopes.iter().filter(|scope| *scope != "openid");
    let page = ConsentPage {
        page: frame.page(&interaction.step("/consent")),
        action: "/consent".into(),
        csrf: browser.form_token(&app),
        interaction: Some(interaction.sealed.clone()),
        client: interaction.client.as_ref().into(),
        redirect_host: to.place(),
        account,
        scopes: scopes.map(|scope| ScopeLine::new(frame.words, scope)).collect(),
    };
    Ok(frame.render(&app, &browser, &page, Some(to)))
}

/// `POST /consent`. What is granted is what the interaction asks for, whatever the form says.
pub async fn post(
    app: Data<App>,
    request: HttpRequest,
    session: CurrentSession,
    form: PageForm,
) -> Result<HttpResponse, PageError> {
    let browser = Browser::of(&app, &request);
    browser.check_form_token(&app, form.0.get("csrf"))?;
    let interaction = Interaction::of(&app, &browser, &form.0)?.ok_or(PageError::OtherBrowser)?;
    let Some(sign_in) = asked(&app, &session, &interaction).await? else {
        return Ok(see_other(&interaction.step("/resume")));
    };
    if form.0.get("decision") != Some("allow") {
        let denied = Error::new(Code::AccessDenied, "the person did not consent");
        return Ok(respond(&app, &request, &interaction.request.return_to, Err(denied)));
    }
    let client_id = interaction.client.client_id.clone();
    let before = consents::find(&app.db, &sign_in.user, &client_id).await?;
    let scopes = before.union(&interaction.request.scopes);
    let consent = Consent { user_id: sign_in.user.clone(), client_id, scopes };
    consents::remember(&app.db, consent, app.clock.now()).await?;
    issue(&app, &request, &interaction, &sign_in).await
}

/// The person who is to be asked, if consent is what comes next.
async fn asked(app: &App, session: &CurrentSession, interaction: &Interaction) -> Result<Option<SignIn>, PageError> {
    let sign_in = session.sign_in();
    let is_next = next(app, interaction, sign_in.as_ref()).await? == Next::Consent;
    Ok(sign_in.filter(|_| is_next))
}

impl AccountView {
    /// The account of who is signed in.
    pub async fn of(app: &App, sign_in: &SignIn) -> Result<Self, PageError> {
        let user = users::find(&app.db, &sign_in.user).await?.ok_or(PageError::OtherBrowser)?;
        let name = user.display_name().to_owned();
        let detail = user.email.as_ref().map(ToString::to_string).filter(|email| *email != name);
        Ok(Self { name, detail: detail.unwrap_or_default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn a_known_scope_has_words_and_another_its_name() {
        for words in Language::ALL.map(Words::new) {
            for scope in ["openid", "profile", "email", "address", "phone", "offline_access"] {
                assert_ne!(ScopeLine::new(words, scope).title, scope);
            }
            assert_eq!(ScopeLine::new(words, "files:read").title, "files:read");
        }
    }
}

//! The page that asks whether an app may have what it asks for.

use super::page::{AccountView, ClientView, Page};
use crate::{
    domain::{Consent, Event, Scopes, SignIn},
    i18n::Words,
    protocol::{
        Code, Error,
        decision::Next,
        registration::{MEMBERSHIP_SCOPES, USER_SCOPES},
    },
    storage::consents,
    web::{
        error::PageError,
        flow::{issue, next, respond},
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        visit::Visit,
    },
};
use actix_web::HttpResponse;
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
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let interaction = visit.needed_interaction(&query.0)?;
    let Some(sign_in) = asked(&visit, &interaction).await? else { return Ok(visit.go(&interaction, "/resume")) };
    let frame = visit.frame(Some(&interaction));
    let to = &interaction.request.return_to.redirect_uri;
    let scopes = in_order(&interaction.request.scopes);
    let page = ConsentPage {
        page: frame.page(&interaction.step("/consent")),
        action: "/consent".into(),
        csrf: visit.form_token(),
        interaction: Some(interaction.sealed.clone()),
        client: ClientView::new(frame.words, &interaction.client),
        redirect_host: to.place(),
        account: AccountView::of(&visit, &sign_in).await?,
        scopes: scopes.into_iter().map(|scope| ScopeLine::new(frame.words, scope)).collect(),
    };
    Ok(visit.show(&frame, &page, Some(to)))
}

/// Scopes as people read them: what is known of them first, what lasts last. That the app learns
/// who signs in goes without saying.
pub fn in_order(scopes: &Scopes) -> Vec<&str> {
    let place = |scope: &&str| match *scope {
        "offline_access" => (1, 0),
        scope => {
            let mut known = USER_SCOPES.into_iter().chain(MEMBERSHIP_SCOPES);
            (0, known.position(|known| known == scope).unwrap_or(usize::MAX))
        }
    };
    let mut ordered: Vec<&str> = scopes.iter().filter(|scope| *scope != "openid").collect();
    ordered.sort_by_key(place);
    ordered
}

/// `POST /consent`. What is granted is what the interaction asks for, whatever the form says.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let interaction = visit.needed_interaction(&form.0)?;
    let Some(sign_in) = asked(&visit, &interaction).await? else { return Ok(visit.go(&interaction, "/resume")) };
    if form.0.get("decision") != Some("allow") {
        visit.record_with(&sign_in.user, Event::AppRefused, Some(&interaction.client.client_id)).await?;
        let denied = Error::new(Code::AccessDenied, "the person did not consent");
        return Ok(respond(&visit, &interaction.request.return_to, Err(denied)));
    }
    let (app, client_id) = (&visit.app, interaction.client.client_id.clone());
    let before = consents::find(&app.db, &sign_in.user, &client_id).await?;
    let scopes = before.union(&interaction.request.scopes);
    let consent = Consent { user_id: sign_in.user.clone(), client_id: client_id.clone(), scopes };
    consents::remember(&app.db, consent, app.clock.now()).await?;
    visit.record_with(&sign_in.user, Event::AppAllowed, Some(&client_id)).await?;
    issue(&visit, &interaction, &sign_in).await
}

/// The person who is to be asked, if consent is what comes next.
async fn asked(visit: &Visit, interaction: &Interaction) -> Result<Option<SignIn>, PageError> {
    let is_next = next(visit, interaction).await? == Next::Consent;
    Ok(visit.sign_in().filter(|_| is_next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn scopes_are_read_from_who_to_how_long() {
        let scopes = "api.read email offline_access openid phone profile".parse().unwrap();
        assert_eq!(in_order(&scopes), ["profile", "email", "phone", "api.read", "offline_access"]);
    }

    #[test]
    fn a_known_scope_has_words_and_another_its_name() {
        for words in Language::ALL.map(Words::new) {
            for scope in ["openid", "profile", "email", "address", "phone", "offline_access", "line_friend"] {
                assert_ne!(ScopeLine::new(words, scope).title, scope);
            }
            assert_eq!(ScopeLine::new(words, "files:read").title, "files:read");
        }
    }
}

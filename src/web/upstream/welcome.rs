//! `/welcome`: a new account for somebody who has come from a provider, where there is something to ask first: whether
//! they are new at all, what they are called, whether they agree to the terms.
use super::{
    Outcome,
    arrival::Coming,
    link_account::{Pending, Whose, forget},
    sign_in_page,
    stranger::Stranger,
};
use crate::{
    domain::{ClaimFault, Identity, NAME_LENGTH, User, readable},
    i18n::Message,
    storage::identities,
    upstream::Upstream,
    web::{
        admission::Way,
        error::PageError,
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        pages::{
            page::{ClientView, Page},
            render::see_other,
            sign_in::back,
        },
        visit::{Visit, address_with, destination},
    },
};
use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use std::sync::Arc;

/// Where it is asked.
pub const PATH: &str = "/welcome";

#[derive(Clone, Debug, Template)]
#[template(path = "welcome.html")]
pub struct WelcomePage {
    pub page: Page,
    pub client: Option<ClientView>,
    /// The provider.
    pub provider: String,
    /// The address that the account will have.
    pub email: Option<String>,
    pub name: String,
    pub error: Option<Message>,
    pub action: &'static str,
    pub csrf: String,
    pub interaction: Option<String>,
    pub back: Option<String>,
}

/// Who waits in this browser for an account of their own. `None`: nobody, or not any more.
async fn waiting(visit: &Visit) -> Result<Option<(Pending, Identity, Arc<Upstream>)>, PageError> {
    let is_open = |pending: &Pending| !matches!(pending.whose, Whose::Account(_));
    let Some(pending) = visit.pending().filter(is_open) else { return Ok(None) };
    let found = identities::find(&visit.app.db, &pending.identity).await?;
    let Some(identity) = found.filter(|identity| identity.user.is_none()) else { return Ok(None) };
    let upstream = visit.upstream(identity.provider.as_str())?;
    Ok(Some((pending, identity, upstream)))
}

/// `GET /welcome`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let interaction = visit.interaction(&query.0)?;
    let Some((_, identity, upstream)) = waiting(&visit).await? else {
        return Ok(see_other(&address_with("/login", interaction.as_ref(), "")));
    };
    let name = identity.said.name.clone().unwrap_or_default();
    Ok(show(&visit, &upstream, &identity, (interaction.as_ref(), &query.0), name, None))
}

/// `POST /welcome`.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let (interaction, params) = (visit.interaction(&form.0)?, &form.0);
    let way = Way { interaction: interaction.as_ref(), back: back(params), remember: false };
    let Some((pending, identity, upstream)) = waiting(&visit).await? else {
        return Ok(see_other(&address_with("/login", interaction.as_ref(), "again=1")));
    };
    if params.get("decision") == Some("have-one") {
        let more = way.back.map(|place| format!("return={place}")).unwrap_or_default();
        let to = address_with("/login", way.interaction, &more);
        return pending.for_anybody().carry(&visit, &to);
    }
    let stranger = Stranger { visit: &visit, upstream: &upstream, identity, session: pending.session };
    if !stranger.may_sign_up() {
        let provider = &stranger.identity.provider;
        return Ok(see_other(&sign_in_page(provider, Outcome::Unknown, way.interaction, way.back)));
    }
    let typed = params.get("name").unwrap_or_default();
    let name = match readable(typed, NAME_LENGTH) {
        Ok(name) if !name.is_empty() => name,
        wrong => {
            let error = match wrong {
                Ok(_) => "required".into(),
                Err(ClaimFault::Long) => Message::new("name-long").with("max", NAME_LENGTH),
                Err(_) => "claim-bad-characters".into(),
            };
            let at = (interaction.as_ref(), params);
            let mut page = show(&visit, &upstream, &stranger.identity, at, typed.to_owned(), Some(error));
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(page);
        }
    };
    let user = User { name: Some(name), ..stranger.account() };
    let coming = Coming { stranger, way };
    let response = coming.make(user).await?;
    Ok(forget(&visit, response))
}

fn show(
    visit: &Visit,
    upstream: &Upstream,
    identity: &Identity,
    (interaction, params): (Option<&Interaction>, &crate::protocol::params::Params),
    name: String,
    error: Option<Message>,
) -> HttpResponse {
    let frame = visit.frame(interaction);
    let back = back(params).map(|place| place.to_string());
    let more = back.as_ref().map(|place| format!("return={place}")).unwrap_or_default();
    let page = WelcomePage {
        page: frame.page(&address_with(PATH, interaction, &more)),
        client: interaction.map(|interaction| ClientView::new(frame.words, &interaction.client)),
        provider: upstream.provider.label().to_owned(),
        email: identity.said.email.as_ref().map(|email| email.address.to_string()),
        name,
        error,
        action: PATH,
        csrf: visit.form_token(),
        interaction: interaction.map(|interaction| interaction.sealed.clone()),
        back,
    };
    visit.show(&frame, &page, destination(interaction))
}

#[derive(Clone, Debug, Template)]
#[template(path = "begin_again.html")]
pub struct BeginAgainPage {
    pub page: Page,
    /// The provider.
    pub provider: String,
    /// Where it begins.
    pub href: String,
}

/// The page for whoever came back from a provider's app in another browser than the one they left.
pub fn begin_again(visit: &Visit, upstream: &Upstream, href: &str) -> HttpResponse {
    let frame = visit.frame(None);
    let provider = upstream.provider.label().to_owned();
    let page = BeginAgainPage { page: frame.page(""), provider, href: href.to_owned() };
    visit.show(&frame, &page, None)
}

//! `/link`: another way in for an account, once its owner has said so.
//!
//! What is to be linked is carried by the browser, sealed and bound to it, for a few minutes. It is linked by whoever is
//! signed in, has proved lately who they are, and presses the button of a page that names both.
use super::{buttons, stranger::linked};
use crate::{
    domain::{Digest, Identity, IdentityId, Timestamp, UserId},
    storage::identities,
    web::{
        account::{Person, Place},
        admission::Way,
        browser::{cookie, cookie_value},
        error::PageError,
        forms::{PageForm, PageQuery},
        pages::{
            page::{AccountView, ClientView, Page},
            provider_buttons::Brand,
            render::see_other,
        },
        visit::{Visit, address, destination},
    },
};
use actix_web::{HttpResponse, cookie::time::Duration};
use askama::Template;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// Where it is asked.
pub const PATH: &str = "/link";
const CONTEXT: &str = "pending link";
const COOKIE: &str = "pending-link";
/// How long a person may take, in seconds.
const LIFETIME: i64 = 900;
/// How long ago they may have proved who they are, in seconds; less than for other changes, for this opens the account.
const RECENT: i64 = 300;

/// Whose an identity that waits may become.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whose {
    /// This person's.
    Account(UserId),
    /// That of somebody new.
    New,
    /// That of whoever signs in next: they say that they have an account.
    Anybody,
}

/// An identity that waits for its account.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pending {
    /// The identity.
    pub identity: IdentityId,
    /// Whose it may become.
    pub whose: Whose,
    /// The person's session at the provider.
    pub session: Option<String>,
    browser: Digest,
    began_at: Timestamp,
}

impl Pending {
    /// One that waits in this browser.
    pub fn new(visit: &Visit, identity: &Identity, whose: Whose) -> Self {
        Self {
            identity: identity.id.clone(),
            whose,
            session: None,
            browser: visit.browser.digest(),
            began_at: visit.app.clock.now(),
        }
    }

    /// The same, in a session of the provider's.
    pub fn in_session(self, session: Option<String>) -> Self {
        Self { session, ..self }
    }

    /// The same, for whoever signs in next.
    pub fn for_anybody(self) -> Self {
        Self { whose: Whose::Anybody, ..self }
    }

    /// Goes on to a page, with this in the browser.
    pub fn carry(&self, visit: &Visit, to: &str) -> Result<HttpResponse, PageError> {
        let plain = serde_json::to_vec(self).map_err(|_| PageError::Internal("a link cannot be written"))?;
        let sealed = URL_SAFE_NO_PAD.encode(visit.app.secrets.interactions.seal(CONTEXT, &plain)?);
        let mut carried = cookie(&visit.app, COOKIE, sealed);
        carried.set_max_age(Duration::seconds(LIFETIME));
        let mut response = see_other(to);
        response.add_cookie(&carried).map_err(|_| PageError::Internal("a cookie cannot be set"))?;
        Ok(response)
    }
}

impl Visit {
    /// What waits in this browser.
    pub fn pending(&self) -> Option<Pending> {
        let sealed = cookie_value(&self.app, &self.request, COOKIE)?;
        let plain = self.app.secrets.interactions.open(CONTEXT, &URL_SAFE_NO_PAD.decode(sealed).ok()?)?;
        let pending: Pending = serde_json::from_slice(&plain).ok()?;
        let is_good =
            pending.browser == self.browser.digest() && self.app.clock.now().since(pending.began_at) <= LIFETIME;
        is_good.then_some(pending)
    }

    /// What waits in this browser for this account.
    pub fn pending_link(&self, user: &UserId) -> Option<Pending> {
        self.pending().filter(|pending| match &pending.whose {
            Whose::Account(one) => one == user,
            Whose::Anybody => true,
            Whose::New => false,
        })
    }
}

/// The page on the way.
pub fn step(way: Way<'_>) -> String {
    way.back.map_or_else(|| address(PATH, way.interaction), |place| format!("{PATH}?return={place}"))
}

/// Takes what waits from the browser.
pub fn forget(visit: &Visit, mut response: HttpResponse) -> HttpResponse {
    let mut gone = cookie(&visit.app, COOKIE, String::new());
    gone.make_removal();
    if let Err(why) = response.add_cookie(&gone) {
        tracing::error!(%why, "a cookie cannot be removed");
    }
    response
}

#[derive(Clone, Debug, Template)]
#[template(path = "link_account.html")]
pub struct LinkAccountPage {
    pub page: Page,
    pub client: Option<ClientView>,
    pub account: AccountView,
    pub brand: Brand,
    /// The provider.
    pub provider: String,
    /// What the identity is known as there.
    pub known_as: Option<String>,
    pub action: &'static str,
    pub csrf: String,
    pub interaction: Option<String>,
    pub back: Option<String>,
}

/// The person, who has proved a moment ago who they are, and what waits for them.
async fn waiting(visit: &Visit, way: Way<'_>) -> Result<Option<(Person, Identity)>, PageError> {
    let place = way.back.unwrap_or(Place::WaysIn);
    let Person { sign_in, user } = visit.recent_person_within(place, way.interaction).await?;
    if visit.app.clock.now().since(sign_in.auth_time) > RECENT {
        let interaction = way.interaction.map(|interaction| interaction.sealed.clone());
        return Err(PageError::SignInFirst { place, interaction });
    }
    let Some(pending) = visit.pending_link(&user.id) else { return Ok(None) };
    let found = identities::find(&visit.app.db, &pending.identity).await?;
    Ok(found.filter(|identity| identity.user.is_none()).map(|identity| (Person { sign_in, user }, identity)))
}

/// `GET /link`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let (interaction, back) = (visit.interaction(&query.0)?, crate::web::pages::sign_in::back(&query.0));
    let back = back.or(interaction.is_none().then_some(Place::WaysIn));
    let way = Way { interaction: interaction.as_ref(), back, remember: false };
    let Some((person, identity)) = waiting(&visit, way).await? else { return Ok(see_other(&way.onward())) };
    let frame = visit.frame(interaction.as_ref());
    let provider = visit.app.memory().upstreams.get(&identity.provider).cloned();
    let page = LinkAccountPage {
        page: frame.page(&step(way)),
        client: interaction.as_ref().map(|interaction| ClientView::new(frame.words, &interaction.client)),
        account: (&person.user).into(),
        brand: provider.as_ref().map_or(Brand::Generic, |found| buttons::brand(found.provider.kind.kind())),
        provider: provider.map_or_else(|| identity.provider.to_string(), |found| found.provider.label().to_owned()),
        known_as: identity.said.known_as().map(Into::into),
        action: PATH,
        csrf: visit.form_token(),
        interaction: interaction.as_ref().map(|interaction| interaction.sealed.clone()),
        back: back.map(|place| place.to_string()),
    };
    Ok(visit.show(&frame, &page, destination(interaction.as_ref())))
}

/// `POST /link`.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let (interaction, back) = (visit.interaction(&form.0)?, crate::web::pages::sign_in::back(&form.0));
    let back = back.or(interaction.is_none().then_some(Place::WaysIn));
    let way = Way { interaction: interaction.as_ref(), back, remember: false };
    let onward = see_other(&way.onward());
    if form.0.get("decision") == Some("link") {
        let Some((person, identity)) = waiting(&visit, way).await? else { return Ok(onward) };
        let (app, user) = (&visit.app, person.user.id);
        if !identities::link(&app.db, identity.id.clone(), user.clone(), app.clock.now()).await? {
            return Err(PageError::IdentityTaken);
        }
        linked(&visit, &user, &identity).await?;
    }
    Ok(forget(&visit, onward))
}

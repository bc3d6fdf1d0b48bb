//! From somebody who has come from a provider to a session, or to the page that asks them first.
use super::{
    Outcome,
    link_account::{self, Pending, Whose},
    request::{Purpose, Sent},
    sign_in_page,
    stranger::{Came, Stranger},
    welcome,
};
use crate::{
    domain::{Arrival, AuthMethods, Elsewhere, Event, Identity, ProviderName, User, UserId},
    upstream::Upstream,
    web::{
        account::Place,
        admission::{Proof, Way, admit},
        browser::lasting_cookie,
        error::PageError,
        interaction::Interaction,
        pages::render::see_other,
        visit::{Visit, address},
    },
};
use actix_web::HttpResponse;

/// The cookie that names the provider by which somebody last signed in in this browser.
pub const LAST_USED: &str = "last-provider";

/// Finds the account, or asks.
pub async fn arrive(
    visit: &Visit,
    upstream: &Upstream,
    sent: Sent,
    interaction: Option<&Interaction>,
    came: Came,
) -> Result<HttpResponse, PageError> {
    let stranger = Stranger::seen(visit, upstream, came).await?;
    let identity = &stranger.identity;
    if let Purpose::Link { user, sid } = &sent.purpose {
        if identity.suspended_at.is_some() {
            return Ok(see_other(&Outcome::Suspended.on_ways_in(&sent.provider)));
        }
        let here = visit.sign_in().filter(|sign_in| sign_in.sid == *sid && sign_in.user == *user);
        return match (here, &identity.user) {
            (None, _) => Err(PageError::LinkOtherSession),
            (Some(_), Some(owner)) if owner == user => Ok(see_other(Place::WaysIn.as_str())),
            (Some(_), Some(_)) => Err(PageError::IdentityTaken),
            (Some(_), None) => {
                Pending::new(visit, identity, Whose::Account(user.clone())).carry(visit, link_account::PATH)
            }
        };
    }
    let way = Way { interaction, back: sent.back, remember: false };
    let arrival = stranger.arrival().await?;
    let coming = Coming { stranger, way };
    match arrival {
        Arrival::Known(user) => coming.sign_in(user).await,
        Arrival::Join(user) => {
            coming.stranger.join(&user).await?;
            coming.sign_in(user).await
        }
        Arrival::TakeOver(user) => {
            coming.stranger.take_over(&user).await?;
            coming.sign_in(user).await
        }
        Arrival::ProveFirst(user) => {
            // An app that takes nobody who signs in here has to wait until the two are linked.
            let (interaction, back) = match interaction {
                Some(interaction) if !interaction.client.admits(None) => (None, Some(Place::WaysIn)),
                interaction => (interaction, sent.back),
            };
            let page = sign_in_page(&upstream.provider.name, Outcome::ProveFirst, interaction, back);
            Pending::new(visit, &coming.stranger.identity, Whose::Account(user)).carry(visit, &page)
        }
        Arrival::Ask => coming.welcome(),
        Arrival::Create => coming.create().await,
        Arrival::Refuse => Ok(coming.turned_away(Outcome::Unknown, None)),
        Arrival::Suspended => Ok(coming.turned_away(Outcome::Suspended, None)),
    }
}

/// Somebody on the way from a provider to an account, and on.
pub struct Coming<'a> {
    /// Who.
    pub stranger: Stranger<'a>,
    /// Where they want to go.
    pub way: Way<'a>,
}

impl Coming<'_> {
    /// They are known, and signed in.
    pub async fn sign_in(self, user: UserId) -> Result<HttpResponse, PageError> {
        let visit = self.stranger.visit;
        if !self.stranger.enter(&user).await? {
            return Ok(self.turned_away(Outcome::Unknown, Some(&user)));
        }
        let Stranger { identity: Identity { id, provider, .. }, session: sid, .. } = self.stranger;
        let elsewhere = Some(Elsewhere { provider: provider.clone(), identity: id, sid });
        let proof = Proof { elsewhere, ..Proof::new(visit, user, AuthMethods::federated()) };
        let mut response = admit(visit, proof, self.way).await?;
        remember(visit, &provider, &mut response);
        Ok(response)
    }

    /// They are new, or say that they are.
    fn welcome(self) -> Result<HttpResponse, PageError> {
        let to = self.way.back.map_or_else(
            || address(welcome::PATH, self.way.interaction),
            |place| format!("{}?return={place}", welcome::PATH),
        );
        let Stranger { visit, identity, session, .. } = self.stranger;
        Pending::new(visit, &identity, Whose::New).in_session(session).carry(visit, &to)
    }

    /// They get an account; asked first where something has to be asked.
    async fn create(self) -> Result<HttpResponse, PageError> {
        let Stranger { visit, identity, .. } = &self.stranger;
        if !self.stranger.may_sign_up() {
            visit.sign_up_refused("closed", Some(&identity.provider));
            return Ok(self.back_to_sign_in(Outcome::Unknown));
        }
        if identity.said.name.is_none() || visit.app.settings().instance.asks_to_agree() {
            return self.welcome();
        }
        let user = self.stranger.account();
        self.make(user).await
    }

    /// Makes the account, and signs them in.
    pub async fn make(self, user: User) -> Result<HttpResponse, PageError> {
        let user = self.stranger.make(user).await?;
        self.sign_in(user).await
    }

    /// They do not get in by this, whoever they are here.
    fn turned_away(&self, outcome: Outcome, user: Option<&UserId>) -> HttpResponse {
        let Stranger { visit, identity, .. } = &self.stranger;
        let user = user.or(identity.user.as_ref());
        let client = self.way.interaction.map(|interaction| &interaction.client.client_id);
        visit.refused(user, Event::SignInRefused, outcome.as_str(), (Some(&identity.provider), client));
        self.back_to_sign_in(outcome)
    }

    fn back_to_sign_in(&self, outcome: Outcome) -> HttpResponse {
        let provider = &self.stranger.identity.provider;
        see_other(&sign_in_page(provider, outcome, self.way.interaction, self.way.back))
    }
}

/// Marks this provider's button in this browser as the one that was used last.
fn remember(visit: &Visit, provider: &ProviderName, response: &mut HttpResponse) {
    if let Err(why) = response.add_cookie(&lasting_cookie(&visit.app, LAST_USED, provider.to_string())) {
        tracing::error!(%why, "a cookie cannot be set");
    }
}

//! `/callback/PROVIDER`: back from a provider, with a code or without (RFC 6749 section 4.1.2, RFC 9207).
//!
//! Apple answers by a form that the browser posts from Apple's page: without our cookies, which are for requests of our
//! own pages. Such a form is posted once more from here (`post`), and then they come along.
use super::{
    Outcome, arrival,
    request::{Purpose, Sent, redirect_uri},
    sign_in_page,
    start::STAY,
    stranger::Came,
};
use crate::{
    domain::{Event, ProviderKind, RedirectUri, Secret, Timestamp},
    protocol::params::Params,
    storage::upstream_requests,
    upstream::{Code, Error, Judged, Nonce, Refusal, Upstream},
    web::{
        account::Place,
        browser::cookie,
        error::PageError,
        forms::{AnyForm, PageQuery},
        interaction::Interaction,
        pages::{form_post::FormPostPage, render::see_other},
        visit::{Visit, address_with},
    },
};
use actix_web::{HttpResponse, cookie::time::Duration, http::header, web::Path};
use serde_json::Value;
use std::sync::Arc;
use tokio::time::timeout;
use url::form_urlencoded;

/// For how long after its answer a request that is answered again is told where to go, in seconds: browsers on phones
/// load pages anew.
const AGAIN: i64 = 60;
/// How long a person waits for all that a provider is asked, each of which may take a few seconds.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(9);
/// What marks a form that comes from our own page.
const OURS: &str = "genkan_again";

/// `GET /callback/PROVIDER`.
pub async fn get(visit: Visit, name: Path<String>, query: PageQuery) -> Result<HttpResponse, PageError> {
    come_back(&visit, &name, &query.0).await.map(with_own_fragment)
}

/// `POST /callback/PROVIDER`.
pub async fn post(visit: Visit, name: Path<String>, form: AnyForm) -> Result<HttpResponse, PageError> {
    let upstream = visit.upstream(&name)?;
    if !upstream.provider.preset.form_post {
        return Err(PageError::NotFound);
    }
    if form.0.get(OURS).is_some() {
        return come_back(&visit, &name, &form.0).await.map(with_own_fragment);
    }
    let known = ["state", "code", "user", "error", "iss"];
    let mut fields: Vec<_> =
        known.iter().filter_map(|name| Some(((*name).to_owned(), form.0.get(name)?.to_owned()))).collect();
    fields.push((OURS.to_owned(), "1".to_owned()));
    let leads_to = leads_to(&visit, form.0.get("state").unwrap_or_default()).await?;
    let frame = visit.frame(None);
    let page = FormPostPage { page: frame.page(""), action: visit.request.path().to_owned(), fields };
    Ok(visit.show(&frame, &page, leads_to.as_ref()))
}

/// Where an answer may lead in the end: to the app, where nothing is left to ask.
async fn leads_to(visit: &Visit, state: &str) -> Result<Option<RedirectUri>, PageError> {
    let found = Sent::find(&visit.app, &Secret::from(state)).await?;
    Ok(found.and_then(|(sent, _)| Interaction::leads_to(&visit.app, &sent.interaction?)))
}

/// Leads on without the fragment that some append to our address (Facebook's `#_=_`): a redirect that names none keeps
/// it, all the way to the app.
fn with_own_fragment(mut response: HttpResponse) -> HttpResponse {
    let location = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
    let named = location.filter(|to| !to.contains('#')).and_then(|to| format!("{to}#").parse().ok());
    if let Some(named) = named {
        response.headers_mut().insert(header::LOCATION, named);
    }
    response
}

async fn come_back(visit: &Visit, name: &str, params: &Params) -> Result<HttpResponse, PageError> {
    let (app, upstream) = (&visit.app, visit.upstream(name)?);
    let provider = &upstream.provider.name;
    let state = Secret::from(params.get("state").unwrap_or_default());
    let Some((sent, answered_at)) = Sent::find(app, &state).await? else { return Err(PageError::UpstreamState) };
    // An answer of one provider is none of another's.
    if sent.provider != *provider {
        return Err(PageError::UpstreamState);
    }
    if !sent.is_of(visit) {
        return elsewhere(visit, &upstream, &sent, answered_at);
    }
    let interaction = sent.interaction(visit);
    if let Some(at) = answered_at {
        return again(visit, &sent, interaction.as_ref(), at);
    }
    match upstream.is_named_rightly(params.get("iss"), app.clock.now()).await {
        Ok(true) => {}
        Ok(false) => return Err(PageError::UpstreamState),
        // No code goes anywhere before that is known.
        Err(why) => {
            tracing::warn!(%provider, %why, "whose answer it is cannot be told");
            return Ok(turned_back(visit, &sent, interaction.as_ref(), Outcome::Trouble));
        }
    }
    if !upstream_requests::answer(&app.db, state.digest(), app.clock.now()).await? {
        return again(visit, &sent, interaction.as_ref(), app.clock.now());
    }
    let outcome = match (params.get("error"), params.get("code")) {
        (None, Some(code)) => newcomer(visit, &upstream, &sent, code, params).await,
        (Some(error), _) => Err(denial(&upstream, error)),
        (None, None) => Err(Outcome::Trouble),
    };
    match outcome {
        Ok(came) => arrival::arrive(visit, &upstream, sent, interaction.as_ref(), came).await,
        Err(outcome) => {
            // Who goes back by themselves is not refused.
            if outcome != Outcome::Cancelled {
                let client = interaction.as_ref().map(|interaction| &interaction.client.client_id);
                visit.refused(None, Event::SignInRefused, outcome.as_str(), (Some(provider), client));
            }
            Ok(turned_back(visit, &sent, interaction.as_ref(), outcome))
        }
    }
}

/// Trades the code for who they are. What goes wrong is for the log; the person is told that it did.
async fn newcomer(
    visit: &Visit,
    upstream: &Arc<Upstream>,
    sent: &Sent,
    code: &str,
    params: &Params,
) -> Result<Came, Outcome> {
    let (now, provider) = (visit.app.clock.now(), &upstream.provider);
    let redirect_uri = redirect_uri(&visit.app, &provider.name);
    let code = Code {
        value: code,
        redirect_uri: Some(&redirect_uri),
        verifier: provider.preset.pkce.then_some(sent.verifier.as_str()),
        client_id: &provider.client_id,
    };
    let judged = Judged { nonce: Nonce::Exactly(&sent.nonce), max_age: sent.max_age, native: false };
    let unsigned: Option<Value> = params.get("user").and_then(|user| serde_json::from_str(user).ok());
    let found = async {
        let tokens = upstream.redeem(&code, now).await?;
        let newcomer = upstream.identify(&tokens, &judged, unsigned.as_ref(), now).await?;
        Ok::<_, Error>(Came { newcomer, tokens, client_id: provider.client_id.clone() })
    };
    let found = timeout(PATIENCE, found).await.unwrap_or(Err(Error::Unavailable));
    // Whom we do not want has been told of rightly.
    upstream.health.note(matches!(found, Ok(_) | Err(Error::Refusal(_))), now);
    found.map_err(|why| {
        tracing::warn!(provider = %provider.name, %why, "somebody came back from a provider in vain");
        match why {
            Error::Refusal(Refusal::NotWelcome) => Outcome::NotWelcome,
            _ => Outcome::Trouble,
        }
    })
}

/// The provider says that there is no code.
fn denial(upstream: &Upstream, error: &str) -> Outcome {
    let error: String = error.chars().filter(|c| !c.is_control()).take(100).collect();
    tracing::info!(provider = %upstream.provider.name, error, "a provider sent somebody back");
    match error.as_str() {
        "access_denied" | "user_cancelled_authorize" | "user_cancelled_login" | "consent_required" => {
            Outcome::Cancelled
        }
        _ => Outcome::Trouble,
    }
}

fn turned_back(visit: &Visit, sent: &Sent, interaction: Option<&Interaction>, outcome: Outcome) -> HttpResponse {
    match &sent.purpose {
        Purpose::Link { .. } if visit.sign_in().is_some() => see_other(&outcome.on_ways_in(&sent.provider)),
        _ => see_other(&sign_in_page(&sent.provider, outcome, interaction, sent.back)),
    }
}

/// A request that was answered before. Shortly after, the browser that sent it is taken to where it was going.
fn again(
    visit: &Visit,
    sent: &Sent,
    interaction: Option<&Interaction>,
    answered_at: Timestamp,
) -> Result<HttpResponse, PageError> {
    if visit.app.clock.now().since(answered_at) > AGAIN {
        return Err(PageError::UpstreamState);
    }
    let place = sent.back.unwrap_or(Place::Overview);
    Ok(see_other(&interaction.map_or_else(|| place.to_string(), |interaction| interaction.step("/resume"))))
}

/// An answer that comes to another browser than the one that asked. LINE's app does that to people, who may begin again
/// here, without the app; anybody else is up to no good.
fn elsewhere(
    visit: &Visit,
    upstream: &Upstream,
    sent: &Sent,
    answered_at: Option<Timestamp>,
) -> Result<HttpResponse, PageError> {
    if upstream.provider.kind.kind() != ProviderKind::Line || answered_at.is_some() {
        return Err(PageError::UpstreamState);
    }
    let query = sent.interaction.as_ref().and_then(|sealed| Interaction::query(&visit.app, sealed));
    let to = match (&sent.purpose, query) {
        // What was to be added is added from the account, by whoever is signed in there.
        (Purpose::Link { .. }, _) => Place::WaysIn.to_string(),
        (Purpose::SignIn, Some(query)) => {
            let asked = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "idp_hint");
            let mut again = form_urlencoded::Serializer::new(String::new());
            again.extend_pairs(asked).append_pair("idp_hint", sent.provider.as_str());
            format!("/authorize?{}", again.finish())
        }
        (Purpose::SignIn, None) => {
            let back = sent.back.map(|place| format!("return={place}")).unwrap_or_default();
            address_with(&super::start_path(&sent.provider), None, &back)
        }
    };
    let mut response = super::welcome::begin_again(visit, upstream, &to);
    let mut stay = cookie(&visit.app, STAY, "1".into());
    stay.set_max_age(Duration::minutes(10));
    response.add_cookie(&stay).map_err(|_| PageError::Internal("a cookie cannot be set"))?;
    Ok(response)
}

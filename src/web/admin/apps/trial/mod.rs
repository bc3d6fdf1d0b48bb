//! `/admin/apps/{id}/test`: trying an app out, by a sign-in as real as any.
//!
//! Genkan is the app here. The request goes through every step that one of the app's own would, and its response comes
//! back to a place of ours, which is registered for no app: `/authorize` refuses it to everybody. What lets it pass is
//! sealed in the interaction, which only `post` makes, for the browser of an operator. The code is redeemed by what
//! answers at `/token`, within the program: the app's secret, of which only a digest is kept, is not needed, for that
//! only proves over the network what is known here. A refresh token is used once. What is granted is revoked before the
//! result is shown.
mod judge;
mod kept;
mod renewal;
mod result;

pub use kept::began_by;
pub use result::callback;

use super::{PLACE, href};
use crate::{
    admin::apps,
    domain::{Assurance, Client, ClientId, RegisteredUri},
    i18n::Message,
    protocol::{Error, authorize::Rejection, pkce},
    web::{
        admin::{AdminPage, Desk},
        error::PageError,
        flow::dispatch,
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        pages::render::Frame,
    },
};
use actix_web::{HttpResponse, web::Path};
use askama::Template;
use kept::Kept;

/// The route to which a trial's response comes.
pub const CALLBACK: &str = "/admin/apps/{id}/test/callback";

/// What may be asked of the person.
const PROMPTS: [&str; 5] = ["", "none", "login", "consent", "select_account"];

#[derive(Clone, Debug, Template)]
#[template(path = "admin/trial.html")]
pub struct TrialPage {
    pub admin: AdminPage,
    pub id: String,
    pub name: String,
    pub scope: String,
    pub max_age: String,
    /// For each choice: a field, its values, and the one that is chosen.
    pub choices: Vec<(&'static str, Vec<String>, String)>,
    /// Why it did not begin.
    pub problem: Option<Message>,
}

#[derive(Clone, Debug, Template)]
#[template(path = "admin/trial_send.html")]
pub struct SendPage {
    pub admin: AdminPage,
    pub id: String,
    pub name: String,
    /// What is sent.
    pub parameters: Vec<(String, String)>,
    /// What sends it.
    pub href: String,
}

/// What a failure means, and what to change; by its code.
fn explained(desk: &Desk, code: &str, description: &str) -> Message {
    let words = desk.visit.frame(None).words;
    let key = format!("trial-error-{}", code.replace('_', "-"));
    let key = if words.find(&key).is_some() { key } else { "trial-error-other".into() };
    Message::new(key).with("code", code.to_owned()).with("description", description.to_owned())
}

fn trial_page(desk: &Desk, frame: &Frame, client: &Client) -> TrialPage {
    let hints = desk.providers().into_iter().filter(|name| name.parse().is_ok_and(|name| client.admits(Some(&name))));
    let first = || std::iter::once(String::new());
    let nothing = String::new;
    TrialPage {
        admin: desk.page(frame, PLACE, &format!("{}/test", href(&client.client_id))),
        id: client.client_id.to_string(),
        name: frame.words.name_of(client),
        scope: client.scope.to_string(),
        max_age: nothing(),
        choices: vec![
            ("prompt", PROMPTS.map(ToOwned::to_owned).into(), nothing()),
            ("acr_values", first().chain(Assurance::ALL.iter().map(ToString::to_string)).collect(), nothing()),
            ("idp_hint", first().chain(hints).collect(), nothing()),
        ],
        problem: None,
    }
}

/// `GET /admin/apps/{id}/test`.
pub async fn get(desk: Desk, id: Path<String>) -> Result<HttpResponse, PageError> {
    let app = apps::find(&desk.visit.app.db, &ClientId(id.into_inner())).await?;
    let frame = desk.visit.frame(None);
    Ok(desk.show(&frame, &trial_page(&desk, &frame, &app.client)))
}

/// `POST /admin/apps/{id}/test`: makes the request, and shows it.
pub async fn post(desk: Desk, id: Path<String>, form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, id) = (&desk.visit.app, ClientId(id.into_inner()));
    // As it is now, and as every step to come finds it.
    desk.refresh().await;
    let client = app.memory().client(id.as_str()).cloned().ok_or(PageError::NotFound)?;
    let kept = Kept::new(&desk, &id);
    let place = callback_uri(&desk, &id)?;
    let text = |name: &str| form.0.get(name).unwrap_or_default().trim().to_owned();
    let parameters: Vec<(String, String)> = [
        ("response_type", "code".to_owned()),
        ("client_id", id.to_string()),
        ("redirect_uri", place.as_str().to_owned()),
        ("scope", text("scope")),
        ("state", kept.state.clone()),
        ("nonce", kept.nonce.clone()),
        ("code_challenge", pkce::s256(&kept.verifier)),
        ("code_challenge_method", "S256".to_owned()),
        ("prompt", text("prompt")),
        ("acr_values", text("acr_values")),
        ("max_age", text("max_age")),
        ("idp_hint", text("idp_hint")),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
    let frame = desk.visit.frame(None);
    match Interaction::begin_trial(app, &desk.visit.browser, &query, &client, place) {
        Ok(interaction) => {
            let test = format!("{}/test", href(&id));
            let page = SendPage {
                admin: desk.page(&frame, PLACE, &test),
                id: id.to_string(),
                name: frame.words.name_of(&client),
                parameters,
                href: interaction.step(&format!("{test}/send")),
            };
            kept.keep(&desk, desk.show(&frame, &page))
        }
        Err(Rejection::Page(error) | Rejection::Redirect(_, error)) => {
            let page = again(&desk, &frame, &client, &text, error);
            Ok(desk.show_faults(&frame, &page))
        }
    }
}

/// The form with what was chosen, and why it is refused.
fn again(desk: &Desk, frame: &Frame, client: &Client, text: &dyn Fn(&str) -> String, error: Error) -> TrialPage {
    let mut page = trial_page(desk, frame, client);
    for (name, _, chosen) in &mut page.choices {
        *chosen = text(name);
    }
    let problem = Some(explained(desk, error.code.as_str(), error.description));
    TrialPage { scope: text("scope"), max_age: text("max_age"), problem, ..page }
}

/// Where the response comes.
fn callback_uri(desk: &Desk, id: &ClientId) -> Result<RegisteredUri, PageError> {
    let uri = desk.visit.app.config.issuer.url(&format!("{}/test/callback", href(id)));
    RegisteredUri::parse(&uri).map_err(|_| PageError::Internal("a place of ours that is no redirect URI"))
}

/// `GET /admin/apps/{id}/test/send`: sends the request. Opened by a link: what a form leads to may not leave us, and
/// this may lead to a provider.
pub async fn send(desk: Desk, id: Path<String>, query: PageQuery) -> Result<HttpResponse, PageError> {
    let interaction = desk.visit.needed_interaction(&query.0)?;
    if !interaction.is_trial || interaction.client.client_id.as_str() != id.as_str() {
        return Err(PageError::OtherBrowser);
    }
    dispatch(&desk.visit, &interaction).await
}

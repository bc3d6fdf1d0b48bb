//! `/account/passkeys`: a person's passkeys, added, named and removed.
use super::{Person, Place};
use crate::{
    domain::{Event, MOST_PASSKEYS, PasskeyId, PasskeyName, Timestamp, User, UserId},
    i18n::{Message, Words},
    mail::Notice,
    passkeys::{Made, handle},
    protocol::params::Params,
    storage::passkeys::{self, Removal, StoredPasskey},
    web::{
        assets::PASSKEYS,
        browser::cookie_value,
        error::PageError,
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        pages::{page::Page, render::see_other},
        passkeys::{Outcome, PasskeyForm, ask_for_new, made, refusal, refuse},
        upstream::ways,
        visit::{Visit, address, destination},
    },
};
use actix_web::{HttpResponse, cookie::time::Duration, http::StatusCode};
use askama::Template;
use serde_json::json;

/// A person who does not want one now is left alone for so long.
const LATER: Duration = Duration::days(90);
const LATER_COOKIE: &str = "passkey-later";

#[derive(Clone, Debug, Template)]
#[template(path = "passkeys.html")]
pub struct PasskeysPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub script: String,
    pub passkeys: Vec<PasskeyLine>,
    /// What asks for another; `None` when there are as many as there may be.
    pub passkey: Option<PasskeyForm>,
    /// For password managers, which then forget those that were removed: JSON for
    /// `signalAllAcceptedCredentials` (WebAuthn Level 3 section 5.1.10).
    pub accepted: String,
    pub error: Option<Message>,
}

/// One passkey.
#[derive(Clone, Debug)]
pub struct PasskeyLine {
    pub id: String,
    pub name: String,
    pub created_at: String,
    pub last_used_at: Option<String>,
}

impl From<&StoredPasskey> for PasskeyLine {
    fn from(passkey: &StoredPasskey) -> Self {
        Self {
            id: passkey.id.to_string(),
            name: passkey.name.as_str().into(),
            created_at: passkey.created_at.in_utc(),
            last_used_at: passkey.last_used_at.map(Timestamp::in_utc),
        }
    }
}

/// `GET /account/passkeys`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    show(&Here::of(visit, &query.0).await?, None).await
}

/// The person on the page, and the way to an app that it may be a part of.
struct Here {
    visit: Visit,
    user: User,
    interaction: Option<Interaction>,
}

impl Here {
    /// `NotFound` where there can be no passkeys.
    async fn of(visit: Visit, params: &Params) -> Result<Self, PageError> {
        if visit.app.passkeys.is_none() {
            return Err(PageError::NotFound);
        }
        let interaction = visit.interaction(params)?;
        let Person { user, .. } = visit.recent_person_within(Place::Passkeys, interaction.as_ref()).await?;
        Ok(Self { visit, user, interaction })
    }
}

/// `POST /account/passkeys`.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    if form.0.get("action") == Some("later") {
        return leave_alone(&visit);
    }
    let here = Here::of(visit, &form.0).await?;
    let (visit, app, user) = (&here.visit, &here.visit.app, &here.user.id);
    let id = PasskeyId::from(form.0.get("id").unwrap_or_default());
    match form.0.get("action") {
        Some("add") => return add(&here, &form.0).await,
        Some("rename") => match PasskeyName::parse(form.0.get("name").unwrap_or_default()) {
            Some(name) => passkeys::rename(&app.db, id, user.clone(), name).await?,
            None => {
                let error = Message::new("passkeys-name-wrong").with("max", PasskeyName::LONGEST);
                return refused(&here, error).await;
            }
        },
        Some("remove") => match passkeys::remove(&app.db, id, user.clone(), ways(app)).await? {
            Removal::Done => {
                visit.record(user, Event::PasskeyRemoved).await?;
                visit.notify(user, Notice::PasskeyRemoved).await;
            }
            Removal::Unknown => {}
            Removal::OnlyWayIn => return refused(&here, "passkeys-only-way-in".into()).await,
            Removal::OnlySecondFactor => return refused(&here, "passkeys-only-second-factor".into()).await,
        },
        _ => {}
    }
    Ok(see_other(Place::Passkeys.as_str()))
}

async fn add(here: &Here, form: &Params) -> Result<HttpResponse, PageError> {
    let Here { visit, user, interaction } = here;
    let outcome = made(visit, &user.id, form).await?;
    let Outcome::Right(made) = outcome else {
        let page = show(here, Some(refusal(&outcome).0)).await?;
        return Ok(refuse(&outcome, page));
    };
    let name = suggested_name(visit, &made);
    let app = &visit.app;
    let new = StoredPasskey {
        id: PasskeyId::random(),
        user_id: user.id.clone(),
        credential_id: made.credential_id,
        credential: made.credential,
        counter: made.counter,
        name,
        created_at: app.clock.now(),
        last_used_at: None,
    };
    if !passkeys::insert(&app.db, new).await? {
        return refused(here, "passkeys-refused".into()).await;
    }
    visit.record(&user.id, Event::PasskeyAdded).await?;
    visit.notify(&user.id, Notice::PasskeyAdded).await;
    let onward = interaction.as_ref().map(|interaction| interaction.step("/resume"));
    Ok(see_other(onward.as_deref().unwrap_or(Place::Passkeys.as_str())))
}

/// What it is called until its owner says otherwise: by what made it, else by where.
fn suggested_name(visit: &Visit, made: &Made) -> PasskeyName {
    if let Some(known) = made.aaguid.and_then(crate::domain::Aaguid::known_as) {
        return PasskeyName::suggested(known);
    }
    let words: Words = visit.frame(None).words;
    let name = match visit.device().name() {
        Some(device) => words.with("passkeys-on-device", &[("device", device)]),
        None => words.get("passkeys-unnamed"),
    };
    PasskeyName::suggested(&name)
}

async fn refused(here: &Here, error: Message) -> Result<HttpResponse, PageError> {
    let mut page = show(here, Some(error)).await?;
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(page)
}

async fn show(here: &Here, error: Option<Message>) -> Result<HttpResponse, PageError> {
    let Here { visit, user, interaction } = here;
    let stored = passkeys::of_user(&visit.app.db, &user.id).await?;
    let is_full = i64::try_from(stored.len()).unwrap_or(i64::MAX) >= MOST_PASSKEYS;
    let frame = visit.frame(interaction.as_ref());
    let href = address(Place::Passkeys.as_str(), interaction.as_ref());
    let page = PasskeysPage {
        page: frame.page(&href),
        action: Place::Passkeys.to_string(),
        csrf: visit.form_token(),
        interaction: interaction.as_ref().map(|interaction| interaction.sealed.clone()),
        script: PASSKEYS.clone(),
        passkeys: stored.iter().map(Into::into).collect(),
        passkey: if is_full { None } else { ask_for_new(visit, user, &stored, &href)? },
        accepted: accepted(visit, &user.id, &stored),
        error,
    };
    Ok(visit.show(&frame, &page, destination(interaction.as_ref())))
}

fn accepted(visit: &Visit, user: &UserId, stored: &[StoredPasskey]) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let ids: Vec<_> = stored.iter().map(|passkey| passkey.credential_id.as_str()).collect();
    json!({
        "rpId": visit.app.passkeys.as_ref().map(crate::passkeys::Passkeys::id),
        "userId": URL_SAFE_NO_PAD.encode(handle(user)),
        "allAcceptedCredentialIds": ids,
    })
    .to_string()
}

/// The script that offers a first passkey, where the browser can make one; `None` when the person has
/// one, or does not want to be asked.
pub async fn offer(visit: &Visit, user: &User) -> Result<Option<String>, PageError> {
    let app = &visit.app;
    if app.passkeys.is_none() || cookie_value(app, &visit.request, LATER_COOKIE).is_some() {
        return Ok(None);
    }
    let has_none = passkeys::of_user(&app.db, &user.id).await?.is_empty();
    Ok(has_none.then(|| PASSKEYS.clone()))
}

/// Does not offer it in this browser for a while.
fn leave_alone(visit: &Visit) -> Result<HttpResponse, PageError> {
    let mut response = see_other(Place::Overview.as_str());
    visit.keep(&mut response, LATER_COOKIE, "1".into(), LATER)?;
    Ok(response)
}

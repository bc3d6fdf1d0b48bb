//! The list of apps, and one app's page: what is known of it, what looks wrong, its secret, its end.
use super::{PLACE, fields::label, href, kind::Kind};
use crate::{
    admin::{self, apps},
    domain::{ClientId, ClientKey, Secret, Timestamp},
    i18n::{Message, Words},
    protocol::checkup::{Finding, Surroundings, Weight, checkup},
    storage::clients::{self, Registered, Source},
    web::{
        admin::{AdminPage, Desk},
        error::PageError,
        forms::{PageForm, PageQuery},
        pages::{page::ClientView, render::see_other},
    },
};
use actix_web::{HttpResponse, web::Path};
use askama::Template;

/// Apps that a page of the list has.
const ROWS: i64 = 50;
const DAY: i64 = 86_400;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/apps.html")]
pub struct AppsPage {
    pub admin: AdminPage,
    pub apps: Vec<AppLine>,
    /// What is searched for.
    pub query: String,
    /// Where the next page begins.
    pub next: Option<String>,
    pub may_write: bool,
}

/// An app in the list.
#[derive(Clone, Debug)]
pub struct AppLine {
    pub id: String,
    pub client: ClientView,
    pub kind: String,
    pub is_settings: bool,
    pub created_at: String,
}

/// `GET /admin/apps`.
pub async fn list(desk: Desk, query: PageQuery) -> Result<HttpResponse, PageError> {
    let frame = desk.visit.frame(None);
    let text = query.0.get("q").map(str::trim).filter(|text| !text.is_empty());
    let after = query.0.get("after").and_then(place);
    let found = clients::search(&desk.visit.app.db, text, after, ROWS).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|rows| rows == ROWS);
    let next = found.last().filter(|_| is_full).map(|app| format!("{}.{}", app.created_at.0, app.client.client_id));
    let next = next.map(|next| {
        let pairs = [("q", text.unwrap_or_default()), ("after", &next)];
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("{PLACE}?{query}")
    });
    let page = AppsPage {
        admin: desk.page(&frame, PLACE, PLACE),
        apps: found.iter().map(|app| line(frame.words, app)).collect(),
        query: text.unwrap_or_default().to_owned(),
        next,
        may_write: desk.may_change_apps(),
    };
    Ok(desk.show(&frame, &page))
}

/// Where a page of the list begins.
fn place(text: &str) -> Option<clients::After> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp(at.parse().ok()?), ClientId(id.into())))
}

fn line(words: Words, app: &Registered) -> AppLine {
    AppLine {
        id: app.client.client_id.to_string(),
        client: ClientView::new(words, &app.client),
        kind: kind_key(Kind::of(&app.client)),
        is_settings: app.source == Source::Settings,
        created_at: app.created_at.in_utc(),
    }
}

/// The message that names a kind.
pub fn kind_key(kind: Kind) -> String {
    format!("app-kind-{kind}")
}

#[derive(Clone, Debug, Template)]
#[template(path = "admin/app.html")]
#[expect(clippy::struct_excessive_bools, reason = "each says whether a part of the page is there")]
pub struct AppPage {
    pub admin: AdminPage,
    pub id: String,
    pub client: ClientView,
    pub kind: String,
    pub is_settings: bool,
    /// Whether it shares a secret with us.
    pub has_secret: bool,
    pub has_uploaded_logo: bool,
    /// Names of fields, and what is in them.
    pub facts: Vec<(Message, String)>,
    pub findings: Vec<Finding>,
    /// Until when the secret before is good, too.
    pub previous_until: Option<String>,
    /// The secret that was just made: shown here alone.
    pub secret: Option<String>,
    pub may_write: bool,
    /// Whether people can sign in to it, so that it can be tried.
    pub by_code: bool,
    pub days: String,
    pub problem: Option<Message>,
    pub logo_problem: Option<&'static str>,
}

impl AppPage {
    /// The message that says what was noticed.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn check_key(&self, finding: &Finding) -> String {
        format!("check-{}", finding.word)
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn weight(&self, finding: &Finding) -> &'static str {
        match finding.weight {
            Weight::Broken => "check-is-broken",
            Weight::Doubtful => "check-is-doubtful",
            Weight::Note => "check-is-a-note",
        }
    }

    /// The page of an app.
    pub fn new(desk: &Desk, frame: &crate::web::pages::render::Frame, app: &Registered) -> Self {
        let (client, now) = (&app.client, desk.visit.app.clock.now());
        let providers = desk.providers();
        let around = Surroundings { providers: &providers, possible: desk.visit.app.possible(), now };
        let is_settings = app.source == Source::Settings;
        let previous = client.previous_secret.as_ref().filter(|previous| previous.until > now);
        Self {
            admin: desk.page(frame, PLACE, &href(&client.client_id)),
            id: client.client_id.to_string(),
            client: ClientView::new(frame.words, client),
            kind: kind_key(Kind::of(client)),
            is_settings,
            has_secret: client.token_endpoint_auth_method.is_by_secret(),
            has_uploaded_logo: client.logo.is_some(),
            facts: facts(frame.words, client),
            findings: checkup(client, around),
            previous_until: previous.map(|previous| previous.until.in_utc()),
            secret: None,
            may_write: desk.may_change_apps() && !is_settings,
            by_code: client.may(crate::domain::GrantType::AuthorizationCode) && desk.may_change_apps(),
            days: "7".into(),
            problem: None,
            logo_problem: None,
        }
    }
}

/// What is known of an app, in the order in which people look for it.
fn facts(words: Words, client: &crate::domain::Client) -> Vec<(Message, String)> {
    const ORDER: [&str; 27] = [
        "client_id",
        "client_name",
        "token_endpoint_auth_method",
        "token_endpoint_auth_signing_alg",
        "jwks",
        "jwks_uri",
        "application_type",
        "grant_types",
        "redirect_uris",
        "post_logout_redirect_uris",
        "scope",
        "require_pkce",
        "skip_consent",
        "allowed_providers",
        "required_acr",
        "default_max_age",
        "access_token_lifetime",
        "refresh_token_lifetime",
        "id_token_signed_response_alg",
        "access_token_signed_response_alg",
        "client_uri",
        "logo_uri",
        "policy_uri",
        "tos_uri",
        "contacts",
        "software_id",
        "software_version",
    ];
    let mut told = apps::told(client);
    if let Some(set) = &client.jwks {
        told.insert("jwks".into(), set.keys.iter().map(ClientKey::summary).collect::<Vec<_>>().into());
    }
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Bool(truth) => {
            words.get(if *truth { "admin-setting-choice-true" } else { "admin-setting-choice-false" })
        }
        serde_json::Value::Array(all) => all.iter().filter_map(|one| one.as_str()).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    };
    // What is said in several languages comes together.
    let names = |name: &str| -> Vec<String> {
        let tagged = told.keys().filter(|other| other.strip_prefix(name).is_some_and(|rest| rest.starts_with('#')));
        std::iter::once(name).chain(tagged.map(String::as_str)).map(ToOwned::to_owned).collect()
    };
    let fact = |name: String| {
        let text = told.get(&name).map(text).filter(|text| !text.is_empty())?;
        Some((label(&name), text))
    };
    ORDER.iter().flat_map(|name| names(name)).filter_map(fact).collect()
}

async fn found(desk: &Desk, id: &ClientId) -> Result<Registered, PageError> {
    Ok(apps::find(&desk.visit.app.db, id).await?)
}

/// `GET /admin/apps/{id}`.
pub async fn get(desk: Desk, id: Path<String>) -> Result<HttpResponse, PageError> {
    let app = found(&desk, &ClientId(id.into_inner())).await?;
    let frame = desk.visit.frame(None);
    Ok(desk.show(&frame, &AppPage::new(&desk, &frame, &app)))
}

/// `POST /admin/apps/{id}/secret`: a new one; the one before lasts so many days more.
pub async fn rotate(desk: Desk, id: Path<String>, form: PageForm) -> Result<HttpResponse, PageError> {
    let id = ClientId(id.into_inner());
    let days = form.0.get("days").unwrap_or("0").trim().to_owned();
    let outcome = match days.parse::<i64>() {
        Ok(number) => apps::rotate(desk.change(), &id, None, number.saturating_mul(DAY)).await,
        Err(_) => Err(admin::Error::fault("overlap", "app-error-overlap")),
    };
    let frame = desk.visit.frame(None);
    match outcome {
        Ok(told) => {
            desk.refresh().await;
            let secret = told.secret.as_ref().map(Secret::reveal).map(ToOwned::to_owned);
            Ok(desk.show(&frame, &AppPage { secret, ..AppPage::new(&desk, &frame, &told.app) }))
        }
        Err(admin::Error::Invalid(faults)) => {
            let problem = faults.into_iter().next().map(|fault| fault.message);
            let page = AppPage { days, problem, ..AppPage::new(&desk, &frame, &found(&desk, &id).await?) };
            Ok(desk.show_faults(&frame, &page))
        }
        Err(why) => Err(why.into()),
    }
}

/// `POST /admin/apps/{id}/secret/revoke`: the one before is worth nothing, at once.
pub async fn revoke_previous(desk: Desk, id: Path<String>, _form: PageForm) -> Result<HttpResponse, PageError> {
    let id = ClientId(id.into_inner());
    apps::revoke_previous(desk.change(), &id, None).await?;
    desk.refresh().await;
    Ok(see_other(&href(&id)))
}

/// `POST /admin/apps/{id}/delete`.
pub async fn delete(desk: Desk, id: Path<String>, _form: PageForm) -> Result<HttpResponse, PageError> {
    apps::delete(desk.change(), &ClientId(id.into_inner()), None).await?;
    desk.refresh().await;
    Ok(see_other(PLACE))
}

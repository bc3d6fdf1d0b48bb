//! `/admin`: how the instance fares.
mod figures;

use super::{
    AdminPage, Desk,
    chart::Chart,
    first_steps::{self, Stage},
};
use crate::{
    app::App,
    domain::{Algorithm, Permission, Timestamp},
    keys::{State, state},
    storage::{deliveries, figures as stored, manifest, passkeys, second_factors, signing_keys, webhooks},
    web::{account::ways_in, error::PageError},
};
use actix_web::HttpResponse;
use askama::Template;
use figures::{Spans, Totals};

const DAY: i64 = 86_400;
/// How long a letter may wait before it is worth a word, in seconds.
const LATE: i64 = 300;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/overview.html")]
pub struct OverviewPage {
    pub admin: AdminPage,
    pub now: stored::Now,
    pub day: Totals,
    pub month: Totals,
    pub charts: Vec<Chart>,
    /// What a new instance needs, in this order.
    pub steps: Vec<Stage>,
    /// What asks for somebody to look at it.
    pub notices: Vec<Notice>,
    pub keys: Vec<KeyLine>,
    pub providers: Vec<ProviderLine>,
    /// When the oldest letter that waits was written.
    pub oldest_letter: Option<String>,
    pub sends_mail: bool,
}

/// Something to look at.
#[derive(Clone, Debug)]
pub struct Notice {
    pub id: &'static str,
    pub text: String,
    pub href: Option<String>,
}

/// The keys of an algorithm.
#[derive(Clone, Debug)]
pub struct KeyLine {
    pub algorithm: Algorithm,
    /// Since when the active one signs, in days.
    pub age: i64,
    /// Whether the next is published already.
    pub has_next: bool,
    /// When it takes over, where that is known.
    pub next_at: Option<String>,
}

/// How a provider fares, as this node knows it.
#[derive(Clone, Debug)]
pub struct ProviderLine {
    pub label: String,
    pub succeeded_at: Option<String>,
    pub failed_at: Option<String>,
    /// Whether the last was a failure.
    pub failing: bool,
}

/// `GET /admin`.
pub async fn get(desk: Desk) -> Result<HttpResponse, PageError> {
    let (app, frame) = (&desk.visit.app, desk.visit.frame(None));
    let now = app.clock.now();
    let hours = stored::since(&app.db, Spans::DAY.begin(now), Spans::DAY.seconds).await?;
    let days = stored::since(&app.db, Spans::MONTH.begin(now), Spans::MONTH.seconds).await?;
    let there_is = stored::now(&app.db, now).await?;
    let providers = providers(app);
    let label = |name: &str| ways_in::label(&desk.visit, name);
    let page = OverviewPage {
        admin: desk.page(&frame, "/admin", "/admin"),
        day: Totals::of(&hours),
        month: Totals::of(&days),
        charts: vec![
            figures::chart("overview-day", &hours, (Spans::DAY, now), frame.words, &label),
            figures::chart("overview-month", &days, (Spans::MONTH, now), frame.words, &label),
        ],
        steps: first_steps::ahead(&desk),
        notices: notices(&desk, &there_is, &providers).await?,
        keys: keys(app, now).await?,
        providers,
        oldest_letter: there_is.oldest_letter.map(Timestamp::in_utc),
        sends_mail: app.mailer.is_on(),
        now: there_is,
    };
    Ok(desk.show(&frame, &page))
}

async fn notices(desk: &Desk, there_is: &stored::Now, providers: &[ProviderLine]) -> Result<Vec<Notice>, PageError> {
    let (app, words) = (&desk.visit.app, desk.visit.frame(None).words);
    let (now, me) = (app.clock.now(), &desk.user().id);
    let mut notices = vec![];
    if !second_factors::is_on(&app.db, me).await? && passkeys::of_user(&app.db, me).await?.is_empty() {
        let text = words.get("overview-no-second-factor");
        notices.push(Notice { id: "notice-second-factor", text, href: Some("/account/two-step".into()) });
    }
    for webhook in webhooks::all(&app.db).await? {
        let (_, failing) = deliveries::waiting(&app.db, &webhook.id).await?;
        let key = match (webhook.disabled, failing) {
            (None, 0) => continue,
            (None, _) => "overview-webhook-failing",
            (Some(_), _) => "overview-webhook-disabled",
        };
        let text = words.with(key, &[("name", webhook.settings.name.as_str())]);
        notices.push(Notice { id: "notice-webhook", text, href: Some(format!("/admin/webhooks/{}", webhook.id)) });
    }
    if desk.operator().may(Permission::SettingsRead)
        && let Some(count) = manifest::changes_since(&app.db).await?.filter(|count| *count > 0)
    {
        let text = words.with("overview-drift", &[("count", count)]);
        notices.push(Notice { id: "notice-drift", text, href: Some("/admin/configuration".into()) });
    }
    if there_is.oldest_letter.is_some_and(|at| now.since(at) > LATE) {
        notices.push(Notice { id: "notice-mail", text: words.get("overview-mail-late"), href: None });
    }
    for provider in providers.iter().filter(|provider| provider.failing) {
        let text = words.with("overview-provider-failing", &[("name", provider.label.as_str())]);
        notices.push(Notice { id: "notice-provider", text, href: None });
    }
    Ok(notices)
}

async fn keys(app: &App, now: Timestamp) -> Result<Vec<KeyLine>, PageError> {
    let all = signing_keys::all(&app.db).await?;
    let line = |algorithm: &Algorithm| {
        let of = |wanted: State| all.iter().find(|key| key.algorithm == *algorithm && state(key, &all, now) == wanted);
        let since = of(State::Active)?.activated_at?;
        let next = of(State::Next);
        Some(KeyLine {
            algorithm: *algorithm,
            age: now.since(since) / DAY,
            has_next: next.is_some(),
            next_at: next.and_then(|key| key.activated_at).map(Timestamp::in_utc),
        })
    };
    Ok(Algorithm::ALL.iter().filter_map(line).collect())
}

fn providers(app: &App) -> Vec<ProviderLine> {
    let line = |upstream: &std::sync::Arc<crate::upstream::Upstream>| {
        let (succeeded_at, failed_at) = upstream.health.last();
        ProviderLine {
            label: upstream.provider.label().to_owned(),
            failing: failed_at > succeeded_at,
            succeeded_at: succeeded_at.map(Timestamp::in_utc),
            failed_at: failed_at.map(Timestamp::in_utc),
        }
    };
    app.memory().upstreams.iter().map(line).collect()
}

//! `/account/activity`: what happened to the account lately.
use super::Place;
use crate::{
    domain::{Device, Recorded},
    i18n::Words,
    storage::audit,
    web::{error::PageError, forms::PageQuery, pages::page::Page, visit::Visit},
};
use actix_web::HttpResponse;
use askama::Template;

/// Events on one page.
const PAGE: usize = 30;

#[derive(Clone, Debug, Template)]
#[template(path = "activity.html")]
pub struct ActivityPage {
    pub page: Page,
    pub events: Vec<EventLine>,
    /// Where those before are.
    pub earlier: Option<String>,
}

/// One event.
#[derive(Clone, Debug)]
pub struct EventLine {
    pub what: String,
    pub app: Option<String>,
    pub when: String,
    /// Browser and system, where known.
    pub device: Option<String>,
    /// Its address, and the place of that where known.
    pub address: Option<String>,
    /// Whether it is one that the person should look at.
    pub alarming: bool,
}

impl EventLine {
    /// As it is shown.
    pub fn new(words: Words, recorded: Recorded, app: Option<String>) -> Self {
        let device = Device::new(&recorded.user_agent.unwrap_or_default(), String::new());
        Self {
            what: words.get(&format!("event-{}", recorded.kind.as_str().replace('_', "-"))),
            app,
            when: recorded.at.in_utc(),
            device: device.name(),
            address: recorded.address,
            alarming: recorded.kind.is_alarming(),
        }
    }
}

/// `GET /account/activity?before=SEQ`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let person = visit.person(Place::Activity).await?;
    let before = query.0.get("before").and_then(|before| before.parse().ok()).unwrap_or(i64::MAX);
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let found = audit::of_user(&visit.app.db, &person.user.id, before, limit).await?;
    let last = found.last().filter(|_| found.len() == PAGE);
    let earlier = last.map(|last| format!("{}?before={}", Place::Activity, last.seq));
    let (frame, memory) = (visit.frame(None), visit.app.memory());
    let line = |recorded: Recorded| {
        let placed = |address| visit.app.places.with_place(address, frame.words.language());
        let recorded = Recorded { address: recorded.address.map(placed), ..recorded };
        let client = recorded.client_id.as_ref().and_then(|id| memory.client(id.as_str()).cloned());
        EventLine::new(frame.words, recorded, client.map(|client| frame.words.name_of(&client)))
    };
    let events = found.into_iter().map(line).collect();
    let page = ActivityPage { page: frame.page(Place::Activity.as_str()), events, earlier };
    Ok(visit.show(&frame, &page, None))
}

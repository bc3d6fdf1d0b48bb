//! `/admin/audit`: the audit trail, searched, followed, copied and verified.
mod follow;
mod line;
mod search;

pub use line::{Line, word};
pub use search::Search;

use super::{AdminPage, Desk, copies};
use crate::{
    admin::{self, Operator, copy::Format},
    app::App,
    domain::{Event, Permission, Timestamp},
    i18n::Message,
    storage::audit::{self, Filter},
    web::{
        error::PageError,
        forms::{PageForm, PageQuery},
        pages::{page::FieldError, render::Frame},
    },
};
use actix_web::{HttpResponse, web::Data};
use askama::Template;
use follow::Follow;

const PLACE: &str = "/admin/audit";
/// Events on one page.
const PAGE: i64 = 50;
/// Rows that are verified by one press of the button.
const VERIFIED: i64 = 100_000;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/audit.html")]
pub struct AuditPage {
    pub admin: AdminPage,
    /// What is asked for, as it was typed.
    pub search: Search,
    /// Every kind there is, with its words.
    pub kinds: Vec<(Event, String)>,
    pub lines: Vec<Line>,
    /// Where those before are.
    pub earlier: Option<String>,
    /// What opens the page again, with the newest.
    pub refresh: String,
    /// Whether it is the first page, on which new events can appear.
    pub is_first: bool,
    /// What is asked again and again where they do.
    pub following: Option<String>,
    /// What came of verifying.
    pub verified: Option<Verified>,
    pub errors: Vec<FieldError>,
}

/// What came of verifying the chain.
#[derive(Clone, Debug)]
pub enum Verified {
    /// These rows hold; there are more where it says from where to go on.
    Holds { first: i64, last: i64, anchor: String, rest: Option<i64> },
    /// It is broken.
    Broken(String),
}

impl AuditPage {
    /// What opens the page so that new events appear.
    fn follow(&self) -> String {
        follow::address(&self.refresh)
    }

    fn fault(&self, field: &str) -> Option<&Message> {
        self.errors.iter().find(|error| error.field == field).map(|error| &error.message)
    }
}

/// `GET /admin/audit?kind=…&before=SEQ`; `follow` as `follow.rs` says.
pub async fn get(desk: Desk, query: PageQuery) -> Result<HttpResponse, PageError> {
    let search = Search::read(&query.0);
    let before = query.0.get("before").and_then(|before| before.parse().ok());
    let frame = desk.visit.frame(None);
    match search.filter() {
        Ok(filter) => {
            let page = page(&desk, &frame, search, &filter, before).await?;
            match Follow::read(&desk, &query.0) {
                Some(follow) => Ok(follow.answer(page, |page| desk.show(&frame, page))),
                None => Ok(desk.show(&frame, &page)),
            }
        }
        Err(faults) => {
            let page = empty(&desk, &frame, search);
            let errors = faults.into_iter().map(|fault| FieldError::new(fault.field, fault.message)).collect();
            Ok(desk.show_faults(&frame, &AuditPage { errors, ..page }))
        }
    }
}

/// `POST /admin/audit/export`: a copy of what is asked for.
pub async fn copy(desk: Desk, form: PageForm) -> Result<HttpResponse, PageError> {
    let format = form.0.get("format").and_then(|format| format.parse().ok()).unwrap_or(Format::JsonLines);
    let filter = Search::read(&form.0).filter().map_err(admin::Error::Invalid)?;
    Ok(export(&desk.visit.app, desk.operator(), filter, format).await?)
}

/// `POST /admin/audit/verify`: whether the chain holds, a part at a time.
pub async fn verify(desk: Desk, form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, frame) = (&desk.visit.app, desk.visit.frame(None));
    let after = form.0.get("after").and_then(|after| after.parse().ok()).unwrap_or(0);
    let verified = match audit::check(&app.db, &app.secrets.audit, after, VERIFIED).await? {
        Ok(checked) => Verified::Holds {
            first: checked.after + 1,
            last: checked.last,
            anchor: format!("{}:{}", checked.last, checked.seal),
            rest: (checked.last < checked.end).then_some(checked.last),
        },
        Err(broken) => {
            tracing::error!(%broken, "the audit trail is broken");
            Verified::Broken(broken.to_string())
        }
    };
    let page = page(&desk, &frame, Search::default(), &Filter::default(), None).await?;
    Ok(desk.show(&frame, &AuditPage { verified: Some(verified), ..page }))
}

fn empty(desk: &Desk, frame: &Frame, search: Search) -> AuditPage {
    let refresh = search.address(PLACE, None);
    let kinds = Event::ALL.iter().map(|event| (*event, frame.words.get(&line::word(*event)))).collect();
    AuditPage {
        admin: desk.page(frame, PLACE, &refresh),
        search,
        kinds,
        lines: vec![],
        earlier: None,
        refresh,
        is_first: false,
        following: None,
        verified: None,
        errors: vec![],
    }
}

async fn page(
    desk: &Desk,
    frame: &Frame,
    search: Search,
    filter: &Filter,
    before: Option<i64>,
) -> Result<AuditPage, PageError> {
    let app = &desk.visit.app;
    let rows = audit::search(&app.db, filter, before.unwrap_or(i64::MAX), PAGE).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|rows| rows == PAGE);
    let earlier = rows.last().filter(|_| is_full).map(|last| search.address(PLACE, Some(last.seq)));
    let names = line::Names::of(app, &rows).await?;
    let sees_people = desk.operator().may(Permission::UsersRead);
    let lines = rows.into_iter().map(|row| Line::new(app, frame.words, row, &names, sees_people)).collect();
    Ok(AuditPage { lines, earlier, is_first: before.is_none(), ..empty(desk, frame, search) })
}

/// A copy as a file.
pub async fn export(
    app: &Data<App>,
    operator: &Operator,
    filter: Filter,
    format: Format,
) -> Result<HttpResponse, admin::Error> {
    let copy = admin::audit::export(app, operator, filter, format).await?;
    Ok(copies::file(app, ("audit", format), copy))
}

/// As the page shows a time.
fn shown(at: Timestamp) -> String {
    at.in_rfc3339().replace('T', " ").replace('Z', "")
}

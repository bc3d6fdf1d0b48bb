//! Following the trail: a page that is opened with `follow` asks every two seconds for what came since (`after`), and puts
//! it on top of what is there.
use super::AuditPage;
use crate::{protocol::params::Params, web::admin::Desk};
use actix_web::HttpResponse;

/// How many events may have come since the page was opened before it is opened anew, so that it does not grow for ever.
const MOST: i64 = 500;

/// How a page is followed.
pub struct Follow {
    /// What has been shown already, and the last event at the time when the page was opened; nothing where it is being
    /// opened.
    since: Option<(i64, i64)>,
}

/// What opens a page so that it is followed.
pub fn address(page: &str) -> String {
    let joint = if page.contains('?') { '&' } else { '?' };
    format!("{page}{joint}follow=1")
}

impl Follow {
    /// Reads what was sent; `None` where nothing is followed.
    pub fn read(desk: &Desk, query: &Params) -> Option<Self> {
        let number = |name: &str| query.get(name).and_then(|text| text.parse().ok());
        query.get("follow").filter(|follow| !follow.is_empty())?;
        Some(Self { since: number("after").zip(number("from")).filter(|_| desk.is_for_a_part()) })
    }

    /// The whole page, or what is new on it.
    pub fn answer(&self, page: AuditPage, show: impl Fn(&AuditPage) -> HttpResponse) -> HttpResponse {
        let newest = page.lines.first().map_or(0, |line| line.seq);
        let (after, from) = self.since.unwrap_or((0, newest));
        let is_part = self.since.is_some();
        if is_part && newest <= after {
            return HttpResponse::NoContent().finish();
        }
        // None of those in between may be missing.
        let has_gap = page.earlier.is_some() && page.lines.iter().all(|line| line.seq > after);
        if is_part && (has_gap || newest - from > MOST) {
            return HttpResponse::NoContent().insert_header(("hx-refresh", "true")).finish();
        }
        let lines = page.lines.into_iter().filter(|line| line.seq > after).collect();
        let ask = format!("{}&after={newest}&from={from}", address(&page.refresh));
        show(&AuditPage { lines, following: page.is_first.then_some(ask), ..page })
    }
}

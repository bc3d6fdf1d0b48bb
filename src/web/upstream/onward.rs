//! On to a provider after a form. A redirect would be held up: the policy of a form's page says where the form may lead
//! (CSP Level 3 section 6.5.1), and where a provider sends people further is not known. So a page of its own sends the
//! browser on, and has a link for whoever it does not.
use crate::{
    upstream::Upstream,
    web::{pages::page::Page, visit::Visit},
};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "onward.html")]
pub struct OnwardPage {
    pub page: Page,
    /// The provider.
    pub provider: String,
    /// Where it is.
    pub href: String,
}

/// Sends the browser on.
pub fn go(visit: &Visit, upstream: &Upstream, href: String) -> HttpResponse {
    let frame = visit.frame(None);
    let page = OnwardPage { page: frame.page(""), provider: upstream.provider.label().to_owned(), href };
    visit.show(&frame, &page, None)
}

//! The page that a link of a mail leads to: what it is about, and a button. And the one that says what
//! came of it.
use super::page::{ClientView, Page};
use crate::{
    domain::TicketPurpose,
    i18n::Message,
    protocol::params::Params,
    web::{
        error::PageError,
        ticket::{self, Arrival},
        visit::Visit,
    },
};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "link.html")]
pub struct LinkPage {
    pub page: Page,
    pub client: Option<ClientView>,
    /// The beginning of its messages' keys, and of its button's id.
    pub name: &'static str,
    /// The address that it is about.
    pub email: String,
    /// What else is to be said.
    pub notes: Vec<Message>,
    pub action: String,
    pub csrf: String,
}

impl LinkPage {
    fn word(&self, part: &str) -> String {
        let instance = self.page.instance.as_str();
        self.page
            .words
            .with(&format!("{}-{part}", self.name), &[("email", self.email.as_str()), ("instance", instance)])
    }
}

#[derive(Clone, Debug, Template)]
#[template(path = "told.html")]
pub struct ToldPage {
    pub page: Page,
    /// The beginning of its messages' keys.
    pub name: &'static str,
    /// The address that it is about.
    pub email: String,
    /// Where to go from here.
    pub onward: &'static str,
}

impl ToldPage {
    fn word(&self, part: &str) -> String {
        self.page.words.with(&format!("{}-{part}", self.name), &[("email", self.email.as_str())])
    }
}

/// What a `GET` of a link's page answers, which has no more to say than what the link is for.
pub async fn arrive(
    visit: &Visit,
    params: &Params,
    purpose: TicketPurpose,
    name: &'static str,
) -> Result<HttpResponse, PageError> {
    match ticket::arrive(visit, params, purpose).await? {
        Arrival::ByLink(onward) => Ok(onward),
        Arrival::With(ticket) => {
            let email = ticket.address();
            Ok(show(visit, purpose, name, email, vec![]))
        }
    }
}

/// Shows the button of a link.
pub fn show(
    visit: &Visit,
    purpose: TicketPurpose,
    name: &'static str,
    email: String,
    notes: Vec<Message>,
) -> HttpResponse {
    let frame = visit.frame(None);
    let page = LinkPage {
        page: frame.page(purpose.path()),
        client: None,
        name,
        email,
        notes,
        action: purpose.path().into(),
        csrf: visit.form_token(),
    };
    visit.show(&frame, &page, None)
}

/// Says what came of it.
pub fn tell(visit: &Visit, name: &'static str, email: String, onward: &'static str) -> HttpResponse {
    let frame = visit.frame(None);
    visit.show(&frame, &ToldPage { page: frame.page(""), name, email, onward }, None)
}

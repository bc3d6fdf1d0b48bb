//! The page on the way to an app that asks for more than the person can prove: it leads to where they set that up, and
//! from there back to here.
use super::page::{ClientView, Page};
use crate::{
    domain::Assurance,
    protocol::decision::Next,
    web::{
        account::Place,
        error::PageError,
        flow::next,
        forms::PageQuery,
        visit::{Visit, address, destination},
    },
};
use actix_web::HttpResponse;
use askama::Template;

/// Where it is.
pub const PATH: &str = "/enroll";

#[derive(Clone, Debug, Template)]
#[template(path = "enroll.html")]
pub struct EnrollPage {
    pub page: Page,
    pub client: ClientView,
    /// Whether nothing but a passkey will do.
    pub needs_passkey: bool,
    /// Where a second factor is set up.
    pub set_up: String,
}

impl EnrollPage {
    const fn lead(&self) -> &'static str {
        if self.needs_passkey { "enroll-lead-passkey" } else { "enroll-lead" }
    }
}

/// `GET /enroll`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let interaction = visit.needed_interaction(&query.0)?;
    let Next::Enroll(more) = next(&visit, &interaction).await? else { return Ok(visit.go(&interaction, "/resume")) };
    let frame = visit.frame(Some(&interaction));
    let page = EnrollPage {
        page: frame.page(&interaction.step(PATH)),
        client: ClientView::new(frame.words, &interaction.client),
        needs_passkey: more == Assurance::PhishingResistant,
        set_up: match more {
            Assurance::PhishingResistant => address(Place::Passkeys.as_str(), Some(&interaction)),
            _ => address(Place::TwoStep.as_str(), Some(&interaction)),
        },
    };
    Ok(visit.show(&frame, &page, destination(Some(&interaction))))
}

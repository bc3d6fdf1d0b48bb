//! What every page of the administration begins with: a visit by somebody who has been admitted.
use super::page::AdminPage;
use crate::{
    admin::{self, Operator},
    domain::User,
    web::{error::PageError, pages::render::Frame, visit::Visit},
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, dev::Payload, http::StatusCode};
use askama::Template;
use std::{
    future::{Ready, ready},
    rc::Rc,
};

/// Who has been admitted.
#[derive(Debug)]
pub struct Seat {
    /// What they may do.
    pub operator: Operator,
    /// The person.
    pub user: User,
}

/// A visit of theirs.
pub struct Desk {
    /// The request, and the browser it comes from.
    pub visit: Visit,
    seat: Rc<Seat>,
}

impl FromRequest for Desk {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let seat = request.extensions().get::<Rc<Seat>>().cloned();
        let visit = Visit::from_request(request, payload).into_inner();
        let seat = seat.ok_or(PageError::Internal("a page of the administration without its guard"));
        ready(visit.and_then(|visit| Ok(Self { visit, seat: seat? })))
    }
}

impl Desk {
    /// What they may do.
    pub fn operator(&self) -> &Operator {
        &self.seat.operator
    }

    /// Who they are.
    pub fn user(&self) -> &User {
        &self.seat.user
    }

    /// Whether a part of a page is asked for, by the script of its lists.
    pub fn is_for_a_part(&self) -> bool {
        self.visit.request.headers().contains_key("hx-request")
    }

    /// What every page shows. `place`: the page of the menu that it belongs to; `href`: what opens it again.
    pub fn page(&self, frame: &Frame, place: &'static str, href: &str) -> AdminPage {
        AdminPage::new(self, frame, place, href)
    }

    /// The answer.
    pub fn show(&self, frame: &Frame, page: &impl Template) -> HttpResponse {
        self.visit.show(frame, page, None)
    }

    /// The answer to a form that cannot be taken as it is: the same page, with what was typed.
    pub fn show_faults(&self, frame: &Frame, page: &impl Template) -> HttpResponse {
        let mut response = self.show(frame, page);
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response
    }
}

impl From<admin::Error> for PageError {
    fn from(why: admin::Error) -> Self {
        match why {
            admin::Error::NotFound => Self::NotFound,
            admin::Error::Forbidden(_) => Self::NotForYou,
            admin::Error::Impossible(_) | admin::Error::Stale | admin::Error::Invalid(_) => Self::Stale,
            admin::Error::Storage(why) => why.into(),
            admin::Error::Keys(why) => why.into(),
            admin::Error::Mail(why) => why.into(),
        }
    }
}

//! `/mail`: the mails of an instance without a mail server, for its own machine alone.
use super::page::Page;
use crate::{
    mail::Mail,
    web::{error::PageError, peer, visit::Visit},
};
use actix_web::{HttpResponse, http::header, web::Path};
use askama::Template;

/// A mail as it is, and nothing from elsewhere but its mark.
const POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https:; frame-ancestors 'none'";

#[derive(Clone, Debug, Template)]
#[template(path = "local_mail.html")]
pub struct LocalMailPage {
    pub page: Page,
    pub mails: Vec<MailView>,
}

/// One mail.
#[derive(Clone, Debug)]
pub struct MailView {
    pub to: String,
    pub subject: String,
    pub at: String,
    pub text: String,
    /// Where it is as HTML.
    pub html: String,
}

/// `GET /mail`.
pub async fn get(visit: Visit) -> Result<HttpResponse, PageError> {
    let view = |(number, mail): (usize, Mail)| MailView {
        to: mail.to.to_string(),
        subject: mail.subject,
        at: mail.at.in_utc(),
        text: mail.text,
        html: format!("/mail/{number}"),
    };
    let frame = visit.frame(None);
    let page =
        LocalMailPage { page: frame.page("/mail"), mails: mails(&visit)?.into_iter().enumerate().map(view).collect() };
    Ok(visit.show(&frame, &page, None))
}

/// `GET /mail/{number}`.
pub async fn html(visit: Visit, number: Path<String>) -> Result<HttpResponse, PageError> {
    let number: usize = number.parse().map_err(|_| PageError::NotFound)?;
    let mail = mails(&visit)?.into_iter().nth(number).ok_or(PageError::NotFound)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .body(mail.html))
}

/// The mails; there are none for anybody from elsewhere, nor where they are sent.
fn mails(visit: &Visit) -> Result<Vec<Mail>, PageError> {
    let is_here = peer::address(&visit.app, &visit.request).is_loopback();
    visit.app.mailer.local().filter(|_| is_here).ok_or(PageError::NotFound)
}

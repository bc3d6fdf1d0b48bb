//! `/admin/first-steps/sign-in`: the ways to sign in that there are, and those that there may be.
use super::{OVERVIEW, Progress, Step};
use crate::{
    domain::ProviderKind,
    web::{
        admin::{AdminPage, Desk, providers::KindChoice},
        error::PageError,
    },
};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/first_steps_ways.html")]
pub struct WaysPage {
    pub admin: AdminPage,
    pub progress: Progress,
    /// Messages that name what everybody can use already.
    pub own: Vec<&'static str>,
    /// What the providers in use are called, and where each is.
    pub providers: Vec<(String, String)>,
    pub kinds: Vec<KindChoice>,
    pub has_mail: bool,
}

/// `GET /admin/first-steps/sign-in`.
pub async fn get(desk: Desk) -> Result<HttpResponse, PageError> {
    let (app, frame) = (&desk.visit.app, desk.visit.frame(None));
    let has_mail = app.mailer.is_on();
    let own = [
        (true, "first-steps-password"),
        (app.passkeys.is_some(), "first-steps-passkeys"),
        (has_mail, "first-steps-code"),
    ];
    let memory = app.memory();
    let providers = memory.upstreams.iter().map(|upstream| {
        let provider = &upstream.provider;
        (provider.label().to_owned(), format!("/admin/providers/{}", provider.name))
    });
    let page = WaysPage {
        admin: desk.page(&frame, OVERVIEW, &Step::Ways.href()),
        progress: Progress::at(Step::Ways, app),
        own: own.into_iter().filter_map(|(is_there, message)| is_there.then_some(message)).collect(),
        providers: providers.collect(),
        kinds: ProviderKind::ALL.iter().map(|kind| KindChoice::of(*kind)).collect(),
        has_mail,
    };
    Ok(desk.show(&frame, &page))
}

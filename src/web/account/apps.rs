//! `/account/apps`: what apps may have, and taking it back.
use super::Place;
use crate::{
    domain::{ClientId, Consent, Event, Timestamp},
    storage::consents,
    web::{
        error::PageError,
        forms::PageForm,
        pages::{
            consent::{ScopeLine, in_order},
            page::{ClientView, Page},
            render::see_other,
        },
        visit::Visit,
    },
};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "apps.html")]
pub struct AppsPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub apps: Vec<AppLine>,
}

/// One app.
#[derive(Clone, Debug)]
pub struct AppLine {
    pub id: String,
    pub client: ClientView,
    pub scopes: Vec<String>,
    pub granted_at: String,
}

/// `GET /account/apps`.
pub async fn get(visit: Visit) -> Result<HttpResponse, PageError> {
    let person = visit.person(Place::Apps).await?;
    let frame = visit.frame(None);
    let memory = visit.app.memory();
    let consents = consents::of_user(&visit.app.db, &person.user.id).await?;
    let line = |(consent, at): (Consent, Timestamp)| {
        let client = memory.client(consent.client_id.as_str())?;
        let scopes = in_order(&consent.scopes).into_iter();
        Some(AppLine {
            id: consent.client_id.to_string(),
            client: ClientView::new(frame.words, client),
            scopes: scopes.map(|scope| ScopeLine::new(frame.words, scope).title).collect(),
            granted_at: at.in_utc(),
        })
    };
    let page = AppsPage {
        page: frame.page(Place::Apps.as_str()),
        action: Place::Apps.to_string(),
        csrf: visit.form_token(),
        apps: consents.into_iter().filter_map(line).collect(),
    };
    Ok(visit.show(&frame, &page, None))
}

/// `POST /account/apps`: takes back what one app may have.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let person = visit.person(Place::Apps).await?;
    if let Some(client) = form.0.get("client_id") {
        let app = &visit.app;
        let client = ClientId::from(client);
        if consents::withdraw(&app.db, person.user.id.clone(), client.clone(), app.clock.now()).await? {
            visit.record_with(&person.user.id, Event::AppWithdrawn, Some(&client)).await?;
        }
    }
    Ok(see_other(Place::Apps.as_str()))
}

//! `/account/sessions`: where a person is signed in, and signing out there.
use super::{Person, Place};
use crate::{
    domain::{Event, SessionId},
    storage::sessions,
    web::{
        error::PageError,
        forms::PageForm,
        pages::{page::Page, render::see_other},
        visit::Visit,
    },
};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "sessions.html")]
pub struct SessionsPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub sessions: Vec<SessionLine>,
}

/// One session.
#[derive(Clone, Debug)]
pub struct SessionLine {
    pub sid: String,
    /// Browser and system, where known.
    pub device: Option<String>,
    /// Its address, and the place of that where known.
    pub address: String,
    pub seen_at: String,
    /// Whether it is this one.
    pub here: bool,
}

/// `GET /account/sessions`.
pub async fn get(visit: Visit) -> Result<HttpResponse, PageError> {
    let Person { sign_in, user } = visit.person(Place::Sessions).await?;
    let app = &visit.app;
    let listed = sessions::of_user(&app.db, &user.id, app.settings().sessions.idle, app.clock.now()).await?;
    let frame = visit.frame(None);
    let line = |listed: sessions::Listed| SessionLine {
        device: listed.sign_in.device.name(),
        address: app.places.with_place(listed.sign_in.device.address, frame.words.language()),
        seen_at: listed.seen_at.in_utc(),
        here: listed.sign_in.sid == sign_in.sid,
        sid: listed.sign_in.sid.0,
    };
    let page = SessionsPage {
        page: frame.page(Place::Sessions.as_str()),
        action: Place::Sessions.to_string(),
        csrf: visit.form_token(),
        sessions: listed.into_iter().map(line).collect(),
    };
    Ok(visit.show(&frame, &page, None))
}

/// `POST /account/sessions`: signs out of one, or of all but this one. A session of somebody else's
/// is as good as none.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, Person { sign_in, user }) = (&visit.app, visit.person(Place::Sessions).await?);
    let now = app.clock.now();
    match form.0.get("sid") {
        Some("others") => {
            sessions::sign_out_elsewhere(&app.db, sign_in.sid, user.id.clone(), now).await?;
            visit.record(&user.id, Event::SignedOutElsewhere).await?;
        }
        Some(sid) if sessions::sign_out(&app.db, SessionId::from(sid), user.id.clone(), now).await? => {
            visit.record(&user.id, Event::SignedOut).await?;
        }
        Some(_) | None => {}
    }
    Ok(see_other(Place::Sessions.as_str()))
}

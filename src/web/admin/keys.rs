//! `/admin/keys`: the signing keys.
use super::{AdminPage, Desk};
use crate::{
    admin::signing_keys,
    domain::{KeyId, Permission, Timestamp},
    keys::{self, Life, State},
    web::{error::PageError, forms::PageForm, pages::render::see_other},
};
use actix_web::{HttpResponse, web::Path};
use askama::Template;

const PLACE: &str = "/admin/keys";
const DAY: i64 = 86_400;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/keys.html")]
pub struct KeysPage {
    pub admin: AdminPage,
    pub keys: Vec<KeyLine>,
    pub may_write: bool,
    /// Whether a rotation has been asked for that has not come into force yet.
    pub under_way: bool,
}

/// A key in the list.
#[derive(Clone, Debug)]
pub struct KeyLine {
    pub kid: String,
    pub algorithm: String,
    /// The message that names its state.
    pub state: String,
    pub created_at: String,
    /// Its age in days.
    pub days: i64,
    /// A message that says what becomes of it, and when.
    pub change: Option<(String, String)>,
    pub active: bool,
}

/// `GET /admin/keys`.
pub async fn get(desk: Desk) -> Result<HttpResponse, PageError> {
    let (app, frame) = (&desk.visit.app, desk.visit.frame(None));
    let now = app.clock.now();
    let lives = keys::lives(&app.db, app.key_times(), now).await?;
    let page = KeysPage {
        admin: desk.page(&frame, PLACE, PLACE),
        under_way: lives.iter().any(|life| life.state == State::Next && life.activated_at.is_some()),
        keys: lives.iter().map(|life| line(life, now)).collect(),
        may_write: desk.operator().may(Permission::KeysWrite),
    };
    Ok(desk.show(&frame, &page))
}

fn line(life: &Life, now: Timestamp) -> KeyLine {
    KeyLine {
        kid: life.kid.to_string(),
        algorithm: life.algorithm.to_string(),
        state: format!("admin-key-{}", life.state),
        created_at: life.created_at.in_utc(),
        days: now.since(life.created_at) / DAY,
        change: life.changes_at.map(|at| (format!("admin-key-{}-until", life.state), at.in_utc())),
        active: life.state == State::Active,
    }
}

/// `POST /admin/keys/rotate`.
pub async fn rotate(desk: Desk, _form: PageForm) -> Result<HttpResponse, PageError> {
    let app = &desk.visit.app;
    signing_keys::rotate(&app.db, (app.master(), &app.secrets.audit), desk.operator(), app.clock.now()).await?;
    Ok(see_other(PLACE))
}

/// `POST /admin/keys/{kid}/retire`.
pub async fn retire(desk: Desk, kid: Path<String>, _form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, kid) = (&desk.visit.app, KeyId(kid.into_inner()));
    signing_keys::retire(&app.db, (app.master(), &app.secrets.audit), desk.operator(), &kid, app.clock.now()).await?;
    Ok(see_other(PLACE))
}

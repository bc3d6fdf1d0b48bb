//! `/admin/users`: people, listed and found.
mod acts;
mod join;
mod merge;
mod new;
mod person;
mod search;

pub use acts::*;
pub use join::join;
pub use merge::{merge, preview};
pub use new::{create, new};
pub use person::{describe, person};

use super::{AdminPage, Desk, copies, groups::GroupLine, page::role_key};
use crate::{
    admin::{self, Operator, copy::Format, users},
    app::App,
    domain::{GroupId, Permission, Role, User},
    storage::{
        groups as stored,
        people::{Cursor, Wanted},
    },
    web::{
        error::PageError,
        forms::{PageForm, PageQuery},
    },
};
use actix_web::{HttpResponse, web::Data};
use askama::Template;
use search::Search;

/// Where the list is.
pub(super) const PLACE: &str = "/admin/users";
/// People on one page.
pub(super) const ROWS: i64 = 50;
/// Groups and roles that may be chosen from.
const CHOICES: i64 = 200;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/users.html")]
pub struct UsersPage {
    pub admin: AdminPage,
    pub people: Vec<PersonLine>,
    /// Whom the list has, as it was asked for.
    pub search: Search,
    /// Groups and roles that may be chosen.
    pub groups: Vec<GroupLine>,
    /// Where the list goes on.
    pub next: Option<String>,
    pub may_create: bool,
}

/// Somebody in a list.
#[derive(Clone, Debug)]
pub struct PersonLine {
    pub id: String,
    /// What to call them; nothing where nothing is known.
    pub name: Option<String>,
    pub email: Option<String>,
    pub is_verified: bool,
    pub username: Option<String>,
    /// The message that names their role.
    pub role: Option<String>,
    pub created_at: String,
    pub is_disabled: bool,
}

impl From<User> for PersonLine {
    fn from(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            name: user.name,
            email: user.email.map(|email| email.to_string()),
            is_verified: user.email_verified_at.is_some(),
            username: user.username.map(|name| name.to_string()),
            role: user.role.map(role_key),
            created_at: user.created_at.in_utc(),
            is_disabled: user.disabled_at.is_some(),
        }
    }
}

impl UsersPage {
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn roles(&self) -> Vec<(&'static str, String)> {
        Role::ALL.iter().map(|role| (role.as_str(), role_key(*role))).collect()
    }
}

/// `GET /admin/users?q=…&role=…&state=…&group=…&after=…`. What cannot be read is not asked about.
pub async fn list(desk: Desk, query: PageQuery) -> Result<HttpResponse, PageError> {
    let search = Search::read(&query.0);
    let (app, frame) = (&desk.visit.app, desk.visit.frame(None));
    let after = query.0.get("after").and_then(Cursor::read);
    let (people, next) = users::list(app, search.wanted(), Some(&search.text), after.as_ref(), ROWS).await?;
    let next = next.map(|cursor| search.address(PLACE, Some(&cursor.write())));
    let here = search.address(PLACE, None);
    let page = UsersPage {
        admin: desk.page(&frame, PLACE, &here),
        people: people.into_iter().map(Into::into).collect(),
        groups: groups(&desk, &search.group).await?,
        search,
        next,
        may_create: desk.operator().may(Permission::UsersWrite),
    };
    Ok(desk.show(&frame, &page))
}

/// The first groups and roles, and the one that is asked about.
async fn groups(desk: &Desk, chosen: &str) -> Result<Vec<GroupLine>, PageError> {
    let db = &desk.visit.app.db;
    if !desk.operator().may(Permission::GroupsRead) {
        return Ok(vec![]);
    }
    let mut groups = stored::list(db, ("", ""), CHOICES).await?;
    if !chosen.is_empty() && groups.iter().all(|group| group.id.as_str() != chosen) {
        groups.extend(stored::find(db, &GroupId(chosen.to_owned())).await?);
    }
    Ok(groups.into_iter().map(Into::into).collect())
}

/// `POST /admin/export-users`: a copy of those whom the list shows, and all that follow.
pub async fn copy(desk: Desk, form: PageForm) -> Result<HttpResponse, PageError> {
    let format = form.0.get("format").and_then(|format| format.parse().ok()).unwrap_or(Format::JsonLines);
    let search = Search::read(&form.0);
    Ok(export(&desk.visit.app, desk.operator(), (search.wanted(), &search.text), format).await?)
}

/// A copy of people as a file.
pub async fn export(
    app: &Data<App>,
    operator: &Operator,
    (wanted, search): (Wanted, &str),
    format: Format,
) -> Result<HttpResponse, admin::Error> {
    let copy = users::export(app, operator, (wanted, search), format).await?;
    Ok(copies::file(app, ("people", format), copy))
}

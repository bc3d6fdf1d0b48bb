//! `/admin/users`: people, listed and found.
mod acts;
mod join;
mod merge;
mod new;
mod person;

pub use acts::*;
pub use join::join;
pub use merge::{merge, preview};
pub use new::{create, new};
pub use person::{describe, person};

use super::{AdminPage, Desk, page::role_key};
use crate::{
    admin::users,
    domain::{Permission, Role, User},
    storage::people::{Cursor, Wanted},
    web::{error::PageError, forms::PageQuery},
};
use actix_web::HttpResponse;
use askama::Template;
use url::form_urlencoded::Serializer;

/// Where the list is.
pub(super) const PLACE: &str = "/admin/users";
/// People on one page.
pub(super) const ROWS: i64 = 50;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/users.html")]
pub struct UsersPage {
    pub admin: AdminPage,
    pub people: Vec<PersonLine>,
    pub search: String,
    pub role: String,
    pub state: String,
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

/// `GET /admin/users?q=…&role=…&state=…&after=…`. What cannot be read is not asked about.
pub async fn list(desk: Desk, query: PageQuery) -> Result<HttpResponse, PageError> {
    let text = |name: &str| query.0.get(name).unwrap_or_default().to_owned();
    let (search, role, state) = (text("q"), text("role"), text("state"));
    let disabled = match state.as_str() {
        "disabled" => Some(true),
        "active" => Some(false),
        _ => None,
    };
    let wanted = Wanted { role: role.parse().ok(), disabled, ..Wanted::default() };
    let after = query.0.get("after").and_then(Cursor::read);
    let (people, next) = users::list(&desk.visit.app, wanted, Some(&search), after.as_ref(), ROWS).await?;
    let next = next.map(|cursor| {
        let cursor = cursor.write();
        let pairs = [("q", &search), ("role", &role), ("state", &state), ("after", &cursor)];
        format!("{PLACE}?{}", Serializer::new(String::new()).extend_pairs(pairs).finish())
    });
    let frame = desk.visit.frame(None);
    let page = UsersPage {
        admin: desk.page(&frame, PLACE, PLACE),
        people: people.into_iter().map(Into::into).collect(),
        search,
        role,
        state,
        next,
        may_create: desk.operator().may(Permission::UsersWrite),
    };
    Ok(desk.show(&frame, &page))
}

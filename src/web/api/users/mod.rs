//! `/users`: people.
mod acts;
mod parts;
mod view;

pub use acts::*;
pub use parts::*;
pub use view::{NewUser, User, UserChanges};

use super::{
    Caller, Problem,
    body::{Json, Query},
    conditions::{IfMatch, etag},
    problem::Details,
};
use crate::{
    admin::{Change, copy::Format, users},
    domain::{GroupId, UserId},
    storage::people::{Cursor, Wanted},
    web::admin::export_people,
};
use actix_web::{HttpResponse, web::Path};
use serde::Serialize;
use utoipa::ToSchema;

/// A page of a list of people.
#[derive(Debug, Serialize, ToSchema)]
pub struct Users {
    /// The newest first; those who were found, in the order of what they were found by.
    items: Vec<User>,
    /// What to send as `after` for more; nothing where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// People
///
/// All of them, or those whose id is `q`, or whose email address, user name, name or a word of it begins with it.
#[utoipa::path(get, path = "/users", tag = "People",
    params(("q" = Option<String>, Query), ("role" = Option<String>, Query), ("disabled" = Option<bool>, Query),
        ("group" = Option<String>, Query, description = "The id of a group or role"),
        ("after" = Option<String>, Query), ("limit" = Option<i64>, Query)),
    responses((status = 200, body = Users)))]
pub async fn list(caller: Caller, query: Query) -> Result<HttpResponse, Problem> {
    page(&caller, wanted(&query)?, query.text("q").as_deref(), &query).await
}

/// Whom a query asks for.
fn wanted(query: &Query) -> Result<Wanted, Problem> {
    let flag = |text: String| text.parse().map_err(|_| Problem::invalid("disabled must be true or false."));
    let role = |text: String| text.parse().map_err(|_| Problem::invalid("role is not one of the roles."));
    Ok(Wanted {
        term: None,
        role: query.text("role").map(role).transpose()?,
        disabled: query.text("disabled").map(flag).transpose()?,
        group: query.text("group").map(GroupId),
    })
}

/// A page of those who are wanted.
pub(super) async fn page(
    caller: &Caller,
    wanted: Wanted,
    search: Option<&str>,
    query: &Query,
) -> Result<HttpResponse, Problem> {
    let read =
        |text: String| Cursor::read(&text).ok_or_else(|| Problem::invalid("after is not what was told as next."));
    let after = query.text("after").map(read).transpose()?;
    let (people, next) = users::list(&caller.app, wanted, search, after.as_ref(), query.limit()?).await?;
    let items = people.iter().map(|user| User::of(&caller.app, user)).collect();
    Ok(HttpResponse::Ok().json(Users { items, next: next.map(|cursor| cursor.write()) }))
}

/// A copy of people
///
/// The same people as `GET /users` lists, all of them.
#[utoipa::path(get, path = "/users/export", tag = "People",
    params(("format" = Option<String>, Query, description = "jsonl, a person a line; or csv"),
        ("q" = Option<String>, Query), ("role" = Option<String>, Query), ("disabled" = Option<bool>, Query),
        ("group" = Option<String>, Query, description = "The id of a group or role")),
    responses((status = 200, content_type = "application/jsonl", body = String), (status = 400, body = Details)))]
pub async fn copy(caller: Caller, query: Query) -> Result<HttpResponse, Problem> {
    let format = query.text("format").map_or(Ok(Format::JsonLines), |word| word.parse());
    let format = format.map_err(|_| Problem::invalid("format must be jsonl or csv."))?;
    let search = query.text("q").unwrap_or_default();
    Ok(export_people(&caller.app, &caller.operator, (wanted(&query)?, &search), format).await?)
}

/// A person
#[utoipa::path(get, path = "/users/{id}", tag = "People", params(("id" = String, Path)),
    responses((status = 200, body = User), (status = 404, body = Details)))]
pub async fn read(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    show(&caller, &UserId(id.into_inner())).await
}

/// Somebody as they are now, with their version.
async fn show(caller: &Caller, id: &UserId) -> Result<HttpResponse, Problem> {
    let user = users::find(&caller.app, id).await?;
    let body = User::with_absence(&caller.app, &user).await?;
    Ok(HttpResponse::Ok().insert_header(etag(user.updated_at.0)).json(body))
}

/// Create a person
#[utoipa::path(post, path = "/users", tag = "People", request_body = NewUser,
    responses((status = 201, body = User), (status = 422, body = Details)))]
pub async fn create(caller: Caller, body: Json<NewUser>) -> Result<HttpResponse, Problem> {
    let user = users::create(&caller.app, &caller.operator, body.0.into()).await?;
    Ok(HttpResponse::Created().insert_header(etag(user.updated_at.0)).json(User::of(&caller.app, &user)))
}

/// Change what is known of a person
///
/// Members that are not there leave things as they are; an empty text takes away what there was.
#[utoipa::path(patch, path = "/users/{id}", tag = "People", request_body = UserChanges, params(("id" = String, Path)),
    responses((status = 200, body = User), (status = 404, body = Details), (status = 412, body = Details),
        (status = 422, body = Details)))]
pub async fn change(
    caller: Caller,
    id: Path<String>,
    version: IfMatch,
    body: Json<UserChanges>,
) -> Result<HttpResponse, Problem> {
    let (app, id) = (&caller.app, UserId(id.into_inner()));
    let user = users::find_to_act_on(app, &caller.operator, &id).await?;
    let changed = users::Changes::from(body.0).apply(&user, app.clock.now())?;
    // Without If-Match, what was looked at just now: so that of two changes at once none is lost.
    let version = version.at().unwrap_or(user.updated_at);
    users::describe(Change::by(&caller.operator, app), &user, changed, Some(version)).await?;
    show(&caller, &id).await
}

/// Delete a person, at once
#[utoipa::path(delete, path = "/users/{id}", tag = "People", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Details), (status = 409, body = Details),
        (status = 412, body = Details)))]
pub async fn delete(caller: Caller, id: Path<String>, version: IfMatch) -> Result<HttpResponse, Problem> {
    users::delete(&caller.app, &caller.operator, &UserId(id.into_inner()), version.at()).await?;
    Ok(HttpResponse::NoContent().finish())
}

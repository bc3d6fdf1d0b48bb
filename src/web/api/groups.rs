//! `/groups`: groups and roles, and who belongs to them.
use super::{
    Caller, Problem,
    body::{Json, Query},
    conditions::{IfMatch, etag},
    problem::Details,
    users::{self, Users},
};
use crate::{
    admin::groups,
    domain::{GroupId, GroupKind, UserId},
    storage::{groups as stored, people::Wanted},
};
use actix_web::{HttpResponse, web::Path};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A group, or a role.
#[derive(Debug, Serialize, ToSchema)]
pub struct Group {
    /// Its name here.
    id: String,
    /// group or role: in which claim apps are told.
    #[schema(value_type = String)]
    kind: GroupKind,
    /// What apps are told.
    name: String,
    /// What people are told.
    description: String,
    /// Since when it is there, in seconds since 1970.
    created_at: i64,
}

impl From<stored::Group> for Group {
    fn from(group: stored::Group) -> Self {
        Self {
            id: group.id.to_string(),
            kind: group.kind,
            name: group.name,
            description: group.description,
            created_at: group.created_at.0,
        }
    }
}

/// A page of groups and roles.
#[derive(Debug, Serialize, ToSchema)]
pub struct Groups {
    /// By kind and name.
    items: Vec<Group>,
    /// What to send as `after` for more; nothing where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A group or role to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// group or role.
    #[schema(value_type = String)]
    kind: GroupKind,
    /// What apps are told.
    name: String,
    /// What people are told.
    #[serde(default)]
    description: String,
}

/// What is another of a group or role; what is not there stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupChanges {
    /// What apps are told: those that go by the name before do not know this one.
    name: Option<String>,
    /// What people are told.
    description: Option<String>,
}

/// Groups and roles
#[utoipa::path(get, path = "/groups", tag = "Groups and roles",
    params(("after" = Option<String>, Query), ("limit" = Option<i64>, Query)),
    responses((status = 200, body = Groups)))]
pub async fn list(caller: Caller, query: Query) -> Result<HttpResponse, Problem> {
    let limit = query.limit()?;
    let read = |text: String| cursor(&text).ok_or_else(|| Problem::invalid("after is not what was told as next."));
    let (kind, name) = query.text("after").map(read).transpose()?.unwrap_or_default();
    let mut found = stored::list(&caller.app.db, (&kind, &name), limit + 1).await?;
    let is_more = found.len() > usize::try_from(limit).unwrap_or_default();
    if is_more {
        found.pop();
    }
    let next = found.last().filter(|_| is_more);
    let next = next.map(|last| URL_SAFE_NO_PAD.encode(format!("{} {}", last.kind, last.name)));
    Ok(HttpResponse::Ok().json(Groups { items: found.into_iter().map(Group::from).collect(), next }))
}

fn cursor(text: &str) -> Option<(String, String)> {
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (kind, name) = plain.split_once(' ').filter(|_| !plain.contains('\0'))?;
    Some((kind.into(), name.into()))
}

/// A group or role
#[utoipa::path(get, path = "/groups/{id}", tag = "Groups and roles", params(("id" = String, Path)),
    responses((status = 200, body = Group), (status = 404, body = Details)))]
pub async fn read(caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let group = groups::find(&caller.app, &GroupId(id.into_inner())).await?;
    Ok(HttpResponse::Ok().insert_header(etag(group.version)).json(Group::from(group)))
}

/// Make a group or role
#[utoipa::path(post, path = "/groups", tag = "Groups and roles", request_body = NewGroup,
    responses((status = 201, body = Group), (status = 422, body = Details)))]
pub async fn create(caller: Caller, body: Json<NewGroup>) -> Result<HttpResponse, Problem> {
    let NewGroup { kind, name, description } = body.0;
    let made = groups::create(&caller.app, &caller.operator, kind, (&name, &description)).await?;
    Ok(HttpResponse::Created().insert_header(etag(made.version)).json(Group::from(made)))
}

/// Rename or describe a group or role
#[utoipa::path(patch, path = "/groups/{id}", tag = "Groups and roles", request_body = GroupChanges,
    params(("id" = String, Path)),
    responses((status = 200, body = Group), (status = 404, body = Details), (status = 412, body = Details),
        (status = 422, body = Details)))]
pub async fn change(
    caller: Caller,
    id: Path<String>,
    version: IfMatch,
    body: Json<GroupChanges>,
) -> Result<HttpResponse, Problem> {
    let said = (body.0.name.as_deref(), body.0.description.as_deref());
    let id = GroupId(id.into_inner());
    let group = groups::update(&caller.app, &caller.operator, &id, said, version.0).await?;
    Ok(HttpResponse::Ok().insert_header(etag(group.version)).json(Group::from(group)))
}

/// Remove a group or role
#[utoipa::path(delete, path = "/groups/{id}", tag = "Groups and roles", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Details), (status = 412, body = Details)))]
pub async fn delete(caller: Caller, id: Path<String>, version: IfMatch) -> Result<HttpResponse, Problem> {
    groups::delete(&caller.app, &caller.operator, &GroupId(id.into_inner()), version.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who belongs to a group or role
#[utoipa::path(get, path = "/groups/{id}/members", tag = "Groups and roles",
    params(("id" = String, Path), ("after" = Option<String>, Query), ("limit" = Option<i64>, Query)),
    responses((status = 200, body = Users), (status = 404, body = Details)))]
pub async fn members(caller: Caller, id: Path<String>, query: Query) -> Result<HttpResponse, Problem> {
    let group = groups::find(&caller.app, &GroupId(id.into_inner())).await?;
    let wanted = Wanted { group: Some(group.id), ..Wanted::default() };
    users::page(&caller, wanted, None, &query).await
}

/// Add a person to a group or role
#[utoipa::path(put, path = "/groups/{id}/members/{user}", tag = "Groups and roles",
    params(("id" = String, Path), ("user" = String, Path)),
    responses((status = 204), (status = 404, body = Details)))]
pub async fn add(caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (id, user) = path.into_inner();
    groups::add(&caller.app, &caller.operator, &GroupId(id), &UserId(user)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Take a person from a group or role
#[utoipa::path(delete, path = "/groups/{id}/members/{user}", tag = "Groups and roles",
    params(("id" = String, Path), ("user" = String, Path)),
    responses((status = 204), (status = 404, body = Details)))]
pub async fn remove(caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (id, user) = path.into_inner();
    groups::remove(&caller.app, &caller.operator, &GroupId(id), &UserId(user)).await?;
    Ok(HttpResponse::NoContent().finish())
}

//! `/admin/groups`: groups and roles, and who belongs to them.
use super::{
    AdminPage, Desk,
    users::{PersonLine, ROWS},
};
use crate::{
    admin::{self, Fault, groups, users},
    domain::{GroupId, GroupKind, Permission},
    i18n::Message,
    storage::{
        groups as stored,
        people::{self, Cursor, Wanted},
    },
    web::{
        error::PageError,
        forms::{PageForm, PageQuery},
        pages::{
            page::FieldError,
            render::{Frame, see_other},
        },
    },
};
use actix_web::{HttpResponse, web::Path};
use askama::Template;
use url::form_urlencoded::Serializer;

const PLACE: &str = "/admin/groups";

#[derive(Clone, Debug, Template)]
#[template(path = "admin/groups.html")]
pub struct GroupsPage {
    pub admin: AdminPage,
    pub groups: Vec<GroupLine>,
    pub next: Option<String>,
    pub may_write: bool,
    pub kind: String,
    pub name: String,
    pub description: String,
    pub errors: Vec<FieldError>,
}

impl GroupsPage {
    fn fault(&self, field: &str) -> Option<&Message> {
        self.errors.iter().find(|error| error.field == field).map(|error| &error.message)
    }
}

/// A group or role.
#[derive(Clone, Debug)]
pub struct GroupLine {
    pub id: String,
    /// The message that names what it is.
    pub kind: String,
    pub name: String,
    pub description: String,
}

impl From<stored::Group> for GroupLine {
    fn from(group: stored::Group) -> Self {
        Self {
            id: group.id.to_string(),
            kind: format!("admin-group-kind-{}", group.kind),
            name: group.name,
            description: group.description,
        }
    }
}

#[derive(Clone, Debug, Template)]
#[template(path = "admin/group.html")]
pub struct GroupPage {
    pub admin: AdminPage,
    pub group: GroupLine,
    pub name: String,
    pub description: String,
    pub version: i64,
    pub members: Vec<PersonLine>,
    pub next: Option<String>,
    pub may_write: bool,
    pub user: String,
    pub done: bool,
    pub errors: Vec<FieldError>,
}

impl GroupPage {
    fn fault(&self, field: &str) -> Option<&Message> {
        self.errors.iter().find(|error| error.field == field).map(|error| &error.message)
    }
}

fn errors(faults: Vec<Fault>) -> Vec<FieldError> {
    faults.into_iter().map(|fault| FieldError::new(fault.field, fault.message)).collect()
}

/// `GET /admin/groups?kind=…&after=…`.
pub async fn list(desk: Desk, query: PageQuery) -> Result<HttpResponse, PageError> {
    let text = |name: &str| query.0.get(name).unwrap_or_default();
    let frame = desk.visit.frame(None);
    let page = list_page(&desk, &frame, (text("kind"), text("after"))).await?;
    Ok(desk.show(&frame, &page))
}

/// `POST /admin/groups`: makes one.
pub async fn create(desk: Desk, form: PageForm) -> Result<HttpResponse, PageError> {
    let text = |name: &str| form.0.get(name).unwrap_or_default().to_owned();
    let (kind, name, description) = (text("kind"), text("name"), text("description"));
    let outcome = match kind.parse::<GroupKind>() {
        Ok(kind) => groups::create(&desk.visit.app, desk.operator(), kind, (&name, &description)).await,
        Err(_) => Err(admin::Error::fault("kind", "admin-error-choose")),
    };
    match outcome {
        Ok(group) => Ok(see_other(&format!("{PLACE}/{}?done=1", group.id))),
        Err(admin::Error::Invalid(faults)) => {
            let (frame, errors) = (desk.visit.frame(None), errors(faults));
            let page = list_page(&desk, &frame, ("", "")).await?;
            Ok(desk.show_faults(&frame, &GroupsPage { kind, name, description, errors, ..page }))
        }
        Err(why) => Err(why.into()),
    }
}

async fn list_page(desk: &Desk, frame: &Frame, after: (&str, &str)) -> Result<GroupsPage, PageError> {
    let mut found = stored::list(&desk.visit.app.db, after, ROWS + 1).await?;
    let is_more = i64::try_from(found.len()).unwrap_or(i64::MAX) > ROWS;
    if is_more {
        found.pop();
    }
    let next = found.last().filter(|_| is_more).map(|last| {
        let pairs = [("kind", last.kind.as_str()), ("after", &last.name)];
        format!("{PLACE}?{}", Serializer::new(String::new()).extend_pairs(pairs).finish())
    });
    Ok(GroupsPage {
        admin: desk.page(frame, PLACE, PLACE),
        groups: found.into_iter().map(Into::into).collect(),
        next,
        may_write: desk.operator().may(Permission::GroupsWrite),
        kind: GroupKind::Group.to_string(),
        name: String::new(),
        description: String::new(),
        errors: vec![],
    })
}

/// `GET /admin/groups/{id}?after=…`.
pub async fn group(desk: Desk, id: Path<String>, query: PageQuery) -> Result<HttpResponse, PageError> {
    let frame = desk.visit.frame(None);
    let after = query.0.get("after").and_then(Cursor::read);
    let page = page(&desk, &frame, &GroupId(id.into_inner()), after).await?;
    Ok(desk.show(&frame, &GroupPage { done: query.0.get("done").is_some(), ..page }))
}

async fn page(desk: &Desk, frame: &Frame, id: &GroupId, after: Option<Cursor>) -> Result<GroupPage, PageError> {
    let app = &desk.visit.app;
    let group = groups::find(app, id).await?;
    let wanted = Wanted { group: Some(id.clone()), ..Wanted::default() };
    let (members, next) = people::list(&app.db, &wanted, after.as_ref(), ROWS).await?;
    Ok(GroupPage {
        admin: desk.page(frame, PLACE, &format!("{PLACE}/{id}")),
        name: group.name.clone(),
        description: group.description.clone(),
        version: group.version,
        group: group.into(),
        members: members.into_iter().map(Into::into).collect(),
        next: next.map(|cursor| format!("{PLACE}/{id}?after={}", cursor.write())),
        may_write: desk.operator().may(Permission::GroupsWrite),
        user: String::new(),
        done: false,
        errors: vec![],
    })
}

/// `POST /admin/groups/{id}`: another name or description.
pub async fn update(desk: Desk, id: Path<String>, form: PageForm) -> Result<HttpResponse, PageError> {
    let id = GroupId(id.into_inner());
    let text = |name: &str| form.0.get(name).unwrap_or_default().to_owned();
    let (name, description) = (text("name"), text("description"));
    let version = form.0.get("version").and_then(|version| version.parse().ok());
    let said = (Some(name.as_str()), Some(description.as_str()));
    match groups::update(&desk.visit.app, desk.operator(), &id, said, version).await {
        Ok(_) => Ok(see_other(&format!("{PLACE}/{id}?done=1"))),
        Err(admin::Error::Invalid(faults)) => {
            let (frame, errors) = (desk.visit.frame(None), errors(faults));
            let page = page(&desk, &frame, &id, None).await?;
            Ok(desk.show_faults(&frame, &GroupPage { name, description, errors, ..page }))
        }
        Err(why) => Err(why.into()),
    }
}

/// `POST /admin/groups/{id}/members`: adds somebody, or takes somebody out.
pub async fn members(desk: Desk, id: Path<String>, form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, id) = (&desk.visit.app, GroupId(id.into_inner()));
    let text = form.0.get("user").unwrap_or_default();
    let outcome = match (form.0.get("action"), users::named(app, text).await) {
        (_, Err(why)) => Err(why),
        (Some("remove"), Ok(user)) => groups::remove(app, desk.operator(), &id, &user.id).await,
        (_, Ok(user)) => groups::add(app, desk.operator(), &id, &user.id).await,
    };
    match outcome {
        Ok(()) => Ok(see_other(&format!("{PLACE}/{id}?done=1"))),
        Err(admin::Error::NotFound) => {
            let frame = desk.visit.frame(None);
            let page = page(&desk, &frame, &id, None).await?;
            let errors = vec![FieldError::new("user", "admin-group-add-unknown")];
            Ok(desk.show_faults(&frame, &GroupPage { user: text.to_owned(), errors, ..page }))
        }
        Err(why) => Err(why.into()),
    }
}

/// `POST /admin/groups/{id}/delete`.
pub async fn delete(desk: Desk, id: Path<String>, _form: PageForm) -> Result<HttpResponse, PageError> {
    groups::delete(&desk.visit.app, desk.operator(), &GroupId(id.into_inner()), None).await?;
    Ok(see_other(PLACE))
}

//! `/admin/api-keys`: keys to the administration, for programs.
use super::{AdminPage, Desk, page::role_key};
use crate::{
    admin::{self, Fault, api_keys},
    domain::{ApiKeyId, Permission, Role, Timestamp},
    i18n::Message,
    storage::api_keys as stored,
    web::{
        error::PageError,
        forms::PageForm,
        pages::{
            page::FieldError,
            render::{Frame, see_other},
        },
    },
};
use actix_web::{HttpResponse, web::Path};
use askama::Template;

const PLACE: &str = "/admin/api-keys";
const DAY: i64 = 86_400;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/api_keys.html")]
pub struct ApiKeysPage {
    pub admin: AdminPage,
    pub keys: Vec<KeyLine>,
    /// The roles that the operator may give; none, where they make no keys.
    pub roles: Vec<Role>,
    pub name: String,
    pub role: String,
    pub days: String,
    /// The key that was just made: shown here alone.
    pub made: Option<String>,
    pub errors: Vec<FieldError>,
}

impl ApiKeysPage {
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn role_key(&self, role: Role) -> String {
        role_key(role)
    }

    fn fault(&self, field: &str) -> Option<&Message> {
        self.errors.iter().find(|error| error.field == field).map(|error| &error.message)
    }
}

/// A key in the list.
#[derive(Clone, Debug)]
pub struct KeyLine {
    pub id: String,
    pub name: String,
    pub role: Role,
    pub created_by: String,
    pub created_at: String,
    pub expires_at: Option<String>,
    pub last_used_at: Option<String>,
    pub revoked_at: Option<String>,
    /// Whether the operator may revoke it.
    pub revocable: bool,
}

/// `GET /admin/api-keys`.
pub async fn get(desk: Desk) -> Result<HttpResponse, PageError> {
    let frame = desk.visit.frame(None);
    let page = page(&desk, &frame).await?;
    Ok(desk.show(&frame, &page))
}

/// `POST /admin/api-keys`: makes one.
pub async fn post(desk: Desk, form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, now) = (&desk.visit.app, desk.visit.app.clock.now());
    let text = |name: &str| form.0.get(name).unwrap_or_default().to_owned();
    let (name, role, days) = (text("name"), text("role"), text("days"));
    let outcome = match (role.parse::<Role>(), until(&days, now)) {
        (Ok(role), Ok(expires_at)) => {
            let new = (name.as_str(), role, expires_at);
            api_keys::create(&app.db, &app.secrets.audit, desk.operator(), new, now).await
        }
        (Err(_), _) => Err(admin::Error::fault("role", "admin-error-choose")),
        (_, Err(fault)) => Err(admin::Error::Invalid(vec![fault])),
    };
    let frame = desk.visit.frame(None);
    match outcome {
        Ok((_, secret)) => {
            let page = ApiKeysPage { made: Some(secret.reveal().to_owned()), ..page(&desk, &frame).await? };
            Ok(desk.show(&frame, &page))
        }
        Err(admin::Error::Invalid(faults)) => {
            let errors = faults.into_iter().map(|fault| FieldError::new(fault.field, fault.message)).collect();
            let page = ApiKeysPage { name, role, days, errors, ..page(&desk, &frame).await? };
            Ok(desk.show_faults(&frame, &page))
        }
        Err(why) => Err(why.into()),
    }
}

/// `POST /admin/api-keys/{id}/revoke`.
pub async fn revoke(desk: Desk, id: Path<String>, _form: PageForm) -> Result<HttpResponse, PageError> {
    let app = &desk.visit.app;
    let id = ApiKeyId(id.into_inner());
    api_keys::revoke(&app.db, &app.secrets.audit, desk.operator(), &id, app.clock.now()).await?;
    Ok(see_other(PLACE))
}

/// The end of so many days; nothing typed is no end.
fn until(days: &str, now: Timestamp) -> Result<Option<Timestamp>, Fault> {
    if days.trim().is_empty() {
        return Ok(None);
    }
    let days: i64 = days.trim().parse().map_err(|_| Fault::new("days", "admin-error-number"))?;
    if (1..=3650).contains(&days) {
        Ok(Some(now.plus(days * DAY)))
    } else {
        Err(Fault::new("days", "admin-error-number"))
    }
}

async fn page(desk: &Desk, frame: &Frame) -> Result<ApiKeysPage, PageError> {
    let operator = desk.operator();
    let may_write = operator.may(Permission::ApiKeysWrite);
    let line = |key: stored::ApiKey| KeyLine {
        revocable: may_write && key.revoked_at.is_none() && operator.role.may_act_on(Some(key.role)),
        id: key.id.to_string(),
        name: key.name,
        role: key.role,
        created_by: key.created_by,
        created_at: key.created_at.in_utc(),
        expires_at: key.expires_at.map(Timestamp::in_utc),
        last_used_at: key.last_used_at.map(Timestamp::in_utc),
        revoked_at: key.revoked_at.map(Timestamp::in_utc),
    };
    let roles = Role::ALL.iter().copied().filter(|role| may_write && operator.role.may_give(*role)).collect();
    Ok(ApiKeysPage {
        admin: desk.page(frame, PLACE, PLACE),
        keys: stored::all(&desk.visit.app.db).await?.into_iter().map(line).collect(),
        roles,
        name: String::new(),
        role: Role::Auditor.to_string(),
        days: "90".into(),
        made: None,
        errors: vec![],
    })
}

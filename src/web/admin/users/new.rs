//! `/admin/new-user`: inviting somebody, or making an account for them.
use super::{super::page::role_key, AdminPage, Desk, PLACE};
use crate::{
    admin::{self, Fault, users},
    domain::{Permission, Role},
    i18n::Message,
    web::{
        error::PageError,
        forms::PageForm,
        pages::{
            page::FieldError,
            render::{Frame, see_other},
        },
    },
};
use actix_web::HttpResponse;
use askama::Template;

const HERE: &str = "/admin/new-user";

#[derive(Clone, Debug, Template)]
#[template(path = "admin/user_new.html")]
pub struct NewUserPage {
    pub admin: AdminPage,
    pub typed: Typed,
    /// The roles that the operator may give.
    pub roles: Vec<Role>,
    pub has_mail: bool,
    /// The link of an invitation, and until when it is good.
    pub link: Option<(String, String)>,
    /// Whether an invitation went out.
    pub sent: bool,
    pub errors: Vec<FieldError>,
}

/// What was typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub email: String,
    pub name: String,
    pub username: String,
    pub role: String,
    pub how: String,
    pub verified: bool,
}

impl NewUserPage {
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn role_key(&self, role: Role) -> String {
        role_key(role)
    }

    fn fault(&self, field: &str) -> Option<&Message> {
        self.errors.iter().find(|error| error.field == field).map(|error| &error.message)
    }

    fn ways(&self) -> Vec<&'static str> {
        let ways = ["link", "mail", "create", "create-mail"];
        ways.into_iter().filter(|way| self.has_mail || !way.ends_with("mail")).collect()
    }

    fn way_word(&self, way: &str) -> String {
        self.admin.page.words.get(&format!("admin-users-how-{way}"))
    }
}

/// What came of it.
enum Made {
    Account(String),
    Link(String, String),
    Mailed,
}

/// `GET /admin/new-user`.
pub async fn new(desk: Desk) -> Result<HttpResponse, PageError> {
    let frame = desk.visit.frame(None);
    let typed = Typed { how: "link".into(), ..Typed::default() };
    Ok(desk.show(&frame, &page(&desk, &frame, typed)))
}

/// `POST /admin/new-user`.
pub async fn create(desk: Desk, form: PageForm) -> Result<HttpResponse, PageError> {
    let text = |name: &str| form.0.get(name).unwrap_or_default().to_owned();
    let typed = Typed {
        email: text("email"),
        name: text("name"),
        username: text("username"),
        role: text("role"),
        how: text("how"),
        verified: form.0.get("verified").is_some(),
    };
    let outcome = make(&desk, &typed).await;
    let frame = desk.visit.frame(None);
    let errors = match outcome {
        Ok(Made::Account(id)) => return Ok(see_other(&format!("{PLACE}/{id}?done=1"))),
        Ok(Made::Link(link, until)) => {
            let page = NewUserPage { link: Some((link, until)), ..page(&desk, &frame, Typed::default()) };
            return Ok(desk.show(&frame, &page));
        }
        Ok(Made::Mailed) => {
            let page = NewUserPage { sent: true, ..page(&desk, &frame, Typed::default()) };
            return Ok(desk.show(&frame, &page));
        }
        Err(admin::Error::Invalid(faults)) => faults,
        Err(admin::Error::Impossible(key)) => vec![Fault::new("form", key)],
        Err(why) => return Err(why.into()),
    };
    let errors = errors.into_iter().map(|fault| FieldError::new(fault.field, fault.message)).collect();
    Ok(desk.show_faults(&frame, &NewUserPage { errors, ..page(&desk, &frame, typed) }))
}

async fn make(desk: &Desk, typed: &Typed) -> Result<Made, admin::Error> {
    let (app, operator) = (&desk.visit.app, desk.operator());
    let role = match typed.role.as_str() {
        "" => None,
        role => Some(role.parse().map_err(|_| admin::Error::fault("role", "admin-error-choose"))?),
    };
    let (email, name) = (typed.email.clone(), typed.name.clone());
    match typed.how.as_str() {
        "link" | "mail" => {
            let mail = typed.how == "mail";
            let invited = users::invite(app, operator, users::Invitation { email, name, role, mail }).await?;
            let until = invited.expires_at.in_utc();
            Ok(invited.link.map_or(Made::Mailed, |link| Made::Link(link, until)))
        }
        "create" | "create-mail" => {
            let known = users::Changes {
                email: Some(email),
                email_verified: Some(typed.verified),
                username: Some(typed.username.clone()),
                name: Some(name),
                ..users::Changes::default()
            };
            let mail = typed.how == "create-mail";
            let user = users::create(app, operator, users::NewPerson { known, role, mail }).await?;
            Ok(Made::Account(user.id.to_string()))
        }
        _ => Err(admin::Error::fault("how", "admin-error-choose")),
    }
}

fn page(desk: &Desk, frame: &Frame, typed: Typed) -> NewUserPage {
    let operator = desk.operator();
    let gives = |role: &&Role| operator.may(Permission::RolesWrite) && operator.role.may_give(**role);
    NewUserPage {
        admin: desk.page(frame, PLACE, HERE),
        typed,
        roles: Role::ALL.iter().filter(gives).copied().collect(),
        has_mail: desk.visit.app.mailer.is_on(),
        link: None,
        sent: false,
        errors: vec![],
    }
}

//! `/admin/users/{id}`: one person, with all that is theirs and all that can be done.
use super::{
    super::{groups::GroupLine, page::role_key},
    AdminPage, Desk, PLACE, PersonLine,
    acts::{Ask, Known, offered},
};
use crate::{
    admin::{self, Change, users},
    domain::{Permission, Role, Timestamp, User, UserId},
    i18n::Message,
    storage::{
        audit, consents, groups, identities, passkeys, people, second_factors, sessions, upstream_tokens,
        users as stored,
    },
    web::{
        account::{
            activity::EventLine,
            profile::{Form, Group},
        },
        error::PageError,
        forms::{PageForm, PageQuery},
        pages::render::{Frame, see_other},
    },
};
use actix_web::{HttpResponse, http::StatusCode, web::Path};
use askama::Template;

/// Events that are shown.
const EVENTS: i64 = 15;
/// Groups that are offered to be joined.
const GROUPS: i64 = 200;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/user.html")]
pub struct UserPage {
    pub admin: AdminPage,
    pub user: PersonLine,
    pub title: String,
    pub picture: Option<String>,
    pub updated_at: String,
    /// What keeps them away: messages that say so.
    pub away: Vec<Message>,
    pub form: Form,
    pub email: String,
    pub is_verified: bool,
    pub may: May,
    pub asks: Vec<Ask>,
    /// The roles that may be given, if the role may be changed.
    pub roles: Option<Vec<Role>>,
    pub ways: WaysIn,
    pub sessions: Vec<SessionLine>,
    pub consents: Vec<ConsentLine>,
    pub groups: Vec<GroupLine>,
    /// Those to be joined.
    pub others: Vec<GroupLine>,
    pub events: Vec<EventLine>,
    pub done: bool,
    pub error: Option<Message>,
}

/// What the operator may do to them.
#[derive(Clone, Copy, Debug)]
pub struct May {
    /// Saying something else of them, and ending what they have begun.
    pub write: bool,
    pub merge: bool,
    /// Changing their groups and roles.
    pub join: bool,
}

/// By what they get in.
#[derive(Clone, Debug)]
pub struct WaysIn {
    pub password: bool,
    pub second_step: bool,
    pub passkeys: Vec<WayIn>,
    pub identities: Vec<WayIn>,
    pub kept_tokens: usize,
}

/// A passkey, or an account elsewhere.
#[derive(Clone, Debug)]
pub struct WayIn {
    pub id: String,
    /// What its owner calls it, or its provider.
    pub name: String,
    /// The name there.
    pub subject: Option<String>,
    pub used_at: Option<String>,
}

/// A session.
#[derive(Clone, Debug)]
pub struct SessionLine {
    pub id: String,
    pub device: String,
    pub address: String,
    pub seen_at: String,
}

/// What an app may have.
#[derive(Clone, Debug)]
pub struct ConsentLine {
    pub client: String,
    pub name: String,
    pub scopes: String,
    pub at: String,
}

impl UserPage {
    fn problem(&self, field: &str) -> Option<String> {
        self.form.problem(field).map(|message| self.admin.page.words.say(message))
    }

    /// The message of a field.
    fn word(&self, field: &str, part: &str) -> String {
        self.admin.page.words.get(&format!("claim-{field}{part}"))
    }

    fn parts(&self) -> Vec<Group> {
        self.form.groups(self.admin.page.words.language())
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn role_key(&self, role: Role) -> String {
        role_key(role)
    }
}

/// `GET /admin/users/{id}`.
pub async fn person(desk: Desk, id: Path<String>, query: PageQuery) -> Result<HttpResponse, PageError> {
    let user = users::find(&desk.visit.app, &UserId(id.into_inner())).await?;
    let frame = desk.visit.frame(None);
    let page = UserPage { done: query.0.get("done").is_some(), ..page(&desk, &frame, &user).await? };
    Ok(desk.show(&frame, &page))
}

/// The same, with why something was not done.
pub(super) async fn refused(desk: &Desk, id: &UserId, why: Message) -> Result<HttpResponse, PageError> {
    let user = users::find(&desk.visit.app, id).await?;
    let frame = desk.visit.frame(None);
    let page = UserPage { error: Some(why), ..page(desk, &frame, &user).await? };
    let mut response = desk.show(&frame, &page);
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}

/// `POST /admin/users/{id}`: what is known of them.
pub async fn describe(desk: Desk, id: Path<String>, params: PageForm) -> Result<HttpResponse, PageError> {
    let (app, id) = (&desk.visit.app, UserId(id.into_inner()));
    let user = users::find_to_act_on(app, desk.operator(), &id).await?;
    let mut form = Form::read(&params.0);
    let email = params.0.get("email").unwrap_or_default().to_owned();
    let is_verified = params.0.get("verified").is_some();
    let about = users::Changes { email: Some(email.clone()), email_verified: Some(is_verified), ..Default::default() };
    let outcome = match (about.apply(&user, app.clock.now()), form.apply(&user)) {
        (Ok(with_email), Some(changed)) => {
            let (email, email_verified_at) = (with_email.email, with_email.email_verified_at);
            let changed = User { email, email_verified_at, ..changed };
            users::describe(Change::by(desk.operator(), app), &user, changed, Some(form.before)).await
        }
        (Err(why), _) => Err(why),
        (_, None) => Err(admin::Error::Invalid(vec![])),
    };
    match outcome {
        Ok(()) => return Ok(see_other(&format!("{PLACE}/{id}?done=1"))),
        Err(admin::Error::Invalid(faults)) => {
            for fault in faults {
                form.wrong(if fault.field == "email" { "email" } else { "preferred_username" }, fault.message);
            }
        }
        Err(admin::Error::Stale) => form.wrong("form", "profile-changed-meanwhile"),
        Err(why) => return Err(why.into()),
    }
    form.before = user.updated_at;
    let frame = desk.visit.frame(None);
    let page = UserPage { form, email, is_verified, ..page(&desk, &frame, &user).await? };
    Ok(desk.show_faults(&frame, &page))
}

async fn page(desk: &Desk, frame: &Frame, user: &User) -> Result<UserPage, PageError> {
    let (app, operator, id) = (&desk.visit.app, desk.operator(), &user.id);
    let (delete_at, frozen_at) = people::away(&app.db, id).await?;
    let ways = ways_in(desk, id).await?;
    let joined = groups::of_user(&app.db, id).await?;
    let may = |permission| operator.role.may_act_on(user.role) && operator.may(permission);
    let may = May {
        write: may(Permission::UsersWrite),
        merge: may(Permission::UsersDelete),
        join: may(Permission::GroupsWrite),
    };
    let others = if may.join { groups::list(&app.db, ("", ""), GROUPS).await? } else { vec![] };
    let known = Known {
        has_second_step: ways.second_step,
        has_passkeys: !ways.passkeys.is_empty(),
        is_away: delete_at.is_some() || frozen_at.is_some(),
    };
    Ok(UserPage {
        admin: desk.page(frame, PLACE, &format!("{PLACE}/{id}")),
        title: user.display_name().to_owned(),
        picture: user.picture_path(),
        updated_at: user.updated_at.in_utc(),
        away: away(user, delete_at, frozen_at),
        form: Form::of(user),
        email: user.email.as_ref().map(ToString::to_string).unwrap_or_default(),
        is_verified: user.email_verified_at.is_some(),
        may,
        asks: offered(desk, user, &known),
        roles: givable(desk, user),
        ways,
        sessions: signed_in(desk, frame, id).await?,
        consents: agreed(desk, frame, id).await?,
        others: others.into_iter().filter(|one| joined.iter().all(|had| had.id != one.id)).map(Into::into).collect(),
        groups: joined.into_iter().map(Into::into).collect(),
        events: events(desk, frame, id).await?,
        done: false,
        error: None,
        user: user.clone().into(),
    })
}

async fn ways_in(desk: &Desk, id: &UserId) -> Result<WaysIn, PageError> {
    let db = &desk.visit.app.db;
    let identity = |one: crate::domain::Identity| WayIn {
        id: one.id.to_string(),
        name: one.provider.to_string(),
        subject: Some(one.subject),
        used_at: one.last_used_at.map(Timestamp::in_utc),
    };
    let passkey = |one: passkeys::StoredPasskey| WayIn {
        id: one.id.to_string(),
        name: one.name.as_str().to_owned(),
        subject: None,
        used_at: one.last_used_at.map(Timestamp::in_utc),
    };
    Ok(WaysIn {
        password: stored::password_hash(db, id).await?.is_some(),
        second_step: second_factors::is_on(db, id).await?,
        passkeys: passkeys::of_user(db, id).await?.into_iter().map(passkey).collect(),
        identities: identities::of_user(db, id).await?.into_iter().map(identity).collect(),
        kept_tokens: upstream_tokens::of_user(db, id).await?.len(),
    })
}

fn away(user: &User, delete_at: Option<Timestamp>, frozen_at: Option<Timestamp>) -> Vec<Message> {
    let all = [
        ("admin-disabled-since", user.disabled_at),
        ("admin-frozen-since", frozen_at),
        ("admin-leaving-at", delete_at),
    ];
    all.into_iter().filter_map(|(key, at)| Some(Message::new(key).with("when", at?.in_utc()))).collect()
}

/// The roles that the operator may give to somebody, if they may change theirs.
fn givable(desk: &Desk, user: &User) -> Option<Vec<Role>> {
    let operator = desk.operator();
    let may = operator.may(Permission::RolesWrite) && operator.role.may_act_on(user.role);
    may.then(|| Role::ALL.iter().copied().filter(|role| operator.role.may_give(*role)).collect())
}

async fn signed_in(desk: &Desk, frame: &Frame, id: &UserId) -> Result<Vec<SessionLine>, PageError> {
    let app = &desk.visit.app;
    let all = sessions::of_user(&app.db, id, app.settings().sessions.idle, app.clock.now()).await?;
    let line = |listed: sessions::Listed| SessionLine {
        id: listed.sign_in.sid.to_string(),
        device: listed.sign_in.device.name().unwrap_or_default(),
        address: app.places.with_place(listed.sign_in.device.address, frame.words.language()),
        seen_at: listed.seen_at.in_utc(),
    };
    Ok(all.into_iter().map(line).collect())
}

async fn agreed(desk: &Desk, frame: &Frame, id: &UserId) -> Result<Vec<ConsentLine>, PageError> {
    let app = &desk.visit.app;
    let (all, memory) = (consents::of_user(&app.db, id).await?, app.memory());
    let line = |(consent, at): (crate::domain::Consent, Timestamp)| ConsentLine {
        name: memory
            .client(consent.client_id.as_str())
            .map_or_else(|| consent.client_id.to_string(), |client| frame.words.name_of(client)),
        client: consent.client_id.to_string(),
        scopes: consent.scopes.to_string(),
        at: at.in_utc(),
    };
    Ok(all.into_iter().map(line).collect())
}

async fn events(desk: &Desk, frame: &Frame, id: &UserId) -> Result<Vec<EventLine>, PageError> {
    let all = audit::of_user(&desk.visit.app.db, id, i64::MAX, EVENTS).await?;
    let line = |event: crate::domain::Recorded| {
        let app = event.client_id.as_ref().map(ToString::to_string);
        EventLine::new(frame.words, event, app)
    };
    Ok(all.into_iter().map(line).collect())
}

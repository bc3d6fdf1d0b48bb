//! What can be done to somebody, a button each: which are offered, and what pressing them does.
use super::{Desk, PLACE, person};
use crate::{
    admin::{self, users},
    domain::{ClientId, IdentityId, PasskeyId, Permission, Role, SessionId, User, UserId},
    i18n::Message,
    vault,
    web::{error::PageError, forms::PageForm, pages::render::see_other},
};
use actix_web::{HttpResponse, web::Path};

/// A day, in seconds.
const DAY: i64 = 86_400;

/// An act that says what it does before it is done.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Its word: in the address, in the ids of elements and in messages.
    pub word: &'static str,
    /// The message that names it.
    pub title: String,
    /// What it does.
    pub means: Message,
}

impl Ask {
    /// How its button looks: alarming, unless nothing is lost by it.
    pub fn class(&self) -> &'static str {
        if matches!(self.word, "reset" | "verify" | "enable" | "keep") { "button" } else { "button button-danger" }
    }

    fn new(word: &'static str) -> Self {
        let title = format!("admin-act-{word}");
        Self { word, means: format!("{title}-means").into(), title }
    }

    fn saying(self, name: &'static str, value: String) -> Self {
        Self { means: self.means.with(name, value), ..self }
    }
}

/// What there is to be known for that.
pub(super) struct Known {
    pub has_second_step: bool,
    pub has_passkeys: bool,
    pub is_away: bool,
}

/// What the operator may do to somebody, as things are.
pub(super) fn offered(desk: &Desk, user: &User, known: &Known) -> Vec<Ask> {
    let (operator, app) = (desk.operator(), &desk.visit.app);
    if !operator.role.may_act_on(user.role) {
        return vec![];
    }
    let (writes, deletes) = (operator.may(Permission::UsersWrite), operator.may(Permission::UsersDelete));
    let days = (app.settings().accounts.deletion_grace + DAY / 2) / DAY;
    let address = user.email.as_ref().map(ToString::to_string);
    let is_in = user.disabled_at.is_none();
    let mailed = address.clone().filter(|_| is_in && app.mailer.is_on());
    let all = [
        (writes && mailed.is_some(), Ask::new("reset").saying("email", mailed.unwrap_or_default())),
        (writes && address.is_some() && user.email_verified_at.is_none(), Ask::new("verify")),
        (writes, Ask::new("sessions")),
        (writes && known.has_second_step && known.has_passkeys, Ask::new("second-step")),
        (writes && (known.has_second_step || known.has_passkeys), Ask::new("factors")),
        (writes && known.is_away, Ask::new("keep")),
        (writes && is_in, Ask::new("disable")),
        (writes && !is_in, Ask::new("enable")),
        (deletes && !known.is_away, Ask::new("leave").saying("days", days.to_string())),
        (deletes, Ask::new("delete")),
    ];
    all.into_iter().filter(|(is, _)| *is).map(|(_, ask)| ask).collect()
}

/// Back to the person, or to the page that says why not.
pub(super) async fn finish(
    desk: &Desk,
    id: &UserId,
    outcome: Result<(), admin::Error>,
) -> Result<HttpResponse, PageError> {
    match outcome {
        Ok(()) => Ok(see_other(&format!("{PLACE}/{id}?done=1"))),
        Err(admin::Error::Impossible(key)) => person::refused(desk, id, key.into()).await,
        Err(admin::Error::Invalid(mut faults)) if !faults.is_empty() => {
            person::refused(desk, id, faults.swap_remove(0).message).await
        }
        Err(why) => Err(why.into()),
    }
}

/// Makes the handler of an act that takes nothing but whom it is done to.
macro_rules! act {
    ($(#[$doc:meta])* $name:ident, $call:expr) => {
        $(#[$doc])*
        pub async fn $name(desk: Desk, id: Path<String>, _form: PageForm) -> Result<HttpResponse, PageError> {
            let id = UserId(id.into_inner());
            let outcome = $call(&desk.visit.app, desk.operator(), &id).await;
            finish(&desk, &id, outcome).await
        }
    };
}

act!(
    /// `POST /admin/users/{id}/reset`.
    reset,
    users::send_reset
);
act!(
    /// `POST /admin/users/{id}/verify`.
    verify,
    users::verify
);
act!(
    /// `POST /admin/users/{id}/factors`.
    factors,
    users::remove_factors
);
act!(
    /// `POST /admin/users/{id}/second-step`.
    second_step,
    users::remove_second_step
);
act!(
    /// `POST /admin/users/{id}/keep`.
    keep,
    users::keep
);
act!(
    /// `POST /admin/users/{id}/leave`.
    leave,
    users::delete_later
);
act!(
    /// `POST /admin/users/{id}/disable`.
    disable,
    async |app, operator, id| users::disable(app, operator, id, None).await
);
act!(
    /// `POST /admin/users/{id}/enable`.
    enable,
    async |app, operator, id| users::enable(app, operator, id, None).await
);

/// `POST /admin/users/{id}/delete`.
pub async fn delete(desk: Desk, id: Path<String>, _form: PageForm) -> Result<HttpResponse, PageError> {
    let id = UserId(id.into_inner());
    match users::delete(&desk.visit.app, desk.operator(), &id, None).await {
        Ok(()) => Ok(see_other(PLACE)),
        outcome => finish(&desk, &id, outcome).await,
    }
}

/// `POST /admin/users/{id}/passkeys`: removes one.
pub async fn passkeys(desk: Desk, id: Path<String>, form: PageForm) -> Result<HttpResponse, PageError> {
    let id = UserId(id.into_inner());
    let passkey = PasskeyId::from(form.0.get("passkey").unwrap_or_default());
    let outcome = users::remove_passkey(&desk.visit.app, desk.operator(), &id, passkey).await;
    finish(&desk, &id, outcome).await
}

/// `POST /admin/users/{id}/identities`: unlinks one.
pub async fn identities(desk: Desk, id: Path<String>, form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, id) = (&desk.visit.app, UserId(id.into_inner()));
    let identity = IdentityId::from(form.0.get("identity").unwrap_or_default());
    let outcome = users::unlink(app, desk.operator(), &id, identity).await;
    if outcome.is_ok() {
        vault::give_back_soon(app);
    }
    finish(&desk, &id, outcome).await
}

/// `POST /admin/users/{id}/sessions`: ends one, or all.
pub async fn sessions(desk: Desk, id: Path<String>, form: PageForm) -> Result<HttpResponse, PageError> {
    let id = UserId(id.into_inner());
    let session = form.0.get("session").map(SessionId::from);
    let outcome = users::end_sessions(&desk.visit.app, desk.operator(), &id, session).await;
    finish(&desk, &id, outcome).await
}

/// `POST /admin/users/{id}/consents`: takes one back.
pub async fn consents(desk: Desk, id: Path<String>, form: PageForm) -> Result<HttpResponse, PageError> {
    let id = UserId(id.into_inner());
    let client = ClientId::from(form.0.get("client").unwrap_or_default());
    let outcome = users::withdraw(&desk.visit.app, desk.operator(), &id, client).await;
    finish(&desk, &id, outcome).await
}

/// `POST /admin/users/{id}/role`.
pub async fn role(desk: Desk, id: Path<String>, form: PageForm) -> Result<HttpResponse, PageError> {
    let id = UserId(id.into_inner());
    let outcome = match form.0.get("role").map(str::parse::<Role>) {
        Some(Err(_)) => Err(admin::Error::fault("role", "admin-error-choose")),
        chosen => {
            let role = chosen.and_then(Result::ok);
            users::set_role(&desk.visit.app, desk.operator(), &id, role, None).await
        }
    };
    finish(&desk, &id, outcome).await
}

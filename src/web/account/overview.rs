//! `/account`: what there is.
use super::{Person, Place, passkeys};
use crate::{
    domain::Username,
    protocol::discovery::path,
    web::{
        error::PageError,
        forms::{PageForm, PageQuery},
        pages::{
            page::{AccountView, Page},
            render::see_other,
        },
        ticket,
        visit::Visit,
    },
};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    pub page: Page,
    pub csrf: String,
    pub account: AccountView,
    pub email: Option<String>,
    pub email_verified: bool,
    /// Where a mail is asked for that verifies it, if it is not and there is mail.
    pub verify: Option<&'static str>,
    /// Whether such a mail is on its way.
    pub mailed: bool,
    pub username: Option<String>,
    pub signed_in_at: String,
    pub sign_out_action: String,
    /// A passkey, where a person has none yet: the script that knows whether their browser can make one.
    pub offer: Option<String>,
    /// The other account pages: a message and an address each.
    pub pages: Vec<(&'static str, &'static str)>,
}

/// Where a mail is asked for that verifies the address.
pub const VERIFY: &str = "/account/verify";

/// `POST /account/verify`.
pub async fn verify(visit: Visit, _form: PageForm) -> Result<HttpResponse, PageError> {
    let person = visit.person(Place::Overview).await?;
    if person.user.email_verified_at.is_none() {
        ticket::send_verification(&visit, &person.user.id).await?;
    }
    Ok(see_other(&format!("{}?mailed=1", Place::Overview)))
}

/// `GET /account`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let Person { sign_in, user } = visit.person(Place::Overview).await?;
    let frame = visit.frame(None);
    let unproved = user.email.is_some() && user.email_verified_at.is_none() && visit.app.mailer.is_on();
    let page = AccountPage {
        page: frame.page(Place::Overview.as_str()),
        csrf: visit.form_token(),
        account: (&user).into(),
        email: user.email.as_ref().map(ToString::to_string),
        email_verified: user.email_verified_at.is_some(),
        verify: unproved.then_some(VERIFY),
        mailed: unproved && query.0.get("mailed").is_some(),
        username: user.username.as_ref().map(Username::to_string),
        signed_in_at: sign_in.auth_time.in_utc(),
        sign_out_action: path::LOGOUT.into(),
        offer: passkeys::offer(&visit, &user).await?,
        pages: places(&visit, user.role.is_some()).map(|place| (place.title(), place.as_str())).collect(),
    };
    Ok(visit.show(&frame, &page, None))
}

/// The pages that there are.
fn places(visit: &Visit, operates: bool) -> impl Iterator<Item = Place> {
    let (passkeys, mail) = (visit.app.passkeys.is_some(), visit.app.mailer.is_on());
    let elsewhere = visit.app.memory().upstreams.iter().next().is_some();
    let is_there = move |place: &Place| match place {
        Place::Overview | Place::FirstSteps => false,
        Place::Passkeys => passkeys,
        Place::Email => mail,
        Place::WaysIn => elsewhere,
        Place::Admin => operates,
        _ => true,
    };
    Place::ALL.iter().copied().filter(is_there)
}

//! The page for somebody whose account is frozen, or on its way out: they have proved who they are, and are asked
//! whether they come back.
use super::{
    link,
    page::{AccountView, Page},
};
use crate::{
    domain::{Event, TicketPurpose, UserId},
    mail::{TicketLetter, To},
    storage::users::{self, Absence},
    web::{
        admission::{Proof, Way, enter},
        error::PageError,
        forms::PageForm,
        second_factor::{Awaited, Challenge},
        ticket,
        visit::{Visit, destination},
    },
};
use actix_web::HttpResponse;
use askama::Template;

/// Where it is.
pub const PATH: &str = "/login/returning";

#[derive(Clone, Debug, Template)]
#[template(path = "returning.html")]
pub struct ReturningPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub account: AccountView,
    /// What shows that they have proved who they are.
    pub challenge: String,
    /// When the account goes; a frozen one does not.
    pub delete_at: Option<String>,
}

/// Asks, in place of letting them in.
pub async fn show(visit: &Visit, proof: Proof, absence: Absence, way: Way<'_>) -> Result<HttpResponse, PageError> {
    let frame = visit.frame(way.interaction);
    let user = users::find(&visit.app.db, &proof.user).await?.ok_or(PageError::OtherBrowser)?;
    let page = ReturningPage {
        page: frame.page(""),
        action: PATH.into(),
        csrf: visit.form_token(),
        interaction: way.interaction.map(|interaction| interaction.sealed.clone()),
        account: (&user).into(),
        challenge: Challenge::begin(visit, Awaited::Return, proof, way)?,
        delete_at: match absence {
            Absence::Leaving(at) => Some(at.in_utc()),
            Absence::Frozen => None,
        },
    };
    Ok(visit.show(&frame, &page, destination(way.interaction)))
}

/// Whether a person reads mail that is known to be theirs. Then a frozen account waits for a link: it may have been
/// frozen because somebody else knows the password.
async fn can_be_asked_by_mail(visit: &Visit, user: &UserId) -> Result<bool, PageError> {
    let user = users::find(&visit.app.db, user).await?;
    Ok(visit.app.mailer.is_on() && user.is_some_and(|user| user.email_verified_at.is_some()))
}

/// `POST /login/returning`: they come back, and are let in.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, interaction) = (&visit.app, visit.interaction(&form.0)?);
    let sealed = form.0.get("challenge").unwrap_or_default();
    let challenge =
        Challenge::open(&visit, Awaited::Return, interaction.as_ref(), sealed).ok_or(PageError::OtherBrowser)?;
    let absence = users::absence(&app.db, &challenge.user).await?;
    if absence == Some(Absence::Frozen) && can_be_asked_by_mail(&visit, &challenge.user).await? {
        let language = visit.frame(interaction.as_ref()).words.language();
        let letter = TicketLetter::new(TicketPurpose::Unfreeze, To::Person(challenge.user), language);
        ticket::mail(&visit, letter).await?;
        return Ok(link::tell(&visit, "unfreeze-mailed", String::new(), "/login"));
    }
    if users::come_back(&app.db, challenge.user.clone(), app.clock.now()).await? {
        let event = if absence == Some(Absence::Frozen) { Event::Unfrozen } else { Event::DeletionCancelled };
        visit.record(&challenge.user, event).await?;
    }
    let way = challenge.way(interaction.as_ref());
    enter(&visit, challenge.into(), way).await
}

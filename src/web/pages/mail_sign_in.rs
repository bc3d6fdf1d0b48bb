//! `/login/mail`: signing in without a password, by a code (here) or a link that comes by mail.
use super::{
    page::{ClientView, Page},
    render::see_other,
    sign_in::back,
};
use crate::{
    domain::{AuthMethods, Digest, Email, Event, TicketPurpose},
    i18n::Message,
    mail::{Notice, TicketLetter, To},
    protocol::params::Params,
    storage::recovery,
    web::{
        account::Place,
        admission::{Proof, Way, admit},
        error::PageError,
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        mailed_code::{self, Outcome},
        ticket::{self, Errand, needs_mail},
        visit::{Visit, address, address_with, destination},
        waiting::Waiting,
    },
};
use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

const PURPOSE: TicketPurpose = TicketPurpose::SignIn;
/// Where it begins.
pub const PATH: &str = "/login/mail";
/// Where the code is typed.
pub const CODE_PATH: &str = "/login/mail/code";

#[derive(Clone, Debug, Template)]
#[template(path = "mail_sign_in.html")]
pub struct MailSignInPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub client: Option<ClientView>,
    pub step: Step,
    pub error: Option<Message>,
    /// Back to signing in by other means.
    pub sign_in: String,
}

/// How far it is.
#[derive(Clone, Debug)]
pub enum Step {
    /// The address is asked for.
    Address {
        email: String,
        /// The account page to come back to.
        back: Option<String>,
    },
    /// A mail is on its way, if anybody is there.
    Code {
        /// What the browser carries meanwhile.
        waiting: String,
        /// To begin again.
        again: String,
    },
}

/// `GET /login/mail`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let interaction = visit.interaction(&query.0)?;
    let hint = interaction.as_ref().and_then(|interaction| interaction.request.login_hint.clone());
    let email = hint.filter(|hint| hint.contains('@')).unwrap_or_default();
    let error = query.0.get("again").map(|_| "notice-start-again".into());
    Ok(show_address(&visit, interaction.as_ref(), email, back(&query.0), error))
}

/// `POST /login/mail`. The answer is the same whoever is there.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let (interaction, back) = (visit.interaction(&form.0)?, back(&form.0));
    let typed = form.0.get("email").unwrap_or_default();
    let Ok(email) = Email::parse(typed) else {
        let error = Some("email-invalid".into());
        let mut page = show_address(&visit, interaction.as_ref(), typed.to_owned(), back, error);
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(page);
    };
    let language = visit.frame(interaction.as_ref()).words.language();
    let letter = TicketLetter::new(PURPOSE, To::Holder(email.clone()), language)
        .from(visit.browser.digest())
        .with(Some(Errand::data(interaction.as_ref(), back)?));
    let waiting = Waiting { back, ..Waiting::new(letter.ticket.clone(), email) };
    let waiting = waiting.begin(&visit, PURPOSE, interaction.as_ref())?;
    ticket::mail(&visit, letter).await?;
    Ok(see_other(&step(&waiting, interaction.as_ref())))
}

/// `GET /login/mail/code`.
pub async fn get_code(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let interaction = visit.interaction(&query.0)?;
    let Some((_, sealed)) = waiting(&visit, &query.0, interaction.as_ref()) else {
        return Ok(start_again(interaction.as_ref(), None));
    };
    Ok(show_code(&visit, interaction.as_ref(), &sealed, None))
}

/// `POST /login/mail/code`: the code, in the browser that began.
pub async fn post_code(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let interaction = visit.interaction(&form.0)?;
    let Some((waiting, sealed)) = waiting(&visit, &form.0, interaction.as_ref()) else {
        return Ok(start_again(interaction.as_ref(), None));
    };
    let typed = form.0.get("code").unwrap_or_default();
    match mailed_code::check(&visit, PURPOSE, &waiting, typed).await? {
        Outcome::Right(link) => {
            let way = Way { interaction: interaction.as_ref(), back: waiting.back, remember: false };
            enter(&visit, link, way).await
        }
        Outcome::Over => Ok(start_again(interaction.as_ref(), waiting.back)),
        refused => {
            let error = Some(mailed_code::refusal(&refused));
            Ok(mailed_code::refuse(&refused, show_code(&visit, interaction.as_ref(), &sealed, error)))
        }
    }
}

/// Spends the ticket, and lets its person in.
pub(super) async fn enter(visit: &Visit, link: Digest, way: Way<'_>) -> Result<HttpResponse, PageError> {
    let proved = recovery::sign_in(&visit.app.db, link, visit.app.clock.now()).await?;
    let proved = proved.ok_or(PageError::LinkInvalid)?;
    if proved.first {
        visit.record(&proved.user, Event::EmailVerified).await?;
        visit.notify(&proved.user, Notice::Reclaimed).await;
    }
    admit(visit, Proof::new(visit, proved.user, AuthMethods::email()), way).await
}

fn waiting(visit: &Visit, params: &Params, interaction: Option<&Interaction>) -> Option<(Waiting, String)> {
    let sealed = params.get("waiting")?;
    Some((Waiting::open(visit, PURPOSE, interaction, sealed)?, sealed.to_owned()))
}

fn step(waiting: &str, interaction: Option<&Interaction>) -> String {
    address_with(CODE_PATH, interaction, &format!("waiting={waiting}"))
}

fn start_again(interaction: Option<&Interaction>, back: Option<Place>) -> HttpResponse {
    let back = back.map(|place| format!("&return={place}")).unwrap_or_default();
    see_other(&address_with(PATH, interaction, &format!("again=1{back}")))
}

fn show_address(
    visit: &Visit,
    interaction: Option<&Interaction>,
    email: String,
    back: Option<Place>,
    error: Option<Message>,
) -> HttpResponse {
    let step = Step::Address { email, back: back.map(|place| place.to_string()) };
    show(visit, interaction, PATH, &address(PATH, interaction), step, error)
}

fn show_code(visit: &Visit, interaction: Option<&Interaction>, waiting: &str, error: Option<Message>) -> HttpResponse {
    let href = step(waiting, interaction);
    let step = Step::Code { waiting: waiting.to_owned(), again: address(PATH, interaction) };
    show(visit, interaction, CODE_PATH, &href, step, error)
}

fn show(
    visit: &Visit,
    interaction: Option<&Interaction>,
    action: &str,
    href: &str,
    step: Step,
    error: Option<Message>,
) -> HttpResponse {
    let frame = visit.frame(interaction);
    let page = MailSignInPage {
        page: frame.page(href),
        action: action.into(),
        csrf: visit.form_token(),
        interaction: interaction.map(|interaction| interaction.sealed.clone()),
        client: interaction.map(|interaction| ClientView::new(frame.words, &interaction.client)),
        step,
        error,
        sign_in: address("/login", interaction),
    };
    visit.show(&frame, &page, destination(interaction))
}

//! `/signup/code` and `/signup/link`: whoever wants an account shows that the address is theirs. What they see is the
//! same whether or not somebody has an account of that address; the mail says the rest.
use super::{
    link,
    page::{ClientView, Page},
    render::see_other,
};
use crate::{
    domain::{Applicant, AuthMethods, Digest, Email, Event, TicketPurpose},
    i18n::Message,
    mail::{Letter, SignUpLetter},
    storage::{self, registration},
    web::{
        admission::{Proof, Way, admit},
        error::PageError,
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        limits,
        mailed_code::{self, Outcome},
        ticket::{self, Arrival, Errand, needs_mail},
        visit::{Visit, address_with, destination},
        waiting::Waiting,
    },
};
use actix_web::HttpResponse;
use askama::Template;

const PURPOSE: TicketPurpose = TicketPurpose::SignUp;
/// Where the code is typed.
pub const CODE_PATH: &str = "/signup/code";

#[derive(Clone, Debug, Template)]
#[template(path = "sign_up_code.html")]
pub struct SignUpCodePage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub client: Option<ClientView>,
    /// Where the mail went.
    pub email: String,
    /// What the browser carries meanwhile.
    pub waiting: String,
    pub error: Option<Message>,
    /// To begin again.
    pub again: String,
}

/// Puts a letter into the outbox, and goes to where its code is typed.
pub async fn begin(
    visit: &Visit,
    email: Email,
    name: String,
    password_hash: String,
    interaction: Option<&Interaction>,
) -> Result<HttpResponse, PageError> {
    let (app, language) = (&visit.app, visit.frame(interaction).words.language().tag());
    let ticket = crate::domain::random_id();
    let waiting = Waiting::new(ticket.clone(), email.clone()).begin(visit, PURPOSE, interaction)?;
    if limits::take_mail(app, &visit.request, PURPOSE, email.as_str()).await? {
        let applicant = Applicant { name, password_hash, errand: Errand::data(interaction, None)? };
        let (browser, language) = (visit.browser.digest(), language.to_owned());
        let letter = Letter::SignUp(SignUpLetter { ticket, email, applicant, browser, language });
        app.mailer.send(&app.db, &letter, app.clock.now()).await?;
    }
    Ok(see_other(&step(&waiting, interaction)))
}

fn step(waiting: &str, interaction: Option<&Interaction>) -> String {
    address_with(CODE_PATH, interaction, &format!("waiting={waiting}"))
}

/// `GET /signup/code`.
pub async fn get_code(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let interaction = visit.interaction(&query.0)?;
    let sealed = query.0.get("waiting").unwrap_or_default();
    match Waiting::open(&visit, PURPOSE, interaction.as_ref(), sealed) {
        Some(waiting) => Ok(show(&visit, interaction.as_ref(), &waiting, sealed, None)),
        None => Ok(start_again(interaction.as_ref())),
    }
}

/// `POST /signup/code`: the code, in the browser that began.
pub async fn post_code(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    needs_mail(&visit)?;
    let interaction = visit.interaction(&form.0)?;
    let sealed = form.0.get("waiting").unwrap_or_default();
    let Some(waiting) = Waiting::open(&visit, PURPOSE, interaction.as_ref(), sealed) else {
        return Ok(start_again(interaction.as_ref()));
    };
    match mailed_code::check(&visit, PURPOSE, &waiting, form.0.get("code").unwrap_or_default()).await? {
        Outcome::Right(link) => register(&visit, link, waiting.email).await,
        Outcome::Over => Ok(start_again(interaction.as_ref())),
        refused => {
            let error = Some(mailed_code::refusal(&refused));
            let page = show(&visit, interaction.as_ref(), &waiting, sealed, error);
            Ok(mailed_code::refuse(&refused, page))
        }
    }
}

/// `GET /signup/link`. Only in the browser that began does it lead on: the password was chosen there, perhaps by
/// somebody else than the reader of the mail.
pub async fn get_link(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    match ticket::arrive(&visit, &query.0, PURPOSE).await? {
        Arrival::ByLink(onward) => Ok(onward),
        Arrival::With(ticket) => {
            let email = ticket.address();
            if ticket.browser.as_ref() == Some(&visit.browser.digest()) {
                return Ok(link::show(&visit, PURPOSE, "sign-up-link", email, vec![]));
            }
            let told = link::tell(&visit, "sign-up-elsewhere", email, "/login");
            Ok(ticket::forget(&visit, PURPOSE, told))
        }
    }
}

/// `POST /signup/link`.
pub async fn post_link(visit: Visit, _form: PageForm) -> Result<HttpResponse, PageError> {
    let (token, ticket) = ticket::carried(&visit, PURPOSE).await?;
    let is_here = ticket.browser.as_ref() == Some(&visit.browser.digest());
    let (true, Some(email)) = (is_here, ticket.email) else { return Err(PageError::LinkInvalid) };
    let response = register(&visit, token.digest(), email).await?;
    Ok(ticket::forget(&visit, PURPOSE, response))
}

/// Spends the ticket on the account, and lets its person in.
async fn register(visit: &Visit, link: Digest, email: Email) -> Result<HttpResponse, PageError> {
    let registered = match registration::sign_up(&visit.app.db, link, visit.app.clock.now()).await {
        Ok(registered) => registered.ok_or(PageError::LinkInvalid)?,
        // Somebody else has shown that the address is theirs meanwhile, or has it from the operator.
        Err(storage::Error::Conflict) => {
            visit.sign_up_refused("taken", None);
            return Ok(link::tell(visit, "sign-up-known", email.to_string(), "/login"));
        }
        Err(why) => return Err(why.into()),
    };
    for event in [Event::SignedUp, Event::EmailVerified] {
        visit.record(&registered.user, event).await?;
    }
    let (interaction, back) = Errand::read(visit, &registered.errand);
    let way = Way { interaction: interaction.as_ref(), back, remember: false };
    admit(visit, Proof::new(visit, registered.user, AuthMethods::email()), way).await
}

fn start_again(interaction: Option<&Interaction>) -> HttpResponse {
    see_other(&address_with("/signup", interaction, "again=1"))
}

fn show(
    visit: &Visit,
    interaction: Option<&Interaction>,
    waiting: &Waiting,
    sealed: &str,
    error: Option<Message>,
) -> HttpResponse {
    let frame = visit.frame(interaction);
    let page = SignUpCodePage {
        page: frame.page(&step(sealed, interaction)),
        action: CODE_PATH.into(),
        csrf: visit.form_token(),
        interaction: interaction.map(|interaction| interaction.sealed.clone()),
        client: interaction.map(|interaction| ClientView::new(frame.words, &interaction.client)),
        email: waiting.email.to_string(),
        waiting: sealed.to_owned(),
        error,
        again: address_with("/signup", interaction, ""),
    };
    visit.show(&frame, &page, destination(interaction))
}

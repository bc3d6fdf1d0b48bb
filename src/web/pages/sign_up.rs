//! The page that creates an account: anybody's, or the owner's of a fresh instance.

use super::{
    page::{ClientView, FieldError, Page},
    provider_buttons::ProviderLink,
    sign_up_mail,
};
use crate::{
    app::App,
    config::SignUp,
    domain::{
        AuthMethods, ClaimFault, Email, Event, NAME_LENGTH, PASSWORD_LENGTH, Password, PasswordFault, PasswordProblem,
        User, readable,
    },
    i18n::Message,
    protocol::params::Params,
    storage::{self, users},
    web::{
        admission::{Proof, Way, admit},
        error::PageError,
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        limits::{self, Tried},
        ticket::send_verification,
        upstream::buttons::buttons,
        visit::{Visit, address, destination},
    },
};
use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "sign_up.html")]
pub struct SignUpPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub client: Option<ClientView>,
    pub email: String,
    /// Whether the address is not for them to choose.
    pub email_is_given: bool,
    pub name: String,
    /// One for a field that is not in the form is shown above it.
    pub errors: Vec<FieldError>,
    /// Where those go who have an account.
    pub sign_in: String,
    /// Whether this is the first account, which owns the instance.
    pub owner: bool,
    /// The one-time token that allows creating the owner's account.
    pub setup: Option<String>,
    /// The ways in by other providers, which make an account as well.
    pub providers: Vec<ProviderLink>,
}

/// The fields, from top to bottom.
const FIELDS: [&str; 3] = ["name", "email", "password"];

impl SignUpPage {
    fn title(&self) -> String {
        if self.owner {
            let instance = self.page.instance.as_str();
            self.page.words.with("owner-title", &[("instance", instance)])
        } else {
            self.page.words.get("sign-up-title")
        }
    }

    fn problem(&self, field: &str) -> Option<String> {
        let error = self.errors.iter().find(|error| error.field == field)?;
        Some(self.page.words.say(&error.message))
    }

    /// What is wrong with none of the fields, such as too many attempts.
    fn problems_elsewhere(&self) -> Vec<String> {
        let errors = self.errors.iter();
        let errors = errors.filter(|error| !FIELDS.contains(&error.field.as_str()));
        errors.map(|error| self.page.words.say(&error.message)).collect()
    }

    /// Whether the cursor belongs here: in the first field that is wrong, else in the first.
    fn starts_at(&self, field: &str) -> bool {
        let mut fields = FIELDS.into_iter();
        let first_wrong = fields.find(|field| self.errors.iter().any(|e| e.field == *field));
        first_wrong.unwrap_or("name") == field
    }
}

/// `GET /signup`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    is_open(&visit.app)?;
    let interaction = visit.interaction(&query.0)?;
    let hint = interaction.as_ref().and_then(|interaction| interaction.request.login_hint.clone());
    let mut form = Form { email: hint.filter(|hint| hint.contains('@')).unwrap_or_default(), ..Form::default() };
    if query.0.get("again").is_some() {
        form.errors.push(FieldError::new("", "notice-start-again"));
    }
    Ok(show(&visit, interaction.as_ref(), form))
}

/// `POST /signup`.
pub async fn post(visit: Visit, params: PageForm) -> Result<HttpResponse, PageError> {
    let app = &visit.app;
    if let Err(closed) = is_open(app) {
        visit.sign_up_refused("closed", None);
        return Err(closed);
    }
    let interaction = visit.interaction(&params.0)?;
    if let Some(seconds) = limits::take(app, &visit.request, &Tried::SignUp).await? {
        visit.sign_up_refused("throttled", None);
        return Err(PageError::TooManyRequests(seconds));
    }
    let mut form = Form::read(&params.0);
    if Email::parse(&form.email).is_ok_and(|email| !app.settings().registration.admits(&email)) {
        visit.sign_up_refused("domain", None);
        form.errors.push(FieldError::new("email", "email-domain"));
    }
    if let Some((email, password)) = form.check(app, &params.0) {
        let hash = app.hasher.hash(password).await?;
        if app.settings().registration.verify_email {
            return sign_up_mail::begin(&visit, email, form.name, hash, interaction.as_ref()).await;
        }
        let user = User { email: Some(email), name: Some(form.name.clone()), ..User::new(app.clock.now()) };
        let id = user.id.clone();
        match users::insert(&app.db, user, Some(hash)).await {
            Ok(()) => {
                visit.record(&id, Event::SignedUp).await?;
                send_verification(&visit, &id).await?;
                let way = Way { interaction: interaction.as_ref(), back: None, remember: false };
                return admit(&visit, Proof::new(&visit, id, AuthMethods::password()), way).await;
            }
            Err(storage::Error::Conflict) => {
                visit.sign_up_refused("taken", None);
                form.errors.push(FieldError::new("email", "email-taken"));
            }
            Err(why) => return Err(why.into()),
        }
    }
    let mut response = show(&visit, interaction.as_ref(), form);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn is_open(app: &App) -> Result<(), PageError> {
    match app.settings().registration.sign_up {
        SignUp::Open => Ok(()),
        SignUp::Invite => Err(PageError::InvitationNeeded),
        SignUp::Off => Err(PageError::SignUpClosed),
    }
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
pub(super) struct Form {
    pub email: String,
    pub name: String,
    pub errors: Vec<FieldError>,
}

impl Form {
    /// Reads what was typed.
    pub fn read(params: &Params) -> Self {
        let text = |name| params.get(name).unwrap_or_default().trim().to_owned();
        Self { email: text("email"), name: text("name"), errors: vec![] }
    }

    /// The address and the password, when all is right with them and the name; else `errors` says
    /// what is not.
    pub fn check(&mut self, app: &App, params: &Params) -> Option<(Email, Password)> {
        let mut wrong = |field: &str, message: Message| self.errors.push(FieldError::new(field, message));
        match readable(&self.name, NAME_LENGTH) {
            Ok(name) if name.is_empty() => wrong("name", "required".into()),
            Ok(name) => self.name = name,
            Err(ClaimFault::Long) => wrong("name", Message::new("name-long").with("max", NAME_LENGTH)),
            Err(_) => wrong("name", "claim-bad-characters".into()),
        }
        let email = Email::parse(&self.email);
        match &email {
            Err(_) if self.email.is_empty() => wrong("email", "required".into()),
            Err(_) => wrong("email", "email-invalid".into()),
            Ok(_) => {}
        }
        let password = password_problem(app, params.get("password"), &[&self.email, &self.name]);
        if let Err(problem) = &password {
            wrong("password", problem.clone());
        }
        if self.errors.is_empty() { email.ok().zip(password.ok()) } else { None }
    }
}

/// A password that somebody chooses, or what is wrong with it. `about`: what others know of them.
pub fn password_problem(app: &App, typed: Option<&str>, about: &[&str]) -> Result<Password, Message> {
    let Some(typed) = typed else { return Err("required".into()) };
    app.judge_password(typed, about).map_err(|problem| match problem {
        PasswordProblem::Fault(PasswordFault::Short | PasswordFault::Control) => "password-short".into(),
        PasswordProblem::Fault(PasswordFault::Long) => {
            Message::new("password-long").with("max", *PASSWORD_LENGTH.end())
        }
        PasswordProblem::Weak(weakness) => format!("password-weak-{weakness}").into(),
        PasswordProblem::Leaked => "password-leaked".into(),
    })
}

fn show(visit: &Visit, interaction: Option<&Interaction>, form: Form) -> HttpResponse {
    let frame = visit.frame(interaction);
    let page = SignUpPage {
        page: frame.page(&address("/signup", interaction)),
        action: "/signup".into(),
        csrf: visit.form_token(),
        interaction: interaction.map(|interaction| interaction.sealed.clone()),
        client: interaction.map(|interaction| ClientView::new(frame.words, &interaction.client)),
        email: form.email,
        email_is_given: false,
        name: form.name,
        errors: form.errors,
        sign_in: address("/login", interaction),
        owner: false,
        setup: None,
        providers: buttons(visit, interaction, None),
    };
    visit.show(&frame, &page, destination(interaction))
}

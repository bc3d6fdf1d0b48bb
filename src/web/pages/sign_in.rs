//! The page that asks for user name and password.

use super::{
    mail_sign_in,
    page::{ClientView, Page},
    provider_buttons::ProviderLink,
    render::see_other,
};
use crate::{
    app::App,
    config::SignUp,
    domain::{AuthMethods, Event, Password, UserId},
    hashing::{self, Verdict},
    i18n::Message,
    protocol::{Code, Error, authorize::ResponseMode, params::Params},
    storage::users::{self, Login},
    web::{
        account::Place,
        admission::{Proof, Way, admit},
        error::PageError,
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        limits::{self, Tried},
        passkeys::{PasskeyForm, ask_anybody},
        upstream::{self, buttons::buttons},
        visit::{Visit, address, destination},
    },
};
use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub client: Option<ClientView>,
    pub username: String,
    /// Whether they want to stay signed in.
    pub remember: bool,
    pub error: Option<Message>,
    pub notice: Option<Message>,
    /// Where those go who have forgotten their password, if there is mail.
    pub forgot: Option<String>,
    /// Where people sign in by mail, if there is any.
    pub by_mail: Option<String>,
    /// Where an account is made, if people may make one themselves.
    pub sign_up: Option<String>,
    /// The way back to the app.
    pub cancel: Option<String>,
    /// The account page to come back to.
    pub back: Option<String>,
    /// The ways in by other providers.
    pub providers: Vec<ProviderLink>,
    /// Whether Genkan's own ways in are open.
    pub local: bool,
    /// What asks for a passkey, where there can be any.
    pub passkey: Option<PasskeyForm>,
}

impl SignInPage {
    /// Whether it is the fields that are at fault, rather than the moment.
    fn fields_are_wrong(&self) -> bool {
        let error = self.error.as_ref();
        error.is_some_and(|error| error.key() == "error-credentials")
    }
}

/// `GET /login`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let (interaction, back) = (visit.interaction(&query.0)?, back(&query.0));
    // Somebody else is to sign in beside who is here.
    let other = query.0.get("other").is_some();
    let signed_in = visit.sign_in().is_some() && !other;
    if interaction.is_none() && back.is_none() && signed_in {
        return Ok(see_other(Place::Overview.as_str()));
    }
    let hint = match interaction.as_ref().and_then(|interaction| interaction.request.login_hint.clone()) {
        Some(hint) => Some(hint),
        None if signed_in => known_login(&visit).await?,
        None => None,
    };
    let notice = match (query.0.get("again"), query.0.get("passkey")) {
        (Some(_), _) => Some("notice-start-again".into()),
        (None, Some(_)) => Some("notice-passkey".into()),
        (None, None) => {
            upstream::Outcome::told(&visit, &query.0).or_else(|| signed_in.then(|| "notice-sign-in-again".into()))
        }
    };
    let form = Form { username: hint.unwrap_or_default(), remember: false, back, notice, error: None };
    form.show(&visit, interaction.as_ref())
}

/// What the person who is signed in signs in with.
async fn known_login(visit: &Visit) -> Result<Option<String>, PageError> {
    let Some(sign_in) = visit.sign_in() else { return Ok(None) };
    let user = users::find(&visit.app.db, &sign_in.user).await?;
    Ok(user.and_then(|user| user.email.map(|email| email.to_string()).or(user.username.map(|name| name.to_string()))))
}

/// `POST /login`.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let (interaction, back) = (visit.interaction(&form.0)?, back(&form.0));
    let (username, password) = (form.0.get("username").unwrap_or_default(), form.0.get("password").unwrap_or_default());
    let remember = form.0.get("remember").is_some();
    match check(&visit, username, password).await? {
        Outcome::Right(user) => {
            let way = Way { interaction: interaction.as_ref(), back, remember };
            admit(&visit, Proof::new(&visit, user, AuthMethods::password()), way).await
        }
        Outcome::Refused { error, status, retry_after } => {
            let form = Form { username: username.to_owned(), remember, back, notice: None, error: Some(error) };
            let mut response = form.show(&visit, interaction.as_ref())?;
            *response.status_mut() = status;
            if let Some(seconds) = retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            Ok(response)
        }
    }
}

/// What came of trying to sign in.
enum Outcome {
    Right(UserId),
    Refused { error: Message, status: StatusCode, retry_after: Option<i64> },
}

/// Checks a password. An account that there is not, that has none, or whose owner may not come in, takes as long and is
/// told the same.
async fn check(visit: &Visit, username: &str, password: &str) -> Result<Outcome, PageError> {
    let app = &visit.app;
    let found = match Login::parse(username) {
        Some(login) => users::find_to_sign_in(&app.db, &login).await?,
        None => None,
    };
    let is_out = found.as_ref().is_some_and(|found| found.disabled_at.is_some());
    let (user, hash) = found.map_or((None, None), |found| (Some(found.id), found.hash));
    // One allowance for an account, by whichever name it is tried.
    let account = user.as_ref().map_or(username, UserId::as_str).to_owned();
    if let Some(seconds) = limits::take(app, &visit.request, &Tried::Password(&account)).await? {
        if let Some(user) = &user {
            visit.record_later(Some(user), Event::Throttled);
        }
        let error = Message::new("error-throttled").with("minutes", (seconds + 59) / 60);
        return Ok(Outcome::Refused { error, status: StatusCode::TOO_MANY_REQUESTS, retry_after: Some(seconds) });
    }
    let wrong = Outcome::Refused {
        error: Message::new("error-credentials"),
        status: StatusCode::UNPROCESSABLE_ENTITY,
        retry_after: None,
    };
    let Ok(password) = Password::attempt(password) else { return Ok(wrong) };
    match (app.hasher.verify(password, hash.as_deref()).await, user, hash) {
        (Ok(Verdict::Right(_)), user, _) if is_out => {
            visit.refused(user.as_ref(), Event::SignInRefused, "disabled", (None, None));
            Ok(wrong)
        }
        (Ok(Verdict::Right(renewed)), Some(user), Some(hash)) => {
            if let Some(renewed) = renewed {
                users::rehash(&app.db, user.clone(), hash, renewed).await?;
            }
            limits::forget(app, &visit.request, &account).await?;
            Ok(Outcome::Right(user))
        }
        (Ok(_), user, _) => {
            visit.record_later(user.as_ref(), Event::PasswordWrong);
            Ok(wrong)
        }
        (Err(hashing::Error::Busy), ..) => Ok(Outcome::Refused {
            error: Message::new("error-busy"),
            status: StatusCode::SERVICE_UNAVAILABLE,
            retry_after: Some(1),
        }),
        (Err(why), ..) => Err(why.into()),
    }
}

/// The account page that signing in leads back to.
pub fn back(params: &Params) -> Option<Place> {
    params.get("return")?.parse().ok()
}

/// What differs from one showing of the page to the next.
#[derive(Default)]
pub(super) struct Form {
    pub username: String,
    pub remember: bool,
    pub back: Option<Place>,
    pub notice: Option<Message>,
    pub error: Option<Message>,
}

impl Form {
    pub fn show(self, visit: &Visit, interaction: Option<&Interaction>) -> Result<HttpResponse, PageError> {
        let frame = visit.frame(interaction);
        let local = interaction.is_none_or(|interaction| interaction.client.admits(None));
        let open = visit.app.settings().registration.sign_up == SignUp::Open;
        let here = self.back.map_or_else(|| address("/login", interaction), |place| format!("/login?return={place}"));
        let has_mail = visit.app.mailer.is_on();
        let by_mail = self.back.map_or_else(
            || address(mail_sign_in::PATH, interaction),
            |place| format!("{}?return={place}", mail_sign_in::PATH),
        );
        let page = SignInPage {
            page: frame.page(&here),
            back: self.back.map(|place| place.to_string()),
            action: "/login".into(),
            csrf: visit.form_token(),
            interaction: interaction.map(|interaction| interaction.sealed.clone()),
            client: interaction.map(|interaction| ClientView::new(frame.words, &interaction.client)),
            username: self.username,
            remember: self.remember,
            error: self.error,
            notice: self.notice,
            forgot: has_mail.then(|| address("/forgot", interaction)),
            by_mail: has_mail.then_some(by_mail),
            sign_up: (open && local).then(|| address("/signup", interaction)),
            cancel: interaction.and_then(|interaction| cancel(&visit.app, interaction)),
            providers: buttons(visit, interaction, self.back),
            local,
            passkey: if local { ask_anybody(visit, &here)? } else { None },
        };
        Ok(visit.show(&frame, &page, destination(interaction)))
    }
}

/// The way back to the app without signing in.
fn cancel(app: &App, interaction: &Interaction) -> Option<String> {
    let to = &interaction.request.return_to;
    let denied = Error::new(Code::AccessDenied, "the person went back");
    let response = to.response(&app.config.issuer, Err(denied));
    (to.mode == ResponseMode::Query).then(|| to.redirect_uri.with_query(&response))
}

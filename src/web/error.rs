//! Failures as they look from outside: JSON for clients (RFC 6749 section 5.2, RFC 6750 section 3),
//! a page for people. Everything that can go wrong becomes one of the two here, and is logged here,
//! once.
use super::{
    account::Place,
    browser::Browser,
    headers::put_on,
    pages::{
        error::ErrorPage,
        render::{Frame, see_other},
    },
};
use crate::{
    app::App,
    domain::random_id,
    hashing, keys, mail,
    protocol::{
        Code, Error,
        authorize::{NOT_REGISTERED, Rejection},
    },
    storage,
};
use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{ConnectionType, StatusCode, header},
    middleware::Next,
    web::Data,
};
use serde_json::json;

/// Seconds after which trying again may help.
const RETRY_AFTER: i64 = 1;

/// A failure that a client is told of.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct ApiError {
    error: Error,
    status: StatusCode,
    challenge: Option<&'static str>,
}

impl ApiError {
    /// A failure at an endpoint that takes access tokens (RFC 6750 section 3.1).
    pub fn bearer(error: Error) -> Self {
        let status = match error.code {
            Code::InvalidToken => StatusCode::UNAUTHORIZED,
            Code::InsufficientScope => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        };
        Self { error, status, challenge: Some("Bearer") }
    }

    /// No token at all (RFC 6750 section 3.1: without an error code).
    pub fn no_token() -> Self {
        let error = Error::new(Code::InvalidToken, "");
        Self { error, status: StatusCode::UNAUTHORIZED, challenge: Some("Bearer") }
    }

    /// A request that took too long to arrive.
    pub fn too_slow() -> Self {
        let error = Error::new(Code::InvalidRequest, "the request took too long to arrive");
        Self { error, status: StatusCode::REQUEST_TIMEOUT, challenge: None }
    }

    /// A request that is larger than it may be.
    pub fn too_large() -> Self {
        let error = Error::new(Code::InvalidRequest, "the request is too long");
        Self { error, status: StatusCode::PAYLOAD_TOO_LARGE, challenge: None }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let (status, challenge) = match error.code {
            Code::InvalidClient => (StatusCode::UNAUTHORIZED, Some("Basic")),
            Code::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, None),
            Code::TemporarilyUnavailable => (StatusCode::SERVICE_UNAVAILABLE, None),
            _ => (StatusCode::BAD_REQUEST, None),
        };
        Self { error, status, challenge }
    }
}

impl From<storage::Error> for ApiError {
    fn from(why: storage::Error) -> Self {
        tracing::error!(%why, "a request failed");
        match why {
            storage::Error::Unavailable(_) => UNAVAILABLE.into(),
            _ => SERVER_ERROR.into(),
        }
    }
}

impl From<keys::Error> for ApiError {
    fn from(why: keys::Error) -> Self {
        tracing::error!(%why, "a request failed");
        SERVER_ERROR.into()
    }
}

const UNAVAILABLE: Error = Error::new(Code::TemporarilyUnavailable, "try again in a moment");
const SERVER_ERROR: Error = Error::new(Code::ServerError, "something went wrong here; it has been logged");

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let Error { code, description } = self.error;
        let mut response = HttpResponse::build(self.status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if is_unread(self.status) {
            response.force_close();
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, RETRY_AFTER));
        }
        match self.challenge {
            Some("Bearer") if description.is_empty() => {
                response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"genkan\""));
                return response.finish();
            }
            Some("Bearer") => {
                let value = format!("Bearer realm=\"genkan\", error=\"{code}\", error_description=\"{description}\"");
                response.insert_header((header::WWW_AUTHENTICATE, value));
            }
            Some(scheme) => {
                response.insert_header((header::WWW_AUTHENTICATE, format!("{scheme} realm=\"genkan\"")));
            }
            None => {}
        }
        response.json(json!({ "error": code.as_str(), "error_description": description }))
    }
}

/// Whether something of the request was left unread. Then the connection ends, or whoever sends would go on for ever.
fn is_unread(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    )
}

/// A failure that a person is told of.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The protocol says no, and there is no client to tell.
    #[error(transparent)]
    Protocol(Error),
    /// A form that did not come from one of our pages in this browser, or came too late.
    #[error("a form without a good token")]
    FormExpired,
    /// An interaction of another browser, or too old, or tampered with.
    #[error("an interaction that is not this browser's")]
    OtherBrowser,
    /// A page for people who are signed in, and have proved it lately where that matters.
    #[error("signing in comes first")]
    SignInFirst {
        /// Where to go on then.
        place: Place,
        /// The way to an app that this is a part of, sealed.
        interaction: Option<String>,
    },
    /// There is no such page.
    #[error("no such page")]
    NotFound,
    /// A page that is there, called in a way it does not support.
    #[error("no such method here")]
    MethodNotAllowed,
    /// More tries than the limit allows.
    #[error("too many tries; {0} seconds to wait")]
    TooManyRequests(i64),
    /// The form took too long to arrive.
    #[error("too slow a form")]
    TooSlow,
    /// The form is larger than it may be.
    #[error("too large a form")]
    TooLarge,
    /// More header fields than there may be.
    #[error("too large a head")]
    HeadTooLarge,
    /// A request that names no host, or several.
    #[error("no host, or several")]
    NoHost,
    /// A request to another host than ours.
    #[error("another host")]
    OtherHost,
    /// People cannot create accounts themselves here.
    #[error("sign-up is closed")]
    SignUpClosed,
    /// They can where they are invited.
    #[error("sign-up is by invitation")]
    InvitationNeeded,
    /// The link that creates the owner is spent or wrong.
    #[error("a setup link that is not good")]
    SetupLinkInvalid,
    /// A link that came by mail is spent, too old, or was replaced.
    #[error("a link that is not good")]
    LinkInvalid,
    /// An address that is proved to be another account's.
    #[error("an address that is taken")]
    EmailTaken,
    /// Mail.
    #[error(transparent)]
    Mail(#[from] mail::Error),
    /// More passwords wait than may.
    #[error(transparent)]
    Hashing(#[from] hashing::Error),
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] keys::Error),
    /// A fault of ours.
    #[error("{0}")]
    Internal(&'static str),
}

impl PageError {
    /// The word for it in the message catalogue, and the status.
    fn reason(&self) -> (&'static str, StatusCode) {
        match self {
            Self::Protocol(error) if *error == NOT_REGISTERED => ("invalid_redirect_uri", StatusCode::BAD_REQUEST),
            Self::Protocol(error) => (error.code.as_str(), StatusCode::BAD_REQUEST),
            Self::FormExpired => ("invalid_csrf", StatusCode::FORBIDDEN),
            Self::OtherBrowser => ("other_browser", StatusCode::BAD_REQUEST),
            Self::SignInFirst { .. } => ("login_required", StatusCode::UNAUTHORIZED),
            Self::NotFound => ("not_found", StatusCode::NOT_FOUND),
            Self::MethodNotAllowed => ("method_not_allowed", StatusCode::METHOD_NOT_ALLOWED),
            Self::TooSlow => ("invalid_request", StatusCode::REQUEST_TIMEOUT),
            Self::TooManyRequests(_) => ("too_many_requests", StatusCode::TOO_MANY_REQUESTS),
            Self::TooLarge => ("payload_too_large", StatusCode::PAYLOAD_TOO_LARGE),
            Self::HeadTooLarge => ("payload_too_large", StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
            Self::NoHost => ("other_host", StatusCode::BAD_REQUEST),
            Self::OtherHost => ("other_host", StatusCode::MISDIRECTED_REQUEST),
            Self::SignUpClosed => ("sign_up_closed", StatusCode::FORBIDDEN),
            Self::InvitationNeeded => ("invitation_needed", StatusCode::FORBIDDEN),
            Self::SetupLinkInvalid => ("setup_link_invalid", StatusCode::FORBIDDEN),
            Self::LinkInvalid => ("link_invalid", StatusCode::FORBIDDEN),
            Self::EmailTaken => ("email_taken", StatusCode::CONFLICT),
            Self::Mail(mail::Error::Storage(storage::Error::Unavailable(_)))
            | Self::Hashing(hashing::Error::Busy)
            | Self::Storage(storage::Error::Unavailable(_)) => {
                ("temporarily_unavailable", StatusCode::SERVICE_UNAVAILABLE)
            }
            Self::Hashing(_) | Self::Storage(_) | Self::Keys(_) | Self::Mail(_) | Self::Internal(_) => {
                ("server_error", StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    fn retry_after(&self) -> Option<i64> {
        match self {
            Self::TooManyRequests(seconds) => Some(*seconds),
            _ if self.reason().1 == StatusCode::SERVICE_UNAVAILABLE => Some(RETRY_AFTER),
            _ => None,
        }
    }
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        Self::Protocol(error)
    }
}

/// A request that was good when its interaction began and no longer is.
impl From<Rejection> for PageError {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Page(error) | Rejection::Redirect(_, error) => Self::Protocol(error),
        }
    }
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        self.reason().1
    }

    /// Bare; `show` puts the page in its place, which needs to know the language.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// Answers whatever has no page.
pub async fn not_found() -> Result<HttpResponse, PageError> {
    Err(PageError::NotFound)
}

/// The page for a failure that comes before everything else.
pub fn page(app: &App, request: &HttpRequest, error: &PageError) -> HttpResponse {
    Asked::new(app, request).page(app, error)
}

/// Puts a page in the place of every failure.
pub async fn show(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // Made now, because the request cannot be kept: the router needs it for itself.
    let asked = Asked::new(&app, request.request());
    match next.call(request).await {
        Ok(response) => {
            let error = response.response().error().and_then(|error| error.as_error::<PageError>());
            if let Some(PageError::SignInFirst { place, interaction }) = error {
                let within = interaction.as_ref().map(|sealed| format!("&interaction={sealed}"));
                let to = format!("/login?return={place}{}", within.unwrap_or_default());
                return Ok(response.into_response(see_other(&to)));
            }
            if let Some(error) = error {
                let page = asked.page(&app, error);
                return Ok(response.into_response(page));
            }
            if let Some(allowed) = response.headers().get(header::ALLOW).cloned() {
                let mut page = asked.page(&app, &PageError::MethodNotAllowed);
                page.headers_mut().insert(header::ALLOW, allowed);
                return Ok(response.into_response(page));
            }
            Ok(response.map_into_boxed_body())
        }
        // What fails before a handler is the session store, which has said why.
        Err(why) => {
            let unavailable = storage::Error::Unavailable("the session store failed".into());
            let mut page = asked.page(&app, &PageError::Storage(unavailable));
            put_on(&mut page, &app.config.issuer);
            Err(InternalError::from_response(why, page).into())
        }
    }
}

/// What a page about a failure needs to know of the request.
struct Asked {
    frame: Frame,
    browser: Browser,
    path: String,
}

impl Asked {
    fn new(app: &App, request: &HttpRequest) -> Self {
        Self {
            frame: Frame::new(app, request, None, None),
            browser: Browser::of(app, request),
            path: request.path().to_owned(),
        }
    }

    fn page(&self, app: &App, error: &PageError) -> HttpResponse {
        let (reason, status) = error.reason();
        let (request_id, path) = (random_id(), self.path.as_str());
        if status.is_server_error() {
            tracing::error!(request_id, path, %error, "a request failed");
        } else {
            tracing::info!(request_id, path, %error, "a request was refused");
        }
        let mut page = ErrorPage::new(self.frame.page(path), reason, request_id);
        if matches!(error, PageError::NoHost | PageError::OtherHost) {
            page.here = Some(app.config.issuer.as_str().to_owned());
        }
        let mut response = self.frame.render(app, &self.browser, &page, None);
        *response.status_mut() = status;
        if is_unread(status) {
            response.head_mut().set_connection_type(ConnectionType::Close);
        }
        if let Some(seconds) = error.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

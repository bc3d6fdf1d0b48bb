//! The page in the place of a failure.
use super::{PageError, is_unread};
use crate::{
    app::App,
    storage,
    web::{
        account::Place,
        browser::Browser,
        headers::put_on,
        pages::{
            error::ErrorPage,
            render::{Frame, see_other},
        },
        request_id,
        session::CurrentSession,
    },
};
use actix_web::{
    HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{ConnectionType, header},
    middleware::Next,
    web::Data,
};

/// Answers whatever has no page.
pub async fn not_found() -> Result<HttpResponse, PageError> {
    Err(PageError::NotFound)
}

/// The page for a failure that comes before everything else.
pub fn page(app: &App, request: &HttpRequest, error: &PageError) -> HttpResponse {
    Asked::new(app, request).page(app, error)
}

/// Puts a page in the place of every failure, in the language of whoever is signed in.
pub async fn show(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?;
    let error = response.response().error().and_then(|error| error.as_error::<PageError>());
    if let Some(PageError::SignInFirst { place, interaction }) = error {
        let within = interaction.as_ref().map(|sealed| format!("&interaction={sealed}"));
        let to = format!("/login?return={place}{}", within.unwrap_or_default());
        let elsewhere = lead(response.request(), &to);
        return Ok(response.into_response(elsewhere));
    }
    if let Some(PageError::SecondFactorFirst) = error {
        let elsewhere = lead(response.request(), Place::TwoStep.as_str());
        return Ok(response.into_response(elsewhere));
    }
    if let Some(error) = error {
        let page = Asked::within_a_session(&app, response.request()).page(&app, error);
        return Ok(response.into_response(page));
    }
    if let Some(allowed) = response.headers().get(header::ALLOW).cloned() {
        let asked = Asked::within_a_session(&app, response.request());
        let mut page = asked.page(&app, &PageError::MethodNotAllowed);
        page.headers_mut().insert(header::ALLOW, allowed);
        return Ok(response.into_response(page));
    }
    Ok(response.map_into_boxed_body())
}

/// Sends somebody elsewhere; where a part of a page is asked for, the whole page goes.
fn lead(request: &HttpRequest, to: &str) -> HttpResponse {
    if request.headers().contains_key("hx-request") {
        return HttpResponse::NoContent().insert_header(("hx-redirect", to)).finish();
    }
    see_other(to)
}

/// The page for what fails before a handler: that is the session store, which has said why.
pub async fn unavailable(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    // Made now, because the request cannot be kept: the router needs it for itself.
    let asked = Asked::new(&app, request.request());
    next.call(request).await.map_err(|why| {
        let unavailable = storage::Error::Unavailable("the session store failed".into());
        let mut page = asked.page(&app, &PageError::Storage(unavailable));
        put_on(&mut page, &app.config.issuer);
        InternalError::from_response(why, page).into()
    })
}

/// What a page about a failure needs to know of the request.
struct Asked {
    frame: Frame,
    browser: Browser,
    path: String,
    request_id: String,
}

impl Asked {
    fn new(app: &App, request: &HttpRequest) -> Self {
        let browser = Browser::of(app, request);
        Self {
            frame: Frame::new(app, request, None, None),
            browser,
            path: request.path().to_owned(),
            request_id: request_id::of(request),
        }
    }

    fn within_a_session(app: &App, request: &HttpRequest) -> Self {
        let browser = Browser::of(app, request);
        let set = CurrentSession::of(request, &browser).locale();
        Self {
            frame: Frame::new(app, request, None, set),
            browser,
            path: request.path().to_owned(),
            request_id: request_id::of(request),
        }
    }

    fn page(&self, app: &App, error: &PageError) -> HttpResponse {
        let (reason, status) = error.reason();
        let (request_id, path) = (self.request_id.clone(), self.path.as_str());
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

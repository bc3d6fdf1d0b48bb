//! Reading parameters: of a form's body, of a query, and of both.
use super::{
    error::{ApiError, PageError},
    visit::Visit,
};
use crate::protocol::{params::Params, token::check_transport};
use actix_web::rt::time::timeout;
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Bytes};
use std::{future::Future, pin::Pin, time::Duration};

/// How long a body may take to arrive.
const SLOWEST: Duration = Duration::from_secs(10);

/// Why a body was not read.
pub enum Unread {
    /// It is larger than it may be.
    TooLarge,
    /// It took too long.
    TooSlow,
}

impl From<Unread> for ApiError {
    fn from(why: Unread) -> Self {
        match why {
            Unread::TooLarge => Self::too_large(),
            Unread::TooSlow => Self::too_slow(),
        }
    }
}

impl From<Unread> for PageError {
    fn from(why: Unread) -> Self {
        match why {
            Unread::TooLarge => Self::TooLarge,
            Unread::TooSlow => Self::TooSlow,
        }
    }
}

/// Reads a body, within bounds of size and time.
pub fn body(request: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<Bytes, Unread>> + use<> {
    let bytes = timeout(SLOWEST, Bytes::from_request(request, payload));
    async move { bytes.await.map_err(|_| Unread::TooSlow)?.map_err(|_| Unread::TooLarge) }
}

fn content_type(request: &HttpRequest) -> Option<&str> {
    request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok())
}

/// Refuses a page's request whose body is not a form.
pub fn is_form(request: &HttpRequest) -> Result<(), PageError> {
    check_transport("", content_type(request)).map_err(PageError::from)
}

/// The longest body with a file in it, in bytes. More than a file may have: who sends a little too much
/// is to hear of it on the page.
const LONGEST_WITH_FILES: u64 = 64 * 1024 * 1024;

/// Refuses a page's request whose body is not a form with files, which none of ours sends, or too large
/// to be looked at.
pub fn is_form_with_files(request: &HttpRequest) -> Result<(), PageError> {
    let is_one = |kind: &str| kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data");
    if !content_type(request).is_some_and(is_one) {
        return Err(PageError::FormExpired);
    }
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > LONGEST_WITH_FILES) { Err(PageError::TooLarge) } else { Ok(()) }
}

/// Whether a request says that its body is of this type, whatever its parameters.
pub fn is_of_type(request: &HttpRequest, wanted: &str) -> bool {
    let kind = content_type(request).and_then(|kind| kind.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
}

/// A body as it was sent, by a program.
pub struct RawBody(pub Bytes);

impl FromRequest for RawBody {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = body(request, payload);
        Box::pin(async move { Ok(Self(body.await?)) })
    }
}

/// The parameters of a request by a client: in a form-encoded body, and nowhere else.
pub struct ApiParams(pub Params);

impl FromRequest for ApiParams {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let transport = check_transport(request.query_string(), content_type(request));
        let body = body(request, payload);
        Box::pin(async move {
            transport?;
            let body = body.await?;
            Ok(Self(Params::parse(&body)?))
        })
    }
}

/// A form that a person sent from one of our pages, in this browser: its token has been checked.
pub struct PageForm(pub Params);

impl FromRequest for PageForm {
    type Error = PageError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visit = Visit::extract(request);
        let form = AnyForm::from_request(request, payload);
        Box::pin(async move {
            let (visit, AnyForm(params)) = (visit.await?, form.await?);
            visit.browser.check_form_token(&visit.app, params.get("csrf"))?;
            Ok(Self(params))
        })
    }
}

/// The same, of a form that has fields of several lines.
pub struct LinesForm(pub Params);

impl FromRequest for LinesForm {
    type Error = PageError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (visit, transport, body) = (Visit::extract(request), is_form(request), body(request, payload));
        Box::pin(async move {
            let visit = visit.await?;
            transport?;
            let params = Params::parse_lines(&body.await?)?;
            params.none_repeated()?;
            visit.browser.check_form_token(&visit.app, params.get("csrf"))?;
            Ok(Self(params))
        })
    }
}

/// A form that anybody may have sent.
pub struct AnyForm(pub Params);

impl FromRequest for AnyForm {
    type Error = PageError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let transport = is_form(request);
        let body = body(request, payload);
        Box::pin(async move {
            transport?;
            let params = Params::parse(&body.await?)?;
            params.none_repeated()?;
            Ok(Self(params))
        })
    }
}

/// The parameters in the query of a page.
pub struct PageQuery(pub Params);

impl FromRequest for PageQuery {
    type Error = PageError;
    type Future = std::future::Ready<Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Params::parse(request.query_string().as_bytes()).map(Self).map_err(PageError::from))
    }
}

//! Reading parameters: of a form's body, of a query, and of both.
use super::error::{ApiError, PageError};
use crate::protocol::{params::Params, token::check_transport};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Bytes};
use std::{future::Future, pin::Pin};

fn content_type(request: &HttpRequest) -> Option<&str> {
    request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok())
}

/// Refuses a page's request whose body is not a form.
pub fn is_form(request: &HttpRequest) -> Result<(), PageError> {
    check_transport("", content_type(request)).map_err(PageError::from)
}

/// The parameters of a request by a client: in a form-encoded body, and nowhere else.
pub struct ApiParams(pub Params);

impl FromRequest for ApiParams {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let transport = check_transport(request.query_string(), content_type(request));
        let body = Bytes::from_request(request, payload);
        Box::pin(async move {
            transport?;
            let body = body.await.map_err(|_| ApiError::too_large())?;
            Ok(Self(Params::parse(&body)?))
        })
    }
}

/// A form that a person sent from one of our pages.
pub struct PageForm(pub Params);

impl FromRequest for PageForm {
    type Error = PageError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let transport = is_form(request);
        let body = Bytes::from_request(request, payload);
        Box::pin(async move {
            transport?;
            let body = body.await.map_err(|_| PageError::TooLarge)?;
            let params = Params::parse(&body)?;
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

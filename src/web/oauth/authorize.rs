//! `GET` and `POST /authorize` (RFC 6749 section 3.1), and coming back to it from a step.
use crate::{
    protocol::{
        authorize::{self, Rejection},
        discovery::path,
        error::invalid_request,
        params::Params,
    },
    web::{
        error::PageError,
        flow::{dispatch, respond},
        forms::{PageQuery, body, is_form},
        interaction::Interaction,
        pages::render::see_other,
        visit::Visit,
    },
};
use actix_web::{HttpRequest, HttpResponse, web::Payload};

/// Begins an interaction.
pub async fn get(visit: Visit) -> Result<HttpResponse, PageError> {
    let query = visit.request.query_string();
    let params = Params::parse(query.as_bytes())?;
    let client = visit.app.memory().client(authorize::client_id(&params)?).cloned();
    match (authorize::parse(&params, client.as_deref()), client) {
        (Ok(asked), Some(client)) => {
            let interaction = Interaction::begin(&visit.app, &visit.browser, query, asked, client)?;
            dispatch(&visit, &interaction).await
        }
        (Err(Rejection::Redirect(to, error)), _) => Ok(respond(&visit, &to, Err(error))),
        (Err(Rejection::Page(error)), _) => Err(error.into()),
        (Ok(_), None) => Err(PageError::Internal("a request without a client")),
    }
}

/// Takes the parameters from a form, and goes on as if they had been in the query: a form that
/// another site sends comes without the cookies of the person, the redirect with them.
pub async fn post(request: HttpRequest, payload: Payload) -> Result<HttpResponse, PageError> {
    is_form(&request)?;
    let body = body(&request, &mut payload.into_inner()).await?;
    Params::parse(&body)?;
    // What is sent in both is seen to be repeated.
    let query = [request.query_string().as_bytes(), &body].join(&b'&');
    let query = String::from_utf8(query).map_err(|_| invalid_request("the body is not form-encoded"))?;
    Ok(see_other(&format!("{}?{}", path::AUTHORIZE, query.trim_start_matches('&'))))
}

/// Goes on with an interaction after a step.
pub async fn resume(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    dispatch(&visit, &visit.needed_interaction(&query.0)?).await
}

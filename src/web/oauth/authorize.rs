//! `GET` and `POST /authorize` (RFC 6749 section 3.1), and coming back to it from a step.
use crate::{
    app::App,
    protocol::{
        authorize::{self, Rejection},
        discovery::path,
        error::invalid_request,
        params::Params,
    },
    web::{
        browser::Browser,
        error::PageError,
        flow::{dispatch, respond},
        forms::{PageQuery, is_form},
        interaction::Interaction,
        pages::render::see_other,
        session::CurrentSession,
    },
};
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data},
};

/// Begins an interaction.
pub async fn get(app: Data<App>, request: HttpRequest, session: CurrentSession) -> Result<HttpResponse, PageError> {
    let query = request.query_string();
    let params = Params::parse(query.as_bytes())?;
    let client = app.memory().client(authorize::client_id(&params)?).cloned();
    match (authorize::parse(&params, client.as_deref()), client) {
        (Ok(asked), Some(client)) => {
            let browser = Browser::of(&app, &request);
            let interaction = Interaction::begin(&app, &browser, query, asked, client)?;
            dispatch(&app, &request, &browser, &session, &interaction).await
        }
        (Err(Rejection::Redirect(to, error)), _) => Ok(respond(&app, &request, &to, Err(error))),
        (Err(Rejection::Page(error)), _) => Err(error.into()),
        (Ok(_), None) => Err(PageError::Internal("a request without a client")),
    }
}

/// Takes the parameters from a form, and goes on as if they had been in the query: a form that
/// another site sends comes without the cookies of the person, the redirect with them.
pub async fn post(request: HttpRequest, body: Result<Bytes, actix_web::Error>) -> Result<HttpResponse, PageError> {
    is_form(&request)?;
    let body = body.map_err(|_| PageError::TooLarge)?;
    Params::parse(&body)?;
    // What is sent in both is seen to be repeated.
    let query = [request.query_string().as_bytes(), &body].join(&b'&');
    let query = String::from_utf8(query).map_err(|_| invalid_request("the body is not form-encoded"))?;
    Ok(see_other(&format!("{}?{}", path::AUTHORIZE, query.trim_start_matches('&'))))
}

/// Goes on with an interaction after a step.
pub async fn resume(
    app: Data<App>,
    request: HttpRequest,
    session: CurrentSession,
    query: PageQuery,
) -> Result<HttpResponse, PageError> {
    let browser = Browser::of(&app, &request);
    let interaction = Interaction::of(&app, &browser, &query.0)?.ok_or(PageError::OtherBrowser)?;
    dispatch(&app, &request, &browser, &session, &interaction).await
}

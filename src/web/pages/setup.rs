//! The page that creates the owner of a fresh instance, by a link that works once.
use super::{
    page::FieldError,
    render::{Frame, see_other},
    sign_in::begin_session,
    sign_up::{Form, SignUpPage},
};
use crate::{
    app::App,
    domain::{Digest, Role, User},
    storage::{self, setup},
    web::{
        browser::Browser,
        error::PageError,
        forms::{PageForm, PageQuery},
        session::CurrentSession,
    },
};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};

/// `GET /setup?token=…`.
pub async fn get(app: Data<App>, request: HttpRequest, query: PageQuery) -> Result<HttpResponse, PageError> {
    let token = query.0.get("token").unwrap_or_default();
    if !setup::is_offered(&app.db, &Digest::of(token)).await? {
        return Err(PageError::SetupLinkInvalid);
    }
    Ok(show(&app, &request, token, Form::default()))
}

/// `POST /setup`.
pub async fn post(
    app: Data<App>,
    request: HttpRequest,
    session: CurrentSession,
    params: PageForm,
) -> Result<HttpResponse, PageError> {
    Browser::of(&app, &request).check_form_token(&app, params.0.get("csrf"))?;
    let token = params.0.get("token").unwrap_or_default();
    // Before a password is hashed, so that this page is no way to make Genkan work for nothing.
    if !setup::is_offered(&app.db, &Digest::of(token)).await? {
        return Err(PageError::SetupLinkInvalid);
    }
    let mut form = Form::read(&params.0);
    if let Some((email, password)) = form.check(&params.0) {
        let now = app.clock.now();
        let owner =
            User { email: Some(email), name: Some(form.name.clone()), role: Some(Role::Owner), ..User::new(now) };
        let id = owner.id.clone();
        let hash = app.hasher.hash(password).await?;
        match setup::create_owner(&app.db, Digest::of(token), owner, hash).await {
            Ok(true) => {
                begin_session(&app, &session, id, None)?;
                return Ok(see_other("/account"));
            }
            Ok(false) => return Err(PageError::SetupLinkInvalid),
            Err(storage::Error::Conflict) => form.errors.push(FieldError::new("email", "email-taken")),
            Err(why) => return Err(why.into()),
        }
    }
    let mut response = show(&app, &request, token, form);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn show(app: &App, request: &HttpRequest, token: &str, form: Form) -> HttpResponse {
    let browser = Browser::of(app, request);
    let frame = Frame::new(app, request, None);
    let page = SignUpPage {
        page: frame.page(&format!("/setup?token={token}")),
        action: "/setup".into(),
        csrf: browser.form_token(app),
        interaction: None,
        client: None,
        email: form.email,
        name: form.name,
        errors: form.errors,
        sign_in: "/login".into(),
        owner: true,
        setup: Some(token.to_owned()),
    };
    frame.render(app, &browser, &page, None)
}

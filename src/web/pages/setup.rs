//! The page that creates the owner of a fresh instance, by a link that works once.
use super::{
    page::FieldError,
    sign_up::{Form, SignUpPage},
};
use crate::{
    domain::{AuthMethods, Digest, Event, Role, User},
    storage::{self, setup},
    web::{
        account::Place,
        admission::{Proof, Way, admit},
        error::PageError,
        forms::{PageForm, PageQuery},
        ticket::send_verification,
        visit::Visit,
    },
};
use actix_web::{HttpResponse, http::StatusCode};

/// `GET /setup?token=…`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let token = query.0.get("token").unwrap_or_default();
    if !setup::is_offered(&visit.app.db, &Digest::of(token)).await? {
        return Err(PageError::SetupLinkInvalid);
    }
    Ok(show(&visit, token, Form::default()))
}

/// `POST /setup`.
pub async fn post(visit: Visit, params: PageForm) -> Result<HttpResponse, PageError> {
    let app = &visit.app;
    let token = params.0.get("token").unwrap_or_default();
    // Before a password is hashed, so that this page is no way to make Genkan work for nothing.
    if !setup::is_offered(&app.db, &Digest::of(token)).await? {
        return Err(PageError::SetupLinkInvalid);
    }
    let mut form = Form::read(&params.0);
    if let Some((email, password)) = form.check(app, &params.0) {
        let (email, name) = (Some(email), Some(form.name.clone()));
        let owner = User { email, name, role: Some(Role::Owner), ..User::new(app.clock.now()) };
        let id = owner.id.clone();
        let hash = app.hasher.hash(password).await?;
        match setup::create_owner(&app.db, Digest::of(token), owner, hash).await {
            Ok(true) => {
                visit.record(&id, Event::SignedUp).await?;
                send_verification(&visit, &id).await?;
                let way = Way { interaction: None, back: Some(Place::FirstSteps), remember: false };
                return admit(&visit, Proof::new(&visit, id, AuthMethods::password()), way).await;
            }
            Ok(false) => return Err(PageError::SetupLinkInvalid),
            Err(storage::Error::Conflict) => form.errors.push(FieldError::new("email", "email-taken")),
            Err(why) => return Err(why.into()),
        }
    }
    let mut response = show(&visit, token, form);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn show(visit: &Visit, token: &str, form: Form) -> HttpResponse {
    let frame = visit.frame(None);
    let page = SignUpPage {
        page: frame.page(&format!("/setup?token={token}")),
        action: "/setup".into(),
        csrf: visit.form_token(),
        interaction: None,
        client: None,
        email: form.email,
        email_is_given: false,
        name: form.name,
        errors: form.errors,
        sign_in: "/login".into(),
        owner: true,
        setup: Some(token.to_owned()),
        providers: vec![],
    };
    visit.show(&frame, &page, None)
}

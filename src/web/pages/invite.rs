//! `/invite`: an account for whoever is invited, by a link that works once.
use super::{
    page::FieldError,
    sign_up::{Form, SignUpPage},
};
use crate::{
    admin::users,
    domain::{AuthMethods, Email, Event, Invitee, NewEvent, Ticket, TicketPurpose, User},
    storage::{self, registration},
    web::{
        admission::{Proof, Way, admit},
        error::PageError,
        forms::{PageForm, PageQuery},
        record,
        ticket::{self, Arrival, send_verification},
        visit::Visit,
    },
};
use actix_web::{HttpResponse, http::StatusCode};
use serde_json::json;

const PURPOSE: TicketPurpose = TicketPurpose::Invite;

/// `GET /invite`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    match ticket::arrive(&visit, &query.0, PURPOSE).await? {
        Arrival::ByLink(onward) => Ok(onward),
        Arrival::With(ticket) => {
            let invitee = registration::invitee(ticket.data.as_deref())?;
            let form = Form { name: invitee.name.unwrap_or_default(), ..Form::default() };
            Ok(show(&visit, &ticket, form))
        }
    }
}

/// `POST /invite`. The address of the invitation rules, if it has one.
pub async fn post(visit: Visit, params: PageForm) -> Result<HttpResponse, PageError> {
    let (app, (token, ticket)) = (&visit.app, ticket::carried(&visit, PURPOSE).await?);
    let mut form = Form::read(&params.0);
    if let Some(email) = &ticket.email {
        form.email = email.to_string();
    }
    if let Some((email, password)) = form.check(app, &params.0) {
        let invitee = registration::invitee(ticket.data.as_deref())?;
        let role = users::role_of(app, &invitee).await?;
        let user = User { role, ..user(&visit, &form, email, &ticket, &invitee) };
        let (id, is_verified) = (user.id.clone(), user.email_verified_at.is_some());
        let hash = app.hasher.hash(password).await?;
        let events = events(&visit, &user, &invitee);
        let (chain, now) = (&app.secrets.audit, app.clock.now());
        match registration::accept(&app.db, chain, token.digest(), (user, hash), events.clone(), now).await {
            Ok(true) => {
                events.iter().for_each(record::log);
                if !is_verified {
                    send_verification(&visit, &id).await?;
                }
                let way = Way { interaction: None, back: None, remember: false };
                let response = admit(&visit, Proof::new(&visit, id, AuthMethods::password()), way).await?;
                return Ok(ticket::forget(&visit, PURPOSE, response));
            }
            Ok(false) => return Err(PageError::LinkInvalid),
            Err(storage::Error::Conflict) => {
                visit.sign_up_refused("taken", None);
                form.errors.push(FieldError::new("email", "email-taken"));
            }
            Err(why) => return Err(why.into()),
        }
    }
    let mut response = show(&visit, &ticket, form);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// What is written down of it: the account, and by whose invitation.
fn events(visit: &Visit, user: &User, invitee: &Invitee) -> Vec<NewEvent> {
    let told = |event| record::told(&visit.app, &visit.request, Some(&user.id), event);
    let by = json!({ "invited_by": invitee.by, "role": user.role, "mailed": invitee.was_mailed });
    vec![told(Event::SignedUp), told(Event::InvitationUsed).with(by)]
}

/// The account of whoever was invited.
fn user(visit: &Visit, form: &Form, email: Email, ticket: &Ticket, invitee: &Invitee) -> User {
    let now = visit.app.clock.now();
    // Whoever comes by a link that only went there can read what goes there.
    let is_verified = invitee.was_mailed && ticket.email.as_ref() == Some(&email);
    User {
        email: Some(email),
        email_verified_at: is_verified.then_some(now),
        name: Some(form.name.clone()),
        ..User::new(now)
    }
}

fn show(visit: &Visit, ticket: &Ticket, form: Form) -> HttpResponse {
    let frame = visit.frame(None);
    let page = SignUpPage {
        page: frame.page(PURPOSE.path()),
        action: PURPOSE.path().into(),
        csrf: visit.form_token(),
        interaction: None,
        client: None,
        email: ticket.email.as_ref().map_or(form.email, ToString::to_string),
        email_is_given: ticket.email.is_some(),
        name: form.name,
        errors: form.errors,
        sign_in: "/login".into(),
        owner: false,
        setup: None,
        providers: vec![],
    };
    visit.show(&frame, &page, None)
}

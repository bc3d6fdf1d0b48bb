//! Who may open a page of the administration: people who run the instance, signed in not long ago.
use super::{TABLE, apps::trial, desk::Seat};
use crate::{
    admin::Operator,
    app::App,
    domain::{Actor, Assurance, Event, SignIn, User},
    storage::{second_factors, users},
    web::{
        account::Place,
        error::PageError,
        guard::{Rule, names_nothing, rule},
        record::{self, told},
        visit::Visit,
    },
};
use actix_web::{
    Error, FromRequest, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};
use std::rc::Rc;

/// How long after signing in the administration is open, in seconds.
const OPEN: i64 = 3600;
/// The same, for what asks for a fresh sign-in.
const FRESH: i64 = 600;

/// Admits a request to the page it asks for, or refuses it.
pub async fn admit(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // What is in no table has no handler: the router answers with 404 or 405.
    let Some(rule) = rule(TABLE, &request) else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    match seat(&app, &request, rule).await {
        Ok(seat) => {
            request.extensions_mut().insert(Rc::new(seat));
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        // With the error in it, from which the page is made.
        Err(why) => Ok(ServiceResponse::new(request.into_parts().0, HttpResponse::from_error(why))),
    }
}

async fn seat(app: &App, request: &ServiceRequest, rule: &Rule) -> Result<Seat, PageError> {
    if names_nothing(request) {
        return Err(PageError::NotFound);
    }
    let visit = Visit::extract(request.request()).await?;
    let is_step = rule.path.starts_with(Place::FirstSteps.as_str());
    let place = if is_step { Place::FirstSteps } else { Place::Admin };
    let first = || PageError::SignInFirst { place, interaction: None };
    // Whoever tries an app out may sign in to it as somebody else; the end of it is theirs to see.
    let began = if rule.path == trial::CALLBACK { trial::began_by(&visit) } else { None };
    let sign_in = began.or_else(|| visit.sign_in()).ok_or_else(first)?;
    let user = users::find(&app.db, &sign_in.user).await?.ok_or_else(first)?;
    let Some(role) = user.role else { return Err(refuse(app, &visit, &user, rule).await) };
    let longest = if rule.is_fresh { FRESH } else { OPEN };
    if app.clock.now().since(sign_in.auth_time) > longest {
        return Err(first());
    }
    has_what_policy_asks(app, &sign_in, &user).await?;
    let told = told(app, &visit.request, Some(&user.id), Event::SignedIn);
    let operator = Operator {
        actor: Actor::Person(user.id.clone()),
        role,
        reads_only: false,
        address: told.address,
        user_agent: told.user_agent,
        request_id: told.request_id,
    };
    if !operator.may(rule.permission) {
        return Err(refuse(app, &visit, &user, rule).await);
    }
    Ok(Seat { operator, user })
}

/// Sends those away to set up a second factor who must have one. Whoever has one was asked for it as they came.
async fn has_what_policy_asks(app: &App, sign_in: &SignIn, user: &User) -> Result<(), PageError> {
    let required = app.settings().second_factor.assurance(user.role);
    let is_met = required <= Assurance::OneFactor
        || sign_in.methods.assurance() >= required
        || second_factors::is_on(&app.db, &user.id).await?;
    if is_met { Ok(()) } else { Err(PageError::SecondFactorFirst) }
}

/// Writes down that somebody tried.
async fn refuse(app: &App, visit: &Visit, user: &User, rule: &Rule) -> PageError {
    let new =
        told(app, &visit.request, Some(&user.id), Event::OperatorRefused).about_object("permission", rule.permission);
    match record::write(app, new).await {
        Ok(()) => PageError::NotForYou,
        Err(why) => why.into(),
    }
}

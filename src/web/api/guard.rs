//! Who may call the API: whoever has an API key, or one of our own access tokens with the scope `admin` or
//! `admin:read`. A person's token permits what their role does, at each request anew.
use super::{TABLE, problem::Problem};
use crate::{
    admin::{Operator, api_keys},
    app::App,
    domain::{Actor, ClientId, Event, NewEvent, Role, Scopes},
    protocol::access_token::{self, AccessToken},
    storage::{grants, revoked_tokens},
    web::{
        guard::{Rule, names_nothing, rule},
        record::{self, told},
    },
};
use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web::Data,
};
use std::{
    future::{Ready, ready},
    rc::Rc,
};

/// What permits everything that the role does.
const ADMIN: &str = "admin";
/// What permits reading.
const ADMIN_READ: &str = "admin:read";

/// Admits a request to the route it asks for, or refuses it.
pub async fn admit(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(rule) = rule(TABLE, &request) else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    if names_nothing(&request) {
        return Ok(request.into_response(HttpResponse::from_error(Problem::not_found())));
    }
    match operator(&app, request.request(), rule).await {
        Ok(operator) => {
            request.extensions_mut().insert(Rc::new(operator));
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Err(problem) => Ok(request.into_response(HttpResponse::from_error(problem))),
    }
}

async fn operator(app: &App, request: &HttpRequest, rule: &Rule) -> Result<Operator, Problem> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let header = headers.next().ok_or_else(Problem::no_token)?;
    let token = header.to_str().ok().and_then(access_token::bearer).filter(|_| headers.next().is_none());
    let invalid = Problem::invalid_token;
    let token = token.ok_or_else(invalid)?;
    let (actor, role, reads_only) = match api_keys::operator(app, token).await? {
        Some((actor, role)) => (actor, Some(role), false),
        None => by_access_token(app, token).await?.ok_or_else(invalid)?,
    };
    let told = told(app, request, None, Event::OperatorRefused).about_object("permission", rule.permission);
    let refused = NewEvent { actor: actor.clone(), ..told.clone() };
    let operator = Operator {
        actor,
        role: role.unwrap_or(Role::Auditor),
        reads_only,
        address: told.address,
        user_agent: told.user_agent,
        request_id: told.request_id,
    };
    if role.is_some() && operator.may(rule.permission) {
        return Ok(operator);
    }
    record::write(app, refused).await?;
    Err(Problem::forbidden(format!("This needs the permission {}.", rule.permission)))
}

/// Whose access token it is, what role they have now, and whether the token is for reading alone.
async fn by_access_token(app: &App, token: &str) -> Result<Option<(Actor, Option<Role>, bool)>, Problem> {
    let (now, keys) = (app.clock.now(), app.memory().keys.clone());
    let Some(verified) = keys.verify::<AccessToken>(token) else { return Ok(None) };
    let claims = verified.claims;
    if claims.check(verified.typ.as_deref(), &app.config.issuer, now).is_err() {
        return Ok(None);
    }
    let Some(reads_only) = reads_only(&claims.scope) else {
        return Err(Problem::forbidden("The access token has neither the scope admin nor admin:read."));
    };
    let Some(grant) = &claims.grant else {
        let alive = is_client(app, &claims.client_id) && !revoked_tokens::contains(&app.db, &claims.jti).await?;
        let role = if reads_only { Role::Auditor } else { Role::Admin };
        return Ok(alive.then(|| (Actor::Client(claims.client_id.clone()), Some(role), reads_only)));
    };
    let user = grants::find_user(&app.db, grant, &claims.jti, now).await?;
    Ok(user.map(|user| (Actor::Person(user.id), user.role, reads_only)))
}

fn reads_only(scope: &Scopes) -> Option<bool> {
    if scope.has(ADMIN) { Some(false) } else { scope.has(ADMIN_READ).then_some(true) }
}

fn is_client(app: &App, id: &ClientId) -> bool {
    app.memory().client(id.as_str()).is_some()
}

/// Who calls, at a route whose permission they have.
pub struct Caller {
    /// Genkan.
    pub app: Data<App>,
    /// What they may do.
    pub operator: Rc<Operator>,
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let operator = request.extensions().get::<Rc<Operator>>().cloned();
        let app = request.app_data::<Data<App>>().cloned();
        ready(app.zip(operator).map(|(app, operator)| Self { app, operator }).ok_or_else(Problem::no_token))
    }
}

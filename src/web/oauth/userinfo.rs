//! `GET` and `POST /userinfo` (OpenID Connect Core section 5.3).
use crate::{
    app::App,
    domain::UserClaims,
    protocol::{
        Code, Error,
        access_token::{self, AccessToken},
        error::invalid_request,
        params::Params,
    },
    storage::{grants, groups},
    web::{error::ApiError, forms::ApiParams},
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Payload},
};

/// What an access token reveals of the person.
pub async fn get(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    answer(&app, &request, &Params::default()).await
}

/// The same, with the token in the header or in a form (RFC 6750 section 2.2).
pub async fn post(app: Data<App>, request: HttpRequest, body: Payload) -> Result<HttpResponse, ApiError> {
    use actix_web::FromRequest as _;
    if request.headers().contains_key(header::AUTHORIZATION) {
        return answer(&app, &request, &Params::default()).await;
    }
    let params = ApiParams::from_request(&request, &mut body.into_inner()).await?;
    answer(&app, &request, &params.0).await
}

async fn answer(app: &App, request: &HttpRequest, body: &Params) -> Result<HttpResponse, ApiError> {
    let token = presented(request, body)?;
    let now = app.clock.now();
    let keys = app.memory().keys.clone();
    let verified = keys.verify::<AccessToken>(&token).ok_or_else(|| ApiError::bearer(access_token::NOT_GOOD))?;
    let claims = verified.claims;
    claims.check(verified.typ.as_deref(), &app.config.issuer, now).map_err(ApiError::bearer)?;
    if !claims.scope.has("openid") {
        let error = Error::new(Code::InsufficientScope, "the access token must be for the scope openid");
        return Err(ApiError::bearer(error));
    }
    let grant = claims.grant.ok_or_else(|| ApiError::bearer(access_token::NOT_GOOD))?;
    let user = grants::find_user(&app.db, &grant, &claims.jti, now).await?;
    let user = user.ok_or_else(|| ApiError::bearer(access_token::NOT_GOOD))?;
    let membership = groups::membership(&app.db, &user.id, &claims.scope).await?;
    let revealed = UserClaims::reveal(&user, &claims.scope, &app.config.issuer).telling(membership);
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(revealed))
}

/// The token, from the one place where it is.
fn presented(request: &HttpRequest, body: &Params) -> Result<String, ApiError> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let in_header = headers.next();
    if headers.next().is_some() {
        return Err(ApiError::bearer(invalid_request("there are two Authorization headers")));
    }
    let in_body = body.once("access_token").map_err(ApiError::bearer)?;
    match (in_header, in_body) {
        (Some(value), None) => {
            let token = value.to_str().ok().and_then(access_token::bearer);
            token.map(Into::into).ok_or_else(|| ApiError::bearer(access_token::NOT_GOOD))
        }
        (None, Some(token)) => Ok(token.into()),
        (None, None) => Err(ApiError::no_token()),
        (Some(_), Some(_)) => Err(ApiError::bearer(invalid_request("the token is sent in two ways"))),
    }
}

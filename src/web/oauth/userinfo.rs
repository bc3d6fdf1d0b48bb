//! `GET` and `POST /userinfo` (OpenID Connect Core section 5.3).
use crate::{
    app::App,
    domain::{LINE_FRIEND, Timestamp, UserClaims, UserId},
    protocol::{
        Code, Error,
        access_token::{self, AccessToken},
        error::invalid_request,
        params::Params,
    },
    storage::{grants, groups, identities},
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
    let claims = reveal(app, &presented(request, body)?).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(claims))
}

/// What this access token reveals of the person.
pub async fn reveal(app: &App, token: &str) -> Result<UserClaims, ApiError> {
    let now = app.clock.now();
    let keys = app.memory().keys.clone();
    let verified = keys.verify::<AccessToken>(token).ok_or_else(|| ApiError::bearer(access_token::NOT_GOOD))?;
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
    let mut revealed = UserClaims::reveal(&user, &claims.scope, &app.config.issuer).telling(membership);
    if claims.scope.has(LINE_FRIEND)
        && let Some(is_friend) = line_friend(app, &user.id).await?
    {
        revealed.0.insert(LINE_FRIEND.into(), is_friend.into());
    }
    Ok(revealed)
}

/// Whether a person is a friend of the channel's official account, as LINE said when they last came from there; of
/// several channels, of the one that they came by last.
async fn line_friend(app: &App, user: &UserId) -> Result<Option<bool>, ApiError> {
    let upstreams = app.memory().upstreams.clone();
    let mut known = identities::of_user(&app.db, user).await?;
    known.retain(|identity| {
        let upstream = upstreams.get(&identity.provider);
        identity.suspended_at.is_none() && upstream.is_some_and(|upstream| upstream.provider.asks_to_befriend())
    });
    let came_at = |at: Option<Timestamp>, linked_at: Timestamp| at.unwrap_or(linked_at);
    known.sort_by_key(|identity| came_at(identity.last_used_at, identity.created_at));
    Ok(known.iter().rev().find_map(|identity| identity.said.friend))
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

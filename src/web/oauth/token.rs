//! `POST /token` (RFC 6749 section 3.2).
use super::{authenticate, token_exchange, upstream_token};
use crate::{
    app::App,
    domain::{Client, Event, Grant, GrantType, Scopes, Timestamp},
    metrics,
    protocol::{
        self,
        access_token::{self, AccessToken},
        authorization_code,
        id_token::{self, IdToken},
        refresh_token,
        token::{
            AuthorizationCodeRequest, RefreshTokenRequest, TokenRequest, TokenResponse, client_credentials_scope,
            refreshed_scope,
        },
    },
    storage::{
        grants::{self, Presented},
        groups,
    },
    web::{error::ApiError, forms::ApiParams, record::record},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

/// Exchanges a grant for tokens.
pub async fn post(app: Data<App>, http: HttpRequest, params: ApiParams) -> Result<HttpResponse, ApiError> {
    let client = authenticate(&app, &http, &params.0).await?;
    if protocol::upstream_token::is_asked_for(&params.0) {
        return upstream_token::answer(&app, &client, &params.0).await;
    }
    let now = app.clock.now();
    let request = TokenRequest::parse(&params.0, &client)?;
    let grant_type = request.grant_type();
    let tokens = match request {
        TokenRequest::AuthorizationCode(request) => redeem(&app, &http, &client, request, now).await?,
        TokenRequest::RefreshToken(request) => refresh(&app, &http, &client, request, now).await?,
        TokenRequest::ClientCredentials { scope } => own(&app, &client, scope, now)?,
        TokenRequest::TokenExchange(request) => token_exchange::exchange(&app, &http, &client, request).await?,
    };
    metrics::issued(grant_type.as_str());
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(tokens))
}

/// Spends a code, for a client that has authenticated.
pub(in crate::web) async fn redeem(
    app: &App,
    http: &HttpRequest,
    client: &Client,
    request: AuthorizationCodeRequest,
    now: Timestamp,
) -> Result<TokenResponse, ApiError> {
    let code = request.code.digest();
    let idle_until = now.plus(client.refresh_token_lifetime.unwrap_or(app.settings().tokens.refresh_token));
    let Some(grant) = grants::redeem(&app.db, code.clone(), idle_until, now).await? else {
        if let Some(user) = grants::revoke_replayed(&app.db, code, now).await? {
            record(app, http, &user, Event::TokenReused, Some(&client.client_id)).await?;
        }
        return Err(authorization_code::NOT_GOOD.into());
    };
    let admitted = client.admits(grant.provider.as_ref());
    let checked = authorization_code::check(client, &request, &grant);
    if let Err(error) = checked.and(if admitted { Ok(()) } else { Err(authorization_code::NOT_GOOD) }) {
        // Whoever has half of what it takes must not try for the other half.
        record(app, http, &grant.user_id, Event::TokenRefused, Some(&client.client_id)).await?;
        grants::revoke(&app.db, grant.id, grant.client_id, now).await?;
        return Err(error.into());
    }
    issue(app, client, &grant, grant.scopes.clone(), 0, now).await
}

/// Renews what a refresh token stands for, for a client that has authenticated.
pub(in crate::web) async fn refresh(
    app: &App,
    http: &HttpRequest,
    client: &Client,
    request: RefreshTokenRequest,
    now: Timestamp,
) -> Result<TokenResponse, ApiError> {
    let (grant, generation) =
        refresh_token::read(&app.secrets.refresh_tokens, &request.refresh_token).ok_or(refresh_token::NOT_GOOD)?;
    if request.scope.is_some() {
        // Looked at first, so that asking for too much does not cost the token.
        let standing = grants::find_live(&app.db, &grant, now).await?.ok_or(refresh_token::NOT_GOOD)?;
        refreshed_scope(&standing.grant.scopes, request.scope.clone())?;
    }
    let presented = Presented { grant, generation, client: client.client_id.clone() };
    let idle_until = now.plus(client.refresh_token_lifetime.unwrap_or(app.settings().tokens.refresh_token));
    let grant = match grants::rotate(&app.db, presented.clone(), idle_until, now).await? {
        Some(grant) => grant,
        None => retry(app, http, presented, now).await?,
    };
    if !client.admits(grant.provider.as_ref()) {
        // The app is limited to other ways in since.
        record(app, http, &grant.user_id, Event::TokenRefused, Some(&client.client_id)).await?;
        grants::revoke(&app.db, grant.id, grant.client_id, now).await?;
        return Err(refresh_token::NOT_GOOD.into());
    }
    let scope = refreshed_scope(&grant.scopes, request.scope)?;
    // A renewed ID token has no nonce (OpenID Connect Core section 12.2).
    issue(app, client, &Grant { nonce: None, ..grant }, scope, generation + 1, now).await
}

/// A token that is not the current one: a response that was lost on the way is given again; what
/// comes later is theft, and ends the grant for thief and owner alike.
async fn retry(app: &App, http: &HttpRequest, presented: Presented, now: Timestamp) -> Result<Grant, ApiError> {
    let window = app.settings().tokens.refresh_retry;
    if let Some(grant) = grants::retry(&app.db, presented.clone(), window, refresh_token::RETRIES, now).await? {
        return Ok(grant);
    }
    if let Some(user) = grants::revoke_reused(&app.db, presented.clone(), window, now).await? {
        record(app, http, &user, Event::TokenReused, Some(&presented.client)).await?;
    }
    Err(refresh_token::NOT_GOOD.into())
}

fn own(app: &App, client: &Client, scope: Option<Scopes>, now: Timestamp) -> Result<TokenResponse, ApiError> {
    let scope = client_credentials_scope(client, scope)?;
    let expires_in = client.access_token_lifetime.unwrap_or(app.settings().tokens.access_token);
    let token = AccessToken::of_client(&app.config.issuer, client, scope.clone(), expires_in, now);
    let keys = app.memory().keys.clone();
    let access_token = keys.sign(client.access_token_signed_response_alg, access_token::TYP, &token, now)?;
    Ok(TokenResponse {
        access_token,
        token_type: "Bearer",
        expires_in,
        scope,
        refresh_token: None,
        id_token: None,
        issued_token_type: None,
    })
}

/// All tokens of a grant: an access token for `scope`, the refresh token of this generation if the
/// client may have one, an ID token if it is about signing in.
pub(super) async fn issue(
    app: &App,
    client: &Client,
    grant: &Grant,
    scope: Scopes,
    generation: i64,
    now: Timestamp,
) -> Result<TokenResponse, ApiError> {
    let (issuer, lifetimes, keys) = (&app.config.issuer, &app.settings().tokens, app.memory().keys.clone());
    // No token outlives its grant.
    let lifetime = client.access_token_lifetime.unwrap_or(lifetimes.access_token);
    let expires_in = lifetime.min(grant.expires_at.since(now));
    let membership = groups::membership(&app.db, &grant.user_id, &grant.scopes).await?;
    let token = AccessToken::of_grant(issuer, grant, scope.clone(), expires_in, now).telling(&membership);
    let access_token = keys.sign(client.access_token_signed_response_alg, access_token::TYP, &token, now)?;
    let refresh_token = client
        .may(GrantType::RefreshToken)
        .then(|| refresh_token::issue(&app.secrets.refresh_tokens, &grant.id, generation).reveal().to_owned());
    let id_token = if grant.scopes.has("openid") {
        let algorithm = client.id_token_signed_response_alg;
        let claims = IdToken::new(issuer, grant, algorithm, &access_token, lifetimes.id_token, now).telling(membership);
        Some(keys.sign(algorithm, id_token::TYP, &claims, now)?)
    } else {
        None
    };
    let issued_token_type = None;
    Ok(TokenResponse {
        access_token,
        token_type: "Bearer",
        expires_in,
        scope,
        refresh_token,
        id_token,
        issued_token_type,
    })
}

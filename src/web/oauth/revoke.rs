//! `POST /revoke` (RFC 7009). The answer is the same whether there was anything to revoke.
use super::authenticate;
use crate::{
    app::App,
    domain::{Actor, Client, Event, NewEvent, Secret},
    protocol::{access_token::AccessToken, refresh_token},
    storage::{grants, revoked_tokens},
    web::{
        error::ApiError,
        forms::ApiParams,
        record::{self, told},
    },
};
use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

/// Revokes a token of the client that asks: a refresh token with its whole grant, an access token
/// alone.
pub async fn post(app: Data<App>, request: HttpRequest, params: ApiParams) -> Result<HttpResponse, ApiError> {
    let client = authenticate(&app, &request, &params.0).await?;
    params.0.none_repeated()?;
    let token = params.0.require("token", "token is missing")?;
    let now = app.clock.now();
    let keys = app.memory().keys.clone();
    if let Some((grant, _)) = refresh_token::read(&app.secrets.refresh_tokens, &Secret::from(token)) {
        let name = grant.to_string();
        if grants::revoke(&app.db, grant, client.client_id.clone(), now).await? {
            note(&app, &request, &client, "grant", &name).await?;
        }
    } else if let Some(verified) = keys.verify::<AccessToken>(token) {
        let claims = verified.claims;
        let good = claims.check(verified.typ.as_deref(), &app.config.issuer, now).is_ok();
        if good && claims.client_id == client.client_id {
            let name = claims.jti.clone();
            revoked_tokens::insert(&app.db, claims.jti, claims.exp).await?;
            note(&app, &request, &client, "token", &name).await?;
        }
    }
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish())
}

/// Writes it down. The names are those of rows: no token can be made of them.
async fn note(app: &App, request: &HttpRequest, client: &Client, kind: &str, name: &str) -> Result<(), ApiError> {
    let new =
        NewEvent { actor: Actor::Client(client.client_id.clone()), ..told(app, request, None, Event::TokenRevoked) };
    Ok(record::write(app, new.about_client(&client.client_id).about_object(kind, name)).await?)
}

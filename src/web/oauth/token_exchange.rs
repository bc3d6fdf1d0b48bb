//! `POST /token` with a token exchange (RFC 8693): native sign-in. An app trades what it has from a provider's SDK for
//! tokens of ours, for the same account as on the web.
//!
//! There is no page on this way. Whatever would be asked on one (a second factor, consent, whether the terms are agreed
//! to, whose an account is) sends the app to the browser flow.
use super::token;
use crate::{
    app::App,
    domain::{
        Arrival, Assurance, AuthMethods, Client, Credential, Digest, Event, Grant, GrantId, GrantType, NewGrant,
        ProviderName, Secret, SessionId, Timestamp, UserId,
    },
    metrics,
    protocol::{
        native_nonce,
        token::TokenResponse,
        token_exchange::{self as refusal, ACCESS_TOKEN, Refusal, TokenExchangeRequest},
    },
    storage::{consents, grants, second_factors, spent, users},
    upstream::{Error, Fault, Upstream},
    web::{
        admission::recognise_app,
        error::ApiError,
        limits::{self, Tried},
        record::{self, told, write_later},
        upstream::stranger::{Came, Stranger},
        visit::Visit,
    },
};
use actix_web::{FromRequest as _, HttpRequest, web::Data};
use serde_json::json;
use std::sync::Arc;

/// Exchanges a credential for tokens. That it is refused is written down, with the word that the app is told; how often
/// somebody may try is limited.
pub async fn exchange(
    app: &Data<App>,
    http: &HttpRequest,
    client: &Client,
    request: TokenExchangeRequest,
) -> Result<TokenResponse, ApiError> {
    let provider = request.provider.clone();
    let outcome = attempt(app, http, client, request).await;
    let reason = outcome.as_ref().err().and_then(ApiError::reason).filter(|reason| *reason != refusal::TOO_MANY.reason);
    if let Some(reason) = reason {
        let event = told(app, http, None, Event::ExchangeRefused).about_client(&client.client_id);
        write_later(app, event.about_object("provider", provider).with(json!({ "reason": reason })));
    }
    outcome
}

async fn attempt(
    app: &Data<App>,
    http: &HttpRequest,
    client: &Client,
    request: TokenExchangeRequest,
) -> Result<TokenResponse, ApiError> {
    let now = app.clock.now();
    if let Some(seconds) = limits::take(app, http, &Tried::Native).await? {
        return Err(ApiError::too_many(seconds));
    }
    request.check_targets(&app.config.issuer)?;
    let upstream = provider(app, client, &request.provider)?;
    let came = came(app, client, &upstream, &request, now).await?;
    let visit = Visit::extract(http).await?;
    let stranger = Stranger::seen(&visit, &upstream, came).await?;
    let user = Entrance { stranger: &stranger, client, request: &request }.account().await?;
    if !stranger.enter(&user).await? {
        return Err(refusal::DISABLED.into());
    }
    let grant = grant(app, client, user, &request, now);
    // A code that nobody sees.
    let new = NewGrant { grant: grant.clone(), code: Secret::random().digest(), code_expires_at: now };
    let device = visit.device().of_app(&visit.frame(None).words.name_of(client));
    if !grants::begin(&app.db, new, &device, idle_until(app, client, now), now).await? {
        return Err(refusal::AWAY.into());
    }
    metrics::signed_in(upstream.provider.name.as_str());
    let event = recognise_app(&visit, &grant, device).await?;
    let event = told(app, http, Some(&grant.user_id), event).about_client(&client.client_id);
    let details = json!({ "methods": grant.methods.words(), "provider": upstream.provider.name });
    record::write(app, event.with(details)).await?;
    let tokens = token::issue(app, client, &grant, request.scope, 0, now).await?;
    Ok(TokenResponse { issued_token_type: Some(ACCESS_TOKEN), ..tokens })
}

/// The provider, if people of it may come to this client.
pub fn provider(app: &App, client: &Client, name: &ProviderName) -> Result<Arc<Upstream>, Refusal> {
    if !client.admits(Some(name)) {
        return Err(refusal::PROVIDER_NOT_ALLOWED);
    }
    app.memory().upstreams.get(name).cloned().ok_or(refusal::PROVIDER_DISABLED)
}

/// Who it is that the credential shows, which is used up by that.
async fn came(
    app: &App,
    client: &Client,
    upstream: &Upstream,
    request: &TokenExchangeRequest,
    now: Timestamp,
) -> Result<Came, ApiError> {
    if !upstream.takes(&request.credential) {
        return Err(refusal::NOT_SUPPORTED.into());
    }
    let nonce_until = nonce_until(app, client, upstream, request, now)?;
    let unsigned = request.user_name.as_ref().map(|name| json!({ "name": name }));
    let shown = upstream.identify_native(&request.credential, request.nonce.as_deref(), unsigned.as_ref(), now).await;
    let shown = shown.map_err(|why| {
        tracing::warn!(provider = %request.provider, client = %client.client_id, %why, "a credential was not taken");
        of_upstream(&why)
    })?;
    let token = (Digest::of(&format!("native token {}", request.credential.unique())), shown.good_until);
    let fresh = match (&request.nonce, nonce_until) {
        (Some(nonce), Some(until)) => {
            let nonce = (Digest::of(&format!("native nonce {nonce}")), until);
            spent::spend_both(&app.db, [nonce, token]).await?
        }
        _ => [true, spent::spend(&app.db, token.0, token.1).await?],
    };
    match fresh {
        [true, true] => Ok(Came { newcomer: shown.newcomer, tokens: shown.tokens, client_id: shown.client_id }),
        [_, false] => Err(refusal::REPLAYED.into()),
        [false, true] => Err(refusal::NONCE.into()),
    }
}

/// Until when the nonce is good that comes along. An ID token needs one, unless the operator says that it does not. A
/// code is good once at its provider, and an access token has no place for one.
fn nonce_until(
    app: &App,
    client: &Client,
    upstream: &Upstream,
    request: &TokenExchangeRequest,
    now: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    let (key, provider) = (&app.secrets.native_nonces, &upstream.provider);
    match (&request.nonce, &request.credential) {
        (Some(nonce), _) => {
            native_nonce::read(key, nonce, &client.client_id, &provider.name, now).map(Some).ok_or(refusal::NONCE)
        }
        (None, Credential::IdToken { .. }) if !provider.settings.native_nonce_optional => Err(refusal::NONCE_MISSING),
        (None, _) => Ok(None),
    }
}

/// What the app is told. What the provider said is for the log.
const fn of_upstream(why: &Error) -> Refusal {
    match why {
        Error::Fetch(_) | Error::Unavailable | Error::Answer(_) => refusal::PROVIDER_UNAVAILABLE,
        Error::Refused { .. } => refusal::REJECTED,
        Error::Refusal(crate::upstream::Refusal::NotWelcome) => refusal::NOT_WELCOME,
        Error::Refusal(crate::upstream::Refusal::NoSubject) => refusal::MALFORMED,
        Error::IdToken(fault) | Error::AccessToken(fault) => match fault {
            Fault::Malformed | Fault::Time => refusal::MALFORMED,
            Fault::Algorithm | Fault::UnknownKey | Fault::Signature => refusal::SIGNATURE,
            Fault::Issuer => refusal::ISSUER,
            Fault::Audience => refusal::AUDIENCE,
            Fault::Expired | Fault::TooOld => refusal::EXPIRED,
            Fault::Nonce => refusal::NONCE,
            Fault::AccessToken => refusal::ACCESS_TOKEN_MISMATCH,
        },
    }
}

/// Somebody at the door of an app.
struct Entrance<'a> {
    stranger: &'a Stranger<'a>,
    client: &'a Client,
    request: &'a TokenExchangeRequest,
}

impl Entrance<'_> {
    /// The account that they come to, made or joined if need be, once nothing is left to be asked.
    async fn account(&self) -> Result<UserId, ApiError> {
        match self.stranger.arrival().await? {
            Arrival::Known(user) => {
                self.check(&user).await?;
                Ok(user)
            }
            Arrival::Join(user) => {
                self.check(&user).await?;
                self.stranger.join(&user).await?;
                Ok(user)
            }
            Arrival::TakeOver(user) => {
                self.check_new()?;
                self.stranger.take_over(&user).await?;
                Ok(user)
            }
            Arrival::Create if self.stranger.may_sign_up() => {
                self.check_new()?;
                if self.stranger.visit.app.settings().instance.asks_to_agree() {
                    return Err(refusal::SIGN_UP_ASKS.into());
                }
                let user = self.stranger.make(self.stranger.account()).await?;
                // It may have been made by a page at the same moment, or this identity joined another.
                self.check(&user).await?;
                Ok(user)
            }
            Arrival::ProveFirst(_) => Err(refusal::ACCOUNT_EXISTS.into()),
            Arrival::Ask => Err(refusal::SIGN_UP_ASKS.into()),
            Arrival::Suspended => Err(refusal::SUSPENDED.into()),
            Arrival::Create | Arrival::Refuse => Err(refusal::UNKNOWN.into()),
        }
    }

    /// Whether nothing would be asked of somebody with an account.
    async fn check(&self, id: &UserId) -> Result<(), ApiError> {
        let app = &self.stranger.visit.app;
        let user = users::find(&app.db, id).await?.filter(|user| user.disabled_at.is_none());
        let user = user.ok_or(refusal::DISABLED)?;
        if users::absence(&app.db, id).await?.is_some() {
            return Err(refusal::AWAY.into());
        }
        let required = app.settings().second_factor.assurance(user.role).max(self.required());
        if required > proved().assurance() || second_factors::is_on(&app.db, id).await? {
            return Err(refusal::SECOND_FACTOR.into());
        }
        let is_consented = self.client.skip_consent
            || consents::find(&app.db, id, &self.client.client_id).await?.covers(&self.request.scope);
        if is_consented { Ok(()) } else { Err(refusal::CONSENT.into()) }
    }

    /// The same of somebody who has none yet, or of whose account nothing stays: they have consented to nothing.
    fn check_new(&self) -> Result<(), Refusal> {
        let by_policy = self.stranger.visit.app.settings().second_factor.assurance(None);
        if by_policy.max(self.required()) > proved().assurance() {
            return Err(refusal::SECOND_FACTOR);
        }
        if self.client.skip_consent { Ok(()) } else { Err(refusal::CONSENT) }
    }

    fn required(&self) -> Assurance {
        self.client.required_acr.unwrap_or(Assurance::OneFactor)
    }
}

/// What somebody has proved by coming from a provider.
fn proved() -> AuthMethods {
    AuthMethods::federated()
}

/// When the sign-in is over unless it is used: one that cannot be renewed ends with its first tokens.
fn idle_until(app: &App, client: &Client, now: Timestamp) -> Timestamp {
    let lifetimes = &app.settings().tokens;
    now.plus(if client.may(GrantType::RefreshToken) {
        client.refresh_token_lifetime.unwrap_or(lifetimes.refresh_token)
    } else {
        client.access_token_lifetime.unwrap_or(lifetimes.access_token)
    })
}

/// What the app gets: in a session of its own, for there is no browser.
fn grant(app: &App, client: &Client, user_id: UserId, request: &TokenExchangeRequest, now: Timestamp) -> Grant {
    Grant {
        id: GrantId::random(),
        user_id,
        client_id: client.client_id.clone(),
        sid: SessionId::random(),
        scopes: request.scope.clone(),
        auth_time: now,
        acr: Some(proved().assurance()),
        methods: proved(),
        provider: Some(request.provider.clone()),
        nonce: None,
        redirect_uri: String::new(),
        code_challenge: None,
        expires_at: now.plus(app.settings().tokens.refresh_token_absolute),
    }
}

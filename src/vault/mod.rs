//! Tokens of providers that are kept: for the apps that may have them, and to give them back in the end.
//!
//! They come in with a sign-in (here), are renewed and handed out by `serve.rs`, and given back by `give_back.rs`. Each
//! is sealed, and says whose it is.
mod give_back;
mod serve;

pub use give_back::{give_back, give_back_soon, let_go};
pub use serve::{Served, serve};

use crate::{
    app::App,
    domain::{Client, IdentityId, Secret, Timestamp},
    keys, storage,
    storage::upstream_tokens::{self, KeptTokens, Names, NewTokens},
    upstream::{Held, Provider, Tells, TokenNames, Tokens, Upstream},
};
use serde::{Deserialize, Serialize};

const CONTEXT: &str = "upstream tokens";
/// How long whoever has claimed tokens may take, in seconds: longer than any provider may.
const CLAIM: i64 = 30;

/// Why nothing can be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] keys::Error),
}

/// Whether anything that a provider gives is kept.
fn keeps(provider: &Provider) -> bool {
    provider.settings.store_tokens || provider.kind.wants_tokens_back()
}

/// Whether an app may have the tokens of a provider: the operator says so, and it can prove who it is. Whoever has got
/// hold of a public client's tokens would have the provider's as well.
#[must_use]
pub fn may_have(provider: &Provider, client: &Client) -> bool {
    let settings = &provider.settings;
    settings.store_tokens
        && settings.token_clients.contains(&client.client_id)
        && client.admits(Some(&provider.name))
        && !client.is_public()
}

/// Somebody has come from a provider with these tokens: keeps what is to be kept of them.
pub async fn keep(
    app: &App,
    upstream: &Upstream,
    identity: &IdentityId,
    tokens: Tokens,
    client_id: &str,
) -> Result<(), Error> {
    let (provider, now) = (&upstream.provider, app.clock.now());
    if !keeps(provider) {
        return Ok(());
    }
    let tokens = if provider.settings.store_tokens {
        upstream.lasting(tokens).await
    } else {
        // To give back, one is enough.
        Tokens { access_token: None, expires_in: None, ..tokens }
    };
    if tokens.access_token.is_none() && tokens.refresh_token.is_none() {
        return Ok(());
    }
    let sealed = Sealed::of(app, identity, &tokens)?;
    let new = NewTokens {
        identity: identity.clone(),
        provider: provider.name.clone(),
        client_id: client_id.to_owned(),
        access: sealed.access,
        refresh: sealed.refresh,
        names: names(provider, &tokens),
        expires_at: expiry(&tokens, now),
    };
    Ok(upstream_tokens::keep(&app.db, new, now).await?)
}

/// By what a provider may name a refresh token, where it tells of such by themselves.
fn names(provider: &Provider, tokens: &Tokens) -> Option<Names> {
    let tells = provider.kind.tells() == Tells::SecurityEvents;
    let TokenNames { prefix, hash } = tokens.refresh_token.as_ref().filter(|_| tells).map(TokenNames::of)?;
    Some(Names { prefix, hash })
}

fn expiry(tokens: &Tokens, now: Timestamp) -> Option<Timestamp> {
    tokens.expires_in.map(|seconds| now.plus(seconds.max(0)))
}

/// What is inside a seal.
#[derive(Serialize, Deserialize)]
struct Inside {
    identity: IdentityId,
    token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

/// Tokens, sealed.
struct Sealed {
    access: Option<Vec<u8>>,
    refresh: Option<Vec<u8>>,
}

impl Sealed {
    fn of(app: &App, identity: &IdentityId, tokens: &Tokens) -> Result<Self, Error> {
        let seal = |token: &Option<Secret>, scope: Option<&String>| {
            let Some(token) = token else { return Ok(None) };
            let (token, scope) = (token.reveal().to_owned(), scope.cloned());
            let inside = serde_json::to_vec(&Inside { identity: identity.clone(), token, scope });
            let inside = inside.map_err(|_| keys::Error::Crypto("writing what is to be sealed"))?;
            app.secrets.providers.seal(CONTEXT, &inside).map(Some)
        };
        let access = seal(&tokens.access_token, tokens.scope.as_ref())?;
        Ok(Self { access, refresh: seal(&tokens.refresh_token, None)? })
    }
}

/// Tokens that were kept, with what belongs to them.
struct Opened {
    held: Held,
    /// What the access token is good for, where that was told.
    scope: Option<String>,
    /// Whose they are, as the seal says.
    identity: Option<IdentityId>,
}

/// Opens tokens. Those that say that they are somebody else's are none.
fn open(app: &App, kept: &KeptTokens) -> Opened {
    let inside = |sealed: &Option<Vec<u8>>| {
        let sealed = sealed.as_ref()?;
        let plain = app.secrets.providers.open(CONTEXT, sealed);
        let inside: Option<Inside> = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
        let inside = inside.filter(|inside| kept.identity_id.as_ref().is_none_or(|id| *id == inside.identity));
        if inside.is_none() {
            tracing::error!(id = %kept.id, provider = %kept.provider, "tokens that were kept cannot be opened");
        }
        inside
    };
    let (access, refresh) = (inside(&kept.access), inside(&kept.refresh));
    let identity = access.as_ref().or(refresh.as_ref()).map(|inside| inside.identity.clone());
    let scope = access.as_ref().and_then(|inside| inside.scope.clone());
    let secret = |inside: Option<Inside>| inside.map(|inside| Secret::from(inside.token));
    let held = Held { access_token: secret(access), refresh_token: secret(refresh), client_id: kept.client_id.clone() };
    Opened { held, scope, identity }
}

/// How long nothing is tried after so many failures in a row, in seconds: twice as long each time.
fn pause(failures: i64, first: i64, longest: i64) -> i64 {
    let doublings = u32::try_from(failures.clamp(0, 20)).unwrap_or_default();
    first.saturating_mul(2_i64.pow(doublings)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest() {
        let pauses: Vec<_> = [0, 1, 2, 5, 6, 100, -1].map(|failures| pause(failures, 5, 300)).into();
        assert_eq!(pauses, [5, 10, 20, 160, 300, 300, 5]);
    }
}

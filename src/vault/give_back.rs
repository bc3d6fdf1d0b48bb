//! Giving tokens back to their provider: those that a person or the operator wants gone, and those of identities and
//! accounts that are gone.
//!
//! Nothing waits for it. Whatever takes an identity away leaves its tokens behind as nobody's, and they are given back
//! from here, outside of any transaction. A provider that does not answer is asked again for a day.
use super::{CLAIM, Error, Opened, Sealed, expiry, keeps, open, pause};
use crate::{
    app::App,
    domain::{Timestamp, UpstreamTokenId},
    storage::{
        self,
        upstream_tokens::{self, KeptTokens, Renewed},
    },
    upstream::Upstream,
};
use std::sync::Arc;
use tokio::task::JoinSet;

/// How many are given back at once: a provider that is slow keeps others waiting no longer than one does.
const AT_ONCE: i64 = 16;
/// How long a provider that failed is left alone, in seconds: at first, and at most.
const PAUSE: (i64, i64) = (60, 3600);
/// For how long it is asked, in seconds.
const PATIENCE: i64 = 86_400;

/// Why tokens were not given back.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("the provider is not in the settings")]
    NoProvider,
    #[error(transparent)]
    Upstream(#[from] crate::upstream::Error),
    #[error(transparent)]
    Vault(#[from] Error),
}

impl From<storage::Error> for Trouble {
    fn from(why: storage::Error) -> Self {
        Self::Vault(why.into())
    }
}

/// Gives back what waits for it.
pub async fn give_back(app: &Arc<App>) -> storage::Result<()> {
    loop {
        let waiting = upstream_tokens::waiting(&app.db, app.clock.now(), AT_ONCE).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let mut all = JoinSet::new();
        for id in waiting {
            let app = app.clone();
            all.spawn(async move { one(&app, id).await });
        }
        for outcome in all.join_all().await {
            outcome?;
        }
    }
}

/// The same in the background, at once: somebody has just asked for it.
pub fn give_back_soon(app: &Arc<App>) {
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(why) = give_back(&app).await {
            tracing::error!(%why, "tokens to be given back cannot be looked up");
        }
    });
}

/// Lets go of what is kept of providers of which nothing is to be kept any more. Returns how many.
pub async fn let_go(app: &App) -> storage::Result<u64> {
    let (mut count, upstreams) = (0, app.memory().upstreams.clone());
    for upstream in upstreams.iter().filter(|upstream| !keeps(&upstream.provider)) {
        count += upstream_tokens::release_all(&app.db, upstream.provider.name.clone()).await?;
    }
    Ok(count)
}

async fn one(app: &App, id: UpstreamTokenId) -> storage::Result<()> {
    let now = app.clock.now();
    let Some(claimed) = upstream_tokens::claim_waiting(&app.db, id, now.plus(CLAIM), now).await? else { return Ok(()) };
    let why = match attempt(app, &claimed, now).await {
        Ok(()) => {
            tracing::info!(target: "audit", provider = %claimed.provider, "tokens of a provider were given back");
            return upstream_tokens::remove(&app.db, &claimed).await;
        }
        Err(why) => why,
    };
    let provider = &claimed.provider;
    if now.since(claimed.released_at.unwrap_or(now)) >= PATIENCE {
        tracing::error!(target: "audit", %provider, %why, "tokens of a provider could not be given back in a day");
        return upstream_tokens::remove(&app.db, &claimed).await;
    }
    tracing::warn!(%provider, %why, "tokens cannot be given back to their provider now");
    let retry_at = now.plus(pause(claimed.failures, PAUSE.0, PAUSE.1));
    upstream_tokens::failed(&app.db, &claimed, retry_at).await
}

async fn attempt(app: &App, claimed: &KeptTokens, now: Timestamp) -> Result<(), Trouble> {
    if claimed.died_at.is_some() {
        return Ok(());
    }
    let upstream = app.memory().upstreams.get(&claimed.provider).cloned().ok_or(Trouble::NoProvider)?;
    let mut opened = open(app, claimed);
    let has_run_out = claimed.expires_at.is_some_and(|at| at <= now);
    if has_run_out && opened.held.refresh_token.is_some() && upstream.takes_back_by_access_token(&opened.held) {
        match renewed(app, &upstream, claimed, opened, now).await? {
            Some(fresh) => opened = fresh,
            None => return Ok(()),
        }
    }
    Ok(upstream.give_back(&opened.held, now).await?)
}

/// Renews tokens that can be given back only while they are good. `None`: the provider takes them no more.
async fn renewed(
    app: &App,
    upstream: &Upstream,
    claimed: &KeptTokens,
    before: Opened,
    now: Timestamp,
) -> Result<Option<Opened>, Trouble> {
    let tokens = match upstream.renew(&before.held, now).await {
        Ok(Some(tokens)) => tokens,
        Ok(None) => return Ok(None),
        Err(why) if upstream.is_final(&why) => return Ok(None),
        Err(why) => return Err(why.into()),
    };
    let mut opened = before;
    if let Some(identity) = &opened.identity {
        // For the next time, if what follows fails.
        let Sealed { access, refresh } = Sealed::of(app, identity, &tokens)?;
        let (expires_at, claimed_until) = (expiry(&tokens, now), claimed.claimed_until);
        let renewed = Renewed { access, refresh, names: None, expires_at, claimed_until };
        upstream_tokens::renewed(&app.db, claimed, renewed, now).await?;
    }
    opened.held.refresh_token = tokens.refresh_token.or(opened.held.refresh_token);
    opened.held.access_token = tokens.access_token;
    Ok(Some(opened))
}

//! Handing a provider's access token to an app, a fresh one where the one before has run out.
//!
//! Of all who find that it has, at whichever node, one claims it and asks the provider; the others wait for what comes
//! of that. What the provider gives is stored before anybody gets it, for it may have ended what was there before.
use super::{CLAIM, Error, Opened, Sealed, expiry, names, open, pause};
use crate::{
    app::App,
    domain::{Secret, Timestamp, UserId},
    storage::upstream_tokens::{self, KeptTokens, Renewed},
    upstream::{Held, Tokens, Upstream},
};
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;

/// How soon one that is about to run out is of no use to anybody, in seconds.
const TOO_SOON: i64 = 5;
/// How often those who wait look, and how many times.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS: usize = 100;
/// How long a provider that failed is left alone, in seconds: at first, and at most.
const PAUSE: (i64, i64) = (5, 300);

/// What there is for an app.
#[derive(Debug)]
pub enum Served {
    /// A token.
    Token(Handed),
    /// None of this person is kept.
    NotKept,
    /// The provider takes it no more: the person has to sign in there anew.
    Dead,
    /// The provider cannot be reached, and it has run out.
    Unavailable,
}

/// An access token of a provider's.
#[derive(Debug, Clone)]
pub struct Handed {
    /// The token.
    pub token: Secret,
    /// Seconds until it runs out, where that is known.
    pub expires_in: Option<i64>,
    /// What it is good for, in the provider's words, where it told.
    pub scope: Option<String>,
}

/// The token of a person.
pub async fn serve(app: &Arc<App>, upstream: &Arc<Upstream>, user: &UserId) -> Result<Served, Error> {
    for _ in 0..LOOKS {
        let now = app.clock.now();
        let Some(kept) = newest(app, upstream, user).await? else { return Ok(Served::NotKept) };
        if kept.died_at.is_some() {
            return Ok(Served::Dead);
        }
        let opened = open(app, &kept);
        let Some(handed) = handed(&opened, kept.expires_at, now) else { return Ok(Served::NotKept) };
        let due = now.plus(upstream.provider.kind.renews_before());
        if kept.expires_at.is_none_or(|at| at > due) {
            return Ok(Served::Token(handed));
        }
        if kept.retry_at <= now
            && let Some(claimed) = upstream_tokens::claim(&app.db, kept.id, due, now.plus(CLAIM), now).await?
        {
            match renew(app, upstream, claimed).await? {
                Some(served) => return Ok(served),
                None => continue,
            }
        }
        if is_useful(&handed) {
            return Ok(Served::Token(handed));
        }
        if kept.retry_at > now {
            return Ok(Served::Unavailable);
        }
        sleep(LOOK).await;
    }
    Ok(Served::Unavailable)
}

/// What to hand out of what a person has at a provider: what lives, and of that the latest.
async fn newest(app: &App, upstream: &Upstream, user: &UserId) -> Result<Option<KeptTokens>, Error> {
    let mut all = upstream_tokens::to_hand_out(&app.db, user, &upstream.provider.name).await?;
    let living = all.iter().position(|kept| kept.died_at.is_none());
    Ok((!all.is_empty()).then(|| all.swap_remove(living.unwrap_or_default())))
}

fn handed(opened: &Opened, expires_at: Option<Timestamp>, now: Timestamp) -> Option<Handed> {
    let token = opened.held.access_token.clone()?;
    Some(Handed { token, expires_in: expires_at.map(|at| at.since(now)), scope: opened.scope.clone() })
}

fn is_useful(handed: &Handed) -> bool {
    handed.expires_in.is_none_or(|seconds| seconds > TOO_SOON)
}

/// Renews tokens, to the end: an app that hangs up meanwhile must not cost a person their refresh token.
async fn renew(app: &Arc<App>, upstream: &Arc<Upstream>, claimed: KeptTokens) -> Result<Option<Served>, Error> {
    let (app, upstream) = (app.clone(), upstream.clone());
    let renewing = tokio::spawn(async move { Renewal { app: &app, upstream: &upstream, claimed }.run().await });
    renewing.await.unwrap_or(Ok(Some(Served::Unavailable)))
}

struct Renewal<'a> {
    app: &'a App,
    upstream: &'a Upstream,
    claimed: KeptTokens,
}

impl Renewal<'_> {
    /// `None`: the person has signed in there anew meanwhile, and there are other tokens.
    async fn run(&self) -> Result<Option<Served>, Error> {
        let (app, claimed, now) = (self.app, &self.claimed, self.app.clock.now());
        let opened = open(app, claimed);
        let old = handed(&opened, claimed.expires_at, now).filter(is_useful);
        match self.upstream.renew(&opened.held, now).await {
            Ok(Some(tokens)) => self.store(&opened, tokens, now).await,
            Ok(None) => match old {
                Some(old) => self.later(Some(old), now).await,
                None => self.dead(now).await,
            },
            Err(why) => {
                let is_final = self.upstream.is_final(&why);
                tracing::warn!(provider = %claimed.provider, is_final, %why, "a provider's token cannot be renewed");
                if is_final { self.dead(now).await } else { self.later(old, now).await }
            }
        }
    }

    async fn store(&self, before: &Opened, tokens: Tokens, now: Timestamp) -> Result<Option<Served>, Error> {
        let Some(identity) = &before.identity else { return Ok(Some(Served::NotKept)) };
        let scope = tokens.scope.clone().or_else(|| before.scope.clone());
        let tokens = Tokens { scope, ..tokens };
        let Sealed { access, refresh } = Sealed::of(self.app, identity, &tokens)?;
        let expires_at = expiry(&tokens, now);
        let names = names(&self.upstream.provider, &tokens);
        let renewed = Renewed { access, refresh, names, expires_at, claimed_until: Timestamp(0) };
        if !upstream_tokens::renewed(&self.app.db, &self.claimed, renewed, now).await? {
            return Ok(None);
        }
        let held = Held { access_token: tokens.access_token, ..before.held.clone() };
        let opened = Opened { held, scope: tokens.scope, identity: None };
        Ok(Some(handed(&opened, expires_at, now).map_or(Served::NotKept, Served::Token)))
    }

    /// Nothing is tried any more until the person signs in there anew.
    async fn dead(&self, now: Timestamp) -> Result<Option<Served>, Error> {
        upstream_tokens::died(&self.app.db, &self.claimed, now).await?;
        Ok(Some(Served::Dead))
    }

    /// Nothing is tried for a while; what is still good is.
    async fn later(&self, old: Option<Handed>, now: Timestamp) -> Result<Option<Served>, Error> {
        let retry_at = now.plus(pause(self.claimed.failures, PAUSE.0, PAUSE.1));
        upstream_tokens::failed(&self.app.db, &self.claimed, retry_at).await?;
        Ok(Some(old.map_or(Served::Unavailable, Served::Token)))
    }
}

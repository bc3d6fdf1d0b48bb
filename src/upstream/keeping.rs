//! What becomes of tokens that are kept: made to last, renewed, and given back (RFC 6749 section 6, RFC 7009).
use super::{
    Error, Upstream,
    tokens::{Tokens, failure, read},
};
use crate::{
    domain::{Secret, Timestamp},
    fetch::Request,
};

/// Tokens of one person, as they were kept.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// For questions.
    pub access_token: Option<Secret>,
    /// For the next ones.
    pub refresh_token: Option<Secret>,
    /// To which of our names there they were given.
    pub client_id: String,
}

/// How servers say that a token which is given back is none, or none any more.
const GONE: [&str; 2] = ["invalid_token", "invalid_grant"];

impl Upstream {
    /// Tokens that last, for those that a code was traded for. Where none are to be had, these.
    pub async fn lasting(&self, tokens: Tokens) -> Tokens {
        let provider = &self.provider;
        let request = tokens.access_token.as_ref().and_then(|token| provider.kind.lasting(provider, token));
        let Some(request) = request else { return tokens };
        match self.tokens_of(request).await {
            Ok(lasting) => Tokens { scope: lasting.scope.or(tokens.scope), ..lasting },
            Err(why) => {
                tracing::warn!(provider = %provider.name, %why, "a provider gave no token that lasts");
                tokens
            }
        }
    }

    /// Fresh tokens for those. `None`: there is nothing to renew them by.
    pub async fn renew(&self, held: &Held, now: Timestamp) -> Result<Option<Tokens>, Error> {
        let provider = &self.provider;
        if let Some(refresh_token) = &held.refresh_token {
            return self.refresh(refresh_token, &held.client_id, now).await.map(Some);
        }
        let request = held.access_token.as_ref().and_then(|token| provider.kind.prolonged(provider, token));
        match request {
            Some(request) => self.tokens_of(request).await.map(Some),
            None => Ok(None),
        }
    }

    /// Whether what came of renewing means that it will never do.
    #[must_use]
    pub fn is_final(&self, why: &Error) -> bool {
        matches!(why, Error::Refused { code, .. } if self.provider.kind.is_final(code))
    }

    /// What gives tokens back by the access token, where the provider has such a way; it has to be a good one.
    fn giving_back(&self, held: &Held) -> Option<Request> {
        held.access_token.as_ref().and_then(|token| self.provider.kind.giving_back(&self.provider, token))
    }

    /// Whether it takes tokens back by an access token that is still good.
    #[must_use]
    pub fn takes_back_by_access_token(&self, held: &Held) -> bool {
        self.giving_back(held).is_some()
    }

    /// Gives tokens back, and with them all that was allowed, where the provider has a way to.
    pub async fn give_back(&self, held: &Held, now: Timestamp) -> Result<(), Error> {
        let request = match self.giving_back(held) {
            Some(request) => Some(request),
            None => self.revocation(held, now).await?,
        };
        let Some(request) = request else { return Ok(()) };
        let url = request.url.split('?').next().unwrap_or_default().to_owned();
        let answer = self.fetcher.send(request).await?;
        if answer.is_good() {
            return Ok(());
        }
        let why = failure(&url, &answer, &read(&answer));
        let is_gone =
            self.is_final(&why) || matches!(&why, Error::Refused { code, .. } if GONE.contains(&code.as_str()));
        if is_gone || [404, 410, 422].contains(&answer.status) { Ok(()) } else { Err(why) }
    }

    /// The request of RFC 7009, for whichever token takes the other along.
    async fn revocation(&self, held: &Held, now: Timestamp) -> Result<Option<Request>, Error> {
        let Some(url) = self.endpoints(now).await?.endpoints.revocation.clone() else { return Ok(None) };
        let refresh = held.refresh_token.as_ref().map(|token| (token, "refresh_token"));
        let access = held.access_token.as_ref().map(|token| (token, "access_token"));
        let Some((token, kind)) = refresh.or(access) else { return Ok(None) };
        let form = vec![("token", token.reveal().to_owned()), ("token_type_hint", kind.to_owned())];
        self.authenticated(&url, form, &held.client_id, now).map(Some)
    }
}

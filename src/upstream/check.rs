//! Looking whether a provider can be signed in with, before anybody tries: its documents, its keys, and our secret.
use super::{Code, Error, Upstream, preset::Protocol};
use crate::{
    domain::{Secret, Timestamp},
    i18n::Message,
};

/// One thing that was looked at, and what came of it.
#[derive(Debug)]
pub struct Checked {
    /// What.
    pub what: &'static str,
    /// What was found, or what is wrong.
    pub outcome: Result<Message, Message>,
}

/// How servers say that a code is not good, which they look at only once they have believed our secret.
const CODE_REFUSED: [&str; 3] = ["invalid_grant", "bad_verification_code", "OAuthException"];

impl Upstream {
    /// Looks at everything that can be looked at without a person.
    pub async fn check(&self, now: Timestamp) -> Vec<Checked> {
        let told = |what, outcome: Result<Message, Error>| Checked { what, outcome: outcome.map_err(|why| why.told()) };
        let mut all = vec![];
        if self.provider.preset.discovers {
            let found =
                self.endpoints(now).await.map(|found| found.endpoints.authorization.clone().unwrap_or_default());
            all.push(told("discovery", found.map(|url| Message::new("fault-told").with("why", url))));
        }
        if self.provider.preset.protocol == Protocol::OpenIdConnect {
            all.push(told("keys", self.count_keys(now).await));
        }
        all.push(told("secret", self.try_secret(now).await));
        all
    }

    async fn count_keys(&self, now: Timestamp) -> Result<Message, Error> {
        let found = self.endpoints(now).await?;
        let url = found.endpoints.jwks.as_ref().ok_or(Error::Unavailable)?;
        let keys = self.keys.keys(&self.fetcher, url, None, now).await?;
        Ok(Message::new("upstream-keys").with("count", keys.len()).with("url", url.clone()))
    }

    /// Brings a code that nobody gave: a server that knows us says that the code is wrong, one that does not, that we are.
    async fn try_secret(&self, now: Timestamp) -> Result<Message, Error> {
        let (value, verifier) = (Secret::random(), Secret::random());
        let code = Code {
            value: value.reveal(),
            redirect_uri: Some("https://localhost/"),
            verifier: self.provider.preset.pkce.then_some(verifier.reveal()),
            client_id: &self.provider.client_id,
        };
        match self.redeem(&code, now).await {
            Ok(_) => Err(Error::Answer("upstream-careless".into())),
            Err(Error::Refused { code, .. }) if CODE_REFUSED.contains(&code.as_str()) => Ok("upstream-believed".into()),
            Err(why) => Err(why),
        }
    }
}

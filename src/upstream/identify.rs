//! From tokens to who somebody is: by the ID token where the provider speaks OpenID Connect, by its answers to
//! questions where it does not.
use super::{
    Error, Refusal, Upstream,
    claims::{Facts, placed},
    id_token::{Expected, Fault, Nonce, Unverified},
    preset::{ClientSecret, Protocol},
    tokens::Tokens,
};
use crate::{
    domain::{Said, Secret, Timestamp},
    fetch::{Answer, Request},
    i18n::Message,
};
use openidconnect::core::CoreJwsSigningAlgorithm;
use serde_json::{Map, Value};
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// How long what is asked aside is waited for: less than what a token endpoint leaves of a person's patience.
const ASIDE: Duration = Duration::from_secs(2);
/// How many pages of one answer are read.
const MOST_PAGES: usize = 10;

/// Somebody who has come from a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// The provider's name for them.
    pub subject: String,
    /// What it says of them.
    pub said: Said,
    /// Their session there, where it has a name.
    pub session: Option<String>,
}

/// What an ID token is judged by, besides what the provider is.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    /// The nonce that was sent.
    pub nonce: Nonce<'a>,
    /// How old the sign-in may be.
    pub max_age: Option<i64>,
    /// Whether it comes from a native app: then our other names there are good, and no shared secret is.
    pub native: bool,
}

impl Upstream {
    /// Who it is that these tokens are of. `unsigned`: what came along beside them.
    pub async fn identify(
        &self,
        tokens: &Tokens,
        judged: &Judged<'_>,
        unsigned: Option<&Value>,
        now: Timestamp,
    ) -> Result<Newcomer, Error> {
        let by_id_token = self.provider.preset.protocol == Protocol::OpenIdConnect;
        match (&tokens.id_token, &tokens.access_token) {
            (Some(id_token), access_token) if by_id_token => {
                let access_token = access_token.as_ref();
                let claims = async {
                    let claims = self.verify(id_token, access_token, judged, now).await?;
                    self.completed(claims, access_token, now).await
                };
                let (claims, aside) = tokio::join!(claims, self.aside(access_token));
                self.newcomer(&claims?, &aside, unsigned)
            }
            (_, Some(access_token)) if !by_id_token => {
                let mut answers = self.answers(access_token).await?.into_iter();
                let claims = answers.next().ok_or(Error::Refusal(Refusal::NoSubject))?;
                self.newcomer(&claims, answers.as_slice(), unsigned)
            }
            _ => Err(Error::Answer("upstream-no-id-token".into())),
        }
    }

    pub(super) fn newcomer(&self, claims: &Value, more: &[Value], unsigned: Option<&Value>) -> Result<Newcomer, Error> {
        let (provider, facts) = (&self.provider, Facts { claims, more, unsigned });
        let subject = provider.kind.subject(provider, &facts)?;
        let said = provider.kind.said(provider, &facts)?;
        Ok(Newcomer { subject, said, session: super::claims::text(claims, "sid") })
    }

    /// Judges an ID token, and returns what it claims.
    pub(super) async fn verify(
        &self,
        token: &Secret,
        access_token: Option<&Secret>,
        judged: &Judged<'_>,
        now: Timestamp,
    ) -> Result<Map<String, Value>, Error> {
        let (provider, preset) = (&self.provider, &self.provider.preset);
        let token = Unverified::parse(token.reveal())?;
        let issuers = provider.kind.issuers(provider, &token.claims);
        let audiences: Vec<&str> =
            if judged.native { provider.audiences().collect() } else { vec![provider.client_id.as_str()] };
        let may_lack = token.claims.get("nonce").is_none() && provider.kind.may_lack_nonce(&token.claims);
        // The claims first: for a token of somebody else's nothing is fetched.
        token.check_claims(&Expected {
            issuers: &issuers,
            audiences: &audiences,
            authorized_parties: &provider.settings.authorized_parties,
            nonce: if may_lack { Nonce::Any } else { judged.nonce.clone() },
            access_token,
            max_age: judged.max_age,
            now,
        })?;
        // Whoever does not say how long ago it was has not heeded the question (OpenID Connect Core section 2).
        if judged.max_age.is_some() && provider.kind.tells_auth_time() && !token.claims.contains_key("auth_time") {
            return Err(Fault::TooOld.into());
        }
        self.check_signature(&token, preset.algorithms.clone(), judged.native, now).await?;
        Ok(token.claims)
    }

    /// Judges the signature of a token of any kind that the provider signs.
    pub(super) async fn check_signature(
        &self,
        token: &Unverified<'_>,
        mut pinned: Vec<CoreJwsSigningAlgorithm>,
        native: bool,
        now: Timestamp,
    ) -> Result<(), Error> {
        let hmac = CoreJwsSigningAlgorithm::HmacSha256;
        // What an app brings is never judged by a secret; LINE's SDK has tokens that are signed by a key.
        if native && pinned.contains(&hmac) {
            pinned = vec![CoreJwsSigningAlgorithm::EcdsaP256Sha256];
        }
        let algorithm = token.algorithm(&pinned)?;
        if algorithm == hmac {
            let ClientSecret::Text(secret) = &self.provider.secret else { return Err(Fault::Algorithm.into()) };
            return Ok(token.check_hmac(&algorithm, secret)?);
        }
        let found = self.endpoints(now).await?;
        let limited = found.endpoints.limited_jwks.as_ref().filter(|_| native);
        let url = limited.or(found.endpoints.jwks.as_ref()).ok_or(Error::Unavailable)?;
        let issuer = token.claims.get("iss").and_then(Value::as_str).unwrap_or_default();
        let kind = self.provider.kind;
        let check = |keys: &[Value]| {
            let keys: Vec<Value> = keys.iter().filter(|key| kind.signs_for(key, issuer)).cloned().collect();
            token.check_signature(&algorithm, &keys)
        };
        let keys = self.keys.keys(&self.fetcher, url, token.key_id(), now).await?;
        match check(&keys) {
            // Without a name nothing but this tells that there are other keys by now.
            Err(_) if token.key_id().is_none() => {
                let others = self.keys.others(&self.fetcher, url, &keys, now).await?;
                Ok(check(&others)?)
            }
            checked => Ok(checked?),
        }
    }

    /// The claims, with those of the userinfo endpoint where the token says too little. What both say is as the token
    /// says it; and it has to be about the same person (OpenID Connect Core section 5.3.2).
    async fn completed(
        &self,
        claims: Map<String, Value>,
        access_token: Option<&Secret>,
        now: Timestamp,
    ) -> Result<Value, Error> {
        let places = &self.provider.settings.claims;
        let claims = placed(claims, places);
        let mut wanted = ["name", "email"].into_iter().chain(places.keys().map(String::as_str));
        let says_enough = wanted.all(|name| claims.contains_key(name));
        let found = self.endpoints(now).await?;
        let (Some(url), Some(access_token), false, true) =
            (&found.endpoints.userinfo, access_token, says_enough, self.provider.preset.reads_userinfo)
        else {
            return Ok(claims.into());
        };
        let question = Request::get(url)
            .with("authorization", format!("Bearer {}", access_token.reveal()))
            .with("accept", "application/json");
        let answer = self.fetcher.send(question).await?;
        let told = object(url, &answer)?;
        if told.get("sub") != claims.get("sub") {
            return Err(Error::Answer(Message::new("upstream-somebody-else").with("url", url.to_owned())));
        }
        let mut all = match told {
            Value::Object(told) => placed(told, places),
            _ => Map::new(),
        };
        // An address is verified where the two come from the same place.
        if claims.contains_key("email") {
            all.remove("email_verified");
        }
        all.extend(claims);
        Ok(all.into())
    }

    /// The answers to the questions that tell who somebody is. Without the first nothing is known; the others may fail.
    pub(super) async fn answers(&self, access_token: &Secret) -> Result<Vec<Value>, Error> {
        let mut answers = vec![];
        for (number, question) in self.provider.kind.questions(&self.provider, access_token).into_iter().enumerate() {
            let url = question.url.clone();
            if number == 0 {
                let told = object(&url, &self.fetcher.send(question).await?)?;
                answers.push(match told {
                    Value::Object(told) => placed(told, &self.provider.settings.claims).into(),
                    told => told,
                });
            } else {
                answers.extend(self.pages(question).await?);
            }
        }
        Ok(answers)
    }

    /// The answer to what is asked aside: at most one, and none where it does not come in time, or says nothing.
    pub(super) async fn aside(&self, access_token: Option<&Secret>) -> Vec<Value> {
        let provider = &self.provider;
        let question = access_token.and_then(|token| provider.kind.aside(provider, token));
        let Some(question) = question else { return vec![] };
        let url = question.url.clone();
        let answered = timeout(ASIDE, self.fetcher.send(question)).await;
        let told = answered.map_err(|_| Error::Unavailable).and_then(|answer| object(&url, &answer?));
        if let Err(why) = &told {
            tracing::info!(provider = %provider.name, %why, "what was asked aside is not known");
        }
        told.into_iter().collect()
    }

    /// All pages of an answer (RFC 8288); none where the provider does not say.
    async fn pages(&self, question: Request) -> Result<Vec<Value>, Error> {
        let (mut pages, mut next) = (vec![], Some(question));
        while let Some(question) = next.take().filter(|_| pages.len() < MOST_PAGES) {
            let answer = self.fetcher.send(question.clone()).await?;
            let Some(page) = answer.is_good().then(|| serde_json::from_slice(&answer.body).ok()).flatten() else {
                break;
            };
            pages.push(page);
            next = next_page(&question, &answer.link);
        }
        Ok(pages)
    }
}

/// An answer that is an object, as those that tell who somebody is are.
fn object(url: &str, answer: &Answer) -> Result<Value, Error> {
    let url = url.split('?').next().unwrap_or_default();
    let told = serde_json::from_slice(&answer.body).ok().filter(Value::is_object);
    match told {
        Some(told) if answer.is_good() => Ok(told),
        _ => Err(Error::Answer(
            Message::new("upstream-nobody").with("url", url.to_owned()).with("status", answer.status.to_string()),
        )),
    }
}

/// The question for the next page, of the same server.
fn next_page(question: &Request, link: &str) -> Option<Request> {
    let next = link.split(',').find(|link| link.contains("rel=\"next\""))?;
    let url = next.split_once('<')?.1.split_once('>')?.0;
    let (here, there) = (Url::parse(&question.url).ok()?, Url::parse(url).ok()?);
    (here.origin() == there.origin()).then(|| question.clone().at(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_of_the_same_server() {
        let question = Request::get("https://api.test/emails").with("authorization", "Bearer t");
        let next = |link: &str| next_page(&question, link).map(|next| next.url);
        let (first, last) = ("<https://api.test/emails?page=1>; rel=\"first\"", "<https://api.test/x>; rel=\"last\"");
        assert_eq!(
            next(&format!("{first}, <https://api.test/emails?page=2>; rel=\"next\", {last}")).as_deref(),
            Some("https://api.test/emails?page=2")
        );
        for link in ["", first, "<https://evil.test/>; rel=\"next\"", "rel=\"next\"", "<>; rel=\"next\""] {
            assert_eq!(next(link), None, "{link}");
        }
    }
}

//! From what an app on a device has from a provider's SDK to who somebody is (`providers.md` section 11).
//!
//! An access token proves nothing until the provider has said that it was made for our app: any other app has tokens of
//! the same people.
use super::{
    Code, Error, Fault, Judged, Newcomer, Nonce, Refusal, Tokens, Upstream,
    claims::placed,
    id_token::{LEEWAY, time},
    preset::Native,
};
use crate::{
    domain::{Credential, Secret, Timestamp},
    i18n::Message,
};
use serde_json::{Map, Value};

/// How long a code may be good at any provider, in seconds.
const CODE: i64 = 600;

/// Somebody whom a credential shows.
#[derive(Debug)]
pub struct Shown {
    /// Who.
    pub newcomer: Newcomer,
    /// What came of a code.
    pub tokens: Tokens,
    /// For which of our names there.
    pub client_id: String,
    /// Until when the credential would be good, if it were not used up.
    pub good_until: Timestamp,
}

impl Upstream {
    /// Whether apps may bring such a credential of this provider.
    #[must_use]
    pub const fn takes(&self, credential: &Credential) -> bool {
        let Native { id_token, access_token, code } = self.provider.preset.native;
        match credential {
            Credential::IdToken { .. } => id_token,
            Credential::AccessToken(_) => access_token,
            Credential::Code { .. } => code,
        }
    }

    /// Whether apps may bring anything of it.
    #[must_use]
    pub const fn takes_any(&self) -> bool {
        let Native { id_token, access_token, code } = self.provider.preset.native;
        id_token || access_token || code
    }

    /// Who it is that a credential shows. `nonce`: the one that the app got from us; `unsigned`: what the SDK said beside.
    pub async fn identify_native(
        &self,
        credential: &Credential,
        nonce: Option<&str>,
        unsigned: Option<&Value>,
        now: Timestamp,
    ) -> Result<Shown, Error> {
        let judged = Judged { nonce: self.native_nonce(nonce), max_age: None, native: true };
        match credential {
            Credential::IdToken { token, access_token } => {
                let claims = self.verify(token, access_token.as_ref(), &judged, now).await?;
                self.shown(claims, Tokens::default(), self.provider.client_id.clone(), unsigned)
            }
            Credential::AccessToken(token) => self.identify_by_access_token(token, now).await,
            Credential::Code { code, audience, by_popup } => {
                let (tokens, client_id) = self.redeem_native(code, audience.as_deref(), *by_popup, now).await?;
                let id_token = tokens.id_token.as_ref();
                let id_token = id_token.ok_or_else(|| Error::Answer("upstream-no-id-token".into()))?;
                let claims = self.verify(id_token, tokens.access_token.as_ref(), &judged, now).await?;
                let shown = self.shown(claims, tokens, client_id, unsigned)?;
                Ok(Shown { good_until: now.plus(CODE), ..shown })
            }
        }
    }

    /// What the token's nonce has to be. Where the app has none, the token must not have one either: it would be of
    /// another sign-in.
    fn native_nonce<'a>(&self, given: Option<&'a str>) -> Nonce<'a> {
        match given {
            Some(nonce) if self.provider.kind.hashes_nonce() => Nonce::OrHashed(nonce),
            Some(nonce) => Nonce::Exactly(nonce),
            None if self.provider.settings.native_nonce_optional => Nonce::Any,
            None => Nonce::Absent,
        }
    }

    fn shown(
        &self,
        claims: Map<String, Value>,
        tokens: Tokens,
        client_id: String,
        unsigned: Option<&Value>,
    ) -> Result<Shown, Error> {
        let expires_at = time(claims.get("exp")).map(Timestamp).ok_or(Fault::Time)?;
        // One second longer than it is taken for, so that it is never forgotten too early.
        let good_until = expires_at.plus(LEEWAY + 1);
        let claims = placed(claims, &self.provider.settings.claims);
        let newcomer = self.newcomer(&claims.into(), &[], unsigned)?;
        Ok(Shown { newcomer, tokens, client_id, good_until })
    }

    async fn redeem_native(
        &self,
        code: &Secret,
        audience: Option<&str>,
        by_popup: bool,
        now: Timestamp,
    ) -> Result<(Tokens, String), Error> {
        let provider = &self.provider;
        if audience.is_some_and(|audience| !provider.audiences().any(|ours| ours == audience)) {
            return Err(Fault::Audience.into());
        }
        let (client_id, redirect_uri) = provider.kind.native_code(provider, audience, by_popup);
        let code = Code { value: code.reveal(), redirect_uri, verifier: None, client_id: &client_id };
        let tokens = self.redeem(&code, now).await?;
        Ok((tokens, client_id))
    }

    async fn identify_by_access_token(&self, token: &Secret, now: Timestamp) -> Result<Shown, Error> {
        let provider = &self.provider;
        let question = provider.kind.proof_question(provider, token).ok_or(Error::Unavailable)?;
        let answer = self.fetcher.send(question).await?;
        if (400..500).contains(&answer.status) {
            let code = answer.status.to_string();
            return Err(Error::Refused { code, description: "it does not know the access token".into() });
        }
        let told = serde_json::from_slice(&answer.body).ok().filter(|_| answer.is_good());
        let told = told
            .ok_or_else(|| Error::Answer(Message::new("upstream-unowned").with("status", answer.status.to_string())))?;
        let proof = provider.kind.proof(provider, &told, now)?;
        let (answers, aside) = tokio::join!(self.answers(token), self.aside(Some(token)));
        let mut answers = answers?.into_iter();
        let claims = answers.next().ok_or(Refusal::NoSubject)?;
        let more: Vec<_> = answers.chain(aside).collect();
        let newcomer = self.newcomer(&claims, &more, None)?;
        if proof.subject.is_some_and(|subject| subject != newcomer.subject) {
            return Err(Error::AccessToken(Fault::AccessToken));
        }
        let (tokens, client_id) = (Tokens::default(), provider.client_id.clone());
        Ok(Shown { newcomer, tokens, client_id, good_until: proof.good_until })
    }
}

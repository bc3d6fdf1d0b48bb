//! Any OAuth 2.0 server that tells who an access token belongs to: addresses and places of claims are settings.
use super::{Facts, Hints, Kind};
use crate::{
    domain::{ProviderKind, Said},
    upstream::{
        Refusal, claims,
        preset::{ClientAuth, Endpoints, Preset},
        settings::{Provider, Settings},
    },
};

#[derive(Debug)]
pub struct OAuth2;

impl Kind for OAuth2 {
    fn kind(&self) -> ProviderKind {
        ProviderKind::OAuth2
    }

    fn title(&self) -> &'static str {
        ""
    }

    fn preset(&self, settings: &Settings) -> Preset {
        let client_auth = if settings.client_secret.is_none() { ClientAuth::None } else { ClientAuth::Basic };
        Preset { client_auth, trusts_email: true, ..Preset::oauth2(Endpoints::default(), &[]) }
    }

    fn maps_claims(&self) -> bool {
        true
    }

    fn maps_subject(&self) -> bool {
        true
    }

    fn ask(&self, _: &Provider, _: &Hints) -> Vec<(&'static str, String)> {
        vec![]
    }

    fn said(&self, provider: &Provider, facts: &Facts) -> Result<Said, Refusal> {
        let verified = provider.trusts_email() && claims::is_true(facts.claims.get("email_verified"));
        Ok(claims::standard(facts.claims, verified))
    }
}

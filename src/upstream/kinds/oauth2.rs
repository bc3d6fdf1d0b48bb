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
use serde_json::{Map, Value};

#[derive(Debug)]
pub struct OAuth2;

/// Claims that may be mapped, besides the subject.
const CLAIMS: [&str; 12] = [
    "email",
    "email_verified",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "picture",
    "profile",
    "website",
    "locale",
];

/// A claim, where the settings say it is.
fn found<'a>(provider: &Provider, answer: &'a Value, claim: &str) -> Option<&'a Value> {
    match provider.settings.claims.get(claim) {
        Some(pointer) => answer.pointer(pointer),
        None => answer.get(claim),
    }
}

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

    fn check(&self, settings: &Settings, fault: &mut dyn FnMut(&'static str, &str)) {
        for claim in settings.claims.keys().filter(|claim| *claim != "sub" && !CLAIMS.contains(&claim.as_str())) {
            fault("claims", &format!("{claim} is not one of: sub, {}", CLAIMS.join(", ")));
        }
    }

    fn ask(&self, _: &Provider, _: &Hints) -> Vec<(&'static str, String)> {
        vec![]
    }

    fn subject(&self, provider: &Provider, facts: &Facts) -> Result<String, Refusal> {
        found(provider, facts.claims, "sub").and_then(claims::subject).ok_or(Refusal::NoSubject)
    }

    fn said(&self, provider: &Provider, facts: &Facts) -> Result<Said, Refusal> {
        let mapped = CLAIMS.iter().filter_map(|claim| {
            let value = found(provider, facts.claims, claim)?;
            Some(((*claim).to_owned(), value.clone()))
        });
        let mapped = Value::Object(mapped.collect::<Map<_, _>>());
        let verified = provider.trusts_email() && claims::is_true(mapped.get("email_verified"));
        Ok(claims::standard(&mapped, verified))
    }
}

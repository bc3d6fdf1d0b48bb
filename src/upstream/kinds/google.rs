//! Google: OpenID Connect, whose word on an address is good only where Google hosts the mailbox.
use super::{Facts, Hints, Kind, Tells, ask_for_consent, standard};
use crate::{
    domain::{ProviderKind, Said},
    upstream::{
        Refusal, claims,
        preset::{Endpoints, Native, Preset, at},
        settings::{Provider, Settings},
    },
};
use serde_json::{Map, Value};

#[derive(Debug)]
pub struct Google;

/// The issuer as older tokens have it, which are good as well.
const BARE_ISSUER: &str = "accounts.google.com";

impl Kind for Google {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Google
    }

    fn title(&self) -> &'static str {
        "Google"
    }

    fn preset(&self, _: &Settings) -> Preset {
        let endpoints = Endpoints {
            issuer: at("https://accounts.google.com"),
            authorization: at("https://accounts.google.com/o/oauth2/v2/auth"),
            token: at("https://oauth2.googleapis.com/token"),
            userinfo: at("https://openidconnect.googleapis.com/v1/userinfo"),
            jwks: at("https://www.googleapis.com/oauth2/v3/certs"),
            revocation: at("https://oauth2.googleapis.com/revoke"),
            ..Endpoints::default()
        };
        let native = Native { id_token: true, code: true, access_token: false };
        Preset { trusts_email: true, native, ..Preset::oidc(endpoints, &["openid", "email", "profile"]) }
    }

    fn tells(&self) -> Tells {
        Tells::SecurityEvents
    }

    /// There is no `prompt=login`; whoever is to sign in anew at least says with which account.
    fn ask(&self, provider: &Provider, hints: &Hints) -> Vec<(&'static str, String)> {
        let hints =
            Hints { anew: false, choose: hints.choose || hints.anew, max_age: None, ui_locales: None, ..hints.clone() };
        let mut params = standard(&hints);
        match provider.settings.hosted_domains.as_slice() {
            [] => {}
            [one] => params.push(("hd", one.clone())),
            _ => params.push(("hd", "*".into())),
        }
        if provider.settings.store_tokens {
            // A refresh token comes with the first consent alone, unless it is asked for once more.
            params.push(("access_type", "offline".into()));
            ask_for_consent(&mut params);
        }
        params
    }

    /// What others know by a scope, it knows by `access_type`.
    fn scopes(&self, mut scopes: Vec<String>, _stored: bool) -> Vec<String> {
        scopes.retain(|scope| scope != "offline_access");
        scopes
    }

    fn issuers(&self, provider: &Provider, _: &Map<String, Value>) -> Vec<String> {
        provider.preset.endpoints.issuer.iter().cloned().chain([BARE_ISSUER.to_owned()]).collect()
    }

    /// An app has none to come back to; a pop-up has this word for one.
    fn native_code(
        &self,
        provider: &Provider,
        _audience: Option<&str>,
        by_popup: bool,
    ) -> (String, Option<&'static str>) {
        (provider.client_id.clone(), Some(if by_popup { "postmessage" } else { "" }))
    }

    fn said(&self, provider: &Provider, facts: &Facts) -> Result<Said, Refusal> {
        let hosted = facts.claims.get("hd").and_then(Value::as_str).filter(|domain| !domain.is_empty());
        let domains = &provider.settings.hosted_domains;
        let is_welcome = |domain: &str| domains.iter().any(|good| good.eq_ignore_ascii_case(domain));
        if !domains.is_empty() && !hosted.is_some_and(is_welcome) {
            return Err(Refusal::NotWelcome);
        }
        let is_hosted = |address: &str| hosted.is_some() || address.ends_with("@gmail.com");
        let address = facts.claims.get("email").and_then(claims::email);
        let verified = provider.trusts_email()
            && claims::is_loosely_true(facts.claims.get("email_verified"))
            && address.is_some_and(|address| is_hosted(address.as_str()));
        Ok(claims::standard(facts.claims, verified))
    }
}

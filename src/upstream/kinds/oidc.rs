//! Any OpenID provider, by its discovery document (OpenID Connect Discovery 1.0).
use super::{Facts, Hints, Kind, Tells, ask_for_consent, standard, with_scope};
use crate::{
    domain::{ProviderKind, Said},
    upstream::{
        Refusal, claims,
        preset::{ClientAuth, Endpoints, Native, Preset},
        settings::{Provider, Settings},
    },
};

#[derive(Debug)]
pub struct Oidc;

impl Kind for Oidc {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Oidc
    }

    fn title(&self) -> &'static str {
        ""
    }

    fn preset(&self, settings: &Settings) -> Preset {
        let preset = Preset::oidc(Endpoints::default(), &["openid", "profile", "email"]);
        let client_auth = if settings.client_secret.is_none() { ClientAuth::None } else { ClientAuth::Basic };
        let native = Native { id_token: !settings.audiences.is_empty(), ..Native::default() };
        Preset { discovers: true, client_auth, reads_userinfo: true, trusts_email: true, native, ..preset }
    }

    fn maps_claims(&self) -> bool {
        true
    }

    fn takes_acr_values(&self) -> bool {
        true
    }

    fn tells(&self) -> Tells {
        Tells::LogoutTokens
    }

    fn choosing(&self) -> Hints {
        // Some refuse `select_account`, npm's oidc-provider among them; every one knows `login`.
        Hints { anew: true, ..Hints::default() }
    }

    fn ask(&self, provider: &Provider, hints: &Hints) -> Vec<(&'static str, String)> {
        let mut params = standard(hints);
        // In its words: ours mean nothing there.
        let words = &provider.settings.acr_values;
        let asked: Vec<_> =
            hints.acr_values.iter().filter_map(|acr| words.get(acr.as_str())).map(String::as_str).collect();
        if !asked.is_empty() {
            params.push(("acr_values", asked.join(" ")));
        }
        if provider.settings.store_tokens {
            ask_for_consent(&mut params);
        }
        params
    }

    fn scopes(&self, scopes: Vec<String>, stored: bool) -> Vec<String> {
        if stored { with_scope(scopes, "offline_access") } else { scopes }
    }

    fn tells_auth_time(&self) -> bool {
        true
    }

    fn said(&self, provider: &Provider, facts: &Facts) -> Result<Said, Refusal> {
        let verified = provider.trusts_email() && claims::is_true(facts.claims.get("email_verified"));
        Ok(claims::standard(facts.claims, verified))
    }
}

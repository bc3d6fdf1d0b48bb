//! X: OAuth 2.0 with PKCE, whose answers are wrapped in `data`.
use super::{Facts, Hints, Kind, bearer, with_scope};
use crate::{
    domain::{ProviderKind, Said, SaidEmail, Secret},
    fetch::Request,
    i18n::Message,
    upstream::{
        Refusal, claims,
        preset::{ClientAuth, Endpoints, Preset, at},
        settings::{Provider, Settings},
    },
};

#[derive(Debug)]
pub struct X;

const FIELDS: &str = "id,name,username,confirmed_email,profile_image_url,url";

impl Kind for X {
    fn kind(&self) -> ProviderKind {
        ProviderKind::X
    }

    fn title(&self) -> &'static str {
        "X"
    }

    fn preset(&self, _: &Settings) -> Preset {
        let endpoints = Endpoints {
            authorization: at("https://x.com/i/oauth2/authorize"),
            token: at("https://api.x.com/2/oauth2/token"),
            userinfo: at("https://api.x.com/2/users/me"),
            revocation: at("https://api.x.com/2/oauth2/revoke"),
            ..Endpoints::default()
        };
        let preset = Preset::oauth2(endpoints, &["users.read", "tweet.read", "users.email"]);
        Preset { client_auth: ClientAuth::Basic, ..preset }
    }

    fn check(&self, settings: &Settings, fault: &mut dyn FnMut(&'static str, Message)) {
        if settings.pkce == Some(false) {
            fault("pkce", "fault-pkce-demanded".into());
        }
    }

    /// X has no way to ask for a fresh sign-in.
    fn ask(&self, _: &Provider, _: &Hints) -> Vec<(&'static str, String)> {
        vec![]
    }

    fn scopes(&self, scopes: Vec<String>, stored: bool) -> Vec<String> {
        if stored { with_scope(scopes, "offline.access") } else { scopes }
    }

    /// Its word for a refresh token that is not good.
    fn is_final(&self, code: &str) -> bool {
        code == "invalid_request" || code == "invalid_grant"
    }

    fn questions(&self, provider: &Provider, access_token: &Secret) -> Vec<Request> {
        let userinfo = provider.preset.endpoints.userinfo.iter();
        userinfo.map(|url| bearer(&format!("{url}?user.fields={FIELDS}"), access_token)).collect()
    }

    fn subject(&self, _: &Provider, facts: &Facts) -> Result<String, Refusal> {
        facts.claims.pointer("/data/id").and_then(claims::subject).ok_or(Refusal::NoSubject)
    }

    fn said(&self, provider: &Provider, facts: &Facts) -> Result<Said, Refusal> {
        let user = facts.claims.get("data").unwrap_or_default();
        let username = user.get("username").and_then(claims::line);
        let email = user.get("confirmed_email").and_then(claims::email);
        let mut said = Said {
            email: email.map(|address| SaidEmail { address, verified: provider.trusts_email(), relay: false }),
            name: user.get("name").and_then(claims::line).or_else(|| username.clone()),
            ..Said::default()
        };
        let picture = user.get("profile_image_url").and_then(claims::web_address);
        let profile = username.as_ref().map(|name| format!("https://x.com/{name}"));
        for (claim, value) in [
            ("preferred_username", username),
            // Without the suffix it is the picture in full.
            ("picture", picture.map(|url| url.replace("_normal.", "."))),
            ("profile", profile),
            ("website", user.get("url").and_then(claims::web_address)),
        ] {
            claims::put(&mut said, claim, value);
        }
        Ok(said)
    }
}

//! Instagram, for professional accounts: OAuth 2.0, without an address of anybody.
use super::{Facts, Hints, Kind, Tells};
use crate::{
    domain::{ProviderKind, Said, Secret},
    fetch::Request,
    i18n::Message,
    upstream::{
        Refusal, claims, graph,
        preset::{Endpoints, Preset, at},
        settings::{Provider, Settings},
    },
};
use url::Url;

#[derive(Debug)]
pub struct Instagram;

const FIELDS: &str = "id,user_id,username,name,account_type,profile_picture_url";

impl Kind for Instagram {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Instagram
    }

    fn title(&self) -> &'static str {
        "Instagram"
    }

    fn preset(&self, settings: &Settings) -> Preset {
        let version = settings.api_version.as_deref().map(|version| format!("/{version}")).unwrap_or_default();
        let endpoints = Endpoints {
            authorization: at("https://www.instagram.com/oauth/authorize"),
            token: at("https://api.instagram.com/oauth/access_token"),
            userinfo: at(&format!("https://graph.instagram.com{version}/me")),
            long_lived: at("https://graph.instagram.com/access_token"),
            refresh: at("https://graph.instagram.com/refresh_access_token"),
            ..Endpoints::default()
        };
        Preset { pkce: false, ..Preset::oauth2(endpoints, &["instagram_business_basic"]) }
    }

    fn check(&self, settings: &Settings, fault: &mut dyn FnMut(&'static str, Message)) {
        graph::check_version(settings, fault);
    }

    fn tells(&self) -> Tells {
        Tells::SignedRequests
    }

    fn ask(&self, _: &Provider, hints: &Hints) -> Vec<(&'static str, String)> {
        if hints.anew || hints.choose { vec![("force_reauth", "true".into())] } else { vec![] }
    }

    fn lasting(&self, provider: &Provider, access_token: &Secret) -> Option<Request> {
        let (url, secret) = provider.preset.endpoints.long_lived.as_ref().zip(provider.secret.text())?;
        let query = [
            ("grant_type", "ig_exchange_token"),
            ("client_secret", secret.reveal()),
            ("access_token", access_token.reveal()),
        ];
        Url::parse_with_params(url, query).ok().map(|url| Request::get(url.as_str()))
    }

    fn prolonged(&self, provider: &Provider, access_token: &Secret) -> Option<Request> {
        let url = provider.preset.endpoints.refresh.as_ref()?;
        let query = [("grant_type", "ig_refresh_token"), ("access_token", access_token.reveal())];
        Url::parse_with_params(url, query).ok().map(|url| Request::get(url.as_str()))
    }

    /// Half of its sixty days: one that has run out cannot be renewed.
    fn renews_before(&self) -> i64 {
        30 * 86_400
    }

    fn is_final(&self, code: &str) -> bool {
        code == graph::REFUSED
    }

    fn questions(&self, provider: &Provider, access_token: &Secret) -> Vec<Request> {
        let userinfo = provider.preset.endpoints.userinfo.iter();
        userinfo.map(|url| graph::question(url, FIELDS, provider, access_token)).collect()
    }

    /// The id of this app's own, not the account's (`user_id`), which others know too.
    fn subject(&self, _: &Provider, facts: &Facts) -> Result<String, Refusal> {
        claims::text(facts.claims, "id").ok_or(Refusal::NoSubject)
    }

    fn said(&self, _: &Provider, facts: &Facts) -> Result<Said, Refusal> {
        let username = facts.claims.get("username").and_then(claims::line);
        let name = facts.claims.get("name").and_then(claims::line).or_else(|| username.clone());
        let mut said = Said { name, ..Said::default() };
        let profile = username.as_ref().map(|name| format!("https://www.instagram.com/{name}"));
        for (claim, value) in [
            ("preferred_username", username),
            ("picture", facts.claims.get("profile_picture_url").and_then(claims::web_address)),
            ("profile", profile),
        ] {
            claims::put(&mut said, claim, value);
        }
        Ok(said)
    }
}

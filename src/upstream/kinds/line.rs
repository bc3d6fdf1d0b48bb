//! LINE Login: OpenID Connect, whose ID tokens for the web are signed with the channel secret (HS256) unless ES256 is
//! asked for; which of the two is good is a setting, never the token's own word.
use super::{Facts, Hints, Kind, Proof, bearer, standard};
use crate::{
    domain::{ProviderKind, Said, Secret, Timestamp},
    fetch::Request,
    i18n::Message,
    upstream::{
        Error, Fault, Refusal, claims,
        preset::{Endpoints, Native, Preset, at},
        settings::{Provider, Settings},
    },
};
use openidconnect::core::CoreJwsSigningAlgorithm::{EcdsaP256Sha256, HmacSha256};
use serde_json::Value;
use url::Url;

#[derive(Debug)]
pub struct Line;

impl Kind for Line {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Line
    }

    fn title(&self) -> &'static str {
        "LINE"
    }

    fn preset(&self, _: &Settings) -> Preset {
        let endpoints = Endpoints {
            issuer: at("https://access.line.me"),
            authorization: at("https://access.line.me/oauth2/v2.1/authorize"),
            token: at("https://api.line.me/oauth2/v2.1/token"),
            userinfo: at("https://api.line.me/oauth2/v2.1/userinfo"),
            jwks: at("https://api.line.me/oauth2/v2.1/certs"),
            revocation: at("https://api.line.me/oauth2/v2.1/revoke"),
            verify: at("https://api.line.me/oauth2/v2.1/verify"),
            profile: at("https://api.line.me/v2/profile"),
            friendship: at("https://api.line.me/friendship/v1/status"),
            ..Endpoints::default()
        };
        let native = Native { id_token: true, access_token: true, code: false };
        let preset = Preset::oidc(endpoints, &["openid", "profile", "email"]);
        Preset { algorithms: vec![HmacSha256], native, ..preset }
    }

    fn check(&self, settings: &Settings, fault: &mut dyn FnMut(&'static str, Message)) {
        if settings.bot_prompt.as_deref().is_some_and(|prompt| !["normal", "aggressive"].contains(&prompt)) {
            fault("bot_prompt", Message::new("fault-one-of").with("words", "normal, aggressive"));
        }
        if settings.id_token_signed_response_alg.as_deref().is_some_and(|alg| !["HS256", "ES256"].contains(&alg)) {
            fault("id_token_signed_response_alg", "fault-line-algorithm".into());
        }
    }

    fn ask(&self, provider: &Provider, hints: &Hints) -> Vec<(&'static str, String)> {
        // There is no choice of accounts; signing in anew is the nearest.
        let hints = Hints { anew: hints.anew || hints.choose, choose: false, login_hint: None, ..hints.clone() };
        let mut params = standard(&hints);
        if let Some(prompt) = &provider.settings.bot_prompt {
            params.push(("bot_prompt", prompt.clone()));
        }
        if hints.stay_in_browser {
            params.push(("disable_auto_login", "true".into()));
        }
        params
    }

    fn token_params(&self, provider: &Provider) -> Vec<(&'static str, String)> {
        let wants_es256 = provider.preset.algorithms == [EcdsaP256Sha256];
        if wants_es256 { vec![("id_token_key_type", "JWK".into())] } else { vec![] }
    }

    fn proof_question(&self, provider: &Provider, access_token: &Secret) -> Option<Request> {
        let url = provider.preset.endpoints.verify.as_ref()?;
        let url = Url::parse_with_params(url, [("access_token", access_token.reveal())]).ok()?;
        Some(Request::get(url.as_str()))
    }

    fn proof(&self, provider: &Provider, told: &Value, now: Timestamp) -> Result<Proof, Error> {
        let channel = claims::text(told, "client_id");
        if !provider.audiences().any(|ours| channel.as_deref() == Some(ours)) {
            return Err(Error::AccessToken(Fault::Audience));
        }
        let seconds = told.get("expires_in").and_then(Value::as_i64).filter(|seconds| *seconds > 0);
        let seconds = seconds.ok_or(Error::AccessToken(Fault::Expired))?;
        Ok(Proof { good_until: now.plus(seconds), subject: None })
    }

    /// The profile: what an access token from an app may ask for, whatever else it may.
    fn questions(&self, provider: &Provider, access_token: &Secret) -> Vec<Request> {
        let profile = provider.preset.endpoints.profile.iter();
        profile.map(|url| bearer(url, access_token)).collect()
    }

    /// Whether they are a friend of the account that they were asked to add.
    fn aside(&self, provider: &Provider, access_token: &Secret) -> Option<Request> {
        let url = provider.preset.endpoints.friendship.as_ref().filter(|_| provider.asks_to_befriend())?;
        Some(bearer(url, access_token))
    }

    /// `userId` of the profile is `sub` of ID tokens.
    fn subject(&self, _: &Provider, facts: &Facts) -> Result<String, Refusal> {
        claims::text(facts.claims, "sub").or_else(|| claims::text(facts.claims, "userId")).ok_or(Refusal::NoSubject)
    }

    fn tells_auth_time(&self) -> bool {
        true
    }

    /// By a parameter of its own.
    fn giving_back(&self, provider: &Provider, access_token: &Secret) -> Option<Request> {
        let (url, secret) = provider.preset.endpoints.revocation.as_ref().zip(provider.secret.text())?;
        let form = [
            ("access_token", access_token.reveal()),
            ("client_id", provider.client_id.as_str()),
            ("client_secret", secret.reveal()),
        ];
        Some(Request::post(url, form.map(|(name, value)| (name.to_owned(), value.to_owned())).into()))
    }

    /// Nothing that is signed says whether the address is verified.
    fn said(&self, provider: &Provider, facts: &Facts) -> Result<Said, Refusal> {
        let mut said = claims::standard(facts.claims, provider.trusts_email());
        said.name = said.name.or_else(|| facts.claims.get("displayName").and_then(claims::line));
        claims::put(&mut said, "picture", facts.claims.get("pictureUrl").and_then(claims::web_address));
        said.friend = facts.more.iter().find_map(|told| told.get("friendFlag")?.as_bool());
        Ok(said)
    }
}

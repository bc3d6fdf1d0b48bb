//! Facebook Login: OAuth 2.0 on the Graph API, where every question carries a proof of our secret; and, on devices
//! whose people do not want to be followed, the ID tokens of Limited Login.
use super::{Facts, Hints, Kind, Proof, Tells};
use crate::{
    domain::{ProviderKind, Said, SaidEmail, Secret, Timestamp},
    fetch::Request,
    i18n::Message,
    upstream::{
        Error, Fault, Refusal, claims, graph,
        preset::{Endpoints, Native, Preset, at},
        settings::{Provider, Settings},
    },
};
use serde_json::{Map, Value};

#[derive(Debug)]
pub struct Facebook;

/// Versions die about two years after they came.
const VERSION: &str = "v24.0";
const FIELDS: &str = "id,name,first_name,last_name,middle_name,email,picture.width(512).height(512)";
/// How long a token that does not run out is remembered, in seconds.
const LONGEST: i64 = 7_776_000;
const ISSUERS: [&str; 2] = ["https://www.facebook.com", "https://limited.facebook.com"];

impl Kind for Facebook {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Facebook
    }

    fn title(&self) -> &'static str {
        "Facebook"
    }

    fn preset(&self, settings: &Settings) -> Preset {
        let version = settings.api_version.as_deref().unwrap_or(VERSION);
        let endpoints = Endpoints {
            issuer: at(ISSUERS[0]),
            authorization: at(&format!("https://www.facebook.com/{version}/dialog/oauth")),
            token: at(&format!("https://graph.facebook.com/{version}/oauth/access_token")),
            userinfo: at("https://graph.facebook.com/me"),
            verify: at("https://graph.facebook.com/debug_token"),
            revocation: at("https://graph.facebook.com/me/permissions"),
            limited_jwks: at("https://limited.facebook.com/.well-known/oauth/openid/jwks/"),
            ..Endpoints::default()
        };
        let native = Native { id_token: true, access_token: true, code: false };
        let algorithms = vec![openidconnect::core::CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256];
        // The classic flow has no PKCE.
        Preset { pkce: false, native, algorithms, ..Preset::oauth2(endpoints, &["public_profile", "email"]) }
    }

    fn check(&self, settings: &Settings, fault: &mut dyn FnMut(&'static str, Message)) {
        graph::check_version(settings, fault);
    }

    fn tells(&self) -> Tells {
        Tells::SignedRequests
    }

    fn ask(&self, _: &Provider, hints: &Hints) -> Vec<(&'static str, String)> {
        if hints.anew || hints.choose { vec![("auth_type", "reauthenticate".into())] } else { vec![] }
    }

    fn issuers(&self, provider: &Provider, _: &Map<String, Value>) -> Vec<String> {
        let own = provider.preset.endpoints.issuer.clone();
        match own.as_deref() {
            Some(own) if ISSUERS.contains(&own) => ISSUERS.map(Into::into).into(),
            _ => own.into_iter().collect(),
        }
    }

    fn proof_question(&self, provider: &Provider, access_token: &Secret) -> Option<Request> {
        let url = provider.preset.endpoints.verify.as_ref()?;
        graph::inspection(url, provider, access_token)
    }

    fn proof(&self, provider: &Provider, told: &Value, now: Timestamp) -> Result<Proof, Error> {
        let told = told.get("data").unwrap_or(&Value::Null);
        if !claims::is_true(told.get("is_valid")) {
            return Err(Error::Refused { code: "is_valid".into(), description: "false".into() });
        }
        if claims::text(told, "app_id").as_deref() != Some(&provider.client_id) {
            return Err(Error::AccessToken(Fault::Audience));
        }
        let expires_at = told.get("expires_at").and_then(Value::as_i64).unwrap_or_default();
        if expires_at != 0 && expires_at <= now.0 {
            return Err(Error::AccessToken(Fault::Expired));
        }
        // Those of pages and of the app itself are nobody's.
        let is_of_person = told.get("type").and_then(Value::as_str) == Some("USER");
        let subject = claims::text(told, "user_id").filter(|_| is_of_person);
        let subject = Some(subject.ok_or(Error::AccessToken(Fault::Malformed))?);
        // Some do not run out.
        let good_until = if expires_at == 0 { now.plus(LONGEST) } else { Timestamp(expires_at) };
        Ok(Proof { good_until, subject })
    }

    fn lasting(&self, provider: &Provider, access_token: &Secret) -> Option<Request> {
        let (url, secret) = provider.preset.endpoints.token.as_ref().zip(provider.secret.text())?;
        let form = [
            ("grant_type", "fb_exchange_token"),
            ("client_id", provider.client_id.as_str()),
            ("client_secret", secret.reveal()),
            ("fb_exchange_token", access_token.reveal()),
        ];
        Some(Request::post(url, form.map(|(name, value)| (name.to_owned(), value.to_owned())).into()))
    }

    fn is_final(&self, code: &str) -> bool {
        code == graph::REFUSED
    }

    fn giving_back(&self, provider: &Provider, access_token: &Secret) -> Option<Request> {
        let url = provider.preset.endpoints.revocation.as_ref()?;
        Some(Request::delete(&graph::address(url, &[], provider, access_token)))
    }

    fn questions(&self, provider: &Provider, access_token: &Secret) -> Vec<Request> {
        let userinfo = provider.preset.endpoints.userinfo.iter();
        userinfo.map(|url| graph::question(url, FIELDS, provider, access_token)).collect()
    }

    /// `id` of the Graph API is `sub` of Limited Login.
    fn subject(&self, _: &Provider, facts: &Facts) -> Result<String, Refusal> {
        claims::text(facts.claims, "id").or_else(|| claims::text(facts.claims, "sub")).ok_or(Refusal::NoSubject)
    }

    fn said(&self, provider: &Provider, facts: &Facts) -> Result<Said, Refusal> {
        let user = facts.claims;
        let field = |names: [&str; 2]| names.iter().find_map(|name| user.get(name).and_then(claims::line));
        let picture = user.get("picture");
        let is_silhouette = claims::is_true(user.pointer("/picture/data/is_silhouette"));
        let picture = user.pointer("/picture/data/url").or(picture).and_then(claims::web_address);
        let email = user.get("email").and_then(claims::email);
        let mut said = Said {
            email: email.map(|address| SaidEmail { address, verified: provider.trusts_email(), relay: false }),
            name: user.get("name").and_then(claims::line),
            ..Said::default()
        };
        for (claim, value) in [
            ("given_name", field(["first_name", "given_name"])),
            ("family_name", field(["last_name", "family_name"])),
            ("middle_name", field(["middle_name", "middle_name"])),
            ("picture", picture.filter(|_| !is_silhouette)),
        ] {
            claims::put(&mut said, claim, value);
        }
        Ok(said)
    }
}

//! What is particular to each kind of provider, a file a kind. Facts and traps: `docs/providers/`.
//!
//! A kind decides and reads; it sends nothing. Another one is a file here, a line in [`of`], and its name in
//! `domain/provider.rs`.
mod apple;
mod facebook;
mod github;
mod google;
mod instagram;
mod line;
mod microsoft;
mod oauth2;
mod oidc;
mod x;

use super::{
    Error, Fault, Refusal,
    claims::{Facts, text},
    preset::Preset,
    settings::{Provider, Settings},
};
use crate::{
    domain::{Assurance, ProviderKind, Said, Secret, Timestamp},
    fetch::Request,
    i18n::Message,
};
use serde_json::{Map, Value};
use std::fmt;

/// What a person who was sent to a provider is to meet there: what the app asked for, as far as it means something
/// upstream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// Who it is, probably.
    pub login_hint: Option<String>,
    /// Whether they are to sign in anew there: the app asked so, or they have just signed out here.
    pub anew: bool,
    /// Whether they are to say with which account.
    pub choose: bool,
    /// How long ago they may have signed in there, in seconds.
    pub max_age: Option<i64>,
    /// In which languages.
    pub ui_locales: Option<String>,
    /// How sure the app wants to be, the most wanted first.
    pub acr_values: Vec<Assurance>,
    /// Whether the app of the provider must not take over (LINE's auto login lost the browser).
    pub stay_in_browser: bool,
}

/// What a provider says of an access token that was made for our app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Until when it is good.
    pub good_until: Timestamp,
    /// Whose it is, where that is said.
    pub subject: Option<String>,
}

/// What a provider tells by itself, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tells {
    /// Nothing.
    Nothing,
    /// Apple's server-to-server notifications.
    Notifications,
    /// Security event tokens (RFC 8417), pushed (RFC 8935): Google's Cross-Account Protection.
    SecurityEvents,
    /// Requests that Meta signs.
    SignedRequests,
    /// Logout tokens (OpenID Connect Back-Channel Logout 1.0).
    LogoutTokens,
}

/// A kind of provider.
pub trait Kind: fmt::Debug + Send + Sync {
    /// Which.
    fn kind(&self) -> ProviderKind;

    /// Its name as its makers write it.
    fn title(&self) -> &'static str;

    /// How it is spoken to.
    fn preset(&self, settings: &Settings) -> Preset;

    /// Finds what is wrong with settings of its own.
    fn check(&self, _settings: &Settings, _fault: &mut dyn FnMut(&'static str, Message)) {}

    /// Whether the settings may say where claims are.
    fn maps_claims(&self) -> bool {
        false
    }

    /// Whether they may say where the subject is: not where that is what tokens are signed for.
    fn maps_subject(&self) -> bool {
        false
    }

    /// Whether the settings may say what stands for how sure an app wants to be.
    fn takes_acr_values(&self) -> bool {
        false
    }

    /// What has a person say with which account they come, whoever came there last.
    fn choosing(&self) -> Hints {
        Hints { choose: true, ..Hints::default() }
    }

    /// Parameters of the authorization request, besides those of every provider.
    fn ask(&self, provider: &Provider, hints: &Hints) -> Vec<(&'static str, String)>;

    /// Parameters of the token request, besides those of every provider.
    fn token_params(&self, _provider: &Provider) -> Vec<(&'static str, String)> {
        vec![]
    }

    /// What it tells by itself.
    fn tells(&self) -> Tells {
        Tells::Nothing
    }

    /// What is asked for, of what there is to ask for. `stored`: whether the tokens are kept.
    fn scopes(&self, scopes: Vec<String>, _stored: bool) -> Vec<String> {
        scopes
    }

    /// What trades an access token for one that lasts, where there are no refresh tokens.
    fn lasting(&self, _provider: &Provider, _access_token: &Secret) -> Option<Request> {
        None
    }

    /// What makes an access token last longer by itself, where there are no refresh tokens.
    fn prolonged(&self, _provider: &Provider, _access_token: &Secret) -> Option<Request> {
        None
    }

    /// How long before its end an access token is renewed, in seconds.
    fn renews_before(&self) -> i64 {
        60
    }

    /// Whether a refusal to renew a token is for good (RFC 6749 section 5.2).
    fn is_final(&self, code: &str) -> bool {
        code == "invalid_grant"
    }

    /// What gives tokens back by a good access token, where that is not as RFC 7009 has it.
    fn giving_back(&self, _provider: &Provider, _access_token: &Secret) -> Option<Request> {
        None
    }

    /// Whether it wants its tokens back when an account goes: then they are kept for that.
    fn wants_tokens_back(&self) -> bool {
        false
    }

    /// The issuers that an ID token with these claims, not verified yet, may name.
    fn issuers(&self, provider: &Provider, _claims: &Map<String, Value>) -> Vec<String> {
        provider.preset.endpoints.issuer.clone().into_iter().collect()
    }

    /// Whether this is its name in a response (RFC 9207); one that has no issuer may call itself anything.
    fn is_named(&self, provider: &Provider, iss: &str) -> bool {
        let issuers = self.issuers(provider, &Map::new());
        issuers.is_empty() || issuers.iter().any(|issuer| issuer == iss)
    }

    /// Whether an ID token tells when somebody signed in, where that was asked for (`max_age`).
    fn tells_auth_time(&self) -> bool {
        false
    }

    /// Whether a key of its set may sign for this issuer.
    fn signs_for(&self, _key: &Value, _issuer: &str) -> bool {
        true
    }

    /// Whether an ID token with these claims may come without the nonce that was sent.
    fn may_lack_nonce(&self, _claims: &Map<String, Value>) -> bool {
        false
    }

    /// Whether a nonce that an app gives to the provider's SDK may come back as its SHA-256.
    fn hashes_nonce(&self) -> bool {
        false
    }

    /// For which of our names a code from an app is redeemed, and with which redirect URI. `audience`: the one that the
    /// app says it is for; `by_popup`: whether it comes from a page after all.
    fn native_code(
        &self,
        provider: &Provider,
        _audience: Option<&str>,
        _by_popup: bool,
    ) -> (String, Option<&'static str>) {
        (provider.client_id.clone(), None)
    }

    /// What is asked to learn for which app an access token was made.
    fn proof_question(&self, _provider: &Provider, _access_token: &Secret) -> Option<Request> {
        None
    }

    /// Whether the answer says that it was made for ours, and is good.
    fn proof(&self, _provider: &Provider, _told: &Value, _now: Timestamp) -> Result<Proof, Error> {
        Err(Error::AccessToken(Fault::Audience))
    }

    /// What is asked with an access token to learn who somebody is. Of the second and later ones every page is read.
    fn questions(&self, provider: &Provider, access_token: &Secret) -> Vec<Request> {
        let userinfo = provider.preset.endpoints.userinfo.iter();
        userinfo.map(|url| bearer(url, access_token)).collect()
    }

    /// What is asked besides: worth knowing, and no more. No sign-in fails by it, or waits long.
    fn aside(&self, _provider: &Provider, _access_token: &Secret) -> Option<Request> {
        None
    }

    /// Who somebody is, in the provider's words: the subject.
    fn subject(&self, _provider: &Provider, facts: &Facts) -> Result<String, Refusal> {
        text(facts.claims, "sub").ok_or(Refusal::NoSubject)
    }

    /// What it says of them. Whoever the operator does not welcome is refused.
    fn said(&self, provider: &Provider, facts: &Facts) -> Result<Said, Refusal>;
}

/// The kind.
#[must_use]
pub fn of(kind: ProviderKind) -> &'static dyn Kind {
    match kind {
        ProviderKind::Google => &google::Google,
        ProviderKind::Apple => &apple::Apple,
        ProviderKind::Line => &line::Line,
        ProviderKind::GitHub => &github::GitHub,
        ProviderKind::Microsoft => &microsoft::Microsoft,
        ProviderKind::Facebook => &facebook::Facebook,
        ProviderKind::X => &x::X,
        ProviderKind::Instagram => &instagram::Instagram,
        ProviderKind::Oidc => &oidc::Oidc,
        ProviderKind::OAuth2 => &oauth2::OAuth2,
    }
}

/// A question that an access token answers (RFC 6750).
fn bearer(url: &str, access_token: &Secret) -> Request {
    Request::get(url)
        .with("authorization", format!("Bearer {}", access_token.reveal()))
        .with("accept", "application/json")
}

/// What OpenID providers take of the hints (OpenID Connect Core section 3.1.2.1).
fn standard(hints: &Hints) -> Vec<(&'static str, String)> {
    let prompt = match (hints.anew, hints.choose) {
        (true, true) => Some("login select_account"),
        (true, false) => Some("login"),
        (false, true) => Some("select_account"),
        (false, false) => None,
    };
    let all = [
        ("prompt", prompt.map(Into::into)),
        ("login_hint", hints.login_hint.clone()),
        ("max_age", hints.max_age.map(|seconds| seconds.to_string())),
        ("ui_locales", hints.ui_locales.clone()),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Asks for consent, without which there may be no refresh token (OpenID Connect Core section 11).
fn ask_for_consent(params: &mut Vec<(&'static str, String)>) {
    match params.iter_mut().find(|(name, _)| *name == "prompt") {
        Some((_, prompt)) => prompt.push_str(" consent"),
        None => params.push(("prompt", "consent".into())),
    }
}

/// These scopes, with another unless it is there.
fn with_scope(mut scopes: Vec<String>, scope: &str) -> Vec<String> {
    if scopes.iter().all(|there| there != scope) {
        scopes.push(scope.to_owned());
    }
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `providers.md` sections 1, 5 and 7.
    #[test]
    fn whatever_makes_a_refresh_token_come_is_asked_for_where_it_is_kept() {
        use ProviderKind::{Apple, Facebook, GitHub, Google, Instagram, Line, Microsoft, OAuth2, Oidc, X};
        let asked = |kind, scopes: &[&str], stored| {
            of(kind).scopes(scopes.iter().map(ToString::to_string).collect(), stored).join(" ")
        };
        for (kind, added) in [(Microsoft, " offline_access"), (Oidc, " offline_access"), (X, " offline.access")] {
            assert_eq!(asked(kind, &["a"], true), format!("a{added}"));
            assert_eq!(asked(kind, &["a", added.trim()], true), format!("a{added}"), "not twice");
            assert_eq!(asked(kind, &["a"], false), "a");
        }
        for kind in [Apple, Facebook, GitHub, Google, Instagram, Line, OAuth2] {
            assert_eq!(asked(kind, &["a"], true), "a");
        }
        // Google has no such scope.
        assert_eq!(asked(Google, &["openid", "offline_access"], true), "openid");
        assert_eq!(asked(Google, &["openid", "offline_access"], false), "openid");
    }

    #[test]
    fn consent_is_asked_for_beside_what_else_is() {
        for (hints, expected) in [
            (Hints::default(), "consent"),
            (Hints { choose: true, ..Hints::default() }, "select_account consent"),
            (Hints { anew: true, ..Hints::default() }, "login consent"),
        ] {
            let mut params = standard(&hints);
            ask_for_consent(&mut params);
            assert_eq!(params, [("prompt", expected.to_owned())]);
        }
    }
}

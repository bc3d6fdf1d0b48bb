//! Sign in with Apple: OpenID Connect with a secret that is signed for each request, an answer by a posted form, and a
//! name that comes once, unsigned, beside the code.
use super::{Facts, Hints, Kind, Tells};
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
pub struct Apple;

/// Both have been in tokens, from one day to the next.
const ISSUERS: [&str; 2] = ["https://appleid.apple.com", "https://account.apple.com"];

impl Kind for Apple {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Apple
    }

    fn title(&self) -> &'static str {
        "Apple"
    }

    fn preset(&self, settings: &Settings) -> Preset {
        let endpoints = Endpoints {
            issuer: at(ISSUERS[0]),
            authorization: at("https://appleid.apple.com/auth/authorize"),
            token: at("https://appleid.apple.com/auth/token"),
            jwks: at("https://appleid.apple.com/auth/keys"),
            revocation: at("https://appleid.apple.com/auth/revoke"),
            ..Endpoints::default()
        };
        let preset = Preset::oidc(endpoints, &["name", "email"]);
        let asks_for_nothing = settings.scopes.as_ref().is_some_and(Vec::is_empty);
        let native = Native { id_token: true, code: true, access_token: false };
        // PKCE is not documented; state and nonce do.
        Preset { pkce: false, form_post: !asks_for_nothing, trusts_email: true, native, ..preset }
    }

    fn tells(&self) -> Tells {
        Tells::Notifications
    }

    fn ask(&self, _: &Provider, _: &Hints) -> Vec<(&'static str, String)> {
        vec![]
    }

    fn issuers(&self, provider: &Provider, _: &Map<String, Value>) -> Vec<String> {
        let own = provider.preset.endpoints.issuer.clone();
        match own.as_deref() {
            Some(own) if ISSUERS.contains(&own) => ISSUERS.map(Into::into).into(),
            _ => own.into_iter().collect(),
        }
    }

    /// The App Store demands it of whoever deletes accounts.
    fn wants_tokens_back(&self) -> bool {
        true
    }

    fn may_lack_nonce(&self, claims: &Map<String, Value>) -> bool {
        // Devices that cannot give one back say so.
        matches!(claims.get("nonce_supported"), Some(Value::Bool(false)))
            || claims.get("nonce_supported").and_then(Value::as_str) == Some("false")
    }

    /// As most libraries for devices do it.
    fn hashes_nonce(&self) -> bool {
        true
    }

    /// The bundle id; Apple wants a redirect URI where there was one, and nowhere else.
    fn native_code(
        &self,
        provider: &Provider,
        audience: Option<&str>,
        _by_popup: bool,
    ) -> (String, Option<&'static str>) {
        let bundle = audience.or(provider.settings.audiences.first().map(String::as_str));
        (bundle.unwrap_or(&provider.client_id).to_owned(), None)
    }

    fn said(&self, provider: &Provider, facts: &Facts) -> Result<Said, Refusal> {
        let verified = provider.trusts_email() && claims::is_loosely_true(facts.claims.get("email_verified"));
        let mut said = claims::standard(facts.claims, verified);
        let relay = claims::is_loosely_true(facts.claims.get("is_private_email"));
        if let Some(email) = &mut said.email {
            email.relay = relay || email.address.domain() == "privaterelay.appleid.com";
        }
        // The address that comes along with it is not signed: anybody can put any there.
        if let Some(name) = facts.unsigned.and_then(|unsigned| unsigned.get("name")) {
            let part = |key: &str| name.get(key).and_then(claims::line);
            let (given, family) = (part("firstName"), part("lastName"));
            let whole = whole(given.as_deref(), family.as_deref()).map(Value::from);
            said.name = whole.as_ref().or(Some(name)).and_then(claims::line);
            claims::put(&mut said, "given_name", given);
            claims::put(&mut said, "family_name", family);
        }
        Ok(said)
    }
}

/// The whole name: in Chinese, Japanese and Korean characters, the family comes first.
fn whole(given: Option<&str>, family: Option<&str>) -> Option<String> {
    let is_east_asian =
        |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}');
    match (given, family) {
        (Some(given), Some(family)) if family.chars().any(is_east_asian) => Some(format!("{family} {given}")),
        (Some(given), Some(family)) => Some(format!("{given} {family}")),
        (one, other) => one.or(other).map(Into::into),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_in_the_order_of_its_language() {
        assert_eq!(whole(Some("花子"), Some("山田")).as_deref(), Some("山田 花子"));
        assert_eq!(whole(Some("Hana"), Some("Yamada")).as_deref(), Some("Hana Yamada"));
        assert_eq!(whole(None, Some("Yamada")).as_deref(), Some("Yamada"));
        assert_eq!(whole(None, None), None);
    }
}

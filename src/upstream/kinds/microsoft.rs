//! Microsoft: Entra ID and personal accounts. OpenID Connect whose issuer has the tenant in it, whose keys are each
//! good for one issuer, and whose addresses any tenant can choose (nOAuth).
use super::{Facts, Hints, Kind, standard, with_scope};
use crate::{
    domain::{ProviderKind, Said},
    i18n::Message,
    upstream::{
        Refusal, claims,
        preset::{Endpoints, Native, Preset, at},
        settings::{Provider, Settings},
    },
};
use serde_json::{Map, Value};

#[derive(Debug)]
pub struct Microsoft;

/// The tenant of personal accounts, whose addresses Microsoft verifies.
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
const TENANT_IN_ISSUER: &str = "{tenantid}";

fn tenant(settings: &Settings) -> &str {
    settings.tenant.as_deref().unwrap_or("common")
}

fn is_guid(text: &str) -> bool {
    let is_hex = |part: &str| part.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c));
    let parts: Vec<_> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(|part| is_hex(part))
}

impl Kind for Microsoft {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Microsoft
    }

    fn title(&self) -> &'static str {
        "Microsoft"
    }

    fn preset(&self, settings: &Settings) -> Preset {
        let host = settings.base_url.as_deref().unwrap_or("https://login.microsoftonline.com").trim_end_matches('/');
        let base = format!("{host}/{}", tenant(settings));
        let endpoints = Endpoints {
            issuer: at(&format!("{host}/{TENANT_IN_ISSUER}/v2.0")),
            authorization: at(&format!("{base}/oauth2/v2.0/authorize")),
            token: at(&format!("{base}/oauth2/v2.0/token")),
            jwks: at(&format!("{base}/discovery/v2.0/keys")),
            end_session: at(&format!("{base}/oauth2/v2.0/logout")),
            ..Endpoints::default()
        };
        let native = Native { id_token: true, ..Native::default() };
        Preset { native, ..Preset::oidc(endpoints, &["openid", "profile", "email"]) }
    }

    fn check(&self, settings: &Settings, fault: &mut dyn FnMut(&'static str, Message)) {
        let tenant = tenant(settings);
        let is_word = ["common", "organizations", "consumers"].contains(&tenant);
        if !is_word && !is_guid(tenant) {
            fault("tenant", "fault-tenant".into());
        }
        if !settings.allowed_tenants.iter().all(|tenant| is_guid(tenant)) {
            fault("allowed_tenants", "fault-tenants".into());
        }
    }

    /// A choice of accounts and a hint exclude each other.
    fn ask(&self, provider: &Provider, hints: &Hints) -> Vec<(&'static str, String)> {
        let hints = Hints {
            choose: hints.choose && !hints.anew,
            login_hint: hints.login_hint.clone().filter(|_| !hints.choose || hints.anew),
            ui_locales: None,
            ..hints.clone()
        };
        let mut params = standard(&hints);
        if tenant(&provider.settings) == "consumers" {
            params.push(("domain_hint", "consumers".into()));
        }
        params
    }

    fn scopes(&self, scopes: Vec<String>, stored: bool) -> Vec<String> {
        if stored { with_scope(scopes, "offline_access") } else { scopes }
    }

    /// The one that the token's tenant has, if the authority is that of the tenant.
    fn issuers(&self, provider: &Provider, claims: &Map<String, Value>) -> Vec<String> {
        let Some(issuer) = &provider.preset.endpoints.issuer else { return vec![] };
        let Some(tid) = claims.get("tid").and_then(Value::as_str).filter(|tid| is_guid(tid)) else { return vec![] };
        let is_of_tenant = match tenant(&provider.settings) {
            "common" => true,
            "organizations" => tid != PERSONAL,
            "consumers" => tid == PERSONAL,
            one => tid == one,
        };
        if is_of_tenant { vec![issuer.replace(TENANT_IN_ISSUER, tid)] } else { vec![] }
    }

    /// That of any tenant of the authority.
    fn is_named(&self, provider: &Provider, iss: &str) -> bool {
        let issuer = provider.preset.endpoints.issuer.as_deref().unwrap_or_default();
        let Some((before, after)) = issuer.split_once(TENANT_IN_ISSUER) else { return iss == issuer };
        let tenant = iss.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).unwrap_or_default();
        self.issuers(provider, &Map::from_iter([("tid".to_owned(), tenant.into())])).iter().any(|one| one == iss)
    }

    /// A key that names an issuer is good for no other.
    fn signs_for(&self, key: &Value, issuer: &str) -> bool {
        match key.get("issuer").and_then(Value::as_str) {
            None => true,
            Some(of_key) if of_key.contains(TENANT_IN_ISSUER) => true,
            Some(of_key) => of_key == issuer,
        }
    }

    /// `oid` is the same for all apps of a tenant, `sub` would be lost with the client id.
    fn subject(&self, _: &Provider, facts: &Facts) -> Result<String, Refusal> {
        let (tid, oid) = (claims::text(facts.claims, "tid"), claims::text(facts.claims, "oid"));
        tid.zip(oid).map(|(tid, oid)| format!("{tid}:{oid}")).ok_or(Refusal::NoSubject)
    }

    fn said(&self, provider: &Provider, facts: &Facts) -> Result<Said, Refusal> {
        let tid = facts.claims.get("tid").and_then(Value::as_str).unwrap_or_default();
        let allowed = &provider.settings.allowed_tenants;
        if !allowed.is_empty() && !allowed.iter().any(|one| one == tid) {
            return Err(Refusal::NotWelcome);
        }
        let is_personal = tid == PERSONAL;
        let is_owned = claims::is_loosely_true(facts.claims.get("xms_edov"));
        let is_refused = provider.settings.trust_email == Some(false);
        let verified = !is_refused && (is_owned || is_personal || provider.trusts_email());
        Ok(claims::standard(facts.claims, verified))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Secret;
    use serde_json::json;

    const A: &str = "11111111-1111-1111-1111-111111111111";
    const B: &str = "22222222-2222-2222-2222-222222222222";

    fn provider(tenant: &str) -> Provider {
        let settings = Settings {
            client_id: Some("app".into()),
            client_secret: Some(Secret::from("secret")),
            tenant: Some(tenant.into()),
            ..Settings::default()
        };
        Provider::new("microsoft".parse().unwrap(), settings).unwrap()
    }

    /// `providers.md` bugs 2 and 3.
    #[test]
    fn a_tenant_is_good_where_its_people_may_come() {
        for (tenant, tid, good) in [
            ("common", json!(A), true),
            ("common", json!(PERSONAL), true),
            ("organizations", json!(A), true),
            ("organizations", json!(PERSONAL), false),
            ("consumers", json!(PERSONAL), true),
            ("consumers", json!(A), false),
            (A, json!(A), true),
            (A, json!(B), false),
            (A, json!(PERSONAL), false),
            ("common", json!("evil.example/x"), false),
            ("common", json!(null), false),
        ] {
            let claims = json!({ "tid": tid });
            let issuers = Microsoft.issuers(&provider(tenant), claims.as_object().unwrap());
            let expected = format!("https://login.microsoftonline.com/{}/v2.0", tid.as_str().unwrap_or_default());
            assert_eq!(issuers, if good { vec![expected] } else { vec![] }, "{tenant} {tid}");
        }
    }

    /// `providers.md` bug 4.
    #[test]
    fn a_key_is_good_for_its_issuer() {
        let issuer = format!("https://login.microsoftonline.com/{A}/v2.0");
        for (of_key, good) in [
            (json!({}), true),
            (json!({ "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0" }), true),
            (json!({ "issuer": issuer }), true),
            (json!({ "issuer": format!("https://login.microsoftonline.com/{PERSONAL}/v2.0") }), false),
        ] {
            assert_eq!(Microsoft.signs_for(&of_key, &issuer), good, "{of_key}");
        }
    }

    /// `providers.md` bug 34, `security.md` LK-07.
    #[test]
    fn an_address_is_believed_where_its_domain_is_the_tenants() {
        let verified = |claims: Value| {
            let facts = Facts { claims: &claims, more: &[], unsigned: None };
            Microsoft.said(&provider("common"), &facts).unwrap().email.unwrap().verified
        };
        for (edov, expected) in [
            (json!(true), true),
            (json!(1), true),
            (json!("1"), true),
            (json!("true"), true),
            (json!(false), false),
            (json!(0), false),
            (json!("0"), false),
            (json!("false"), false),
            (json!(null), false),
        ] {
            assert_eq!(verified(json!({ "tid": A, "email": "v@x.test", "xms_edov": edov })), expected, "{edov}");
        }
        assert!(!verified(json!({ "tid": A, "email": "v@x.test", "email_verified": true })));
        assert!(verified(json!({ "tid": PERSONAL, "email": "v@outlook.com" })));
    }
}

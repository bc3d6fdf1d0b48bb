//! Microsoft: Entra ID and personal accounts by <https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc>.
use super::{
    Account, Endpoint, Feature, Key, Part, Recorded, Reply,
    account::{Grant, extend},
    keys::{hex, sha256},
    oidc::end_session,
    provider::{Pkce, Provider},
    site::{Site, now},
    token::{self, Bad},
};
use crate::support::{Params, random};
use serde_json::{Value, json};
use toml::Table;

/// The tenant of all personal accounts.
pub const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// The tenant of an account that does not say.
const TENANT: &str = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

pub(super) struct Microsoft;

impl Provider for Microsoft {
    fn routes(&self, site: &Site) -> Vec<(Endpoint, String)> {
        let tenant = &site.tenant;
        vec![
            (Endpoint::Discovery, format!("/{tenant}/v2.0/.well-known/openid-configuration")),
            (Endpoint::Authorization, format!("/{tenant}/oauth2/v2.0/authorize")),
            (Endpoint::Token, format!("/{tenant}/oauth2/v2.0/token")),
            (Endpoint::Userinfo, "/oidc/userinfo".into()),
            (Endpoint::Jwks, format!("/{tenant}/discovery/v2.0/keys")),
            (Endpoint::EndSession, format!("/{tenant}/oauth2/v2.0/logout")),
        ]
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("535fb089-9ff3-47b6-9bfb-4f1264799865", "secret-of-genkan-at-microsoft")
    }

    /// That of the authority: a template where it is of many tenants.
    fn issuer(&self, site: &Site) -> String {
        let tenant = match site.tenant.as_str() {
            "common" | "organizations" => "{tenantid}",
            "consumers" => PERSONAL,
            tenant => tenant,
        };
        format!("{}/{tenant}/v2.0", site.base)
    }

    fn settings(&self, site: &Site, table: &mut Table) {
        table.insert("issuer".into(), self.issuer(site).into());
        table.insert("tenant".into(), site.tenant.clone().into());
    }

    fn account(&self) -> Account {
        Account::new("AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ").email("hanako@corp.test").name("Hanako Yamada")
    }

    /// None names its algorithm; each names whose it is.
    fn jwk(&self, site: &Site, key: &Key) -> Value {
        let mut jwk = key.jwk();
        jwk.as_object_mut().unwrap().remove("alg");
        jwk["x5t"] = jwk["kid"].clone();
        jwk["issuer"] = format!("{}/{{tenantid}}/v2.0", site.base).into();
        jwk
    }

    fn pkce(&self) -> Pkce {
        Pkce::Plain
    }

    fn scopes(&self) -> &'static [&'static str] {
        &["openid", "profile", "email", "offline_access", "User.Read"]
    }

    fn response_types(&self) -> &'static [&'static str] {
        &["code", "code id_token"]
    }

    fn response_modes(&self) -> &'static [&'static str] {
        &["query", "fragment", "form_post"]
    }

    fn inspect(&self, request: &Params) -> Result<(), &'static str> {
        let picks = request.get("prompt") == Some("select_account");
        if picks && request.get("login_hint").is_some() { Err("invalid_request") } else { Ok(()) }
    }

    fn code(&self) -> String {
        format!("1.AX0A{}", random())
    }

    fn told(&self, site: &mut Site, _grant: &Grant, _code: &str) -> Params {
        Params::new(&[("session_state", &site.sid)])
    }

    fn denial(&self) -> Params {
        let why = "AADSTS65004: User declined to consent to access the app.";
        Params::new(&[("error", "access_denied"), ("error_subcode", "cancel"), ("error_description", why)])
    }

    fn tokens(&self, site: &mut Site, grant: Grant, request: &Recorded, _fresh: bool) -> Value {
        let mut tokens = json!({
            "token_type": "Bearer",
            "scope": grant.scope(" "),
            "expires_in": 3599,
            "ext_expires_in": 3599,
            "access_token": site.access_token("EwB", &grant),
        });
        if grant.has("openid") {
            tokens["id_token"] = site.id_token(&grant, json!({}), Some(request)).into();
        }
        // A new one each time; the old one stays good.
        if grant.has("offline_access") {
            tokens["refresh_token"] = site.refresh_token("1.AX0A", &grant).into();
        }
        tokens
    }

    fn authenticate(&self, site: &Site, request: &Recorded) -> Result<String, Bad> {
        // Whoever sends an origin is a page, and a page has no secret.
        if request.header("origin").is_some() {
            return Err(Bad::Request);
        }
        token::by_post_or_basic(site, request)
    }

    fn refuse(&self, why: Bad, _request: &Recorded) -> Reply {
        let (code, description) = match why {
            Bad::Request => (9_002_326, "Cross-origin token redemption is permitted only for pages, or no POST."),
            Bad::Client => (7_000_215, "Invalid client secret provided."),
            Bad::GrantType => (70_003, "The app requested an unsupported grant type."),
            Bad::Code => (54_005, "OAuth2 Authorization code was already redeemed."),
            Bad::RedirectUri => (500_112, "The reply address does not match the one of the authorization request."),
            Bad::Verifier => (501_481, "The Code_Verifier does not match the code_challenge."),
            Bad::RefreshToken => (700_082, "The refresh token has expired due to inactivity."),
        };
        let (status, error) = why.standard();
        let error = json!({
            "error": error,
            "error_description": format!("AADSTS{code}: {description} Trace ID: {0} Correlation ID: {0}", guid("trace")),
            "error_codes": [code],
            "timestamp": "2026-11-01 09:00:00Z",
            "trace_id": guid("trace"),
            "correlation_id": guid("trace"),
        });
        Reply::json(status, &error)
    }

    /// There is no hash of the access token.
    fn claims(&self, site: &Site, grant: &Grant) -> Value {
        let account = &grant.account;
        let tenant = account.more.get("tid").and_then(Value::as_str);
        let tenant = tenant.unwrap_or(if site.tenant == "consumers" { PERSONAL } else { TENANT });
        let mut claims = json!({ "ver": "2.0", "tid": tenant, "nbf": now(), "oid": guid(&account.subject) });
        let issuer = format!("{}/{tenant}/v2.0", site.base);
        extend(&mut claims, grant.bare().claims(&issuer));
        // Nothing says whether the address is theirs but `xms_edov`, if that was asked for in the portal.
        let username = account.username.as_ref().or(account.email.as_ref());
        for (scope, name, value) in [
            ("email", "email", account.email.as_ref()),
            ("profile", "name", account.name.as_ref()),
            ("profile", "preferred_username", username),
        ] {
            if let Some(value) = value.filter(|_| grant.has(scope) && !account.more.contains_key(name)) {
                claims[name] = value.clone().into();
            }
        }
        claims
    }

    fn answer(&self, site: &mut Site, endpoint: Endpoint, request: &Recorded) -> Reply {
        match endpoint {
            Endpoint::Discovery => discovery(site, &self.issuer(site)),
            Endpoint::EndSession => end_session(site, request),
            _ => userinfo(site, request),
        }
    }
}

fn userinfo(site: &Site, request: &Recorded) -> Reply {
    let Some(grant) = request.bearer().and_then(|token| site.access_tokens.get(token)) else {
        let error = json!({ "code": "InvalidAuthenticationToken", "message": "Access token is empty." });
        return Reply::json(401, &json!({ "error": error }));
    };
    let mut told = json!({ "sub": grant.account.subject });
    extend(&mut told, grant.person());
    if let Some(members) = told.as_object_mut() {
        members.retain(|name, _| {
            ["sub", "name", "given_name", "family_name", "email", "picture"].contains(&name.as_str())
        });
    }
    Reply::json(200, &site.changed(Part::Userinfo, told))
}

fn discovery(site: &Site, issuer: &str) -> Reply {
    let url = |endpoint| site.url(endpoint);
    let document = json!({
        "token_endpoint": url(Endpoint::Token),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": url(Endpoint::Jwks),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer,
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": url(Endpoint::Userinfo),
        "authorization_endpoint": url(Endpoint::Authorization),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": url(Endpoint::EndSession),
        "authorization_response_iss_parameter_supported": site.has(Feature::Iss),
        "tenant_region_scope": null,
    });
    Reply::json(200, &site.changed(Part::Discovery, document))
}

/// A GUID that is always the same for the same text.
pub(super) fn guid(text: &str) -> String {
    let digits = hex(&sha256(text)[..16]);
    let part = |from: usize, to: usize| &digits[from..to];
    format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

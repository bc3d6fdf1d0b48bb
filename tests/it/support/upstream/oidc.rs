//! Any provider by OpenID Connect Core, Discovery, and RP-Initiated Logout, RFC 7009 and RFC 9207.
use super::{
    Account, Endpoint, Feature, Part, Recorded, Reply,
    account::{Grant, extend},
    keys::half_hash,
    provider::Provider,
    site::Site,
    token,
};
use crate::support::Params;
use serde_json::{Value, json};
use toml::Table;

pub(super) struct Oidc;

impl Provider for Oidc {
    fn routes(&self, _site: &Site) -> Vec<(Endpoint, String)> {
        vec![
            (Endpoint::Discovery, "/.well-known/openid-configuration".into()),
            (Endpoint::Authorization, "/authorize".into()),
            (Endpoint::Token, "/token".into()),
            (Endpoint::Userinfo, "/userinfo".into()),
            (Endpoint::Jwks, "/jwks".into()),
            (Endpoint::Revocation, "/revoke".into()),
            (Endpoint::EndSession, "/logout".into()),
        ]
    }

    fn client(&self) -> (&'static str, &'static str) {
        // What gets lost wherever encoding is forgotten (RFC 6749 section 2.3.1).
        ("genkan:at/oidc", "s3cret:+/%25&=? ü日本")
    }

    fn settings(&self, site: &Site, table: &mut Table) {
        // Discovery tells the rest.
        table.retain(|key, _| ["kind", "client_id", "client_secret"].contains(&key));
        table.insert("issuer".into(), self.issuer(site).into());
    }

    fn features(&self) -> &'static [Feature] {
        &[Feature::Iss]
    }

    fn account(&self) -> Account {
        Account::new("248289761001")
            .email("hanako@mail.test")
            .name("Hanako Yamada")
            .with("preferred_username", "hanako")
    }

    fn scopes(&self) -> &'static [&'static str] {
        &["openid", "profile", "email", "offline_access"]
    }

    fn response_modes(&self) -> &'static [&'static str] {
        &["query", "fragment", "form_post"]
    }

    fn inspect(&self, request: &Params) -> Result<(), &'static str> {
        let is_openid = request.get("scope").is_some_and(|scope| scope.split(' ').any(|one| one == "openid"));
        if is_openid { Ok(()) } else { Err("invalid_scope") }
    }

    fn tokens(&self, site: &mut Site, grant: Grant, request: &Recorded, fresh: bool) -> Value {
        let access_token = site.access_token("", &grant);
        let bound = json!({ "at_hash": half_hash(&access_token) });
        let mut tokens = json!({
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": grant.scope(" "),
            "id_token": site.id_token(&grant, bound, Some(request)),
        });
        if fresh && grant.has("offline_access") {
            tokens["refresh_token"] = site.refresh_token("", &grant).into();
        }
        tokens
    }

    fn claims(&self, site: &Site, grant: &Grant) -> Value {
        let mut claims = grant.claims(&self.issuer(site));
        extend(&mut claims, json!({ "auth_time": grant.at, "sid": site.sid }));
        claims
    }

    fn answer(&self, site: &mut Site, endpoint: Endpoint, request: &Recorded) -> Reply {
        match endpoint {
            Endpoint::Discovery => discovery(site),
            Endpoint::Userinfo => userinfo(site, request),
            Endpoint::Revocation => match token::by_post_or_basic(site, request) {
                Ok(_) => {
                    site.revoke(request.get("token").unwrap_or_default());
                    Reply::empty()
                }
                Err(_) => Reply::json(401, &json!({ "error": "invalid_client" })),
            },
            _ => end_session(site, request),
        }
    }
}

fn discovery(site: &Site) -> Reply {
    let url = |endpoint| site.url(endpoint);
    let document = json!({
        "issuer": site.base,
        "authorization_endpoint": url(Endpoint::Authorization),
        "token_endpoint": url(Endpoint::Token),
        "userinfo_endpoint": url(Endpoint::Userinfo),
        "jwks_uri": url(Endpoint::Jwks),
        "revocation_endpoint": url(Endpoint::Revocation),
        "end_session_endpoint": url(Endpoint::EndSession),
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["sub", "name", "email", "email_verified", "picture", "sid"],
        "authorization_response_iss_parameter_supported": site.has(Feature::Iss),
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
    });
    Reply::json(200, &site.changed(Part::Discovery, document))
}

/// OpenID Connect Core section 5.3.
pub(super) fn userinfo(site: &Site, request: &Recorded) -> Reply {
    let Some(grant) = request.bearer().and_then(|token| site.access_tokens.get(token)) else {
        let challenge = "Bearer error=\"invalid_token\"";
        return Reply::json(401, &json!({ "error": "invalid_token" })).with_header("www-authenticate", challenge);
    };
    let mut told = json!({ "sub": grant.account.subject });
    extend(&mut told, grant.person());
    Reply::json(200, &site.changed(Part::Userinfo, told))
}

/// OpenID Connect RP-Initiated Logout section 2.
pub(super) fn end_session(site: &mut Site, request: &Recorded) -> Reply {
    site.signed_in = false;
    let Some(to) = request.get("post_logout_redirect_uri") else { return Reply::html(200, "<p>Signed out</p>") };
    let mut url = url::Url::parse(to).unwrap();
    if let Some(state) = request.get("state") {
        url.query_pairs_mut().append_pair("state", state);
    }
    Reply::redirect(url.as_str())
}

//! Google: OpenID Connect as <https://developers.google.com/identity/openid-connect/openid-connect> has it.
use super::{
    Account, Endpoint, Feature, Part, Recorded, Reply,
    account::{Grant, extend},
    keys::half_hash,
    provider::{Pkce, Provider},
    site::{Site, now},
    token::Bad,
};
use crate::support::{Params, random};
use serde_json::{Value, json};

pub(super) struct Google;

impl Provider for Google {
    fn routes(&self, _site: &Site) -> Vec<(Endpoint, String)> {
        vec![
            (Endpoint::Discovery, "/.well-known/openid-configuration".into()),
            (Endpoint::Authorization, "/o/oauth2/v2/auth".into()),
            (Endpoint::Token, "/token".into()),
            (Endpoint::Userinfo, "/v1/userinfo".into()),
            (Endpoint::Jwks, "/oauth2/v3/certs".into()),
            (Endpoint::Revocation, "/revoke".into()),
            (Endpoint::Verify, "/tokeninfo".into()),
            (Endpoint::Risc, "/.well-known/risc-configuration".into()),
        ]
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("407408718192-web.apps.googleusercontent.com", "secret-of-genkan-at-google")
    }

    fn account(&self) -> Account {
        let picture = Some("https://lh3.test/a/hanako=s96-c".into());
        Account { picture, ..Account::new("110169484474386276334").email("hanako@gmail.com").name("Hanako Yamada") }
    }

    fn pkce(&self) -> Pkce {
        Pkce::Plain
    }

    fn scopes(&self) -> &'static [&'static str] {
        // `offline_access` is none.
        &["openid", "profile", "email"]
    }

    fn redirects_errors(&self) -> bool {
        false
    }

    fn inspect(&self, request: &Params) -> Result<(), &'static str> {
        // There is no `login`.
        let prompts = request.get("prompt").unwrap_or_default().split(' ').filter(|prompt| !prompt.is_empty());
        let known = prompts.into_iter().all(|prompt| ["none", "consent", "select_account"].contains(&prompt));
        if known { Ok(()) } else { Err("invalid_request") }
    }

    fn code(&self) -> String {
        format!("4/0A{}", random())
    }

    fn told(&self, _site: &mut Site, grant: &Grant, _code: &str) -> Params {
        let hosted = grant.account.more.get("hd").and_then(Value::as_str).map(|hd| ("hd", hd));
        let scope = grant.scopes.join(" ");
        let told = [("scope", scope.as_str()), ("authuser", "0"), ("prompt", "none")];
        Params::new(&told.into_iter().chain(hosted).collect::<Vec<_>>())
    }

    /// A code from an Android or iOS app was for no page: `redirect_uri` is empty.
    fn returns(&self, grant: &Grant, given: Option<&str>) -> bool {
        given.is_some() && given == if grant.native { Some("") } else { grant.request.get("redirect_uri") }
    }

    fn tokens(&self, site: &mut Site, grant: Grant, request: &Recorded, fresh: bool) -> Value {
        let access_token = site.access_token("ya29.", &grant);
        let bound = json!({ "at_hash": half_hash(&access_token) });
        let mut tokens = json!({
            "access_token": access_token,
            "expires_in": 3599,
            "scope": grant.scope(" "),
            "token_type": "Bearer",
            "id_token": site.id_token(&grant, bound, Some(request)),
        });
        let is_offline = grant.request.get("access_type") == Some("offline");
        if fresh && is_offline && (grant.first || grant.request.get("prompt") == Some("consent")) {
            tokens["refresh_token"] = site.refresh_token("1//0g", &grant).into();
        }
        tokens
    }

    fn refuse(&self, why: Bad, _request: &Recorded) -> Reply {
        let (status, error, description) = match why {
            Bad::Request => (400, "invalid_request", "Missing required parameter"),
            Bad::Client => (401, "invalid_client", "Unauthorized"),
            Bad::GrantType => (400, "unsupported_grant_type", "Invalid grant_type"),
            Bad::Code => (400, "invalid_grant", "Malformed auth code."),
            Bad::RedirectUri => (400, "redirect_uri_mismatch", "Bad Request"),
            Bad::Verifier => (400, "invalid_grant", "Invalid code verifier."),
            Bad::RefreshToken => (400, "invalid_grant", "Token has been expired or revoked."),
        };
        Reply::json(status, &json!({ "error": error, "error_description": description }))
    }

    fn claims(&self, site: &Site, grant: &Grant) -> Value {
        let mut claims = json!({ "azp": grant.request.get("azp").unwrap_or(&grant.client_id) });
        extend(&mut claims, grant.claims(&self.issuer(site)));
        claims
    }

    fn answer(&self, site: &mut Site, endpoint: Endpoint, request: &Recorded) -> Reply {
        match endpoint {
            Endpoint::Discovery => discovery(site),
            Endpoint::Userinfo => userinfo(site, request),
            Endpoint::Verify => tokeninfo(site, request),
            Endpoint::Risc => Reply::json(
                200,
                &json!({
                    // With a slash, unlike that of ID tokens.
                    "issuer": format!("{}/", site.base),
                    "jwks_uri": site.url(Endpoint::Jwks),
                    "delivery_methods_supported": ["https://schemas.openid.net/secevent/risc/delivery-method/push"],
                }),
            ),
            _ if site.revoke(request.get("token").unwrap_or_default()) => Reply::json(200, &json!({})),
            _ => invalid("Token expired or revoked"),
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
        "revocation_endpoint": url(Endpoint::Revocation),
        "jwks_uri": url(Endpoint::Jwks),
        "response_types_supported": ["code", "token", "id_token", "code token", "code id_token", "none"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "authorization_response_iss_parameter_supported": site.has(Feature::Iss),
    });
    Reply::json(200, &site.changed(Part::Discovery, document))
}

fn userinfo(site: &Site, request: &Recorded) -> Reply {
    let Some(grant) = request.bearer().and_then(|token| site.access_tokens.get(token)) else {
        let error = json!({ "error": "invalid_request", "error_description": "Invalid Credentials" });
        return Reply::json(401, &error);
    };
    let mut told = json!({ "sub": grant.account.subject });
    extend(&mut told, grant.person());
    Reply::json(200, &site.changed(Part::Userinfo, told))
}

/// What a token is worth; all of it is text.
fn tokeninfo(site: &Site, request: &Recorded) -> Reply {
    let told = if let Some(token) = request.get("id_token") {
        site.key().open(token).map(|(_, claims)| claims)
    } else {
        let grant = request.get("access_token").and_then(|token| site.access_tokens.get(token));
        grant.map(|grant| {
            let azp = grant.request.get("azp").unwrap_or(&grant.client_id);
            let mut told = json!({
                "azp": azp,
                "aud": grant.client_id,
                "sub": grant.account.subject,
                "scope": grant.scope(" "),
                "exp": now() + 3599,
                "expires_in": 3599,
                "access_type": "online",
            });
            if grant.has("email") {
                extend(&mut told, grant.account.address());
            }
            told
        })
    };
    let Some(told) = told else { return invalid("Invalid Value") };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned).into();
    let told = told.as_object().unwrap().iter().map(|(name, value)| (name.clone(), text(value))).collect();
    Reply::json(200, &site.changed(Part::Verification, Value::Object(told)))
}

fn invalid(description: &str) -> Reply {
    Reply::json(400, &json!({ "error": "invalid_token", "error_description": description }))
}

//! LINE Login v2.1: <https://developers.line.biz/en/reference/line-login/>.
use super::{
    Account, Endpoint, Feature, Key, Part, Recorded, Reply, Signing,
    account::{Grant, extend, known},
    keys::open_hmac,
    provider::Provider,
    site::{Site, now},
    token::{self, Bad},
};
use crate::support::Params;
use serde_json::{Value, json};

/// How long an access token is good for: thirty days.
const MONTH: i64 = 2_592_000;

pub(super) struct Line;

impl Provider for Line {
    fn routes(&self, _site: &Site) -> Vec<(Endpoint, String)> {
        vec![
            (Endpoint::Discovery, "/.well-known/openid-configuration".into()),
            (Endpoint::Authorization, "/oauth2/v2.1/authorize".into()),
            (Endpoint::Token, "/oauth2/v2.1/token".into()),
            (Endpoint::Userinfo, "/oauth2/v2.1/userinfo".into()),
            (Endpoint::Profile, "/v2/profile".into()),
            (Endpoint::Jwks, "/oauth2/v2.1/certs".into()),
            (Endpoint::Revocation, "/oauth2/v2.1/revoke".into()),
            (Endpoint::Verify, "/oauth2/v2.1/verify".into()),
            (Endpoint::Friendship, "/friendship/v1/status".into()),
        ]
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("1656789012", "secret-of-genkan-at-line")
    }

    fn features(&self) -> &'static [Feature] {
        &[Feature::Email, Feature::Friend]
    }

    fn account(&self) -> Account {
        let picture = Some("https://profile.test/hanako".into());
        let known = Account::new("U4af4980629c1a3b2d5e6f708192a3b4c").email("hanako@mail.test").name("山田 花子");
        Account { picture, ..known }
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::ec()]
    }

    fn scopes(&self) -> &'static [&'static str] {
        &["openid", "profile", "email"]
    }

    fn inspect(&self, request: &Params) -> Result<(), &'static str> {
        if request.get("state").is_some() { Ok(()) } else { Err("invalid_request") }
    }

    fn told(&self, _site: &mut Site, grant: &Grant, _code: &str) -> Params {
        match grant.request.get("bot_prompt") {
            Some(_) => Params::new(&[("friendship_status_changed", "true")]),
            None => Params::default(),
        }
    }

    fn denial(&self) -> Params {
        let why = "The resource owner denied the request.";
        Params::new(&[("error", "access_denied"), ("error_description", why)])
    }

    fn authenticate(&self, site: &Site, request: &Recorded) -> Result<String, Bad> {
        token::by_post(site, request)
    }

    fn tokens(&self, site: &mut Site, grant: Grant, request: &Recorded, fresh: bool) -> Value {
        let mut tokens = json!({
            "access_token": site.access_token("eyJ", &grant),
            "expires_in": MONTH,
            "token_type": "Bearer",
            "scope": scope(site, &grant),
            "refresh_token": request.get("refresh_token"),
        });
        if fresh {
            tokens["refresh_token"] = site.refresh_token("", &grant).into();
        }
        if fresh && grant.has("openid") {
            tokens["id_token"] = site.id_token(&grant, json!({}), Some(request)).into();
        }
        tokens
    }

    fn refuse(&self, why: Bad, _request: &Recorded) -> Reply {
        let description = match why {
            Bad::Request => "missing parameter",
            Bad::Client => "invalid client_id or client_secret",
            Bad::GrantType => "unsupported grant_type",
            Bad::Code => "invalid authorization code",
            Bad::RedirectUri => "redirect_uri does not match",
            Bad::Verifier => "invalid code_verifier",
            Bad::RefreshToken => "invalid refresh token",
        };
        Reply::json(400, &json!({ "error": why.standard().1, "error_description": description }))
            .with_header("x-line-request-id", "8f1b2c3d-0000-4000-8000-000000000001")
    }

    fn claims(&self, site: &Site, grant: &Grant) -> Value {
        let mut claims = grant.bare().claims(&self.issuer(site));
        extend(&mut claims, json!({ "amr": ["linesso"] }));
        if grant.request.get("max_age").is_some() {
            claims["auth_time"] = grant.at.into();
        }
        if grant.has("profile") {
            let told = json!({ "name": grant.account.name, "picture": grant.account.picture });
            extend(&mut claims, known(told));
        }
        // The address alone: nothing says that it was verified.
        if let Some(email) = grant.account.email.as_ref().filter(|_| grant.has("email") && site.has(Feature::Email)) {
            claims["email"] = email.clone().into();
        }
        claims
    }

    /// On the web by the secret of the channel, unless the token request says otherwise; in apps by a key.
    fn signing(&self, site: &Site, grant: &Grant, request: Option<&Recorded>) -> Signing {
        let wants_key = request.is_some_and(|request| request.get("id_token_key_type") == Some("JWK"));
        if grant.native || wants_key {
            return Signing::Key(site.key());
        }
        Signing::Hmac(site.client_secret.clone().into_bytes())
    }

    fn answer(&self, site: &mut Site, endpoint: Endpoint, request: &Recorded) -> Reply {
        match endpoint {
            Endpoint::Discovery => discovery(site),
            Endpoint::Verify if request.method == "GET" => verify_access_token(site, request),
            Endpoint::Verify => verify_id_token(site, request),
            Endpoint::Revocation => {
                if self.authenticate(site, request).is_err() {
                    return self.refuse(Bad::Client, request);
                }
                // Not `token`, as RFC 7009 has it.
                let Some(token) = request.get("access_token") else { return self.refuse(Bad::Request, request) };
                site.revoke(token);
                Reply::empty()
            }
            endpoint => who(site, endpoint, request),
        }
    }
}

/// What was granted: without the address where the channel may not see it.
fn scope(site: &Site, grant: &Grant) -> Value {
    let granted = grant.scopes.iter().filter(|scope| *scope != "email" || site.has(Feature::Email));
    granted.cloned().collect::<Vec<_>>().join(" ").into()
}

fn who(site: &Site, endpoint: Endpoint, request: &Recorded) -> Reply {
    let Some(grant) = request.bearer().and_then(|token| site.access_tokens.get(token)) else {
        return Reply::json(401, &json!({ "message": "invalid token" }));
    };
    let Account { subject, name, picture, .. } = &grant.account;
    let told = match endpoint {
        Endpoint::Friendship => json!({ "friendFlag": site.has(Feature::Friend) }),
        Endpoint::Profile => json!({ "userId": subject, "displayName": name, "pictureUrl": picture }),
        _ => json!({ "sub": subject, "name": name, "picture": picture }),
    };
    Reply::json(200, &site.changed(Part::Userinfo, known(told)))
}

fn verify_access_token(site: &Site, request: &Recorded) -> Reply {
    let grant = request.query.get("access_token").and_then(|token| site.access_tokens.get(token));
    let Some(grant) = grant else { return refused("access token expired") };
    let told = json!({ "scope": scope(site, grant), "client_id": grant.client_id, "expires_in": MONTH });
    Reply::json(200, &site.changed(Part::Verification, told))
}

fn verify_id_token(site: &Site, request: &Recorded) -> Reply {
    let token = request.form.get("id_token").unwrap_or_default();
    let opened = site.key().open(token).or_else(|| open_hmac(site.client_secret.as_bytes(), token));
    let Some((_, claims)) = opened else { return refused("Invalid IdToken.") };
    let is = |name: &str, claim: &str| request.form.get(name).is_none_or(|given| claims[claim] == given);
    if request.form.get("client_id").is_none() || !is("client_id", "aud") {
        return refused("Invalid IdToken Audience.");
    }
    if claims["exp"].as_i64().is_none_or(|end| end <= now()) {
        return refused("IdToken expired.");
    }
    match (is("nonce", "nonce"), is("user_id", "sub")) {
        (false, _) => refused("Invalid IdToken Nonce."),
        (_, false) => refused("Invalid IdToken Subject Identifier."),
        _ => Reply::json(200, &site.changed(Part::Verification, claims)),
    }
}

fn refused(description: &str) -> Reply {
    Reply::json(400, &json!({ "error": "invalid_request", "error_description": description }))
}

fn discovery(site: &Site) -> Reply {
    let url = |endpoint| site.url(endpoint);
    let document = json!({
        "issuer": site.base,
        "authorization_endpoint": url(Endpoint::Authorization),
        "token_endpoint": url(Endpoint::Token),
        "revocation_endpoint": url(Endpoint::Revocation),
        "userinfo_endpoint": url(Endpoint::Userinfo),
        "scopes_supported": ["openid", "profile", "email"],
        "jwks_uri": url(Endpoint::Jwks),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        // Those of the web are not of it.
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
    });
    Reply::json(200, &site.changed(Part::Discovery, document))
}

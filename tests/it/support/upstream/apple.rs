//! Apple: <https://developer.apple.com/documentation/signinwithapplerestapi>.
use super::{
    Account, Endpoint, Part, Recorded, Reply,
    account::{Grant, extend},
    keys::half_hash,
    provider::{Pkce, Provider},
    site::{Site, now},
    token::Bad,
};
use crate::support::{Params, random};
use serde_json::{Value, json};
use toml::Table;

/// The team that the keys and the clients are of.
const TEAM: &str = "TEAM123456";

/// How far ahead a client secret may end: six months, by Apple's clock.
const LONGEST: i64 = 15_777_000;

pub(super) struct Apple;

impl Provider for Apple {
    fn routes(&self, _site: &Site) -> Vec<(Endpoint, String)> {
        vec![
            (Endpoint::Discovery, "/.well-known/openid-configuration".into()),
            (Endpoint::Authorization, "/auth/authorize".into()),
            (Endpoint::Token, "/auth/token".into()),
            (Endpoint::Jwks, "/auth/keys".into()),
            (Endpoint::Revocation, "/auth/revoke".into()),
        ]
    }

    fn client(&self) -> (&'static str, &'static str) {
        // The secret is made of the key.
        ("test.genkan.web", "")
    }

    fn settings(&self, site: &Site, table: &mut Table) {
        table.remove("client_secret");
        table.insert("issuer".into(), self.issuer(site).into());
        table.insert("team_id".into(), TEAM.into());
        table.insert("key_id".into(), site.client_key.kid.clone().into());
        table.insert("private_key".into(), site.client_key.private_pem().into());
    }

    fn account(&self) -> Account {
        Account::new("001234.5f1c2b7a9d8e4f60a1b2c3d4e5f60718.0912").email("hanako@icloud.com").name("Hanako Yamada")
    }

    fn keys(&self) -> Vec<super::Key> {
        // The first signs; which it is, the header says alone.
        vec![super::Key::rsa(), super::Key::rsa()]
    }

    fn pkce(&self) -> Pkce {
        Pkce::Unknown
    }

    fn scopes(&self) -> &'static [&'static str] {
        &["openid", "name", "email"]
    }

    fn default_scope(&self) -> Option<&'static str> {
        Some("openid")
    }

    fn response_types(&self) -> &'static [&'static str] {
        &["code", "code id_token"]
    }

    fn response_modes(&self) -> &'static [&'static str] {
        &["query", "fragment", "form_post"]
    }

    fn redirects_errors(&self) -> bool {
        false
    }

    fn inspect(&self, request: &Params) -> Result<(), &'static str> {
        let wants_more = request.get("scope").is_some_and(|scope| scope.contains("name") || scope.contains("email"));
        let is_posted = request.get("response_mode") == Some("form_post");
        if wants_more && !is_posted { Err("invalid_request") } else { Ok(()) }
    }

    fn code(&self) -> String {
        format!("c{}.0.nrqtx.{}", random(), random())
    }

    /// The name comes once and with no signature.
    fn told(&self, site: &mut Site, grant: &Grant, code: &str) -> Params {
        let mut told = Params::default();
        if grant.request.get("response_type") == Some("code id_token") {
            told = told.and("id_token", site.id_token(grant, json!({ "c_hash": half_hash(code) }), None));
        }
        if grant.first && (grant.has("name") || grant.has("email")) {
            let mut user = json!({});
            if grant.has("name") {
                let (first, last) = grant.account.names();
                user["name"] = json!({ "firstName": first.unwrap_or_default(), "lastName": last.unwrap_or_default() });
            }
            if let Some(email) = grant.account.email.as_ref().filter(|_| grant.has("email")) {
                user["email"] = email.clone().into();
            }
            told = told.and("user", user.to_string());
        }
        told
    }

    fn denial(&self) -> Params {
        Params::new(&[("error", "user_cancelled_authorize")])
    }

    fn authenticate(&self, site: &Site, request: &Recorded) -> Result<String, Bad> {
        let (id, secret) = request.form.get("client_id").zip(request.form.get("client_secret")).ok_or(Bad::Client)?;
        let is_ours = id == site.client_id || site.other_clients.contains(id);
        let is_alone = request.header("authorization").is_none();
        if is_ours && is_alone && is_secret(site, id, secret) { Ok(id.into()) } else { Err(Bad::Client) }
    }

    fn tokens(&self, site: &mut Site, grant: Grant, request: &Recorded, fresh: bool) -> Value {
        let access_token = site.access_token("a", &grant);
        let bound = json!({ "at_hash": half_hash(&access_token) });
        let mut tokens = json!({
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": 3600,
            "id_token": site.id_token(&grant, bound, Some(request)),
        });
        if fresh {
            tokens["refresh_token"] = site.refresh_token("r", &grant).into();
        }
        tokens
    }

    fn refuse(&self, why: Bad, _request: &Recorded) -> Reply {
        Reply::json(400, &json!({ "error": why.standard().1 }))
    }

    fn claims(&self, site: &Site, grant: &Grant) -> Value {
        let mut claims = json!({ "auth_time": grant.at, "nonce_supported": true });
        // There is no scope of a name that would put it in here.
        extend(&mut claims, grant.claims(&self.issuer(site)));
        claims["exp"] = (now() + 86_400).into();
        claims
    }

    fn native_audience(&self, _site: &Site) -> String {
        "test.genkan.app".into()
    }

    fn answer(&self, site: &mut Site, endpoint: Endpoint, request: &Recorded) -> Reply {
        if endpoint == Endpoint::Discovery {
            return discovery(site);
        }
        match self.authenticate(site, request) {
            Ok(_) => {
                site.revoke(request.get("token").unwrap_or_default());
                Reply::empty()
            }
            Err(why) => self.refuse(why, request),
        }
    }
}

/// Whether this is a secret of the client: a token that it signed itself.
fn is_secret(site: &Site, client_id: &str, secret: &str) -> bool {
    let Some((header, claims)) = site.client_key.open(secret) else { return false };
    let (from, to) = (claims["iat"].as_i64(), claims["exp"].as_i64());
    let audiences = ["https://appleid.apple.com", site.base.as_str()];
    header["alg"] == "ES256"
        && header["kid"] == site.client_key.kid
        && claims["iss"] == TEAM
        && claims["sub"] == client_id
        && claims["aud"].as_str().is_some_and(|audience| audiences.contains(&audience))
        && from.is_some_and(|from| from <= now())
        && to.is_some_and(|to| to > now() && to <= now() + LONGEST)
}

fn discovery(site: &Site) -> Reply {
    let url = |endpoint| site.url(endpoint);
    let document = json!({
        "issuer": site.base,
        "authorization_endpoint": url(Endpoint::Authorization),
        "token_endpoint": url(Endpoint::Token),
        "revocation_endpoint": url(Endpoint::Revocation),
        "jwks_uri": url(Endpoint::Jwks),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "name"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "claims_supported": [
            "aud", "email", "email_verified", "exp", "iat", "is_private_email", "iss", "nonce", "nonce_supported",
            "real_user_status", "sub", "transfer_sub"
        ],
    });
    Reply::json(200, &site.changed(Part::Discovery, document))
}

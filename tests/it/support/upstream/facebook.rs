//! Facebook: <https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow>, and Limited Login in
//! apps, which is by ID tokens.
use super::{
    Account, Endpoint, Key, Part, Recorded, Reply, Signing,
    account::{Grant, extend, known},
    keys::{hex, hmac_sha256},
    provider::{Pkce, Provider},
    site::{Site, now},
    token::{self, Bad},
};
use crate::support::{Params, random};
use serde_json::{Value, json};
use toml::Table;

/// How long a token of the web is good for, in seconds: two hours; and one that it is given for: sixty days.
const SHORT: i64 = 7200;
const LONG: i64 = 5_184_000;

pub(super) struct Facebook;

impl Provider for Facebook {
    fn routes(&self, _site: &Site) -> Vec<(Endpoint, String)> {
        vec![
            (Endpoint::Authorization, "/v23.0/dialog/oauth".into()),
            (Endpoint::Token, "/v23.0/oauth/access_token".into()),
            (Endpoint::Userinfo, "/me".into()),
            (Endpoint::Verify, "/debug_token".into()),
            (Endpoint::Permissions, "/me/permissions".into()),
            (Endpoint::Jwks, "/.well-known/oauth/openid/jwks/".into()),
            (Endpoint::LimitedJwks, "/limited/.well-known/oauth/openid/jwks/".into()),
        ]
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("184484190795001", "secret-of-genkan-at-facebook")
    }

    fn settings(&self, site: &Site, table: &mut Table) {
        // Of Limited Login's tokens.
        table.insert("issuer".into(), self.issuer(site).into());
    }

    fn account(&self) -> Account {
        let picture = Some("https://lookaside.test/hanako".into());
        Account { picture, ..Account::new("10153832123456789").email("hanako@mail.test").name("Hanako Yamada") }
    }

    fn keys(&self) -> Vec<Key> {
        // The second is Limited Login's.
        vec![Key::rsa(), Key::rsa()]
    }

    fn pkce(&self) -> Pkce {
        Pkce::Unknown
    }

    fn scopes(&self) -> &'static [&'static str] {
        &["public_profile", "email"]
    }

    fn default_scope(&self) -> Option<&'static str> {
        Some("public_profile")
    }

    fn response_types(&self) -> &'static [&'static str] {
        &["", "code"]
    }

    fn redirects_errors(&self) -> bool {
        false
    }

    fn code(&self) -> String {
        format!("AQ{}", random())
    }

    fn denial(&self) -> Params {
        Params::new(&[
            ("error", "access_denied"),
            ("error_code", "200"),
            ("error_description", "Permissions error"),
            ("error_reason", "user_denied"),
        ])
    }

    fn fragment(&self) -> Option<&'static str> {
        Some("_=_")
    }

    fn tokens_by_get(&self) -> bool {
        true
    }

    fn default_grant_type(&self) -> Option<&'static str> {
        Some("authorization_code")
    }

    fn authenticate(&self, site: &Site, request: &Recorded) -> Result<String, Bad> {
        token::by_post(site, request)
    }

    /// A token that lasts for one that does not.
    fn exchange(&self, site: &Site, request: &Recorded) -> Option<Grant> {
        let token = request.get("fb_exchange_token").filter(|_| request.get("grant_type") == Some("fb_exchange_token"));
        token.and_then(|token| site.access_tokens.get(token)).cloned()
    }

    fn tokens(&self, site: &mut Site, grant: Grant, _request: &Recorded, fresh: bool) -> Value {
        let expires_in = if fresh { SHORT } else { LONG };
        json!({ "access_token": site.access_token("EAA", &grant), "token_type": "bearer", "expires_in": expires_in })
    }

    fn refuse(&self, why: Bad, _request: &Recorded) -> Reply {
        let (code, subcode, message) = match why {
            Bad::Request => (100, 0, "Missing required parameters."),
            Bad::Client => (1, 0, "Error validating client secret."),
            Bad::GrantType => (100, 0, "Invalid grant_type."),
            Bad::RedirectUri => (
                100,
                36_008,
                "Error validating verification code. Please make sure your redirect_uri is identical to the one you \
                 used in the OAuth dialog request",
            ),
            Bad::Code | Bad::Verifier | Bad::RefreshToken => (100, 36_009, "This authorization code has been used."),
        };
        error("OAuthException", code, subcode, message)
    }

    /// Those of Limited Login.
    fn claims(&self, site: &Site, grant: &Grant) -> Value {
        let mut claims = grant.bare().claims(&self.issuer(site));
        claims["jti"] = random().into();
        extend(&mut claims, grant.account.profile());
        if let Some(email) = &grant.account.email {
            claims["email"] = email.clone().into();
        }
        claims
    }

    fn signing(&self, site: &Site, _grant: &Grant, _request: Option<&Recorded>) -> Signing {
        Signing::Key(site.keys[1].clone())
    }

    fn answer(&self, site: &mut Site, endpoint: Endpoint, request: &Recorded) -> Reply {
        match endpoint {
            Endpoint::LimitedJwks => site.jwks(&site.keys[1..]),
            Endpoint::Verify => debug_token(site, request),
            Endpoint::Permissions => match who(site, request) {
                Ok((token, _)) if request.method == "DELETE" => {
                    site.revoke(&token);
                    Reply::json(200, &json!({ "success": true }))
                }
                Ok(_) => error("GraphMethodException", 100, 33, "Unsupported get request."),
                Err(refusal) => refusal,
            },
            _ => match who(site, request) {
                Ok((_, grant)) => me(site, &grant, request),
                Err(refusal) => refusal,
            },
        }
    }
}

/// Whose token it is, if it comes with the proof of its app (`appsecret_proof`).
fn who(site: &Site, request: &Recorded) -> Result<(String, Grant), Reply> {
    let token = request.get("access_token").or(request.bearer()).unwrap_or_default();
    let Some(grant) = site.access_tokens.get(token) else {
        return Err(error("OAuthException", 190, 0, "Invalid OAuth access token - Cannot parse access token"));
    };
    let proof = request.get("appsecret_proof").ok_or_else(|| {
        error("GraphMethodException", 100, 0, "API calls from the server require an appsecret_proof argument")
    })?;
    // Of a token of another app, it is made with another secret.
    let is_right = proof == hex(&hmac_sha256(site.client_secret.as_bytes(), token.as_bytes()));
    if !is_right || grant.client_id != site.client_id {
        let message = "Invalid appsecret_proof provided in the API argument";
        return Err(error("GraphMethodException", 100, 0, message));
    }
    Ok((token.into(), grant.clone()))
}

fn me(site: &Site, grant: &Grant, request: &Recorded) -> Reply {
    let account = &grant.account;
    let (first, last) = account.names();
    let email = account.email.as_ref().filter(|_| grant.has("email"));
    let picture = account
        .picture
        .as_ref()
        .map(|url| json!({ "data": { "height": 50, "width": 50, "is_silhouette": false, "url": url } }));
    let mut told = known(json!({
        "id": account.subject,
        "name": account.name,
        "first_name": first,
        "last_name": last,
        "email": email,
        "picture": picture,
    }));
    extend(&mut told, Value::Object(account.more.clone()));
    // What was not asked for is not told, but for the id.
    let fields: Vec<_> = request.get("fields").unwrap_or("id,name").split(',').map(base).collect();
    if let Some(members) = told.as_object_mut() {
        members.retain(|name, _| name == "id" || fields.contains(&name.as_str()));
    }
    Reply::json(200, &site.changed(Part::Userinfo, told))
}

/// The name of a field, without what is said of it: `picture.type(large)`, `picture{url}`.
fn base(field: &str) -> &str {
    field.split(['.', '{']).next().unwrap_or_default().trim()
}

/// What a token is worth. It says so of the tokens of other apps, too: whose they are is for the asker to see.
fn debug_token(site: &Site, request: &Recorded) -> Reply {
    let app = format!("{}|{}", site.client_id, site.client_secret);
    if request.get("access_token").or(request.bearer()) != Some(&app) {
        return error("OAuthException", 190, 0, "Invalid OAuth access token signature.");
    }
    let grant = request.get("input_token").and_then(|token| site.access_tokens.get(token));
    let told = match grant {
        Some(grant) => json!({
            "app_id": grant.client_id,
            "type": "USER",
            "application": "Genkan",
            "data_access_expires_at": now() + LONG,
            "expires_at": now() + SHORT,
            "is_valid": true,
            "issued_at": now(),
            "scopes": grant.scopes,
            "user_id": grant.account.subject,
        }),
        None => json!({
            "error": { "code": 190, "message": "Invalid OAuth access token." },
            "is_valid": false,
            "scopes": [],
        }),
    };
    Reply::json(200, &json!({ "data": site.changed(Part::Verification, told) }))
}

/// An object in a place where others have a word.
pub(super) fn error(kind: &str, code: u32, subcode: u32, message: &str) -> Reply {
    let mut error = json!({ "message": message, "type": kind, "code": code, "fbtrace_id": "AbCdEfGhIjKlMnOpQrStUvW" });
    if subcode != 0 {
        error["error_subcode"] = subcode.into();
    }
    let challenge = format!("OAuth \"Facebook Platform\" \"invalid_request\" \"{message}\"");
    Reply::json(400, &json!({ "error": error })).with_header("www-authenticate", &challenge)
}

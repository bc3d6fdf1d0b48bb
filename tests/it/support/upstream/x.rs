//! X: OAuth 2.0 by <https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>.
use super::{
    Account, Endpoint, Key, Part, Recorded, Reply,
    account::{Grant, extend, known},
    provider::{Pkce, Provider},
    site::Site,
    token::{self, Bad},
};
use crate::support::Params;
use serde_json::{Value, json};
use toml::Table;

pub(super) struct X;

impl Provider for X {
    fn routes(&self, _site: &Site) -> Vec<(Endpoint, String)> {
        vec![
            (Endpoint::Authorization, "/i/oauth2/authorize".into()),
            (Endpoint::Token, "/2/oauth2/token".into()),
            (Endpoint::Userinfo, "/2/users/me".into()),
            (Endpoint::Revocation, "/2/oauth2/revoke".into()),
        ]
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("Z2Vua2FuLWF0LXg6MTpjaQ", "secret-of-genkan-at-x")
    }

    fn settings(&self, _site: &Site, _table: &mut Table) {
        // It is no issuer.
    }

    fn account(&self) -> Account {
        let picture = Some("https://pbs.test/profile_images/1/hanako_normal.jpg".into());
        let known = Account::new("2244994945").email("hanako@mail.test").name("Hanako Yamada");
        Account { picture, username: Some("hanako".into()), ..known }
    }

    fn keys(&self) -> Vec<Key> {
        vec![]
    }

    fn pkce(&self) -> Pkce {
        Pkce::Required
    }

    fn scopes(&self) -> &'static [&'static str] {
        &["users.read", "tweet.read", "users.email", "offline.access"]
    }

    fn redirects_errors(&self) -> bool {
        false
    }

    fn inspect(&self, request: &Params) -> Result<(), &'static str> {
        if request.get("state").is_some() { Ok(()) } else { Err("invalid_request") }
    }

    /// The header alone.
    fn authenticate(&self, site: &Site, request: &Recorded) -> Result<String, Bad> {
        token::by_basic(site, request)
    }

    fn rotates(&self, _site: &Site) -> bool {
        true
    }

    fn tokens(&self, site: &mut Site, grant: Grant, _request: &Recorded, _fresh: bool) -> Value {
        let mut tokens = json!({
            "token_type": "bearer",
            "expires_in": 7200,
            "access_token": site.access_token("", &grant),
            "scope": grant.scope(" "),
        });
        if grant.has("offline.access") {
            tokens["refresh_token"] = site.refresh_token("", &grant).into();
        }
        tokens
    }

    fn refuse(&self, why: Bad, _request: &Recorded) -> Reply {
        let (status, error, description) = match why {
            Bad::Client => (401, "unauthorized_client", "Missing valid authorization header"),
            Bad::Request => (400, "invalid_request", "Missing required parameter."),
            Bad::GrantType => (400, "unsupported_grant_type", "The grant type is not supported."),
            Bad::Code => (400, "invalid_request", "Value passed for the authorization code was invalid."),
            Bad::RedirectUri => (
                400,
                "invalid_request",
                "Value passed for the redirect uri did not match the uri of the authorization code.",
            ),
            Bad::Verifier => {
                (400, "invalid_request", "Value passed for the code verifier did not match the code challenge.")
            }
            Bad::RefreshToken => (400, "invalid_request", "Value passed for the token was invalid."),
        };
        Reply::json(status, &json!({ "error": error, "error_description": description }))
    }

    fn answer(&self, site: &mut Site, endpoint: Endpoint, request: &Recorded) -> Reply {
        if endpoint == Endpoint::Revocation {
            return match self.authenticate(site, request) {
                Ok(_) => {
                    site.revoke(request.get("token").unwrap_or_default());
                    Reply::json(200, &json!({ "revoked": true }))
                }
                Err(why) => self.refuse(why, request),
            };
        }
        let Some(grant) = request.bearer().and_then(|token| site.access_tokens.get(token)) else {
            return problem(401, "Unauthorized", "Unauthorized");
        };
        if !(grant.has("users.read") && grant.has("tweet.read")) {
            return problem(403, "Forbidden", "Your client app is not configured with the appropriate scopes");
        }
        me(site, grant, request)
    }
}

/// Wrapped, and not more than was asked for.
fn me(site: &Site, grant: &Grant, request: &Recorded) -> Reply {
    let account = &grant.account;
    let email = account.email.as_ref().filter(|_| grant.has("users.email") && account.email_verified);
    let mut told = known(json!({
        "id": account.subject,
        "name": account.name,
        "username": account.username,
        "profile_image_url": account.picture,
        "confirmed_email": email,
        "created_at": "2013-12-14T04:35:55.000Z",
    }));
    extend(&mut told, Value::Object(account.more.clone()));
    let fields: Vec<_> = request.get("user.fields").unwrap_or_default().split(',').collect();
    if let Some(members) = told.as_object_mut() {
        members
            .retain(|name, _| ["id", "name", "username"].contains(&name.as_str()) || fields.contains(&name.as_str()));
    }
    Reply::json(200, &json!({ "data": site.changed(Part::Userinfo, told) }))
}

fn problem(status: u16, title: &str, detail: &str) -> Reply {
    let problem = json!({ "title": title, "type": "about:blank", "status": status, "detail": detail });
    Reply::new(status, "application/problem+json", problem.to_string())
}

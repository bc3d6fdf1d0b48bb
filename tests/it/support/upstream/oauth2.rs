//! Any provider by RFC 6749 that tells who somebody is in a shape of its own.
use super::{
    Account, Endpoint, Part, Recorded, Reply,
    account::{Grant, known},
    provider::Provider,
    site::Site,
    token,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use toml::Table;

pub(super) struct OAuth2;

impl Provider for OAuth2 {
    fn routes(&self, _site: &Site) -> Vec<(Endpoint, String)> {
        vec![
            (Endpoint::Authorization, "/oauth/authorize".into()),
            (Endpoint::Token, "/oauth/token".into()),
            (Endpoint::Userinfo, "/api/me".into()),
            (Endpoint::Revocation, "/oauth/revoke".into()),
        ]
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("genkan-oauth2", "s3cret:+/%25&=? ü日本")
    }

    fn settings(&self, _site: &Site, table: &mut Table) {
        let claims = [
            ("sub", "/id"),
            ("email", "/contact/mail"),
            ("email_verified", "/contact/confirmed"),
            ("name", "/display_name"),
            ("preferred_username", "/login"),
            ("picture", "/avatars/0/url"),
        ];
        table.insert("scopes".into(), vec!["me", "mail"].into());
        table.insert("claims".into(), BTreeMap::from(claims).into());
    }

    fn keys(&self) -> Vec<super::Key> {
        vec![]
    }

    fn account(&self) -> Account {
        // No `f64` holds this number.
        let picture = Some("https://cdn.test/hanako.png".into());
        let username = Some("hanako".into());
        let known = Account::new("9007199254740993").email("hanako@mail.test").name("Hanako Yamada");
        Account { username, picture, ..known }
    }

    fn scopes(&self) -> &'static [&'static str] {
        &["me", "mail", "offline"]
    }

    fn rotates(&self, _site: &Site) -> bool {
        true
    }

    fn tokens(&self, site: &mut Site, grant: Grant, _request: &Recorded, _fresh: bool) -> Value {
        let mut tokens = json!({
            "access_token": site.access_token("", &grant),
            "token_type": "bearer",
            "expires_in": 3600,
            "scope": grant.scope(" "),
        });
        if grant.has("offline") {
            tokens["refresh_token"] = site.refresh_token("", &grant).into();
        }
        tokens
    }

    fn answer(&self, site: &mut Site, endpoint: Endpoint, request: &Recorded) -> Reply {
        if endpoint == Endpoint::Revocation {
            return match token::by_post_or_basic(site, request) {
                Ok(_) => {
                    site.revoke(request.get("token").unwrap_or_default());
                    Reply::empty()
                }
                Err(_) => Reply::json(401, &json!({ "error": "invalid_client" })),
            };
        }
        let Some(grant) = request.bearer().and_then(|token| site.access_tokens.get(token)) else {
            return Reply::json(401, &json!({ "error": "invalid_token" }));
        };
        let account = &grant.account;
        let mut told = json!({
            "id": number_or_text(&account.subject),
            "login": account.username,
            "display_name": account.name,
            "avatars": account.picture.iter().map(|url| json!({ "size": 96, "url": url })).collect::<Vec<_>>(),
        });
        if grant.has("mail") {
            told["contact"] = known(json!({ "mail": account.email, "confirmed": account.email_verified }));
        }
        super::account::extend(&mut told, Value::Object(account.more.clone()));
        Reply::json(200, &site.changed(Part::Userinfo, told))
    }
}

/// A number where it is one.
pub(super) fn number_or_text(text: &str) -> Value {
    text.parse::<u64>().map_or_else(|_| text.into(), Value::from)
}

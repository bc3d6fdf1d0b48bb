//! Instagram: professional accounts by
//! <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login>.
use super::{
    Account, Endpoint, Feature, Key, Part, Recorded, Reply,
    account::{Grant, extend, known},
    facebook,
    oauth2::number_or_text,
    provider::{Pkce, Provider},
    site::Site,
    token::{self, Bad},
};
use crate::support::{Params, random};
use serde_json::{Value, json};
use toml::Table;

pub(super) struct Instagram;

impl Provider for Instagram {
    fn routes(&self, _site: &Site) -> Vec<(Endpoint, String)> {
        vec![
            (Endpoint::Authorization, "/oauth/authorize".into()),
            (Endpoint::Token, "/oauth/access_token".into()),
            (Endpoint::Userinfo, "/v23.0/me".into()),
            (Endpoint::LongLived, "/access_token".into()),
            (Endpoint::Refresh, "/refresh_access_token".into()),
        ]
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("990602627938098", "secret-of-genkan-at-instagram")
    }

    fn settings(&self, _site: &Site, _table: &mut Table) {
        // It is no issuer.
    }

    fn features(&self) -> &'static [Feature] {
        &[Feature::InData]
    }

    fn account(&self) -> Account {
        // The id is for this app alone; beside it is that of the account, which no `f64` holds.
        let picture = Some("https://scontent.test/hanako.jpg".into());
        let known = Account::new("26384171234567891").name("花子").with("user_id", "17841405793187219");
        Account { picture, username: Some("hanako.design".into()), ..known }
    }

    fn keys(&self) -> Vec<Key> {
        vec![]
    }

    fn pkce(&self) -> Pkce {
        Pkce::Unknown
    }

    fn scopes(&self) -> &'static [&'static str] {
        &["instagram_business_basic"]
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
            ("error_reason", "user_denied"),
            ("error_description", "The user denied your request."),
        ])
    }

    fn fragment(&self) -> Option<&'static str> {
        Some("_")
    }

    fn authenticate(&self, site: &Site, request: &Recorded) -> Result<String, Bad> {
        token::by_post(site, request)
    }

    fn tokens(&self, site: &mut Site, grant: Grant, _request: &Recorded, _fresh: bool) -> Value {
        json!({
            "access_token": site.access_token("IGAA", &grant),
            "user_id": user_id(&grant.account),
            "permissions": grant.scope(","),
        })
    }

    /// As it is documented, or as it has been seen.
    fn token_reply(&self, site: &Site, tokens: &Value, _request: &Recorded) -> Reply {
        if site.has(Feature::InData) {
            return Reply::json(200, &json!({ "data": [tokens] }));
        }
        Reply::json(200, tokens)
    }

    fn refuse(&self, why: Bad, _request: &Recorded) -> Reply {
        let message = match why {
            Bad::Request => "Missing required field",
            Bad::Client => "Invalid platform app",
            Bad::GrantType => "Invalid grant_type",
            Bad::RedirectUri => {
                "Error validating verification code. Please make sure your redirect_uri is identical to the one you \
                 used in the OAuth dialog request"
            }
            Bad::Code | Bad::Verifier | Bad::RefreshToken => "Matching code was not found or was already used",
        };
        Reply::json(400, &json!({ "error_type": "OAuthException", "code": 400, "error_message": message }))
    }

    fn answer(&self, site: &mut Site, endpoint: Endpoint, request: &Recorded) -> Reply {
        let token = request.get("access_token").or(request.bearer()).unwrap_or_default();
        let Some(grant) = site.access_tokens.get(token).cloned() else {
            return facebook::error("OAuthException", 190, 0, "Invalid OAuth access token - Cannot parse access token");
        };
        let (kind, secret) = (request.get("grant_type"), request.get("client_secret"));
        match endpoint {
            Endpoint::Userinfo => me(site, &grant, request),
            Endpoint::LongLived if kind != Some("ig_exchange_token") || secret != Some(&site.client_secret) => {
                facebook::error("OAuthException", 100, 0, "Error validating client secret.")
            }
            Endpoint::Refresh if kind != Some("ig_refresh_token") => {
                facebook::error("OAuthException", 100, 0, "Invalid grant_type")
            }
            _ => {
                let access_token = site.access_token("IGAA", &grant);
                let told = json!({ "access_token": access_token, "token_type": "bearer", "expires_in": 5_183_944 });
                Reply::json(200, &told)
            }
        }
    }
}

/// A number here, and text elsewhere.
fn user_id(account: &Account) -> Value {
    let id = account.more.get("user_id").and_then(Value::as_str);
    number_or_text(id.unwrap_or(&account.subject))
}

fn me(site: &Site, grant: &Grant, request: &Recorded) -> Reply {
    let account = &grant.account;
    let mut told = known(json!({
        "id": account.subject,
        "user_id": account.subject,
        "username": account.username,
        "name": account.name,
        "account_type": "BUSINESS",
        "profile_picture_url": account.picture,
    }));
    extend(&mut told, Value::Object(account.more.clone()));
    let fields: Vec<_> = request.get("fields").unwrap_or_default().split(',').collect();
    if let Some(members) = told.as_object_mut() {
        members.retain(|name, _| name == "id" || fields.contains(&name.as_str()));
    }
    Reply::json(200, &site.changed(Part::Userinfo, told))
}

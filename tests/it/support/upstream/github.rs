//! GitHub: an OAuth app by <https://docs.github.com/apps/oauth-apps>, or (`Feature::GithubApp`) a GitHub App.
use super::{
    Account, Endpoint, Feature, Key, Part, Recorded, Reply,
    account::{Grant, extend},
    oauth2::number_or_text,
    provider::Provider,
    site::Site,
    token::Bad,
};
use crate::support::Params;
use serde_json::{Value, json};
use toml::Table;
use url::Url;

const PAGE: usize = 30;

pub(super) struct GitHub;

impl Provider for GitHub {
    fn routes(&self, site: &Site) -> Vec<(Endpoint, String)> {
        vec![
            (Endpoint::Authorization, "/login/oauth/authorize".into()),
            (Endpoint::Token, "/login/oauth/access_token".into()),
            (Endpoint::Userinfo, "/user".into()),
            (Endpoint::Emails, "/user/emails".into()),
            (Endpoint::Applications, format!("/applications/{}/token", site.client_id)),
            (Endpoint::Applications, format!("/applications/{}/grant", site.client_id)),
        ]
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("genkan-at-github", "secret-of-genkan-at-github")
    }

    fn settings(&self, _site: &Site, _table: &mut Table) {
        // It is no issuer.
    }

    fn features(&self) -> &'static [Feature] {
        &[Feature::Email]
    }

    fn account(&self) -> Account {
        let picture = Some("https://avatars.test/u/583231?v=4".into());
        let known = Account::new("583231").email("hanako@mail.test").name("Hanako Yamada");
        Account { picture, username: Some("hanako".into()), ..known }
    }

    fn keys(&self) -> Vec<Key> {
        vec![]
    }

    fn scopes(&self) -> &'static [&'static str] {
        &["read:user", "user:email", "user"]
    }

    fn default_scope(&self) -> Option<&'static str> {
        Some("read:user")
    }

    fn response_types(&self) -> &'static [&'static str] {
        // It does not know the parameter.
        &["", "code"]
    }

    /// Whatever is below the registered one is right, on its host or on one below that.
    fn matches(&self, registered: &str, given: &str) -> bool {
        let (Ok(registered), Ok(given)) = (Url::parse(registered), Url::parse(given)) else { return false };
        let (host, given_host) = (registered.host_str().unwrap_or_default(), given.host_str().unwrap_or_default());
        let is_loopback = host == "127.0.0.1" || host == "localhost";
        (given_host == host || given_host.ends_with(&format!(".{host}")))
            && (is_loopback || given.port_or_known_default() == registered.port_or_known_default())
            && given.path().starts_with(registered.path())
    }

    fn code(&self) -> String {
        crate::support::random()[..20].into()
    }

    fn denial(&self) -> Params {
        Params::new(&[
            ("error", "access_denied"),
            ("error_description", "The user has denied your application access."),
            ("error_uri", "https://docs.github.com/apps/troubleshooting-authorization-request-errors#access-denied"),
        ])
    }

    fn default_grant_type(&self) -> Option<&'static str> {
        Some("authorization_code")
    }

    fn returns(&self, grant: &Grant, given: Option<&str>) -> bool {
        given.is_none() || given == grant.request.get("redirect_uri")
    }

    fn rotates(&self, _site: &Site) -> bool {
        true
    }

    fn tokens(&self, site: &mut Site, grant: Grant, request: &Recorded, _fresh: bool) -> Value {
        if !site.has(Feature::GithubApp) {
            let access_token = site.access_token("gho_", &grant);
            return json!({ "access_token": access_token, "scope": grant.scope(","), "token_type": "bearer" });
        }
        if request.get("refresh_token").is_some() {
            // The old pair ends as a whole.
            site.access_tokens.retain(|_, held| held.at != grant.at || held.account.subject != grant.account.subject);
        }
        json!({
            "access_token": site.access_token("ghu_", &grant),
            "expires_in": 28_800,
            "refresh_token": site.refresh_token("ghr_", &grant),
            "refresh_token_expires_in": 15_897_600,
            "scope": "",
            "token_type": "bearer",
        })
    }

    /// A form, unless JSON is asked for.
    fn token_reply(&self, _site: &Site, tokens: &Value, request: &Recorded) -> Reply {
        as_asked(tokens, request)
    }

    /// Errors are successes to HTTP.
    fn refuse(&self, why: Bad, request: &Recorded) -> Reply {
        let (error, description) = match why {
            Bad::Request => return Reply::json(404, &json!({ "error": "Not Found" })),
            Bad::Client => ("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect."),
            Bad::GrantType => ("unsupported_grant_type", "The grant_type is not supported."),
            Bad::Code | Bad::Verifier => ("bad_verification_code", "The code passed is incorrect or expired."),
            Bad::RedirectUri => (
                "redirect_uri_mismatch",
                "The redirect_uri MUST match the registered callback URL for this application.",
            ),
            Bad::RefreshToken => ("bad_refresh_token", "The refresh token passed is incorrect or expired."),
        };
        let uri = "https://docs.github.com/apps/troubleshooting-oauth-app-access-token-request-errors";
        let error = json!({ "error": error, "error_description": description, "error_uri": uri });
        as_asked(&error, request)
    }

    fn answer(&self, site: &mut Site, endpoint: Endpoint, request: &Recorded) -> Reply {
        if request.header("user-agent").is_none() {
            let why =
                "Request forbidden by administrative rules. Please make sure your request has a User-Agent header";
            return Reply::new(403, "text/html", why);
        }
        if endpoint == Endpoint::Applications {
            return check_or_delete(site, request);
        }
        let Some(grant) = token_of(request).and_then(|token| site.access_tokens.get(token)) else {
            return message(401, "Bad credentials");
        };
        match endpoint {
            Endpoint::Emails if site.has(Feature::GithubApp) && !site.has(Feature::Email) => {
                message(403, "Resource not accessible by integration")
            }
            Endpoint::Emails if !site.has(Feature::GithubApp) && !grant.has("user:email") && !grant.has("user") => {
                message(404, "Not Found")
            }
            Endpoint::Emails => emails(site, grant, request),
            _ => user(site, grant),
        }
    }
}

fn as_asked(tokens: &Value, request: &Recorded) -> Reply {
    if request.header("accept").is_some_and(|accept| accept.contains("json")) {
        return Reply::json(200, tokens);
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    let fields = tokens.as_object().unwrap().iter().map(|(name, value)| (name.clone(), text(value)));
    Reply::new(200, "application/x-www-form-urlencoded; charset=utf-8", Params(fields.collect()).encoded())
}

/// GitHub has a word of its own for the header's kind of token, too.
fn token_of(request: &Recorded) -> Option<&str> {
    request.bearer().or_else(|| request.header("authorization")?.strip_prefix("token "))
}

fn user(site: &Site, grant: &Grant) -> Reply {
    let account = &grant.account;
    let login = account.username.clone().unwrap_or_default();
    let mut told = json!({
        "login": login,
        "id": number_or_text(&account.subject),
        "avatar_url": account.picture,
        "html_url": format!("https://github.com/{login}"),
        "type": "User",
        "name": account.name,
        "blog": "",
        // The address that is on the profile, for all to see.
        "email": null,
        "created_at": "2011-01-25T18:44:36Z",
        "updated_at": "2026-08-01T08:00:00Z",
    });
    let mut more = account.more.clone();
    more.remove("emails");
    extend(&mut told, Value::Object(more));
    Reply::json(200, &site.changed(Part::Userinfo, told))
}

fn emails(site: &Site, grant: &Grant, request: &Recorded) -> Reply {
    let Account { subject, email, email_verified, username, more, .. } = &grant.account;
    let hidden = format!("{subject}+{}@users.noreply.github.com", username.as_deref().unwrap_or_default());
    let usual = email
        .iter()
        .map(|email| json!({ "email": email, "primary": true, "verified": email_verified, "visibility": "private" }));
    let usual = usual.chain([json!({ "email": hidden, "primary": false, "verified": true, "visibility": null })]);
    let all = more.get("emails").and_then(Value::as_array).cloned().unwrap_or_else(|| usual.collect());
    let number = |name, usual| request.get(name).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (page, size) = (number("page", 1).max(1), number("per_page", PAGE).clamp(1, 100));
    let rows: Vec<_> = all.iter().skip((page - 1) * size).take(size).collect();
    let reply = Reply::json(200, &json!(rows));
    if page * size >= all.len() {
        return reply;
    }
    let url = site.url(Endpoint::Emails).unwrap_or_default();
    let next = page + 1;
    reply.with_header("link", &format!("<{url}?per_page={size}&page={next}>; rel=\"next\""))
}

/// `POST` tells whether a token is this app's, `DELETE` ends it, and what else the same person allowed.
fn check_or_delete(site: &mut Site, request: &Recorded) -> Reply {
    let is_app = request.basic() == Some((site.client_id.clone(), site.client_secret.clone()));
    let token = request.member("access_token").unwrap_or_default();
    let is_its = site.access_tokens.get(&token).is_some_and(|grant| grant.client_id == site.client_id);
    match request.method.as_str() {
        _ if !is_app => message(401, "Bad credentials"),
        _ if !is_its => message(404, "Not Found"),
        "DELETE" => {
            site.revoke(&token);
            Reply { status: 204, ..Reply::empty() }
        }
        _ => {
            let grant = &site.access_tokens[&token];
            let user = json!({ "login": grant.account.username, "id": number_or_text(&grant.account.subject) });
            let app = json!({ "client_id": site.client_id });
            Reply::json(200, &json!({ "token": token, "app": app, "user": user, "scopes": grant.scopes }))
        }
    }
}

fn message(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "message": message, "documentation_url": "https://docs.github.com/rest" }))
}

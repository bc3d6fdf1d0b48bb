//! GitHub, and GitHub Enterprise Server: OAuth 2.0. The key is the number of the account, for names change hands; an
//! address counts where GitHub calls it primary and verified.
use super::{Facts, Hints, Kind, bearer};
use crate::{
    domain::{Email, ProviderKind, Said, SaidEmail, Secret},
    fetch::Request,
    upstream::{
        Refusal, claims,
        preset::{Endpoints, Preset, at},
        settings::{Provider, Settings},
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

#[derive(Debug)]
pub struct GitHub;

/// Addresses that GitHub gives to whoever hides theirs: no mail reaches them.
const NO_REPLY: &str = "users.noreply.github.com";

impl Kind for GitHub {
    fn kind(&self) -> ProviderKind {
        ProviderKind::GitHub
    }

    fn title(&self) -> &'static str {
        "GitHub"
    }

    fn preset(&self, settings: &Settings) -> Preset {
        let (web, api) = match settings.base_url.as_deref().map(|url| url.trim_end_matches('/')) {
            Some(server) => (server.to_owned(), format!("{server}/api/v3")),
            None => ("https://github.com".to_owned(), "https://api.github.com".to_owned()),
        };
        let endpoints = Endpoints {
            authorization: at(&format!("{web}/login/oauth/authorize")),
            token: at(&format!("{web}/login/oauth/access_token")),
            userinfo: at(&format!("{api}/user")),
            emails: at(&format!("{api}/user/emails")),
            revocation: settings.client_id.as_ref().map(|id| format!("{api}/applications/{id}/grant")),
            ..Endpoints::default()
        };
        // A server of one's own does not verify addresses.
        let trusts_email = settings.base_url.is_none();
        Preset { trusts_email, ..Preset::oauth2(endpoints, &["read:user", "user:email"]) }
    }

    fn ask(&self, _: &Provider, hints: &Hints) -> Vec<(&'static str, String)> {
        let choose = (hints.choose || hints.anew).then(|| ("prompt", "select_account".to_owned()));
        let login = hints.login_hint.clone().map(|hint| ("login", hint));
        choose.into_iter().chain(login).collect()
    }

    fn is_final(&self, code: &str) -> bool {
        code == "bad_refresh_token"
    }

    /// Ends all that the person allowed the app, not that one token alone.
    fn giving_back(&self, provider: &Provider, access_token: &Secret) -> Option<Request> {
        let (url, secret) = provider.preset.endpoints.revocation.as_ref().zip(provider.secret.text())?;
        let pair = STANDARD.encode(format!("{}:{}", provider.client_id, secret.reveal()));
        let request = Request::delete(url)
            .with("authorization", format!("Basic {pair}"))
            .with("accept", "application/vnd.github+json")
            .with_json(json!({ "access_token": access_token.reveal() }));
        Some(request)
    }

    fn questions(&self, provider: &Provider, access_token: &Secret) -> Vec<Request> {
        let endpoints = &provider.preset.endpoints;
        let ask = |url: &String| bearer(url, access_token).with("x-github-api-version", "2022-11-28");
        let emails = endpoints.emails.as_ref().map(|url| format!("{url}?per_page=100"));
        endpoints.userinfo.iter().chain(&emails).map(ask).collect()
    }

    fn subject(&self, _: &Provider, facts: &Facts) -> Result<String, Refusal> {
        claims::text(facts.claims, "id").ok_or(Refusal::NoSubject)
    }

    fn said(&self, provider: &Provider, facts: &Facts) -> Result<Said, Refusal> {
        let user = facts.claims;
        let field = |name: &str| user.get(name).and_then(claims::line);
        let address = |name: &str| user.get(name).and_then(claims::web_address);
        let login = field("login");
        let mut said = Said {
            email: primary(facts.more).map(|address| SaidEmail {
                address,
                verified: provider.trusts_email(),
                relay: false,
            }),
            name: field("name").or_else(|| login.clone()),
            ..Said::default()
        };
        for (claim, value) in [
            ("preferred_username", login),
            ("picture", address("avatar_url")),
            ("profile", address("html_url")),
            ("website", address("blog")),
        ] {
            claims::put(&mut said, claim, value);
        }
        Ok(said)
    }
}

/// The one address that is primary and verified.
fn primary(pages: &[Value]) -> Option<Email> {
    let rows = pages.iter().filter_map(Value::as_array).flatten();
    let good = |row: &&Value| claims::is_true(row.get("primary")) && claims::is_true(row.get("verified"));
    let address = rows.filter(good).find_map(|row| claims::email(row.get("email")?))?;
    (address.domain() != NO_REPLY).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// `providers.md` bug 38, `security.md` LK-08.
    #[test]
    fn an_address_counts_where_it_is_primary_and_verified() {
        let row = |email: &str, primary: bool, verified: bool| json!({ "email": email, "primary": primary, "verified": verified });
        for (pages, expected) in [
            (vec![], None),
            (vec![json!({ "message": "Resource not accessible" })], None),
            (vec![json!([row("a@x.test", true, false), row("b@x.test", false, true)])], None),
            (vec![json!([row("b@x.test", false, true), row("a@x.test", true, true)])], Some("a@x.test")),
            (vec![json!([row("b@x.test", false, true)]), json!([row("a@x.test", true, true)])], Some("a@x.test")),
            (vec![json!([row("1+hana@users.noreply.github.com", true, true)])], None),
        ] {
            assert_eq!(primary(&pages).as_ref().map(Email::as_str), expected, "{pages:?}");
        }
    }
}

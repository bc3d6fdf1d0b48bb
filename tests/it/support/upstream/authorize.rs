//! The page where people allow Genkan to know them, and the way back (RFC 6749 section 4.1, OpenID Connect Core
//! section 3.1.2).
use super::{
    Feature, Part, Recorded, Reply,
    account::Grant,
    http::escape,
    provider::Pkce,
    site::{Site, now},
};
use crate::support::{Params, random};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use url::Url;

/// Where the buttons of the page lead.
pub(super) const DECISION: &str = "/decision";

/// Who is told of an error in a request.
enum Refusal {
    /// The person.
    Page(&'static str),
    /// The client, if the provider tells it.
    Client(&'static str),
}

/// Shows the page.
pub(super) fn ask(site: &mut Site, request: &Recorded) -> Reply {
    let params = if request.method == "POST" { request.form.clone() } else { request.query.clone() };
    match check(site, &params) {
        Err(Refusal::Client(error)) if site.provider.redirects_errors() => {
            return deliver(site, &params, Params::new(&[("error", error)]));
        }
        Err(Refusal::Page(error) | Refusal::Client(error)) => {
            return Reply::html(400, format!("<h1>Error</h1><p id=\"error-code\">{error}</p>"));
        }
        Ok(()) => {}
    }
    if params.get("prompt") == Some("none") {
        let who = (site.account.subject.clone(), site.client_id.clone());
        let told = if site.signed_in && site.allowed.contains(&who) {
            allow(site, &params)
        } else {
            Params::new(&[("error", site.provider.silence(site.signed_in))])
        };
        return deliver(site, &params, told);
    }
    let id = random();
    site.pending.insert(id.clone(), params);
    Reply::html(
        200,
        format!(
            "<!doctype html><title>Upstream</title><form method=\"post\" action=\"{DECISION}\">
             <input type=\"hidden\" name=\"request\" value=\"{id}\">
             <button id=\"upstream-allow\" name=\"decision\" value=\"allow\">Allow</button>
             <button id=\"upstream-deny\" name=\"decision\" value=\"deny\">Deny</button></form>"
        ),
    )
}

fn check(site: &Site, params: &Params) -> Result<(), Refusal> {
    let mut names = BTreeSet::new();
    if !params.0.iter().all(|(name, _)| names.insert(name)) {
        return Err(Refusal::Page("invalid_request"));
    }
    if params.get("client_id") != Some(&site.client_id) {
        return Err(Refusal::Page("invalid_client"));
    }
    if !params.get("redirect_uri").is_some_and(|uri| site.is_registered(uri)) {
        return Err(Refusal::Page("redirect_uri_mismatch"));
    }
    let provider = site.provider;
    if !provider.response_types().contains(&params.get("response_type").unwrap_or_default()) {
        return Err(Refusal::Client("unsupported_response_type"));
    }
    let known = provider.scopes();
    let asked = scopes(site, params);
    if asked.is_empty() || !known.is_empty() && !asked.iter().all(|scope| known.contains(&scope.as_str())) {
        return Err(Refusal::Client("invalid_scope"));
    }
    let mode = params.get("response_mode").unwrap_or("query");
    let modes = provider.response_modes();
    if !modes.is_empty() && !modes.contains(&mode) || !is_bound(provider.pkce(), params) {
        return Err(Refusal::Client("invalid_request"));
    }
    provider.inspect(params).map_err(Refusal::Client)
}

/// Whether the challenge is one (RFC 7636 sections 4.2 to 4.4).
fn is_bound(pkce: Pkce, params: &Params) -> bool {
    match (pkce, params.get("code_challenge"), params.get("code_challenge_method").unwrap_or("plain")) {
        (Pkce::Unknown, ..) => true,
        (_, None, _) => pkce != Pkce::Required,
        (_, Some(challenge), "S256") => challenge.len() == 43,
        (_, Some(challenge), method) => pkce == Pkce::Plain && method == "plain" && challenge.len() >= 43,
    }
}

fn scopes(site: &Site, params: &Params) -> Vec<String> {
    let scope = params.get("scope").or(site.provider.default_scope()).unwrap_or_default();
    scope.split([' ', ',']).filter(|scope| !scope.is_empty()).map(ToOwned::to_owned).collect()
}

impl Site {
    /// Whether it leads back there: where a test has said, or at any host to Genkan's callback of a name that it gave it.
    fn is_registered(&self, uri: &str) -> bool {
        if !self.redirect_uris.is_empty() {
            return self.redirect_uris.iter().any(|held| self.provider.matches(held, uri));
        }
        let Ok(url) = Url::parse(uri) else { return false };
        let is_bare = url.query().is_none() && url.fragment().is_none();
        is_bare && self.names.iter().any(|name| url.path() == format!("/callback/{name}"))
    }
}

/// Leads back from the page.
pub(super) fn decide(site: &mut Site, request: &Recorded) -> Reply {
    let Some(params) = request.get("request").and_then(|id| site.pending.remove(id)) else {
        return Reply::html(400, "<p id=\"error-code\">unknown_request</p>");
    };
    let denied = std::mem::take(&mut site.deny_next) || request.get("decision") != Some("allow");
    let told = if denied { site.provider.denial() } else { allow(site, &params) };
    deliver(site, &params, told)
}

fn allow(site: &mut Site, params: &Params) -> Params {
    let provider = site.provider;
    let who = (site.account.subject.clone(), site.client_id.clone());
    let grant = Grant {
        account: site.account.clone(),
        client_id: site.client_id.clone(),
        first: !site.allowed.contains(&who),
        scopes: scopes(site, params),
        request: params.clone(),
        at: now(),
        native: false,
    };
    let code = provider.code();
    let told = provider.told(site, &grant, &code);
    site.allowed.insert(who);
    site.codes.insert(code.clone(), grant);
    told.and("code", code)
}

/// Tells the client, in the way that it asked for.
fn deliver(site: &Site, request: &Params, told: Params) -> Reply {
    let mut all = json!({});
    for (name, value) in told.0 {
        all[name] = value.into();
    }
    if let Some(state) = request.get("state") {
        all["state"] = state.into();
    }
    if site.has(Feature::Iss) {
        all["iss"] = site.provider.issuer(site).into();
    }
    let all = site.changed(Part::Callback, all);
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    let told = Params(all.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect());
    let to = request.get("redirect_uri").unwrap_or_default();
    let mode = request.get("response_mode").filter(|mode| site.provider.response_modes().contains(mode));
    if mode == Some("form_post") {
        return posting(to, &told);
    }
    let mut url = Url::parse(to).unwrap();
    if mode == Some("fragment") {
        url.set_fragment(Some(&told.encoded()));
    } else {
        url.query_pairs_mut().extend_pairs(&told.0);
        url.set_fragment(site.provider.fragment());
    }
    Reply::redirect(url.as_str())
}

/// A page that posts itself (OAuth 2.0 Form Post Response Mode).
fn posting(to: &str, fields: &Params) -> Reply {
    let field = |(name, value): &(String, String)| {
        format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value))
    };
    let fields: String = fields.0.iter().map(field).collect();
    Reply::html(
        200,
        format!(
            "<!doctype html><title>Upstream</title><form method=\"post\" action=\"{}\">{fields}
             <button id=\"upstream-continue\">Continue</button></form><script>document.forms[0].submit()</script>",
            escape(to)
        ),
    )
}

//! What is particular about a provider: everything that has a default here is as OpenID Connect has it.
use super::{
    Account, Endpoint, Feature, Key, Recorded, Reply, Signing,
    account::Grant,
    site::Site,
    token::{self, Bad},
};
use crate::support::{Params, random};
use serde_json::{Value, json};
use toml::Table;

/// What it makes of PKCE (RFC 7636).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pkce {
    /// It does not know it.
    Unknown,
    /// By S256 alone.
    S256,
    /// By `plain`, too.
    Plain,
    /// By S256, and nobody may go without.
    Required,
}

/// A provider. It has no state: that is the site's.
pub(super) trait Provider: Sync {
    /// What is where.
    fn routes(&self, site: &Site) -> Vec<(Endpoint, String)>;

    /// The id and the secret that Genkan has there.
    fn client(&self) -> (&'static str, &'static str);

    /// What Genkan's settings say besides the client and the endpoints.
    fn settings(&self, site: &Site, table: &mut Table) {
        table.insert("issuer".into(), self.issuer(site).into());
    }

    /// Who issues its tokens, as Genkan's settings name it.
    fn issuer(&self, site: &Site) -> String {
        site.base.clone()
    }

    /// What it does without being told.
    fn features(&self) -> &'static [Feature] {
        &[]
    }

    /// Somebody as they are usually known there.
    fn account(&self) -> Account;

    /// Fresh keys.
    fn keys(&self) -> Vec<Key> {
        vec![Key::rsa()]
    }

    /// What it publishes of a key.
    fn jwk(&self, _site: &Site, key: &Key) -> Value {
        key.jwk()
    }

    fn pkce(&self) -> Pkce {
        Pkce::S256
    }

    /// The scopes that there are; none of them means that it does not look.
    fn scopes(&self) -> &'static [&'static str];

    /// What is allowed when nothing was asked for.
    fn default_scope(&self) -> Option<&'static str> {
        None
    }

    /// The values of `response_type`; an empty one where it may be absent.
    fn response_types(&self) -> &'static [&'static str] {
        &["code"]
    }

    /// The values of `response_mode` that it heeds; none where it does not know the parameter.
    fn response_modes(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether a redirect URI is one of those that were registered.
    fn matches(&self, registered: &str, given: &str) -> bool {
        registered == given
    }

    /// Whether it tells the client of errors in its request, and not only the person.
    fn redirects_errors(&self) -> bool {
        true
    }

    /// What else it refuses in an authorization request: an error code.
    fn inspect(&self, _request: &Params) -> Result<(), &'static str> {
        Ok(())
    }

    /// A fresh code.
    fn code(&self) -> String {
        random()
    }

    /// What it tells the client besides `code` and `state`.
    fn told(&self, _site: &mut Site, _grant: &Grant, _code: &str) -> Params {
        Params::default()
    }

    /// What it tells the client when somebody does not want to.
    fn denial(&self) -> Params {
        Params::new(&[("error", "access_denied")])
    }

    /// What it tells the client of `prompt=none` when it has to ask; `signed_in` is whether anybody is.
    fn silence(&self, signed_in: bool) -> &'static str {
        if signed_in { "interaction_required" } else { "login_required" }
    }

    /// What it appends to where it leads back.
    fn fragment(&self) -> Option<&'static str> {
        None
    }

    /// Whether a token request may come by GET.
    fn tokens_by_get(&self) -> bool {
        false
    }

    /// Whether a token request is the client's; its id.
    fn authenticate(&self, site: &Site, request: &Recorded) -> Result<String, Bad> {
        token::by_post_or_basic(site, request)
    }

    /// What a token request asks for, where it need not say.
    fn default_grant_type(&self) -> Option<&'static str> {
        None
    }

    /// Whether the redirect URI of a token request is right.
    fn returns(&self, grant: &Grant, given: Option<&str>) -> bool {
        given == grant.request.get("redirect_uri")
    }

    /// Whether a refresh token is spent by its use.
    fn rotates(&self, _site: &Site) -> bool {
        false
    }

    /// Tokens for what somebody allowed; `fresh` unless by a refresh token.
    fn tokens(&self, site: &mut Site, grant: Grant, request: &Recorded, fresh: bool) -> Value;

    /// What else a token request may be for.
    fn exchange(&self, _site: &Site, _request: &Recorded) -> Option<Grant> {
        None
    }

    /// How tokens are sent.
    fn token_reply(&self, _site: &Site, tokens: &Value, _request: &Recorded) -> Reply {
        Reply::json(200, tokens).with_header("cache-control", "no-store")
    }

    /// How a token request is refused (RFC 6749 section 5.2).
    fn refuse(&self, why: Bad, _request: &Recorded) -> Reply {
        let (status, error) = why.standard();
        Reply::json(status, &json!({ "error": error, "error_description": format!("{why:?}") }))
    }

    /// The claims of an ID token.
    fn claims(&self, site: &Site, grant: &Grant) -> Value {
        grant.claims(&self.issuer(site))
    }

    /// How an ID token is signed.
    fn signing(&self, site: &Site, _grant: &Grant, _request: Option<&Recorded>) -> Signing {
        Signing::Key(site.key())
    }

    /// Whom an ID token is for that an app gets by the provider's own library.
    fn native_audience(&self, site: &Site) -> String {
        site.client_id.clone()
    }

    /// Answers at any endpoint but those that all have in common.
    fn answer(&self, site: &mut Site, endpoint: Endpoint, request: &Recorded) -> Reply;
}

//! What looks wrong with a client as it is registered, though nothing forbids it: told before anybody tries (RFC 9700
//! and RFC 8252 say why it matters).
use crate::domain::{Assurance, Client, GrantType, ProviderName, RegisteredUri, Timestamp};
use url::Url;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Nobody can sign in, or nothing will work.
    Broken,
    /// It works, and is weaker than it need be, or is hardly what was meant.
    Doubtful,
    /// Good to know.
    Note,
}

/// Something that was noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub weight: Weight,
    /// Its word: the message `check-WORD` says what it is, and what to do.
    pub word: &'static str,
    /// What it is about, such as a redirect URI; may be empty.
    pub about: String,
}

/// What there is to sign in with.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The providers that are in use.
    pub providers: &'a [String],
    /// How sure the factors that are offered can make us.
    pub possible: Assurance,
    /// Now.
    pub now: Timestamp,
}

/// Everything that is noticed.
#[must_use]
pub fn checkup(client: &Client, around: Surroundings<'_>) -> Vec<Finding> {
    let mut found = vec![];
    let mut add = |weight, word, about: &str| found.push(Finding { weight, word, about: about.to_owned() });
    if client.may(GrantType::AuthorizationCode) {
        addresses(client, &mut add);
        ways_in(client, around, &mut add);
        if !client.require_pkce {
            add(Weight::Doubtful, "no-pkce", "");
        }
        if client.skip_consent && client.is_public() {
            add(Weight::Doubtful, "no-consent-public", "");
        }
        if !client.scope.has("openid") {
            add(Weight::Note, "no-openid", "");
        }
        if client.scope.has("offline_access") && !client.may(GrantType::RefreshToken) {
            add(Weight::Doubtful, "offline-without-refresh", "");
        }
        if client.post_logout_redirect_uris.is_empty() {
            add(Weight::Note, "no-sign-out", "");
        }
    }
    if client.may(GrantType::ClientCredentials) && !client.scope.iter().any(is_own) {
        add(Weight::Broken, "no-scope-of-its-own", "");
    }
    if client.previous_secret.as_ref().is_some_and(|before| before.until > around.now) {
        add(Weight::Note, "two-secrets", "");
    }
    if !client.signs() && (client.jwks.is_some() || client.jwks_uri.is_some()) {
        add(Weight::Note, "keys-without-use", client.token_endpoint_auth_method.as_str());
    }
    found
}

fn is_own(scope: &str) -> bool {
    !super::registration::USER_SCOPES.contains(&scope)
}

fn addresses(client: &Client, add: &mut impl FnMut(Weight, &'static str, &str)) {
    let is_native = client.application_type == crate::domain::ApplicationType::Native;
    for uri in client.redirect_uris.iter().map(RegisteredUri::as_str) {
        let Ok(url) = Url::parse(uri) else { continue };
        let host = url.host_str().unwrap_or_default();
        let is_web = matches!(url.scheme(), "http" | "https");
        let path = url.path();
        if host == "localhost" && is_native {
            add(Weight::Doubtful, "localhost", uri);
        } else if url.scheme() == "http" && !is_native {
            add(Weight::Doubtful, "development", uri);
        }
        if !is_web && !is_native {
            add(Weight::Doubtful, "scheme-without-native", uri);
        }
        if is_web && path == "/" && !client.is_public() {
            add(Weight::Note, "root", uri);
        }
        if ["/authorize", "/token", "/.well-known", "/userinfo", "/login"].iter().any(|ours| path.starts_with(ours)) {
            add(Weight::Doubtful, "looks-like-an-endpoint", uri);
        }
        if url.query().is_some() {
            add(Weight::Note, "query", uri);
        }
        let twin = uri.strip_suffix('/').map_or_else(|| format!("{uri}/"), ToOwned::to_owned);
        if uri < twin.as_str() && client.redirect_uris.iter().any(|other| other.as_str() == twin) {
            add(Weight::Note, "twins", uri);
        }
    }
    if client.is_public() && !is_native {
        let origin = client.redirect_uris.iter().find_map(|uri| {
            let url = Url::parse(uri.as_str()).ok()?;
            matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
        });
        match origin {
            Some(origin) => add(Weight::Note, "cors", &origin),
            None => add(Weight::Broken, "no-cors", ""),
        }
    }
}

fn ways_in(client: &Client, around: Surroundings<'_>, add: &mut impl FnMut(Weight, &'static str, &str)) {
    let is_there = |name: &&String| *name == ProviderName::LOCAL || around.providers.contains(name);
    let allowed = &client.allowed_providers;
    if !allowed.is_empty() && !allowed.iter().any(|name| is_there(&name)) {
        add(Weight::Broken, "no-way-in", &allowed.join(", "));
    } else {
        for gone in allowed.iter().filter(|name| !is_there(name)) {
            add(Weight::Doubtful, "provider-gone", gone);
        }
    }
    if client.required_acr.is_some_and(|required| required > around.possible) {
        add(Weight::Broken, "acr-out-of-reach", "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::registration::{ClientMetadata, register};

    fn words(change: impl FnOnce(&mut ClientMetadata)) -> Vec<&'static str> {
        let mut metadata = ClientMetadata {
            client_name: Some("App".into()),
            client_secret: Some("0123456789abcdef".into()),
            redirect_uris: vec!["https://app.test/cb".into()],
            post_logout_redirect_uris: vec!["https://app.test/out".into()],
            ..ClientMetadata::default()
        };
        change(&mut metadata);
        let client = register(metadata).unwrap();
        let around =
            Surroundings { providers: &["google".into()], possible: Assurance::MultiFactor, now: Timestamp(9) };
        checkup(&client, around).into_iter().map(|finding| finding.word).collect()
    }

    fn public(metadata: &mut ClientMetadata) {
        metadata.client_secret = None;
        metadata.token_endpoint_auth_method = Some("none".into());
    }

    #[test]
    fn what_looks_wrong_is_told_and_nothing_else() {
        let uri = |uri: &'static str| move |m: &mut ClientMetadata| m.redirect_uris = vec![uri.into()];
        let ways = |names: &'static [&'static str]| {
            move |m: &mut ClientMetadata| m.allowed_providers = names.iter().map(ToString::to_string).collect()
        };
        assert!(words(|_| ()).is_empty());
        assert_eq!(words(uri("http://localhost:3000/cb")), ["development"]);
        assert_eq!(words(uri("https://app.test/")), ["root"]);
        assert_eq!(words(uri("https://id.test/authorize")), ["looks-like-an-endpoint"]);
        assert_eq!(words(uri("com.example.app:/cb")), ["scheme-without-native"]);
        assert_eq!(words(uri("https://app.test/cb?tenant=1")), ["query"]);
        assert_eq!(
            words(|m| m.redirect_uris = vec!["https://app.test/cb".into(), "https://app.test/cb/".into()]),
            ["twins"]
        );
        assert_eq!(words(|m| m.require_pkce = Some(false)), ["no-pkce"]);
        assert_eq!(words(|m| m.post_logout_redirect_uris.clear()), ["no-sign-out"]);
        assert_eq!(words(|m| m.required_acr = Some("phr".into())), ["acr-out-of-reach"]);
        assert!(words(ways(&["google", "local"])).is_empty());
        assert_eq!(words(ways(&["line"])), ["no-way-in"]);
        assert_eq!(words(ways(&["line", "local"])), ["provider-gone"]);
        assert_eq!(words(public), ["cors"]);
        let native = |m: &mut ClientMetadata| {
            public(m);
            m.application_type = Some("native".into());
            m.redirect_uris = vec!["http://localhost/cb".into()];
        };
        assert_eq!(words(native), ["localhost"]);
        let signer = |m: &mut ClientMetadata| {
            m.client_secret = None;
            m.token_endpoint_auth_method = Some("private_key_jwt".into());
            m.jwks_uri = Some("https://app.test/jwks.json".into());
        };
        assert!(words(signer).is_empty());
        assert_eq!(words(|m| m.jwks_uri = Some("https://app.test/jwks.json".into())), ["keys-without-use"]);
        let machine = |m: &mut ClientMetadata| m.grant_types = Some(vec!["client_credentials".into()]);
        assert_eq!(words(machine), ["no-scope-of-its-own"]);
    }
}

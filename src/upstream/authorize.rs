//! Sending somebody to a provider (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1).
use super::{Error, Upstream, kinds::Hints};
use crate::{domain::Timestamp, i18n::Message};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use url::Url;

/// What one request has of its own.
#[derive(Debug, Clone)]
pub struct Asking<'a> {
    /// Comes back with the answer.
    pub state: &'a str,
    /// Comes back in the ID token.
    pub nonce: &'a str,
    /// The PKCE verifier, of which the request has a digest.
    pub verifier: &'a str,
    /// Where the answer goes.
    pub redirect_uri: &'a str,
    /// What the app asked for.
    pub hints: &'a Hints,
}

impl Upstream {
    /// The address that somebody is sent to.
    pub async fn authorization_url(&self, asking: &Asking<'_>, now: Timestamp) -> Result<String, Error> {
        let (provider, preset) = (&self.provider, &self.provider.preset);
        let found = self.endpoints(now).await?;
        let endpoint = found.endpoints.authorization.as_deref().ok_or(Error::Unavailable)?;
        let mut url = Url::parse(endpoint)
            .map_err(|_| Error::Answer(Message::new("upstream-no-address").with("url", endpoint.to_owned())))?;
        let mut params: Vec<(String, String)> = vec![];
        let mut add = |name: &str, value: &str| {
            if params.iter().all(|(there, _)| there != name) {
                params.push((name.to_owned(), value.to_owned()));
            }
        };
        // Ours first: nothing that comes later takes their place.
        add("response_type", "code");
        add("client_id", &provider.client_id);
        add("redirect_uri", asking.redirect_uri);
        add("state", asking.state);
        if !preset.scopes.is_empty() {
            add("scope", &preset.scopes.join(" "));
        }
        if preset.nonce {
            add("nonce", asking.nonce);
        }
        if preset.pkce {
            add("code_challenge", &challenge(asking.verifier));
            add("code_challenge_method", "S256");
        }
        if preset.form_post {
            add("response_mode", "form_post");
        }
        for (name, value) in provider.kind.ask(provider, asking.hints) {
            add(name, &value);
        }
        for (name, value) in &provider.authorization_params {
            add(name, value);
        }
        let query = params.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let query = url.query().map(ToOwned::to_owned).into_iter().chain(query).collect::<Vec<_>>().join("&");
        url.set_query(Some(&query));
        Ok(url.into())
    }
}

/// S256 (RFC 7636 section 4.2).
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// With `%20` for a space: Apple takes no `+`.
fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    #[test]
    fn a_challenge_is_the_digest_of_its_verifier() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_space_is_not_a_plus() {
        assert_eq!(encode("name email+x"), "name%20email%2Bx");
    }
}

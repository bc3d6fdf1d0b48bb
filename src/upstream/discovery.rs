//! What providers say of themselves: their discovery documents.
use super::{Error, preset::Endpoints};
use crate::{
    domain::Timestamp,
    fetch::{Fetcher, Request},
    i18n::Message,
    published::Cache,
};
use serde::Deserialize;
use std::sync::Arc;

/// What of a discovery document is needed (OpenID Connect Discovery 1.0 section 3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovered {
    /// Where everything is.
    pub endpoints: Endpoints,
    /// Whether responses name their issuer (RFC 9207).
    pub names_issuer: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// The discovery document of an issuer.
pub async fn discover(
    kept: &Cache<Discovered>,
    fetcher: &Fetcher,
    issuer: &str,
    now: Timestamp,
) -> Result<Arc<Discovered>, Error> {
    kept.get(now, |_| true, async || read_document(fetcher, issuer).await).await
}

async fn read_document(fetcher: &Fetcher, issuer: &str) -> Result<Discovered, Error> {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let answer = fetcher.send(Request::get(&url).with("accept", "application/json")).await?;
    if !answer.is_good() {
        return Err(Error::answered(&url, answer.status));
    }
    let document: Document = serde_json::from_slice(&answer.body).map_err(|why| {
        Error::Answer(Message::new("upstream-no-document").with("url", url.clone()).with("why", why.to_string()))
    })?;
    // Byte for byte, for tokens are compared with it.
    if document.issuer != issuer {
        return Err(Error::Answer(
            Message::new("upstream-issuer")
                .with("url", url)
                .with("found", document.issuer)
                .with("issuer", issuer.to_owned()),
        ));
    }
    Ok(Discovered {
        endpoints: Endpoints {
            issuer: Some(document.issuer),
            authorization: Some(document.authorization_endpoint),
            token: Some(document.token_endpoint),
            jwks: Some(document.jwks_uri),
            userinfo: document.userinfo_endpoint,
            revocation: document.revocation_endpoint,
            end_session: document.end_session_endpoint,
            ..Endpoints::default()
        },
        names_issuer: document.authorization_response_iss_parameter_supported,
    })
}

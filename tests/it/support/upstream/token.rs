//! The token endpoint, as far as it is the same everywhere (RFC 6749 sections 4.1.3 and 6, RFC 7636 section 4.6).
use super::{Part, Recorded, Reply, account::Grant, keys::sha256, provider::Pkce, site::Site};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// What is wrong with a token request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    /// It did not come as a form by POST.
    Request,
    /// It is not the client's, or proves it in a way that the provider does not take.
    Client,
    /// It asks for something else.
    GrantType,
    /// The code is unknown, spent, or another client's.
    Code,
    /// The redirect URI is not that of the authorization request.
    RedirectUri,
    /// The verifier is not that of the challenge.
    Verifier,
    /// The refresh token is unknown, spent, or another client's.
    RefreshToken,
}

impl Bad {
    /// The status and the code of RFC 6749 section 5.2.
    pub fn standard(self) -> (u16, &'static str) {
        match self {
            Self::Request => (400, "invalid_request"),
            Self::Client => (401, "invalid_client"),
            Self::GrantType => (400, "unsupported_grant_type"),
            Self::Code | Self::RedirectUri | Self::Verifier | Self::RefreshToken => (400, "invalid_grant"),
        }
    }
}

pub(super) fn answer(site: &mut Site, request: &Recorded) -> Reply {
    let provider = site.provider;
    match redeem(site, request) {
        Ok((grant, fresh)) => {
            let tokens = provider.tokens(site, grant, request, fresh);
            let tokens = site.changed(Part::TokenResponse, tokens);
            site.issued.push(tokens.clone());
            provider.token_reply(site, &tokens, request)
        }
        Err(why) => provider.refuse(why, request),
    }
}

/// What somebody allowed; and whether this is the first that is heard of it.
fn redeem(site: &mut Site, request: &Recorded) -> Result<(Grant, bool), Bad> {
    let provider = site.provider;
    let is_get = request.method == "GET" && provider.tokens_by_get();
    if !is_get && (request.method != "POST" || request.form.0.is_empty()) {
        return Err(Bad::Request);
    }
    let client_id = provider.authenticate(site, request)?;
    match request.get("grant_type").or(provider.default_grant_type()) {
        Some("authorization_code") => Ok((code(site, request, &client_id)?, true)),
        Some("refresh_token") => Ok((refresh(site, request, &client_id)?, false)),
        _ => Ok((provider.exchange(site, request).ok_or(Bad::GrantType)?, false)),
    }
}

fn code(site: &mut Site, request: &Recorded, client_id: &str) -> Result<Grant, Bad> {
    // Spent by the attempt, whatever comes of it.
    let grant = request.get("code").and_then(|code| site.codes.remove(code)).ok_or(Bad::Code)?;
    if grant.client_id != client_id {
        return Err(Bad::Code);
    }
    if !site.provider.returns(&grant, request.get("redirect_uri")) {
        return Err(Bad::RedirectUri);
    }
    if site.provider.pkce() != Pkce::Unknown && !is_verified(&grant, request) {
        return Err(Bad::Verifier);
    }
    Ok(grant)
}

fn is_verified(grant: &Grant, request: &Recorded) -> bool {
    let (challenge, verifier) = (grant.request.get("code_challenge"), request.get("code_verifier"));
    let Some((challenge, verifier)) = challenge.zip(verifier) else { return challenge == verifier };
    if !(43..=128).contains(&verifier.len()) {
        return false;
    }
    match grant.request.get("code_challenge_method") {
        Some("S256") => challenge == URL_SAFE_NO_PAD.encode(sha256(verifier)),
        _ => challenge == verifier,
    }
}

fn refresh(site: &mut Site, request: &Recorded, client_id: &str) -> Result<Grant, Bad> {
    let token = request.get("refresh_token").ok_or(Bad::Request)?;
    let grant = site.refresh_tokens.get(token).cloned().ok_or(Bad::RefreshToken)?;
    if grant.client_id != client_id {
        return Err(Bad::RefreshToken);
    }
    if site.provider.rotates(site) {
        site.refresh_tokens.remove(token);
    }
    Ok(grant)
}

/// The secret in the body or in the header, and never in both (RFC 6749 section 2.3).
pub(super) fn by_post_or_basic(site: &Site, request: &Recorded) -> Result<String, Bad> {
    if request.get("client_secret").is_some() { by_post(site, request) } else { by_basic(site, request) }
}

/// The secret in the body, and in no header.
pub(super) fn by_post(site: &Site, request: &Recorded) -> Result<String, Bad> {
    let (id, secret) = request.get("client_id").zip(request.get("client_secret")).ok_or(Bad::Client)?;
    let is_it = request.header("authorization").is_none() && id == site.client_id && secret == site.client_secret;
    if is_it { Ok(id.into()) } else { Err(Bad::Client) }
}

/// The secret in the header, and not in the body.
pub(super) fn by_basic(site: &Site, request: &Recorded) -> Result<String, Bad> {
    let (id, secret) = request.basic().ok_or(Bad::Client)?;
    let is_alone = request.get("client_secret").is_none() && request.get("client_id").is_none_or(|named| named == id);
    if is_alone && id == site.client_id && secret == site.client_secret { Ok(id) } else { Err(Bad::Client) }
}

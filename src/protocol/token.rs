//! The token request and its response (RFC 6749 sections 3.2, 4.1.3, 4.4, 5 and 6).
use super::{
    Code, Error,
    error::invalid_request,
    params::Params,
    registration::{MEMBERSHIP_SCOPES, USER_SCOPES},
    token_exchange::{self, TokenExchangeRequest},
};
use crate::domain::{Client, GrantType, LINE_FRIEND, Scopes, Secret};
use serde::Serialize;

/// What is asked for.
#[derive(Debug, Clone)]
pub enum TokenRequest {
    /// Section 4.1.3.
    AuthorizationCode(AuthorizationCodeRequest),
    /// Section 6.
    RefreshToken(RefreshTokenRequest),
    /// Section 4.4.
    ClientCredentials {
        /// What for.
        scope: Option<Scopes>,
    },
    /// RFC 8693.
    TokenExchange(TokenExchangeRequest),
}

/// Redeeming a code.
#[derive(Debug, Clone)]
pub struct AuthorizationCodeRequest {
    /// The code.
    pub code: Secret,
    /// The redirect URI of the authorization request.
    pub redirect_uri: Option<String>,
    /// The PKCE verifier.
    pub code_verifier: Option<String>,
}

/// Renewing tokens.
#[derive(Debug, Clone)]
pub struct RefreshTokenRequest {
    /// The refresh token.
    pub refresh_token: Secret,
    /// What for, when it is to be less than was granted.
    pub scope: Option<Scopes>,
}

impl TokenRequest {
    /// By which grant type it asks.
    #[must_use]
    pub const fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode(_) => GrantType::AuthorizationCode,
            Self::RefreshToken(_) => GrantType::RefreshToken,
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
            Self::TokenExchange(_) => GrantType::TokenExchange,
        }
    }

    /// Reads what a client asks for that has authenticated, and may.
    pub fn parse(params: &Params, client: &Client) -> Result<Self, Error> {
        let is_exchange = params.get("grant_type") == Some(GrantType::TokenExchange.as_str());
        params.none_repeated_but(if is_exchange { &token_exchange::REPEATABLE } else { &[] })?;
        let grant_type: GrantType = params
            .require("grant_type", "grant_type is missing")?
            .parse()
            .map_err(|_| Error::new(Code::UnsupportedGrantType, "this grant type is not served here"))?;
        check_grant_type(client, grant_type)?;
        Ok(match grant_type {
            GrantType::AuthorizationCode => Self::AuthorizationCode(AuthorizationCodeRequest {
                code: params.require("code", "code is missing")?.into(),
                redirect_uri: params.get("redirect_uri").map(Into::into),
                code_verifier: params.get("code_verifier").map(Into::into),
            }),
            GrantType::RefreshToken => Self::RefreshToken(RefreshTokenRequest {
                refresh_token: params.require("refresh_token", "refresh_token is missing")?.into(),
                scope: scope(params)?,
            }),
            GrantType::ClientCredentials => Self::ClientCredentials { scope: scope(params)? },
            GrantType::TokenExchange => Self::TokenExchange(TokenExchangeRequest::parse(params, client)?),
        })
    }
}

/// Whether a client may use a grant type.
pub fn check_grant_type(client: &Client, grant_type: GrantType) -> Result<(), Error> {
    if client.may(grant_type) {
        return Ok(());
    }
    Err(Error::new(Code::UnauthorizedClient, "this client may not use this grant type"))
}

fn scope(params: &Params) -> Result<Option<Scopes>, Error> {
    params
        .get("scope")
        .map(str::parse)
        .transpose()
        .map_err(|_| Error::new(Code::InvalidScope, "scope has a character that is not allowed"))
}

/// What a client may have for itself: what it is registered for, but nothing of a person.
pub fn client_credentials_scope(client: &Client, requested: Option<Scopes>) -> Result<Scopes, Error> {
    let not_theirs = USER_SCOPES.into_iter().chain(MEMBERSHIP_SCOPES).chain([LINE_FRIEND]);
    let own = client.scope.without(&not_theirs.collect());
    match requested {
        None => Ok(own),
        Some(requested) if own.covers(&requested) => Ok(requested),
        Some(_) => {
            Err(Error::new(Code::InvalidScope, "scope names something that this client may not have for itself"))
        }
    }
}

/// What a renewed access token is good for: as much as was granted, or less (section 6).
pub fn refreshed_scope(granted: &Scopes, requested: Option<Scopes>) -> Result<Scopes, Error> {
    match requested {
        None => Ok(granted.clone()),
        Some(requested) if granted.covers(&requested) => Ok(requested),
        Some(_) => Err(Error::new(Code::InvalidScope, "scope names something that was not granted")),
    }
}

/// Refuses a request whose parameters are not in a form-encoded body (section 4.1.3; `security.md`
/// TK-19).
pub fn check_transport(query: &str, content_type: Option<&str>) -> Result<(), Error> {
    let mut parts = content_type.unwrap_or_default().split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    let foreign = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        name.eq_ignore_ascii_case("charset") && !value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    };
    if parts.any(foreign) {
        return Err(invalid_request("the body must be in UTF-8"));
    }
    if !media_type.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(invalid_request("the body must be application/x-www-form-urlencoded"));
    }
    if query.is_empty() { Ok(()) } else { Err(invalid_request("parameters belong in the body, not in the query")) }
}

/// The tokens (section 5.1, OpenID Connect Core section 3.1.3.3).
#[derive(Debug, Serialize)]
pub struct TokenResponse {
    /// A JWT (RFC 9068).
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds until the access token runs out.
    pub expires_in: i64,
    /// What it is good for.
    pub scope: Scopes,
    /// For the next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Who signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What kind of token `access_token` is, where another was traded for it (RFC 8693 section 2.2.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_token_type: Option<&'static str>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::registration::{ClientMetadata, register};

    fn client(grant_types: &[&str], scope: &str) -> Client {
        register(ClientMetadata {
            client_name: Some("App".into()),
            client_secret: Some("0123456789abcdef".into()),
            redirect_uris: vec!["https://app.test/cb".into()],
            grant_types: Some(grant_types.iter().map(ToString::to_string).collect()),
            scope: Some(scope.into()),
            ..ClientMetadata::default()
        })
        .unwrap()
    }

    /// `security.md` TK-14.
    #[test]
    fn a_grant_type_must_be_known_and_allowed() {
        let web = client(&["authorization_code"], "openid");
        let code =
            |body: &str| TokenRequest::parse(&Params::parse(body.as_bytes()).unwrap(), &web).err().map(|e| e.code);
        assert_eq!(code("grant_type=authorization_code&code=c"), None);
        for (body, expected) in [
            ("", Code::InvalidRequest),
            ("grant_type=", Code::InvalidRequest),
            ("grant_type=password", Code::UnsupportedGrantType),
            ("grant_type=client_credentials", Code::UnauthorizedClient),
            ("grant_type=authorization_code", Code::InvalidRequest),
            ("grant_type=authorization_code&grant_type=authorization_code&code=c", Code::InvalidRequest),
        ] {
            assert_eq!(code(body), Some(expected), "{body}");
        }
    }

    /// `security.md` TK-15, RT-04 and RT-09.
    #[test]
    fn scopes_never_grow() {
        let machine = client(&["client_credentials"], "api.read api.write openid");
        let scopes = |text: &str| -> Option<Scopes> { Some(text.parse().unwrap()) };
        assert_eq!(client_credentials_scope(&machine, None), Ok(scopes("api.read api.write").unwrap()));
        assert_eq!(client_credentials_scope(&machine, scopes("api.read")), Ok(scopes("api.read").unwrap()));
        for more in ["openid", "offline_access", "api.read admin"] {
            assert!(client_credentials_scope(&machine, scopes(more)).is_err(), "{more}");
        }
        let granted = scopes("openid email").unwrap();
        assert_eq!(refreshed_scope(&granted, None), Ok(granted.clone()));
        assert_eq!(refreshed_scope(&granted, scopes("openid")), Ok(scopes("openid").unwrap()));
        assert!(refreshed_scope(&granted, scopes("openid profile")).is_err());
    }

    #[test]
    fn parameters_travel_in_a_form_alone() {
        let form = Some("application/x-www-form-urlencoded; charset=UTF-8");
        assert!(check_transport("", form).is_ok());
        assert!(check_transport("", Some("application/x-www-form-urlencoded;charset=utf-16")).is_err());
        for (query, kind) in
            [("a=b", form), ("", None), ("", Some("application/json")), ("", Some("multipart/form-data; boundary=x"))]
        {
            assert!(check_transport(query, kind).is_err(), "{query} {kind:?}");
        }
    }
}

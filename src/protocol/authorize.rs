//! The authorization request and its response (RFC 6749 section 4.1, OpenID Connect Core section
//! 3.1.2, RFC 9207, OAuth 2.0 Form Post Response Mode).
use super::{Code, Error, error::invalid_request, params::Params, pkce};
use crate::domain::{Assurance, Client, GrantType, Issuer, RedirectUri, Scopes, SignIn, Timestamp, words};

/// How the response travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    #[default]
    Query,
    /// In a form that the browser posts to the redirect URI.
    FormPost,
}

words!(ResponseMode { Query = "query", FormPost = "form_post" });

/// What the client wants the person to be asked (OpenID Connect Core section 3.1.2.1, Initiating
/// User Registration section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// Nothing at all.
    None,
    /// To prove who they are, again.
    Login,
    /// To consent, again.
    Consent,
    /// With which account.
    SelectAccount,
    /// To create an account.
    Create,
}

words!(Prompt {
    None = "none",
    Login = "login",
    Consent = "consent",
    SelectAccount = "select_account",
    Create = "create",
});

/// Whom a response goes to, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo {
    /// Where.
    pub redirect_uri: RedirectUri,
    /// How.
    pub mode: ResponseMode,
    /// What the client wants to see again.
    pub state: Option<String>,
}

impl ReturnTo {
    /// The parameters of a response: `iss` (RFC 9207) and `state` are in each.
    #[must_use]
    pub fn response(&self, issuer: &Issuer, outcome: Result<&str, Error>) -> Vec<(&'static str, String)> {
        let mut parameters = match outcome {
            Ok(code) => vec![("code", code.to_owned())],
            Err(error) => {
                vec![("error", error.code.to_string()), ("error_description", error.description.to_owned())]
            }
        };
        parameters.extend(self.state.clone().map(|state| ("state", state)));
        parameters.push(("iss", issuer.to_string()));
        parameters
    }
}

/// An authorization request that may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// Where its response goes.
    pub return_to: ReturnTo,
    /// What it asks for, and its client may have.
    pub scopes: Scopes,
    /// For the ID token.
    pub nonce: Option<String>,
    /// S256.
    pub code_challenge: Option<String>,
    /// What the person is to be asked.
    pub prompts: Vec<Prompt>,
    /// After how many seconds a sign-in is too old.
    pub max_age: Option<i64>,
    /// How sure the client wants to be of who the person is, the most wanted first (`acr_values`).
    pub acr_values: Vec<Assurance>,
    /// An ID token that names the person who is expected.
    pub id_token_hint: Option<String>,
    /// What the person may sign in with.
    pub login_hint: Option<String>,
    /// The provider that the person is to be sent to at once; a parameter of Genkan's own.
    pub idp_hint: Option<String>,
}

impl AuthorizationRequest {
    /// Whether the person is to be asked this.
    #[must_use]
    pub fn prompts(&self, prompt: Prompt) -> bool {
        self.prompts.contains(&prompt)
    }

    /// Whether a sign-in is older than may be (`max_age`); 0 is as good as `prompt=login`.
    #[must_use]
    pub fn is_too_old(&self, session: &SignIn, now: Timestamp) -> bool {
        self.max_age.is_some_and(|max_age| max_age == 0 || now.since(session.auth_time) > max_age)
    }
}

/// Why a request does not go on: told to the person until it is known where the client is, and to
/// the client from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// By a page.
    Page(Error),
    /// By the response.
    Redirect(Box<ReturnTo>, Error),
}

/// What is said of a redirect URI that is not the client's.
pub const NOT_REGISTERED: Error = invalid_request("redirect_uri is not registered for this client");

/// The client that a request names. The parameter is looked up before anything else is read.
pub fn client_id(params: &Params) -> Result<&str, Error> {
    params.once("client_id")?.ok_or(invalid_request("client_id is missing"))
}

/// Reads a request of a client that is known, or not.
pub fn parse(params: &Params, client: Option<&Client>) -> Result<AuthorizationRequest, Rejection> {
    let client = client.ok_or(Rejection::Page(Error::new(Code::InvalidClient, "the client is not known")))?;
    let redirect_uri = redirect_uri(params, client).map_err(Rejection::Page)?;
    let mode = params.get("response_mode").map(str::parse).transpose();
    let return_to = ReturnTo {
        redirect_uri,
        // An error about the mode itself travels by the default one.
        mode: mode.clone().ok().flatten().unwrap_or_default(),
        state: params.get("state").map(Into::into),
    };
    let mode =
        mode.map(Option::unwrap_or_default).map_err(|_| invalid_request("response_mode must be query or form_post"));
    match mode.and_then(|_| check(params, client, &return_to)) {
        Ok(request) => Ok(request),
        Err(error) => Err(Rejection::Redirect(Box::new(return_to), error)),
    }
}

fn redirect_uri(params: &Params, client: &Client) -> Result<RedirectUri, Error> {
    let requested = params.once("redirect_uri")?.ok_or(invalid_request("redirect_uri is missing"))?;
    client.redirect_uri(requested).ok_or(NOT_REGISTERED)
}

/// Every check there is, in order.
fn check(params: &Params, client: &Client, return_to: &ReturnTo) -> Result<AuthorizationRequest, Error> {
    params.none_repeated()?;
    request_objects(params)?;
    response_type(params, client)?;
    lengths(params)?;
    let required = client.require_pkce || client.is_public();
    Ok(AuthorizationRequest {
        return_to: return_to.clone(),
        scopes: scopes(params, client)?,
        nonce: params.get("nonce").map(Into::into),
        code_challenge: pkce::check_challenge(
            params.get("code_challenge"),
            params.get("code_challenge_method"),
            required,
        )?,
        prompts: prompts(params)?,
        max_age: max_age(params)?.or(client.default_max_age),
        acr_values: acr_values(params),
        id_token_hint: params.get("id_token_hint").map(Into::into),
        login_hint: params.get("login_hint").map(Into::into),
        idp_hint: params.get("idp_hint").map(Into::into),
    })
}

/// OpenID Connect Core section 6: refused aloud, for what is inside must not be ignored.
fn request_objects(params: &Params) -> Result<(), Error> {
    for (name, code) in [
        ("request", Code::RequestNotSupported),
        ("request_uri", Code::RequestUriNotSupported),
        ("registration", Code::RegistrationNotSupported),
    ] {
        if params.get(name).is_some() {
            return Err(Error::new(code, "this parameter is not supported"));
        }
    }
    Ok(())
}

fn response_type(params: &Params, client: &Client) -> Result<(), Error> {
    match params.get("response_type") {
        None => Err(invalid_request("response_type is missing")),
        Some("code") if client.may(GrantType::AuthorizationCode) => Ok(()),
        Some("code") => {
            Err(Error::new(Code::UnauthorizedClient, "this client may not use the grant type authorization_code"))
        }
        Some(_) => Err(Error::new(Code::UnsupportedResponseType, "response_type must be code")),
    }
}

/// What has to be stored or carried along is kept within bounds; in bytes.
fn lengths(params: &Params) -> Result<(), Error> {
    for (name, longest) in [("state", 4096), ("nonce", 1024), ("scope", 2048), ("id_token_hint", 6144)] {
        if params.get(name).is_some_and(|value| value.len() > longest) {
            return Err(invalid_request("state, nonce, scope or id_token_hint is too long"));
        }
    }
    Ok(())
}

/// Scopes that the client may not have are left out (OpenID Connect Core section 3.1.2.1); the
/// token response says what is granted.
fn scopes(params: &Params, client: &Client) -> Result<Scopes, Error> {
    let requested: Scopes = params
        .get("scope")
        .unwrap_or_default()
        .parse()
        .map_err(|_| Error::new(Code::InvalidScope, "scope has a character that is not allowed"))?;
    let allowed = requested.intersection(&client.scope);
    if allowed.is_empty() {
        return Err(Error::new(Code::InvalidScope, "scope names nothing that this client may have; try openid"));
    }
    Ok(allowed)
}

/// Prompts that are not known are left out; `none` stands alone.
fn prompts(params: &Params) -> Result<Vec<Prompt>, Error> {
    let words: Vec<&str> = params.get("prompt").unwrap_or_default().split_ascii_whitespace().collect();
    if words.contains(&"none") && words.len() > 1 {
        return Err(invalid_request("prompt=none cannot be combined with another"));
    }
    Ok(words.iter().filter_map(|word| word.parse().ok()).collect())
}

/// Those that are known here; wishes, not demands (OpenID Connect Core section 3.1.2.1).
fn acr_values(params: &Params) -> Vec<Assurance> {
    let words = params.get("acr_values").unwrap_or_default().split_ascii_whitespace().take(16);
    words.filter_map(|word| word.parse().ok()).collect()
}

fn max_age(params: &Params) -> Result<Option<i64>, Error> {
    let wrong = invalid_request("max_age must be a number of seconds");
    let Some(text) = params.get("max_age") else { return Ok(None) };
    if !text.bytes().all(|c| c.is_ascii_digit()) {
        return Err(wrong);
    }
    text.parse().map(Some).map_err(|_| wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::registration::{ClientMetadata, register};

    const GOOD: &str = "client_id=web&redirect_uri=https://app.test/cb&response_type=code&scope=openid+email+admin\
        &state=s&nonce=n&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

    fn web() -> Client {
        register(ClientMetadata {
            client_name: Some("Web".into()),
            client_secret: Some("0123456789abcdef".into()),
            redirect_uris: vec!["https://app.test/cb".into()],
            ..ClientMetadata::default()
        })
        .unwrap()
    }

    fn outcome(query: &str) -> Result<AuthorizationRequest, Rejection> {
        parse(&Params::parse(query.as_bytes()).unwrap(), Some(&web()))
    }

    #[test]
    fn a_good_request_is_read() {
        let request = outcome(&format!("{GOOD}&prompt=login+unknown+consent&max_age=10&extra=1")).unwrap();
        assert_eq!(request.scopes.to_string(), "email openid", "what the client may not have is left out");
        assert_eq!(request.prompts, [Prompt::Login, Prompt::Consent]);
        assert_eq!((request.max_age, request.nonce.as_deref()), (Some(10), Some("n")));
        assert_eq!(request.return_to.state.as_deref(), Some("s"));
    }

    #[test]
    fn without_a_known_client_and_place_nothing_is_redirected() {
        let params = Params::parse(GOOD.as_bytes()).unwrap();
        assert!(matches!(parse(&params, None), Err(Rejection::Page(_))));
        for query in [
            GOOD.replace("app.test/cb", "app.test/cb2"),
            GOOD.replace("redirect_uri", "x"),
            GOOD.replace("https://app.test/cb", ""),
            format!("{GOOD}&redirect_uri=https://app.test/cb"),
        ] {
            assert!(matches!(outcome(&query), Err(Rejection::Page(_))), "{query}");
        }
        for query in ["", "client_id=", "client_id=a&client_id=a"] {
            assert!(client_id(&Params::parse(query.as_bytes()).unwrap()).is_err(), "{query}");
        }
    }

    #[test]
    fn every_other_fault_is_told_to_the_client() {
        for (query, code) in [
            (GOOD.replace("response_type=code", ""), Code::InvalidRequest),
            (GOOD.replace("response_type=code", "response_type=token"), Code::UnsupportedResponseType),
            (GOOD.replace("response_type=code", "response_type=CODE"), Code::UnsupportedResponseType),
            (GOOD.replace("response_type=code", "response_type=code+code"), Code::UnsupportedResponseType),
            (format!("{GOOD}&scope=openid"), Code::InvalidRequest),
            (format!("{GOOD}&state=t"), Code::InvalidRequest),
            (format!("{GOOD}&request=x"), Code::RequestNotSupported),
            (format!("{GOOD}&request_uri=x"), Code::RequestUriNotSupported),
            (format!("{GOOD}&registration=x"), Code::RegistrationNotSupported),
            (format!("{GOOD}&response_mode=fragment"), Code::InvalidRequest),
            (format!("{GOOD}&prompt=none+login"), Code::InvalidRequest),
            (format!("{GOOD}&max_age=-1"), Code::InvalidRequest),
            (format!("{GOOD}&max_age=99999999999999999999"), Code::InvalidRequest),
            (GOOD.replace("openid+email+admin", "open%22id"), Code::InvalidScope),
            (GOOD.replace("openid+email+admin", "admin"), Code::InvalidScope),
            (GOOD.replace("S256", "plain"), Code::InvalidRequest),
            (
                format!("{GOOD}&login_hint={}", "x").replace("nonce=n", &format!("nonce={}", "n".repeat(1025))),
                Code::InvalidRequest,
            ),
        ] {
            let Err(Rejection::Redirect(to, error)) = outcome(&query) else { panic!("{query}") };
            assert_eq!((error.code, to.state.as_deref()), (code, Some("s")), "{query}");
        }
    }

    #[test]
    fn every_response_names_the_issuer_and_the_state() {
        let issuer = Issuer::parse("https://id.test").unwrap();
        let to = outcome(GOOD).unwrap().return_to;
        let names =
            |parameters: Vec<(&'static str, String)>| parameters.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(to.response(&issuer, Ok("c"))), ["code", "state", "iss"]);
        assert_eq!(
            names(to.response(&issuer, Err(invalid_request("x")))),
            ["error", "error_description", "state", "iss"]
        );
    }
}

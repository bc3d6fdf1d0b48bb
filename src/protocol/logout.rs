//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0).
use super::{Error, error::invalid_request, id_token::IdToken, params::Params};
use crate::domain::{Client, RedirectUri, SignIn};

/// A request to sign out, as sent (section 2).
#[derive(Debug, Clone, Default)]
pub struct LogoutRequest {
    /// An ID token that was issued to the client.
    pub id_token_hint: Option<String>,
    /// The client.
    pub client_id: Option<String>,
    /// Where it wants the person to be afterwards.
    pub post_logout_redirect_uri: Option<String>,
    /// What it wants to see again there.
    pub state: Option<String>,
}

impl LogoutRequest {
    /// The names of its parameters, which a confirmation page carries along.
    pub const NAMES: [&str; 4] = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"];

    /// Reads a request.
    pub fn parse(params: &Params) -> Result<Self, Error> {
        let get = |name| params.once(name).map(|value| value.map(Into::into));
        Ok(Self {
            id_token_hint: get("id_token_hint")?,
            client_id: get("client_id")?,
            post_logout_redirect_uri: get("post_logout_redirect_uri")?,
            state: get("state")?,
        })
    }
}

/// What to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logout {
    /// Whether to ask the person first: else any site could sign anybody out.
    pub confirm: bool,
    /// Where to go afterwards; nowhere, when the client cannot prove that it may say so.
    pub redirect: Option<(RedirectUri, Option<String>)>,
}

/// Decides. `hint`: the ID token, when it is one of ours; `client`: the one that it or `client_id`
/// names.
pub fn decide(
    request: &LogoutRequest,
    hint: Option<&IdToken>,
    client: Option<&Client>,
    session: Option<&SignIn>,
) -> Result<Logout, Error> {
    if let (Some(hint), Some(named)) = (hint, &request.client_id)
        && hint.aud.as_str() != named
    {
        return Err(invalid_request("client_id is not that of the id_token_hint"));
    }
    let proven = hint.is_some_and(|hint| session.is_none_or(|session| session.sid == hint.sid));
    let redirect = match (&request.post_logout_redirect_uri, client) {
        // Section 3: without the hint, what the client says is not proven; the person decides.
        (Some(requested), Some(client)) if hint.is_some() || request.client_id.is_some() => {
            let registered = client.post_logout_redirect_uri(requested);
            let to = registered.ok_or(invalid_request("post_logout_redirect_uri is not registered for this client"))?;
            Some((to, request.state.clone()))
        }
        _ => None,
    };
    Ok(Logout { confirm: !proven && session.is_some(), redirect })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{AuthMethods, Timestamp},
        protocol::registration::{ClientMetadata, register},
    };

    fn hint(sid: &str) -> IdToken {
        IdToken {
            iss: "https://id.test".into(),
            sub: "hana".into(),
            aud: "web".into(),
            iat: Timestamp(0),
            exp: Timestamp(1),
            auth_time: Timestamp(0),
            acr: None,
            amr: vec![],
            sid: sid.into(),
            nonce: None,
            at_hash: String::new(),
            groups: None,
            roles: None,
        }
    }

    #[test]
    fn a_client_that_proves_its_session_needs_no_confirmation() {
        let client = register(ClientMetadata {
            client_id: Some("web".into()),
            client_name: Some("Web".into()),
            client_secret: Some("0123456789abcdef".into()),
            redirect_uris: vec!["https://app.test/cb".into()],
            post_logout_redirect_uris: vec!["https://app.test/out".into()],
            ..ClientMetadata::default()
        })
        .unwrap();
        let session = SignIn {
            user: "hana".into(),
            sid: "here".into(),
            auth_time: Timestamp(0),
            methods: AuthMethods::password(),
            elsewhere: None,
            interaction: None,
            chosen_for: None,
            device: crate::domain::Device::default(),
            trusted_until: None,
            expires_at: Timestamp(1),
            window: None,
        };
        let ask = |query: &str, sid: Option<&str>, session: Option<&SignIn>| {
            let request = LogoutRequest::parse(&Params::parse(query.as_bytes()).unwrap()).unwrap();
            let hint = sid.map(hint);
            let known = hint.is_some() || request.client_id.as_deref() == Some("web");
            decide(&request, hint.as_ref(), known.then_some(&client), session)
                .map(|logout| (logout.confirm, logout.redirect.map(|(to, state)| (to.to_string(), state))))
        };
        let out = Some(("https://app.test/out".to_owned(), Some("s".to_owned())));
        let query = "post_logout_redirect_uri=https://app.test/out&state=s";
        assert_eq!(ask(query, Some("here"), Some(&session)), Ok((false, out.clone())));
        assert_eq!(ask(query, Some("elsewhere"), Some(&session)), Ok((true, out.clone())));
        assert_eq!(ask(query, Some("here"), None), Ok((false, out.clone())));
        assert_eq!(ask(query, None, Some(&session)), Ok((true, None)), "never a redirect without a client");
        assert_eq!(ask(&format!("{query}&client_id=web"), None, Some(&session)), Ok((true, out)));
        assert_eq!(ask("", None, Some(&session)), Ok((true, None)));
        assert!(ask("post_logout_redirect_uri=https://app.test/out?x", Some("here"), Some(&session)).is_err());
        assert!(ask("client_id=other", Some("here"), Some(&session)).is_err());
    }
}

//! What comes next on the way from an authorization request to its response (OpenID Connect Core
//! sections 3.1.2.3 and 3.1.2.4). The one place that decides; the steps do not know each other.
use super::{
    Code, Error,
    authorize::{AuthorizationRequest, Prompt},
};
use crate::domain::{Client, Scopes, SignIn, Timestamp, UserId};

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The person proves who they are. `again`: although they are signed in.
    SignIn {
        /// Whether they are signed in already, but not as the client wants it.
        again: bool,
    },
    /// The person creates an account.
    SignUp,
    /// The person says with which account to go on.
    SelectAccount,
    /// The person agrees, or not.
    Consent,
    /// The client gets a code.
    Issue,
    /// The client gets an error.
    Refuse(Error),
}

/// Decides from what is known.
///
/// - `interaction`: the name of this way through the steps, if it has begun;
/// - `session`: who is signed in in this browser;
/// - `expected`: whom the client's `id_token_hint` names;
/// - `consented`: what that person has let this client have before.
#[must_use]
pub fn decide(
    request: &AuthorizationRequest,
    client: &Client,
    interaction: Option<&str>,
    session: Option<&SignIn>,
    expected: Option<&UserId>,
    consented: &Scopes,
    now: Timestamp,
) -> Next {
    let silent = request.prompts(Prompt::None);
    let step = step(request, client, interaction, session, expected, consented, now);
    match step {
        Next::SignIn { .. } | Next::SignUp | Next::SelectAccount if silent => {
            Next::Refuse(Error::new(Code::LoginRequired, "the person has to sign in"))
        }
        Next::Consent if silent => Next::Refuse(Error::new(Code::ConsentRequired, "the person has to consent")),
        step => step,
    }
}

fn step(
    request: &AuthorizationRequest,
    client: &Client,
    interaction: Option<&str>,
    session: Option<&SignIn>,
    expected: Option<&UserId>,
    consented: &Scopes,
    now: Timestamp,
) -> Next {
    let Some(session) = session else {
        return if request.prompts(Prompt::Create) { Next::SignUp } else { Next::SignIn { again: false } };
    };
    // Done during this very interaction, a sign-in is as fresh as can be asked.
    let fresh = interaction.is_some() && session.interaction.as_deref() == interaction;
    if !fresh {
        if request.prompts(Prompt::Create) {
            return Next::SignUp;
        }
        let too_old = request.max_age.is_some_and(|max_age| now.since(session.auth_time) > max_age);
        if request.prompts(Prompt::Login) || too_old || request.max_age == Some(0) {
            return Next::SignIn { again: true };
        }
    }
    if expected.is_some_and(|expected| *expected != session.user) {
        return Next::SignIn { again: true };
    }
    let chosen = fresh || interaction.is_some() && session.chosen_for.as_deref() == interaction;
    if request.prompts(Prompt::SelectAccount) && !chosen {
        return Next::SelectAccount;
    }
    if request.prompts(Prompt::Consent) || !client.skip_consent && !consented.covers(&request.scopes) {
        return Next::Consent;
    }
    Next::Issue
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AuthMethods;
    use crate::protocol::{
        authorize::parse,
        params::Params,
        registration::{ClientMetadata, register},
    };

    const NOW: Timestamp = Timestamp(1_800_000_000);

    fn client(skip_consent: bool) -> Client {
        register(ClientMetadata {
            client_name: Some("Web".into()),
            client_secret: Some("0123456789abcdef".into()),
            redirect_uris: vec!["https://app.test/cb".into()],
            require_pkce: Some(false),
            skip_consent: Some(skip_consent),
            ..ClientMetadata::default()
        })
        .unwrap()
    }

    fn session(age: i64, interaction: Option<&str>, chosen_for: Option<&str>) -> SignIn {
        SignIn {
            user: "hana".into(),
            sid: "sid".into(),
            auth_time: NOW.plus(-age),
            methods: AuthMethods::password(),
            interaction: interaction.map(Into::into),
            chosen_for: chosen_for.map(Into::into),
        }
    }

    fn next(query: &str, session: Option<&SignIn>, expected: Option<&str>, consented: &str) -> Next {
        let query =
            format!("client_id=web&redirect_uri=https://app.test/cb&response_type=code&scope=openid+email&{query}");
        let client = client(false);
        let request = parse(&Params::parse(query.as_bytes()).unwrap(), Some(&client)).unwrap();
        let expected = expected.map(UserId::from);
        decide(&request, &client, Some("i"), session, expected.as_ref(), &consented.parse().unwrap(), NOW)
    }

    fn refused(code: Code, next: &Next) -> bool {
        matches!(next, Next::Refuse(error) if error.code == code)
    }

    #[test]
    fn the_next_step_follows_from_what_is_known() {
        let all = "openid email";
        let (old, fresh, chosen) =
            (session(100, None, None), session(0, Some("i"), None), session(100, None, Some("i")));
        let again = Next::SignIn { again: true };
        for (query, session, expected, consented, step) in [
            ("", None, None, all, Next::SignIn { again: false }),
            ("prompt=create", None, None, all, Next::SignUp),
            ("prompt=create", Some(&old), None, all, Next::SignUp),
            ("prompt=create", Some(&fresh), None, all, Next::Issue),
            ("", Some(&old), None, all, Next::Issue),
            ("", Some(&old), None, "openid", Next::Consent),
            ("prompt=consent", Some(&old), None, all, Next::Consent),
            ("prompt=login", Some(&old), None, all, again.clone()),
            ("prompt=login", Some(&fresh), None, all, Next::Issue),
            ("max_age=99", Some(&old), None, all, again.clone()),
            ("max_age=100", Some(&old), None, all, Next::Issue),
            ("max_age=0", Some(&old), None, all, again.clone()),
            ("max_age=0", Some(&fresh), None, all, Next::Issue),
            ("prompt=select_account", Some(&old), None, all, Next::SelectAccount),
            ("prompt=select_account", Some(&chosen), None, all, Next::Issue),
            ("prompt=select_account", Some(&fresh), None, all, Next::Issue),
            ("", Some(&old), Some("hana"), all, Next::Issue),
            ("", Some(&old), Some("taro"), all, again.clone()),
            ("", Some(&fresh), Some("taro"), all, again),
        ] {
            assert_eq!(next(query, session, expected, consented), step, "{query} {session:?} {expected:?} {consented}");
        }
    }

    #[test]
    fn without_prompts_there_is_a_code_or_an_error_and_never_a_page() {
        let old = session(100, None, None);
        let none = |more: &str, session, expected, consented| {
            next(&format!("prompt=none&{more}"), session, expected, consented)
        };
        assert!(refused(Code::LoginRequired, &none("", None, None, "openid email")));
        assert!(refused(Code::LoginRequired, &none("max_age=1", Some(&old), None, "openid email")));
        assert!(refused(Code::LoginRequired, &none("", Some(&old), Some("taro"), "openid email")));
        assert!(refused(Code::ConsentRequired, &none("", Some(&old), None, "openid")));
        assert_eq!(none("", Some(&old), None, "openid email"), Next::Issue);
    }

    #[test]
    fn an_app_of_the_house_asks_for_no_consent_unless_it_wants_to() {
        let client = client(true);
        let old = session(100, None, None);
        let decide = |prompt: &str| {
            let query = format!(
                "client_id=web&redirect_uri=https://app.test/cb&response_type=code&scope=openid&prompt={prompt}"
            );
            let request = parse(&Params::parse(query.as_bytes()).unwrap(), Some(&client)).unwrap();
            super::decide(&request, &client, None, Some(&old), None, &Scopes::default(), NOW)
        };
        assert_eq!((decide(""), decide("consent")), (Next::Issue, Next::Consent));
    }
}

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
    /// The person proves who they are; again, if they are signed in.
    SignIn,
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

/// All that the next step depends on.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// What the client asks for.
    pub request: &'a AuthorizationRequest,
    /// The client.
    pub client: &'a Client,
    /// The name of this way through the steps, if it has begun.
    pub interaction: Option<&'a str>,
    /// Who is signed in in this browser.
    pub session: Option<&'a SignIn>,
    /// Whom the client's `id_token_hint` names.
    pub expected: Option<&'a UserId>,
    /// What the person has let this client have before.
    pub consented: &'a Scopes,
    /// The time.
    pub now: Timestamp,
}

impl Situation<'_> {
    /// Decides. With `prompt=none`, what would be a page is an error.
    #[must_use]
    pub fn next(&self) -> Next {
        let step = self.step();
        match step {
            _ if !self.request.prompts(Prompt::None) => step,
            Next::SignIn | Next::SignUp | Next::SelectAccount => {
                Next::Refuse(Error::new(Code::LoginRequired, "the person has to sign in"))
            }
            Next::Consent => Next::Refuse(Error::new(Code::ConsentRequired, "the person has to consent")),
            Next::Issue | Next::Refuse(_) => step,
        }
    }

    fn step(&self) -> Next {
        let asks = |prompt| self.request.prompts(prompt);
        let Some(session) = self.session else {
            return if asks(Prompt::Create) { Next::SignUp } else { Next::SignIn };
        };
        // Done during this very interaction, a sign-in is as fresh as can be asked.
        let fresh = self.interaction.is_some() && session.interaction.as_deref() == self.interaction;
        if !fresh && asks(Prompt::Create) {
            return Next::SignUp;
        }
        if !fresh && (asks(Prompt::Login) || self.is_too_old(session)) {
            return Next::SignIn;
        }
        if self.expected.is_some_and(|expected| *expected != session.user) {
            return Next::SignIn;
        }
        let chosen = fresh || self.interaction.is_some() && session.chosen_for.as_deref() == self.interaction;
        if asks(Prompt::SelectAccount) && !chosen {
            return Next::SelectAccount;
        }
        if asks(Prompt::Consent) || !self.client.skip_consent && !self.consented.covers(&self.request.scopes) {
            return Next::Consent;
        }
        Next::Issue
    }

    /// `max_age`; 0 is as good as `prompt=login`.
    fn is_too_old(&self, session: &SignIn) -> bool {
        self.request.max_age.is_some_and(|max_age| max_age == 0 || self.now.since(session.auth_time) > max_age)
    }
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
            device: crate::domain::Device::default(),
        }
    }

    fn next(query: &str, session: Option<&SignIn>, expected: Option<&str>, consented: &str) -> Next {
        let query =
            format!("client_id=web&redirect_uri=https://app.test/cb&response_type=code&scope=openid+email&{query}");
        let client = client(false);
        let request = parse(&Params::parse(query.as_bytes()).unwrap(), Some(&client)).unwrap();
        let expected = expected.map(UserId::from);
        let consented = consented.parse().unwrap();
        let (interaction, expected) = (Some("i"), expected.as_ref());
        Situation {
            request: &request,
            client: &client,
            interaction,
            session,
            expected,
            consented: &consented,
            now: NOW,
        }
        .next()
    }

    fn refused(code: Code, next: &Next) -> bool {
        matches!(next, Next::Refuse(error) if error.code == code)
    }

    #[test]
    fn the_next_step_follows_from_what_is_known() {
        let all = "openid email";
        let (old, fresh, chosen) =
            (session(100, None, None), session(0, Some("i"), None), session(100, None, Some("i")));
        let again = Next::SignIn;
        for (query, session, expected, consented, step) in [
            ("", None, None, all, Next::SignIn),
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
            let (session, consented) = (Some(&old), &Scopes::default());
            let (interaction, expected) = (None, None);
            Situation { request: &request, client: &client, interaction, session, expected, consented, now: NOW }.next()
        };
        assert_eq!((decide(""), decide("consent")), (Next::Issue, Next::Consent));
    }
}

//! What comes next on the way from an authorization request to its response (OpenID Connect Core
//! sections 3.1.2.3 and 3.1.2.4, RFC 9470 section 5). The one place that decides; the steps do not know each other.
use super::{
    Code, Error,
    authorize::{AuthorizationRequest, Prompt},
};
use crate::domain::{Assurance, Client, Scopes, SignIn, Timestamp, UserId};

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The person proves who they are; again, if they are signed in.
    SignIn,
    /// The person creates an account.
    SignUp,
    /// The person says with which account to go on.
    SelectAccount,
    /// The person proves more, up to this.
    StepUp(Assurance),
    /// The person sets up what it takes to prove this.
    Enroll(Assurance),
    /// The person agrees, or not.
    Consent,
    /// The client gets a code.
    Issue,
    /// The client gets an error.
    Refuse(Error),
}

const UNMET: Error =
    Error::new(Code::UnmetAuthenticationRequirements, "no factor that is offered here meets acr_values");

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
    /// How sure this instance must be of this person for this client, whatever the client asks for.
    pub required: Assurance,
    /// How sure the person's factors can make it.
    pub within_reach: Assurance,
    /// How sure any factor can that this instance offers.
    pub possible: Assurance,
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
            Next::StepUp(_) => Next::Refuse(Error::new(Code::LoginRequired, "the person has to prove more")),
            Next::Enroll(_) => {
                Next::Refuse(Error::new(Code::InteractionRequired, "the person has to set up a second factor"))
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
        if !fresh && (asks(Prompt::Login) || self.request.is_too_old(session, self.now)) {
            return Next::SignIn;
        }
        // An app that is limited to some ways in takes nobody who came by another.
        if !self.client.admits(session.elsewhere.as_ref().map(|elsewhere| &elsewhere.provider)) {
            return Next::SignIn;
        }
        if self.expected.is_some_and(|expected| *expected != session.user) {
            return Next::SignIn;
        }
        let chosen = fresh || self.interaction.is_some() && session.chosen_for.as_deref() == self.interaction;
        if asks(Prompt::SelectAccount) && !chosen {
            return Next::SelectAccount;
        }
        match self.missing(session) {
            None => {}
            Some(more) if more > self.possible => return Next::Refuse(UNMET),
            Some(more) if more > self.within_reach => return Next::Enroll(more),
            Some(more) => return Next::StepUp(more),
        }
        if asks(Prompt::Consent) || !self.client.skip_consent && !self.consented.covers(&self.request.scopes) {
            return Next::Consent;
        }
        Next::Issue
    }

    /// What is still to be proved: first what the instance requires, then what the client asks for. A browser that is
    /// trusted does for the former; the client is told the truth.
    fn missing(&self, session: &SignIn) -> Option<Assurance> {
        let proved = session.methods.assurance();
        let is_trusted = session.trusted_until.is_some_and(|until| until > self.now);
        let taken_for = if is_trusted { proved.max(Assurance::MultiFactor) } else { proved };
        if self.required > taken_for {
            return Some(self.required);
        }
        let wanted = &self.request.acr_values;
        if wanted.is_empty() || wanted.iter().any(|wanted| proved >= *wanted) {
            return None;
        }
        let best = wanted.iter().find(|wanted| **wanted <= self.within_reach);
        best.or_else(|| wanted.iter().min()).copied()
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
            elsewhere: None,
            interaction: interaction.map(Into::into),
            chosen_for: chosen_for.map(Into::into),
            device: crate::domain::Device::default(),
            trusted_until: None,
            expires_at: NOW.plus(1000),
            window: None,
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
            required: Assurance::OneFactor,
            within_reach: Assurance::OneFactor,
            possible: Assurance::MultiFactor,
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
            let (interaction, expected, one) = (None, None, Assurance::OneFactor);
            let (required, within_reach, possible) = (one, one, one);
            Situation {
                request: &request,
                client: &client,
                interaction,
                session,
                expected,
                required,
                within_reach,
                possible,
                consented,
                now: NOW,
            }
            .next()
        };
        assert_eq!((decide(""), decide("consent")), (Next::Issue, Next::Consent));
    }

    /// RFC 9470 section 5: no more is asked for than is missing.
    #[test]
    fn more_is_asked_for_where_more_is_wanted_or_required() {
        use Assurance::{MultiFactor as Mfa, OneFactor as One, PhishingResistant as Phr};
        let client = client(true);
        let (refuse, scopes) = (Next::Refuse(UNMET), Scopes::default());
        for (acr, methods, trusted, required, within_reach, step) in [
            ("", "pwd", false, One, One, Next::Issue),
            ("1fa", "pwd", false, One, One, Next::Issue),
            ("mfa", "pwd", false, One, Mfa, Next::StepUp(Mfa)),
            ("mfa", "pwd", false, One, One, Next::Enroll(Mfa)),
            ("mfa", "pwd otp mfa", false, One, Mfa, Next::Issue),
            ("mfa 1fa", "pwd", false, One, Mfa, Next::Issue),
            ("phr mfa", "pwd", false, One, Mfa, Next::StepUp(Mfa)),
            ("phr mfa", "pwd", false, One, One, Next::Enroll(Mfa)),
            ("phr", "pwd otp mfa", false, One, Mfa, refuse.clone()),
            ("unknown", "pwd", false, One, One, Next::Issue),
            ("", "pwd", false, Mfa, Mfa, Next::StepUp(Mfa)),
            ("", "pwd", false, Mfa, One, Next::Enroll(Mfa)),
            ("", "pwd", true, Mfa, Mfa, Next::Issue),
            ("mfa", "pwd", true, Mfa, Mfa, Next::StepUp(Mfa)),
            ("1fa", "pwd", false, Mfa, Mfa, Next::StepUp(Mfa)),
            ("", "pwd otp mfa", false, Phr, Phr, refuse),
        ] {
            let query = format!(
                "client_id=web&redirect_uri=https://app.test/cb&response_type=code&scope=openid&acr_values={acr}"
            );
            let request = parse(&Params::parse(query.as_bytes()).unwrap(), Some(&client)).unwrap();
            let session = SignIn {
                methods: methods.parse().unwrap(),
                trusted_until: trusted.then(|| NOW.plus(1)),
                ..session(10, None, None)
            };
            let situation = Situation {
                request: &request,
                client: &client,
                interaction: None,
                session: Some(&session),
                expected: None,
                required,
                within_reach,
                possible: Mfa,
                consented: &scopes,
                now: NOW,
            };
            assert_eq!(situation.next(), step, "{acr} {methods} {trusted} {required} {within_reach}");
        }
    }
}

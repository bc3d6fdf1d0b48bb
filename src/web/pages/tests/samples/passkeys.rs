//! The pages that ask for passkeys, or look after them.
use super::{CODE, Filling, Sample, sample};
use crate::web::account::{
    overview::AccountPage,
    passkeys::{PasskeyLine, PasskeysPage},
    two_step::page::{State, TwoStepPage},
};
use crate::web::pages::{second_factor::SecondFactorPage, sign_in::SignInPage};
use crate::web::passkeys::PasskeyForm;
use askama::Template;

impl Filling {
    fn passkey(&self) -> PasskeyForm {
        PasskeyForm {
            script: "passkeys.js".to_owned(),
            options: format!("{{\"challenge\":\"{}\"}}", self.token),
            ceremony: self.token.clone(),
            lifetime: 300,
            again: "/login".to_owned(),
        }
    }

    fn passkeys(&self, passkeys: Vec<PasskeyLine>) -> PasskeysPage {
        PasskeysPage {
            page: self.page(),
            action: "/account/passkeys".to_owned(),
            csrf: self.token.clone(),
            interaction: Some(self.token.clone()),
            script: "passkeys.js".to_owned(),
            passkeys,
            passkey: Some(self.passkey()),
            accepted: format!("{{\"rpId\":\"{}\"}}", self.token),
            error: None,
        }
    }

    fn passkey_lines(&self) -> Vec<PasskeyLine> {
        let line = |name: &str, last_used_at: Option<&str>| PasskeyLine {
            id: self.token.clone(),
            name: name.to_owned(),
            created_at: "2026-11-23 09:41 UTC".to_owned(),
            last_used_at: last_used_at.map(ToOwned::to_owned),
        };
        vec![line(&self.person, Some("2026-11-24 08:15 UTC")), line("Google Password Manager", None)]
    }

    fn passkeys_refused(&self) -> PasskeysPage {
        PasskeysPage {
            error: Some("passkeys-only-second-factor".into()),
            passkey: None,
            ..self.passkeys(self.passkey_lines())
        }
    }

    fn two_step_passkey(&self, state: State) -> TwoStepPage {
        TwoStepPage { passkey: Some(self.passkey()), ..self.two_step(state, Some("passkey")) }
    }

    pub(super) fn with_passkeys(&self) -> Result<Vec<Sample>, askama::Error> {
        const FORM: &[&str] = &["name=\"ceremony\"", "name=\"credential\"", "<script src=\"passkeys.js\" defer>"];
        let on = State::On { since: "2026-11-23 09:41 UTC".to_owned(), app_since: None, passkeys: 2, codes_left: 9 };
        let sign_in = SignInPage { passkey: Some(self.passkey()), ..self.sign_in() };
        let second_factor = SecondFactorPage { passkey: Some(self.passkey()), ..self.second_factor() };
        let offer = AccountPage { offer: Some("passkeys.js".to_owned()), ..self.account_page() };
        [
            sample("passkeys", self.passkeys(self.passkey_lines()).render(), FORM),
            sample("passkeys-none", self.passkeys(vec![]).render(), FORM),
            sample("passkeys-refused", self.passkeys_refused().render(), &["role=\"alert\""]),
            sample(
                "sign-in-passkey",
                sign_in.render(),
                &["id=\"login-passkey\"", "autocomplete=\"username webauthn\""],
            ),
            sample("second-factor-passkey", second_factor.render(), CODE),
            sample("two-step-off-passkey", self.two_step_passkey(State::Off { passkeys: true }).render(), FORM),
            sample("two-step-on-passkey", self.two_step_passkey(on).render(), &["id=\"two-step-off-passkey\""]),
            sample("account-offer", offer.render(), &["id=\"offer-later\""]),
        ]
        .into_iter()
        .collect()
    }
}

//! The pages as others will fill them.
mod mail;
mod passkeys;
mod people;
mod providers;
mod upstream;

use askama::Template;

use crate::i18n::{Language, Message, Words};
use crate::web::account::overview::AccountPage;
use crate::web::account::two_step::page::{State, TwoStepPage};
use crate::web::pages::consent::{ConsentPage, ScopeLine};
use crate::web::pages::error::ErrorPage;
use crate::web::pages::form_post::FormPostPage;
use crate::web::pages::page::{AccountView, ClientView, FieldError, LanguageLink, Page};
use crate::web::pages::provider_buttons::Brand;
use crate::web::pages::second_factor::SecondFactorPage;
use crate::web::pages::sign_in::SignInPage;
use crate::web::pages::sign_out::SignOutPage;
use crate::web::pages::sign_up::SignUpPage;
use crate::web::pages::signed_out::SignedOutPage;

/// A page, what it is called here, and what others rely on finding in it.
pub struct Sample {
    pub name: &'static str,
    pub html: String,
    pub contracted: &'static [&'static str],
}

const CODE: &[&str] = &["id=\"code\" name=\"code\"", "autocomplete=\"one-time-code\"", "inputmode=\"numeric\""];

pub const HOSTILE: &str = "\"><svg onload=alert(1)><script>alert(1)</script>'";

/// Pages filled with text that is short, or long, or hostile.
pub struct Filling {
    words: Words,
    app: String,
    person: String,
    email: String,
    token: String,
}

impl Filling {
    pub fn tame(language: Language) -> Self {
        let (app, person) = match language {
            Language::En => ("Nakaniwa Photos", "Hana Sato"),
            Language::Ja => ("なかにわフォト", "佐藤 花"),
        };
        Self {
            words: Words::new(language),
            app: app.to_owned(),
            person: person.to_owned(),
            email: "hana@example.com".to_owned(),
            token: "rpb1gIIcFBu5jdMUYVnJvQ".to_owned(),
        }
    }

    pub fn long(language: Language) -> Self {
        let (app, person) = match language {
            Language::En => (
                "The Long-Established Neighbourhood Association Photo Archive and Membership Register",
                "Wolfeschlegelsteinhausenbergerdorff Hubert Blaine the Third",
            ),
            Language::Ja => (
                "一般社団法人なかにわ町内会写真アーカイブおよび会員名簿管理システム",
                "長宗我部 寿限無寿限無五劫のすりきれ海砂利水魚之介",
            ),
        };
        Self {
            app: app.to_owned(),
            person: person.to_owned(),
            email: "a.very.long.address.indeed.that.goes.on.and.on@subdomain.of.a.department.example.com".to_owned(),
            ..Self::tame(language)
        }
    }

    pub fn hostile(language: Language) -> Self {
        let hostile = || HOSTILE.to_owned();
        Self { words: Words::new(language), app: hostile(), person: hostile(), email: hostile(), token: hostile() }
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    pub fn page(&self) -> Page {
        let current = self.words.language();
        let languages = Language::ALL.map(|l| LanguageLink::new(l, format!("?lang={l}"), current));
        Page {
            words: self.words,
            instance: "Genkan".to_owned(),
            languages: languages.to_vec(),
            stylesheet: "genkan.css".to_owned(),
            accent: None,
            icon: "genkan.svg".to_owned(),
            legal: vec![
                ("client-terms", "https://example.com/terms".to_owned()),
                ("client-policy", format!("https://example.com/{}", self.token)),
            ],
        }
    }

    fn client(&self) -> ClientView {
        let at = |path: &str| Some(format!("https://photos.example/{path}"));
        ClientView {
            name: self.app.clone(),
            logo_path: None,
            logo_uri: None,
            policy_uri: at("privacy"),
            tos_uri: at(&self.token),
            client_uri: at(""),
        }
    }

    pub fn account(&self) -> AccountView {
        AccountView { name: self.person.clone(), detail: self.email.clone(), picture: None }
    }

    fn sign_in(&self) -> SignInPage {
        SignInPage {
            page: self.page(),
            action: "/login".to_owned(),
            csrf: self.token.clone(),
            interaction: Some(self.token.clone()),
            client: Some(self.client()),
            username: String::new(),
            remember: false,
            error: None,
            notice: None,
            forgot: Some("/forgot".to_owned()),
            by_mail: Some("/login/mail".to_owned()),
            sign_up: Some("/signup".to_owned()),
            cancel: Some("https://photos.example/callback?error=access_denied".to_owned()),
            back: None,
            local: true,
            providers: Vec::new(),
            passkey: None,
        }
    }

    fn sign_in_alone(&self) -> SignInPage {
        SignInPage {
            interaction: None,
            client: None,
            sign_up: None,
            cancel: None,
            notice: Some("notice-sign-in-again".into()),
            ..self.sign_in()
        }
    }

    pub fn sign_in_wrong(&self) -> SignInPage {
        SignInPage {
            username: self.email.clone(),
            error: Some("error-credentials".into()),
            providers: self.providers(&[Brand::Google, Brand::Line]),
            ..self.sign_in()
        }
    }

    fn sign_in_throttled(&self) -> SignInPage {
        SignInPage {
            username: self.email.clone(),
            error: Some(Message::new("error-throttled").with("minutes", 5)),
            ..self.sign_in_alone()
        }
    }

    fn sign_up(&self) -> SignUpPage {
        SignUpPage {
            page: self.page(),
            action: "/signup".to_owned(),
            csrf: self.token.clone(),
            interaction: Some(self.token.clone()),
            client: Some(self.client()),
            email: String::new(),
            email_is_given: false,
            name: String::new(),
            errors: Vec::new(),
            sign_in: "/login".to_owned(),
            owner: false,
            setup: None,
            providers: Vec::new(),
        }
    }

    pub fn sign_up_wrong(&self) -> SignUpPage {
        SignUpPage {
            email: self.email.clone(),
            name: self.person.clone(),
            errors: vec![
                FieldError::new("name", Message::new("name-long").with("max", 100)),
                FieldError::new("email", "email-taken"),
                FieldError::new("password", "password-short"),
                FieldError::new("form", "error-busy"),
            ],
            ..self.sign_up()
        }
    }

    fn owner(&self) -> SignUpPage {
        SignUpPage { interaction: None, client: None, owner: true, setup: Some(self.token.clone()), ..self.sign_up() }
    }

    fn consent(&self) -> ConsentPage {
        let scopes = ["profile", "email", "offline_access", &self.token];
        ConsentPage {
            page: self.page(),
            action: "/consent".to_owned(),
            csrf: self.token.clone(),
            interaction: Some(self.token.clone()),
            client: ClientView { logo_uri: Some("https://nowhere.invalid/logo.svg".to_owned()), ..self.client() },
            redirect_host: "photos.example".to_owned(),
            account: self.account(),
            scopes: scopes.map(|s| ScopeLine::new(self.words, s)).to_vec(),
        }
    }

    fn sign_out(&self) -> SignOutPage {
        SignOutPage {
            page: self.page(),
            action: "/logout".to_owned(),
            csrf: self.token.clone(),
            account: Some(self.account()),
            others: false,
            client: Some(self.client()),
            hidden: vec![("state".to_owned(), self.token.clone())],
        }
    }

    fn sign_out_alone(&self) -> SignOutPage {
        SignOutPage { account: None, client: None, hidden: Vec::new(), ..self.sign_out() }
    }

    fn signed_out(&self) -> SignedOutPage {
        SignedOutPage {
            page: self.page(),
            client: Some(self.client()),
            continue_to: Some("https://photos.example/bye".to_owned()),
            notice: None,
        }
    }

    fn error(&self, reason: &str) -> ErrorPage {
        ErrorPage { back: Some("/".to_owned()), ..ErrorPage::new(self.page(), reason, &*self.token) }
    }

    fn account_page(&self) -> AccountPage {
        AccountPage {
            page: self.page(),
            csrf: self.token.clone(),
            account: self.account(),
            email: Some(self.email.clone()),
            email_verified: true,
            verify: None,
            mailed: false,
            username: Some("hana".to_owned()),
            signed_in_at: "2026-11-23 09:41".to_owned(),
            sign_out_action: "/logout".to_owned(),
            offer: None,
            pages: vec![("password-title", "/account/password"), ("two-step-title", "/account/two-step")],
        }
    }

    fn second_factor(&self) -> SecondFactorPage {
        SecondFactorPage {
            page: self.page(),
            action: "/login/second-factor".to_owned(),
            csrf: self.token.clone(),
            interaction: Some(self.token.clone()),
            client: Some(self.client()),
            challenge: self.token.clone(),
            has_app: true,
            passkey: None,
            trust_days: Some(30),
            error: None,
            restart: "/login".to_owned(),
        }
    }

    fn second_factor_wrong(&self) -> SecondFactorPage {
        SecondFactorPage { client: None, error: Some("second-factor-wrong".into()), ..self.second_factor() }
    }

    fn two_step(&self, state: State, error: Option<&'static str>) -> TwoStepPage {
        TwoStepPage {
            page: self.page(),
            action: "/account/two-step".to_owned(),
            csrf: self.token.clone(),
            interaction: None,
            done: "/account/two-step".to_owned(),
            state,
            passkey: None,
            error: error.map(|button| (button, "second-factor-wrong".into())),
        }
    }

    fn setting_up(&self) -> State {
        State::SettingUp {
            picture: "qr.svg".to_owned(),
            uri: format!("otpauth://totp/Genkan:{}", self.token),
            secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned(),
        }
    }

    pub fn form_post(&self) -> FormPostPage {
        FormPostPage {
            page: self.page(),
            action: "https://photos.example/callback".to_owned(),
            fields: vec![("code".to_owned(), self.token.clone()), ("state".to_owned(), self.token.clone())],
        }
    }

    pub fn samples(&self) -> Result<Vec<Sample>, askama::Error> {
        const SIGN_IN: &[&str] =
            &["id=\"username\" name=\"username\"", "id=\"password\" name=\"password\"", "id=\"login-submit\""];
        const SIGN_UP: &[&str] = &[
            "id=\"email\" name=\"email\"",
            "id=\"name\" name=\"name\"",
            "id=\"password\" name=\"password\"",
            "id=\"signup-submit\"",
        ];
        const PROVIDERS: &[&str] = &["id=\"login-with-google\"", "aria-invalid=\"true\"", "role=\"alert\""];
        const DECISION: &[&str] = &[
            "id=\"consent-allow\" type=\"submit\" name=\"decision\" value=\"allow\"",
            "id=\"consent-deny\" type=\"submit\" name=\"decision\" value=\"deny\"",
        ];
        let codes = State::Codes { codes: vec!["1234-5678-9012-3456".to_owned(); 10], first: true };
        let on = {
            let since = "2026-11-23 09:41 UTC".to_owned();
            State::On { app_since: Some(since.clone()), since, passkeys: 0, codes_left: 9 }
        };
        let error = |reason| self.error(reason).render();
        [
            sample("sign-in", self.sign_in().render(), SIGN_IN),
            sample("sign-in-alone", self.sign_in_alone().render(), SIGN_IN),
            sample("sign-in-wrong", self.sign_in_wrong().render(), PROVIDERS),
            sample("sign-in-throttled", self.sign_in_throttled().render(), SIGN_IN),
            sample("sign-up", self.sign_up().render(), SIGN_UP),
            sample("sign-up-wrong", self.sign_up_wrong().render(), SIGN_UP),
            sample("owner", self.owner().render(), &["name=\"token\""]),
            sample("consent", self.consent().render(), DECISION),
            sample("sign-out", self.sign_out().render(), &["id=\"logout-confirm\""]),
            sample("sign-out-alone", self.sign_out_alone().render(), &["id=\"logout-confirm\""]),
            sample("signed-out", self.signed_out().render(), &["https://photos.example/bye"]),
            sample(
                "error",
                error("invalid_redirect_uri"),
                &["<code id=\"error-code\">invalid_request</code>", "id=\"error-id\""],
            ),
            sample("error-server", error("server_error"), &["server_error</code>"]),
            sample("account", self.account_page().render(), &["name=\"csrf\""]),
            sample("second-factor", self.second_factor().render(), CODE),
            sample("second-factor-wrong", self.second_factor_wrong().render(), &["aria-invalid=\"true\""]),
            sample(
                "two-step-off",
                self.two_step(State::Off { passkeys: false }, None).render(),
                &["id=\"two-step-start\""],
            ),
            sample("two-step-setting-up", self.two_step(self.setting_up(), None).render(), &["<img src=\"qr.svg\""]),
            sample(
                "two-step-setting-up-wrong",
                self.two_step(self.setting_up(), Some("confirm")).render(),
                &["role=\"alert\""],
            ),
            sample("two-step-codes", self.two_step(codes, None).render(), &["1234-5678-9012-3456"]),
            sample("two-step-on", self.two_step(on.clone(), None).render(), &["id=\"two-step-off\""]),
            sample("two-step-on-wrong", self.two_step(on, Some("off")).render(), &["id=\"off-error\""]),
            sample("form-post", self.form_post().render(), &["method=\"post\""]),
        ]
        .into_iter()
        .chain(self.with_passkeys()?.into_iter().chain(self.with_providers()?).chain(self.upstream()?).map(Ok))
        .chain(self.people()?.into_iter().chain(self.profile_samples()?).chain(self.mail()?).map(Ok))
        .collect()
    }
}

/// A sample, if it can be rendered.
fn sample(
    name: &'static str,
    html: Result<String, askama::Error>,
    contracted: &'static [&'static str],
) -> Result<Sample, askama::Error> {
    html.map(|html| Sample { name, html, contracted })
}

//! Every page, in every language, with tame and with hostile values.
//!
//! With `GENKAN_RENDER_TO=DIR` set, the pages are also written there, to be looked at in a browser.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use askama::Template;

use super::account::AccountPage;
use super::consent::{ConsentPage, ScopeLine};
use super::error::ErrorPage;
use super::form_post::{FormPostPage, SCRIPT};
use super::page::{AccountView, ClientView, FieldError, LanguageLink, Page};
use super::select_account::SelectAccountPage;
use super::sign_in::{ProviderLink, SignInPage};
use super::sign_out::SignOutPage;
use super::sign_up::SignUpPage;
use super::signed_out::SignedOutPage;
use crate::i18n::{Language, Message, Words};

type Outcome = Result<(), Box<dyn Error>>;

/// A page, what it is called here, and what others rely on finding in it.
struct Sample {
    name: &'static str,
    html: String,
    contracted: &'static [&'static str],
}

const HOSTILE: &str = "\"><svg onload=alert(1)><script>alert(1)</script>'";

/// Pages filled with text that is short, or long, or hostile.
struct Filling {
    words: Words,
    app: String,
    person: String,
    email: String,
    token: String,
}

impl Filling {
    fn tame(language: Language) -> Self {
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

    fn long(language: Language) -> Self {
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
            email: "a.very.long.address.indeed.that.goes.on.and.on@subdomain.of.a.department.example.com"
                .to_owned(),
            ..Self::tame(language)
        }
    }

    fn hostile(language: Language) -> Self {
        let hostile = || HOSTILE.to_owned();
        Self {
            words: Words::new(language),
            app: hostile(),
            person: hostile(),
            email: hostile(),
            token: hostile(),
        }
    }

    fn page(&self) -> Page {
        let current = self.words.language();
        let languages = Language::ALL.map(|l| LanguageLink::new(l, format!("?lang={l}"), current));
        Page {
            words: self.words,
            instance: "Genkan".to_owned(),
            languages: languages.to_vec(),
            stylesheet: "genkan.css".to_owned(),
            icon: "genkan.svg".to_owned(),
        }
    }

    fn client(&self) -> ClientView {
        let at = |path: &str| Some(format!("https://photos.example/{path}"));
        ClientView {
            name: self.app.clone(),
            logo_uri: None,
            policy_uri: at("privacy"),
            tos_uri: at(&self.token),
            client_uri: at(""),
        }
    }

    fn account(&self) -> AccountView {
        AccountView {
            name: self.person.clone(),
            detail: self.email.clone(),
        }
    }

    fn sign_in(&self) -> SignInPage {
        SignInPage {
            page: self.page(),
            action: "/login".to_owned(),
            csrf: self.token.clone(),
            interaction: Some(self.token.clone()),
            client: Some(self.client()),
            username: String::new(),
            error: None,
            notice: None,
            sign_up: Some("/signup".to_owned()),
            cancel: Some("https://photos.example/callback?error=access_denied".to_owned()),
            providers: Vec::new(),
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

    fn sign_in_wrong(&self) -> SignInPage {
        let provider = |id: &str, label: &str| ProviderLink {
            id: id.to_owned(),
            label: label.to_owned(),
            href: format!("/login/{id}"),
        };
        SignInPage {
            username: self.email.clone(),
            error: Some("error-credentials".into()),
            providers: vec![provider("google", "Google"), provider("line", "LINE")],
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
            name: String::new(),
            errors: Vec::new(),
            sign_in: "/login".to_owned(),
            owner: false,
            setup: None,
        }
    }

    fn sign_up_wrong(&self) -> SignUpPage {
        SignUpPage {
            email: self.email.clone(),
            name: self.person.clone(),
            errors: vec![
                FieldError::new("name", Message::new("name-long").with("max", 100)),
                FieldError::new("email", "email-taken"),
                FieldError::new("password", "password-short"),
            ],
            ..self.sign_up()
        }
    }

    fn owner(&self) -> SignUpPage {
        SignUpPage {
            interaction: None,
            client: None,
            owner: true,
            setup: Some(self.token.clone()),
            ..self.sign_up()
        }
    }

    fn select_account(&self) -> SelectAccountPage {
        SelectAccountPage {
            page: self.page(),
            action: "/select".to_owned(),
            csrf: self.token.clone(),
            interaction: Some(self.token.clone()),
            client: Some(self.client()),
            account: self.account(),
        }
    }

    fn consent(&self) -> ConsentPage {
        let scopes = ["profile", "email", "offline_access", &self.token];
        ConsentPage {
            page: self.page(),
            action: "/consent".to_owned(),
            csrf: self.token.clone(),
            interaction: Some(self.token.clone()),
            client: ClientView {
                logo_uri: Some("sample-logo.svg".replace("sample", "https://nowhere.invalid/")),
                ..self.client()
            },
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
            client: Some(self.client()),
            hidden: vec![("state".to_owned(), self.token.clone())],
        }
    }

    fn sign_out_alone(&self) -> SignOutPage {
        SignOutPage {
            account: None,
            client: None,
            hidden: Vec::new(),
            ..self.sign_out()
        }
    }

    fn signed_out(&self) -> SignedOutPage {
        SignedOutPage {
            page: self.page(),
            client: Some(self.client()),
            continue_to: Some("https://photos.example/bye".to_owned()),
        }
    }

    fn error(&self, reason: &str) -> ErrorPage {
        ErrorPage {
            back: Some("/".to_owned()),
            ..ErrorPage::new(self.page(), reason, &*self.token)
        }
    }

    fn account_page(&self) -> AccountPage {
        AccountPage {
            page: self.page(),
            csrf: self.token.clone(),
            account: self.account(),
            email: Some(self.email.clone()),
            email_verified: true,
            username: Some("hana".to_owned()),
            signed_in_at: "2026-11-23 09:41".to_owned(),
            sign_out_action: "/logout".to_owned(),
        }
    }

    fn form_post(&self) -> FormPostPage {
        FormPostPage {
            page: self.page(),
            action: "https://photos.example/callback".to_owned(),
            fields: vec![
                ("code".to_owned(), self.token.clone()),
                ("state".to_owned(), self.token.clone()),
            ],
        }
    }

    fn samples(&self) -> Result<Vec<Sample>, askama::Error> {
        const SIGN_IN: &[&str] = &[
            "id=\"username\" name=\"username\"",
            "id=\"password\" name=\"password\"",
            "id=\"login-submit\"",
        ];
        const SIGN_UP: &[&str] = &[
            "id=\"email\" name=\"email\"",
            "id=\"name\" name=\"name\"",
            "id=\"password\" name=\"password\"",
            "id=\"signup-submit\"",
        ];
        const PROVIDERS: &[&str] = &[
            "id=\"login-with-google\"",
            "aria-invalid=\"true\"",
            "role=\"alert\"",
        ];
        const CHOICES: &[&str] = &["id=\"account-continue\"", "id=\"account-other\""];
        const DECISION: &[&str] = &[
            "id=\"consent-allow\" type=\"submit\" name=\"decision\" value=\"allow\"",
            "id=\"consent-deny\" type=\"submit\" name=\"decision\" value=\"deny\"",
        ];
        let sample = |name, html: Result<String, askama::Error>, contracted| {
            html.map(|html| Sample {
                name,
                html,
                contracted,
            })
        };
        let error = |reason| self.error(reason).render();
        [
            sample("sign-in", self.sign_in().render(), SIGN_IN),
            sample("sign-in-alone", self.sign_in_alone().render(), SIGN_IN),
            sample("sign-in-wrong", self.sign_in_wrong().render(), PROVIDERS),
            sample(
                "sign-in-throttled",
                self.sign_in_throttled().render(),
                SIGN_IN,
            ),
            sample("sign-up", self.sign_up().render(), SIGN_UP),
            sample("sign-up-wrong", self.sign_up_wrong().render(), SIGN_UP),
            sample("owner", self.owner().render(), &["name=\"token\""]),
            sample("select-account", self.select_account().render(), CHOICES),
            sample("consent", self.consent().render(), DECISION),
            sample(
                "sign-out",
                self.sign_out().render(),
                &["id=\"logout-confirm\""],
            ),
            sample(
                "sign-out-alone",
                self.sign_out_alone().render(),
                &["id=\"logout-confirm\""],
            ),
            sample(
                "signed-out",
                self.signed_out().render(),
                &["https://photos.example/bye"],
            ),
            sample(
                "error",
                error("invalid_redirect_uri"),
                &[
                    "<code id=\"error-code\">invalid_request</code>",
                    "id=\"error-id\"",
                ],
            ),
            sample(
                "error-server",
                error("server_error"),
                &["server_error</code>"],
            ),
            sample("account", self.account_page().render(), &["name=\"csrf\""]),
            sample("form-post", self.form_post().render(), &["method=\"post\""]),
        ]
        .into_iter()
        .collect()
    }
}

fn written_to(folder: &Path, prefix: &str, samples: &[Sample], language: Language) -> Outcome {
    for sample in samples {
        let file = format!("{prefix}{}.{language}.html", sample.name);
        // In a file that script would leave the page at once.
        let html = sample.html.replace(SCRIPT, "");
        fs::write(folder.join(file), html)?;
    }
    Ok(())
}

#[test]
fn every_page_has_what_others_rely_on() -> Outcome {
    let to = std::env::var_os("GENKAN_RENDER_TO").map(PathBuf::from);
    if let Some(to) = &to {
        fs::create_dir_all(to)?;
        for file in ["genkan.css", "genkan.svg"] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
            fs::copy(from.join(file), to.join(file))?;
        }
    }
    for language in Language::ALL {
        for (prefix, filling) in [
            ("", Filling::tame(language)),
            ("long-", Filling::long(language)),
        ] {
            let samples = filling.samples()?;
            if let Some(to) = &to {
                written_to(to, prefix, &samples, language)?;
            }
            for Sample {
                name,
                html,
                contracted,
            } in samples
            {
                let expected = format!("<html lang=\"{language}\">");
                assert!(html.contains(&expected), "{name}");
                assert_eq!(html.matches("<h1").count(), 1, "{name}: one h1");
                assert_eq!(html.matches("<main").count(), 1, "{name}: one main");
                assert!(!html.contains(" style="), "{name}: an inline style");
                assert!(!html.contains("{$"), "{name}: a message lacks a value");
                for part in contracted {
                    assert!(html.contains(part), "{name} ({language}) lacks {part}");
                }
            }
        }
    }
    Ok(())
}

#[test]
fn no_text_from_outside_becomes_markup() -> Outcome {
    for language in Language::ALL {
        for Sample { name, html, .. } in Filling::hostile(language).samples()? {
            assert!(!html.contains("<svg"), "{name}: {html}");
            let scripts = html.matches("<script").count();
            let own = usize::from(name == "form-post");
            assert_eq!(scripts, own, "{name}: {html}");
            assert!(!html.contains("alert(1)</script>"), "{name}: {html}");
        }
    }
    Ok(())
}

#[test]
fn the_only_script_is_the_one_whose_hash_is_allowed() -> Outcome {
    let html = Filling::tame(Language::En).form_post().render()?;
    let expected = format!("<script>{SCRIPT}</script>");
    assert!(html.contains(&expected));
    assert!(!html.contains("name=\"submit\"") && !html.contains("id=\"submit\""));
    assert!(
        !html.contains("hreflang"),
        "a link here would lose the answer"
    );
    Ok(())
}

#[test]
fn every_code_has_a_page_in_every_language() {
    let codes = [
        "invalid_request",
        "invalid_client",
        "unauthorized_client",
        "invalid_redirect_uri",
        "unsupported_response_type",
        "access_denied",
        "server_error",
        "temporarily_unavailable",
        "invalid_csrf",
        "not_found",
        "method_not_allowed",
        "too_many_requests",
        "payload_too_large",
        "sign_up_closed",
        "setup_link_invalid",
        "other_browser",
    ];
    for language in Language::ALL {
        let page = |code| ErrorPage::new(Filling::tame(language).page(), code, "id");
        let unknown = page("no_such_code");
        assert_eq!(unknown.title, page("server_error").title);
        for code in codes {
            let page = page(code);
            assert!(
                code == "server_error" || page.title != unknown.title,
                "{code}"
            );
            assert!(!page.explanation.starts_with("error-"), "{code}");
            assert!(!page.advice.starts_with("error-"), "{code}");
        }
    }
}

#[test]
fn the_sign_up_form_says_what_is_wrong_where_it_is() -> Outcome {
    let html = Filling::tame(Language::En).sign_up_wrong().render()?;
    assert!(html.contains("aria-describedby=\"password-error password-hint\""));
    assert!(html.contains("aria-describedby=\"email-error\""));
    assert_eq!(html.matches("aria-invalid=\"true\"").count(), 3);
    assert_eq!(html.matches("autofocus").count(), 1);
    Ok(())
}

#[test]
fn a_password_is_never_given_back() -> Outcome {
    let html = Filling::tame(Language::En).sign_in_wrong().render()?;
    let password = html
        .split("id=\"password\"")
        .nth(1)
        .and_then(|s| s.split('>').next());
    assert!(password.is_some_and(|attributes| !attributes.contains("value=")));
    Ok(())
}

//! Signing in elsewhere: what is said and asked on the way, and the ways in that an account has.
use super::{Filling, Sample, sample};
use crate::i18n::Message;
use crate::web::account::{
    kept_access::KeptAccess,
    ways_in::{WayIn, WaysInPage},
};
use crate::web::pages::{provider_buttons::Brand, sign_in::SignInPage};
use crate::web::upstream::{
    Outcome,
    events::signed::DataDeletionPage,
    link_account::LinkAccountPage,
    onward::OnwardPage,
    welcome::{BeginAgainPage, WelcomePage},
};
use askama::Template;

impl Filling {
    fn welcome(&self) -> WelcomePage {
        WelcomePage {
            page: self.page(),
            client: Some(self.client()),
            provider: "Google".to_owned(),
            email: Some(self.email.clone()),
            name: self.person.clone(),
            error: None,
            action: "/welcome",
            csrf: self.token.clone(),
            interaction: Some(self.token.clone()),
            back: None,
        }
    }

    fn welcome_wrong(&self) -> WelcomePage {
        WelcomePage {
            client: None,
            provider: self.app.clone(),
            email: None,
            name: String::new(),
            error: Some("required".into()),
            interaction: None,
            back: Some("/account".to_owned()),
            ..self.welcome()
        }
    }

    fn link_account(&self) -> LinkAccountPage {
        LinkAccountPage {
            page: self.page(),
            client: Some(self.client()),
            account: self.account(),
            brand: Brand::Google,
            provider: "Google".to_owned(),
            known_as: Some(self.email.clone()),
            action: "/link",
            csrf: self.token.clone(),
            interaction: Some(self.token.clone()),
            back: None,
        }
    }

    fn ways_in(&self, linked: Vec<WayIn>) -> WaysInPage {
        WaysInPage {
            page: self.page(),
            action: "/account/ways-in".to_owned(),
            csrf: self.token.clone(),
            linked,
            others: self.providers(&[Brand::Apple, Brand::Line, Brand::GitHub]),
            notice: None,
            error: None,
        }
    }

    fn linked(&self) -> Vec<WayIn> {
        let way = |brand, provider: &str, known_as, last_used_at: Option<&str>| WayIn {
            id: format!("{brand}-{}", self.token),
            brand,
            provider: provider.to_owned(),
            known_as,
            linked_at: "2026-11-23 09:41 UTC".to_owned(),
            last_used_at: last_used_at.map(ToOwned::to_owned),
            told: vec![],
            kept: None,
        };
        let kept = |apps: &[&str], dead| {
            let apps = apps.iter().map(ToString::to_string).collect();
            Some(KeptAccess { apps, since: "2026-11-23 09:41 UTC".to_owned(), dead })
        };
        vec![
            way(Brand::Google, "Google", Some(self.email.clone()), Some("2026-11-24 08:15 UTC")),
            way(Brand::Generic, &self.app, Some(self.person.clone()), None),
            WayIn {
                told: ["ways-in-suspended", "ways-in-mail-stopped"]
                    .map(|key| Message::new(key).with("provider", "X"))
                    .into(),
                ..way(Brand::X, "X", None, None)
            },
            WayIn { kept: kept(&[&self.app, "Calendar"], true), ..way(Brand::X, "X", None, None) },
            WayIn { kept: kept(&[], false), ..way(Brand::Apple, "Apple", Some(self.email.clone()), None) },
        ]
    }

    /// The page that says what came of going to a provider.
    fn outcome(&self, outcome: Outcome) -> SignInPage {
        let providers = self.providers(&[Brand::Google, Brand::Apple]);
        SignInPage { notice: Some(outcome.message("Google")), providers, ..self.sign_in() }
    }

    pub(super) fn upstream(&self) -> Result<Vec<Sample>, askama::Error> {
        const NOTICE: &[&str] = &["role=\"status\"", "id=\"login-with-google\""];
        const LINK: &[&str] = &[
            "id=\"link-submit\" type=\"submit\" name=\"decision\" value=\"link\"",
            "id=\"link-later\" type=\"submit\" name=\"decision\" value=\"later\"",
        ];
        const ADD: &[&str] = &["id=\"link-apple\" type=\"submit\" name=\"provider\" value=\"apple\""];
        const ACCESS: &[&str] = &["type=\"submit\" name=\"action\" value=\"end-access\""];
        const WELCOME: &[&str] = &["id=\"name\" name=\"name\"", "id=\"welcome-submit\"", "id=\"welcome-sign-in\""];
        let unnamed = LinkAccountPage {
            client: None,
            interaction: None,
            brand: Brand::Generic,
            provider: self.app.clone(),
            known_as: None,
            back: Some("/account".to_owned()),
            ..self.link_account()
        };
        let begin_again = BeginAgainPage { page: self.page(), provider: "LINE".to_owned(), href: "/login/line".into() };
        let data_deletion = DataDeletionPage {
            page: self.page(),
            provider: "Facebook".to_owned(),
            at: "2026-11-23 09:41 UTC".to_owned(),
            code: "0f".repeat(36),
        };
        let onward = OnwardPage {
            page: self.page(),
            provider: "Google".to_owned(),
            href: format!("https://google.example/auth?state={}&scope=openid", self.token),
        };
        let none = WaysInPage { notice: Some(Outcome::Trouble.message("Google")), ..self.ways_in(vec![]) };
        let only = WaysInPage { error: Some("ways-in-only".into()), others: vec![], ..self.ways_in(self.linked()) };
        let no_password = SignInPage { local: false, sign_up: None, ..self.outcome(Outcome::Unknown) };
        [
            sample("sign-in-cancelled", self.outcome(Outcome::Cancelled).render(), NOTICE),
            sample("sign-in-trouble", self.outcome(Outcome::Trouble).render(), NOTICE),
            sample("sign-in-not-welcome", self.outcome(Outcome::NotWelcome).render(), NOTICE),
            sample("sign-in-unknown", no_password.render(), NOTICE),
            sample("sign-in-prove-first", self.outcome(Outcome::ProveFirst).render(), NOTICE),
            sample("welcome", self.welcome().render(), WELCOME),
            sample("welcome-wrong", self.welcome_wrong().render(), &["aria-describedby=\"name-error\""]),
            sample("link-account", self.link_account().render(), LINK),
            sample("link-account-unnamed", unnamed.render(), LINK),
            sample("begin-again", begin_again.render(), &["id=\"begin-again\" href=\"/login/line\""]),
            sample("onward", onward.render(), &["http-equiv=\"refresh\" content=\"0;url=https://google.example/auth?"]),
            sample("sign-in-suspended", self.outcome(Outcome::Suspended).render(), NOTICE),
            sample("data-deletion", data_deletion.render(), &["id=\"data-deletion-code\""]),
            sample("ways-in", self.ways_in(self.linked()).render(), ACCESS),
            sample("ways-in-none", none.render(), ADD),
            sample("ways-in-only", only.render(), &["role=\"alert\""]),
        ]
        .into_iter()
        .collect()
    }
}

//! Getting in by mail, and changing the address.
use super::{Filling, Sample, sample};
use crate::web::account::email::{self, EmailPage};
use crate::web::pages::{
    forgot::ForgotPage,
    link::{LinkPage, ToldPage},
    local_mail::{LocalMailPage, MailView},
    mail_sign_in::{MailSignInPage, Step},
    reset::ResetPage,
};
use askama::Template;

impl Filling {
    fn forgot(&self, error: Option<&'static str>, sent: bool) -> ForgotPage {
        ForgotPage {
            page: self.page(),
            action: "/forgot".to_owned(),
            csrf: self.token.clone(),
            interaction: Some(self.token.clone()),
            client: Some(self.client()),
            email: self.email.clone(),
            error: error.map(Into::into),
            sent,
            sign_in: "/login".to_owned(),
        }
    }

    fn reset(&self, error: Option<&'static str>) -> ResetPage {
        ResetPage {
            page: self.page(),
            action: "/reset".to_owned(),
            csrf: self.token.clone(),
            email: self.email.clone(),
            error: error.map(Into::into),
            first: error.is_some(),
        }
    }

    fn by_mail(&self, step: Step, error: Option<&'static str>) -> MailSignInPage {
        MailSignInPage {
            page: self.page(),
            action: "/login/mail".to_owned(),
            csrf: self.token.clone(),
            interaction: Some(self.token.clone()),
            client: Some(self.client()),
            step,
            error: error.map(Into::into),
            sign_in: "/login".to_owned(),
        }
    }

    fn link(&self, name: &'static str) -> LinkPage {
        LinkPage {
            page: self.page(),
            client: None,
            name,
            email: self.email.clone(),
            notes: vec!["mail-link-elsewhere".into()],
            action: "/verify".to_owned(),
            csrf: self.token.clone(),
        }
    }

    fn told(&self, name: &'static str) -> ToldPage {
        ToldPage { page: self.page(), name, email: self.email.clone(), onward: "/account" }
    }

    fn change_email(&self, step: email::Step, error: Option<&'static str>) -> EmailPage {
        EmailPage {
            page: self.page(),
            action: "/account/email".to_owned(),
            csrf: self.token.clone(),
            step,
            error: error.map(Into::into),
        }
    }

    fn local_mails(&self) -> LocalMailPage {
        let mail = MailView {
            to: self.email.clone(),
            subject: self.app.clone(),
            at: "2026-11-23 09:41 UTC".to_owned(),
            text: format!("{}\n\nhttps://id.example.com/reset?token={}", self.person, self.token),
            html: "/mail/0".to_owned(),
        };
        LocalMailPage { page: self.page(), mails: vec![mail.clone(), mail] }
    }

    pub(super) fn mail(&self) -> Result<Vec<Sample>, askama::Error> {
        const CODE: &[&str] = &["id=\"code\" name=\"code\"", "autocomplete=\"one-time-code\"", "inputmode=\"numeric\""];
        const WRONG: &[&str] = &["role=\"alert\"", "aria-invalid=\"true\""];
        let address = || Step::Address { email: self.email.clone(), back: Some(self.token.clone()) };
        let code = || Step::Code { waiting: self.token.clone(), again: "/login/mail".to_owned() };
        let new = |asks_both| email::Step::Address {
            current: Some(self.email.clone()),
            asks_both,
            email: self.email.clone(),
        };
        let old = |without| {
            let (email, new, waiting) = (self.email.clone(), self.email.clone(), self.token.clone());
            email::Step::Approval { email, new, waiting, without }
        };
        let stuck = email::Step::Stuck { email: self.email.clone(), days: 7 };
        let sent = email::Step::Code { email: self.email.clone(), waiting: self.token.clone() };
        Ok(vec![
            sample("forgot", self.forgot(None, false).render(), &["id=\"forgot-submit\""])?,
            sample("forgot-wrong", self.forgot(Some("email-invalid"), false).render(), WRONG)?,
            sample("forgot-sent", self.forgot(None, true).render(), &["role=\"status\""])?,
            sample("reset", self.reset(None).render(), &["id=\"reset-submit\"", "autocomplete=\"new-password\""])?,
            sample("reset-wrong", self.reset(Some("password-short")).render(), WRONG)?,
            sample("mail-sign-in", self.by_mail(address(), None).render(), &["id=\"mail-sign-in-submit\""])?,
            sample("mail-sign-in-wrong", self.by_mail(address(), Some("email-invalid")).render(), WRONG)?,
            sample("mailed-code", self.by_mail(code(), None).render(), CODE)?,
            sample("mailed-code-wrong", self.by_mail(code(), Some("mailed-code-wrong")).render(), WRONG)?,
            sample("mail-link", self.link("mail-link").render(), &["id=\"mail-link-submit\""])?,
            sample("verify", self.link("verify").render(), &["id=\"verify-submit\""])?,
            sample("verify-done", self.told("verify").render(), &["id=\"verify-onward\""])?,
            sample("change-email", self.change_email(new(true), None).render(), &["id=\"change-email-submit\""])?,
            sample("change-email-wrong", self.change_email(new(false), Some("change-email-same")).render(), WRONG)?,
            sample("approve-email-code", self.change_email(old("approve-email-without"), None).render(), CODE)?,
            sample(
                "approve-email-wrong",
                self.change_email(old("approve-email-go-on"), Some("mailed-code-wrong")).render(),
                WRONG,
            )?,
            sample("approve-email-stuck", self.change_email(stuck, None).render(), &["id=\"approve-email-stuck\""])?,
            sample("approve-email", self.link("approve-email").render(), &["id=\"approve-email-submit\""])?,
            sample("approve-email-done", self.told("approve-email").render(), &["id=\"approve-email-onward\""])?,
            sample("change-email-code", self.change_email(sent, None).render(), CODE)?,
            sample("confirm-email", self.link("confirm-email").render(), &["id=\"confirm-email-submit\""])?,
            sample("confirm-email-done", self.told("confirm-email").render(), &["id=\"confirm-email-onward\""])?,
            sample("undo-email", self.link("undo-email").render(), &["id=\"undo-email-submit\""])?,
            sample("undo-email-done", self.told("undo-email").render(), &["id=\"undo-email-onward\""])?,
            sample("undo-link", self.link("undo-link").render(), &["id=\"undo-link-submit\""])?,
            sample("undo-link-done", self.told("undo-link").render(), &["id=\"undo-link-onward\""])?,
            sample("local-mail", self.local_mails().render(), &["class=\"mail-text\""])?,
        ])
    }
}

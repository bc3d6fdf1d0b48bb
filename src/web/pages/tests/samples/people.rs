//! Several people in one browser, proving more, and coming back.
use super::{Filling, Sample, sample};
use crate::web::account::{
    activity::{ActivityPage, EventLine},
    leave::LeavePage,
};
use crate::web::pages::{
    enroll::EnrollPage,
    page::AccountView,
    returning::ReturningPage,
    select_account::{AccountChoice, SelectAccountPage},
    sign_out::SignOutPage,
};
use askama::Template;

impl Filling {
    pub(super) fn people(&self) -> Result<Vec<Sample>, askama::Error> {
        const CHOICES: &[&str] = &["id=\"account-continue\"", "id=\"account-other\""];
        const EVERYBODY: &[&str] = &["id=\"logout-confirm\"", "id=\"logout-everybody\""];
        let alone = SelectAccountPage { client: None, interaction: None, ..self.select_account() };
        let frozen = ReturningPage { delete_at: None, ..self.returning() };
        let out = SignOutPage { others: true, ..self.sign_out() };
        Ok(vec![
            sample("select-account", self.select_account().render(), CHOICES)?,
            sample("select-account-alone", alone.render(), CHOICES)?,
            sample("sign-out-several", out.render(), EVERYBODY)?,
            sample("activity", self.activity().render(), &["id=\"activity-earlier\""])?,
            sample("leave", self.leave().render(), &["id=\"leave-export\"", "id=\"leave-delete\""])?,
            sample("enroll", self.enroll().render(), &["id=\"enroll-set-up\""])?,
            sample("returning", self.returning().render(), &["id=\"returning-submit\""])?,
            sample("returning-frozen", frozen.render(), &["id=\"returning-submit\""])?,
        ])
    }

    fn select_account(&self) -> SelectAccountPage {
        let other = AccountView { name: "Work".to_owned(), ..self.account() };
        let choice = |account| AccountChoice { sid: self.token.clone(), account };
        SelectAccountPage {
            page: self.page(),
            action: "/select".to_owned(),
            csrf: self.token.clone(),
            interaction: Some(self.token.clone()),
            client: Some(self.client()),
            accounts: vec![choice(self.account()), choice(other)],
        }
    }

    fn activity(&self) -> ActivityPage {
        let line = |what: &str, alarming: bool| EventLine {
            what: self.page().words.get(what),
            app: (!alarming).then(|| self.app.clone()),
            when: "2026-11-24 09:41 UTC".to_owned(),
            device: Some("Safari · iPhone".to_owned()),
            address: Some("203.0.113.9".to_owned()),
            alarming,
        };
        let events = vec![line("event-signed-in-anew", true), line("event-app-allowed", false)];
        ActivityPage { page: self.page(), events, earlier: Some("/account/activity?before=1.a".to_owned()) }
    }

    fn leave(&self) -> LeavePage {
        LeavePage {
            page: self.page(),
            action: "/account/leave".to_owned(),
            csrf: self.token.clone(),
            grace_days: 14,
            error: Some("leave-sure-needed".into()),
        }
    }

    fn enroll(&self) -> EnrollPage {
        EnrollPage {
            page: self.page(),
            client: self.client(),
            needs_passkey: false,
            set_up: "/account/two-step".to_owned(),
        }
    }

    fn returning(&self) -> ReturningPage {
        ReturningPage {
            page: self.page(),
            action: "/login/returning".to_owned(),
            csrf: self.token.clone(),
            interaction: None,
            account: self.account(),
            challenge: self.token.clone(),
            delete_at: Some("2026-12-24 12:00 UTC".to_owned()),
        }
    }
}

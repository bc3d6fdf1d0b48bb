//! `/admin/settings`: what can be changed while Genkan runs, form by form.
mod fields;
mod preview;

pub use fields::{FieldView, view};
pub use preview::show as preview;

use super::{AdminPage, Desk};
use crate::{
    admin::{self, Fault, settings::Office},
    app::settings::Opened,
    config::live::Entry,
    domain::Permission,
    i18n::Message,
    protocol::params::Params,
    web::{
        assets,
        error::PageError,
        forms::PageForm,
        pages::render::{Frame, see_other},
    },
};
use actix_web::{HttpResponse, web::Path};
use askama::Template;

const PLACE: &str = "/admin/settings";
/// Where the menu leads.
const FIRST: &str = "/admin/settings/branding";

#[derive(Clone, Debug, Template)]
#[template(path = "admin/settings.html")]
pub struct SettingsPage {
    pub admin: AdminPage,
    /// The forms there are, and whether it is the one that is shown.
    pub groups: Vec<(&'static str, bool)>,
    /// The one that is shown.
    pub group: &'static str,
    pub fields: Vec<FieldView>,
    /// The version that the form is made from.
    pub version: i64,
    pub faults: Vec<Message>,
    pub may_write: bool,
    /// What shows how it will look, while somebody types.
    pub script: String,
    /// How a mail for trying went: `None` where none was asked for.
    pub mail: Option<MailOutcome>,
    /// Where such a mail goes.
    pub own_address: Option<String>,
}

/// How a mail for trying went.
#[derive(Clone, Debug)]
pub struct MailOutcome {
    pub good: bool,
    /// What the server answered, where it did not take it.
    pub detail: String,
}

impl SettingsPage {
    fn is_branding(&self) -> bool {
        self.group == "branding"
    }

    fn is_mail(&self) -> bool {
        self.group == "mail"
    }

    /// The message that says a choice.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn choice_key(&self, word: &str) -> String {
        choice_key(word)
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn group_key(&self, group: &str) -> String {
        format!("admin-settings-{group}")
    }
}

/// The message that says a choice.
pub fn choice_key(word: &str) -> String {
    format!("admin-setting-choice-{word}")
}

/// `GET /admin/settings`: the first form.
pub async fn first(_desk: Desk) -> Result<HttpResponse, PageError> {
    Ok(see_other(FIRST))
}

/// `GET /admin/settings/{group}`.
pub async fn get(desk: Desk, group: Path<String>) -> Result<HttpResponse, PageError> {
    let form = Form::read(&desk, &group).await?;
    let frame = desk.visit.frame(None);
    Ok(desk.show(&frame, &form.page(&desk, &frame, None, &[])))
}

/// `POST /admin/settings/{group}`: saves, or brings one back to its default.
pub async fn save(desk: Desk, group: Path<String>, posted: PageForm) -> Result<HttpResponse, PageError> {
    let form = Form::read(&desk, &group).await?;
    match form.save(&desk, &posted.0).await? {
        Saved::Done => Ok(see_other(&format!("{PLACE}/{}", form.group))),
        Saved::Faults(faults) => {
            let frame = desk.visit.frame(None);
            Ok(desk.show_faults(&frame, &form.page(&desk, &frame, Some(&posted.0), &faults)))
        }
    }
}

/// `POST /admin/try-mail`: sends the operator a message by the settings that are saved, and says what came of it.
pub async fn try_mail(desk: Desk, _posted: PageForm) -> Result<HttpResponse, PageError> {
    let form = Form::read(&desk, "mail").await?;
    let app = &desk.visit.app;
    let frame = desk.visit.frame(None);
    let email = desk.user().email.clone().ok_or(PageError::Stale)?;
    let sent = app.mailer.try_out(email, frame.words, app.clock.now()).await;
    let outcome = match sent {
        Ok(()) => MailOutcome { good: true, detail: app.mailer.way().to_owned() },
        Err(why) => MailOutcome { good: false, detail: chain(&why) },
    };
    let page = SettingsPage { mail: Some(outcome), ..form.page(&desk, &frame, None, &[]) };
    Ok(desk.show(&frame, &page))
}

/// An error with all that led to it: what the server answered is further in.
fn chain(why: &dyn std::error::Error) -> String {
    let mut told = why.to_string();
    let mut inner = why.source();
    while let Some(cause) = inner {
        let cause_told = cause.to_string();
        if !told.contains(&cause_told) {
            told = format!("{told}: {cause_told}");
        }
        inner = cause.source();
    }
    told
}

/// A form, as it is stored.
pub struct Form {
    pub group: &'static str,
    pub opened: Opened,
    pub entries: Vec<Entry>,
}

/// What came of saving.
pub enum Saved {
    /// What was typed holds now.
    Done,
    /// Nothing was saved.
    Faults(Vec<Fault>),
}

impl Form {
    async fn read(desk: &Desk, group: &str) -> Result<Self, PageError> {
        let (group, names) = fields::group(group).ok_or(PageError::NotFound)?;
        Self::of(desk, group, names).await
    }

    /// The form of some settings.
    pub async fn of(desk: &Desk, group: &'static str, names: &[&str]) -> Result<Self, PageError> {
        let app = &desk.visit.app;
        let opened = Office::from(app.as_ref()).read().await?;
        let all = app.config.entries(&opened.stored);
        let entries = names.iter().filter_map(|name| all.iter().find(|entry| entry.key.name == *name)).cloned();
        Ok(Self { group, entries: entries.collect(), opened })
    }

    /// Saves what was typed into it, unless somebody else saved since it was shown.
    pub async fn save(&self, desk: &Desk, posted: &Params) -> Result<Saved, PageError> {
        let app = &desk.visit.app;
        let changes = fields::changes(&self.entries, posted);
        let version = posted.get("version").and_then(|text| text.parse().ok()).ok_or(PageError::Stale)?;
        match Office::from(app.as_ref()).save(desk.operator(), &changes, Some(version), app.clock.now()).await {
            Ok(_) => {
                app.follow().await;
                Ok(Saved::Done)
            }
            Err(admin::Error::Invalid(faults)) => Ok(Saved::Faults(faults)),
            Err(why) => Err(why.into()),
        }
    }

    /// What is wrong, and with none of its settings.
    pub fn stray(&self, faults: &[Fault]) -> Vec<Message> {
        let is_stray = |fault: &&Fault| self.entries.iter().all(|entry| entry.key.name != fault.field);
        faults.iter().filter(is_stray).map(|fault| fault.message.clone()).collect()
    }

    fn page(&self, desk: &Desk, frame: &Frame, typed: Option<&Params>, faults: &[Fault]) -> SettingsPage {
        SettingsPage {
            admin: desk.page(frame, FIRST, &format!("{PLACE}/{}", self.group)),
            groups: fields::names().map(|group| (group, group == self.group)).collect(),
            group: self.group,
            fields: self.entries.iter().map(|entry| fields::view(entry, typed, faults)).collect(),
            version: self.opened.version,
            faults: self.stray(faults),
            may_write: desk.operator().may(Permission::SettingsWrite),
            script: assets::PREVIEW.clone(),
            mail: None,
            own_address: desk.user().email.as_ref().map(ToString::to_string),
        }
    }
}

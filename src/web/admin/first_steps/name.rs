//! `/admin/first-steps/name`: what the instance is called, its colour and its languages. The same settings as those of
//! `/admin/settings`, saved the same way.
use super::{OVERVIEW, Progress, Step};
use crate::{
    admin::Fault,
    i18n::Message,
    protocol::params::Params,
    web::{
        admin::{
            AdminPage, Desk,
            settings::{FieldView, Form, Saved, choice_key, view},
        },
        error::PageError,
        forms::PageForm,
        pages::render::{Frame, see_other},
    },
};
use actix_web::HttpResponse;
use askama::Template;

/// What is asked for first.
const SETTINGS: [&str; 3] = ["instance.name", "instance.accent", "instance.languages"];

#[derive(Clone, Debug, Template)]
#[template(path = "admin/first_steps_name.html")]
pub struct NamePage {
    pub admin: AdminPage,
    pub progress: Progress,
    pub fields: Vec<FieldView>,
    /// The version that the form is made from.
    pub version: i64,
    pub faults: Vec<Message>,
    /// What the template of a setting asks; whoever may not, is not here.
    pub may_write: bool,
}

impl NamePage {
    /// The message that says a choice.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn choice_key(&self, word: &str) -> String {
        choice_key(word)
    }
}

/// `GET /admin/first-steps/name`.
pub async fn get(desk: Desk) -> Result<HttpResponse, PageError> {
    let form = Form::of(&desk, "name", &SETTINGS).await?;
    let frame = desk.visit.frame(None);
    Ok(desk.show(&frame, &page(&desk, &frame, &form, None, &[])))
}

/// `POST /admin/first-steps/name`: saves and goes on, or brings one back to its default and stays.
pub async fn post(desk: Desk, posted: PageForm) -> Result<HttpResponse, PageError> {
    let form = Form::of(&desk, "name", &SETTINGS).await?;
    match form.save(&desk, &posted.0).await? {
        Saved::Done if posted.0.get("reset").is_some() => Ok(see_other(&Step::Name.href())),
        Saved::Done => Ok(see_other(&Step::Name.onward())),
        Saved::Faults(faults) => {
            let frame = desk.visit.frame(None);
            Ok(desk.show_faults(&frame, &page(&desk, &frame, &form, Some(&posted.0), &faults)))
        }
    }
}

fn page(desk: &Desk, frame: &Frame, form: &Form, typed: Option<&Params>, faults: &[Fault]) -> NamePage {
    NamePage {
        admin: desk.page(frame, OVERVIEW, &Step::Name.href()),
        progress: Progress::at(Step::Name, &desk.visit.app),
        fields: form.entries.iter().map(|entry| view(entry, typed, faults)).collect(),
        version: form.opened.version,
        faults: form.stray(faults),
        may_write: true,
    }
}

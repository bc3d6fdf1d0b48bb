//! `/admin/first-steps`: whoever made the owner's account is led on, to the instance's name, its first app, and ways to
//! sign in. Each step can be passed over, and is there for as long as anybody wants it.
mod name;
mod ways;

pub use name::{get as name, post as save_name};
pub use ways::get as ways;

use super::Desk;
use crate::{
    app::App,
    domain::{Permission, words},
    web::{error::PageError, pages::render::see_other},
};
use actix_web::HttpResponse;

/// What an instance is called before somebody names it.
const UNNAMED: &str = "Genkan";
/// Where the steps end, and where they began.
pub const OVERVIEW: &str = "/admin";

/// A step. The one before them all, the owner's account, is done by whoever sees these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// What people read wherever they sign in.
    Name,
    /// The first app.
    App,
    /// Where else people sign in.
    Ways,
}

words!(Step { Name = "name", App = "app", Ways = "sign-in" });

impl Step {
    /// The message that names it.
    pub fn title(self) -> String {
        format!("first-steps-{self}")
    }

    /// Where it is.
    pub fn href(self) -> String {
        format!("/admin/first-steps/{self}")
    }

    /// Where the next one is, or the overview.
    pub fn onward(self) -> String {
        match self {
            Self::Name => Self::App.href(),
            Self::App => Self::Ways.href(),
            Self::Ways => OVERVIEW.into(),
        }
    }

    /// Whether there is what it asks for, whoever saw to that.
    pub fn is_done(self, app: &App) -> bool {
        match self {
            Self::Name => app.settings().instance.name != UNNAMED,
            Self::App => app.memory().clients().next().is_some(),
            Self::Ways => app.memory().upstreams.iter().next().is_some(),
        }
    }
}

/// How far somebody has come.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The step that is shown, the first being the account.
    pub number: usize,
    /// All of them.
    pub steps: Vec<Stage>,
    /// Where the next one is.
    pub onward: String,
}

/// A step, as it is shown above each of them.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The message that names it.
    pub title: String,
    /// Where it is; nothing where it is over for good.
    pub href: Option<String>,
    /// Whether there is what it asks for.
    pub is_done: bool,
    /// Whether it is the one that is shown.
    pub is_current: bool,
}

impl Progress {
    /// At a step.
    pub fn at(step: Step, app: &App) -> Self {
        let account = Stage { title: "first-steps-account".into(), href: None, is_done: true, is_current: false };
        let stages = stages(app).map(|(its, stage)| Stage { is_current: its == step, ..stage });
        let steps: Vec<_> = std::iter::once(account).chain(stages).collect();
        let before = steps.iter().take_while(|stage| !stage.is_current).count();
        Self { number: before + 1, steps, onward: step.onward() }
    }
}

fn stages(app: &App) -> impl Iterator<Item = (Step, Stage)> {
    let stage = |step: Step| Stage {
        title: step.title(),
        href: Some(step.href()),
        is_done: step.is_done(app),
        is_current: false,
    };
    Step::ALL.iter().map(move |step| (*step, stage(*step)))
}

/// What the overview shows of them, to those who may do them, as long as there is no app.
pub fn ahead(desk: &Desk) -> Vec<Stage> {
    let app = &desk.visit.app;
    if !desk.operator().may(Permission::AppsWrite) || Step::App.is_done(app) {
        return vec![];
    }
    stages(app).map(|(_, stage)| stage).collect()
}

/// `GET /admin/first-steps`: on to the first that is not done.
pub async fn resume(desk: Desk) -> Result<HttpResponse, PageError> {
    let next = Step::ALL.iter().find(|step| !step.is_done(&desk.visit.app));
    Ok(see_other(&next.map_or_else(|| OVERVIEW.into(), |step| step.href())))
}

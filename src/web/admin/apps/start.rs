//! `/admin/apps/{id}/start`: what to put into an app so that it works with Genkan.
use super::{
    PLACE, href,
    kind::Kind,
    page::kind_key,
    snippets::{Snippet, snippets},
};
use crate::{
    admin::apps,
    domain::{Client, ClientId, Secret},
    web::{
        admin::{
            AdminPage, Desk,
            first_steps::{Progress, Step},
        },
        error::PageError,
        forms::PageQuery,
        pages::render::Frame,
    },
};
use actix_web::{HttpResponse, web::Path};
use askama::Template;

/// What says that it is a part of the first steps.
pub const STEPS: &str = "steps";

#[derive(Clone, Debug, Template)]
#[template(path = "admin/app_start.html")]
pub struct StartPage {
    pub admin: AdminPage,
    pub id: String,
    pub name: String,
    pub kind: Kind,
    /// Every kind, and the message that names it.
    pub kinds: Vec<(Kind, String)>,
    /// The secret that was just made: shown here alone.
    pub secret: Option<String>,
    pub snippets: Vec<Snippet>,
    /// Where it is one of the first steps: how far somebody has come.
    pub progress: Option<Progress>,
}

impl StartPage {
    pub fn new(desk: &Desk, frame: &Frame, client: &Client, kind: Kind, secret: Option<&Secret>) -> Self {
        // A page with a secret is opened again without it.
        let place = format!("{}/start?kind={kind}", href(&client.client_id));
        Self {
            admin: desk.page(frame, PLACE, &place),
            id: client.client_id.to_string(),
            name: frame.words.name_of(client),
            kind,
            kinds: Kind::ALL.iter().map(|kind| (*kind, kind_key(*kind))).collect(),
            secret: secret.map(|secret| secret.reveal().to_owned()),
            snippets: snippets(&desk.visit.app.config.issuer, client, kind),
            progress: None,
        }
    }

    /// The same, as one of the first steps.
    pub fn among_first_steps(self, desk: &Desk, frame: &Frame) -> Self {
        let place = format!("{PLACE}/{}/start?kind={}&{STEPS}=1", self.id, self.kind);
        let progress = Some(Progress::at(Step::App, &desk.visit.app));
        Self { admin: desk.page(frame, PLACE, &place), progress, ..self }
    }

    /// Where the same is for another kind.
    fn for_kind(&self, kind: &str) -> String {
        let steps = if self.progress.is_some() { format!("&{STEPS}=1") } else { String::new() };
        format!("{PLACE}/{}/start?kind={kind}{steps}", self.id)
    }

    /// The message that says what such an app is.
    fn means(&self) -> String {
        format!("{}-means", kind_key(self.kind))
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn title(&self, snippet: &Snippet) -> String {
        format!("snippet-{}", snippet.word)
    }
}

/// `GET /admin/apps/{id}/start`.
pub async fn get(desk: Desk, id: Path<String>, query: PageQuery) -> Result<HttpResponse, PageError> {
    let app = apps::find(&desk.visit.app.db, &ClientId(id.into_inner())).await?;
    let kind = query.0.get("kind").and_then(|word| word.parse().ok()).unwrap_or(Kind::of(&app.client));
    let frame = desk.visit.frame(None);
    let page = StartPage::new(&desk, &frame, &app.client, kind, None);
    let is_step = query.0.get(STEPS).is_some() && desk.may_change_apps();
    let page = if is_step { page.among_first_steps(&desk, &frame) } else { page };
    Ok(desk.show(&frame, &page))
}

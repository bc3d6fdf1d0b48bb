//! `/admin/first-steps/app`: the first app, by a template and what only its owner knows. All else of it is as the template
//! has it, and is changed later.
use super::{
    form::Form,
    href,
    kind::Kind,
    page::kind_key,
    start::{STEPS, StartPage},
};
use crate::{
    admin::{self, Fault, apps},
    domain::{ClientId, random_id},
    i18n::Message,
    protocol::registration::ClientMetadata,
    web::{
        admin::{
            AdminPage, Desk,
            first_steps::{OVERVIEW, Progress, Step},
        },
        error::PageError,
        forms::{LinesForm, PageQuery},
        pages::render::{Frame, see_other},
    },
};
use actix_web::HttpResponse;
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/first_steps_kinds.html")]
pub struct FirstKindsPage {
    pub admin: AdminPage,
    pub progress: Progress,
    pub kinds: Vec<Kind>,
}

#[derive(Clone, Debug, Template)]
#[template(path = "admin/first_steps_app.html")]
pub struct FirstAppPage {
    pub admin: AdminPage,
    pub progress: Progress,
    pub kind: Kind,
    /// The id that it will have: by it, a form that is sent twice makes one app.
    pub id: String,
    pub name: String,
    pub redirect_uris: String,
    pub faults: Vec<Fault>,
}

impl FirstAppPage {
    fn kind_key(&self) -> String {
        kind_key(self.kind)
    }

    /// The message that says what such an app is.
    fn means(&self) -> String {
        format!("{}-means", self.kind_key())
    }

    /// Whether people sign in to it, and come back to an address.
    fn has_people(&self) -> bool {
        self.kind != Kind::Machine
    }

    fn faults_of(&self, field: &str) -> Vec<&Message> {
        self.faults.iter().filter(|fault| fault.field == field).map(|fault| &fault.message).collect()
    }

    /// What is wrong with no field that is shown.
    fn stray(&self) -> Vec<&Message> {
        let shown = |field: &str| field == "client_name" || (field == "redirect_uris" && self.has_people());
        self.faults.iter().filter(|fault| !shown(&fault.field)).map(|fault| &fault.message).collect()
    }
}

/// `GET /admin/first-steps/app`: which kind; `?kind=web`: its form.
pub async fn choose(desk: Desk, query: PageQuery) -> Result<HttpResponse, PageError> {
    let frame = desk.visit.frame(None);
    match query.0.get("kind").and_then(|word| word.parse().ok()) {
        Some(kind) => Ok(desk.show(&frame, &page(&desk, &frame, kind, &Kind::metadata(kind).into()))),
        None => {
            let page = FirstKindsPage {
                admin: desk.page(&frame, OVERVIEW, &Step::App.href()),
                progress: Progress::at(Step::App, &desk.visit.app),
                kinds: Kind::ALL.to_vec(),
            };
            Ok(desk.show(&frame, &page))
        }
    }
}

fn page(desk: &Desk, frame: &Frame, kind: Kind, form: &Form) -> FirstAppPage {
    let id = Some(form.get("client_id").to_owned()).filter(|id| !id.is_empty());
    FirstAppPage {
        admin: desk.page(frame, OVERVIEW, &format!("{}?kind={kind}", Step::App.href())),
        progress: Progress::at(Step::App, &desk.visit.app),
        kind,
        id: id.unwrap_or_else(random_id),
        name: form.get("client_name").to_owned(),
        redirect_uris: form.get("redirect_uris").to_owned(),
        faults: form.faults.clone(),
    }
}

/// `POST /admin/first-steps/app`. Sent once more, as by reloading what it answered, it leads to the app that it made.
pub async fn create(desk: Desk, sent: LinesForm) -> Result<HttpResponse, PageError> {
    let kind: Kind = sent.0.get("kind").and_then(|word| word.parse().ok()).ok_or(PageError::NotFound)?;
    let form = Form::read(&sent.0);
    let text = |name: &str| Some(form.get(name).to_owned()).filter(|text| !text.is_empty());
    let metadata = ClientMetadata {
        client_id: text("client_id"),
        client_name: text("client_name"),
        redirect_uris: form.get("redirect_uris").split_whitespace().map(ToOwned::to_owned).collect(),
        ..kind.metadata()
    };
    let frame = desk.visit.frame(None);
    match apps::create(desk.change(), metadata).await {
        Ok(told) => {
            desk.refresh().await;
            let page = StartPage::new(&desk, &frame, &told.app.client, kind, told.secret.as_ref());
            Ok(desk.show(&frame, &page.among_first_steps(&desk, &frame)))
        }
        Err(admin::Error::Invalid(faults)) => {
            let id = ClientId(form.get("client_id").to_owned());
            let is_taken = faults.iter().any(|fault| fault.field == "client_id");
            if is_taken && apps::find(&desk.visit.app.db, &id).await.is_ok() {
                return Ok(see_other(&format!("{}/start?kind={kind}&{STEPS}=1", href(&id))));
            }
            Ok(desk.show_faults(&frame, &page(&desk, &frame, kind, &form.with(faults))))
        }
        Err(why) => Err(why.into()),
    }
}

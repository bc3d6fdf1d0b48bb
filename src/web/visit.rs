//! A person's visit to a page: who sends the request, and from where.
use super::{
    browser::{Browser, cookie},
    error::PageError,
    interaction::Interaction,
    pages::render::{Frame, see_other},
    record,
    session::CurrentSession,
};
use crate::{
    app::App,
    domain::{Device, RedirectUri, SignIn},
    protocol::params::Params,
};
use actix_web::{FromRequest, HttpRequest, HttpResponse, cookie::time::Duration, dev::Payload, web::Data};
use askama::Template;
use std::future::{Ready, ready};

/// What every page's handler begins with.
pub struct Visit {
    /// Genkan.
    pub app: Data<App>,
    /// The request.
    pub request: HttpRequest,
    /// The browser that sent it.
    pub browser: Browser,
    /// Who is signed in in it.
    pub session: CurrentSession,
}

impl FromRequest for Visit {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<Data<App>>().cloned().ok_or(PageError::Internal("the app is not there"));
        ready(app.map(|app| {
            let browser = Browser::of(&app, request);
            Self { session: CurrentSession::of(request, &browser), browser, request: request.clone(), app }
        }))
    }
}

impl Visit {
    /// Who is signed in.
    pub fn sign_in(&self) -> Option<SignIn> {
        self.session.sign_in()
    }

    /// What the browser tells of itself.
    pub fn device(&self) -> Device {
        record::device(&self.app, &self.request)
    }

    /// The interaction that the parameters carry, if they do.
    pub fn interaction(&self, params: &Params) -> Result<Option<Interaction>, PageError> {
        params.get("interaction").map(|sealed| Interaction::open(&self.app, &self.browser, sealed)).transpose()
    }

    /// The interaction without which a page makes no sense.
    pub fn needed_interaction(&self, params: &Params) -> Result<Interaction, PageError> {
        self.interaction(params)?.ok_or(PageError::OtherBrowser)
    }

    /// The frame of a page, in the language that its interaction asks for.
    pub fn frame(&self, interaction: Option<&Interaction>) -> Frame {
        let ui_locales = interaction.and_then(|interaction| interaction.ui_locales.as_deref());
        Frame::new(&self.app, &self.request, ui_locales, self.session.locale())
    }

    /// What a page's form carries to show that it is ours.
    pub fn form_token(&self) -> String {
        self.browser.form_token(&self.app)
    }

    /// Has the browser carry a value along for a while.
    pub fn keep(
        &self,
        response: &mut HttpResponse,
        name: &str,
        value: String,
        lifetime: Duration,
    ) -> Result<(), PageError> {
        let mut kept = cookie(&self.app, name, value);
        kept.set_max_age(lifetime);
        response.add_cookie(&kept).map_err(|_| PageError::Internal("a cookie cannot be set"))
    }

    /// Takes from the browser what it carried.
    pub fn drop_cookie(&self, response: &mut HttpResponse, name: &str) {
        let mut gone = cookie(&self.app, name, String::new());
        gone.make_removal();
        if let Err(why) = response.add_cookie(&gone) {
            tracing::error!(%why, "a cookie cannot be removed");
        }
    }

    /// The answer. `leads_to`: where the redirect after the page's form may go, besides here.
    pub fn show(&self, frame: &Frame, page: &impl Template, leads_to: Option<&RedirectUri>) -> HttpResponse {
        frame.render(&self.app, &self.browser, page, leads_to)
    }

    /// Goes to a step of an interaction.
    pub fn go(&self, interaction: &Interaction, path: &str) -> HttpResponse {
        self.browser.remember(&self.app, see_other(&interaction.step(path)))
    }
}

/// The address of a page, within an interaction if there is one.
pub fn address(path: &str, interaction: Option<&Interaction>) -> String {
    interaction.map_or_else(|| path.to_owned(), |interaction| interaction.step(path))
}

/// The same, with more to its query.
pub fn address_with(path: &str, interaction: Option<&Interaction>, more: &str) -> String {
    let address = address(path, interaction);
    match (more, address.contains('?')) {
        ("", _) => address,
        (more, true) => format!("{address}&{more}"),
        (more, false) => format!("{address}?{more}"),
    }
}

/// Where the redirect after a page's form may go.
pub fn destination(interaction: Option<&Interaction>) -> Option<&RedirectUri> {
    interaction.map(|interaction| &interaction.request.return_to.redirect_uri)
}

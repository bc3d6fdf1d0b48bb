//! From a page's struct to an answer: the frame around it, its language, its headers.
use super::page::{AccountView, ClientView, LanguageLink, Page};
use crate::{
    app::App,
    config::LiveSettings,
    domain::{Client, Readable, RedirectUri, SignIn, User},
    i18n::{Language, Words, negotiate},
    protocol::params::Params,
    storage::users,
    web::{
        assets::{ICON, STYLESHEET, accent_sheet},
        browser::{Browser, cookie_value, lasting_cookie},
        error::PageError,
        headers::POLICY,
        visit::Visit,
    },
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use askama::Template;
use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::STANDARD};
use std::sync::Arc;

const LANGUAGE_COOKIE: &str = "language";

/// What all pages of one answer have in common.
pub struct Frame {
    /// The words of the language that the person reads.
    pub words: Words,
    settings: Arc<LiveSettings>,
    /// Whether the person has just chosen it, on a page.
    chosen: bool,
}

impl Frame {
    /// Finds the language: what the person has just chosen, what the client wishes for
    /// (`ui_locales`), what they chose before, what they have set in their profile, what the browser
    /// prefers.
    pub fn new(app: &App, request: &HttpRequest, ui_locales: Option<&str>, set: Option<String>) -> Self {
        let query = Params::parse(request.query_string().as_bytes()).unwrap_or_default();
        let chosen = query.get("ui_locales");
        let before = cookie_value(app, request, LANGUAGE_COOKIE).or(set);
        let accepted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let settings = app.settings();
        let language = negotiate(&settings.instance.languages, chosen.or(ui_locales), before.as_deref(), accepted);
        Self { words: Words::new(language), settings, chosen: chosen.is_some() }
    }

    /// The same with other settings, for whoever wants to see how they look.
    #[must_use]
    pub fn with(self, settings: LiveSettings) -> Self {
        Self { settings: Arc::new(settings), ..self }
    }

    /// The frame of a page, which `href` opens again in another language; empty when nothing does.
    pub fn page(&self, href: &str) -> Page {
        let instance = &self.settings.instance;
        let joint = if href.contains('?') { '&' } else { '?' };
        let link = |language: Language| {
            LanguageLink::new(language, format!("{href}{joint}ui_locales={}", language.tag()), self.words.language())
        };
        let has_choice = !href.is_empty() && instance.languages.len() > 1;
        Page {
            words: self.words,
            instance: instance.name.clone(),
            languages: if has_choice { instance.languages.iter().copied().map(link).collect() } else { vec![] },
            stylesheet: STYLESHEET.clone(),
            accent: instance.accent.as_ref().map(accent_sheet),
            icon: instance.logo_uri.clone().unwrap_or_else(|| ICON.clone()),
            legal: self.legal(),
        }
    }

    fn legal(&self) -> Vec<(&'static str, String)> {
        let instance = &self.settings.instance;
        let links = [("client-terms", &instance.terms_uri), ("client-policy", &instance.policy_uri)];
        links.into_iter().filter_map(|(key, uri)| Some((key, uri.clone()?))).collect()
    }

    /// The answer. `leads_to`: where the redirect after the page's form may go, besides here.
    pub fn render(
        &self,
        app: &App,
        browser: &Browser,
        page: &impl Template,
        leads_to: Option<&RedirectUri>,
    ) -> HttpResponse {
        let Ok(html) = page.render() else {
            tracing::error!("a template cannot be rendered");
            return HttpResponse::InternalServerError().finish();
        };
        let mut response = HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::CONTENT_SECURITY_POLICY, policy(&html, leads_to)))
            .insert_header((header::CONTENT_LANGUAGE, self.words.language().tag()))
            .insert_header((header::VARY, "Accept-Language, Cookie"))
            .body(html);
        if self.chosen {
            remember_language(app, &mut response, self.words.language());
        }
        browser.remember(app, response)
    }
}

/// Has the browser keep the language that somebody has chosen.
pub fn remember_language(app: &App, response: &mut HttpResponse, language: Language) {
    if let Err(why) = response.add_cookie(&lasting_cookie(app, LANGUAGE_COOKIE, language.tag().to_owned())) {
        tracing::error!(%why, "a cookie cannot be set");
    }
}

/// The policy of a page: where its form may lead, and which script it runs, if it has one.
fn policy(html: &str, leads_to: Option<&RedirectUri>) -> String {
    let mut policy = POLICY.to_owned();
    if let Some(to) = leads_to {
        policy.push(' ');
        policy.push_str(&to.csp_source());
    }
    if html.contains("<script>") {
        let hash = digest::digest(&digest::SHA256, super::form_post::SCRIPT.as_bytes());
        policy.push_str("; script-src 'sha256-");
        policy.push_str(&STANDARD.encode(hash));
        policy.push('\'');
    }
    if html.contains("<iframe ") {
        policy.push_str("; frame-src 'self'");
    }
    if !html.contains("<script>") && html.contains("<script src=") {
        policy.push_str("; script-src 'self'");
        // Not what somebody is called: that is escaped.
        if html.contains("<meta name=\"htmx-config\"") {
            policy.push_str("; connect-src 'self'");
        }
    }
    policy
}

/// Sends the browser elsewhere, by GET (RFC 9700 section 4.12).
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::build(StatusCode::SEE_OTHER)
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

impl Words {
    /// What these readers call an app.
    pub fn name_of(self, client: &Client) -> String {
        client.name_in(self.language().tag()).to_owned()
    }
}

impl ClientView {
    /// What an app says of itself to these readers.
    pub fn new(words: Words, client: &Client) -> Self {
        let told = |member| client.told_in(words.language().tag(), member).map(ToOwned::to_owned);
        Self {
            name: words.name_of(client),
            logo_path: client.logo_path(),
            logo_uri: told(Readable::LogoUri),
            policy_uri: told(Readable::PolicyUri),
            tos_uri: told(Readable::TosUri),
            client_uri: told(Readable::ClientUri),
        }
    }
}

impl AccountView {
    /// The account of who is signed in.
    pub async fn of(visit: &Visit, sign_in: &SignIn) -> Result<Self, PageError> {
        let user = users::find(&visit.app.db, &sign_in.user).await?.ok_or(PageError::OtherBrowser)?;
        Ok((&user).into())
    }
}

impl From<&User> for AccountView {
    fn from(user: &User) -> Self {
        let name = user.display_name().to_owned();
        let detail = user.email.as_ref().map(ToString::to_string).filter(|email| *email != name);
        Self { name, detail: detail.unwrap_or_default(), picture: user.picture_path() }
    }
}

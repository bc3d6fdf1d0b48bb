//! What Meta signs for Facebook and Instagram: `POST /callback/PROVIDER/deauthorize`, when somebody takes the app away,
//! and `POST /callback/PROVIDER/data-deletion`, when they want what it got to be deleted; with the page that tells what
//! came of that.
use super::{act, sender};
use crate::{
    app::App,
    domain::{Digest, News, ProviderName, Timestamp},
    protocol::{error::invalid_request, params::Params},
    upstream::{Signed, Tells, Told, Upstream, callback_path, signed},
    web::{
        error::{ApiError, PageError},
        forms::ApiParams,
        pages::page::Page,
        visit::Visit,
    },
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use askama::Template;
use serde_json::json;
use std::{fmt::Write, sync::Arc};

/// How long a request is known when it comes again, in seconds. One that is older is harmless: what it is about is gone,
/// and what was linked later is not what it is about.
const MEMORY: i64 = 86_400;

/// `POST /callback/PROVIDER/deauthorize`.
pub async fn deauthorize(
    app: Data<App>,
    request: HttpRequest,
    name: Path<String>,
    params: ApiParams,
) -> Result<HttpResponse, ApiError> {
    asked(&app, &request, &name, &params.0, News::Deauthorized).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish())
}

/// `POST /callback/PROVIDER/data-deletion`. Whatever it is asked for is done before it answers.
pub async fn delete_data(
    app: Data<App>,
    request: HttpRequest,
    name: Path<String>,
    params: ApiParams,
) -> Result<HttpResponse, ApiError> {
    let upstream = asked(&app, &request, &name, &params.0, News::DeletionAsked).await?;
    let code = Confirmation { at: app.clock.now() }.seal(&app, &upstream.provider.name)?;
    let url = app.config.issuer.url(&format!("{}/data-deletion/{code}", callback_path(&upstream.provider.name)));
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({ "url": url, "confirmation_code": code })))
}

/// Does what a signed request is about.
async fn asked(
    app: &App,
    request: &HttpRequest,
    name: &str,
    params: &Params,
    news: News,
) -> Result<Arc<Upstream>, ApiError> {
    let upstream = sender(app, request, name, &[Tells::SignedRequests]).await?;
    let (provider, now) = (&upstream.provider, app.clock.now());
    params.none_repeated()?;
    let text = params.require("signed_request", "signed_request is missing")?;
    let Some(Signed { user_id, issued_at, .. }) = signed(&provider.secret, text) else {
        tracing::warn!(provider = %provider.name, "a signed request is refused");
        return Err(invalid_request("the signed request is not good").into());
    };
    // One that does not tell when it was signed cannot be told from the next of its kind.
    let name = Digest::of(&format!("{news:?} of {}: {text}", provider.name));
    let once = issued_at.map(|_| (name, now.plus(MEMORY)));
    let at = issued_at.map_or(now, |at| Timestamp(at).min(now));
    let told = Told { subject: Some(user_id), token: None, session: None, at, news };
    act(app, request, provider, once, &[told]).await?;
    Ok(upstream)
}

/// What a confirmation code says: sealed, so that nothing has to be kept of whoever wanted nothing to be kept. It is
/// letters and digits, as Meta has it.
struct Confirmation {
    at: Timestamp,
}

impl Confirmation {
    fn seal(&self, app: &App, provider: &ProviderName) -> Result<String, ApiError> {
        let sealed = app.secrets.providers.seal(&context(provider), &self.at.0.to_be_bytes())?;
        Ok(sealed.iter().fold(String::new(), |mut code, byte| {
            // Writing to a text does not fail.
            _ = write!(code, "{byte:02x}");
            code
        }))
    }

    /// `None`: it was never given out here.
    fn open(app: &App, provider: &ProviderName, code: &str) -> Option<Self> {
        let digits = code.as_bytes().chunks(2);
        let byte = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok();
        let sealed = digits.map(byte).collect::<Option<Vec<u8>>>()?;
        let plain = app.secrets.providers.open(&context(provider), &sealed)?;
        Some(Self { at: Timestamp(i64::from_be_bytes(plain.try_into().ok()?)) })
    }
}

fn context(provider: &ProviderName) -> String {
    format!("data deletion of {provider}")
}

#[derive(Clone, Debug, Template)]
#[template(path = "data_deletion.html")]
pub struct DataDeletionPage {
    pub page: Page,
    /// The provider.
    pub provider: String,
    /// When it was done.
    pub at: String,
    pub code: String,
}

/// `GET /callback/PROVIDER/data-deletion/CODE`: the same whether or not there was anything to delete.
pub async fn status(visit: Visit, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let (name, code) = path.into_inner();
    let upstream = visit.upstream(&name)?;
    let provider = &upstream.provider;
    let confirmation = Confirmation::open(&visit.app, &provider.name, &code).ok_or(PageError::NotFound)?;
    let (frame, label) = (visit.frame(None), provider.label().to_owned());
    let page = frame.page(visit.request.path());
    let page = DataDeletionPage { page, provider: label, at: confirmation.at.in_utc(), code };
    Ok(visit.show(&frame, &page, None))
}

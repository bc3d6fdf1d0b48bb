//! `POST /callback/PROVIDER/android/PACKAGE`: from Apple's page back into an app for Android, whose library has Apple
//! post its answer to a server, to be handed on by an intent.
//!
//! The package is in the path, as Apple compares the whole address with those that are registered. Nothing is judged
//! here: what the app gets it brings to the token endpoint. It is handed to packages that the settings name and to
//! nobody else, and nothing but what Apple sends is.
use crate::{
    domain::ProviderKind,
    web::{error::PageError, forms::AnyForm, pages::render::see_other, visit::Visit},
};
use actix_web::{HttpResponse, web::Path};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What Apple sends.
const KNOWN: [&str; 5] = ["state", "code", "id_token", "user", "error"];

/// Hands the answer on.
pub async fn post(visit: Visit, path: Path<(String, String)>, form: AnyForm) -> Result<HttpResponse, PageError> {
    let (name, asked) = path.into_inner();
    let upstream = visit.upstream(&name)?;
    if upstream.provider.kind.kind() != ProviderKind::Apple {
        return Err(PageError::NotFound);
    }
    let mut packages = upstream.provider.settings.android_packages.iter();
    let package = packages.find(|package| package.as_str() == asked).ok_or(PageError::NotFound)?;
    // Nothing of it can end the query: what follows that names the app.
    let told = KNOWN.iter().filter_map(|name| {
        let value = utf8_percent_encode(form.0.get(name)?, NON_ALPHANUMERIC);
        Some(format!("{name}={value}"))
    });
    let told = told.collect::<Vec<_>>().join("&");
    Ok(see_other(&format!("intent://callback?{told}#Intent;package={package};scheme=signinwithapple;end")))
}
